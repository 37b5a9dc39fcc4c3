//! Bodies as data: `bodies.json`, each a mapping with the bytes it makes of one lead.

mod common;

use common::{lead, meta, pinged, posted};
use connectors::Prepared;
use model::{
    Micros,
    mapping::{BodyFormat, Call, Row},
};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(default)]
    format: BodyFormat,
    rows: Vec<Row>,
    ping: String,
    #[serde(default)]
    post: Option<String>,
}

fn body() -> Value {
    json!({
        "campaign": "auto",
        "fields": {
            "zip": "48226", "state": "MI", "age": 41, "insured": true, "carrier": "geico", "note": "a & b = 100%",
            "first_name": "Dana \"D\" Réyes", "phone": "(313) 555-0142",
        },
        "consent": { "text": "Yes,\nI agree", "granted_at": "2026-05-07T19:04:11Z" },
        "certificates": { "trustedform": "https://cert.example/abc" },
    })
}

#[test]
fn every_body_is_written_as_told() {
    let cases: Vec<Case> = serde_json::from_str(include_str!("bodies.json")).expect("the examples are sound");
    let (lead, id) = (lead(body()), meta().lead_id.to_string());
    assert!(cases.len() >= 10, "only {} bodies were found", cases.len());
    for case in cases {
        let mut call: Call = serde_json::from_value(json!({
            "url": "https://buyer.example/x", "rows": [], "timeout_ms": 500,
            "response": {"accept": {"path": "ok"}, "reject": {"path": "no"}},
        }))
        .expect("a call");
        (call.format, call.rows) = (case.format, case.rows);
        let prepared = Prepared::new(&call).expect("a sound call");
        assert_eq!(pinged(&prepared, &lead).replace(&id, "LEAD"), case.ping, "ping: {}", case.name);
        if let Some(wanted) = case.post {
            let post = posted(&prepared, &lead, Micros::cents(1250), Some("tok/+1"));
            assert_eq!(post.replace(&id, "LEAD"), wanted, "post: {}", case.name);
        }
        if case.format == BodyFormat::Json {
            let parsed: Result<Value, _> = serde_json::from_str(&pinged(&prepared, &lead));
            assert!(parsed.is_ok_and(|body| body.is_object()), "{}", case.name);
        }
    }
}
