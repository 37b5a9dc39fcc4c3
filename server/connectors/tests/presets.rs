//! Every preset as data: it fills, it compiles, its examples are read as they say, and its pings carry nobody's name.

mod common;

use common::{award, lead, meta};
use connectors::{PingReading, PostReading, Prepared, presets};
use model::{
    Micros,
    mapping::{Carried, Delivery},
};
use serde_json::json;
use std::collections::BTreeMap;

fn filled(preset: &connectors::Preset) -> Delivery {
    let values: BTreeMap<_, _> = preset
        .placeholders
        .iter()
        .filter(|placeholder| placeholder.default.is_none())
        .map(|placeholder| {
            let address = placeholder.name == "BASE" || placeholder.name == "URL";
            let value = match placeholder.name.as_str() {
                "TO" => "leads@buyer.example",
                _ if address => "https://buyer.example",
                _ => "s3cret-7",
            };
            (placeholder.name.clone(), value.to_owned())
        })
        .collect();
    preset.fill(&values).unwrap_or_else(|faults| panic!("{}: {faults:?}", preset.id))
}

fn show<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn reading(call: &Prepared, example: &connectors::Example) -> String {
    let (status, kind, body) = (example.status, example.kind.as_deref(), example.body.as_bytes());
    if example.phase == "ping" {
        return match call.read_ping(status, kind, body) {
            PingReading::Bid { price, token, carried, good_for_ms } => {
                let mut text = format!("bid {price} {}", show(token));
                if let (Some(ms), true) = (good_for_ms, example.reads.contains(" for ")) {
                    text.push_str(&format!(" for {ms}"));
                }
                for (name, values) in carried {
                    text.push_str(&format!(" carrying {name}={}", values.join(",")));
                }
                text
            }
            PingReading::NoBid { reason, .. } => format!("no_bid {}", show(reason)),
            PingReading::Invalid { .. } => "invalid".to_owned(),
        };
    }
    match call.read_post(status, kind, body) {
        PostReading::Accepted { price, reference, redirect, .. } => {
            format!("accepted {} {} {}", show(price), show(reference), show(redirect))
        }
        PostReading::Rejected { reason, .. } => format!("rejected {reason}"),
        PostReading::Pending { reference } => format!("pending {}", show(reference)),
        PostReading::Unclear { .. } => "unclear".to_owned(),
    }
}

#[test]
fn every_preset_reads_its_examples() {
    assert_eq!(presets().len(), 15, "a file that cannot be read is left out");
    for preset in presets() {
        let delivery = filled(preset);
        let prepare = |call| Prepared::new(call).unwrap_or_else(|faults| panic!("{}: {faults:?}", preset.id));
        let (ping, post) = (delivery.ping.as_ref().map(prepare), prepare(&delivery.post));
        for example in preset.examples.iter().filter(|example| !example.silent) {
            let call = if example.phase == "ping" { ping.as_ref().expect("a ping") } else { &post };
            assert_eq!(reading(call, example), example.reads, "{}: {} {}", preset.id, example.phase, example.name);
        }
        let has = |wanted: &dyn Fn(&connectors::Example) -> bool| preset.examples.iter().any(wanted);
        assert!(has(&|e| e.reads.starts_with("accepted")), "{}: accepting", preset.id);
        assert!(has(&|e| e.reads.starts_with("rejected")), "{}: rejecting", preset.id);
        // A mail server knows nothing of people that came before.
        assert!(preset.id == "email" || has(&|e| e.reads == "rejected duplicate"), "{}: duplicate", preset.id);
        assert!(has(&|e| e.reads == "unclear" && !e.silent), "{}: malformed", preset.id);
        assert!(has(&|e| e.silent && e.phase == "post"), "{}: timeout", preset.id);
    }
}

#[test]
fn what_is_not_filled_in_is_named() {
    for preset in presets() {
        let wanted: Vec<_> = preset.placeholders.iter().filter(|placeholder| placeholder.default.is_none()).collect();
        let faults = preset.fill(&BTreeMap::new()).expect_err("nothing is filled in");
        assert_eq!(faults.len(), wanted.len(), "{}: {faults:?}", preset.id);
        let faults = preset.fill(&[("NOPE".to_owned(), "x".to_owned())].into()).expect_err("an unknown one");
        assert!(faults.iter().any(|fault| fault.field == "values.NOPE" && fault.code == "unknown"));
        assert!(!serde_json::to_string(&filled(preset)).expect("JSON").contains('%'), "{}", preset.id);
    }
}

#[test]
fn a_preset_sends_what_its_platform_wants_and_no_person_in_a_ping() {
    let lead = lead(json!({
        "campaign": "auto",
        "fields": {
            "zip": "01234", "state": "MI", "age": 41, "insured": true, "first_name": "Danaqz", "last_name": "Reyesqz",
            "email": "qz@example.com", "phone": "(313) 555-0142", "address": "1 Qz St", "birth_date": "1984-05-31",
            "ip": "203.0.113.9",
        },
        "consent": { "text": "I agree qz", "granted_at": "2026-05-07T19:04:11Z" },
        "certificates": { "trustedform": "https://cert.example/abcqz", "jornaya": "0A1B2C3D-0A1B-0A1B-0A1B-0A1B2C3D4E5F" },
    }));
    let text = |request: &connectors::Request| {
        let body = String::from_utf8(request.body.clone()).expect("text");
        let form = body.starts_with('{').then(String::new);
        let plain = form.unwrap_or_else(|| {
            url::form_urlencoded::parse(body.as_bytes()).map(|(n, v)| format!("{n}={v}\n")).collect()
        });
        format!("{} {:?} {body} {plain}", request.url, request.headers)
    };
    let (meta, award) = (meta(), award(Micros::cents(1250)));
    for preset in presets() {
        let delivery = filled(preset);
        if let Some(ping) = &delivery.ping {
            let prepared = Prepared::new(ping).expect("sound");
            let sent =
                text(&prepared.ping(&lead.ping_view(common::meta()), Some(&lead.contact_hashes())).expect("sent"));
            assert!(sent.contains("01234"), "{}: a ZIP code keeps its zero: {sent}", preset.id);
            for personal in ["qz", "3135550142", "203.0.113.9", "1984"] {
                assert!(!sent.to_lowercase().contains(personal), "{}: {personal} is in a ping: {sent}", preset.id);
            }
        }
        let prepared = Prepared::new(&delivery.post).expect("sound");
        let carried = Carried {
            token: Some("tok/1?x".into()),
            values: vec![("bid_ids".into(), vec!["b1".into(), "b2".into()])],
            good_until: None,
        };
        let request = prepared.post(&lead.post_view(&meta, &award), &carried).expect("sent");
        let sent = text(&request);
        for wanted in ["Danaqz", "qz@example.com"] {
            assert!(sent.contains(wanted), "{}: {wanted} is not in {sent}", preset.id);
        }
        if delivery.ping.is_some() && preset.id != "leadconduit" {
            assert!(
                sent.contains("tok/1?x") || sent.contains("tok%2F1%3Fx"),
                "{}: the token is not in {sent}",
                preset.id
            );
        }
        assert!(!format!("{request:?} {prepared:?}").contains("qz"));
    }
}
