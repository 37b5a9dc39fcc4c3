//! Field readings as data (`readings.json`: field, what was sent, the normalised value or `!code`), and what holds for a
//! lead as a whole.

mod common;

use common::{NOON, campaign, read, schema};
use exchange::lead::{
    Lead, LeadMeta, Opened, Recovery, Rehearsal, Schema, Sent, Viewing, form_to_json, read_lead, read_submission,
};
use model::{EventId, LeadId, Micros, ProcessId, campaign::PrintKind, field::Visibility};
use serde_json::{Value, json};

fn body(name: &str, value: &Value) -> Value {
    let mut fields = json!({ "zip": "48226", "first_name": "Dana" });
    fields[name] = value.clone();
    json!({ "campaign": "auto", "fields": fields })
}

#[test]
fn every_value_is_read_as_written() {
    let rows: Vec<(String, Value, String)> = serde_json::from_str(include_str!("readings.json")).expect("a table");
    assert!(rows.len() >= 80, "only {} readings", rows.len());
    for (name, sent, wanted) in rows {
        let found = match read(body(&name, &sent)) {
            Ok(lead) => lead.value(&name).map_or_else(|| "nothing".into(), exchange::lead::Value::text),
            Err(faults) => {
                assert_eq!(faults.len(), 1, "{name} {sent}: {faults:?}");
                assert_eq!(faults[0].field, name);
                assert!(faults[0].message.ends_with('.'), "{}", faults[0].message);
                format!("!{}", faults[0].code)
            }
        };
        assert_eq!(found, wanted, "{name} {sent}");
    }
}

/// Personal values are read alike; they can be seen only with a proof.
#[test]
fn personal_values_are_normalised() {
    for (name, sent, wanted) in [
        ("phone", "(313) 555-0142", "+13135550142"),
        ("phone", "+1 313.555.0142", "+13135550142"),
        ("phone", "1-313-555-0142", "+13135550142"),
        ("email", " Dana.R+x@Example.COM ", "Dana.R+x@example.com"),
        ("first_name", "  Dana ", "Dana"),
    ] {
        let values = opened(&read(body(name, &sent.into())).expect("it is read"));
        assert!(values.contains(&(name.to_owned(), wanted.to_owned())), "{sent}: {values:?}");
    }
    for (name, sent) in [
        ("phone", "555-0142"),
        ("phone", "113 555 0142"),
        ("phone", "313 155 0142"),
        ("phone", "911 555 0142"),
        ("phone", "313-911-0142"),
        ("phone", "+44 20 7946 0958"),
        ("phone", "31355501422"),
        ("phone", "call me"),
        ("phone", "+2 313 555 0142"),
        ("email", "dana"),
        ("email", "dana@"),
        ("email", "@example.com"),
        ("email", "dana@example"),
        ("email", "da na@example.com"),
        ("email", "dana..r@example.com"),
        ("email", "dana@-x.com"),
        ("email", "dana@example.c"),
        ("email", "dana@127.0.0.1"),
        ("email", "a@b@c.com,"),
    ] {
        let faults = read(body(name, &sent.into())).map(|_| ()).expect_err(sent);
        assert_eq!(faults[0].code, format!("not_a{}_{name}", if name == "email" { "n" } else { "" }), "{sent}");
    }
}

fn opened(lead: &Lead) -> Vec<(String, String)> {
    let bytes = lead.seal_with(<[u8]>::to_vec);
    Opened::by(Viewing::recorded(EventId::from_bits(1)), &bytes).expect("it opens").values()
}

#[test]
fn every_bad_field_is_in_one_answer() {
    let faults = read(json!({
        "fields": { "zip": "x", "age": "old", "state": "ZZ", "insured": "maybe", "phone": "1", "email": "no" }
    }));
    let faults = faults.map(|_| ()).expect_err("nothing fits");
    let named: Vec<_> = faults.iter().map(|fault| (fault.field.as_str(), fault.code.as_str())).collect();
    assert_eq!(
        named,
        [
            ("zip", "not_a_zip"),
            ("state", "not_a_state"),
            ("age", "not_an_integer"),
            ("insured", "not_a_boolean"),
            ("first_name", "missing"),
            ("email", "not_an_email"),
            ("phone", "not_a_phone"),
        ]
    );
}

#[test]
fn nested_flat_and_form_bodies_are_the_same_lead() {
    let nested = json!({
        "campaign": "auto", "external_id": "e1", "source": { "sub1": "fb", "click_id": "c" },
        "fields": { "zip": "48226", "first_name": "Dana", "unknown": "kept" },
        "certificates": { "trustedform": "https://cert.trustedform.com/abc" },
    });
    let flat = json!({
        "campaign": "auto", "external_id": "e1", "sub1": "fb", "click_id": "c", "zip": "48226", "first_name": "Dana",
        "unknown": "kept", "xxTrustedFormCertUrl": "https://cert.trustedform.com/abc",
    });
    let form = b"campaign=auto&external_id=e1&source[sub1]=fb&click_id=c&fields.zip=48226&first_name=Dana&unknown=kept&trustedform=https%3A%2F%2Fcert.trustedform.com%2Fabc";
    for body in [nested, flat, form_to_json(form).expect("a form")] {
        let submission = read_submission(body).expect("sound");
        assert_eq!((submission.campaign.as_deref(), submission.external_id.as_deref()), (Some("auto"), Some("e1")));
        assert_eq!(submission.tracking.sub1.as_deref(), Some("fb"));
        let lead = read_lead(&schema(), submission, NOON).expect("sound");
        assert!(lead.has_trustedform() && lead.has_certificate() && !lead.has_jornaya());
        assert_eq!(lead.tracking().click_id.as_deref(), Some("c"));
        assert!(opened(&lead).contains(&("unknown".into(), "kept".into())), "what nobody knows is kept sealed");
        assert!(lead.value("unknown").is_none());
    }
}

#[test]
fn bodies_that_are_too_much_are_refused() {
    let code = |body: Value| read_submission(body).map(|_| ()).expect_err("too much").remove(0).code;
    assert_eq!(code(json!([])), "not_an_object");
    assert_eq!(code(json!({ "x": "a".repeat(4001) })), "too_long");
    assert_eq!(
        code((0..301).map(|n| (n.to_string(), json!(n))).collect::<serde_json::Map<_, _>>().into()),
        "too_many_members"
    );
    assert_eq!(code((0..9).fold(json!(1), |inner, _| json!({ "x": inner }))), "too_deep");
    assert_eq!(code(json!({ "external_id": "x".repeat(201) })), "too_long");
    assert_eq!(code(json!({ "source": { "sub9": "x" } })), "unknown_label");
    assert_eq!(code(json!({ "source": "x" })), "not_an_object");
    assert_eq!(code(json!({ "certificates": { "jornaya": "short" } })), "not_a_certificate");
    assert_eq!(code(json!({ "trustedform": "http://cert.trustedform.com/x" })), "not_a_certificate");
}

#[test]
fn consent_is_asked_for_when_the_campaign_wants_it() {
    let mut wanting = campaign();
    wanting.consent_required = true;
    let schema = Schema::new(&wanting).expect("sound");
    let read = |consent: Value| {
        let submission =
            read_submission(json!({ "zip": "48226", "first_name": "D", "consent": consent })).expect("sound");
        read_lead(&schema, submission, NOON)
            .map(|_| ())
            .map_err(|faults| format!("{} {}", faults[0].field, faults[0].code))
    };
    assert_eq!(read(json!(null)), Err("consent missing".into()));
    assert_eq!(read(json!({ "text": "I agree", "granted_at": "2026-05-07T15:59:00Z" })), Ok(()));
    assert_eq!(
        read(json!({ "text": "I agree", "granted_at": "yesterday" })),
        Err("consent.granted_at not_a_time".into())
    );
    assert_eq!(read(json!({ "granted_at": "2026-05-07T16:06:00Z" })), Err("consent.granted_at in_the_future".into()));
    assert_eq!(read(json!({ "granted_at": "2026-05-07T16:04:00Z" })), Ok(()), "clocks differ");
}

#[test]
fn a_lead_comes_back_from_the_store_whole() {
    let lead = read(json!({
        "zip": "48226", "state": "Michigan", "age": "41", "insured": "y", "carrier": "other", "first_name": "Dana",
        "phone": "(313) 555-0142", "email": "dana@example.com", "sub1": "fb", "jornaya": "0a1b2c3d-0a1b-0a1b-0a1b-0a1b2c3d4e5f",
    }))
    .expect("sound");
    let (open, sealed) = (lead.open_json(), lead.seal_with(<[u8]>::to_vec));
    let back = Opened::by(Recovery::owned_by(ProcessId::from_bits(1)), &sealed).expect("it opens");
    let back = Lead::restore(&schema(), &open, back, lead.tracking().clone()).expect("it is read");
    assert_eq!(back.open_json(), open);
    assert_eq!(opened(&back), opened(&lead));
    let key = [7; 32];
    assert_eq!(
        back.prints(&[PrintKind::Phone, PrintKind::Email], &key),
        lead.prints(&[PrintKind::Phone, PrintKind::Email], &key)
    );
    assert!(back.has_jornaya());
    assert!(Opened::by(Recovery::owned_by(ProcessId::from_bits(1)), b"nonsense").is_err());
}

#[test]
fn prints_tell_people_apart_and_nothing_else() {
    let lead = |phone: &str, email: &str| {
        read(json!({ "zip": "48226", "first_name": "D", "phone": phone, "email": email })).unwrap()
    };
    let both = [PrintKind::Phone, PrintKind::Email];
    let one = lead("(313) 555-0142", "Dana@example.com").prints(&both, &[1; 32]);
    assert_eq!(one.len(), 2);
    assert_eq!(one, lead("+13135550142", "dana@EXAMPLE.com").prints(&both, &[1; 32]), "the same person");
    assert_ne!(one, lead("(313) 555-0142", "Dana@example.com").prints(&both, &[2; 32]), "another tenant");
    assert_eq!(lead("", "").prints(&both, &[1; 32]), [], "empty values never match");
    let phone = lead("(313) 555-0142", "other@example.com").prints(&[PrintKind::Phone], &[1; 32]);
    assert_eq!(phone.len(), 1);
    assert!(one.contains(&phone[0]) && !phone[0].as_str().contains("3135550142"));
}

#[test]
fn a_buyers_words_lose_every_personal_value() {
    let lead = read(json!({
        "zip": "48226", "first_name": "Dana", "phone": "(313) 555-0142", "email": "dana@example.com", "extra": "Secret Cove",
    }))
    .expect("sound");
    for said in [
        "Duplicate: DANA@EXAMPLE.COM",
        "phone 3135550142 known",
        "phone +13135550142",
        "call (313) 555-0142",
        "313-555-0142 is known",
        "Dana was here",
        "lives in secret cove",
    ] {
        let told = lead.redact(said);
        assert!(told.contains("•••"), "{told}");
        for value in ["dana", "3135550142", "555-0142", "secret cove"] {
            assert!(!told.to_lowercase().contains(value), "{told}");
        }
    }
    assert_eq!(lead.redact("zip 48226 not covered"), "zip 48226 not covered");
    assert_eq!(lead.redact(&"x".repeat(1000)).len(), 300);
}

#[test]
fn a_schema_that_cannot_work_names_every_fault() {
    let mut broken = campaign();
    broken.fields[5].visibility = Visibility::Pingable;
    broken.fields[1].name = "zip".into();
    broken.fields[6].name = "Since When".into();
    let faults = Schema::new(&broken).map(|_| ()).expect_err("it cannot work");
    assert_eq!(faults.len(), 3, "{faults:?}");
}

#[test]
fn nobody_is_in_a_rehearsal_that_was_not_opened() {
    let mut wanted = campaign();
    for field in &mut wanted.fields {
        if let "email" | "phone" | "zip" = field.name.as_str() {
            let example = match field.name.as_str() {
                "email" => "sample@example.com",
                "zip" => "48226",
                _ => "no number",
            };
            example.clone_into(&mut field.example);
        }
    }
    let schema = Schema::new(&wanted).expect("sound");
    // A stored part with something personal that does not belong there.
    let open = r#"{"zip":{"value":"10001","raw":"10001"},"email":{"value":"a@b.example","raw":"a@b.example"}}"#;
    let lead = Rehearsal::invented(&schema, NOON).with_open(open).expect("as it is stored");
    let meta = LeadMeta { lead_id: LeadId::from_bits(1), campaign: "auto".into(), test: false };
    let view = lead.post_view(&meta, Micros::units(10));
    assert!(view.get("zip") == Some(Sent::Text("10001")));
    assert!(view.get("email") == Some(Sent::Text("sample@example.com")));
    assert!(view.get("phone").is_none(), "an example that its own field refuses is none");
}
