//! [`Foreseeing`]: the pages' way to what a configuration would do.

use super::RequestBackend;
use app::{backend::Foreseeing, error::UiError};
use async_trait::async_trait;
use model::effects::Effects;
use serde_json::Value;

#[async_trait]
impl Foreseeing for RequestBackend {
    async fn effects(&self, contract: Value) -> Result<Effects, UiError> {
        let contract = self.typed(contract).await?;
        self.services.admin().effects(self.actor().await?, contract).await.map_err(|error| self.told(error))
    }
}
