//! Every kind of field as data (`kinds.json`: kind, what was sent, the normalised value or `!code`, parts), read as an open
//! field and as a personal one; lists of records; and what of all that filters and pings may see.

mod common;

use common::{NOON, every_kind, field};
use exchange::lead::{
    Lead, LeadMeta, Opened, Recovery, Rehearsal, Schema, Sent, Viewing, form_to_json, read_lead, read_ping,
    read_submission,
};
use model::{
    EventId, FieldError, LeadId, Micros, ProcessId,
    campaign::PrintKind,
    field::{Band, FieldKind, Visibility},
    lead::Tracking,
    part::Part,
};
use proptest::prelude::*;
use serde_json::{Map, Value, json};

fn schema() -> Schema {
    Schema::new(&every_kind()).expect("a sound schema")
}

fn read(fields: &Value) -> Result<Lead, Vec<FieldError>> {
    read_lead(&schema(), read_submission(json!({ "fields": fields }))?, NOON)
}

fn meta() -> LeadMeta {
    LeadMeta { lead_id: LeadId::from_bits(1), campaign: "auto".into(), test: false }
}

fn text(sent: Option<Sent<'_>>) -> Option<String> {
    sent.map(|sent| sent.text().into_owned())
}

/// Every value as the post would send it.
fn posted(lead: &Lead, path: &str) -> Option<String> {
    let opened = Opened::by(Viewing::recorded(EventId::from_bits(1)), &lead.seal_with(<[u8]>::to_vec)).expect("opens");
    let again = Rehearsal::opened(&schema(), &lead.open_json(), opened).expect("as it is stored");
    let meta = meta();
    text(again.post_view(&meta, Micros::units(1)).get(path))
}

/// The lead as its source would send it once more, read again.
fn once_more(lead: &Lead) -> Lead {
    let opened = Opened::by(Viewing::recorded(EventId::from_bits(1)), &lead.seal_with(<[u8]>::to_vec)).expect("opens");
    let again = Rehearsal::opened(&schema(), &lead.open_json(), opened).expect("as it is stored");
    let submission = read_submission(again.submission("auto", &Tracking::default())).expect("a submission");
    read_lead(&schema(), submission, NOON).expect("what was taken is taken again")
}

type Row = (String, Value, String, Option<Map<String, Value>>);

fn rows() -> Vec<Row> {
    let rows: Vec<Value> = serde_json::from_str(include_str!("kinds.json")).expect("a table");
    let row = |row: Value| {
        let text = |at: usize| row[at].as_str().expect("a text").to_owned();
        (text(0), row[1].clone(), text(2), row[3].as_object().cloned())
    };
    rows.into_iter().map(row).collect()
}

#[test]
fn every_kind_is_read_as_written() {
    let rows = rows();
    assert!(rows.len() >= 400, "only {} readings", rows.len());
    for (name, sent, wanted, parts) in rows {
        let found = match read(&json!({ &name: sent })) {
            Ok(lead) => {
                for (part, wanted) in parts.iter().flatten() {
                    let found = text(lead.open(&format!("{name}.{part}")));
                    assert_eq!(found.as_deref(), wanted.as_str(), "{name} {sent} {part}");
                }
                let again = once_more(&lead);
                assert_eq!(again.open_json(), lead.open_json(), "{name} {sent}");
                assert_eq!(again.seal_with(<[u8]>::to_vec), lead.seal_with(<[u8]>::to_vec), "{name} {sent}");
                lead.value(&name).map_or_else(|| "nothing".into(), exchange::lead::Value::text)
            }
            Err(faults) => {
                assert_eq!(faults.len(), 1, "{name} {sent}: {faults:?}");
                assert_eq!(faults[0].field, name);
                assert!(faults[0].message.ends_with('.') && faults[0].message.len() > 15, "{}", faults[0].message);
                format!("!{}", faults[0].code)
            }
        };
        assert_eq!(found, wanted, "{name} {sent}");
    }
}

/// The same readings as personal fields: sealed and back they are the same, in the post with every part; filters and pings see
/// shared parts and nothing else.
#[test]
fn personal_values_keep_their_parts_to_themselves() {
    for (kind, sent, wanted, parts) in rows().into_iter().filter(|(_, _, wanted, _)| !wanted.starts_with('!')) {
        let name = format!("p_{kind}");
        let lead = read(&json!({ &name: sent })).expect("it is read");
        let whole = (wanted != "nothing").then_some(wanted);
        assert_eq!(posted(&lead, &name), whole, "{kind} {sent}");
        assert!(lead.value(&name).is_none() && lead.open(&name).is_none(), "{kind}");
        let ping = lead.ping_view(meta());
        assert!(ping.get(&name).is_none(), "{kind} is in the ping");
        for (part, wanted) in parts.iter().flatten() {
            let path = format!("{name}.{part}");
            let shared = Part::named(part).expect("a part").shared();
            let wanted = wanted.as_str().map(str::to_owned);
            // Of a mailbox of one's own the domain is nobody's business.
            let told = if path == "p_email.domain" && wanted.as_deref() == Some("example.com") {
                Some("other".to_owned())
            } else {
                wanted.clone()
            };
            assert_eq!(text(lead.open(&path)), told.clone().filter(|_| shared), "{path} for filters");
            assert_eq!(text(ping.get(&path)), told.filter(|_| shared), "{path} in the ping");
            if part != "age" && path != "p_email.domain" {
                assert_eq!(posted(&lead, &path), wanted, "{path} in the post");
            }
        }
    }
}

/// What is not personal and closed is in the ping as it is; kinds that can hold free text never are.
#[test]
fn only_closed_kinds_are_in_a_ping() {
    let mut closed = 0;
    for (name, sent, wanted, _) in rows().into_iter().filter(|(_, _, wanted, _)| !wanted.starts_with('!')) {
        let lead = read(&json!({ &name: sent })).expect("it is read");
        let kind = schema().field(&name).map(|field| field.kind.can_ping()).expect("a field");
        let told = text(lead.ping_view(meta()).get(&name));
        assert_eq!(told, kind.then_some(wanted).filter(|wanted| wanted != "nothing"), "{name} {sent}");
        closed += usize::from(kind);
    }
    assert!(closed > 150, "{closed}");
}

#[test]
fn a_lead_comes_back_from_the_store_with_its_parts() {
    let lead = read(&json!({
        "p_phone": "(313) 555-0142", "p_email": "dana@gmail.com", "p_date": "1984-05-31", "p_zip": "48226", "range": "10k-20k",
        "p_band": "good", "p_range": "under 500", "p_decimal": "3.25", "p_money": "$10k", "p_year_month": "2021-05", "date": "2026-04-01",
        "drivers": [{ "gender": "male", "birth_date": "2000-01-31", "first_name": "Sam" }],
    }))
    .expect("sound");
    let open = lead.open_json();
    for personal in ["555-0142", "gmail.com\",\"raw", "1984-05-31", "48226", "Sam", "2000-01-31"] {
        assert!(!open.contains(personal) || personal.starts_with("gmail"), "{personal} is in the open part: {open}");
    }
    let stored: Value = serde_json::from_str(&open).unwrap();
    assert_eq!(stored["p_phone.area"], json!({ "value": "313", "raw": "313", "part": true }));
    assert_eq!(stored["p_date.age"]["value"], 41);
    assert_eq!(stored["drivers[0].birth_date.age"]["value"], 26);
    assert_eq!(stored["drivers"]["value"], 1);
    let sealed = lead.seal_with(<[u8]>::to_vec);
    let back = Opened::by(Recovery::owned_by(ProcessId::from_bits(1)), &sealed).expect("it opens");
    let back = Lead::restore(&schema(), &open, back, lead.tracking().clone()).expect("it is read");
    assert_eq!(back.open_json(), open);
    assert_eq!(back.seal_with(<[u8]>::to_vec), sealed);
    // As filters see a lead whose person stays sealed.
    let names: Vec<_> = lead.mask().into_iter().map(|(name, _)| name).collect();
    let outline = Lead::outline(&schema(), &open, &names).expect("it is read");
    for path in ["p_phone.area", "p_date.age", "p_email.domain", "range.mid", "date.age", "drivers[0].birth_date.age"] {
        assert!(lead.open(path).is_some() && text(outline.open(path)) == text(lead.open(path)), "{path}");
    }
}

#[test]
fn lists_come_in_every_shape_and_are_the_same() {
    let two = json!([{ "gender": "Male", "birth_date": "1984-05-31", "licensed": "y" }, { "gender": "female", "first_name": "Lee" }]);
    let form = form_to_json(
        b"drivers[0][gender]=male&drivers[0].birth_date=05%2F31%2F1984&drivers[0][licensed]=1&drivers[1][gender]=female&drivers[1][first_name]=Lee",
    );
    let flat = json!({
        "drivers[0].gender": "male", "drivers[0].birth_date": "1984-05-31", "drivers[0].licensed": true,
        "drivers.1.gender": "female", "drivers[1].first_name": "Lee",
    });
    let counted = json!({
        "drivers_1_gender": "male", "drivers_1_birth_date": "1984-05-31", "drivers_1_licensed": "Yes",
        "drivers_2_gender": "female", "drivers_2_first_name": "Lee",
    });
    let blank = json!({ "drivers": [two[0], { "gender": "" }, two[1], null] });
    for sent in [json!({ "drivers": two }), form.expect("a form"), flat, counted, blank] {
        let lead = read(&sent).unwrap_or_else(|faults| panic!("{sent}: {faults:?}"));
        assert_eq!(lead.records("drivers"), 2, "{sent}");
        let open = |path: &str| text(lead.open(path));
        assert_eq!(open("drivers.count").as_deref(), Some("2"));
        assert_eq!(open("drivers[0].gender").as_deref(), Some("male"));
        assert_eq!(open("drivers[0].licensed").as_deref(), Some("yes"));
        assert_eq!(open("drivers[1].gender").as_deref(), Some("female"));
        assert_eq!(open("drivers[0].birth_date"), None, "a member is personal by itself");
        assert_eq!(open("drivers[0].birth_date.age").as_deref(), Some("41"));
        assert_eq!(posted(&lead, "drivers[0].birth_date").as_deref(), Some("1984-05-31"));
        assert_eq!(posted(&lead, "drivers[1].first_name").as_deref(), Some("Lee"));
        let ping = lead.ping_view(meta());
        assert_eq!(text(ping.get("drivers[1].gender")).as_deref(), Some("female"));
        assert!(ping.get("drivers[1].first_name").is_none() && ping.get("drivers[0].birth_date").is_none());
        let prints = lead.prints(&[PrintKind::Phone, PrintKind::Email, PrintKind::Address], &[1; 32]);
        assert_eq!(prints, [], "whoever is in a list is not the person");
    }
    let one = read(&json!({ "vehicles": { "year": 2019, "make": "Honda" } })).expect("one record alone");
    assert_eq!(text(one.open("vehicles[0].year")).as_deref(), Some("2019"));
    assert!(one.ping_view(meta()).get("vehicles").is_none(), "how many there are is as internal as the list");
}

#[test]
fn faults_of_a_list_name_record_and_member() {
    let told = |fields: Value| {
        let faults = read(&fields).map(|_| ()).expect_err("it does not fit");
        faults.into_iter().map(|fault| format!("{} {}", fault.field, fault.code)).collect::<Vec<_>>()
    };
    assert_eq!(told(json!({ "drivers": "two" })), ["drivers not_a_list"]);
    assert_eq!(told(json!({ "drivers": [1] })), ["drivers not_a_list"]);
    assert_eq!(
        told(json!({ "drivers": [{ "gender": "x" }, { "licensed": "maybe" }] })),
        ["drivers[0].gender not_allowed", "drivers[1].gender missing", "drivers[1].licensed not_a_boolean"]
    );
    let five: Vec<_> = (0..5).map(|_| json!({ "gender": "male" })).collect();
    assert_eq!(told(json!({ "drivers": five })), ["drivers too_many"]);
    let unknown =
        read(&json!({ "drivers": [{ "gender": "male", "shoe_size": 44 }] })).expect("what nobody knows is kept");
    let opened = Opened::by(Viewing::recorded(EventId::from_bits(1)), &unknown.seal_with(<[u8]>::to_vec)).unwrap();
    assert!(opened.values().contains(&("drivers[0].shoe_size".into(), "44".into())));
    // An affiliate's ping has nobody's name in it, not in a list either.
    let body = json!({ "fields": { "drivers": [{ "gender": "male", "first_name": "Sam" }], "p_phone": "3135550142" } });
    let faults = read_ping(&schema(), read_submission(body).unwrap(), NOON).map(|_| ()).expect_err("personal");
    let named: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(named, [("p_phone", "personal_field_in_ping"), ("drivers[0].first_name", "personal_field_in_ping"),]);
}

#[test]
fn a_ping_and_the_lead_that_follows_it_have_the_same_open_part() {
    let body = |more: Value| {
        let mut fields = json!({ "zip": "48226", "drivers": [{ "gender": "male" }] });
        fields.as_object_mut().unwrap().extend(more.as_object().cloned().unwrap());
        read_submission(json!({ "fields": fields })).unwrap()
    };
    let ping = read_ping(&schema(), body(json!({})), NOON).expect("sound");
    let lead = read_lead(&schema(), body(json!({ "p_phone": "(313) 555-0142", "p_date": "1984-05-31" })), NOON)
        .expect("sound");
    assert_eq!(ping.open_hash(), lead.open_hash());
}

#[test]
fn schemas_that_cannot_work_name_every_fault() {
    let band = |name: &str, from, to| Band { name: name.into(), from, to };
    let list = |members| FieldKind::List { max: 2, members };
    let text = FieldKind::Text { max: 9 };
    let seen = Visibility::Pingable;
    for (kind, name, visibility, wanted) in [
        (FieldKind::Date, "birth_date", seen, "a date of birth is personal"),
        (FieldKind::Date, "dob", seen, "a date of birth is personal"),
        (FieldKind::Address, "street", seen, "cannot be sent in a ping"),
        (FieldKind::UserAgent, "browser", seen, "cannot be sent in a ping"),
        (FieldKind::PhoneInternational, "mobile", seen, "cannot be sent in a ping"),
        (FieldKind::Money { min: 2, max: 1 }, "loan", seen, "no number fits"),
        (FieldKind::Decimal { min: 0, max: 1, places: 7 }, "rate", seen, "at most 6 decimals"),
        (FieldKind::Band { bands: vec![] }, "credit", seen, "no bands"),
        (
            FieldKind::Band { bands: vec![band("a", None, Some(5)), band("b", Some(5), None)] },
            "credit",
            seen,
            "overlap",
        ),
        (list(vec![]), "drivers", seen, "needs members"),
        (
            list(vec![field("name", text.clone(), seen)]),
            "drivers",
            seen,
            "list drivers, field name: a text cannot be sent",
        ),
        (list(vec![field("count", FieldKind::Boolean, seen)]), "drivers", seen, "cannot be a member's name"),
        (
            list(vec![field("x", list(vec![field("y", text, seen)]), seen)]),
            "drivers",
            seen,
            "a list cannot be in a list",
        ),
        (list(vec![field("x", FieldKind::Zip, seen)]), "drivers", Visibility::Personal, "its members are"),
    ] {
        let mut broken = every_kind();
        broken.fields = vec![field(name, kind, visibility)];
        let faults = Schema::new(&broken).map(|_| ()).expect_err(wanted);
        assert!(faults.iter().any(|fault| fault.contains(wanted)), "{wanted}: {faults:?}");
    }
}

/// What somebody might type: any text, and the signs that numbers, dates and addresses are made of.
fn typed() -> impl Strategy<Value = String> {
    prop_oneof![
        "\\PC{0,40}",
        "[-+$,.0-9kKmM ]{0,16}",
        "(under|over|between|up to|from|)[ _]?[0-9]{1,5}[k+]?( (to|and|-) |-)?[0-9]{0,5}k?",
        "[0-9]{1,4}[-/ ](May|[0-9]{1,2})[-/ ][0-9]{1,4}",
        "[+(0-9][0-9() .-]{6,18}",
        "[A-Z][0-9][A-Z][ -]?[0-9][A-Z][0-9]",
        "[a-z.]{1,9}@[a-z.-]{1,12}",
    ]
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 300, ..ProptestConfig::default() })]

    /// Whatever is sent, no kind ends badly; and what a kind makes of it is read as itself.
    #[test]
    fn what_is_read_is_read_again_as_the_same(sent in typed()) {
        let schema = schema();
        for field in schema.fields().filter(|field| !matches!(field.kind, FieldKind::List { .. })) {
            let name = field.name.as_str();
            let Ok(lead) = read(&json!({ name: sent })) else { continue };
            let Some(value) = lead.value(name).map(exchange::lead::Value::text) else { continue };
            let again = read(&json!({ name: value })).map(|lead| lead.value(name).map(exchange::lead::Value::text));
            prop_assert_eq!(again.as_ref().ok().cloned().flatten(), Some(value), "{} {}", name, sent);
        }
    }
}
