//! A backend for tests of pages: it answers from fixtures and has no server behind it.

mod account;
mod affiliate;
mod alerting;
mod bench;
mod configure;
mod endpoints;
mod exporting;
mod find;
mod foresee;
mod inspecting;
mod people;
mod portal;
mod reporting;
mod returns;
mod sharing;
mod texts;
mod views;

pub use alerting::{alert, alert_id};
pub use configure::{document, document_id};
pub use endpoints::endpoint_id;
pub use returns::returned;
pub use sharing::{SHARED, share_id};
pub use texts::text_id;
pub use views::view_id;

use crate::{
    backend::{Backend, FilterChoices, Signed},
    error::UiError,
    query::LeadsQuery,
};
use async_trait::async_trait;
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, Currency, FieldError, LeadId, Micros, Money, Reason, SourceId,
    TenantId, Timestamp, UserId,
    consent::{ConsentSeen, LeadConsent, Standing as Consented},
    contract::ContractKind,
    lead::{HistoryLine, LeadDetail, LeadRow, LeadState, LedgerLine, Round, Tracking},
    page::{Cursor, Page},
    report::{BuyerRow, CampaignRow, DoubtRow, HourPoint, Overview, ReasonCount, Totals},
    tenant::{Mode, Settings, Tenant},
    time::HOUR,
    trace::{CallTrace, CopyLine, Finding, OwnStep, Stage, Standing, Trace, Verdict},
    user::{Role, User},
};

/// The moment at which every fixture is looked at.
pub const NOW: Timestamp = Timestamp(1_778_180_651_250_000);

/// What the fake answers.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Mood {
    /// Leads, buyers and campaigns are there.
    Full,
    /// Nothing is there yet.
    Empty,
    /// Everything fails.
    Broken,
    /// Nobody is signed in.
    SignedOut,
}

/// A backend of fixtures.
#[derive(Debug, Clone, Copy)]
pub struct Fake {
    /// What it answers.
    pub mood: Mood,
    /// The role of who is signed in.
    pub role: Role,
}

/// The lead that [`Fake`] knows.
#[must_use]
pub const fn lead_id() -> LeadId {
    LeadId::from_bits(0x0190_0000_0000_7000_8000_0000_0000_0001)
}

/// The buyer that [`Fake`] knows.
#[must_use]
pub const fn buyer_id() -> BuyerId {
    BuyerId::from_bits(5)
}

fn dollars(units: i64) -> Money {
    Money { amount: Micros::units(units), currency: Currency::USD }
}

fn row(state: LeadState) -> LeadRow {
    let sold = state == LeadState::Sold;
    LeadRow {
        id: lead_id(),
        received_at: NOW.plus_millis(-120_000),
        state,
        reason: (!sold).then_some(Reason::NoBid),
        campaign_id: CampaignId::from_bits(2),
        campaign: "Auto insurance".into(),
        source_id: SourceId::from_bits(3),
        source: "Own form".into(),
        sub1: Some("fb-retarget".into()),
        buyer: sold.then(|| "Acme".into()),
        revenue: sold.then(|| dollars(18)),
        payout: sold.then(|| dollars(9)),
        duration_ms: Some(412),
        mode: Mode::Live,
        missed: None,
    }
}

fn verdict(name: &str, standing: Standing, findings: Vec<Finding>) -> Verdict {
    let call = |start_us, took_us| CallTrace { start_us, took_us, status: Some(200), said: None, reference: None };
    let asked = standing != Standing::Excluded;
    let posted = matches!(standing, Standing::Sold | Standing::Unknown);
    Verdict {
        contract_id: ContractId::from_bits(4),
        contract: "Standard".into(),
        buyer_id: buyer_id(),
        buyer: name.into(),
        kind: ContractKind::Auction,
        standing,
        findings,
        price: asked.then(|| Micros::units(18)),
        rank: posted.then_some(1),
        ping: asked.then(|| call(2_000, 212_000)),
        post: posted.then(|| call(240_000, 150_000)),
    }
}

/// An auction in which everything that can happen to a contract has happened to one.
fn trace() -> Trace {
    let said = |mut verdict: Verdict, said: &str| {
        if let Some(ping) = &mut verdict.ping {
            ping.said = Some(said.into());
        }
        verdict
    };
    Trace {
        started_at: NOW,
        deadline_ms: 3000,
        decided_us: Some(230_000),
        done_us: 395_000,
        floor: Micros::units(5),
        steps: vec![OwnStep { name: "receive".into(), start_us: 0, took_us: 900, note: "auto from Own form".into() }],
        verdicts: vec![
            verdict("Acme", Standing::Sold, Vec::new()),
            verdict("Beta", Standing::Lost, vec![Finding::plain(Stage::Plan, Reason::Outbid)]),
            said(
                verdict("Core", Standing::Rejected, vec![Finding::plain(Stage::Ping, Reason::BuyerGeo)]),
                "zip <b>not</b> covered",
            ),
            verdict("Delta", Standing::Failed, vec![Finding::plain(Stage::Ping, Reason::Timeout)]),
            verdict(
                "Echo",
                Standing::Excluded,
                vec![
                    Finding::about(Stage::Eligibility, Reason::Filter, "age", "41", "65 to 110"),
                    Finding::about(Stage::Eligibility, Reason::Cap, "contract day", "25", "25"),
                ],
            ),
            verdict("Fox", Standing::Unknown, vec![Finding::plain(Stage::Post, Reason::PostUnknown)]),
            Verdict {
                contract_id: ContractId::from_bits(5),
                kind: ContractKind::Silent,
                ping: None,
                ..verdict("Golf call centre", Standing::Waiting, Vec::new())
            },
        ],
    }
}

impl Fake {
    fn answer<T>(self, full: T, empty: T) -> Result<T, UiError> {
        match self.mood {
            Mood::Full => Ok(full),
            Mood::Empty => Ok(empty),
            Mood::Broken => Err(UiError::Failed { request_id: "req_00000000000000000000000001".into() }),
            Mood::SignedOut => Err(UiError::SignedOut),
        }
    }
}

#[async_trait]
impl Backend for Fake {
    async fn session(&self) -> Result<Option<Signed>, UiError> {
        let tenant_id = TenantId::from_bits(1);
        let user = User {
            id: UserId::from_bits(1),
            tenant_id,
            email: "ola@demo.example".into(),
            name: "Ola Operator".into(),
            role: self.role,
            buyer_id: None,
            source_id: None,
            rights: None,
            // Whoever is an administrator in the fake looks after the server too.
            superadmin: self.role == Role::Admin,
            second_factor: false,
            invited: false,
            active: true,
        };
        let tenant = Tenant {
            id: tenant_id,
            slug: "demo".into(),
            name: "Demo Leads".into(),
            zone: "UTC".into(),
            active: true,
            settings: Settings::default(),
        };
        Ok((self.mood != Mood::SignedOut).then_some(Signed { user, tenant, acting_until: None }))
    }

    async fn sign_in(&self, _: String, _: String) -> Result<bool, UiError> {
        Err(UiError::Refused("no".into()))
    }

    async fn sign_out(&self) -> Result<(), UiError> {
        Ok(())
    }

    async fn overview(&self) -> Result<Overview, UiError> {
        let today = Totals {
            received: 12,
            sold: 9,
            unsold: 2,
            rejected: 1,
            revenue: Micros::units(162),
            payout: Micros::units(81),
            ..Totals::default()
        };
        let hour =
            |n: u8| HourPoint { hour: Timestamp(NOW.hour().0 - HOUR * i64::from(2 - n)), local_hour: n, totals: today };
        let full = Overview {
            at: NOW,
            since: NOW.hour(),
            currency: Currency::USD,
            today,
            yesterday: Totals { received: 10, sold: 9, revenue: Micros::units(200), ..Totals::default() },
            hours: vec![hour(0), hour(1), hour(2)],
            reasons: vec![ReasonCount { stage: Some(Stage::Ping), reason: Reason::BuyerGeo, count: 7 }],
            latest: vec![row(LeadState::Sold)],
        };
        let empty = Overview {
            today: Totals::default(),
            yesterday: Totals::default(),
            hours: Vec::new(),
            reasons: Vec::new(),
            latest: Vec::new(),
            ..full.clone()
        };
        self.answer(full, empty)
    }

    async fn leads(&self, query: LeadsQuery) -> Result<Page<LeadRow>, UiError> {
        let states: Vec<LeadState> = query.state.map_or_else(|| LeadState::ALL.to_vec(), |state| vec![state]);
        let older = (query.cursor == Cursor::Newest).then(|| lead_id().to_string());
        let full = Page { rows: states.into_iter().map(row).collect(), older, newer: None };
        self.answer(full, Page { rows: Vec::new(), older: None, newer: None })
    }

    async fn filters(&self) -> Result<FilterChoices, UiError> {
        let full = FilterChoices {
            campaigns: vec![(CampaignId::from_bits(2), "Auto insurance".into())],
            sources: vec![(SourceId::from_bits(3), "Own form".into())],
            buyers: vec![(buyer_id(), "Acme".into())],
        };
        self.answer(full, FilterChoices::default())
    }

    async fn lead(&self, id: LeadId) -> Result<LeadDetail, UiError> {
        if id != lead_id() {
            return Err(UiError::NotFound);
        }
        let line = |account: &str, kind: &str, units| LedgerLine {
            at: NOW,
            account: account.into(),
            kind: kind.into(),
            amount: dollars(units),
        };
        let full = LeadDetail {
            row: row(LeadState::Sold),
            external_id: Some("form-8812".into()),
            tracking: Tracking { click_id: Some("ef_9a1".into()), ..Tracking::default() },
            fields: vec![("zip".into(), "48226".into())],
            personal: vec![("first_name".into(), "D•••".into())],
            redirect_url: Some("https://acme.example/thanks".into()),
            trace: Some(trace()),
            rounds: vec![Round { number: 0, until: NOW, trace: Some(trace()) }],
            copies: vec![CopyLine {
                at: NOW,
                settled_at: Some(NOW),
                verdict: Verdict { kind: ContractKind::Silent, ..verdict("Harbor CRM", Standing::Copied, Vec::new()) },
            }],
            again_at: None,
            consent: Some(LeadConsent {
                seen: ConsentSeen { text_id: text_id(), version: Some(1), standing: Consented::OtherText },
                text: "Auto insurance".into(),
            }),
            ledger: vec![line("Acme", "sale", -18), line("Own form", "payout", 9), line("margin", "margin", 9)],
            history: vec![HistoryLine { at: NOW, kind: "received".into(), note: "From Own form.".into() }],
        };
        let (rounds, copies) = (Vec::new(), Vec::new());
        let empty = LeadDetail {
            trace: None,
            rounds,
            copies,
            consent: None,
            ledger: Vec::new(),
            row: row(LeadState::Processing),
            ..full.clone()
        };
        self.answer(full, empty)
    }

    async fn reveal(&self, _: LeadId) -> Result<Vec<(String, String)>, UiError> {
        if self.role == Role::Viewer {
            return Err(UiError::Forbidden);
        }
        self.answer(vec![("first_name".into(), "Dana".into())], Vec::new())
    }

    async fn buyers(&self) -> Result<Vec<BuyerRow>, UiError> {
        let buyer = BuyerRow {
            id: buyer_id(),
            name: "Acme".into(),
            legal_name: "Acme Inc.".into(),
            active: true,
            sandbox: true,
            zone: "UTC".into(),
            contracts: 1,
            pinged: 12,
            sold: 9,
            rejected: 2,
            failed: 1,
            revenue: Micros::units(162),
        };
        self.answer(vec![buyer], Vec::new())
    }

    async fn campaigns(&self) -> Result<Vec<CampaignRow>, UiError> {
        let campaign = CampaignRow {
            id: CampaignId::from_bits(2),
            slug: "auto".into(),
            name: "Auto insurance".into(),
            active: false,
            currency: Currency::USD,
            contracts: 6,
            today: Totals::default(),
        };
        self.answer(vec![campaign], Vec::new())
    }

    async fn doubts(&self) -> Result<Vec<DoubtRow>, UiError> {
        let doubt = DoubtRow {
            attempt_id: AttemptId::from_bits(4),
            lead_id: lead_id(),
            at: Timestamp(NOW.0 - 7_200_000_000),
            buyer: "Acme".into(),
            contract: "Standard".into(),
            campaign: "Auto insurance".into(),
            price: Money { amount: Micros::units(18), currency: Currency::USD },
            silent: false,
        };
        self.answer(vec![doubt], Vec::new())
    }

    async fn resolve_doubts(&self, file: String) -> Result<(usize, Vec<FieldError>), UiError> {
        if !file.starts_with("lead,verdict") {
            return Err(UiError::Refused("The first line has to name the columns.".into()));
        }
        self.answer(
            (2, vec![FieldError::new("line 4", "not_resolved", "No post of this lead is in doubt.")]),
            (0, Vec::new()),
        )
    }

    async fn resolve_doubt(&self, _: LeadId, _: AttemptId, _: bool, _: Option<Micros>) -> Result<(), UiError> {
        Ok(())
    }

    async fn set_buyer_active(&self, _: BuyerId, _: bool) -> Result<(), UiError> {
        Ok(())
    }

    async fn set_campaign_active(&self, _: CampaignId, _: bool) -> Result<(), UiError> {
        Ok(())
    }

    fn now(&self) -> Timestamp {
        NOW
    }

    fn utc_offset(&self, _: &str, _: Timestamp) -> i32 {
        0
    }
}
