//! A portal of fixtures.

use super::{Fake, NOW, dollars, lead_id};
use crate::{backend::Portal, error::UiError};
use async_trait::async_trait;
use model::{
    AttemptId, ContractId, Currency, LeadId, Micros,
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, MonthRow, PortalContract, PortalHome},
    returns::{ReturnReason, Returnable},
    time::Day,
};

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

    async fn portal_lead(&self, _: LeadId) -> Result<Delivered, UiError> {
        let reasons = vec![ReturnReason::BadPhone, ReturnReason::Other];
        let returnable = Returnable::Yes { until: NOW.plus_millis(3_600_000), reasons };
        let full =
            Delivered { row: delivered(), personal: vec![("phone".into(), "(313) 555-0142".into())], returnable };
        self.answer(full.clone(), full)
    }
}
