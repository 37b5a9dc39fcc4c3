//! Alerts for the request's tenant.

use super::RequestBackend;
use app::{backend::Alerting, error::UiError};
use async_trait::async_trait;
use model::{
    AlertId,
    alert::{Alert, AlertFilter, AlertSettings},
    page::{Cursor, Page},
};
use serde_json::Value;

/// Alerts on a page.
const PAGE: u16 = 50;

#[async_trait]
impl Alerting for RequestBackend {
    async fn alerts(&self, filter: AlertFilter, cursor: Cursor) -> Result<Page<Alert>, UiError> {
        self.services.alerts(self.actor().await?, filter, &cursor, PAGE).await.map_err(|error| self.told(error))
    }

    async fn acknowledge_alert(&self, id: AlertId, note: String, minutes: Option<u32>) -> Result<(), UiError> {
        let done = self.services.acknowledge_alert(self.actor().await?, id, &note, minutes).await;
        done.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn recall_alert(&self, id: AlertId) -> Result<(), UiError> {
        self.services.recall_alert(self.actor().await?, id).await.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn reads_alerts(&self) -> Result<bool, UiError> {
        self.services.reads_alerts(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn set_reads_alerts(&self, wanted: bool) -> Result<(), UiError> {
        self.services.set_reads_alerts(self.actor().await?, wanted).await.map_err(|error| self.told(error))
    }

    async fn alert_settings(&self) -> Result<AlertSettings, UiError> {
        self.services.alert_settings(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn save_alert_settings(&self, value: Value) -> Result<(), UiError> {
        let saved = self.services.save_alert_settings(self.actor().await?, value).await;
        saved.map(|_| ()).map_err(|error| self.told(error))
    }
}
