//! What the pages of posting instructions ask: links for people without an account, and a lead to try.

use super::configure::Instructions;
use crate::error::UiError;
use async_trait::async_trait;
use model::{CampaignId, FieldError, ShareId, SourceId, Timestamp};
use serde_json::{Map, Value};

/// A link as the page lists it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ShareLine {
    /// Which one.
    pub id: ShareId,
    /// Who made it.
    pub author: String,
    /// When.
    pub created_at: Timestamp,
    /// When it ends.
    pub expires_at: Timestamp,
    /// When it was opened last.
    pub used_at: Option<Timestamp>,
    /// Whether it still works.
    pub works: bool,
    /// Whether it was taken back.
    pub revoked: bool,
}

/// Instructions that somebody opened by their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shared {
    /// The company they are of.
    pub tenant: String,
    /// The zone of its times.
    pub zone: String,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// What to send.
    pub told: Instructions,
}

/// A lead that was sent to try it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tried {
    /// The request as a command line for a shell.
    pub curl: String,
    /// The HTTP status the API answers with.
    pub status: u16,
    /// The body it answers with.
    pub body: String,
    /// Every field that could not be read.
    pub faults: Vec<FieldError>,
}

/// Links to posting instructions, and trying them.
#[async_trait]
pub trait Sharing {
    /// The links to a source's instructions for a campaign, newest first.
    async fn shares(&self, source: SourceId, campaign: CampaignId) -> Result<Vec<ShareLine>, UiError>;
    /// Makes a link that works for so many days; its address, which is never shown again. Needs `Right::Configure`.
    async fn share(&self, source: SourceId, campaign: CampaignId, days: u16) -> Result<String, UiError>;
    /// Takes a link back. Needs `Right::Configure`.
    async fn unshare(&self, id: ShareId) -> Result<(), UiError>;
    /// The instructions behind an address, for everybody who has it.
    async fn shared(&self, token: String) -> Result<Shared, UiError>;
    /// Sends a lead in test; without a source for the affiliate that is signed in. Needs `Right::Configure` otherwise.
    async fn try_lead(
        &self,
        source: Option<SourceId>,
        campaign: CampaignId,
        fields: Map<String, Value>,
    ) -> Result<Tried, UiError>;
}
