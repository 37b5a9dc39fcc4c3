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
            PingReading::Bid { price, token, .. } => format!("bid {price} {}", show(token)),
            PingReading::NoBid { reason, .. } => format!("no_bid {}", show(reason)),
            PingReading::Invalid { .. } => "invalid".to_owned(),
        },
        _ => match prepared.read_post(case.status, kind, body.as_bytes()) {
            PostReading::Accepted { price, reference, redirect, .. } => {
                format!("accepted {} {} {}", show(price), show(reference), show(redirect))
            }
            PostReading::Rejected { reason, .. } => format!("rejected {reason}"),
            PostReading::Pending { reference } => format!("pending {}", show(reference)),
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
    assert!(count >= 75, "only {count} answers were found");
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

fn call(extra: &Value) -> Result<Prepared, Vec<String>> {
    let mut call = json!({
        "url": "https://buyer.example/x", "rows": [], "timeout_ms": 500,
        "response": {"accept": {"path": "ok"}, "reject": {"path": "no"}, "price": "p", "reference": "id", "redirect": "to"},
    });
    for (name, value) in extra.as_object().expect("members") {
        call[name] = value.clone();
    }
    Prepared::new(&serde_json::from_value(call).expect("a call"))
}

/// A token or an address with its end cut off would be sent on as another token, another address.
#[test]
fn tokens_and_redirects_are_whole_or_not_there() {
    let prepared = call(&json!({})).expect("a sound call");
    let read = |token: usize, path: usize| {
        let to = format!("https://buyer.example/{}", "r".repeat(path));
        let body = json!({"ok": 1, "p": 2, "id": "t".repeat(token), "to": to}).to_string();
        let PingReading::Bid { token, .. } = prepared.read_ping(200, None, body.as_bytes()) else { panic!("a bid") };
        let PostReading::Accepted { redirect, .. } = prepared.read_post(200, None, body.as_bytes()) else {
            panic!("accepted")
        };
        (token.map(|token| token.len()), redirect.map(|to| to.len()))
    };
    assert_eq!(read(3000, 1900), (Some(3000), Some(1922)));
    assert_eq!(read(5000, 3000), (None, None));
}

#[test]
fn signs_that_can_never_be_told_apart_are_faults() {
    let rules = |accept: Value, reject: Value| call(&json!({"response": {"accept": accept, "reject": reject}}));
    let at = |path: &str, values: &[&str]| json!({"path": path, "values": values});
    assert!(rules(at("s", &["yes"]), at("s", &["no"])).is_ok());
    assert!(rules(at("s", &[]), at("t", &[])).is_ok());
    for (accept, reject) in [
        (at("s", &["yes", "ok"]), at("s", &["OK"])),
        (at("s", &[]), at("s", &["no"])),
        (at("s", &["yes"]), at("s", &[])),
        (at("", &[]), at("s", &["no"])),
        (at("s", &["yes"]), at("a..b", &[])),
    ] {
        assert_eq!(rules(accept.clone(), reject.clone()).err().map(|f| f.len()), Some(1), "{accept} {reject}");
    }
}

/// Credentials stand in headers, and with some buyers in the address.
#[test]
fn no_credential_is_told() {
    let secret = "s3cr3t-value";
    let headers = json!([{"name": "X-Key", "value": secret}]);
    let sound = call(&json!({"url": format!("https://buyer.example/{secret}?key={secret}"), "headers": headers}));
    let shown = format!("{:?}", sound.expect("a sound call"));
    assert!(shown.contains("buyer.example") && !shown.contains(secret), "{shown}");
    for url in [format!("ftp://buyer.example/?key={secret}"), format!("https://me:{secret}@buyer.example/")] {
        let faults = call(&json!({"url": url})).expect_err("a fault");
        assert!(faults.len() == 1 && !faults[0].contains(secret), "{faults:?}");
    }
}

#[test]
fn a_prepared_call_is_shared_between_tasks() {
    const fn shared<T: Send + Sync + Clone>() {}
    shared::<Prepared>();
    let one = call(&json!({})).expect("a sound call");
    assert!(std::ptr::eq(one.url(), one.clone().url()), "a clone is another handle, not another copy");
}
