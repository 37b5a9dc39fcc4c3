//! Where a lead stands, with its money and its posts: what a resolution of a post in doubt is worked out from.

use crate::{
    AttemptRow, StoreError, TenantStore,
    read::{Read, mode},
    sql::sql,
};
use model::{
    BuyerId, CampaignId, ContractId, LeadId, Micros, SourceId, Timestamp,
    lead::{LeadState, Tracking},
    tenant::Mode,
};

/// A lead with its posts.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadStands {
    /// Its campaign.
    pub campaign_id: CampaignId,
    /// Its source.
    pub source_id: SourceId,
    /// Live or test.
    pub mode: Mode,
    /// Where it stands.
    pub state: LeadState,
    /// Who is said to have bought it.
    pub buyer_id: Option<BuyerId>,
    /// Under which contract.
    pub contract_id: Option<ContractId>,
    /// Paid by its buyers so far.
    pub revenue: Option<Micros>,
    /// Paid to its source so far.
    pub payout: Option<Micros>,
    /// Where the consumer was sent.
    pub redirect_url: Option<String>,
    /// Milliseconds from intake to answer.
    pub duration_ms: Option<u32>,
    /// The source's own id for it.
    pub external_id: Option<String>,
    /// The source's labels.
    pub tracking: Tracking,
    /// When it came in.
    pub received_at: Timestamp,
    /// How often it was auctioned again.
    pub round: u8,
    /// How often its state was said before.
    pub changes: u32,
    /// Its posts, in order.
    pub attempts: Vec<AttemptRow>,
}

impl TenantStore {
    /// Where a lead stands.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn lead_stands(&self, lead: LeadId) -> Result<LeadStands, StoreError> {
        let row =
            sql("SELECT campaign_id, source_id, mode, state, buyer_id, contract_id, revenue, payout, redirect_url, \
             duration_ms, external_id, tracking, received_at, round, (SELECT COUNT(*) FROM events e WHERE e.tenant_id = leads.tenant_id \
             AND e.lead_id = leads.id AND e.kind = 'lead') AS changes FROM leads WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(lead)
            .one(self.store.reader())
            .await?;
        Ok(LeadStands {
            campaign_id: row.parsed("campaign_id")?,
            source_id: row.parsed("source_id")?,
            mode: mode(&row)?,
            state: row.parsed("state")?,
            buyer_id: row.parsed_opt("buyer_id")?,
            contract_id: row.parsed_opt("contract_id")?,
            revenue: row.int_opt("revenue")?.map(Micros),
            payout: row.int_opt("payout")?.map(Micros),
            redirect_url: row.text_opt("redirect_url")?,
            duration_ms: row.int_opt("duration_ms")?.and_then(|ms| u32::try_from(ms).ok()),
            external_id: row.text_opt("external_id")?,
            tracking: row.doc("tracking")?,
            received_at: row.at("received_at")?,
            round: row.small("round")?,
            changes: row.small("changes")?,
            attempts: self.attempts(lead).await?,
        })
    }
}
