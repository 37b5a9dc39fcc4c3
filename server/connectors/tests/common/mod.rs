//! A campaign, leads and awards for tests.
#![allow(dead_code)] // each test program uses its part

use connectors::Prepared;
use exchange::{
    auction::{Auction as Contest, Award, Command, Machine},
    lead::{Lead, LeadMeta, Schema, read_lead, read_submission},
};
use model::{
    CampaignId, ContractId, Currency, LeadId, Micros, Timestamp, VerticalId,
    campaign::{Auction, Campaign, Duplicates},
    field::{Field, FieldKind, Visibility},
};
use serde_json::json;

pub fn campaign() -> Campaign {
    let field = |name: &str, kind, visibility| Field {
        name: name.into(),
        label: name.into(),
        kind,
        required: false,
        visibility,
        example: String::new(),
    };
    let choices = FieldKind::Choice { values: vec!["Other".into(), "Geico".into()] };
    use Visibility::{Internal, Personal, Pingable};
    let fields = vec![
        field("zip", FieldKind::Zip, Pingable),
        field("state", FieldKind::State, Pingable),
        field("age", FieldKind::Integer { min: 16, max: 110 }, Pingable),
        field("insured", FieldKind::Boolean, Pingable),
        field("carrier", choices, Pingable),
        field("note", FieldKind::Text { max: 200 }, Internal),
        field("first_name", FieldKind::Text { max: 80 }, Personal),
        field("last_name", FieldKind::Text { max: 80 }, Personal),
        field("address", FieldKind::Text { max: 120 }, Personal),
        field("email", FieldKind::Email, Personal),
        field("phone", FieldKind::Phone, Personal),
        field("birth_date", FieldKind::Date, Personal),
        field("site", FieldKind::Url, Personal),
        field("ip", FieldKind::Ip, Personal),
    ];
    Campaign {
        id: CampaignId::from_bits(1),
        slug: "auto".into(),
        name: "Auto".into(),
        vertical_id: VerticalId::from_bits(1),
        active: true,
        currency: Currency::USD,
        fields,
        consent_required: false,
        duplicates: Duplicates::default(),
        auction: Auction { floor: Micros::ZERO, ..Auction::default() },
        fallback_url: "https://quotes.example/".into(),
        consent: model::consent::ConsentTerms::default(),
        hosted_form: model::campaign::HostedForm::default(),
        reoffer: None,
    }
}

pub fn lead(body: serde_json::Value) -> Lead {
    let schema = Schema::new(&campaign()).expect("a sound schema");
    let submission = read_submission(body).expect("a sound body");
    read_lead(&schema, submission, Timestamp(1_800_000_000_000_000)).expect("a sound lead")
}

/// What is known beside the record.
pub fn meta() -> LeadMeta {
    LeadMeta { lead_id: LeadId::from_bits(7), campaign: "auto".into(), test: false }
}

/// The right to post, made by a real auction with one direct contract at this price.
pub fn award(price: Micros) -> Award {
    let direct = json!({
        "contract": ContractId::from_bits(1), "kind": "direct", "fixed": price, "ping_timeout": 0, "post_timeout": 1_000_000,
    });
    let contest = json!({
        "deadline": 3_000_000, "post_reserve": 1_000_000, "floor": Micros::ZERO, "posts": 1, "seed": 0, "entrants": [direct],
    });
    let contest: Contest = serde_json::from_value(contest).expect("a sound auction");
    let (_, commands) = Machine::start(contest);
    let post = |command| match command {
        Command::Post(award) => Some(award),
        Command::Ping { .. } | Command::Done(_) => None,
    };
    commands.into_iter().find_map(post).expect("a direct contract is posted to at once")
}

/// A ping's body as text.
pub fn pinged(prepared: &Prepared, lead: &Lead) -> String {
    String::from_utf8(prepared.render_ping(&lead.ping_view(meta()))).expect("text")
}

/// A post's body as text.
pub fn posted(prepared: &Prepared, lead: &Lead, price: Micros, token: Option<&str>) -> String {
    let (meta, award) = (meta(), award(price));
    String::from_utf8(prepared.render_post(&lead.post_view(&meta, &award), token)).expect("text")
}
