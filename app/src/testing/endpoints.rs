//! The endpoints the fake knows.

use super::{Fake, NOW, lead_id};
use crate::{
    backend::endpoints::{Endpoints, FiredView},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    DeliveryId, EndpointId, FieldError, MessageId,
    endpoint::{Delivery, DeliveryState, Endpoint, Event, Method, Target},
    page::{Cursor, Page},
};
use serde_json::Value;

/// The endpoint that [`Fake`] knows.
#[must_use]
pub const fn endpoint_id() -> EndpointId {
    EndpointId::from_bits(9)
}

#[async_trait]
impl Endpoints for Fake {
    async fn endpoints(&self) -> Result<Vec<Endpoint>, UiError> {
        let endpoint = Endpoint {
            id: endpoint_id(),
            name: "Warehouse".into(),
            active: true,
            disabled_reason: None,
            test: false,
            source_id: None,
            campaign_id: None,
            on: vec![Event::Sold],
            target: Target::Webhook { url: "https://hooks.example/gavel".into() },
        };
        self.answer(vec![endpoint], Vec::new())
    }

    async fn create_endpoint(&self, value: Value) -> Result<(EndpointId, Option<String>), UiError> {
        if value["name"] == "" {
            return Err(UiError::Invalid(vec![FieldError::new("name", "not_allowed", "The name is needed.")]));
        }
        let made = (endpoint_id(), Some("whsec_once".to_owned()));
        self.answer(made.clone(), made)
    }

    async fn save_endpoint(&self, _: EndpointId, value: Value) -> Result<(), UiError> {
        self.create_endpoint(value).await.map(|_| ())
    }

    async fn delete_endpoint(&self, _: EndpointId) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn rotate_endpoint_secret(&self, _: EndpointId) -> Result<String, UiError> {
        self.answer("whsec_twice".into(), "whsec_twice".into())
    }

    async fn fire_endpoint(&self, _: EndpointId) -> Result<FiredView, UiError> {
        let fired = FiredView {
            request: "POST https://hooks.example/gavel".into(),
            body: "{\"type\":\"lead.sold\"}".into(),
            status: Some(204),
            answer: String::new(),
            error: None,
            took_us: 12_000,
        };
        self.answer(fired.clone(), fired)
    }

    async fn deliveries(&self, id: EndpointId, _: Option<DeliveryState>, _: Cursor) -> Result<Page<Delivery>, UiError> {
        let delivery = Delivery {
            id: DeliveryId::from_bits(1),
            message_id: MessageId::from_bits(2),
            endpoint_id: id,
            lead_id: Some(lead_id()),
            event: Event::Sold,
            attempt: 3,
            at: NOW,
            method: Method::Post,
            url: "https://hooks.example/gavel".into(),
            body: "{\"type\":\"lead.sold\"}".into(),
            status: Some(503),
            took_us: 40_000,
            answer: "busy".into(),
            error: None,
            state: DeliveryState::Pending,
            next_at: Some(NOW.plus_millis(60_000)),
        };
        let page = |rows| Page { rows, older: None, newer: None };
        self.answer(page(vec![delivery]), page(Vec::new()))
    }

    async fn replay_message(&self, _: MessageId) -> Result<(), UiError> {
        self.answer((), ())
    }
}
