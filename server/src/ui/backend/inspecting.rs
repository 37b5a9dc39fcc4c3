//! [`Inspecting`]: the pages' way to the requests of a lead, and to trying it again.

use super::RequestBackend;
use app::{backend::Inspecting, error::UiError};
use async_trait::async_trait;
use model::{LeadId, requests::LeadRequests, rerun::Rerun};

#[async_trait]
impl Inspecting for RequestBackend {
    async fn requests(&self, id: LeadId, personal: bool) -> Result<LeadRequests, UiError> {
        let found = self.services.admin().requests(self.actor().await?, id, personal, &self.public_url).await;
        found.map_err(|error| self.told(error))
    }

    async fn rerun(&self, id: LeadId) -> Result<Rerun, UiError> {
        self.services.rerun(self.actor().await?, id).await.map_err(|error| self.told(error))
    }
}
