//! Alerts over the whole server, with moved time: a full cap is shown and told once, and is over when its window is.

use crate::{
    admin::of_the_demo,
    harness::{Browser, World},
    people::mails,
};
use model::{
    cap::{Cap, Limit, Window},
    user::Role,
};
use reqwest::Method;
use serde_json::{Value, json};

const MINUTE: i64 = 60_000;
const HOUR: i64 = 60 * MINUTE;

impl World {
    /// Moves time and waits until everything that is due then has been looked at.
    async fn look_after(&self, millis: i64) {
        self.clock.advance_millis(millis);
        let now = self.opened.clock.now();
        self.pipeline.looks().ring();
        self.pipeline.looks().last().wait_for(|last| *last >= now).await.expect("the pipeline lives");
    }

    /// Northwind buys so many leads a day.
    async fn cap_northwind(&self, leads: u32) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let buyer = rows.buyer_by_slug("northwind").await.unwrap();
        for mut contract in rows.contracts().await.unwrap() {
            if contract.buyer_id == buyer.id {
                contract.caps = vec![Cap::plain(Window::Day, Limit::Count(leads))];
                rows.put_contract(&contract).await.unwrap();
            }
        }
        self.pipeline.refresh().await.unwrap();
    }

    /// A webhook of the tenant's own that hears of alerts.
    async fn alert_hook(&self) {
        let hook = json!({
            "name": "Alerts", "on": ["alert_opened", "alert_resolved"],
            "target": { "kind": "webhook", "url": format!("{}/webhook/alerts", self.sandbox) },
        });
        let made = of_the_demo(self, Role::Operator).await.post("endpoints", &hook).await.made();
        self.receiver("alerts", json!({ "secret": made["secret"] })).await;
    }
}

fn told(arrival: &Value) -> Value {
    assert_eq!(arrival["status"], 200, "its signature is right: {arrival}");
    serde_json::from_str(arrival["body"].as_str().expect("a body")).expect("JSON")
}

async fn page(browser: &Browser, path: &str) -> String {
    let page = browser.get(path).await;
    assert_eq!(page.status, 200, "{path}");
    page.text
}

#[tokio::test]
async fn a_full_cap_is_shown_and_told_once_and_is_over_with_its_window() {
    let world = World::start().await;
    world.alert_hook().await;
    world.cap_northwind(2).await;
    let (browser, operator) = (world.signed_in("operator").await, of_the_demo(&world, Role::Operator).await);
    world.look_after(MINUTE).await;
    assert!(!page(&browser, "/").await.contains("Needs attention"), "nothing is wrong");
    assert!(page(&browser, "/alerts").await.contains("Nothing is wrong"));

    world.sold_to_northwind(1).await;
    world.sold_to_northwind(2).await;
    world.look_after(MINUTE).await;
    let open = operator.get("alerts").await.made();
    let [alert] = open["items"].as_array().expect("a list").as_slice() else { panic!("{open}") };
    assert_eq!((&alert["kind"], &alert["value"]), (&json!("cap_reached"), &json!({ "count": 2 })), "{alert}");
    let contract = alert["contract_id"].as_str().expect("a contract");
    assert_eq!(alert["link"], format!("/contracts/{contract}"));
    assert!(alert["cause"].as_str().is_some_and(|cause| cause.contains("buys nothing until Fri 00:00")), "{alert}");
    let first = page(&browser, "/").await;
    assert!(first.contains("Needs attention") && first.contains("Northwind Auto"), "{first}");
    assert!(first.contains("class=\"count\""), "the menu counts it");
    let shown = page(&browser, "/alerts").await;
    assert!(shown.contains("Cap is full") && shown.contains(&format!("href=\"/contracts/{contract}\"")), "{shown}");

    // Two leads are told of, and the alert; looked for again, it is told once.
    world.told(3).await;
    world.look_after(MINUTE).await;
    let arrivals = world.received("alerts").await;
    assert_eq!(arrivals.len(), 1);
    let message = told(&arrivals[0]);
    assert_eq!((&message["type"], &message["data"]["alert_id"]), (&json!("alert.opened"), &alert["id"]));
    assert_eq!((&message["data"]["kind"], &message["data"]["link"]), (&json!("cap_reached"), &alert["link"]));
    assert!(world.opened.store.waiting_jobs().await.unwrap().is_empty());
    assert_eq!(operator.get("alerts").await.body["items"][0]["count"], 2);

    // At midnight in Detroit another day begins.
    world.look_after(12 * HOUR).await;
    world.told(4).await;
    let message = told(&world.received("alerts").await[1]);
    assert_eq!((&message["type"], &message["data"]["alert_id"]), (&json!("alert.resolved"), &alert["id"]));
    assert!(message["data"]["resolved_at"].is_string(), "{message}");
    assert_eq!(operator.get("alerts").await.body["items"], json!([]));
    let past = operator.get("alerts?state=past").await.made();
    assert_eq!((&past["items"][0]["id"], past["items"].as_array().map(Vec::len)), (&alert["id"], Some(1)));
    let browser = world.signed_in("operator").await;
    assert!(page(&browser, "/alerts?state=past").await.contains("Cap is full"));
    assert!(!page(&browser, "/").await.contains("Needs attention"));
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn whoever_knows_of_an_alert_is_not_called_until_it_is_time() {
    let world = World::start().await;
    world.cap_northwind(1).await;
    world.sold_to_northwind(1).await;
    world.look_after(MINUTE).await;
    let (operator, viewer) = (of_the_demo(&world, Role::Operator).await, of_the_demo(&world, Role::Viewer).await);
    let id = operator.get("alerts").await.body["items"][0]["id"].as_str().expect("an alert").to_owned();
    let path = format!("alerts/{id}/acknowledge");
    viewer.post(&path, &json!({})).await.problem(403, "forbidden");
    let long = operator.post(&path, &json!({ "note": "x".repeat(301), "minutes": 0 })).await;
    long.problem(422, "invalid_configuration");
    assert_eq!(long.fields(), ["minutes", "note"]);
    operator.post("alerts/alt_0000000000000000000000000z/acknowledge", &json!({})).await.problem(404, "not_found");

    let known = operator.post(&path, &json!({ "note": "They know.", "minutes": 2 })).await.made();
    assert_eq!(
        (&known["acknowledged"]["note"], &known["acknowledged"]["by"]),
        (&json!("They know."), &json!("operator"))
    );
    let browser = world.signed_in("operator").await;
    assert!(!page(&browser, "/").await.contains("Needs attention"));
    assert!(page(&browser, "/alerts").await.contains("They know."), "it is open all the same");
    world.look_after(2 * MINUTE).await;
    assert!(page(&browser, "/").await.contains("Needs attention"), "the time is over");

    // On the page, with the way back.
    let done = browser.post("/alerts", &[("do", &format!("know:{id}")), ("note", ""), ("minutes", "")]).await;
    let after = browser.follow(done).await;
    assert!(after.text.contains("It calls for nobody now.") && after.text.contains(&format!("recall:{id}")));
    let undone = browser.post("/alerts", &[("do", &format!("recall:{id}"))]).await;
    assert!(browser.follow(undone).await.text.contains("It calls again."));
    assert!(operator.get("alerts").await.body["items"][0]["acknowledged"].is_null());
    operator.post(&path, &json!({})).await.made();
    assert!(operator.delete(&path).await.made()["acknowledged"].is_null());

    // Nobody else's.
    let foreigner = world.foreigner().await;
    assert!(page(&foreigner, "/alerts").await.contains("Nothing is wrong"));
    let theirs = foreigner.post("/alerts", &[("do", &format!("know:{id}"))]).await;
    assert_eq!(theirs.status, 404);
    world.stop().await;
}

#[tokio::test]
async fn the_terms_are_the_tenants_and_act_at_once() {
    let world = World::start().await;
    world.cap_northwind(2).await;
    world.sold_to_northwind(1).await;
    world.look_after(MINUTE).await;
    let operator = of_the_demo(&world, Role::Operator).await;
    assert_eq!(operator.get("alerts").await.body["items"], json!([]), "half is not nearly full");
    let put = async |value: Value| operator.ask(Method::PUT, "alerts/settings", None, Some(&value)).await;
    let wrong = put(json!({ "cap_near": 2_000_000, "doubt_count": "many", "off": ["weather"] })).await;
    wrong.problem(422, "invalid_configuration");
    assert_eq!(wrong.fields(), ["cap_near", "doubt_count", "off"]);
    put(json!({ "cap_far": 1 })).await.problem(422, "invalid_configuration");
    assert_eq!(put(json!({ "cap_near": 500_000 })).await.made()["cap_near"], 500_000);
    world.look_after(1).await;
    let near = operator.get("alerts?kind=cap_near").await.made();
    assert_eq!(near["items"][0]["threshold"], json!({ "share": 500_000 }), "{near}");
    assert_eq!(operator.get("alerts?kind=doubts").await.body["items"], json!([]));
    operator.get("alerts?kind=weather").await.problem(400, "malformed");

    // In the browser, in per cent; what is wrong stands beside its field and stays as it was typed.
    let browser = world.signed_in("operator").await;
    let faulty = browser.post("/alerts", &[("cap_near:percent", "100"), ("do", "settings")]).await;
    assert_eq!(faulty.status, 422);
    assert!(faulty.text.contains("From 1 to 99 per cent.") && faulty.text.contains("value=\"100\""), "{}", faulty.text);
    let saved = browser.post("/alerts", &[("cap_near:percent", "90"), ("off:set", "doubts"), ("do", "settings")]).await;
    assert!(browser.follow(saved).await.text.contains("It is saved."));
    let settings = operator.get("alerts/settings").await.made();
    assert_eq!((&settings["cap_near"], &settings["off"]), (&json!(900_000), &json!(["doubts"])));
    world.look_after(1).await;
    assert_eq!(operator.get("alerts").await.body["items"], json!([]));
    world.stop().await;
}

#[tokio::test]
async fn a_source_and_a_tracker_hear_of_no_alert() {
    let world = World::start().await;
    let operator = of_the_demo(&world, Role::Operator).await;
    let source = world.endpoint("Northbound tracker").await.source_id;
    let own = |target: Value, source: Option<String>| json!({ "name": "Own", "on": ["sold", "alert_opened"], "target": target, "source_id": source });
    let url = format!("{}/webhook/own", world.sandbox);
    let hook = json!({ "kind": "webhook", "url": url });
    let theirs = operator.post("endpoints", &own(hook, source.map(|id| id.to_string()))).await;
    theirs.problem(422, "invalid_configuration");
    assert_eq!(theirs.fields(), ["on"]);
    let tracker = json!({ "kind": "postback", "method": "GET", "url": url });
    assert_eq!(operator.post("endpoints", &own(tracker, None)).await.fields(), ["on"]);
    world.stop().await;
}

#[tokio::test]
async fn an_alert_can_be_tried_at_the_endpoint_before_anything_is_wrong() {
    let world = World::start().await;
    world.alert_hook().await;
    let id = world.endpoint("Alerts").await.id;
    let fired =
        of_the_demo(&world, Role::Operator).await.post(&format!("endpoints/{id}/test"), &json!({})).await.made();
    assert_eq!(fired["status"], 200, "{fired}");
    let message = told(&world.received("alerts").await[0]);
    assert_eq!((&message["type"], &message["data"]["about"]), (&json!("alert.opened"), &json!("Sample")));
    world.stop().await;
}

#[tokio::test]
async fn whoever_wants_letters_gets_one_in_a_quarter_of_an_hour() {
    let world = World::start().await;
    let (browser, operator) = (world.signed_in("operator").await, of_the_demo(&world, Role::Operator).await);
    let address = world.login("operator").email;
    let on = browser.post("/alerts", &[("do", "letters:on")]).await;
    assert!(browser.follow(on).await.text.contains("You get a letter when something is wrong"));
    world.cap_northwind(2).await;
    world.sold_to_northwind(1).await;
    world.sold_to_northwind(2).await;
    world.look_after(MINUTE).await;
    let first = mails(&world, &address, 1).await.remove(0).replace("=\r\n", "");
    let alert = operator.get("alerts").await.body["items"][0].clone();
    let link = alert["link"].as_str().expect("a path");
    for part in ["Cap is full", "Northwind Auto", "buys nothing until Fri 00:00", link] {
        assert!(first.contains(part), "{part} in {first}");
    }
    // Another limit fills within the quarter of an hour: it waits, and is written of when that is over.
    world.cap_northwind(3).await;
    world.sold_to_northwind(3).await;
    world.look_after(MINUTE).await;
    assert_eq!(operator.get("alerts").await.body["items"].as_array().map(Vec::len), Some(1));
    world.look_after(13 * MINUTE).await;
    assert_eq!(mails(&world, &address, 1).await.len(), 1, "it is not over yet");
    world.look_after(2 * MINUTE).await;
    let letters = mails(&world, &address, 2).await;
    assert!(letters.iter().any(|letter| letter.replace("=\r\n", "").contains("cap of 3 leads")), "{letters:?}");
    world.look_after(20 * MINUTE).await;
    assert_eq!(mails(&world, &address, 2).await.len(), 2, "what was written of is not written of again");
    let off = browser.post("/alerts", &[("do", "letters:off")]).await;
    assert!(browser.follow(off).await.text.contains("You get no letters any more."));
    world.stop().await;
}

#[tokio::test]
async fn of_two_servers_one_tells_it() {
    let world = World::on_postgres().await;
    world.alert_hook().await;
    world.cap_northwind(1).await;
    let other = world.beside().await;
    world.sold_to_northwind(1).await;
    world.clock.advance_millis(MINUTE);
    let now = world.opened.clock.now();
    other.pipeline.looks().ring();
    world.pipeline.looks().ring();
    for pipeline in [&world.pipeline, &other.pipeline] {
        pipeline.looks().last().wait_for(|last| *last >= now).await.expect("it looks");
    }
    let open = of_the_demo(&world, Role::Operator).await.get("alerts").await.made();
    assert_eq!(open["items"].as_array().map(Vec::len), Some(1), "{open}");
    assert_eq!(open["items"][0]["count"], 1);
    // Of the lead's sale and of the alert one message each, whichever of the two tells them.
    while !world.opened.store.waiting_jobs().await.expect("the store").is_empty() {
        tokio::task::yield_now().await;
    }
    assert_eq!(world.received("alerts").await.len(), 1, "it is told once");
    other.stop().await;
    world.stop().await;
}
