//! The roll-ups are the fold of the events that are marked folded.

use super::Invariant;
use crate::{StoreError, Tx, read::Read, sql::sql};
use exchange::rollup::{LeadFact, Sums, fold};
use model::TenantId;
use std::collections::BTreeMap;

/// Tenant, hour, campaign, source, buyer and measure as they lie in the database.
type RowKey = (String, i64, String, String, String, String);

/// How many events are read at a time.
const STEP: i64 = 5000;

pub(super) async fn check(tx: &mut Tx) -> Result<Invariant, StoreError> {
    let (due, events) = compute(tx).await?;
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
    let nothing = Sums::default();
    let keys = stored.keys().chain(due.keys().filter(|key| !stored.contains_key(key)));
    let violations: Vec<String> = keys
        .filter(|key| stored.get(key).unwrap_or(&nothing) != due.get(key).unwrap_or(&nothing))
        .map(|key| format!("{} hour {} {}", key.0, key.1, key.5))
        .collect();
    Ok(Invariant::of("the roll-ups are the fold of the folded events", events, "events", &violations))
}

async fn compute(tx: &mut Tx) -> Result<(BTreeMap<RowKey, Sums>, i64), StoreError> {
    let mut due = BTreeMap::<RowKey, Sums>::new();
    let (mut events, mut after) = (0, (String::new(), String::new()));
    loop {
        let rows = sql("SELECT tenant_id, id, at, doc FROM events WHERE folded = 1 AND kind IN ('lead', 'copy') \
             AND (tenant_id, id) > ($1, $2) ORDER BY tenant_id, id LIMIT $3")
        .bind(&after.0)
        .bind(&after.1)
        .bind(STEP)
        .all(&mut **tx)
        .await?;
        let Some(last) = rows.last() else { return Ok((due, events)) };
        after = (last.text("tenant_id")?, last.text("id")?);
        events += i64::try_from(rows.len()).unwrap_or(0);
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
                let total = due.entry(key).or_default();
                total.count += sums.count;
                total.revenue += sums.revenue;
                total.payout += sums.payout;
            }
        }
    }
}
