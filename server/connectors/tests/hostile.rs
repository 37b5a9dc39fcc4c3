//! Answers of buyers that mean harm or know no better: nothing panics, nothing takes long, nothing is taken for a yes.

use connectors::{PingReading, PostReading, Prepared};
use flate2::{Compression, write::GzEncoder};
use model::mapping::Call;
use proptest::prelude::*;
use serde_json::{Value, json};
use std::{io::Write, sync::LazyLock};

fn prepared(response: &Value) -> Prepared {
    let call = json!({ "url": "https://buyer.example/x", "rows": [], "timeout_ms": 500, "response": response });
    Prepared::new(&serde_json::from_value::<Call>(call).expect("a call")).expect("sound")
}

/// Rules that look everywhere.
static GREEDY: LazyLock<Vec<Prepared>> = LazyLock::new(greedy);

fn greedy() -> Vec<Prepared> {
    let mut all = Vec::new();
    for read_as in [None, Some("json"), Some("xml"), Some("form"), Some("lines"), Some("text")] {
        all.push(prepared(&json!({
            "read_as": read_as, "accept": { "path": "*.*.status", "values": ["yes"] },
            "accept_also": [{ "path": "re:y(e)s" }], "reject": { "path": "$body", "pattern": "^(no+)+$" },
            "reject_also": [{ "path": "*.0.x.y", "above": 3 }], "pending": { "path": "later" }, "price": "re:price.?([0-9.,]+)",
            "bids": { "path": "*.bids", "price": "price", "token": "id", "pick": "sum" },
            "reference": "*.id", "carry": [{ "name": "a", "path": "*.*.*" }], "good_for": "ttl", "redirect": "*.url",
            "reason": "*", "reason_also": ["$body"],
            "reasons": [{ "contains": "x", "reason": "other", "path": "*.*" }],
        })));
    }
    all
}

proptest! {
    #![proptest_config(ProptestConfig { cases: 1500, ..ProptestConfig::default() })]

    #[test]
    fn any_bytes_are_read(bytes in proptest::collection::vec(any::<u8>(), 0..600), status in 100_u16..600) {
        for rules in GREEDY.iter() {
            let _ = rules.read_ping(status, Some("text/xml"), &bytes);
            let _ = rules.read_post(status, None, &bytes);
        }
    }

    #[test]
    fn anything_that_looks_like_an_answer_is_read(text in "[<>/a-z!\\[\\]{}\":,&;#x0-9='\\? -]{0,200}", status in 200_u16..500) {
        for rules in GREEDY.iter() {
            let _ = rules.read_ping(status, None, text.as_bytes());
            let _ = rules.read_post(status, Some("application/x-www-form-urlencoded"), text.as_bytes());
        }
    }

    /// A half of a right answer is never a yes.
    #[test]
    fn a_truncated_answer_accepts_nothing(cut in 1_usize..60) {
        let rules = prepared(&json!({ "accept": { "path": "*.status", "values": ["yes"] }, "reject": { "path": "*.status", "values": ["no"] } }));
        for whole in [r#"{"r":{"status":"yes","id":"1","more":[1,2,3,4,5,6,7,8]}}"#, "<r><status>yes</status><id>1</id><more>12345678901234</more></r>"] {
            let bytes = &whole.as_bytes()[..whole.len().saturating_sub(cut)];
            prop_assert!(!matches!(rules.read_post(200, None, bytes), PostReading::Accepted { .. }), "{whole} {cut}");
        }
    }
}

#[test]
fn what_is_large_deep_or_packed_is_refused() {
    let rules = prepared(&json!({
        "accept": { "path": "*.status", "values": ["yes"] }, "reject": { "path": "*.status", "values": ["no"] }, "price": "*.price",
    }));
    let gzip = |bytes: &[u8]| {
        let mut packed = GzEncoder::new(Vec::new(), Compression::best());
        packed.write_all(bytes).expect("packed");
        packed.finish().expect("packed")
    };
    let right = br#"{"r":{"status":"yes","price":1}}"#;
    assert!(matches!(rules.read_ping(200, None, right), PingReading::Bid { .. }));
    assert!(matches!(rules.read_ping(200, None, &gzip(right)), PingReading::Bid { .. }), "gzip that nobody asked for");
    let half = gzip(right);
    let bomb = gzip(&vec![b' '; 64 << 20]);
    assert!(bomb.len() < 256 * 1024);
    let amplifier = format!(
        "<!DOCTYPE r [{}]><r><status>&e9;</status><price>1</price></r>",
        (1..10).map(|n| format!("<!ENTITY e{n} '{}'>", format!("&e{};", n - 1).repeat(10))).collect::<String>()
    );
    let external = "<!DOCTYPE r [<!ENTITY x SYSTEM 'file:///etc/passwd'>]><r><status>&x;</status><price>1</price></r>";
    let hostile: [(&str, Vec<u8>); 14] = [
        ("a bomb", bomb),
        ("gzip cut off", half[..half.len() - 9].to_vec()),
        ("deep JSON", "[".repeat(100_000).into_bytes()),
        ("deep closed JSON", ["[".repeat(50_000), "]".repeat(50_000)].concat().into_bytes()),
        ("deep XML", "<a>".repeat(50_000).into_bytes()),
        ("entities", amplifier.into_bytes()),
        ("an outside entity", external.into()),
        ("twice", br#"{"r":{"status":"no","status":"yes","price":1}}"#.to_vec()),
        ("twice, nested", br#"{"a":[{"x":1,"x":1}],"r":{"status":"yes","price":1}}"#.to_vec()),
        ("two documents", br#"{"r":{"status":"yes","price":1}}{"r":{"status":"no"}}"#.to_vec()),
        ("two roots", b"<r><status>yes</status><price>1</price></r><r><status>no</status></r>".to_vec()),
        ("two elements", b"<r><status>no</status><status>yes</status><price>1</price></r>".to_vec()),
        ("too much", vec![b'{'; 300 * 1024]),
        ("a page", b"<html><r><status>yes</status><price>1</price></r></html>".to_vec()),
    ];
    for (name, body) in hostile {
        let read = rules.read_ping(200, Some("application/json"), &body);
        assert!(!matches!(read, PingReading::Bid { .. }), "{name}: {read:?}");
        assert!(!matches!(rules.read_post(200, None, &body), PostReading::Accepted { .. }), "{name}");
    }
    for price in [
        "-1",
        "\"-1\"",
        "1e9",
        "\"1e3\"",
        "\"NaN\"",
        "\"Infinity\"",
        "\"12,50\"",
        "1e400",
        "\"\"",
        "{}",
        "[]",
        "null",
        "\"null\"",
        "true",
    ] {
        let body = format!(r#"{{"r":{{"status":"yes","price":{price}}}}}"#);
        let read = rules.read_ping(200, None, body.as_bytes());
        let plain = matches!(&read, PingReading::Bid { price, .. } if price.0 == 1_000_000_000_000_000);
        assert!(price == "1e9" && plain || !matches!(read, PingReading::Bid { .. }), "{price}: {read:?}");
    }
}

#[test]
fn answers_beside_the_straight_way_are_read_too() {
    let ping =
        |response: Value, kind: Option<&str>, body: &str| prepared(&response).read_ping(200, kind, body.as_bytes());
    let bid = |read: PingReading| match read {
        PingReading::Bid { price, token, carried, good_for_ms } => (price.to_decimal(), token, carried, good_for_ms),
        other => panic!("{other:?}"),
    };
    let sign = |path: &str, value: &str| json!({ "path": path, "values": [value] });
    // Lines, text, trailing words, a member in another case.
    let lines = json!({ "read_as": "lines", "accept": sign("outcome", "success"), "reject": sign("outcome", "failure"), "price": "price" });
    assert_eq!(bid(ping(lines.clone(), None, "lead_id:7\noutcome:success\nreason:\nprice: $3.50\n")).0, "3.50");
    assert!(matches!(ping(lines, None, "outcome=failure\noutcome=success\nprice=1"), PingReading::Invalid { .. }));
    let text = json!({ "accept": { "path": "$body", "pattern": "^accepted" }, "reject": { "path": "$body", "pattern": "^denied" }, "price": "re:bid=([0-9.]+)", "reference": "re:\\bid=(\\w+)" });
    assert_eq!(bid(ping(text, None, "ACCEPTED bid=4.25 id=x9")), ("4.25".into(), Some("x9".into()), vec![], None));
    let flat = json!({ "accept": sign("Status", "ok"), "reject": sign("status", "no"), "price": "bid", "good_for": "ttl", "good_for_ms": 9000 });
    assert_eq!(
        bid(ping(flat.clone(), None, "{\"STATUS\":\"OK\",\"bid\":2,\"ttl\":\"30\"}\nGenerated in 3 ms")).3,
        Some(30_000)
    );
    assert_eq!(bid(ping(flat, None, "{\"status\":\"ok\",\"bid\":2}")).3, Some(9000));
    // Several bids.
    let legs = |pick: &str| {
        json!({ "accept": sign("Success", "true"), "reject": sign("Success", "false"), "carry": [{ "name": "hashes", "path": "Legs.*.Hash" }],
        "bids": { "path": "Legs", "price": "Payout", "token": "Hash", "pick": pick } })
    };
    let body =
        r#"{"Success":true,"Legs":[{"Payout":"1.50","Hash":"a"},{"Payout":4,"Hash":"b"},{"Payout":4,"Hash":"c"}]}"#;
    let hashes = vec![("hashes".to_owned(), ["a", "b", "c"].map(str::to_owned).to_vec())];
    assert_eq!(bid(ping(legs("best"), None, body)), ("4.00".into(), Some("b".into()), hashes.clone(), None));
    assert_eq!(bid(ping(legs("sum"), None, body)), ("9.50".into(), None, hashes, None));
    let unreadable = body.replace("\"1.50\"", "\"soon\"");
    assert!(
        matches!(ping(legs("sum"), None, &unreadable), PingReading::Invalid { .. }),
        "a leg without a price is no sum"
    );
    // One leg or several in XML, numbers above, statuses.
    let xml = json!({ "accept": { "path": "*.bids.bid.price", "above": 0 }, "reject": sign("$status", "404"), "bids": { "path": "*.bids.bid", "price": "price" } });
    assert_eq!(
        bid(ping(
            xml.clone(),
            Some("text/html"),
            "<a:r xmlns:a='u'><bids><bid n='1'><price c='USD'>1.25</price></bid></bids></a:r>"
        ))
        .0,
        "1.25"
    );
    assert_eq!(
        bid(ping(xml, None, "<r><bids><bid><price>1</price></bid><bid><price>2</price></bid></bids></r>")).0,
        "2.00"
    );
    // Later.
    let later = json!({ "accept": sign("s", "1"), "reject": sign("s", "2"), "pending": sign("s", "3"), "reference": "id",
        "poll": { "url": "https://buyer.example/q?k={answer:reference}", "every_ms": 250 } });
    let rules = prepared(&later);
    assert_eq!(
        rules.read_post(200, None, br#"{"s":3,"id":"a/b&c"}"#),
        PostReading::Pending { reference: Some("a/b&c".into()) }
    );
    let (request, every_ms) = rules.poll("a/b&c").expect("it can be asked");
    assert_eq!((request.url.as_str(), every_ms), ("https://buyer.example/q?k=a%2Fb%26c", 250));
}
