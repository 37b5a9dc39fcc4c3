//! The demo's definitions: the fields of auto insurance, and the sandbox's buyers with their contracts as an operator
//! would enter them.

use model::{
    BuyerId, CampaignId, ContractId, Micros, Reason,
    buyer::Buyer,
    cap::{Cap, Limit, Window},
    contract::{Allowed, Contract, ContractKind, OnUnknown, PortalRights, Price, SourceRule},
    field::{Field, FieldKind, Visibility},
    filter::{Condition, Filter, Test},
    mapping::{BodyFormat, Call, Delivery, From, Header, Meta, ReasonRule, ResponseRules, Row, SecretUse, Sign, Style},
    returns::ReturnTerms,
    schedule::Schedule,
    secret::Secret,
};

/// The secret of the sandbox's webhook receivers. Like the buyers' keys it protects nothing: whoever reads this has it.
pub const WEBHOOK_SECRET: &str = "whsec_Z2F2ZWwtc2FuZGJveC1yZWNlaXZlcnMh";

/// A buyer with its contract; whoever stores them gives them their ids.
#[derive(Debug, Clone)]
pub struct DemoBuyer {
    /// The buyer.
    pub buyer: Buyer,
    /// What it buys.
    pub contract: Contract,
}

/// The fields of an auto insurance lead (api.md, the example body).
#[must_use]
pub fn auto_insurance_fields() -> Vec<Field> {
    use Visibility::{Personal, Pingable};
    let field = |name: &str, label: &str, kind, required, visibility, example: &str| Field {
        name: name.to_owned(),
        label: label.to_owned(),
        kind,
        required,
        visibility,
        example: example.to_owned(),
    };
    let carriers = ["Other", "State Farm", "Geico", "Progressive", "Allstate", "USAA"];
    let carriers = FieldKind::Choice { values: carriers.map(str::to_owned).to_vec() };
    vec![
        field("zip", "ZIP code", FieldKind::Zip, true, Pingable, "48226"),
        field("state", "State", FieldKind::State, true, Pingable, "MI"),
        field("age", "Age", FieldKind::Integer { min: 16, max: 110 }, true, Pingable, "41"),
        field("currently_insured", "Currently insured", FieldKind::Boolean, true, Pingable, "true"),
        field("current_carrier", "Current carrier", carriers, false, Pingable, "Other"),
        field("vehicle_count", "Vehicles", FieldKind::Integer { min: 1, max: 9 }, true, Pingable, "2"),
        field("home_owner", "Home owner", FieldKind::Boolean, false, Pingable, "true"),
        field("first_name", "First name", FieldKind::Text { max: 80 }, true, Personal, "Dana"),
        field("last_name", "Last name", FieldKind::Text { max: 80 }, true, Personal, "Reyes"),
        field("email", "E-mail", FieldKind::Email, true, Personal, "dana@example.com"),
        field("phone", "Phone", FieldKind::Phone, true, Personal, "(313) 555-0142"),
        field("address", "Street address", FieldKind::Text { max: 120 }, false, Personal, "1 Main St"),
    ]
}

/// The sandbox's buyers, reached at `base_url` (`http://127.0.0.1:3801`).
#[must_use]
pub fn demo_buyers(base_url: &str) -> Vec<DemoBuyer> {
    let day = |limit| Cap::plain(Window::Day, limit);
    let mut all = vec![
        auction(base_url, Names("northwind", "Northwind Auto", "Northwind Insurance Services LLC"), Dialect::Flat),
        auction(base_url, Names("bluepeak", "BluePeak", "BluePeak Agency Inc."), Dialect::Nested),
        auction(base_url, Names("harbor", "Harbor Direct", "Harbor Direct Insurance Co."), Dialect::Form),
        auction(base_url, Names("slowpoke", "Slowpoke Mutual", "Slowpoke Mutual Insurance"), Dialect::Flat),
        auction(base_url, Names("picky", "Picky Partners", "Picky Partners LLC"), Dialect::Flat),
        auction(base_url, Names("evergreen", "Evergreen Senior", "Evergreen Senior Auto LLC"), Dialect::Nested),
        direct(base_url, Names("flatrate", "FlatRate Leads", "FlatRate Leads Inc."), Dialect::Flat, 600),
        direct(base_url, Names("backstop", "Backstop Network", "Backstop Network LLC"), Dialect::Form, 150),
    ];
    for demo in &mut all {
        let contract = &mut demo.contract;
        match demo.buyer.slug.as_str() {
            "northwind" => contract.caps = vec![day(Limit::Count(5_000))],
            "bluepeak" => contract.filter = one_of("state", &["MI", "OH", "IL", "IN", "TX", "FL"]),
            "harbor" => contract.filter = between("age", 25, 75),
            "picky" => contract.caps = vec![day(Limit::Money(Micros::units(20_000)))],
            "evergreen" => contract.filter = between("age", 65, 110),
            "flatrate" => contract.filter = is(Condition { field: "currently_insured".into(), test: Test::Flag(true) }),
            "backstop" => contract.backup = true,
            _ => {}
        }
    }
    all
}

struct Names(&'static str, &'static str, &'static str);

#[derive(Clone, Copy)]
enum Dialect {
    Flat,
    Nested,
    Form,
}

const fn is(condition: Condition) -> Filter {
    Filter::Is(condition)
}

fn one_of(field: &str, values: &[&str]) -> Filter {
    is(Condition { field: field.into(), test: Test::In(values.iter().map(|v| (*v).to_owned()).collect()) })
}

fn between(field: &str, min: i64, max: i64) -> Filter {
    is(Condition { field: field.into(), test: Test::Between { min: Some(min), max: Some(max) } })
}

fn auction(base: &str, names: Names, dialect: Dialect) -> DemoBuyer {
    let ping = call(base, names.0, "ping", dialect);
    let post = call(base, names.0, "post", dialect);
    demo(names, ContractKind::Auction, None, Delivery { ping: Some(ping), post })
}

fn direct(base: &str, names: Names, dialect: Dialect, cents: i64) -> DemoBuyer {
    let post = call(base, names.0, "post", dialect);
    demo(names, ContractKind::Direct, Some(Micros::cents(cents)), Delivery { ping: None, post })
}

fn demo(
    Names(slug, name, legal_name): Names,
    kind: ContractKind,
    fixed: Option<Micros>,
    delivery: Delivery,
) -> DemoBuyer {
    let buyer = Buyer {
        id: BuyerId::from_bits(0),
        slug: slug.to_owned(),
        name: name.to_owned(),
        legal_name: legal_name.to_owned(),
        active: true,
        zone: "America/Detroit".to_owned(),
        caps: Vec::new(),
        credit: None,
        sandbox: true,
    };
    let contract = Contract {
        id: ContractId::from_bits(0),
        campaign_id: CampaignId::from_bits(0),
        buyer_id: buyer.id,
        name: "Auto insurance".to_owned(),
        kind,
        silent_on: Default::default(),
        active: true,
        priority: 0,
        backup: false,
        routing: model::contract::Routing::default(),
        pings: model::contract::PingLimits::default(),
        price: Price { fixed, floor: None, max_bid: None, ..Price::default() },
        filter: Filter::default(),
        sources: SourceRule::All,
        caps: Vec::new(),
        schedule: Schedule::default(),
        certificate_required: false,
        on_unknown: OnUnknown::Hold,
        returns: Some(ReturnTerms { days: 7, reasons: Vec::new(), automatic_up_to: None, frees_caps: true }),
        portal: PortalRights { pause: Allowed::AtOnce, caps: Allowed::Ask, schedule: Allowed::Ask },
        delivery,
    };
    DemoBuyer { buyer, contract }
}

fn call(base: &str, buyer: &str, phase: &str, dialect: Dialect) -> Call {
    let prefix = if matches!(dialect, Dialect::Nested) { "lead." } else { "" };
    let row = |to: &str, from, style| Row { to: format!("{prefix}{to}"), from, style, ..Row::default() };
    let field = |to: &str, name: &str, style| row(to, From::Field(name.to_owned()), style);
    let flag = if matches!(dialect, Dialect::Form) { Style::YesNo } else { Style::Plain };
    let mut rows = vec![
        row("lead_id", From::Meta(Meta::LeadId), Style::Plain),
        field("zip", "zip", Style::Text),
        field("state", "state", Style::Plain),
        field("age", "age", Style::Plain),
        field("vehicles", "vehicle_count", Style::Plain),
        field("owner", "home_owner", flag),
        field("insured", "currently_insured", flag),
    ];
    if phase == "post" {
        rows.extend([
            row("ping_id", From::PingToken, Style::Plain),
            row("price", From::Meta(Meta::Price), Style::Text),
            field("first_name", "first_name", Style::Plain),
            field("last_name", "last_name", Style::Plain),
            field("email", "email", Style::Plain),
            field("phone", "phone", Style::PhoneDigits),
            field("address", "address", Style::Plain),
            row("trustedform", From::Meta(Meta::TrustedForm), Style::Plain),
            row("consent", From::Meta(Meta::ConsentText), Style::Plain),
        ]);
    }
    Call {
        url: format!("{base}/buyers/{buyer}/{phase}"),
        format: if matches!(dialect, Dialect::Form) { BodyFormat::Form } else { BodyFormat::Json },
        headers: vec![Header {
            name: "X-Api-Key".to_owned(),
            value: Secret::new("sandbox-key"),
            used: SecretUse::Header,
        }],
        rows,
        response: rules(phase, dialect),
        timeout_ms: if phase == "ping" { 400 } else { 2_000 },
        ..Call::default()
    }
}

fn rules(phase: &str, dialect: Dialect) -> ResponseRules {
    let sign =
        |path: &str, value: &str| Sign { path: path.to_owned(), values: vec![value.to_owned()], ..Sign::default() };
    let path = |path: &str| Some(path.to_owned());
    let reasons =
        vec![ReasonRule { contains: "volume".to_owned(), reason: Reason::BuyerCap, path: None, whole: false }];
    match dialect {
        Dialect::Flat if phase == "ping" => ResponseRules {
            accept: sign("status", "bid"),
            reject: sign("status", "no_bid"),
            price: path("bid"),
            reference: path("ping_id"),
            redirect: None,
            reason: path("reason"),
            reasons,
            ..ResponseRules::default()
        },
        Dialect::Flat => ResponseRules {
            accept: sign("status", "accepted"),
            reject: sign("status", "rejected"),
            price: path("price"),
            reference: path("lead_ref"),
            redirect: path("redirect_url"),
            reason: path("reason"),
            reasons,
            ..ResponseRules::default()
        },
        Dialect::Nested => ResponseRules {
            accept: sign("result.accepted", "true"),
            reject: sign("result.accepted", "false"),
            price: path("result.price"),
            reference: path("result.token"),
            redirect: path("result.url"),
            reason: path("result.message"),
            reasons,
            ..ResponseRules::default()
        },
        Dialect::Form => ResponseRules {
            accept: sign("response", "ACCEPT"),
            reject: sign("response", "REJECT"),
            price: path("price"),
            reference: path("id"),
            redirect: path("redirect"),
            reason: path("error"),
            reasons,
            ..ResponseRules::default()
        },
    }
}
