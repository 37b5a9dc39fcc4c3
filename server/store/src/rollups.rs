//! Roll-ups: the fold of the events into hourly counters, exactly once each, and with them into the coarser ones.

use crate::{
    Store, StoreError, Tx, labels, missed,
    read::Read,
    scores,
    sql::{Sql, parts, sql},
    tallies,
};
use exchange::rollup::{self, Activity, Key, LeadFact, Measure, Place, Sums, Tally, activity, fold};
use model::{BuyerId, ContractId, EventId, TenantId, Timestamp};
use std::collections::BTreeMap;

/// Counters of several tenants.
pub(crate) type Counters = BTreeMap<(TenantId, Key), Sums>;

/// Tallies of several tenants.
type Tallies = BTreeMap<(TenantId, Place), Tally>;

/// Hours of contracts of several tenants.
type Hours = BTreeMap<(TenantId, Timestamp, ContractId), Activity>;

/// An event that figures are folded from.
pub(crate) struct Event {
    pub id: EventId,
    pub at: Timestamp,
    /// The first label that the source sent with the lead.
    pub sub1: Option<String>,
    pub fact: LeadFact,
}

/// Events of several tenants, in the order they were read in.
pub(crate) type Events = BTreeMap<TenantId, Vec<Event>>;

/// What counters lie in, with the column that says when each began.
pub(crate) const HOURS: Table = Table { name: "rollups", begin: "hour" };
/// The same of whole UTC days.
pub(crate) const DAYS: Table = Table { name: "rollup_days", begin: "day" };

/// A table of counters.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Table {
    pub name: &'static str,
    /// The column that says when a counter begins.
    pub begin: &'static str,
}

/// Every table that events are folded into.
const TABLES: [&str; 9] = [
    HOURS.name,
    DAYS.name,
    tallies::TABLE,
    labels::HOURS.name,
    labels::DAYS.name,
    missed::TABLE,
    scores::HOURS.name,
    scores::DAYS.name,
    "contract_hours",
];

/// How many events a rebuild reads at a time.
pub(crate) const STEP: u32 = 2000;

/// Begins a statement for the events `e` with a condition.
pub(crate) fn events_where(condition: &str) -> Sql {
    sql("SELECT e.tenant_id, e.id, e.at, e.doc, l.sub1 FROM events e \
         LEFT JOIN leads l ON l.tenant_id = e.tenant_id AND l.id = e.lead_id WHERE ")
    .text(condition)
}

/// The events that such a statement asks for.
pub(crate) async fn events(statement: Sql, tx: &mut Tx) -> Result<Events, StoreError> {
    let mut events = Events::new();
    for row in statement.all(&mut **tx).await? {
        let event =
            Event { id: row.parsed("id")?, at: row.at("at")?, sub1: row.text_opt("sub1")?, fact: row.doc("doc")? };
        events.entry(row.parsed("tenant_id")?).or_default().push(event);
    }
    Ok(events)
}

/// Where reading the folded events goes on: after this tenant's event.
pub(crate) type After = (String, String);

/// The next events that are folded, after a place that moves on with them; none when there are no more.
pub(crate) async fn folded(tx: &mut Tx, after: &mut After, limit: u32) -> Result<Option<Events>, StoreError> {
    let next = events_where("e.folded = 1 AND e.kind IN ('lead', 'copy') AND (e.tenant_id, e.id) > (")
        .param(&after.0)
        .text(", ")
        .param(&after.1)
        .text(") ORDER BY e.tenant_id, e.id LIMIT ")
        .param(limit);
    let events = events(next, tx).await?;
    let last = events.last_key_value().and_then(|(tenant, events)| events.last().map(|last| (tenant, last.id)));
    let Some((tenant, id)) = last else { return Ok(None) };
    *after = (tenant.to_string(), id.to_string());
    Ok(Some(events))
}

impl Store {
    /// Folds at most `limit` events that were not folded yet; how many it folded. The counters and the marks are written in
    /// one transaction, and one server folds at a time.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is folded then.
    pub async fn fold_events(&self, limit: u32) -> Result<usize, StoreError> {
        let mut tx = self.begin_write().await?;
        let folded = self.fold_some(&mut tx, limit).await?;
        tx.commit().await?;
        Ok(folded)
    }

    /// Throws the counters away and folds every event again, in one transaction.
    ///
    /// # Errors
    /// Any [`StoreError`]; the counters stay as they were then.
    pub async fn rebuild_rollups(&self) -> Result<usize, StoreError> {
        let mut tx = self.begin_write().await?;
        self.lock_fold(&mut tx).await?;
        for table in TABLES {
            sql("DELETE FROM ").text(table).run(&mut *tx).await?;
        }
        sql("UPDATE rollup_state SET folded = 0 WHERE id = 1").run(&mut *tx).await?;
        sql("UPDATE events SET folded = 0 WHERE kind IN ('lead', 'copy')").run(&mut *tx).await?;
        let mut all = 0;
        loop {
            let folded = self.fold_some(&mut tx, STEP).await?;
            all += folded;
            if folded == 0 {
                break;
            }
        }
        tx.commit().await?;
        Ok(all)
    }

    /// Folds the events that were folded before there were labelled counters, money by when it moved, and scores, into those.
    /// Their marks stay as they are: a million events are read, and none is written.
    pub(crate) async fn catch_up(&self) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        self.lock_fold(&mut tx).await?;
        if sql("SELECT stale FROM rollup_state WHERE id = 1").one(&mut *tx).await?.flag("stale")? {
            for table in [labels::HOURS.name, labels::DAYS.name] {
                sql("DELETE FROM ").text(table).run(&mut *tx).await?;
            }
            for table in [HOURS.name, DAYS.name] {
                let moved = sql("DELETE FROM ").text(table).text(" WHERE measure = ").param(Measure::Moved.code());
                moved.run(&mut *tx).await?;
            }
            sql("UPDATE hour_tallies SET moved_revenue = 0, moved_payout = 0 WHERE moved_revenue <> 0 OR moved_payout <> 0")
                .run(&mut *tx)
                .await?;
            let mut after = After::default();
            while let Some(events) = folded(&mut tx, &mut after, STEP).await? {
                add_counters(&mut tx, &events, |measure| measure == Measure::Moved).await?;
            }
            sql("UPDATE rollup_state SET stale = 0 WHERE id = 1").run(&mut *tx).await?;
        }
        scores::catch_up(&mut tx).await?;
        Ok(tx.commit().await?)
    }

    async fn lock_fold(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let lock = sql("SELECT folded FROM rollup_state WHERE id = 1").text(self.engine.for_update());
        lock.one(&mut **tx).await.map(|_| ())
    }

    async fn fold_some(&self, tx: &mut Tx, limit: u32) -> Result<usize, StoreError> {
        self.lock_fold(tx).await?;
        let next = events_where("e.folded = 0 ORDER BY e.tenant_id, e.id LIMIT ").param(limit);
        let events = events(next, tx).await?;
        add_counters(tx, &events, |_| true).await?;
        add_hours(tx, &hours(&events)).await?;
        missed::add(tx, &events).await?;
        scores::add(tx, &events).await?;
        let ids: Vec<(TenantId, EventId)> =
            events.iter().flat_map(|(tenant, events)| events.iter().map(|event| (*tenant, event.id))).collect();
        for part in parts(&ids, 2) {
            sql("UPDATE events SET folded = 1 WHERE (tenant_id, id) IN (VALUES ")
                .rows(part, |row, id| {
                    row.cell(id.0).cell(id.1);
                })
                .text(")")
                .run(&mut **tx)
                .await?;
        }
        sql("UPDATE rollup_state SET folded = folded + $1 WHERE id = 1")
            .bind(i64::try_from(ids.len()).map_err(StoreError::broken)?)
            .run(&mut **tx)
            .await?;
        Ok(ids.len())
    }
}

fn hours(events: &Events) -> Hours {
    let of = |(tenant, events): (&TenantId, &Vec<Event>)| {
        let hours = activity(events.iter().map(|event| (event.at, &event.fact)));
        let tenant = *tenant;
        hours.into_iter().map(move |((hour, contract), done)| ((tenant, hour, contract), done)).collect::<Vec<_>>()
    };
    events.iter().flat_map(of).collect()
}

/// The counters that events come to, fine and coarse.
#[derive(Default)]
struct Folded {
    hours: Counters,
    days: Counters,
    tallies: Tallies,
}

impl Folded {
    /// Those of measures that are wanted.
    fn of(events: &Events, wanted: impl Fn(Measure) -> bool) -> Self {
        let mut folded = Self::default();
        for (tenant, events) in events {
            let mut hours = fold(events.iter().map(|event| (event.at, &event.fact)));
            hours.retain(|key, _| wanted(key.measure));
            folded.days.extend(rollup::days(&hours).into_iter().map(|(key, sums)| ((*tenant, key), sums)));
            folded.tallies.extend(rollup::tallies(&hours).into_iter().map(|(place, tally)| ((*tenant, place), tally)));
            folded.hours.extend(hours.into_iter().map(|(key, sums)| ((*tenant, key), sums)));
        }
        folded
    }
}

/// Adds what events come to: the labelled counters, and of the others those of measures that are wanted.
async fn add_counters(tx: &mut Tx, events: &Events, wanted: impl Fn(Measure) -> bool) -> Result<(), StoreError> {
    let folded = Folded::of(events, wanted);
    add(tx, HOURS, &folded.hours).await?;
    add(tx, DAYS, &folded.days).await?;
    add_tallies(tx, &folded.tallies).await?;
    for (tenant, events) in events {
        labels::fold(tx, *tenant, events).await?;
    }
    Ok(())
}

async fn add(tx: &mut Tx, to: Table, counters: &Counters) -> Result<(), StoreError> {
    let rows: Vec<_> = counters.iter().collect();
    let Table { name, begin } = to;
    let key = format!("tenant_id, {begin}, campaign_id, source_id, buyer_id, measure");
    for part in parts(&rows, 9) {
        sql(&format!("INSERT INTO {name} ({key}, n, revenue, payout) VALUES "))
            .rows(part, |row, ((tenant, key), sums)| {
                row.cell(*tenant).cell(key.hour).cell(key.campaign).cell(key.source);
                row.cell(buyer(key.buyer)).cell(key.measure.code());
                row.cell(sums.count).cell(sums.revenue).cell(sums.payout);
            })
            .text(&tallies::or_add_to(name, &key, &["n", "revenue", "payout"]))
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

/// A buyer as it lies in the tables of counters.
pub(crate) fn buyer(buyer: Option<BuyerId>) -> String {
    buyer.map_or_else(String::new, |buyer| buyer.to_string())
}

async fn add_tallies(tx: &mut Tx, tallies: &Tallies) -> Result<(), StoreError> {
    let rows: Vec<_> = tallies.iter().collect();
    for part in parts(&rows, 5 + tallies::columns().len()) {
        sql(&tallies::insert())
            .rows(part, |row, ((tenant, place), tally)| {
                row.cell(*tenant).cell(place.hour).cell(place.campaign).cell(place.source).cell(buyer(place.buyer));
                for cell in tallies::cells(tally) {
                    row.cell(cell);
                }
            })
            .text(&tallies::or_add())
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn add_hours(tx: &mut Tx, hours: &Hours) -> Result<(), StoreError> {
    let rows: Vec<_> = hours.iter().collect();
    for part in parts(&rows, 9) {
        sql("INSERT INTO contract_hours (tenant_id, hour, contract_id, pinged, timed_out, bids, bid_sum, accepted, \
             refused) VALUES ")
        .rows(part, |row, ((tenant, hour, contract), done)| {
            row.cell(*tenant).cell(*hour).cell(*contract).cell(done.pinged).cell(done.timed_out);
            row.cell(done.bids).cell(done.bid_sum).cell(done.accepted).cell(done.refused);
        })
        .text(
            " ON CONFLICT (tenant_id, hour, contract_id) DO UPDATE SET \
             pinged = contract_hours.pinged + excluded.pinged, \
             timed_out = contract_hours.timed_out + excluded.timed_out, \
             bids = contract_hours.bids + excluded.bids, bid_sum = contract_hours.bid_sum + excluded.bid_sum, \
             accepted = contract_hours.accepted + excluded.accepted, \
             refused = contract_hours.refused + excluded.refused",
        )
        .run(&mut **tx)
        .await?;
    }
    Ok(())
}
