//! Everything that may stand against a contract, each with the lead's value and the required one, and all of it at once.

mod common;

use common::{NOON, campaign, read, schema};
use exchange::{
    caps::{CapKey, Counter},
    eligibility::{CompiledContract, Facts, Reach, SoldClaim, findings},
    lead::Lead,
};
use model::{
    BuyerId, CampaignId, ContractId, LeadId, Micros, Reason, SourceId, Timestamp,
    buyer::{Buyer, Credit},
    campaign::Duplicates,
    cap::{Cap, Limit, Per, Window},
    contract::{Contract, ContractKind, OnUnknown, PingLimits, Price, Routing, Sharing, SourceRule},
    filter::{Condition, Filter, Test},
    mapping::{BodyFormat, Call, Delivery, ResponseRules, Sign},
    schedule::{Pause, Schedule, Span},
    source::{Payout, Source},
    tenant::Mode,
};
use serde_json::json;

const DAY_MS: i64 = 86_400_000;

fn buyer() -> Buyer {
    Buyer {
        id: BuyerId::from_bits(1),
        slug: "acme".into(),
        name: "Acme".into(),
        legal_name: "Acme Inc.".into(),
        active: true,
        zone: "America/Detroit".into(),
        caps: Vec::new(),
        credit: None,
        sandbox: false,
    }
}

fn contract() -> Contract {
    let sign = Sign { path: "ok".into(), ..Sign::default() };
    let response = ResponseRules {
        accept: sign.clone(),
        reject: sign,
        price: None,
        reference: None,
        redirect: None,
        reason: None,
        reasons: Vec::new(),
        ..ResponseRules::default()
    };
    let url = "https://acme.example/".into();
    let call = Call {
        url,
        format: BodyFormat::Json,
        headers: Vec::new(),
        rows: Vec::new(),
        response,
        timeout_ms: 400,
        ..Call::default()
    };
    Contract {
        id: ContractId::from_bits(1),
        campaign_id: CampaignId::from_bits(1),
        buyer_id: BuyerId::from_bits(1),
        name: "Standard".into(),
        kind: ContractKind::Auction,
        silent_on: Default::default(),
        active: true,
        priority: 0,
        backup: false,
        routing: Routing::default(),
        pings: PingLimits::default(),
        price: Price::default(),
        filter: Filter::default(),
        sources: SourceRule::All,
        caps: Vec::new(),
        schedule: Schedule::default(),
        certificate_required: false,
        on_unknown: OnUnknown::Hold,
        returns: None,
        portal: Default::default(),
        delivery: Delivery { ping: Some(call.clone()), post: call },
    }
}

fn compiled(change: impl FnOnce(&mut Contract, &mut Buyer)) -> CompiledContract {
    let (mut contract, mut buyer) = (contract(), buyer());
    change(&mut contract, &mut buyer);
    CompiledContract::new(contract, buyer, &schema()).expect("a sound contract")
}

fn lead() -> Lead {
    read(json!({ "zip": "48226", "state": "MI", "age": 41, "insured": true, "first_name": "Dana" })).expect("sound")
}

struct Given {
    now: Timestamp,
    active: bool,
    sold: Vec<SoldClaim>,
    counter: Counter,
}

impl Default for Given {
    fn default() -> Self {
        Self { now: NOON, active: true, sold: Vec::new(), counter: Counter::default() }
    }
}

/// Every finding as `reason | subject | have | want`.
fn told(contract: &CompiledContract, given: &Given) -> Vec<String> {
    let source = Source {
        id: SourceId::from_bits(1),
        slug: "form".into(),
        name: "Own form".into(),
        active: true,
        payout: Payout::Fixed(Micros::ZERO),
        floor: None,
        pings: model::source::PingTerms::default(),
        keeps_payout: false,
        intake: model::intake::Intake::default(),
    };
    let (lead, campaign) = (lead(), campaign());
    let facts = Facts {
        lead: &lead,
        source: &source,
        now: given.now,
        campaign_active: given.active,
        sold: &given.sold,
        duplicates: &Duplicates { same_buyer_days: 30, cross_buyer_days: 7, ..campaign.duplicates },
        counter: &|_: &CapKey| given.counter,
    };
    let reach = Reach::of(Mode::Live, contract).expect("a live lead reaches everybody");
    let part = |text: Option<String>| text.unwrap_or_default();
    let line =
        |f: model::trace::Finding| format!("{} | {} | {} | {}", f.reason, part(f.subject), part(f.have), part(f.want));
    findings(reach, &facts).into_iter().map(line).collect()
}

fn with(change: impl FnOnce(&mut Contract, &mut Buyer)) -> Vec<String> {
    told(&compiled(change), &Given::default())
}

fn is(field: &str, test: Test) -> Filter {
    Filter::Is(Condition { field: field.into(), test })
}

fn among(field: &str, values: &[&str]) -> Filter {
    is(field, Test::In(values.iter().map(|value| (*value).to_owned()).collect()))
}

#[test]
fn a_contract_with_nothing_against_it_may_be_asked() {
    assert_eq!(with(|_, _| {}), Vec::<String>::new());
}

#[test]
fn each_switch_is_named() {
    assert_eq!(with(|c, _| c.active = false), ["paused | contract | paused | active"]);
    assert_eq!(with(|_, b| b.active = false), ["paused | buyer | paused | active"]);
    let given = Given { active: false, ..Given::default() };
    assert_eq!(told(&compiled(|_, _| {}), &given), ["paused | campaign | paused | active"]);
}

#[test]
fn sources_are_let_in_or_kept_out() {
    let (own, other) = (SourceId::from_bits(1), SourceId::from_bits(2));
    assert_eq!(with(|c, _| c.sources = SourceRule::Only(vec![own])), Vec::<String>::new());
    assert_eq!(with(|c, _| c.sources = SourceRule::Except(vec![other])), Vec::<String>::new());
    let only = with(|c, _| c.sources = SourceRule::Only(vec![other]));
    assert_eq!(only, ["source_not_allowed | source | Own form | one of the contract's sources"]);
    let except = with(|c, _| c.sources = SourceRule::Except(vec![own]));
    assert_eq!(except, ["source_not_allowed | source | Own form | a source the contract does not exclude"]);
}

#[test]
fn filters_say_what_is_there_and_what_is_wanted() {
    let between = |min, max| Test::Between { min, max };
    let prefix = |text: &str| Test::Prefix(vec![text.into()]);
    for (filter, wanted) in [
        (among("state", &["oh", "mi"]), None),
        (among("state", &["OH", "IN"]), Some("filter | state | MI | one of OH, IN")),
        (is("state", Test::NotIn(vec!["MI".into()])), Some("filter | state | MI | none of MI")),
        (is("age", between(Some(18), Some(75))), None),
        (is("age", between(Some(41), Some(41))), None),
        (is("age", between(Some(50), Some(75))), Some("filter | age | 41 | 50 to 75")),
        (is("age", between(Some(50), None)), Some("filter | age | 41 | 50 or more")),
        (is("age", between(None, Some(30))), Some("filter | age | 41 | 30 or less")),
        (is("insured", Test::Flag(true)), None),
        (is("insured", Test::Flag(false)), Some("filter | insured | yes | no")),
        (is("zip", prefix("48")), None),
        (is("zip", prefix("49")), Some("filter | zip | 48226 | beginning with 49")),
        (among("carrier", &["Other"]), Some("filter | carrier | — | one of Other")),
        (is("carrier", Test::Absent), None),
        (is("carrier", Test::Present), Some("filter | carrier | — | a value")),
        (is("first_name", Test::Present), None),
        (is("first_name", Test::Absent), Some("filter | first_name | ••• | no value")),
        (Filter::Any(vec![among("state", &["OH"]), is("age", between(Some(18), None))]), None),
        (
            Filter::Any(vec![among("state", &["OH"]), is("age", between(Some(50), None))]),
            Some("filter | state, age | MI, 41 | state one of OH, or age 50 or more"),
        ),
        (Filter::None(vec![among("state", &["OH"])]), None),
        (Filter::None(vec![among("state", &["MI"])]), Some("filter | state | MI | not state one of MI")),
    ] {
        let found = with(|c, _| c.filter = filter.clone());
        assert_eq!(found, wanted.map(str::to_owned).into_iter().collect::<Vec<_>>(), "{filter:?}");
    }
    let two = with(|c, _| c.filter = Filter::All(vec![among("state", &["OH"]), is("age", between(Some(50), None))]));
    assert_eq!(two.len(), 2, "every failing condition: {two:?}");
}

#[test]
fn a_closed_schedule_says_when_it_opens() {
    let span = |weekday, start: u16, end: u16| Span { weekday, start: start * 60, end: end * 60 };
    let schedule = |spans: Vec<Span>, holidays: &[&str]| Schedule {
        spans,
        holidays: holidays.iter().map(|h| (*h).into()).collect(),
        ..Schedule::default()
    };
    let closed =
        |schedule: Schedule, now| told(&compiled(|c, _| c.schedule = schedule), &Given { now, ..Given::default() });
    // NOON is a Thursday, weekday 3, in Detroit.
    assert_eq!(closed(schedule(vec![span(3, 8, 18)], &[]), NOON), Vec::<String>::new());
    assert_eq!(
        closed(schedule(vec![span(3, 13, 18)], &[]), NOON),
        ["schedule_closed | schedule | Thu 12:00 America/Detroit | opens Thu 13:00 America/Detroit"]
    );
    assert_eq!(
        closed(schedule(vec![span(3, 8, 12), span(0, 8, 18)], &[]), NOON),
        ["schedule_closed | schedule | Thu 12:00 America/Detroit | opens Mon 08:00 America/Detroit"],
        "the end is not open any more"
    );
    assert_eq!(
        closed(schedule(vec![span(3, 8, 18), span(4, 8, 18)], &["2026-05-07"]), NOON),
        ["schedule_closed | schedule | Thu 12:00 America/Detroit | opens Fri 08:00 America/Detroit"]
    );
    assert_eq!(
        closed(schedule(Vec::new(), &["2026-05-07"]), NOON),
        ["schedule_closed | schedule | Thu 12:00 America/Detroit | opens Fri 00:00 America/Detroit"],
        "always open, but for holidays"
    );
    // On 8 March 2026 clocks go from 02:00 to 03:00: 07:30 UTC is 03:30 there, not 02:30.
    let spring = Timestamp("2026-03-08T07:30:00Z".parse::<jiff::Timestamp>().unwrap().as_microsecond());
    assert_eq!(closed(schedule(vec![span(6, 3, 4)], &[]), spring), Vec::<String>::new());
}

#[test]
fn dates_and_planned_pauses() {
    let hours = |h: i64| NOON.plus_millis(h * 3_600_000);
    let at_noon = |schedule: Schedule| with(|c, _| c.schedule = schedule);
    let none = Vec::<String>::new();
    assert_eq!(at_noon(Schedule { from: Some(NOON), until: Some(hours(1)), ..Schedule::default() }), none);
    assert_eq!(
        at_noon(Schedule { from: Some(hours(1)), ..Schedule::default() }),
        ["schedule_closed | dates | not begun | opens 2026-05-07 13:00"]
    );
    assert_eq!(
        at_noon(Schedule { until: Some(NOON), ..Schedule::default() }),
        ["schedule_closed | dates | ended 2026-05-07 12:00 | never open again"]
    );
    let paused = |from, until| at_noon(Schedule { pauses: vec![Pause { from, until }], ..Schedule::default() });
    assert_eq!(
        paused(hours(-1), Some(hours(2))),
        ["schedule_closed | dates | paused since 2026-05-07 11:00 | opens 2026-05-07 14:00"]
    );
    assert_eq!(paused(NOON, None), ["schedule_closed | dates | paused since 2026-05-07 12:00 | resumed by hand"]);
    assert_eq!(paused(hours(-2), Some(NOON)), none, "it ends at its end");
}

#[test]
fn a_pace_spreads_a_cap_over_the_open_time() {
    // Thursday 12:00 in Detroit, half of a day that is open from 10 to 14.
    let span = Span { weekday: 3, start: 600, end: 840 };
    let paced = |limit, used: i64| {
        let given = Given {
            counter: Counter { used, used_money: Micros::units(used), ..Counter::default() },
            ..Given::default()
        };
        let cap = Cap { paced: true, ..Cap::plain(Window::Day, limit) };
        let contract = compiled(|c, _| {
            c.caps = vec![cap];
            c.schedule.spans = vec![span];
        });
        told(&contract, &given)
    };
    let none = Vec::<String>::new();
    // Half of 100, and a burst of 5.
    assert_eq!(paced(Limit::Count(100), 54), none);
    assert_eq!(paced(Limit::Count(100), 55), ["cap | contract day pace | 55 | 55"]);
    assert_eq!(paced(Limit::Money(Micros::units(100)), 55), ["budget | contract day pace | 55.00 | 55.00"]);
    // Half of 2, and a burst of at least one, is all of it.
    assert_eq!(paced(Limit::Count(2), 1), none);
    assert_eq!(paced(Limit::Count(2), 2), ["cap | contract day | 2 | 2"]);
}

#[test]
fn caps_count_apart_by_source_and_by_value() {
    let per = |per| with(|c, _| c.caps = vec![Cap { per, ..Cap::plain(Window::Day, Limit::Count(0)) }]);
    assert_eq!(per(Per::Source), ["cap | contract and source day | 0 | 0"]);
    let value =
        |only: &[&str]| Per::Value { field: "state".into(), only: only.iter().map(|one| (*one).to_owned()).collect() };
    assert_eq!(per(value(&[])), ["cap | contract and value day | 0 | 0"]);
    assert_eq!(per(value(&["mi"])), ["cap | contract and value day | 0 | 0"]);
    assert_eq!(per(value(&["OH"])), Vec::<String>::new(), "it is about others");
    let keys = |zone: &str, source: u128| {
        let contract = compiled(|c, b| {
            b.zone = zone.into();
            c.caps = vec![Cap { per: Per::Source, ..Cap::plain(Window::Day, Limit::Count(5)) }];
        });
        contract.demands(NOON, Micros::ZERO, &lead(), SourceId::from_bits(source))[0].key
    };
    assert_ne!(keys("UTC", 1), keys("UTC", 2), "two sources have two counters");
    assert_ne!(keys("UTC", 1), keys("Asia/Kolkata", 1), "a day begins in the buyer's zone");
}

#[test]
fn what_is_paid_in_and_may_be_owed_is_a_cap_in_money() {
    let credit = Some(Credit { paid_in: Micros::units(70), limit: Micros::units(30) });
    let owed = |used| Given {
        counter: Counter { used_money: used, held_money: Micros::units(10), ..Counter::default() },
        ..Given::default()
    };
    let contract = compiled(|_, b| b.credit = credit);
    assert_eq!(told(&contract, &owed(Micros::units(89))), Vec::<String>::new());
    assert_eq!(told(&contract, &owed(Micros::units(90))), ["balance | balance and credit | 100.00 | 100.00"]);
}

#[test]
fn full_caps_and_budgets_are_named_with_their_use() {
    let cap = |window, limit| Cap::plain(window, limit);
    let full = Given {
        counter: Counter { used: 20, held: 5, used_money: Micros::units(90), held_money: Micros::units(10) },
        ..Given::default()
    };
    let told_with = |caps: Vec<Cap>| told(&compiled(|c, _| c.caps = caps), &full);
    assert_eq!(told_with(vec![cap(Window::Day, Limit::Count(25))]), ["cap | contract day | 25 | 25"]);
    assert_eq!(told_with(vec![cap(Window::Day, Limit::Count(26))]), Vec::<String>::new());
    assert_eq!(
        told_with(vec![cap(Window::Month, Limit::Money(Micros::units(100)))]),
        ["budget | contract month | 100.00 | 100.00"]
    );
    let of_buyer = told(&compiled(|_, b| b.caps = vec![cap(Window::Hour, Limit::Count(1))]), &full);
    assert_eq!(of_buyer, ["cap | buyer hour | 25 | 1"]);
}

#[test]
fn earlier_sales_count_inside_their_windows() {
    let claim = |buyer, days: i64| SoldClaim {
        buyer_id: BuyerId::from_bits(buyer),
        lead_id: LeadId::from_bits(9),
        at: NOON.plus_millis(-days * DAY_MS),
    };
    let sold = |claims: Vec<SoldClaim>| told(&compiled(|_, _| {}), &Given { sold: claims, ..Given::default() });
    assert!(sold(vec![claim(1, 29)])[0].starts_with("duplicate_same_buyer | person | sold 29 days ago as led_"));
    assert_eq!(sold(vec![claim(1, 30)]), Vec::<String>::new(), "the window is over");
    assert!(sold(vec![claim(2, 6)])[0].starts_with("duplicate_cross_buyer | person | sold 6 days ago as led_"));
    assert_eq!(sold(vec![claim(2, 7)]), Vec::<String>::new());
    assert_eq!(sold(vec![claim(1, 1), claim(2, 1)]).len(), 2);
}

#[test]
fn a_missing_certificate_is_told() {
    assert_eq!(
        with(|c, _| c.certificate_required = true),
        ["certificate_missing | certificate | none | TrustedForm or Jornaya"]
    );
}

#[test]
fn a_test_lead_reaches_sandbox_buyers_only() {
    let (live, sandbox) = (compiled(|_, _| {}), compiled(|_, b| b.sandbox = true));
    assert_eq!(Reach::of(Mode::Test, &live).map(|_| ()).map_err(|finding| finding.reason), Err(Reason::TestOnly));
    assert!(Reach::of(Mode::Test, &sandbox).is_ok() && Reach::of(Mode::Live, &sandbox).is_ok());
}

#[test]
fn everything_is_told_at_once() {
    let contract = compiled(|c, b| {
        c.active = false;
        b.active = false;
        c.sources = SourceRule::Only(Vec::new());
        c.filter = Filter::All(vec![among("state", &["OH"]), is("insured", Test::Flag(false))]);
        c.schedule = Schedule { spans: vec![Span { weekday: 0, start: 0, end: 60 }], ..Schedule::default() };
        c.certificate_required = true;
        c.caps = vec![Cap::plain(Window::Day, Limit::Count(0))];
    });
    let sold = vec![SoldClaim { buyer_id: BuyerId::from_bits(1), lead_id: LeadId::from_bits(9), at: NOON }];
    let codes: Vec<String> = told(&contract, &Given { active: false, sold, ..Given::default() })
        .iter()
        .map(|line| line.split(" | ").next().unwrap_or_default().to_owned())
        .collect();
    assert_eq!(
        codes,
        [
            "paused",
            "paused",
            "paused",
            "source_not_allowed",
            "filter",
            "filter",
            "schedule_closed",
            "certificate_missing",
            "cap",
            "duplicate_same_buyer",
        ]
    );
}

#[test]
fn a_contract_that_cannot_work_names_every_fault() {
    let (mut contract, mut buyer) = (contract(), buyer());
    buyer.zone = "Mars/Olympus".into();
    contract.filter =
        Filter::All(vec![is("nothing", Test::Present), is("age", Test::Flag(true)), among("first_name", &["Dana"])]);
    let span = |start, end| Span { weekday: 1, start, end };
    contract.schedule = Schedule {
        spans: vec![span(0, 100), span(50, 200), span(300, 300)],
        holidays: vec!["soon".into()],
        from: Some(NOON),
        until: Some(NOON),
        pauses: vec![Pause { from: NOON, until: Some(NOON) }],
    };
    let by = |field: &str, window| Cap {
        per: Per::Value { field: field.into(), only: Vec::new() },
        paced: true,
        ..Cap::plain(window, Limit::Count(1))
    };
    contract.caps = vec![by("nothing", Window::Day), by("first_name", Window::Total)];
    contract.routing = Routing { exclusive_rank: Some(1), sharing: Sharing::Shared, ..Routing::default() };
    contract.backup = true;
    contract.on_unknown = OnUnknown::Continue;
    contract.delivery.ping = None;
    let faults = CompiledContract::new(contract, buyer, &schema()).map(|_| ()).expect_err("it cannot work");
    assert_eq!(faults.len(), 17, "{faults:#?}");
}
