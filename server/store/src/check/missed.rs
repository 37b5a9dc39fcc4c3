//! What leads missed: hour by hour it is the fold of their events, and each lead's row says what its events say last.

use super::Invariant;
use crate::{StoreError, Tx, missed::of_lead, read::Read, rollups::After, sql::sql};
use exchange::rollup::{LeadFact, MissedKey, missed};
use model::{
    LeadId, TenantId,
    lost::{LostSum, Missed},
};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Tenant, hour, campaign, source, contract, buyer and reason as they lie in the database.
type HourKey = (String, i64, [String; 5]);

/// Tenant and lead. One of each lead that missed something is kept, so they are as small as they can be.
type LeadKey = (TenantId, LeadId);

/// So many events are read at a time: their documents are large.
const STEP: u32 = 5000;

/// What the events say.
#[derive(Default)]
struct Due {
    events: i64,
    hours: BTreeMap<HourKey, LostSum>,
    leads: BTreeMap<LeadKey, Missed>,
}

pub(super) async fn check(tx: &mut Tx) -> Result<Vec<Invariant>, StoreError> {
    let mut due = Due::default();
    let mut after = After::default();
    loop {
        // Every event that carries one says so in these letters.
        let rows = sql("SELECT tenant_id, id, lead_id, at, doc, folded FROM events WHERE kind = 'lead' \
             AND doc LIKE '%\"missed\":{%' AND (tenant_id, id) > (")
        .param(&after.0)
        .text(", ")
        .param(&after.1)
        .text(") ORDER BY tenant_id, id LIMIT ")
        .param(STEP)
        .all(&mut **tx)
        .await?;
        let Some(last) = rows.last() else { break };
        after = (last.text("tenant_id")?, last.text("id")?);
        for row in &rows {
            due.take(row)?;
        }
    }
    let found = [
        ("missed sales by hour are the fold of the folded events", hours_that_differ(tx, due.hours).await?),
        ("a lead says what it missed as its events do", leads_that_differ(tx, due.leads).await?),
    ];
    Ok(found.into_iter().map(|(name, violations)| Invariant::of(name, due.events, "events", &violations)).collect())
}

impl Due {
    /// Takes in the next event.
    fn take(&mut self, row: &AnyRow) -> Result<(), StoreError> {
        let (tenant, at, fact): (TenantId, _, LeadFact) = (row.parsed("tenant_id")?, row.at("at")?, row.doc("doc")?);
        let lead = (tenant, row.parsed("lead_id")?);
        self.events += 1;
        match fact.missed.and_then(|change| change.now) {
            Some(now) => self.leads.insert(lead, now),
            None => self.leads.remove(&lead),
        };
        if row.flag("folded")? {
            for (key, sum) in missed([(at, &fact)]) {
                let MissedKey { campaign, source, contract, buyer, reason, .. } = key;
                let ids = [campaign.to_string(), source.to_string(), contract.to_string(), buyer.to_string()];
                let [campaign, source, contract, buyer] = ids;
                let key =
                    (tenant.to_string(), key.hour.0, [campaign, source, contract, buyer, reason.code().to_owned()]);
                *self.hours.entry(key).or_default() += sum;
            }
        }
        Ok(())
    }
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
        let key = (row.parsed("tenant_id")?, row.parsed("id")?);
        if due.remove(&key) != of_lead(row)? {
            wrong.push(format!("{} lead {}", key.0, key.1));
        }
    }
    wrong.extend(due.into_keys().map(|key| format!("{} lead {}", key.0, key.1)));
    Ok(wrong)
}
