//! The roll-ups, fine and coarse, are the fold of the events that are marked folded.

use super::Invariant;
use crate::{
    StoreError, Tx, labels,
    read::{Read, parse},
    rollups::{After, DAYS, Event, HOURS, Table, buyer, folded},
    scores as score_tables,
    sql::sql,
    tallies,
};
use exchange::rollup::{
    Activity, Key, Known, LabelKey, MOST_SUBS, Score, ScoreKey, Sums, Tally, activity, bounded, days, fold, label_days,
    labels, score_days, scores, tallies,
};
use model::{TenantId, Timestamp, breakdown::SubLabel, report::Totals};
use std::collections::BTreeMap;

/// Tenant, beginning, campaign, source, buyer and measure as they lie in the database.
type RowKey = (String, i64, String, String, String, String);

/// Tenant, hour, campaign, source and buyer likewise.
type PlaceKey = (String, i64, String, String, String);

/// Tenant, hour and contract likewise.
type HourKey = (String, i64, String);

/// Tenant, kind, beginning, campaign, source, buyer and label likewise.
type LabelRow = (String, String, i64, String, String, String, String);

/// Tenant, beginning, buyer and contract likewise.
type ScoreRow = (String, i64, String, String);

/// What the folded events come to, and how many they are.
#[derive(Default)]
struct Due {
    rollups: BTreeMap<RowKey, Sums>,
    days: BTreeMap<RowKey, Sums>,
    tallies: BTreeMap<PlaceKey, Tally>,
    hours: BTreeMap<HourKey, Activity>,
    labels: BTreeMap<TenantId, BTreeMap<LabelKey, Totals>>,
    score_hours: BTreeMap<ScoreRow, Score>,
    score_days: BTreeMap<ScoreRow, Score>,
    events: i64,
}

/// How many events are read at a time.
const STEP: u32 = 5000;

pub(super) async fn check(tx: &mut Tx) -> Result<Invariant, StoreError> {
    let due = compute(tx).await?;
    let mut violations = rollups(tx, HOURS, &due.rollups).await?;
    violations.extend(rollups(tx, DAYS, &due.days).await?);
    violations.extend(stored_tallies(tx, &due.tallies).await?);
    violations.extend(hours(tx, &due.hours).await?);
    violations.extend(labelled(tx, due.labels).await?);
    violations.extend(stored_scores(tx, score_tables::HOURS, &due.score_hours).await?);
    violations.extend(stored_scores(tx, score_tables::DAYS, &due.score_days).await?);
    Ok(Invariant::of("the roll-ups are the fold of the folded events", due.events, "events", &violations))
}

async fn rollups(tx: &mut Tx, table: Table, due: &BTreeMap<RowKey, Sums>) -> Result<Vec<String>, StoreError> {
    let Table { name, begin } = table;
    let rows = sql(&format!(
        "SELECT tenant_id, {begin}, campaign_id, source_id, buyer_id, measure, n, revenue, payout FROM {name}"
    ))
    .all(&mut **tx)
    .await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        let key = (
            row.text("tenant_id")?,
            row.int(begin)?,
            row.text("campaign_id")?,
            row.text("source_id")?,
            row.text("buyer_id")?,
            row.text("measure")?,
        );
        stored
            .insert(key, Sums { count: row.int("n")?, revenue: row.micros("revenue")?, payout: row.micros("payout")? });
    }
    Ok(differ(&stored, due).map(|key| format!("{} {begin} {} {}", key.0, key.1, key.5)).collect())
}

async fn stored_tallies(tx: &mut Tx, due: &BTreeMap<PlaceKey, Tally>) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT tenant_id, hour, campaign_id, source_id, buyer_id, ")
        .text(&tallies::columns().join(", "))
        .text(" FROM ")
        .text(tallies::TABLE)
        .all(&mut **tx)
        .await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        let key = (
            row.text("tenant_id")?,
            row.int("hour")?,
            row.text("campaign_id")?,
            row.text("source_id")?,
            row.text("buyer_id")?,
        );
        stored.insert(key, tallies::read(&row)?);
    }
    Ok(differ(&stored, due).map(|key| format!("{} tally of hour {} {}", key.0, key.1, key.4)).collect())
}

async fn hours(tx: &mut Tx, due: &BTreeMap<HourKey, Activity>) -> Result<Vec<String>, StoreError> {
    let rows = sql("SELECT tenant_id, hour, contract_id, pinged, timed_out, bids, bid_sum, accepted, refused \
         FROM contract_hours")
    .all(&mut **tx)
    .await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        let key = (row.text("tenant_id")?, row.int("hour")?, row.text("contract_id")?);
        stored.insert(key, crate::alerts::activity_of(&row)?);
    }
    Ok(differ(&stored, due).map(|key| format!("{} hour {} {}", key.0, key.1, key.2)).collect())
}

async fn labelled(tx: &mut Tx, due: BTreeMap<TenantId, BTreeMap<LabelKey, Totals>>) -> Result<Vec<String>, StoreError> {
    let (stored_hours, stored_days) = (label_rows(tx, labels::HOURS).await?, label_rows(tx, labels::DAYS).await?);
    let mut known = BTreeMap::<TenantId, Known>::new();
    for (tenant, _, day, _, source, _, label) in stored_days.keys().filter(|key| key.1 == "sub") {
        if let SubLabel::Named(name) = labels::sub_label(label)? {
            let of = (parse("source_id", source)?, Timestamp(*day));
            known.entry(parse("tenant_id", tenant)?).or_default().entry(of).or_default().insert(name);
        }
    }
    let (mut hours, mut days) = (BTreeMap::new(), BTreeMap::new());
    for (tenant, counters) in due {
        let counters = bounded(counters, known.entry(tenant).or_default());
        days.extend(label_days(&counters).into_iter().map(|(key, totals)| (label_row(tenant, &key), totals)));
        hours.extend(counters.into_iter().map(|(key, totals)| (label_row(tenant, &key), totals)));
    }
    let line = |key: &LabelRow| format!("{} label {} {} {}", key.0, key.1, key.2, key.6);
    let mut found: Vec<_> = differ(&stored_hours, &hours).map(line).collect();
    found.extend(differ(&stored_days, &days).map(line));
    let many = known.iter().flat_map(|(tenant, of)| of.iter().map(move |(day, names)| (tenant, day, names.len())));
    found.extend(
        many.filter(|(.., names)| *names > MOST_SUBS)
            .map(|(tenant, (source, day), names)| format!("{tenant} {source} {names} labels on {day}")),
    );
    Ok(found)
}

async fn stored_scores(tx: &mut Tx, table: Table, due: &BTreeMap<ScoreRow, Score>) -> Result<Vec<String>, StoreError> {
    let Table { name, begin } = table;
    let rows = sql(&format!("SELECT tenant_id, {begin}, buyer_id, contract_id, "))
        .text(&score_tables::columns())
        .text(" FROM ")
        .text(name)
        .all(&mut **tx)
        .await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        let key = (row.text("tenant_id")?, row.int(begin)?, row.text("buyer_id")?, row.text("contract_id")?);
        stored.insert(key, score_tables::read(&row)?);
    }
    Ok(differ(&stored, due).map(|key| format!("{} score of {begin} {} {}", key.0, key.1, key.3)).collect())
}

fn label_row(tenant: TenantId, key: &LabelKey) -> LabelRow {
    let (kind, label) = labels::words(&key.label);
    let (campaign, source) = (key.campaign.to_string(), key.source.to_string());
    (tenant.to_string(), kind.to_owned(), key.hour.0, campaign, source, buyer(key.buyer), label)
}

async fn label_rows(tx: &mut Tx, table: Table) -> Result<BTreeMap<LabelRow, Totals>, StoreError> {
    let Table { name, begin } = table;
    let rows = sql(&format!("SELECT tenant_id, kind, {begin}, campaign_id, source_id, buyer_id, label, "))
        .text(&tallies::TOTALS.join(", "))
        .text(" FROM ")
        .text(name)
        .all(&mut **tx)
        .await?;
    let mut stored = BTreeMap::new();
    for row in rows {
        let key = (
            row.text("tenant_id")?,
            row.text("kind")?,
            row.int(begin)?,
            row.text("campaign_id")?,
            row.text("source_id")?,
            row.text("buyer_id")?,
            row.text("label")?,
        );
        stored.insert(key, tallies::read_totals(&row)?);
    }
    Ok(stored)
}

/// Keys under which two tables differ; nothing is as good as zero.
fn differ<'a, K: Ord, V: Default + PartialEq>(
    stored: &'a BTreeMap<K, V>,
    due: &'a BTreeMap<K, V>,
) -> impl Iterator<Item = &'a K> {
    let keys = stored.keys().chain(due.keys().filter(|key| !stored.contains_key(key)));
    keys.filter(|key| {
        let nothing = V::default();
        stored.get(key).unwrap_or(&nothing) != due.get(key).unwrap_or(&nothing)
    })
}

async fn compute(tx: &mut Tx) -> Result<Due, StoreError> {
    let mut due = Due::default();
    let mut after = After::default();
    while let Some(events) = folded(tx, &mut after, STEP).await? {
        for (tenant, events) in &events {
            due.events += i64::try_from(events.len()).unwrap_or(0);
            due.add(*tenant, events);
        }
    }
    Ok(due)
}

impl Due {
    /// Takes in events of a tenant.
    fn add(&mut self, tenant: TenantId, events: &[Event]) {
        let name = tenant.to_string();
        let counters = fold(events.iter().map(|event| (event.at, &event.fact)));
        for (place, tally) in tallies(&counters) {
            let (campaign, source) = (place.campaign.to_string(), place.source.to_string());
            let key = (name.clone(), place.hour.0, campaign, source, buyer(place.buyer));
            *self.tallies.entry(key).or_default() += tally;
        }
        for (key, sums) in days(&counters) {
            *self.days.entry(row_key(&name, &key)).or_default() += sums;
        }
        for (key, sums) in counters {
            *self.rollups.entry(row_key(&name, &key)).or_default() += sums;
        }
        for ((hour, contract), done) in activity(events.iter().map(|event| (event.at, &event.fact))) {
            *self.hours.entry((name.clone(), hour.0, contract.to_string())).or_default() += done;
        }
        let hours = scores(events.iter().map(|event| (event.at, &event.fact)));
        let row = |key: ScoreKey| (name.clone(), key.hour.0, key.buyer.to_string(), key.contract.to_string());
        for (key, score) in score_days(&hours) {
            *self.score_days.entry(row(key)).or_default() += &score;
        }
        for (key, score) in hours {
            *self.score_hours.entry(row(key)).or_default() += &score;
        }
        let labelled = self.labels.entry(tenant).or_default();
        for (key, totals) in labels(events.iter().map(|event| (event.at, event.sub1.as_deref(), &event.fact))) {
            let counter = labelled.entry(key).or_default();
            *counter = *counter + totals;
        }
    }
}

fn row_key(tenant: &str, key: &Key) -> RowKey {
    let (campaign, source) = (key.campaign.to_string(), key.source.to_string());
    (tenant.to_owned(), key.hour.0, campaign, source, buyer(key.buyer), key.measure.code())
}
