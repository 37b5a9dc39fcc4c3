//! What leads missed: hour by hour it is the fold of their events, and each lead's row says what its events say last.

use super::Invariant;
use crate::{StoreError, Tx, missed::of_lead, read::Read, sql::sql};
use exchange::rollup::{LeadFact, MissedKey, missed};
use model::{
    TenantId,
    lost::{LostSum, Missed},
};
use std::collections::BTreeMap;

/// Tenant, hour, campaign, source, contract, buyer and reason as they lie in the database.
type HourKey = (String, i64, [String; 5]);

/// Tenant and lead likewise.
type LeadKey = (String, String);

pub(super) async fn check(tx: &mut Tx) -> Result<Vec<Invariant>, StoreError> {
    // Few events carry one, and every one that does says so in these letters.
    let rows = sql("SELECT tenant_id, lead_id, at, doc, folded FROM events WHERE kind = 'lead' \
         AND doc LIKE '%\"missed\":{%' ORDER BY tenant_id, id")
    .all(&mut **tx)
    .await?;
    let (mut hours, mut leads) = (BTreeMap::<HourKey, LostSum>::new(), BTreeMap::<LeadKey, Missed>::new());
    for row in &rows {
        let (tenant, at, fact): (TenantId, _, LeadFact) = (row.parsed("tenant_id")?, row.at("at")?, row.doc("doc")?);
        let tenant = tenant.to_string();
        let lead = row.text_opt("lead_id")?.unwrap_or_default();
        match fact.missed.and_then(|change| change.now) {
            Some(now) => leads.insert((tenant.clone(), lead), now),
            None => leads.remove(&(tenant.clone(), lead)),
        };
        if row.flag("folded")? {
            for (key, sum) in missed([(at, &fact)]) {
                let MissedKey { campaign, source, contract, buyer, reason, .. } = key;
                let ids = [campaign.to_string(), source.to_string(), contract.to_string(), buyer.to_string()];
                let [campaign, source, contract, buyer] = ids;
                let key = (tenant.clone(), key.hour.0, [campaign, source, contract, buyer, reason.code().to_owned()]);
                *hours.entry(key).or_default() += sum;
            }
        }
    }
    let looked_at = i64::try_from(rows.len()).unwrap_or(i64::MAX);
    let found = [
        ("missed sales by hour are the fold of the folded events", hours_that_differ(tx, hours).await?),
        ("a lead says what it missed as its events do", leads_that_differ(tx, leads).await?),
    ];
    Ok(found.into_iter().map(|(name, violations)| Invariant::of(name, looked_at, "events", &violations)).collect())
}

async fn hours_that_differ(tx: &mut Tx, mut due: BTreeMap<HourKey, LostSum>) -> Result<Vec<String>, StoreError> {
    let rows = sql(
        "SELECT tenant_id, hour, campaign_id, source_id, contract_id, buyer_id, reason, n, amount FROM missed_hours",
    )
    .all(&mut **tx)
    .await?;
    for row in &rows {
        let [campaign, source, contract, buyer, reason] =
            ["campaign_id", "source_id", "contract_id", "buyer_id", "reason"].map(|column| row.text(column));
        let key = (row.text("tenant_id")?, row.int("hour")?, [campaign?, source?, contract?, buyer?, reason?]);
        *due.entry(key).or_default() += LostSum { leads: -row.int("n")?, amount: -row.micros("amount")? };
    }
    let differ = due.into_iter().filter(|(_, sum)| *sum != LostSum::default());
    Ok(differ.map(|(key, _)| format!("{} hour {} {}", key.0, key.1, key.2[2])).collect())
}

async fn leads_that_differ(tx: &mut Tx, mut due: BTreeMap<LeadKey, Missed>) -> Result<Vec<String>, StoreError> {
    let rows =
        sql("SELECT tenant_id, id, missed_contract, missed_buyer, missed_reason, missed, missed_currency FROM leads \
         WHERE missed_reason IS NOT NULL")
        .all(&mut **tx)
        .await?;
    let mut wrong = Vec::new();
    for row in &rows {
        let key = (row.text("tenant_id")?, row.text("id")?);
        if due.remove(&key) != of_lead(row)? {
            wrong.push(format!("{} lead {}", key.0, key.1));
        }
    }
    wrong.extend(due.into_keys().map(|key| format!("{} lead {}", key.0, key.1)));
    Ok(wrong)
}
