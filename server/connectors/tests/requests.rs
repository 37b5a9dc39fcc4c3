//! Whole requests as buyers want them: XML, SOAP, queries, paths, conditions, parts, hashes, tests.

mod common;

use common::{award, lead, meta};
use connectors::{Prepared, Request, Unsendable};
use exchange::lead::{Lead, LeadMeta};
use model::{
    Micros,
    mapping::{Call, Carried, Method},
};
use serde_json::{Value, json};

fn person() -> Lead {
    lead(json!({
        "campaign": "auto",
        "fields": {
            "zip": "01234", "state": "MI", "age": 41, "insured": true, "carrier": "geico", "note": "10+ <a & b> ]]> x",
            "first_name": "dana maria", "last_name": "O'reyes", "address": "1 Main St", "email": "Dana@Example.com",
            "phone": "(313) 555-0142", "birth_date": "1984-05-31", "site": "https://www.shop.example/a/b", "ip": "203.0.113.9",
        },
        "consent": { "text": "I agree", "granted_at": "2026-05-07T19:04:11-04:00", "page_url": "https://f.example/" },
        "certificates": { "trustedform": "https://cert.trustedform.com/abc123" },
    }))
}

fn call(change: &Value) -> Result<Prepared, Vec<String>> {
    let mut call = json!({
        "url": "https://buyer.example/x", "rows": [], "timeout_ms": 500,
        "response": {"accept": {"path": "ok"}, "reject": {"path": "no"}},
    });
    for (name, value) in change.as_object().expect("an object") {
        call[name] = value.clone();
    }
    Prepared::new(&serde_json::from_value::<Call>(call).expect("a call"))
}

fn carried() -> Carried {
    let ids = vec!["b1".to_owned(), "b 2".to_owned()];
    Carried {
        token: Some("../tok?x=1&y".into()),
        values: vec![("ids".into(), ids), ("one".into(), vec!["1".into()])],
        good_until: None,
    }
}

fn posted(change: &Value) -> Request {
    let prepared = call(change).unwrap_or_else(|faults| panic!("{faults:?}"));
    let (meta, award) = (meta(), award(Micros::cents(1250)));
    prepared.post(&person().post_view(&meta, &award), &carried()).expect("it can be sent")
}

fn pinged(change: &Value) -> Request {
    let lead = person();
    call(change).expect("sound").ping(&lead.ping_view(meta()), Some(&lead.contact_hashes())).expect("it can be sent")
}

fn text(request: &Request) -> String {
    String::from_utf8(request.body.clone()).expect("text")
}

fn row(to: &str, from: impl Into<Value>) -> Value {
    let from = from.into();
    json!({ "to": to, "from": from })
}

fn field(to: &str, name: &str) -> Value {
    row(to, json!({ "field": name }))
}

fn styled(to: &str, name: &str, style: &str) -> Value {
    json!({ "to": to, "from": { "field": name }, "style": style })
}

#[test]
fn xml_is_written_in_order_with_attributes_and_sections() {
    let rows = json!([
        field("Lead.@zip", "zip"), field("Lead.Name.First", "first_name"), field("Lead.Note", "note"),
        { "to": "Lead.Raw", "from": { "field": "note" }, "cdata": true },
        field("Lead.Drivers.Driver[0].@age", "age"), field("Lead.Drivers.Driver[0].#text", "last_name"),
        field("Lead.Drivers.Driver[1].Name", "first_name"), field("Lead.Empty.Nothing", "nowhere"),
        row("Lead.Ids.Id", json!({ "carried": "ids" })),
    ]);
    let body = "<Name><First>dana maria</First></Name><Note>10+ &lt;a &amp; b&gt; ]]&gt; x</Note>\
        <Raw><![CDATA[10+ <a & b> ]]]]><![CDATA[> x]]></Raw>\
        <Drivers><Driver age=\"41\">O&apos;reyes</Driver><Driver><Name>dana maria</Name></Driver></Drivers>\
        <Ids><Id>b1</Id><Id>b 2</Id></Ids>";
    let head = "<?xml version=\"1.0\" encoding=\"UTF-8\"?>";
    let request = posted(&json!({ "format": "xml", "rows": rows }));
    assert_eq!(text(&request), format!("{head}<Lead zip=\"01234\">{body}</Lead>"));
    assert!(connectors::read_xml(&text(&request)).is_ok());
    let envelope = json!({ "root": "Request", "namespace": "urn:a\"b" });
    let rooted = posted(&json!({ "format": "xml", "envelope": envelope, "rows": [field("Zip", "zip")] }));
    assert_eq!(text(&rooted), format!("{head}<Request xmlns=\"urn:a&quot;b\"><Zip>01234</Zip></Request>"));
    let soap = posted(&json!({ "format": "soap", "envelope": { "root": "Submit" }, "rows": [field("Zip", "zip")] }));
    assert_eq!(
        text(&soap),
        format!(
            "{head}<soap:Envelope xmlns:soap=\"http://schemas.xmlsoap.org/soap/envelope/\"><soap:Body>\
             <Submit><Zip>01234</Zip></Submit></soap:Body></soap:Envelope>"
        )
    );
}

#[test]
fn json_nests_lists_and_may_stand_in_a_form() {
    let rows = json!([
        field("drivers[0].zip", "zip"),
        field("drivers[1].nothing", "nowhere"),
        field("drivers[2].age", "age"),
        field(r"a\.b", "state"),
        row("ids", json!({ "carried": "ids" })),
        row("one", json!({ "carried": "one" })),
        styled("n", "zip", "number"),
    ]);
    let wanted = r#"{"drivers":[{"zip":"01234"},{"age":41}],"a.b":"MI","ids":["b1","b 2"],"one":"1","n":1234}"#;
    assert_eq!(text(&posted(&json!({ "rows": rows }))), wanted);
    assert_eq!(text(&posted(&json!({ "rows": rows, "envelope": { "list": true } }))), format!("[{wanted}]"));
    let form = json!({ "format": "json_field", "envelope": { "field": "p" }, "rows": [field("z", "zip")] });
    assert_eq!(text(&posted(&form)), "p=%7B%22z%22%3A%2201234%22%7D");
    let repeated = json!({ "format": "form", "rows": [row("id[]", json!({ "carried": "ids" }))] });
    assert_eq!(text(&posted(&repeated)), "id%5B%5D=b1&id%5B%5D=b+2");
}

#[test]
fn what_is_not_in_the_body_is_in_the_query_a_header_or_the_path() {
    let secrets = json!([
        { "name": "key", "value": "s3cr&t", "as": "query" }, { "name": "u", "value": "pw", "as": "basic" },
        { "name": "hidden", "value": "h/1", "as": "named" },
    ]);
    let request = posted(&json!({
        "url": "https://buyer.example/r/{ping:token}/{secret:hidden}?z={zip}&n={first_name|upper}", "headers": secrets,
        "rows": [
            { "to": "note", "from": { "field": "note" }, "place": "query", "then": ["first_word"] },
            { "to": "X-Lead", "from": { "template": "{meta:campaign}-{zip|zip3}{{}}" }, "place": "header" },
            row("secret", json!({ "secret": "hidden" })),
        ],
    }));
    assert_eq!(
        request.url.as_str(),
        "https://buyer.example/r/..%2Ftok%3Fx%3D1%26y/h/1?z=01234&n=DANA%20MARIA&key=s3cr%26t&note=10%2B"
    );
    assert_eq!(request.headers, [("X-Lead".to_owned(), "auto-012{}".to_owned())]);
    assert_eq!(text(&request), r#"{"secret":"h/1"}"#);
    let get = posted(&json!({ "method": "get", "rows": [field("zip", "zip"), field("phone", "phone")] }));
    assert_eq!((get.method, get.body.len()), (Method::Get, 0));
    assert_eq!(get.url.as_str(), "https://buyer.example/x?zip=01234&phone=%2B13135550142");
    let prepared = call(&json!({ "headers": secrets })).expect("sound");
    assert_eq!(prepared.headers(), [("Authorization".to_owned(), "Basic dTpwdw==".to_owned())]);
    let shown = format!("{request:?} {prepared:?}");
    assert!(!shown.contains("s3cr") && !shown.contains("dana"), "{shown}");
}

#[test]
fn a_place_without_a_value_is_not_sent_anywhere() {
    let prepared = call(&json!({ "url": "https://buyer.example/r/{ping:token}/accept" })).expect("sound");
    let (meta, award, lead) = (meta(), award(Micros::cents(1)), person());
    for token in [None, Some(""), Some(".."), Some(".")] {
        let carried = Carried::token(token.map(str::to_owned));
        assert_eq!(prepared.post(&lead.post_view(&meta, &award), &carried), Err(Unsendable), "{token:?}");
    }
    let header = json!({ "rows": [{ "to": "X-A", "from": { "constant": "a\r\nb: c" }, "place": "header" }] });
    let split = call(&header).expect("sound").post(&lead.post_view(&meta, &award), &Carried::default());
    assert_eq!(split, Err(Unsendable), "no header is split");
}

#[test]
fn values_are_written_as_they_are_asked_for() {
    let cases = [
        ("phone", "phone_digits", json!("3135550142")),
        ("phone", "phone_dashes", json!("313-555-0142")),
        ("phone", "phone_e164", json!("+13135550142")),
        ("phone", "phone_area", json!("313")),
        ("phone", "phone_exchange", json!("555")),
        ("phone", "phone_line", json!("0142")),
        ("zip", "zip3", json!("012")),
        ("state", "state_name", json!("Michigan")),
        ("birth_date", "date_us", json!("05/31/1984")),
        ("birth_date", "date_us_dashes", json!("05-31-1984")),
        ("birth_date", "date_day_first", json!("31/05/1984")),
        ("birth_date", "date_compact", json!("19840531")),
        ("birth_date", "date_year", json!(1984)),
        ("birth_date", "date_month", json!(5)),
        ("birth_date", "date_day", json!(31)),
        ("email", "domain", json!("example.com")),
        ("email", "mailbox", json!("Dana")),
        ("site", "domain", json!("www.shop.example")),
        ("site", "last_segment", json!("b")),
        ("first_name", "title", json!("Dana Maria")),
        ("last_name", "title", json!("O'reyes")),
        ("first_name", "first_word", json!("dana")),
        ("first_name", "other_words", json!("maria")),
        ("insured", "yes_no_upper", json!("YES")),
        ("insured", "yes_no_lower", json!("yes")),
        ("insured", "y_n", json!("Y")),
        ("insured", "true_false", json!("True")),
        ("insured", "one_two", json!(1)),
        ("age", "decimal", json!("41.00")),
        ("age", "cents", json!(4100)),
        ("age", "text", json!("41")),
        ("zip", "number", json!(1234)),
        ("phone", "md5", Value::Null),
        ("last_name", "digits", json!("")),
    ];
    for (name, style, wanted) in cases {
        let sent: Value =
            serde_json::from_slice(&posted(&json!({ "rows": [styled("v", name, style)] })).body).expect("JSON");
        if style == "md5" {
            assert_eq!(sent["v"], exchange::lead::HashKind::Md5.hex("3135550142"), "{name} {style}");
        } else {
            assert_eq!(sent["v"], wanted, "{name} {style}");
        }
    }
    let at = json!([
        { "to": "unix", "from": { "meta": "consent_at" }, "style": "unix" },
        { "to": "utc", "from": { "meta": "consent_at" }, "style": "date_time" },
        { "to": "cents", "from": { "meta": "price" }, "style": "cents" },
        { "to": "whole", "from": { "meta": "price" }, "style": "whole" },
        { "to": "cert", "from": { "meta": "trusted_form" }, "style": "last_segment" },
    ]);
    let wanted = r#"{"unix":1778195051,"utc":"2026-05-07 23:04:11","cents":1250,"whole":12,"cert":"abc123"}"#;
    assert_eq!(text(&posted(&json!({ "rows": at }))), wanted);
}

#[test]
fn values_are_replaced_by_list_range_and_default() {
    let map = json!([
        { "to": "a", "from": { "field": "age" }, "spans": [{ "to": 24, "theirs": "young" }, { "from": 25, "to": 64, "theirs": "mid" }] },
        { "to": "b", "from": { "field": "state" }, "replace": [{ "ours": "OH", "theirs": "1" }], "otherwise": "9", "then": ["number"] },
        { "to": "c", "from": { "field": "nowhere" }, "missing": "Unknown" },
        { "to": "d", "from": { "field": "age" }, "scale": { "times": 1, "per": 12 } },
        { "to": "e", "from": { "field": "insured" }, "replace": [{ "ours": "true", "theirs": "Own" }], "otherwise": "Rent" },
    ]);
    assert_eq!(text(&posted(&json!({ "rows": map }))), r#"{"a":"mid","b":9,"c":"Unknown","d":3,"e":"Own"}"#);
}

#[test]
fn rows_are_sent_when_their_condition_holds() {
    let when = |name: &str, values: &[&str]| json!({ "from": { "field": name }, "values": values });
    let rows = json!([
        { "to": "a", "from": { "constant": "1" }, "when": when("state", &["OH"]) },
        { "to": "a", "from": { "constant": "2" }, "when": when("state", &["mi"]) },
        { "to": "a", "from": { "constant": "3" } },
        { "to": "b", "from": { "constant": "1" }, "when": when("nowhere", &[]) },
        { "to": "c", "from": { "constant": "1" }, "when": { "from": { "field": "nowhere" }, "not": true } },
    ]);
    assert_eq!(text(&posted(&json!({ "rows": rows }))), r#"{"a":"2","c":"1"}"#);
}

#[test]
fn a_ping_has_parts_of_a_person_only_when_they_are_asked_for_and_hashes_only_when_allowed() {
    let rows = json!([
        field("phone", "phone"),
        styled("area", "phone", "phone_area"),
        styled("line", "phone", "phone_line"),
        styled("born", "birth_date", "date_year"),
        styled("age", "birth_date", "age"),
        styled("hash", "phone", "sha1"),
        styled("mail", "email", "md5"),
        styled("domain", "email", "domain"),
        row("t", json!({ "template": "{phone|phone_area}" })),
    ]);
    let hash = exchange::lead::HashKind::Sha1.hex("3135550142");
    let mail = exchange::lead::HashKind::Md5.hex("dana@example.com");
    // Ages are counted to the day the lead was read, 15 January 2027 in these tests.
    assert_eq!(text(&pinged(&json!({ "rows": rows }))), r#"{"area":"313","age":42,"t":"313"}"#);
    let allowed = text(&pinged(&json!({ "rows": rows, "contact_hashes": true })));
    assert_eq!(allowed, format!(r#"{{"area":"313","age":42,"hash":"{hash}","mail":"{mail}","t":"313"}}"#));
}

#[test]
fn a_test_lead_goes_where_tests_go() {
    let change = json!({
        "rows": [row("mode", json!({ "constant": "live" })), field("zip", "zip")],
        "test": { "url": "https://test.buyer.example/x", "rows": [
            row("mode", json!({ "constant": "test" })), row("Test_Lead", json!({ "constant": "1" }))] },
    });
    let (prepared, lead) = (call(&change).expect("sound"), person());
    let view = |test| lead.ping_view(LeadMeta { test, ..meta() });
    let live = prepared.ping(&view(false), None).expect("sent");
    let test = prepared.ping(&view(true), None).expect("sent");
    assert_eq!(
        (live.url.host_str(), text(&live).as_str()),
        (Some("buyer.example"), r#"{"mode":"live","zip":"01234"}"#)
    );
    assert_eq!(test.url.host_str(), Some("test.buyer.example"));
    assert_eq!(text(&test), r#"{"zip":"01234","mode":"test","Test_Lead":"1"}"#);
}

#[test]
fn what_cannot_work_is_a_fault_each() {
    let secret = json!([{ "name": "k", "value": "topsecret" }]);
    for (change, faults) in [
        (json!({ "url": "https://{zip}.example/" }), 1),
        (json!({ "url": "ftp://x.example/{zip}" }), 1),
        (json!({ "url": "https://x.example/{zip" }), 1),
        (json!({ "url": "https://x.example/{secret:nobody}", "headers": secret }), 1),
        (
            json!({ "rows": [row("a", json!({ "secret": "nobody" })), row("b", json!({ "template": "{zip|nostyle}" }))] }),
            2,
        ),
        (json!({ "rows": [row("a", json!({ "template": "}" })), row("b", json!({ "template": "{x:y}" }))] }), 2),
        (json!({ "format": "xml", "rows": [field("a", "zip"), field("b", "zip")] }), 1),
        (json!({ "format": "xml", "envelope": { "root": "1x" }, "rows": [field("a b", "zip")] }), 2),
        (json!({ "format": "json_field", "rows": [] }), 1),
        (json!({ "rows": [{ "to": "Host", "from": "ping_token", "place": "header" }] }), 1),
        (json!({ "rows": [{ "to": "a", "from": { "field": "age" }, "scale": { "times": 1, "per": 0 } }] }), 1),
        (
            json!({ "rows": [{ "to": "a", "from": { "field": "age" }, "spans": [{ "from": 2, "to": 1, "theirs": "x" }] }] }),
            1,
        ),
        (json!({ "rows": [field("a[0]b", "zip"), field("a[999]", "zip")] }), 2),
        (
            json!({ "headers": [{ "name": "a", "value": "1", "as": "bearer" }, { "name": "Authorization", "value": "2" }] }),
            1,
        ),
        (json!({ "response": { "accept": { "path": "re:(" }, "reject": { "path": "no" } } }), 1),
        (
            json!({ "response": { "accept": { "path": "a", "pattern": "(" }, "reject": { "path": "a", "pattern": "x", "above": 1 } } }),
            2,
        ),
        (
            json!({ "response": { "accept": { "path": "a" }, "reject": { "path": "b" }, "price": "a..b", "poll": { "url": "x", "every_ms": 1 } } }),
            4,
        ),
        (json!({ "test": { "url": "nowhere", "rows": [] } }), 1),
    ] {
        let found = call(&change).expect_err("it cannot work");
        assert_eq!(found.len(), faults, "{change}: {found:#?}");
        assert!(!found.join(" ").contains("topsecret"));
    }
}
