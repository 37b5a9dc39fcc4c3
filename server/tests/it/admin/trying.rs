//! Tests that are really sent to a buyer, and answers that are kept with how they have to be read.

use super::{Operator, SECRET, buyer, campaign, contract, operator, tenant};
use crate::harness::World;
use axum::{
    Router,
    body::Bytes,
    http::{HeaderMap, header},
    response::IntoResponse,
    routing::post,
};
use model::user::Role;
use serde_json::{Value, json};
use store::LeadFilter;

/// A contract whose live address is nobody's, and whose tests go somewhere.
async fn tested(world: &World, admin: &Operator<'_>, ping: &str, post: &str) -> String {
    let (home, of) =
        (admin.post("campaigns", &campaign("home")).await.id(), admin.post("buyers", &buyer("summit")).await.id());
    let mut wanted = contract(world, &home, &of);
    wanted["active"] = false.into();
    for (phase, url) in [("ping", ping), ("post", post)] {
        let call = &mut wanted["delivery"][phase];
        call["url"] = format!("http://127.0.0.1:1/{phase}").into();
        call["response"]["reason"] = "reason".into();
        call["test"] = json!({ "url": url, "rows": [{ "to": "is_test", "from": { "constant": "1" } }] });
    }
    let made = admin.post("contracts", &wanted).await;
    assert_eq!(made.status, 201, "{}", made.body);
    format!("contracts/{}", made.id())
}

#[tokio::test]
async fn a_test_goes_to_the_buyers_address_for_tests_and_counts_for_nothing() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let base = format!("{}/buyers/northwind", world.sandbox);
    let path = tested(&world, &admin, &format!("{base}/ping"), &format!("{base}/post")).await;

    let sent = admin.post(&format!("{path}/test"), &json!({ "phase": "ping" })).await.made();
    let ping = &sent["ping"];
    assert_eq!(ping["request"]["url"], format!("{base}/ping"), "{sent}");
    assert!(ping["request"]["body"].as_str().unwrap().contains("\"is_test\":\"1\""), "{sent}");
    assert_eq!((&ping["answer"]["status"], &ping["answer"]["read"]["outcome"]), (&json!(200), &json!("bid")), "{sent}");
    assert!(ping["took_us"].as_i64().unwrap() > 0 && sent["post"].is_null() && sent["stopped"].is_null(), "{sent}");
    let kind = ping["answer"]["headers"].as_array().unwrap().iter().find(|pair| pair[0] == "content-type");
    assert_eq!(kind, Some(&json!(["content-type", "application/json"])), "{sent}");
    assert!(!sent.to_string().contains(SECRET), "{sent}");

    let sent = admin.post(&format!("{path}/test"), &json!({ "phase": "post" })).await.made();
    assert_eq!(sent["post"]["answer"]["read"]["outcome"], "accepted", "{sent}");
    let token = sent["ping"]["answer"]["read"]["reference"].as_str().unwrap();
    assert!(sent["post"]["request"]["body"].as_str().unwrap().contains(token), "the ping's token goes back: {sent}");
    assert!(sent["post"]["request"]["body"].as_str().unwrap().contains("Dana"), "an example: {sent}");

    // It is written down who sent what where, and nothing else knows of it.
    let told = admin.get(&format!("{path}/tests")).await.made();
    let line = |line: &Value| format!("{} {}", line["phase"].as_str().unwrap(), line["outcome"].as_str().unwrap());
    let mut lines: Vec<_> = told["items"].as_array().unwrap().iter().map(line).collect();
    lines.sort();
    assert_eq!(lines, ["ping a bid", "ping a bid", "post accepted"], "{told}");
    assert_eq!(
        (&told["items"][0]["author_name"], &told["items"][0]["host"]),
        (&json!("operator"), &json!("127.0.0.1"))
    );
    let rows = world.opened.store.tenant(fresh.id);
    assert_eq!(rows.leads_page(&LeadFilter::default(), &model::page::Cursor::Newest, 10).await.unwrap().rows.len(), 0);
    let found = world.opened.store.check().await.unwrap();
    assert!(found.iter().all(|invariant| invariant.ok), "{found:?}");

    let viewer = operator(&world, &fresh, Role::Viewer).await;
    viewer.post(&format!("{path}/test"), &json!({ "phase": "ping" })).await.problem(403, "forbidden");
    let lead = json!({ "phase": "post", "lead": "led_00000000000000000000000000" });
    assert_eq!(admin.post(&format!("{path}/test"), &lead).await.fields(), ["lead"]);
    let foreigner = operator(&world, &tenant(&world, "other").await, Role::Operator).await;
    foreigner.post(&format!("{path}/test"), &json!({ "phase": "ping" })).await.problem(404, "not_found");
    foreigner.get(&format!("{path}/tests")).await.problem(404, "not_found");
    world.stop().await;
}

/// A buyer that repeats everything it is told, in a long answer.
async fn echo() -> String {
    let answer = |headers: HeaderMap, body: Bytes| async move {
        let key = headers.get("x-api-key").and_then(|key| key.to_str().ok()).unwrap_or_default().to_owned();
        let body = String::from_utf8_lossy(&body).into_owned();
        let long =
            json!({ "status": "no_bid", "reason": format!("bad key {key}"), "sent": body, "more": "x".repeat(40_000) });
        let told = [(header::SET_COOKIE, "session=1".to_owned()), (header::SERVER, format!("echo {key}"))];
        (told, long.to_string()).into_response()
    };
    let listener = tokio::net::TcpListener::bind("127.0.0.1:0").await.unwrap();
    let address = listener.local_addr().unwrap();
    tokio::spawn(async move { axum::serve(listener, Router::new().route("/", post(answer))).await });
    format!("http://{address}/")
}

#[tokio::test]
async fn what_a_buyer_repeats_is_masked_and_what_is_private_is_not_gone_to() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let path = tested(&world, &admin, &echo().await, "http://10.0.0.1/").await;
    let sent = admin.post(&format!("{path}/test"), &json!({ "phase": "post" })).await.made();
    let answer = &sent["ping"]["answer"];
    assert!(!sent.to_string().contains(SECRET), "{answer}");
    assert_eq!((&answer["read"]["said"], &answer["cut"]), (&json!("bad key •••"), &json!(true)), "{}", answer["read"]);
    assert!(answer["body"].as_str().unwrap().len() <= 16 * 1024);
    let names: Vec<_> = answer["headers"].as_array().unwrap().iter().map(|pair| pair[0].as_str().unwrap()).collect();
    assert!(names.contains(&"server") && !names.contains(&"set-cookie"), "{names:?}");
    assert!(sent["post"].is_null() && sent["stopped"].as_str().unwrap().contains("no bid"), "{sent}");

    // Nothing leaves for a private address, and nothing that no buyer could tell from a lead.
    let have = admin.get(&path).await;
    let mut changed = have.body.clone();
    changed["delivery"]["ping"]["test"]["url"] = "http://10.0.0.1/".into();
    let saved = admin.put(&path, &have.etag, &changed).await;
    let sent = admin.post(&format!("{path}/test"), &json!({ "phase": "ping" })).await.made();
    assert_eq!(sent["ping"]["reason"], "egress_refused", "{sent}");
    assert!(sent["ping"]["answer"].is_null() && sent["ping"]["failure"].as_str().unwrap().ends_with('.'), "{sent}");
    for phase in ["ping", "post"] {
        changed["delivery"][phase]["test"] = Value::Null;
    }
    admin.put(&path, &saved.etag, &changed).await.made();
    let refused = admin.post(&format!("{path}/test"), &json!({ "phase": "post" })).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["delivery.ping.test", "delivery.post.test"]);
    let told = admin.get(&format!("{path}/tests")).await.made();
    assert_eq!(told["items"].as_array().unwrap().len(), 2, "{told}");
    world.stop().await;
}

const BID: &str = r#"{"status":"bid","bid":"12.50","ping_id":"p-1"}"#;

async fn kept(admin: &Operator<'_>, path: &str) {
    let keep = |name: &str, phase: &str, body: &str| json!({ "name": name, "phase": phase, "body": body });
    let bid = admin.post(&format!("{path}/examples"), &keep("a bid", "ping", BID)).await;
    assert_eq!(bid.status, 201, "{}", bid.body);
    assert_eq!(bid.body["expected"], json!({ "outcome": "bid", "price": "12.50", "reference": "p-1" }), "{}", bid.body);
    let mut wanted = keep("no coverage", "post", r#"{"status":"rejected","why":"zip"}"#);
    wanted["expected"] = json!({ "outcome": "rejected", "reason": "geo" });
    let geo = admin.post(&format!("{path}/examples"), &wanted).await.made();
    assert_eq!(geo["differences"], json!(["the reason is other, not geo"]), "what a document says may come first");
}

#[tokio::test]
async fn kept_answers_are_read_again_whenever_the_contract_changes() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let path = tested(&world, &admin, "https://test.buyer.example/ping", "https://test.buyer.example/post").await;
    kept(&admin, &path).await;
    let again = admin.post(&format!("{path}/examples"), &json!({ "name": "a bid", "phase": "ping", "body": "" })).await;
    again.problem(409, "taken");
    let wrong = json!({ "name": " ", "phase": "ping", "status": 9, "body": "", "expected": { "outcome": "bid", "price": "x" } });
    let wrong = admin.post(&format!("{path}/examples"), &wrong).await;
    assert_eq!(wrong.fields(), ["expected.price", "name", "status"]);

    // A change that reads one of them otherwise says so: tried, as a draft, and when it is published.
    let have = admin.get(&path).await;
    let mut changed = have.body.clone();
    changed["delivery"]["ping"]["response"]["price"] = "amount".into();
    changed["delivery"]["post"]["response"]["reason"] = "why".into();
    changed["delivery"]["post"]["response"]["reasons"] = json!([{ "contains": "zip", "reason": "geo" }]);
    let tried = admin.post(&format!("{path}/examples/run"), &json!({ "delivery": changed["delivery"] })).await.made();
    assert_eq!((&tried["different"], &tried["items"][1]["differences"]), (&json!(1), &json!([])), "{tried}");
    let warning = |body: &Value| body["warnings"].as_array().cloned().unwrap_or_default();
    let draft = admin.put(&format!("{path}?draft=1"), &have.etag, &changed).await;
    assert_eq!(warning(&draft.body).len(), 1, "{}", draft.body);
    assert!(
        warning(&draft.body)[0].as_str().unwrap().contains("\"a bid\" to a ping reads differently"),
        "{}",
        draft.body
    );
    let published = admin.post(&format!("{path}/publish"), &json!({})).await.made();
    assert_eq!(warning(&published), warning(&draft.body));
    let now = admin.get(&format!("{path}/examples")).await.made();
    assert_eq!(now["different"], 1, "{now}");

    let first = now["items"][0]["id"].as_str().unwrap();
    let viewer = operator(&world, &fresh, Role::Viewer).await;
    viewer.delete(&format!("{path}/examples/{first}")).await.problem(403, "forbidden");
    assert_eq!(admin.delete(&format!("{path}/examples/{first}")).await.status, 204);
    admin.delete(&format!("{path}/examples/{first}")).await.problem(404, "not_found");
    assert_eq!(viewer.get(&format!("{path}/examples")).await.made()["different"], 0);
    world.stop().await;
}

#[tokio::test]
async fn kept_answers_are_part_of_the_configuration() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let path = tested(&world, &admin, "https://test.buyer.example/ping", "https://test.buyer.example/post").await;
    kept(&admin, &path).await;
    let exported = admin.get("config").await.made();
    let examples = &exported["contracts"][0]["examples"];
    assert_eq!((&examples[0]["name"], &examples[0]["body"]), (&json!("a bid"), &json!(BID)), "{exported}");
    let nothing = admin.put("config", "*", &exported).await.made();
    assert_eq!(nothing["differences"], json!([]), "{nothing}");

    // Into another tenant, its secrets given.
    let other = operator(&world, &tenant(&world, "other").await, Role::Operator).await;
    let mut wanted = exported.clone();
    for phase in ["ping", "post"] {
        wanted["contracts"][0]["delivery"][phase]["headers"][0]["value"] = SECRET.into();
    }
    other.put("config", "*", &wanted).await.made();
    let found = other.get("contracts").await.made()["items"][0]["id"].as_str().unwrap().to_owned();
    let there = other.get(&format!("contracts/{found}/examples")).await.made();
    assert_eq!((there["items"].as_array().unwrap().len(), &there["different"]), (2, &json!(1)), "{there}");

    // What is changed, added and left out is told, and what then reads differently.
    let mut wanted = exported.clone();
    wanted["contracts"][0]["examples"] = json!([
        { "name": "a bid", "phase": "ping", "body": BID, "expected": { "outcome": "no_bid" } },
        { "name": "busy", "phase": "post", "status": 503, "body": "<html>" },
    ]);
    let told = admin.put("config", "*", &wanted).await;
    let sentences = told.sentences();
    assert_eq!(sentences.len(), 3, "{sentences:?}");
    assert!(sentences[0].ends_with("kept answer \"a bid\" to a ping changed"), "{sentences:?}");
    assert!(told.body["warnings"][0].as_str().unwrap().contains("Summit auction"), "{}", told.body);
    assert_eq!(admin.get(&format!("{path}/examples")).await.made()["items"].as_array().unwrap().len(), 2);
    wanted["contracts"][0]["examples"] = json!([{ "name": "", "phase": "ping", "body": "" }, { "phase": "never" }]);
    let refused = admin.put("config", "*", &wanted).await;
    assert_eq!(refused.fields(), ["contracts[0].examples[1]"]);
    wanted["contracts"][0]["examples"].as_array_mut().unwrap().pop();
    assert_eq!(admin.put("config", "*", &wanted).await.fields(), ["contracts[0].examples[0].name"]);
    // A contract that says nothing of them keeps them.
    wanted["contracts"][0].as_object_mut().unwrap().remove("examples");
    admin.put("config", "*", &wanted).await.made();
    assert_eq!(admin.get(&format!("{path}/examples")).await.made()["items"].as_array().unwrap().len(), 2);
    world.stop().await;
}
