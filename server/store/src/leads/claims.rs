//! Who has, or is being posted, a person.

use crate::{
    StoreError, TenantStore,
    read::Read,
    sql::{parts, sql},
};
use model::{BuyerId, CampaignId, LeadId, Timestamp};

/// A claim on a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct SoldPrint {
    /// By which buyer.
    pub buyer_id: BuyerId,
    /// With which lead.
    pub lead_id: LeadId,
    /// Since when.
    pub at: Timestamp,
}

impl TenantStore {
    /// The claims on any of these prints in a campaign after `since`, newest first. A hint before the auction: what counts
    /// is decided again when a post is reserved.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn sold_prints(
        &self,
        campaign: CampaignId,
        prints: &[String],
        since: Timestamp,
    ) -> Result<Vec<SoldPrint>, StoreError> {
        let mut found = Vec::new();
        for part in parts(prints, 3) {
            let rows = sql("SELECT buyer_id, lead_id, MAX(at) AS latest FROM claims WHERE at > $1 \
                 AND (tenant_id, campaign_id, print) IN (VALUES ")
            .bind(since)
            .rows(part, |row, print| {
                row.cell(self.tenant).cell(campaign).cell(print);
            })
            .text(") GROUP BY buyer_id, lead_id ORDER BY latest DESC, lead_id")
            .all(self.store.reader())
            .await?;
            for row in rows {
                found.push(SoldPrint {
                    buyer_id: row.parsed("buyer_id")?,
                    lead_id: row.parsed("lead_id")?,
                    at: row.at("latest")?,
                });
            }
        }
        Ok(found)
    }
}
