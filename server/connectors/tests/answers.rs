//! Answers as data: `answers.json`, each a set of rules and what buyers wrote, with how it must be read.

use connectors::{PingReading, PostReading, Prepared};
use model::mapping::{Call, ResponseRules};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
struct Group {
    name: String,
    rules: ResponseRules,
    answers: Vec<Case>,
}

#[derive(Deserialize)]
struct Case {
    phase: String,
    #[serde(default = "ok")]
    status: u16,
    #[serde(default)]
    kind: Option<String>,
    /// JSON, or text when it is a string.
    body: Value,
    /// `bid 7.25 TOKEN`, `no_bid REASON`, `invalid`, `accepted PRICE REFERENCE REDIRECT` (`-` for none), `rejected REASON`,
    /// `unclear`.
    reads: String,
}

const fn ok() -> u16 {
    200
}

fn show<T: std::fmt::Display>(value: Option<T>) -> String {
    value.map_or_else(|| "-".to_owned(), |value| value.to_string())
}

fn reading(prepared: &Prepared, case: &Case) -> String {
    let body = match &case.body {
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let kind = case.kind.as_deref();
    match case.phase.as_str() {
        "ping" => match prepared.read_ping(case.status, kind, body.as_bytes()) {
            PingReading::Bid { price, token } => format!("bid {price} {}", show(token)),
            PingReading::NoBid { reason, .. } => format!("no_bid {}", show(reason)),
            PingReading::Invalid { .. } => "invalid".to_owned(),
        },
        _ => match prepared.read_post(case.status, kind, body.as_bytes()) {
            PostReading::Accepted { price, reference, redirect } => {
                format!("accepted {} {} {}", show(price), show(reference), show(redirect))
            }
            PostReading::Rejected { reason, .. } => format!("rejected {reason}"),
            PostReading::Unclear { .. } => "unclear".to_owned(),
        },
    }
}

#[test]
fn every_answer_is_read_as_written() {
    let groups: Vec<Group> = serde_json::from_str(include_str!("answers.json")).expect("the examples are sound");
    let mut count = 0;
    for group in &groups {
        let call: Call = serde_json::from_value(json!({
            "url": "https://buyer.example/x", "rows": [], "timeout_ms": 500,
            "response": serde_json::to_value(&group.rules).expect("rules"),
        }))
        .expect("a call");
        let prepared = Prepared::new(&call).expect("a sound call");
        for case in &group.answers {
            count += 1;
            assert_eq!(reading(&prepared, case), case.reads, "{}: {} {}", group.name, case.phase, case.body);
        }
    }
    assert!(count >= 45, "only {count} answers were found");
}

#[test]
fn a_call_that_cannot_work_names_every_fault() {
    let call: Call = serde_json::from_value(json!({
        "url": "ftp://user:secret@buyer.example", "timeout_ms": 0,
        "headers": [{"name": "bad name", "value": "x"}, {"name": "Host", "value": "x"}, {"name": "X", "value": "a\nb"}],
        "rows": [
            {"to": "a", "from": {"constant": "1"}}, {"to": "a", "from": {"constant": "2"}},
            {"to": "a.b", "from": {"constant": "3"}}, {"to": "c..d", "from": {"constant": "4"}},
        ],
        "response": {"accept": {"path": "ok"}, "reject": {"path": "no"}},
    }))
    .expect("a call");
    let faults = Prepared::new(&call).expect_err("it cannot work");
    assert_eq!(faults.len(), 8, "{faults:#?}");
    assert!(!faults.join(" ").contains("a\nb"), "no value of a header is told");
}
