//! A portal of fixtures.

use super::{Fake, NOW, dollars, lead_id};
use crate::{
    backend::{OwnTerms, Portal},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    AttemptId, ContractId, Currency, LeadId, Micros,
    contract::{Allowed, PortalRights},
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, MonthRow, PortalContract, PortalHome, TermsDone, TermsWaiting},
    returns::{ReturnReason, Returnable},
    time::Day,
};
use serde_json::{Value, json};

fn delivered() -> DeliveredRow {
    DeliveredRow {
        lead_id: lead_id(),
        contract_id: ContractId::from_bits(4),
        attempt_id: AttemptId::from_bits(6),
        returned_at: None,
        at: NOW.plus_millis(-120_000),
        campaign: "Auto insurance".into(),
        contract: "Standard".into(),
        pays: dollars(18),
        reference: Some("AC-77".into()),
        fields: vec![("state".into(), "MI".into())],
        masks: vec![("phone".into(), "(313) •••-0142".into())],
    }
}

#[async_trait]
impl Portal for Fake {
    async fn portal_home(&self) -> Result<PortalHome, UiError> {
        let month = |entries, pays| {
            vec![MonthRow {
                entries,
                returned: 1,
                cost: Micros::units(pays + 18),
                pays: Micros::units(pays),
                currency: Currency::USD,
            }]
        };
        let contract = PortalContract {
            id: ContractId::from_bits(4),
            name: "Standard".into(),
            campaign: "Auto insurance".into(),
            active: true,
            caps: vec!["25 a day".into()],
        };
        let full = PortalHome {
            buyer: "Acme".into(),
            active: true,
            zone: "UTC".into(),
            today: month(9, 162),
            month: month(40, 700),
            before: Vec::new(),
            contracts: vec![contract],
            latest: vec![delivered()],
        };
        let empty = PortalHome {
            today: Vec::new(),
            month: Vec::new(),
            contracts: Vec::new(),
            latest: Vec::new(),
            ..full.clone()
        };
        self.answer(full, empty)
    }

    async fn portal_leads(&self, _: Option<(Day, Day)>, _: Cursor) -> Result<Page<DeliveredRow>, UiError> {
        let full = Page { rows: vec![delivered()], older: Some(lead_id().to_string()), newer: None };
        self.answer(full, Page { rows: Vec::new(), older: None, newer: None })
    }

    async fn own_terms(&self, id: ContractId) -> Result<OwnTerms, UiError> {
        if id != ContractId::from_bits(4) {
            return Err(UiError::NotFound);
        }
        let full = OwnTerms {
            id,
            name: "Standard".into(),
            campaign: "Auto insurance".into(),
            currency: Currency::USD,
            zone: "UTC".into(),
            version: 3,
            active: true,
            resumable: true,
            may: PortalRights { pause: Allowed::AtOnce, caps: Allowed::Ask, schedule: Allowed::Ask },
            caps: json!([{ "window": "day", "limit": { "count": 25 }, "per": "all", "paced": false }]),
            spans: json!([{ "weekday": 0, "start": 480, "end": 1080 }]),
            waiting: Some(TermsWaiting { at: NOW, sentences: vec!["cap 25 a day → 40 a day".into()] }),
        };
        let empty = OwnTerms {
            active: false,
            resumable: false,
            may: PortalRights::default(),
            caps: json!([]),
            spans: json!([]),
            waiting: None,
            ..full.clone()
        };
        self.answer(full, empty)
    }

    async fn pause_own(&self, _: ContractId, _: bool) -> Result<TermsDone, UiError> {
        Ok(TermsDone::Done)
    }

    async fn change_own(
        &self,
        _: ContractId,
        version: i64,
        _: Option<Value>,
        spans: Option<Value>,
    ) -> Result<TermsDone, UiError> {
        let wrong =
            |field: &str, text: &str| UiError::Invalid(vec![model::FieldError::new(field, "not_understood", text)]);
        match spans {
            Some(Value::String(_)) => Err(wrong("schedule.spans", "This has to be a list.")),
            _ if version != 3 => Err(UiError::Refused("Somebody changed it meanwhile. Reload the page.".into())),
            _ => Ok(TermsDone::Asked),
        }
    }

    async fn withdraw_own(&self, _: ContractId) -> Result<(), UiError> {
        Ok(())
    }

    async fn say(&self, _: LeadId, kind: String, value: String, _: String) -> Result<(), UiError> {
        let wrong = || {
            UiError::Invalid(vec![model::FieldError::new(
                "value",
                "not_understood",
                "A value is a decimal such as 120.00.",
            )])
        };
        if kind == "converted" && value == "much" { Err(wrong()) } else { self.answer((), ()) }
    }

    async fn portal_lead(&self, _: LeadId) -> Result<Delivered, UiError> {
        let reasons = vec![ReturnReason::BadPhone, ReturnReason::Other];
        let returnable = Returnable::Yes { until: NOW.plus_millis(3_600_000), reasons };
        let full = Delivered {
            row: delivered(),
            personal: vec![("phone".into(), "(313) 555-0142".into())],
            returnable,
            feedback: None,
        };
        self.answer(full.clone(), full)
    }
}
