//! What the fake shows on the bench.

use super::{Fake, NOW, lead_id};
use crate::{
    backend::{
        Bench,
        bench::{Place, PresetView},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{
    ContractId, ExampleId, FieldError, Reason,
    bench::{
        AnswerAsked, AnswerRead, ExampleRun, ExampleWanted, Expected, Outcome, Outgoing, Phase, Preview, PreviewAsked,
        SignRead, TestAnswer, TestAsked, TestCall, TestLine, TestSent,
    },
    contract::ContractKind,
    import::{Confidence, ImportAsked, Proposal, ProposedRow, ProposedSecret},
    mapping::{Call, Delivery, From, Header, Row, SecretUse},
    secret::Secret,
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
        let full = read(asked.phase, asked.body.contains("yes"));
        self.answer(full.clone(), full)
    }

    async fn send_test(&self, _: ContractId, asked: TestAsked) -> Result<TestSent, UiError> {
        if !self.role.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let answered = TestCall {
            request: Outgoing {
                method: "POST".into(),
                url: "https://test.buyer.example/<x>".into(),
                ..Outgoing::default()
            },
            took_us: 123_456,
            answer: Some(TestAnswer {
                status: 200,
                headers: vec![("content-type".into(), "application/json".into())],
                body: "{\"said\":\"<yes>\"}".into(),
                cut: false,
                read: read(Phase::Ping, true),
            }),
            reason: None,
            failure: None,
        };
        let lost = TestCall {
            answer: None,
            reason: Some(Reason::PostUnknown),
            failure: Some("The connection broke.".into()),
            ..answered.clone()
        };
        let full = TestSent { ping: Some(answered), post: (asked.phase == Phase::Post).then_some(lost), stopped: None };
        let empty = TestSent { stopped: Some("The ping brought no bid.".into()), ..TestSent::default() };
        self.answer(full, empty)
    }

    async fn tests(&self, _: ContractId) -> Result<Vec<TestLine>, UiError> {
        let line = |status: Option<u16>| TestLine {
            at: NOW,
            author: "usr_1".into(),
            author_name: "Ann <Operator>".into(),
            phase: Phase::Ping,
            host: "test.buyer.example".into(),
            status,
            outcome: if status.is_some() { "a bid".into() } else { String::new() },
            took_us: status.map(|_| 42_000),
        };
        self.answer(vec![line(Some(200)), line(None)], Vec::new())
    }

    async fn examples(&self, _: ContractId) -> Result<Vec<ExampleRun>, UiError> {
        let run = |bits: u128, differences: Vec<String>| ExampleRun {
            id: ExampleId::from_bits(bits),
            name: "no <coverage>".into(),
            phase: Phase::Ping,
            status: 200,
            content_type: None,
            body: "{\"a\":\"<b>\"}".into(),
            expected: Expected::of(&read(Phase::Ping, false)),
            read: Some(read(Phase::Ping, false)),
            differences,
        };
        let differs = vec!["the outcome is unclear, not no bid".to_owned()];
        self.answer(vec![run(1, Vec::new()), run(2, differs)], Vec::new())
    }

    async fn keep_example(&self, _: ContractId, wanted: ExampleWanted) -> Result<(), UiError> {
        if wanted.name.is_empty() {
            let message = "A name has 1 to 120 characters in one line.";
            return Err(UiError::Invalid(vec![FieldError::new("name", "not_allowed", message)]));
        }
        self.answer((), ())
    }

    async fn drop_example(&self, _: ContractId, _: ExampleId) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn import(&self, asked: ImportAsked) -> Result<Proposal, UiError> {
        if asked.post.document.is_empty() {
            let fault = FieldError::new("post.document", "missing", "No member of the call was found in it.");
            return Err(UiError::Invalid(vec![fault]));
        }
        let row = Row { to: "zip_<code>".into(), from: From::Field("zip".into()), ..Row::default() };
        let told = |confidence, row| ProposedRow {
            phase: Phase::Post,
            to: "zip_<code>".into(),
            row,
            sample: Some("48226".into()),
            required: true,
            confidence,
            why: "a name that means this".into(),
        };
        let secret = Header { name: "Key".into(), value: Secret::new(""), used: SecretUse::Named };
        let url = "https://buyer.example/leads".into();
        let post = Call { url, rows: vec![row], headers: vec![secret], timeout_ms: 9, ..Call::default() };
        let full = Proposal {
            kind: ContractKind::Direct,
            delivery: Delivery { ping: None, post },
            rows: vec![told(Confidence::Sure, Some(0)), told(Confidence::Unknown, None)],
            secrets: vec![ProposedSecret { phase: Phase::Post, header: 0, name: "Key".into() }],
            notes: vec!["post: look at <it>".into()],
            examples: Vec::new(),
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

fn read(phase: Phase, yes: bool) -> AnswerRead {
    let outcome = match (phase, yes) {
        (Phase::Ping, true) => Outcome::Bid,
        (Phase::Ping, false) => Outcome::NoBid,
        (Phase::Post, true) => Outcome::Accepted,
        (Phase::Post, false) => Outcome::Rejected,
    };
    AnswerRead {
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
    }
}
