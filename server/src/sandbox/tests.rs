//! The buyers refuse what real ones refuse, remember what they bought, and answer the same to the same.

use super::*;
use crate::clock::ManualClock;
use axum::body::Body;
use axum::http::{Request, StatusCode};
use serde_json::{Value, json};
use tower::ServiceExt;

async fn call(sandbox: &Sandbox, path: &str, key: Option<&str>, kind: &str, body: String) -> (StatusCode, Value) {
    let mut request = Request::post(path).header("content-type", kind);
    if let Some(key) = key {
        request = request.header("x-api-key", key);
    }
    let answer = sandbox.router().oneshot(request.body(Body::from(body)).unwrap()).await.unwrap();
    let status = answer.status();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap_or_default();
    (status, serde_json::from_slice(&bytes).unwrap_or(Value::Null))
}

async fn json_call(sandbox: &Sandbox, path: &str, body: &Value) -> (StatusCode, Value) {
    call(sandbox, path, Some("sandbox-key"), "application/json", body.to_string()).await
}

fn ping() -> Value {
    json!({ "lead_id": "led_1", "zip": "48226", "state": "MI", "age": 41, "vehicles": 2, "owner": true })
}

fn post(token: &Value) -> Value {
    let mut body = ping();
    for (name, value) in
        [("first_name", "Dana"), ("last_name", "Reyes"), ("email", "d@example.com"), ("phone", "3135550142")]
    {
        body[name] = value.into();
    }
    body["ping_id"] = token.clone();
    body
}

#[tokio::test]
async fn a_lead_is_bid_on_and_bought_once() {
    let sandbox = Sandbox::new(1);
    let (status, bid) = json_call(&sandbox, "/buyers/northwind/ping", &ping()).await;
    assert_eq!((status, &bid["status"]), (StatusCode::OK, &json!("bid")));
    assert_eq!(json_call(&sandbox, "/buyers/northwind/ping", &ping()).await.1, bid, "the same lead gets the same bid");
    let (_, bought) = json_call(&sandbox, "/buyers/northwind/post", &post(&bid["ping_id"])).await;
    assert_eq!(bought["status"], "accepted", "{bought}");
    let (_, again) = json_call(&sandbox, "/buyers/northwind/post", &post(&bid["ping_id"])).await;
    assert_eq!(again["status"], "rejected");
    let book = sandbox.book();
    assert_eq!((book.sales.len(), book.double_posts), (1, 1));
    assert_eq!(bought["price"].to_string(), book.sales[0].price.trim_end_matches('0').trim_end_matches('.'));
}

#[tokio::test]
async fn what_a_real_buyer_refuses_is_refused() {
    let sandbox = Sandbox::new(1);
    let ping_path = "/buyers/northwind/ping";
    let body = ping().to_string();
    let json_type = "application/json";
    assert_eq!(call(&sandbox, ping_path, None, json_type, body.clone()).await.0, StatusCode::UNAUTHORIZED);
    assert_eq!(call(&sandbox, ping_path, Some("no"), json_type, body.clone()).await.0, StatusCode::UNAUTHORIZED);
    let wrong_type = call(&sandbox, ping_path, Some("sandbox-key"), "text/plain", body).await;
    assert_eq!(wrong_type.0, StatusCode::UNSUPPORTED_MEDIA_TYPE);
    assert_eq!(json_call(&sandbox, ping_path, &json!({})).await.0, StatusCode::BAD_REQUEST);
    assert_eq!(json_call(&sandbox, "/buyers/nobody/ping", &ping()).await.0, StatusCode::NOT_FOUND);
    assert_eq!(json_call(&sandbox, "/buyers/flatrate/ping", &ping()).await.0, StatusCode::NOT_FOUND);
    for (name, value) in [("email", "x"), ("note", "dana@example.com"), ("note", "(313) 555-0142")] {
        let mut personal = ping();
        personal[name] = value.into();
        assert_eq!(json_call(&sandbox, ping_path, &personal).await.0, StatusCode::BAD_REQUEST, "{name} {value}");
    }
    assert_eq!(sandbox.book().personal_in_pings, 3);
    let (_, without_ping) = json_call(&sandbox, "/buyers/northwind/post", &post(&json!("made-up"))).await;
    assert_eq!(without_ping["reason"], "Unknown ping id");
    let (_, bid) = json_call(&sandbox, "/buyers/picky/ping", &ping()).await;
    let mut other_price = post(&bid["ping_id"]);
    other_price["price"] = "0.01".into();
    let (_, answer) = json_call(&sandbox, "/buyers/picky/post", &other_price).await;
    assert_eq!(answer["status"], "rejected");
    assert!(sandbox.book().sales.is_empty());
}

#[tokio::test]
async fn faults_come_as_often_as_they_are_set() {
    let sandbox = Sandbox::new(1);
    let set =
        json!({ "latency_ms": [0, 0], "bid_cents": 777, "faults": [{ "kind": "5xx", "phase": "ping", "count": 1 }] });
    assert_eq!(json_call(&sandbox, "/__control/buyers/harbor", &set).await.0, StatusCode::NO_CONTENT);
    assert_eq!(json_call(&sandbox, "/__control/buyers/nobody", &set).await.0, StatusCode::NOT_FOUND);
    let form = "lead_id=led_1&zip=48226&age=41".to_owned();
    let ping = || {
        call(&sandbox, "/buyers/harbor/ping", Some("sandbox-key"), "application/x-www-form-urlencoded", form.clone())
    };
    assert_eq!(ping().await.0, StatusCode::INTERNAL_SERVER_ERROR);
    assert_eq!(ping().await.1["price"], "$7.77");
}

#[tokio::test]
async fn every_dialect_ends_in_a_sale_that_its_contract_can_read() {
    let sandbox = Sandbox::new(1);
    for demo in market::demo_buyers("http://127.0.0.1:1") {
        for made in [demo.contract.delivery.ping.as_ref(), Some(&demo.contract.delivery.post)].into_iter().flatten() {
            connectors::Prepared::new(made).unwrap_or_else(|faults| panic!("{}: {faults:?}", demo.buyer.slug));
        }
        assert!(habits::buyer(&demo.buyer.slug).is_some(), "{} is not in the sandbox", demo.buyer.slug);
    }
    drop(sandbox);
}

#[tokio::test]
async fn a_webhook_is_believed_only_when_it_is_signed_and_fresh() {
    let clock = ManualClock::at(model::Timestamp(1_787_306_400_000_000));
    let sandbox = Sandbox::at(1, clock.clone());
    let (id, body) = ("msg_1", r#"{"type":"lead.sold"}"#);
    let secret = connectors::webhook::Secret::read(market::WEBHOOK_SECRET).unwrap();
    let signature = connectors::webhook::sign(&[secret], id, 1_787_306_400, body.as_bytes());
    let right = [("webhook-id", id), ("webhook-timestamp", "1787306400"), ("webhook-signature", signature.as_str())];
    let send = async |headers: &[(&str, &str)], body: &str| {
        let request = headers.iter().fold(Request::post("/webhook/crm"), |request, (n, v)| request.header(*n, *v));
        let answer = sandbox.router().oneshot(request.body(Body::from(body.to_owned())).unwrap()).await.unwrap();
        (answer.status().as_u16(), answer.headers().get("retry-after").map(|value| value.to_str().unwrap().to_owned()))
    };
    assert_eq!(send(&right, body).await.0, 200);
    for missing in 0..3 {
        let mut headers = right.to_vec();
        headers.remove(missing);
        assert_eq!(send(&headers, body).await.0, 401, "without {}", right[missing].0);
    }
    assert_eq!(send(&right, "{}").await.0, 401, "another body");
    let faults = json!({ "faults": [{ "status": 429, "retry_after": "9", "count": 1 }] });
    assert_eq!(json_call(&sandbox, "/__control/receivers/crm", &faults).await.0, StatusCode::NO_CONTENT);
    assert_eq!(send(&right, body).await, (429, Some("9".to_owned())));
    assert_eq!(send(&right, body).await, (200, None));
    clock.advance_millis(301_000);
    assert_eq!(send(&right, body).await.0, 401, "too old");
    let get = Request::get("/__control/receivers/crm").body(Body::empty()).unwrap();
    let journal = sandbox.router().oneshot(get).await.unwrap().into_body();
    let journal: Value = serde_json::from_slice(&axum::body::to_bytes(journal, 1 << 20).await.unwrap()).unwrap();
    let came = journal["received"].as_array().unwrap();
    assert_eq!((came.len(), &came[7]["note"]), (8, &json!("webhook-timestamp is more than five minutes away")));
}

#[test]
fn the_ledger_outlives_a_reset() {
    let folder = tempfile::tempdir().unwrap();
    let path = folder.path().join("sold.jsonl");
    let sandbox = Sandbox::with_ledger(1, &path).unwrap();
    let sale =
        |lead: &str| book::Sale { lead_id: lead.into(), buyer: "harbor", price: "7.77".into(), at: String::new() };
    sandbox.book().sell(sale("led_1"));
    sandbox.book().reset();
    sandbox.book().sell(sale("led_2"));
    assert_eq!(std::fs::read_to_string(&path).unwrap().lines().count(), 2);
}

async fn said(sandbox: &Sandbox, request: Request<Body>) -> (u16, String) {
    let answer = sandbox.router().oneshot(request).await.unwrap();
    let status = answer.status().as_u16();
    let bytes = axum::body::to_bytes(answer.into_body(), 1 << 20).await.unwrap();
    (status, String::from_utf8(bytes.to_vec()).unwrap())
}

#[tokio::test]
async fn platforms_refuse_what_the_real_ones_refuse() {
    let sandbox = Sandbox::new(1);
    let flow = "/dialects/leadconduit/flows/sandbox-key/sources/sandbox-key/ping";
    let body = || Body::from(r#"{"postal_code":"48226"}"#);
    let ask = |path: &str, kind: &str| Request::post(path).header("content-type", kind);
    let json = "application/json";
    let put = Request::put(flow).header("content-type", json).body(body()).unwrap();
    assert_eq!(said(&sandbox, put).await.0, 405);
    assert_eq!(said(&sandbox, ask(flow, json).header("accept", "text/csv").body(body()).unwrap()).await.0, 406);
    assert_eq!(said(&sandbox, ask(flow, "text/csv").body(body()).unwrap()).await.0, 415);
    assert_eq!(said(&sandbox, ask(flow, json).body(Body::from("{")).unwrap()).await.0, 400);
    let (status, body) = said(&sandbox, ask(flow, json).body(body()).unwrap()).await;
    assert_eq!((status, body.as_str()), (200, r#"{"outcome":"success","price":12.5}"#), "no id in a ping's answer");
    let form = "application/x-www-form-urlencoded";
    for (path, body, says) in [
        ("boberdoo/new_api/api.php", "Mode=ping&Key=no&Zip=48226", "Unauthorized"),
        ("boberdoo/new_api/api.php", "Mode=ping&Key=sandbox-key&Zip=48226", "Missing required field"),
        (
            "leadspedia/post.do",
            "lp_campaign_key=sandbox-key&lp_campaign_id=1&lp_response=JSON&zip_code=48226&first_name=D&last_name=R&email_address=d&phone_home=1&lp_ping_id=made-up",
            "Unknown ping id",
        ),
        (
            "leadbyte/api/submit.php",
            "sid=sandbox-key&campid=1&email=d&firstname=D&lastname=R&postcode=48226&phone1=1",
            "\"code\":-5",
        ),
    ] {
        let request = ask(&format!("/dialects/{path}"), form).body(Body::from(body)).unwrap();
        let (status, answer) = said(&sandbox, request).await;
        assert!(status == 200 && answer.contains(says), "{path}: {status} {answer}");
    }
}

#[tokio::test]
async fn an_auth_code_is_good_for_five_minutes_and_once() {
    let clock = ManualClock::at(model::Timestamp(1_787_306_400_000_000));
    let sandbox = Sandbox::at(1, clock.clone());
    let call = async |path: &str, body: Value| {
        let request = Request::post(format!("/dialects/jangl/{path}")).header("content-type", "application/json");
        let request = request.header("authorization", "Token sandbox-key").body(Body::from(body.to_string())).unwrap();
        serde_json::from_str::<Value>(&said(&sandbox, request).await.1).unwrap()
    };
    let ping = json!({ "data": { "zip": "48226" }, "meta": { "originally_created": "2026-05-07" } });
    let post = |code: &Value| {
        let contact = json!({ "first_name": "D", "last_name": "R", "email": "d@example.com", "phone": "3135550142" });
        json!({ "auth_code": code, "data": { "zip": "48226" }, "contact": contact })
    };
    let (early, late) = (call("ping", ping.clone()).await, call("ping", ping).await);
    clock.advance_millis(300_000);
    assert_eq!(call("post", post(&early["auth_code"])).await["status"], "success");
    assert_eq!(call("post", post(&early["auth_code"])).await["reason"], "Duplicate lead");
    clock.advance_millis(1);
    assert_eq!(call("post", post(&late["auth_code"])).await["status"], "re-ping");
    assert_eq!(call("post", post(&json!("made-up"))).await["status"], "re-ping");
}
