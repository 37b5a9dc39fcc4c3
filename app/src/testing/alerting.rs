//! Alerts of fixtures.

use super::{Fake, NOW, buyer_id};
use crate::{backend::Alerting, error::UiError};
use async_trait::async_trait;
use model::{
    AlertId, ContractId, FieldError,
    alert::{Acknowledged, Alert, AlertFilter, AlertKind, AlertSettings, Quantity, Sighting},
    page::{Cursor, Page},
};
use serde_json::Value;

/// The alert that [`Fake`] knows.
#[must_use]
pub const fn alert_id() -> AlertId {
    AlertId::from_bits(9)
}

/// A full cap, open or over.
#[must_use]
pub fn alert(open: bool) -> Alert {
    let seen = Sighting {
        kind: AlertKind::CapReached,
        subject: format!("{}/day/count", ContractId::from_bits(4)),
        episode: String::new(),
        about: "Acme, Standard".into(),
        value: Quantity::Count(25),
        threshold: Quantity::Count(25),
        cause: "Its cap of 25 leads in a day is used up: it buys nothing until Fri 00:00.".into(),
        buyer_id: Some(buyer_id()),
        contract_id: Some(ContractId::from_bits(4)),
        endpoint_id: None,
    };
    let known = Acknowledged {
        at: NOW.plus_millis(-3_000_000),
        by: "Ola Operator".into(),
        note: "They <b>want</b> no more.".into(),
        until: None,
    };
    Alert {
        id: alert_id(),
        seen,
        opened_at: NOW.plus_millis(-7_200_000),
        seen_at: NOW.plus_millis(-60_000),
        count: 119,
        resolved_at: (!open).then_some(NOW),
        acknowledged: (!open).then_some(known),
    }
}

#[async_trait]
impl Alerting for Fake {
    async fn alerts(&self, filter: AlertFilter, _: Cursor) -> Result<Page<Alert>, UiError> {
        let alert = alert(filter.open);
        let rows = if filter.kind.is_none_or(|kind| kind == alert.seen.kind) { vec![alert] } else { Vec::new() };
        let page = |rows| Page { rows, older: None, newer: None };
        self.answer(page(rows), page(Vec::new()))
    }

    async fn acknowledge_alert(&self, id: AlertId, note: String, _: Option<u32>) -> Result<(), UiError> {
        match (id == alert_id(), note.len()) {
            (false, _) => Err(UiError::NotFound),
            (true, ..=300) => self.answer((), ()),
            (true, _) => Err(UiError::Invalid(vec![FieldError::new("note", "too_long", "At most 300 characters.")])),
        }
    }

    async fn recall_alert(&self, id: AlertId) -> Result<(), UiError> {
        if id == alert_id() { self.answer((), ()) } else { Err(UiError::NotFound) }
    }

    async fn reads_alerts(&self) -> Result<bool, UiError> {
        self.answer(true, false)
    }

    async fn set_reads_alerts(&self, _: bool) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn alert_settings(&self) -> Result<AlertSettings, UiError> {
        self.answer(AlertSettings::default(), AlertSettings::default())
    }

    async fn save_alert_settings(&self, value: Value) -> Result<(), UiError> {
        if value["cap_near"].as_u64().is_some_and(|ppm| ppm <= 990_000) {
            return self.answer((), ());
        }
        Err(UiError::Invalid(vec![FieldError::new("cap_near", "not_allowed", "From 1 to 99 per cent.")]))
    }
}
