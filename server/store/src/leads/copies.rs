//! Copies that silent contracts got of leads, and why they got none.

use crate::{AttemptState, StoreError, TenantStore, hot::copy_state, read::Read, sql::sql};
use exchange::caps::Demand;
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, LeadId, Micros, Timestamp,
    trace::{CopyLine, Verdict},
};
use sqlx::any::AnyRow;

/// One copy, or why there is none.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct CopyRow {
    /// The copy.
    pub id: AttemptId,
    /// Its lead.
    pub lead_id: LeadId,
    /// The lead's campaign.
    pub campaign_id: CampaignId,
    /// For which contract.
    pub contract_id: ContractId,
    /// Of which buyer.
    pub buyer_id: BuyerId,
    /// The reserved price.
    pub price: Micros,
    /// The demands it holds reservations for.
    pub caps: Vec<Demand>,
    /// Where it stands; none when it was decided against and never sent.
    pub state: Option<AttemptState>,
    /// What the buyer pays, when it took it.
    pub paid: Option<Micros>,
    /// The buyer's id for it.
    pub reference: Option<String>,
    /// The verdict as the lead's page shows it.
    pub verdict: Verdict,
    /// When it was reserved or decided against.
    pub at: Timestamp,
    /// When its outcome was known.
    pub settled_at: Option<Timestamp>,
}

const COPIES: &str = "SELECT lead_id, contract_id, id, campaign_id, buyer_id, price, caps, state, paid, reference, verdict, \
     at, settled_at FROM copies WHERE tenant_id = $1";

impl TenantStore {
    /// The copies of a lead, in the order they were decided.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn copies(&self, lead: LeadId) -> Result<Vec<CopyRow>, StoreError> {
        let statement = sql(COPIES).text(" AND lead_id = $2 ORDER BY at, contract_id").bind(self.tenant).bind(lead);
        statement.all(self.store.reader()).await?.iter().map(copy).collect()
    }

    /// The copies whose outcome is not known, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn unknown_copies(&self) -> Result<Vec<CopyRow>, StoreError> {
        let statement = sql(COPIES).text(" AND state = 'unknown' ORDER BY at, id").bind(self.tenant);
        statement.all(self.store.reader()).await?.iter().map(copy).collect()
    }

    /// The copies of a lead as its page shows them.
    pub(super) async fn copy_lines(&self, lead: LeadId) -> Result<Vec<CopyLine>, StoreError> {
        let line = |copy: CopyRow| CopyLine { at: copy.at, settled_at: copy.settled_at, verdict: copy.verdict };
        Ok(self.copies(lead).await?.into_iter().map(line).collect())
    }
}

fn copy(row: &AnyRow) -> Result<CopyRow, StoreError> {
    Ok(CopyRow {
        id: row.parsed("id")?,
        lead_id: row.parsed("lead_id")?,
        campaign_id: row.parsed("campaign_id")?,
        contract_id: row.parsed("contract_id")?,
        buyer_id: row.parsed("buyer_id")?,
        price: row.micros("price")?,
        caps: row.doc("caps")?,
        state: copy_state(row)?,
        paid: row.int_opt("paid")?.map(Micros),
        reference: row.text_opt("reference")?,
        verdict: row.doc("verdict")?,
        at: row.at("at")?,
        settled_at: row.at_opt("settled_at")?,
    })
}
