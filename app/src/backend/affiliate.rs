//! What the affiliate's portal asks of the server.

use super::{configure::Instructions, endpoints::FiredView};
use crate::error::UiError;
use async_trait::async_trait;
use model::{
    CampaignId, EndpointId, KeyId,
    affiliate::{AffiliateHome, AffiliateLead, OpenCampaign, Postback},
    endpoint::Event,
    page::{Cursor, Page},
    tenant::{ApiKey, Mode},
    time::Day,
};

/// What an affiliate sees of its source. Needs `Right::SeeSource`; what is another source's is [`UiError::NotFound`].
#[async_trait]
pub trait Affiliate: Send + Sync {
    /// The first page.
    async fn affiliate_home(&self) -> Result<AffiliateHome, UiError>;
    /// One page of the leads it sent, newest first; `days` in the company's zone, both included.
    async fn affiliate_leads(&self, days: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<AffiliateLead>, UiError>;
    /// Its API keys, newest first.
    async fn affiliate_keys(&self) -> Result<Vec<ApiKey>, UiError>;
    /// Makes a key; the whole key, which is never shown again.
    async fn make_affiliate_key(&self, name: String, mode: Mode) -> Result<String, UiError>;
    /// Revokes a key at once.
    async fn revoke_affiliate_key(&self, id: KeyId) -> Result<(), UiError>;
    /// The campaigns it may send into, by name.
    async fn affiliate_campaigns(&self) -> Result<Vec<OpenCampaign>, UiError>;
    /// What it sends into one of them.
    async fn affiliate_instructions(&self, campaign: CampaignId) -> Result<Instructions, UiError>;
    /// Its postbacks, by name.
    async fn affiliate_postbacks(&self) -> Result<Vec<Postback>, UiError>;
    /// Makes a postback, or changes the one with this id.
    async fn save_affiliate_postback(
        &self,
        id: Option<EndpointId>,
        name: String,
        url: String,
        on: Vec<Event>,
    ) -> Result<(), UiError>;
    /// Sends an invented message to a postback now.
    async fn fire_affiliate_postback(&self, id: EndpointId) -> Result<FiredView, UiError>;
}
