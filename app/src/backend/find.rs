//! Looking for things.

use crate::error::UiError;
use async_trait::async_trait;
use model::find::Found;

/// What the search asks of the server.
#[async_trait]
pub trait Finding {
    /// What fits the words best, the best first; nothing for no words.
    async fn find(&self, wanted: String) -> Result<Vec<Found>, UiError>;
}
