//! What the fake knows of a lead's requests, and of trying it again.

use super::{Fake, NOW, lead_id, verdict};
use crate::{backend::Inspecting, error::UiError};
use async_trait::async_trait;
use model::{
    ContractId, Currency, LeadId, Micros, Reason,
    bench::{Outgoing, Phase},
    lead::LeadState,
    requests::{LeadCall, LeadRequests, TEST_KEY},
    rerun::{Beside, Rerun, Rests},
    trace::{Finding, Stage, Standing, Verdict},
    user::Right,
};

#[async_trait]
impl Inspecting for Fake {
    async fn requests(&self, id: LeadId, personal: bool) -> Result<LeadRequests, UiError> {
        if personal && !self.role.may(Right::SeePersonal) {
            return Err(UiError::Forbidden);
        }
        if id != lead_id() {
            return Err(UiError::NotFound);
        }
        let name = if personal { "Dana" } else { "Sam" };
        let request = |key: &str, url: &str| Outgoing {
            method: "POST".into(),
            url: url.into(),
            headers: vec![("Authorization".into(), format!("Bearer {key}"))],
            body: format!("{{\"first_name\":\"{name}\",\"carrier\":\"O'Neil\"}}"),
            ..Outgoing::default()
        };
        let call = |phase, request| LeadCall {
            contract_id: ContractId::from_bits(4),
            contract: "Standard".into(),
            buyer: "Acme".into(),
            phase,
            request,
        };
        let full = LeadRequests {
            lead: id,
            personal,
            intake: Some(request(TEST_KEY, "https://gavel.example/api/v1/leads")),
            calls: vec![call(Phase::Ping, Some(request("•••", "https://acme.example/ping"))), call(Phase::Post, None)],
        };
        self.answer(full, LeadRequests { lead: id, personal: false, intake: None, calls: Vec::new() })
    }

    async fn rerun(&self, id: LeadId) -> Result<Rerun, UiError> {
        if !self.role.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let beside = |bits: u128, buyer: &str, then: Option<Verdict>, now: Option<Verdict>, rests| Beside {
            contract_id: ContractId::from_bits(bits),
            contract: "Standard".into(),
            buyer: buyer.into(),
            then,
            now,
            rests,
        };
        let geo = || vec![Finding::plain(Stage::Ping, Reason::BuyerGeo)];
        let same = verdict("Core", Standing::Rejected, geo());
        let cap = vec![Finding::about(Stage::Eligibility, Reason::Cap, "contract day", "25", "25")];
        let full = Rerun {
            at: NOW,
            state: LeadState::Sold,
            reason: None,
            revenue: Some(Micros::units(12)),
            currency: Currency::USD,
            floor: Micros::units(6),
            recorded: true,
            contracts: vec![
                beside(6, "Core", Some(same.clone()), Some(same), Rests::Known),
                beside(
                    4,
                    "Acme",
                    Some(verdict("Acme", Standing::Sold, Vec::new())),
                    Some(verdict("Acme", Standing::Excluded, cap)),
                    Rests::Known,
                ),
                beside(7, "Beta", None, Some(verdict("Beta", Standing::Sold, Vec::new())), Rests::Assumed),
                beside(8, "Gone", Some(verdict("Gone", Standing::Lost, Vec::new())), None, Rests::Known),
                beside(9, "New", None, Some(verdict("New", Standing::Waiting, Vec::new())), Rests::Unheard),
            ],
        };
        if id != lead_id() {
            return Err(UiError::NotFound);
        }
        self.answer(full.clone(), Rerun { recorded: false, contracts: Vec::new(), ..full })
    }
}
