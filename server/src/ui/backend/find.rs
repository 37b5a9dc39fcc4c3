//! [`Finding`] for one request.

use super::RequestBackend;
use app::{backend::Finding, error::UiError};
use async_trait::async_trait;
use model::find::Found;

#[async_trait]
impl Finding for RequestBackend {
    async fn find(&self, wanted: String) -> Result<Vec<Found>, UiError> {
        self.services.find(self.actor().await?, &wanted).await.map_err(|error| self.told(error))
    }
}
