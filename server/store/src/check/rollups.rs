//! The roll-ups are the fold of the events that are marked folded.

use super::Invariant;
use crate::{StoreError, Tx, read::Read, sql::sql};
use exchange::rollup::{Activity, LeadFact, Sums, activity, fold};
use model::TenantId;
use std::collections::BTreeMap;

/// Tenant, hour, campaign, source, buyer and measure as they lie in the database.
type RowKey = (String, i64, String, String, String, String);

/// Tenant, hour and contract likewise.
type HourKey = (String, i64, String);

/// What the folded events come to, and how many they are.
#[derive(Default)]
struct Due {
    rollups: BTreeMap<RowKey, Sums>,
    hours: BTreeMap<HourKey, Activity>,
    events: i64,
}

/// How many events are read at a time.
const STEP: i64 = 5000;

pub(super) async fn check(tx: &mut Tx) -> Result<Invariant, StoreError> {
    let due = compute(tx).await?;
    let mut violations = rollups(tx, &due.rollups).await?;
    violations.extend(hours(tx, &due.hours).await?);
    Ok(Invariant::of("the roll-ups are the fold of the folded events", due.events, "events", &violations))
}

async fn rollups(tx: &mut Tx, due: &BTreeMap<RowKey, Sums>) -> Result<Vec<String>, StoreError> {
    let rows =
        sql("SELECT tenant_id, hour, campaign_id, source_id, buyer_id, measure, n, revenue, payout FROM rollups")
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
            row.text("measure")?,
        );
        stored
            .insert(key, Sums { count: row.int("n")?, revenue: row.micros("revenue")?, payout: row.micros("payout")? });
    }
    Ok(differ(&stored, due).map(|key| format!("{} hour {} {}", key.0, key.1, key.5)).collect())
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
    let mut after = (String::new(), String::new());
    loop {
        let rows = sql("SELECT tenant_id, id, at, doc FROM events WHERE folded = 1 AND kind IN ('lead', 'copy') \
             AND (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id LIMIT $3")
        .bind(&after.0)
        .bind(&after.1)
        .bind(STEP)
        .all(&mut **tx)
        .await?;
        let Some(last) = rows.last() else { return Ok(due) };
        after = (last.text("tenant_id")?, last.text("id")?);
        due.events += i64::try_from(rows.len()).unwrap_or(0);
        for row in &rows {
            let (tenant, at, fact): (TenantId, _, LeadFact) =
                (row.parsed("tenant_id")?, row.at("at")?, row.doc("doc")?);
            for (key, sums) in fold([(at, &fact)]) {
                let buyer = key.buyer.map_or_else(String::new, |buyer| buyer.to_string());
                let key = (
                    tenant.to_string(),
                    key.hour.0,
                    key.campaign.to_string(),
                    key.source.to_string(),
                    buyer,
                    key.measure.code(),
                );
                let total = due.rollups.entry(key).or_default();
                total.count += sums.count;
                total.revenue += sums.revenue;
                total.payout += sums.payout;
            }
            for ((hour, contract), done) in activity([(at, &fact)]) {
                *due.hours.entry((tenant.to_string(), hour.0, contract.to_string())).or_default() += done;
            }
        }
    }
}
