//! A campaign and leads for tests.
#![allow(dead_code)] // each test program uses its part

use exchange::lead::{Lead, Schema, read_lead, read_submission};
use model::{
    CampaignId, Currency, FieldError, Micros, Timestamp, VerticalId,
    campaign::{Auction, Campaign, Duplicates},
    field::{Band, Field, FieldKind, Visibility},
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
        consent: model::consent::ConsentTerms::default(),
        hosted_form: model::campaign::HostedForm::default(),
        reoffer: None,
    }
}

pub fn schema() -> Schema {
    Schema::new(&campaign()).expect("a sound schema")
}

/// A campaign with a field of every kind: the open ones under the kind's name, and `p_…` personal ones.
pub fn every_kind() -> Campaign {
    use Visibility::{Internal, Personal, Pingable};
    let band = |name: &str, from: Option<i64>, to: Option<i64>| Band { name: name.into(), from, to };
    let credit = vec![
        band("Excellent", Some(720), None),
        band("Good", Some(680), Some(719)),
        band("Fair", Some(620), Some(679)),
        band("Poor", None, Some(619)),
    ];
    let choices = ["1-3 months", "Within 1 month", "10", "10+", "State Farm", "3+ months"].map(str::to_owned);
    let plain = [
        ("text", FieldKind::Text { max: 20 }),
        ("integer", FieldKind::Integer { min: -10, max: 1_000_000 }),
        ("decimal", FieldKind::Decimal { min: 0, max: 1000, places: 2 }),
        ("money", FieldKind::Money { min: 0, max: 5_000_000 }),
        ("range", FieldKind::Range { min: 0, max: 10_000_000 }),
        ("band", FieldKind::Band { bands: credit }),
        ("boolean", FieldKind::Boolean),
        ("choice", FieldKind::Choice { values: choices.to_vec() }),
        ("date", FieldKind::Date),
        ("year_month", FieldKind::YearMonth),
        ("phone", FieldKind::Phone),
        ("phone_international", FieldKind::PhoneInternational),
        ("email", FieldKind::Email),
        ("zip", FieldKind::Zip),
        ("postal_code", FieldKind::PostalCode),
        ("postal_code_ca", FieldKind::PostalCodeCa),
        ("state", FieldKind::State),
        ("province", FieldKind::Province),
        ("state_or_province", FieldKind::StateOrProvince),
        ("country", FieldKind::Country),
        ("address", FieldKind::Address),
        ("url", FieldKind::Url),
        ("ip", FieldKind::Ip),
        ("user_agent", FieldKind::UserAgent),
        ("certificate", FieldKind::Certificate),
    ];
    let seen = |kind: &FieldKind| if kind.can_ping() { Pingable } else { Internal };
    let mut fields: Vec<_> = plain.iter().map(|(name, kind)| field(name, kind.clone(), seen(kind))).collect();
    fields.extend(plain.into_iter().map(|(name, kind)| field(&format!("p_{name}"), kind, Personal)));
    let mut gender = field("gender", FieldKind::Choice { values: vec!["male".into(), "female".into()] }, Pingable);
    gender.required = true;
    let members = vec![
        gender,
        field("birth_date", FieldKind::Date, Personal),
        field("first_name", FieldKind::Text { max: 80 }, Personal),
        field("licensed", FieldKind::Boolean, Pingable),
    ];
    fields.push(field("drivers", FieldKind::List { max: 3, members }, Pingable));
    let members = vec![
        field("year", FieldKind::Integer { min: 1950, max: 2030 }, Pingable),
        field("make", FieldKind::Text { max: 40 }, Internal),
    ];
    fields.push(field("vehicles", FieldKind::List { max: 3, members }, Internal));
    Campaign { fields, ..campaign() }
}

/// Reads a body by the test campaign.
pub fn read(body: Value) -> Result<Lead, Vec<FieldError>> {
    read_lead(&schema(), read_submission(body)?, NOON)
}
