//! Filters over every kind of field, over parts and over records of lists: which leads pass, and which filters fit.

mod common;

use common::{NOON, every_kind};
use exchange::{
    eligibility::CompiledContract,
    lead::{Lead, Schema, read_lead, read_submission},
};
use model::{
    buyer::Buyer,
    contract::Contract,
    document::{Document, DocumentId, Kind},
    filter::Filter,
};
use serde_json::{Value, json};

fn schema() -> Schema {
    Schema::new(&every_kind()).expect("a sound schema")
}

fn lead() -> Lead {
    let body = json!({ "fields": {
        "integer": 41, "decimal": "3.25", "money": "$1,250.50", "range": "10k-20k", "band": "good", "boolean": "yes",
        "date": "2024-05-01", "year_month": "2021-05", "postal_code": "K1A 0B1", "country": "Canada", "choice": "10+",
        "user_agent": "Mozilla/5.0 (iPhone) Safari/604.1", "p_phone": "(313) 555-0142", "p_email": "dana@gmail.com",
        "p_date": "1984-05-31", "p_zip": "48226",
        "drivers": [
            { "gender": "male", "birth_date": "1984-05-31", "licensed": true },
            { "gender": "female", "birth_date": "2005-02-01", "licensed": false },
        ],
    }});
    read_lead(&schema(), read_submission(body).expect("sound"), NOON).expect("sound")
}

fn compiled(filter: &Value) -> Result<CompiledContract, Vec<String>> {
    let sign = |value: &str| json!({ "path": "s", "values": [value] });
    let call = json!({ "url": "https://b.example/", "rows": [], "timeout_ms": 9,
        "response": { "accept": sign("y"), "reject": sign("n") } });
    let contract: Contract = serde_json::from_value(json!({
        "id": DocumentId::from_bits(Kind::Contract, 1).to_string(), "campaign_id": DocumentId::from_bits(Kind::Campaign, 1).to_string(),
        "buyer_id": DocumentId::from_bits(Kind::Buyer, 1).to_string(), "name": "A", "kind": "auction", "active": true, "price": {},
        "delivery": { "ping": call, "post": call },
    }))
    .expect("a contract");
    let buyer = json!({ "id": DocumentId::from_bits(Kind::Buyer, 1).to_string(), "slug": "a", "name": "A", "legal_name": "A",
        "active": true, "zone": "UTC" });
    let Ok(Document::Buyer(buyer)) = Document::read(Kind::Buyer, &buyer) else { panic!("a buyer") };
    let filter: Filter = serde_json::from_value(filter.clone()).expect("a filter");
    CompiledContract::new(Contract { filter, ..contract }, Buyer { ..buyer }, &schema())
}

fn is(field: &str, test: &Value) -> Value {
    json!({ "is": { "field": field, "test": test } })
}

#[test]
fn filters_see_every_kind_and_part() {
    let between = |min: Value, max: Value| json!({ "between": { "min": min, "max": max } });
    let none = Value::Null;
    for (field, test, passes) in [
        ("integer", between(18.into(), 41.into()), true),
        ("integer", between(42.into(), none.clone()), false),
        ("decimal", between(3.into(), 4.into()), true),
        ("decimal", between(none.clone(), 3.into()), false),
        ("money", between(1250.into(), none.clone()), true),
        ("money", between(none.clone(), 1250.into()), false),
        ("range", between(10_000.into(), 20_000.into()), true),
        ("range", between(15_000.into(), none.clone()), false),
        ("range.low", between(none.clone(), 10_000.into()), true),
        ("range.mid", between(15_000.into(), 15_000.into()), true),
        ("band", json!({ "in": ["Good", "Excellent"] }), true),
        ("band", between(680.into(), none.clone()), true),
        ("band", between(700.into(), none.clone()), false),
        ("band.high", between(none.clone(), 719.into()), true),
        ("boolean", json!({ "flag": true }), true),
        ("choice", json!({ "in": ["10"] }), false),
        ("date", json!({ "prefix": ["2024-"] }), true),
        ("date.age", between(none.clone(), 2.into()), true),
        ("date.month", json!({ "in": ["5"] }), true),
        ("year_month.year", between(2020.into(), none.clone()), true),
        ("postal_code.fsa", json!({ "in": ["K1A", "H2Y"] }), true),
        ("postal_code.zip3", json!({ "in": ["482"] }), false),
        ("country", json!({ "not_in": ["US"] }), true),
        ("user_agent.device", json!({ "in": ["mobile"] }), true),
        ("p_phone.area", json!({ "in": ["313", "248"] }), true),
        ("p_phone.area", json!({ "not_in": ["313"] }), false),
        ("p_email.domain", json!({ "in": ["gmail.com"] }), true),
        ("p_date.age", between(18.into(), 64.into()), true),
        ("p_date.age", between(65.into(), none.clone()), false),
        ("p_zip.zip3", json!({ "prefix": ["48"] }), true),
        ("p_zip", json!("present"), true),
        ("drivers.count", between(2.into(), none.clone()), true),
        ("drivers[1].gender", json!({ "in": ["female"] }), true),
        ("drivers[2].gender", json!("absent"), true),
        ("drivers.gender", json!({ "in": ["female"] }), true),
        ("drivers.gender", json!({ "not_in": ["female"] }), false),
        ("drivers.gender", json!({ "not_in": ["other"] }), true),
        ("drivers.licensed", json!({ "flag": false }), true),
        ("drivers.birth_date.age", between(none.clone(), 24.into()), true),
        ("drivers.birth_date.age", between(65.into(), none.clone()), false),
        ("drivers.first_name", json!("absent"), true),
        ("vehicles.year", json!({ "not_in": ["1999"] }), false),
    ] {
        let contract = compiled(&is(field, &test)).unwrap_or_else(|faults| panic!("{field} {test}: {faults:?}"));
        let sample = contract.sample(std::iter::once(lead()));
        assert_eq!(sample.pass, u32::from(passes), "{field} {test}: {:?}", sample.failing);
        // A lead whose person stays sealed passes alike.
        let (whole, schema) = (lead(), schema());
        let names: Vec<_> = whole.mask().into_iter().map(|(name, _)| name).collect();
        let outline = Lead::outline(&schema, &whole.open_json(), &names).expect("as stored");
        assert_eq!(
            contract.sample(std::iter::once(outline)).pass,
            u32::from(passes),
            "{field} {test} of a stored lead"
        );
    }
}

#[test]
fn filters_that_do_not_fit_are_told() {
    for (field, test) in [
        ("p_phone", json!({ "in": ["3135550142"] })),
        ("p_phone.line", json!({ "in": ["0142"] })),
        ("p_email.mailbox", json!({ "prefix": ["d"] })),
        ("p_date.month", json!({ "in": ["5"] })),
        ("p_address.number", json!("present")),
        ("money", json!({ "in": ["1250"] })),
        ("range", json!({ "prefix": ["1"] })),
        ("range.low", json!({ "prefix": ["1"] })),
        ("boolean", json!({ "in": ["yes"] })),
        ("drivers", json!({ "in": ["2"] })),
        ("drivers.first_name", json!({ "in": ["Sam"] })),
        ("drivers.gender.age", json!("present")),
        ("zip.area", json!("present")),
        ("nowhere", json!("present")),
    ] {
        assert!(compiled(&is(field, &test)).is_err(), "{field} {test}");
    }
}

#[test]
fn sentences_call_parts_by_their_names() {
    let filter = json!({ "all": [
        is("p_phone.area", &json!({ "in": ["313"] })),
        is("drivers.birth_date.age", &json!({ "between": { "min": 25, "max": null } })),
        is("range.mid", &json!({ "between": { "min": null, "max": 20000 } })),
    ]});
    let schema = schema();
    let words = compiled(&filter).expect("it fits").filter_words(&|path| schema.label(path));
    assert_eq!(
        words,
        "p_phone, area code is 313, and drivers: birth_date, age in years is 25 or more, and range, middle is 20000 or less."
    );
}
