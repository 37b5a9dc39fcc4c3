//! Members of lists and parts of values in mappings: what a ping may have of them, and what the post has.

mod common;

use common::{award, campaign, meta};
use connectors::Prepared;
use exchange::lead::{Lead, Schema, read_lead, read_submission};
use model::{
    Micros, Timestamp,
    field::{Band, Field, FieldKind, Visibility},
    mapping::Call,
};
use serde_json::{Value, json};

fn lead() -> Lead {
    use Visibility::{Internal, Personal, Pingable};
    let field = |name: &str, kind, visibility| Field {
        name: name.into(),
        label: name.into(),
        kind,
        required: false,
        visibility,
        example: String::new(),
    };
    let mut campaign = campaign();
    let members = vec![
        field("gender", FieldKind::Choice { values: vec!["male".into(), "female".into()] }, Pingable),
        field("birth_date", FieldKind::Date, Personal),
        field("name", FieldKind::Text { max: 80 }, Personal),
    ];
    let bands = vec![Band { name: "Good".into(), from: Some(680), to: Some(719) }];
    campaign.fields.extend([
        field("drivers", FieldKind::List { max: 4, members }, Pingable),
        field("loan", FieldKind::Money { min: 0, max: 1_000_000 }, Pingable),
        field("rate", FieldKind::Decimal { min: 0, max: 100, places: 3 }, Pingable),
        field("bill", FieldKind::Range { min: 0, max: 10_000 }, Pingable),
        field("credit", FieldKind::Band { bands }, Pingable),
        field("expires", FieldKind::Date, Pingable),
        field("home_zip", FieldKind::Zip, Personal),
        field("agent", FieldKind::UserAgent, Internal),
    ]);
    let body = json!({ "fields": {
        "zip": "48226", "state": "MI", "first_name": "Dana", "last_name": "Reyes", "phone": "(313) 555-0142",
        "email": "Dana@Gmail.com", "birth_date": "1984-05-31", "home_zip": "01001", "loan": "$10k", "rate": "3.25",
        "bill": "$101-150", "credit": "700", "expires": "2027-03-01", "agent": "Mozilla/5.0 (iPhone) Safari/604.1",
        "drivers": [{ "gender": "male", "birth_date": "1984-05-31", "name": "Dana" }, { "gender": "female", "name": "Lee" }],
    }});
    let schema = Schema::new(&campaign).expect("a sound schema");
    // 15 January 2027.
    read_lead(&schema, read_submission(body).expect("sound"), Timestamp(1_800_000_000_000_000)).expect("sound")
}

/// What a ping and the post say under each name.
fn sent(rows: &Value) -> (Value, Value) {
    let sign = |value: &str| json!({ "path": "s", "values": [value] });
    let call: Call = serde_json::from_value(json!({
        "url": "https://buyer.example/", "rows": rows, "timeout_ms": 500,
        "response": { "accept": sign("y"), "reject": sign("n") },
    }))
    .expect("a call");
    let (prepared, lead, meta) = (Prepared::new(&call).expect("a sound mapping"), lead(), meta());
    let ping = prepared.render_ping(&lead.ping_view(meta.clone()));
    let post = prepared.render_post(&lead.post_view(&meta, &award(Micros::units(9))), None);
    (serde_json::from_slice(&ping).expect("JSON"), serde_json::from_slice(&post).expect("JSON"))
}

#[test]
fn parts_and_records_are_sent() {
    for (path, ping, post) in [
        ("phone.area", json!("313"), json!("313")),
        ("phone.line", Value::Null, json!("0142")),
        ("email.domain", json!("gmail.com"), json!("gmail.com")),
        ("email.mailbox", Value::Null, json!("Dana")),
        ("birth_date.age", json!(42), json!(42)),
        ("birth_date.year", json!(1984), json!(1984)),
        ("birth_date.month", Value::Null, json!(5)),
        ("home_zip", Value::Null, json!("01001")),
        ("home_zip.zip3", json!("010"), json!("010")),
        ("zip.zip3", json!("482"), json!("482")),
        ("loan", json!(10000.00), json!(10000.00)),
        ("rate", json!(3.25), json!(3.25)),
        ("bill", json!("101-150"), json!("101-150")),
        ("bill.high", json!(150), json!(150)),
        ("credit", json!("Good"), json!("Good")),
        ("credit.mid", json!(699), json!(699)),
        ("expires", json!("2027-03-01"), json!("2027-03-01")),
        ("expires.month", json!(3), json!(3)),
        ("agent", Value::Null, json!("Mozilla/5.0 (iPhone) Safari/604.1")),
        ("drivers.count", json!(2), json!(2)),
        ("drivers[0].gender", json!("male"), json!("male")),
        ("drivers[1].name", Value::Null, json!("Lee")),
        ("drivers[0].birth_date", Value::Null, json!("1984-05-31")),
        ("drivers[0].birth_date.age", json!(42), json!(42)),
        ("drivers[2].gender", Value::Null, Value::Null),
        ("phone.nothing", Value::Null, Value::Null),
    ] {
        let (pinged, posted) = sent(&json!([{ "to": "x", "from": { "field": path } }]));
        assert_eq!((&pinged["x"], &posted["x"]), (&ping, &post), "{path}");
    }
}

#[test]
fn styles_of_parts_go_on_as_they_did() {
    for (field, style, ping, post) in [
        ("phone", "phone_area", json!("313"), json!("313")),
        ("phone", "phone_line", Value::Null, json!("0142")),
        ("birth_date", "age", json!(42), Value::Null),
        ("home_zip", "zip3", json!("010"), json!("010")),
        ("expires", "date_us", json!("03/01/2027"), json!("03/01/2027")),
        ("birth_date", "date_us", Value::Null, json!("05/31/1984")),
        ("email", "domain", Value::Null, json!("gmail.com")),
        ("loan", "whole", json!(10000), json!(10000)),
        ("drivers[0].birth_date", "date_compact", Value::Null, json!("19840531")),
        ("drivers[0].gender", "title", json!("Male"), json!("Male")),
    ] {
        let (pinged, posted) = sent(&json!([{ "to": "x", "from": { "field": field }, "style": style }]));
        assert_eq!((&pinged["x"], &posted["x"]), (&ping, &post), "{field} {style}");
    }
    let (pinged, posted) =
        sent(&json!([{ "to": "x", "from": { "template": "{zip.zip3}-{drivers[1].gender}-{phone.area}" } }]));
    assert_eq!((&pinged["x"], &posted["x"]), (&json!("482-female-313"), &json!("482-female-313")));
}
