//! What the fake shows on the bench.

use super::{Fake, lead_id};
use crate::{
    backend::{
        Bench,
        bench::{Place, PresetView},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    ContractId, FieldError, Reason,
    bench::{AnswerAsked, AnswerRead, Outcome, Outgoing, Phase, Preview, PreviewAsked, SignRead},
    contract::ContractKind,
    user::Right,
};

#[async_trait]
impl Bench for Fake {
    async fn preview(&self, _: ContractId, asked: PreviewAsked) -> Result<Preview, UiError> {
        if asked.personal && !self.role.may(Right::SeePersonal) {
            return Err(UiError::Forbidden);
        }
        let own = asked.lead.clone().filter(|lead| !lead.is_empty());
        if own.as_ref().is_some_and(|lead| *lead != lead_id().to_string()) {
            let message = "There is no such lead in this contract's campaign.";
            return Err(UiError::Invalid(vec![FieldError::new("lead", "not_found", message)]));
        }
        let call = |body: &str, left_out: &[&str]| Outgoing {
            method: "POST".into(),
            url: "https://buyer.example/leads?key=•••".into(),
            headers: vec![("Content-Type".into(), "application/json".into()), ("X-Key".into(), "•••".into())],
            body: body.into(),
            left_out: left_out.iter().map(|name| (*name).to_owned()).collect(),
            unsendable: None,
        };
        let full = Preview {
            lead: own,
            personal: asked.personal,
            ping: Some(call("{\"zip\":\"48226\"}", &["income"])),
            post: call("{\"first_name\":\"<Dana>\"}", &[]),
        };
        let none = Outgoing { unsendable: Some("A place in the address has no value.".into()), ..Outgoing::default() };
        let empty = Preview { lead: None, personal: false, ping: None, post: none };
        self.answer(full, empty)
    }

    async fn read_answer(&self, _: ContractId, asked: AnswerAsked) -> Result<AnswerRead, UiError> {
        if !(100..=599).contains(&asked.status) {
            let message = "An HTTP status is a number from 100 to 599.";
            return Err(UiError::Invalid(vec![FieldError::new("status", "not_allowed", message)]));
        }
        let yes = asked.body.contains("yes");
        let outcome = match (asked.phase, yes) {
            (Phase::Ping, true) => Outcome::Bid,
            (Phase::Ping, false) => Outcome::NoBid,
            (Phase::Post, true) => Outcome::Accepted,
            (Phase::Post, false) => Outcome::Rejected,
        };
        let full = AnswerRead {
            outcome,
            price: yes.then(|| "12.50".to_owned()),
            reference: yes.then(|| "tok-1".to_owned()),
            carried: Vec::new(),
            good_for_ms: yes.then_some(300_000),
            redirect: None,
            reason: (!yes).then_some(Reason::BuyerOther),
            said: (!yes).then(|| "<not today>".to_owned()),
            why: None,
            signs: vec![SignRead { which: "accepting".into(), sign: "status is yes".into(), shows: yes }],
        };
        self.answer(full.clone(), full)
    }

    async fn presets(&self) -> Result<Vec<PresetView>, UiError> {
        let place = |name: &str, label: &str, secret: bool| Place {
            name: name.into(),
            label: label.into(),
            example: "https://buyer.example".into(),
            default: None,
            secret,
        };
        let preset = PresetView {
            id: "boberdoo".into(),
            name: "boberdoo".into(),
            about: "Form in, XML out.".into(),
            kind: ContractKind::Auction,
            places: vec![place("BASE", "Address", false), place("KEY", "Key", true)],
        };
        self.answer(vec![preset], Vec::new())
    }
}
