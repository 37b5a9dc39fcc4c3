//! Roll-ups: the fold of the events into hourly counters, exactly once each.

use crate::{
    Store, StoreError, Tx, missed,
    read::Read,
    sql::{parts, sql},
};
use exchange::rollup::{Activity, Key, LeadFact, Sums, activity, fold};
use model::{ContractId, EventId, TenantId, Timestamp};
use std::collections::BTreeMap;

/// Counters of several tenants.
pub(crate) type Counters = BTreeMap<(TenantId, Key), Sums>;

/// Hours of contracts of several tenants.
type Hours = BTreeMap<(TenantId, Timestamp, ContractId), Activity>;

/// Events of several tenants with when they happened.
type Events = BTreeMap<TenantId, Vec<(EventId, Timestamp, LeadFact)>>;

/// How many events a rebuild reads at a time.
const STEP: u32 = 2000;

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
        sql("DELETE FROM rollups").run(&mut *tx).await?;
        sql("DELETE FROM contract_hours").run(&mut *tx).await?;
        sql("DELETE FROM ").text(missed::TABLE).run(&mut *tx).await?;
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

    async fn lock_fold(&self, tx: &mut Tx) -> Result<(), StoreError> {
        let lock = sql("SELECT folded FROM rollup_state WHERE id = 1").text(self.engine.for_update());
        lock.one(&mut **tx).await.map(|_| ())
    }

    async fn fold_some(&self, tx: &mut Tx, limit: u32) -> Result<usize, StoreError> {
        self.lock_fold(tx).await?;
        let rows = sql("SELECT tenant_id, id, at, doc FROM events WHERE folded = 0 ORDER BY tenant_id, id LIMIT $1")
            .bind(limit)
            .all(&mut **tx)
            .await?;
        let mut events = Events::new();
        for row in &rows {
            let event = (row.parsed("id")?, row.at("at")?, row.doc("doc")?);
            events.entry(row.parsed("tenant_id")?).or_default().push(event);
        }
        add(tx, &counters(&events)).await?;
        add_hours(tx, &hours(&events)).await?;
        missed::add(tx, &events).await?;
        let ids: Vec<(TenantId, EventId)> =
            events.iter().flat_map(|(tenant, events)| events.iter().map(|event| (*tenant, event.0))).collect();
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
    let of = |(tenant, events): (&TenantId, &Vec<(EventId, Timestamp, LeadFact)>)| {
        let hours = activity(events.iter().map(|(_, at, fact)| (*at, fact)));
        let tenant = *tenant;
        hours.into_iter().map(move |((hour, contract), done)| ((tenant, hour, contract), done)).collect::<Vec<_>>()
    };
    events.iter().flat_map(of).collect()
}

fn counters(events: &Events) -> Counters {
    events
        .iter()
        .flat_map(|(tenant, events)| {
            fold(events.iter().map(|(_, at, fact)| (*at, fact))).into_iter().map(|(key, sums)| ((*tenant, key), sums))
        })
        .collect()
}

async fn add(tx: &mut Tx, counters: &Counters) -> Result<(), StoreError> {
    let rows: Vec<_> = counters.iter().collect();
    for part in parts(&rows, 9) {
        sql("INSERT INTO rollups (tenant_id, hour, campaign_id, source_id, buyer_id, measure, n, revenue, payout) VALUES ")
            .rows(part, |row, ((tenant, key), sums)| {
                row.cell(*tenant).cell(key.hour).cell(key.campaign).cell(key.source);
                row.cell(key.buyer.map_or_else(String::new, |buyer| buyer.to_string())).cell(key.measure.code());
                row.cell(sums.count).cell(sums.revenue).cell(sums.payout);
            })
            .text(
                " ON CONFLICT (tenant_id, hour, campaign_id, source_id, buyer_id, measure) DO UPDATE SET \
                 n = rollups.n + excluded.n, revenue = rollups.revenue + excluded.revenue, \
                 payout = rollups.payout + excluded.payout",
            )
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
