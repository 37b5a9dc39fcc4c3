//! [`Endpoints`]: the pages' way to `service::endpoints`.

use super::RequestBackend;
use crate::service::endpoints::{DeliveryFilter, EndpointWanted, Fired};
use app::{
    backend::endpoints::{Endpoints, FiredView},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    EndpointId, MessageId,
    endpoint::{Delivery, DeliveryState, Endpoint},
    page::{Cursor, Page},
};
use serde_json::Value;

/// Rows of the log on one page.
const PAGE: u16 = 20;

impl RequestBackend {
    async fn endpoint(&self, id: EndpointId) -> Result<Endpoint, UiError> {
        self.endpoints().await?.into_iter().find(|endpoint| endpoint.id == id).ok_or(UiError::NotFound)
    }
}

/// What a test brought, as a page shows it.
pub(super) fn view(fired: Fired) -> FiredView {
    FiredView {
        request: format!("{} {}", fired.parcel.method.name(), fired.parcel.url),
        body: fired.parcel.body,
        status: fired.tried.status,
        answer: fired.tried.answer,
        error: fired.tried.error,
        took_us: fired.tried.took_us,
    }
}

#[async_trait]
impl Endpoints for RequestBackend {
    async fn endpoints(&self) -> Result<Vec<Endpoint>, UiError> {
        self.services.endpoints(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn create_endpoint(&self, value: Value) -> Result<(EndpointId, Option<String>), UiError> {
        let wanted = EndpointWanted::read(value).map_err(|error| self.told(error))?;
        let made = self.services.create_endpoint(self.actor().await?, wanted).await;
        made.map(|(endpoint, secret)| (endpoint.id, secret)).map_err(|error| self.told(error))
    }

    async fn save_endpoint(&self, id: EndpointId, value: Value) -> Result<(), UiError> {
        let active = value["active"].as_bool();
        let wanted = EndpointWanted::read(value).map_err(|error| self.told(error))?;
        let have = self.endpoint(id).await?;
        let changed = wanted.instead_of(&have, active.unwrap_or(have.active));
        let saved = self.services.update_endpoint(self.actor().await?, changed).await;
        saved.map(|_| ()).map_err(|error| self.told(error))
    }

    async fn delete_endpoint(&self, id: EndpointId) -> Result<(), UiError> {
        self.services.delete_endpoint(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn rotate_endpoint_secret(&self, id: EndpointId) -> Result<String, UiError> {
        self.services.rotate_endpoint_secret(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn fire_endpoint(&self, id: EndpointId) -> Result<FiredView, UiError> {
        let fired = self.services.fire_endpoint(self.actor().await?, id).await;
        fired.map(view).map_err(|error| self.told(error))
    }

    async fn deliveries(
        &self,
        id: EndpointId,
        state: Option<DeliveryState>,
        cursor: Cursor,
    ) -> Result<Page<Delivery>, UiError> {
        let filter = DeliveryFilter { endpoint: Some(id), state, ..DeliveryFilter::default() };
        let page = self.services.deliveries(self.actor().await?, &filter, &cursor, PAGE).await;
        page.map_err(|error| self.told(error))
    }

    async fn replay_message(&self, id: MessageId) -> Result<(), UiError> {
        self.services.replay_message(self.actor().await?, id).await.map_err(|error| self.told(error))
    }
}
