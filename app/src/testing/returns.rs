//! Returns of fixtures.

use super::{Fake, Mood, NOW, buyer_id, dollars, lead_id};
use crate::{
    backend::{ReturnPage, Returning},
    error::UiError,
};
use async_trait::async_trait;
use model::{
    AttemptId, ContractId, FieldError, LeadId,
    report::Waiting,
    returns::{Return, ReturnReason, ReturnRow, ReturnState},
};

/// A return that stands so.
#[must_use]
pub fn returned(state: ReturnState) -> Return {
    let decided = state != ReturnState::Requested;
    Return {
        lead_id: lead_id(),
        attempt_id: AttemptId::from_bits(6),
        buyer_id: buyer_id(),
        contract_id: ContractId::from_bits(4),
        state,
        reason: ReturnReason::BadPhone,
        note: "The line is <b>dead</b>.".into(),
        asked_at: NOW.plus_millis(-7_200_000),
        asked_by: "Bo Buyer".into(),
        decided_at: decided.then(|| NOW.plus_millis(-3_600_000)),
        decided_by: if decided { "Olga".into() } else { String::new() },
        answer: if decided { "We called it too.".into() } else { String::new() },
    }
}

fn row(state: ReturnState) -> ReturnRow {
    ReturnRow {
        asked: returned(state),
        buyer: "Acme".into(),
        contract: "Standard".into(),
        campaign: "Auto insurance".into(),
        source: "Own form".into(),
        taken_at: NOW.plus_millis(-86_400_000),
        paid: dollars(18),
        taken: 40,
        returned: 3,
    }
}

#[async_trait]
impl Returning for Fake {
    async fn returns(&self, state: ReturnState, after: Option<String>) -> Result<ReturnPage, UiError> {
        let more = after.is_none().then(|| "1-att_00000000000000000000000006".to_owned());
        self.answer(ReturnPage { rows: vec![row(state)], after: more }, ReturnPage::default())
    }

    async fn waiting(&self) -> Result<Waiting, UiError> {
        self.answer(Waiting { doubts: 1, returns: 1, alerts: 1 }, Waiting::default())
    }

    async fn decide_return(&self, _: LeadId, _: AttemptId, _: bool, _: String) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn standing(&self, _: LeadId) -> Result<Vec<(AttemptId, String)>, UiError> {
        self.answer(vec![(AttemptId::from_bits(6), "Acme".into())], Vec::new())
    }

    async fn credit(&self, _: LeadId, _: AttemptId, reason: String, _: String) -> Result<(), UiError> {
        faulty(&reason)
    }

    async fn ask_return(&self, _: LeadId, reason: String, _: String) -> Result<Return, UiError> {
        faulty(&reason).map(|()| returned(ReturnState::Requested))
    }

    async fn own_returns(&self, _: Option<String>) -> Result<ReturnPage, UiError> {
        let empty = self.mood == Mood::Empty;
        let rows = if empty { Vec::new() } else { ReturnState::ALL.map(row).to_vec() };
        self.answer(ReturnPage { rows: rows.clone(), after: None }, ReturnPage { rows, after: None })
    }
}

fn faulty(reason: &str) -> Result<(), UiError> {
    if reason.parse::<ReturnReason>().is_ok() {
        return Ok(());
    }
    Err(UiError::Invalid(vec![FieldError::new("reason", "not_allowed", "The reason is one of bad_phone, other.")]))
}
