//! [`Tenants`]: the pages' way to `service::tenants`.

use super::{RequestBackend, session};
use app::{
    backend::tenants::{TenantRow, Tenants},
    error::UiError,
};
use async_trait::async_trait;
use model::TenantId;

#[async_trait]
impl Tenants for RequestBackend {
    async fn tenants(&self) -> Result<Vec<TenantRow>, UiError> {
        let found = self.services.tenants(self.actor().await?).await.map_err(|error| self.told(error))?;
        let row = |one: crate::service::TenantListing| TenantRow {
            tenant: one.tenant,
            people: one.figures.people,
            leads: one.figures.leads,
            sold: one.figures.sold,
        };
        Ok(found.into_iter().map(row).collect())
    }

    async fn set_limits(&self, id: TenantId, people: Option<u32>, requests: Option<u32>) -> Result<(), UiError> {
        let set = self.services.set_limits(self.actor().await?, id, people, requests).await;
        set.map_err(|error| self.told(error))
    }

    async fn suspend(&self, id: TenantId, reason: String) -> Result<(), UiError> {
        self.services.suspend(self.actor().await?, id, &reason).await.map_err(|error| self.told(error))
    }

    async fn resume_tenant(&self, id: TenantId) -> Result<(), UiError> {
        self.services.resume_tenant(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn act_for(&self, id: TenantId, reason: String, minutes: u32) -> Result<(), UiError> {
        let begun = self.services.act_for(self.actor().await?, id, &reason, minutes).await;
        let begun = begun.map_err(|error| self.told(error))?;
        session::act(&self.session, Some((begun.tenant, begun.until))).await.map_err(|error| self.broken(error))
    }

    async fn stop_acting(&self) -> Result<(), UiError> {
        self.services.stop_acting(self.actor().await?).await.map_err(|error| self.told(error))?;
        session::act(&self.session, None).await.map_err(|error| self.broken(error))
    }
}
