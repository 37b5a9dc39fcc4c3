//! Posting instructions that are shown to whoever has their address.

use crate::{CampaignId, ShareId, SourceId, Timestamp};

/// A link to the posting instructions of a source for a campaign. What stands in its address is shown once and not kept.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Share {
    /// Identity.
    pub id: ShareId,
    /// Whose instructions.
    pub source_id: SourceId,
    /// For which campaign.
    pub campaign_id: CampaignId,
    /// Who made it: the id of a person or a token.
    pub author: String,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was taken back.
    pub revoked_at: Option<Timestamp>,
    /// When it was opened last.
    pub used_at: Option<Timestamp>,
}

impl Share {
    /// Whether it still works.
    #[must_use]
    pub fn works(&self, now: Timestamp) -> bool {
        self.revoked_at.is_none() && now < self.expires_at
    }
}
