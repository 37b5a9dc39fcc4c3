//! What pages ask before something is in effect.

use crate::error::UiError;
use async_trait::async_trait;
use model::effects::Effects;
use serde_json::Value;

/// Foreseeing what a configuration does.
#[async_trait]
pub trait Foreseeing {
    /// What a contract, saved or not, would do. [`UiError::Invalid`] when it cannot be judged yet.
    async fn effects(&self, contract: Value) -> Result<Effects, UiError>;
}
