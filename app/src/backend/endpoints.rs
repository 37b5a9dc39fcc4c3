//! What the pages of endpoints ask: who is told of leads, how telling it went, and telling it again.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    EndpointId, MessageId,
    endpoint::{Delivery, DeliveryState, Endpoint},
    page::{Cursor, Page},
};
use serde_json::Value;

/// What a test sent, and what came back.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FiredView {
    /// GET or POST with the address.
    pub request: String,
    /// The body that was sent; empty for postbacks.
    pub body: String,
    /// The answer's HTTP status, when there was an answer.
    pub status: Option<u16>,
    /// The beginning of the answer's body.
    pub answer: String,
    /// Why there was no answer, in words.
    pub error: Option<String>,
    /// Microseconds it took.
    pub took_us: i64,
}

/// Endpoints. A document of an endpoint has the members of [`Endpoint`]; what is wrong with it is [`UiError::Invalid`].
#[async_trait]
pub trait Endpoints {
    /// Every endpoint, by name.
    async fn endpoints(&self) -> Result<Vec<Endpoint>, UiError>;
    /// Makes an endpoint; also a webhook's secret, which is never shown again. Needs `Right::Configure`.
    async fn create_endpoint(&self, value: Value) -> Result<(EndpointId, Option<String>), UiError>;
    /// Changes an endpoint. Needs `Right::Configure`.
    async fn save_endpoint(&self, id: EndpointId, value: Value) -> Result<(), UiError>;
    /// Removes an endpoint with all that waits for it. Needs `Right::Configure`.
    async fn delete_endpoint(&self, id: EndpointId) -> Result<(), UiError>;
    /// Gives a webhook a new secret, shown this once. Needs `Right::Configure`.
    async fn rotate_endpoint_secret(&self, id: EndpointId) -> Result<String, UiError>;
    /// Sends an invented message now. Needs `Right::Configure`.
    async fn fire_endpoint(&self, id: EndpointId) -> Result<FiredView, UiError>;
    /// What was told to an endpoint, newest first.
    async fn deliveries(
        &self,
        id: EndpointId,
        state: Option<DeliveryState>,
        cursor: Cursor,
    ) -> Result<Page<Delivery>, UiError>;
    /// Sends a message again, under its own id. Needs `Right::Configure`.
    async fn replay_message(&self, id: MessageId) -> Result<(), UiError>;
}
