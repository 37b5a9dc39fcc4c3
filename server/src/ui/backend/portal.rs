//! The portal for the request's buyer.

use super::RequestBackend;
use app::{backend::Portal, error::UiError, query::DEFAULT_LIMIT};
use async_trait::async_trait;
use model::{
    LeadId,
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, PortalHome},
    time::Day,
};

#[async_trait]
impl Portal for RequestBackend {
    async fn portal_home(&self) -> Result<PortalHome, UiError> {
        self.services.portal_home(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn portal_leads(&self, days: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<DeliveredRow>, UiError> {
        let actor = self.actor().await?;
        self.services.portal_leads(actor, days, cursor, DEFAULT_LIMIT).await.map_err(|error| self.told(error))
    }

    async fn portal_lead(&self, id: LeadId) -> Result<Delivered, UiError> {
        self.services.portal_lead(self.actor().await?, id).await.map_err(|error| self.told(error))
    }
}
