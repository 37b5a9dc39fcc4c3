//! The affiliate's portal for the request's source.

use super::{RequestBackend, configure::told, endpoints::view};
use app::{
    backend::{Affiliate, configure::Instructions, endpoints::FiredView},
    error::UiError,
    query::DEFAULT_LIMIT,
};
use async_trait::async_trait;
use model::{
    CampaignId, EndpointId, KeyId,
    affiliate::{AffiliateHome, AffiliateLead, OpenCampaign, Postback},
    endpoint::Event,
    page::{Cursor, Page},
    tenant::{ApiKey, Mode},
    time::Day,
};

#[async_trait]
impl Affiliate for RequestBackend {
    async fn affiliate_home(&self) -> Result<AffiliateHome, UiError> {
        self.services.affiliate_home(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn affiliate_leads(&self, days: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<AffiliateLead>, UiError> {
        let actor = self.actor().await?;
        self.services.affiliate_leads(actor, days, cursor, DEFAULT_LIMIT).await.map_err(|error| self.told(error))
    }

    async fn affiliate_keys(&self) -> Result<Vec<ApiKey>, UiError> {
        self.services.affiliate_keys(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn make_affiliate_key(&self, name: String, mode: Mode) -> Result<String, UiError> {
        let made = self.services.make_affiliate_key(self.actor().await?, &name, mode).await;
        made.map(|(_, shown)| shown).map_err(|error| self.told(error))
    }

    async fn revoke_affiliate_key(&self, id: KeyId) -> Result<(), UiError> {
        self.services.revoke_affiliate_key(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn affiliate_campaigns(&self) -> Result<Vec<OpenCampaign>, UiError> {
        self.services.affiliate_campaigns(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn affiliate_instructions(&self, campaign: CampaignId) -> Result<Instructions, UiError> {
        let actor = self.actor().await?;
        let spec = self.services.affiliate_instructions(actor, campaign, &self.public_url).await;
        let home = self.services.affiliate_home(actor).await.map_err(|error| self.told(error))?;
        Ok(told(home.source, spec.map_err(|error| self.told(error))?))
    }

    async fn affiliate_postbacks(&self) -> Result<Vec<Postback>, UiError> {
        self.services.affiliate_postbacks(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn save_affiliate_postback(
        &self,
        id: Option<EndpointId>,
        name: String,
        url: String,
        on: Vec<Event>,
    ) -> Result<(), UiError> {
        let saved = self.services.save_affiliate_postback(self.actor().await?, id, (name, url, on)).await;
        saved.map_err(|error| self.told(error))
    }

    async fn fire_affiliate_postback(&self, id: EndpointId) -> Result<FiredView, UiError> {
        let fired = self.services.fire_affiliate_postback(self.actor().await?, id).await;
        fired.map(view).map_err(|error| self.told(error))
    }
}
