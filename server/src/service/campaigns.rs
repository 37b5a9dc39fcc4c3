//! Campaigns and sources for operators.

use super::{ServiceError, Services, admin::Expected};
use crate::context::Actor;
use model::{CampaignId, SourceId, Timestamp, document::DocumentId, report::CampaignRow, time::HOUR, user::Right};

impl Services {
    /// Every campaign with today's counts.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn campaigns(&self, actor: &Actor) -> Result<Vec<CampaignRow>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let end = Timestamp(self.clock.now().hour().0 + HOUR);
        Ok(tenant.campaign_figures(self.today(actor).hour(), end).await?)
    }

    /// The names for filters.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn campaign_names(&self, actor: &Actor) -> Result<Vec<(CampaignId, String)>, ServiceError> {
        let campaigns = self.tenant(actor, Right::SeeExchange)?.campaigns().await?;
        Ok(campaigns.into_iter().map(|campaign| (campaign.id, campaign.name)).collect())
    }

    /// The names for filters.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn source_names(&self, actor: &Actor) -> Result<Vec<(SourceId, String)>, ServiceError> {
        let sources = self.tenant(actor, Right::SeeExchange)?.sources().await?;
        Ok(sources.into_iter().map(|source| (source.id, source.name)).collect())
    }

    /// Pauses or resumes a campaign.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's.
    pub async fn set_campaign_active(&self, actor: &Actor, id: CampaignId, active: bool) -> Result<(), ServiceError> {
        self.admin().set_active(actor, DocumentId::Campaign(id), active, Expected::Any, "").await.map(|_| ())
    }
}
