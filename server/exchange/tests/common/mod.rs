//! A campaign and leads for tests.
#![allow(dead_code)] // each test program uses its part

use exchange::lead::{Lead, Schema, read_lead, read_submission};
use model::{
    CampaignId, Currency, FieldError, Micros, Timestamp, VerticalId,
    campaign::{Auction, Campaign, Duplicates},
    field::{Field, FieldKind, Visibility},
};
use serde_json::Value;

/// Thursday 7 May 2026, 12:00 in Detroit (16:00 UTC).
pub const NOON: Timestamp = Timestamp(1_778_169_600_000_000);

pub fn field(name: &str, kind: FieldKind, visibility: Visibility) -> Field {
    Field { name: name.into(), label: name.into(), kind, required: false, visibility, example: String::new() }
}

pub fn campaign() -> Campaign {
    use Visibility::{Internal, Personal, Pingable};
    let choice = FieldKind::Choice { values: vec!["Other".into(), "State Farm".into()] };
    let mut fields = vec![
        field("zip", FieldKind::Zip, Pingable),
        field("state", FieldKind::State, Pingable),
        field("age", FieldKind::Integer { min: 16, max: 110 }, Pingable),
        field("insured", FieldKind::Boolean, Pingable),
        field("carrier", choice, Pingable),
        field("note", FieldKind::Text { max: 10 }, Internal),
        field("since", FieldKind::Date, Internal),
        field("page", FieldKind::Url, Internal),
        field("ip", FieldKind::Ip, Internal),
        field("first_name", FieldKind::Text { max: 80 }, Personal),
        field("email", FieldKind::Email, Personal),
        field("phone", FieldKind::Phone, Personal),
    ];
    fields[0].required = true;
    fields[9].required = true;
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
        reoffer: None,
    }
}

pub fn schema() -> Schema {
    Schema::new(&campaign()).expect("a sound schema")
}

/// Reads a body by the test campaign.
pub fn read(body: Value) -> Result<Lead, Vec<FieldError>> {
    read_lead(&schema(), read_submission(body)?, NOON)
}
