//! What the pages of alerts ask of the server.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    AlertId,
    alert::{Alert, AlertFilter, AlertSettings},
    page::{Cursor, Page},
};
use serde_json::Value;

/// Alerts. What is wrong with what was entered is [`UiError::Invalid`].
#[async_trait]
pub trait Alerting: Send + Sync {
    /// One page of the alerts that are open, or of those that are over, newest first. Needs `Right::SeeExchange`.
    async fn alerts(&self, filter: AlertFilter, cursor: Cursor) -> Result<Page<Alert>, UiError>;
    /// Says to know of an open alert, until it is over or for so many minutes. Needs `Right::Configure`;
    /// [`UiError::NotFound`] when it is not open (any more).
    async fn acknowledge_alert(&self, id: AlertId, note: String, minutes: Option<u32>) -> Result<(), UiError>;
    /// Takes that back. Needs `Right::Configure`.
    async fn recall_alert(&self, id: AlertId) -> Result<(), UiError>;
    /// Whether who is signed in gets letters about alerts. Needs `Right::SeeExchange`.
    async fn reads_alerts(&self) -> Result<bool, UiError>;
    /// Says whether who is signed in wants letters about alerts. Needs `Right::SeeExchange`.
    async fn set_reads_alerts(&self, wanted: bool) -> Result<(), UiError>;
    /// When alerts are raised. Needs `Right::SeeExchange`.
    async fn alert_settings(&self) -> Result<AlertSettings, UiError>;
    /// Says when alerts are raised: a document with the members of [`AlertSettings`]. Needs `Right::Configure`.
    async fn save_alert_settings(&self, value: Value) -> Result<(), UiError>;
}
