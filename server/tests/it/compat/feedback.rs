//! What a buyer's program says of leads in LeadConduit's words, LeadExec's pings, and credentials that are guessed.

use super::{Seller, encoded, plain, route};
use crate::harness::World;
use axum::http::Method;
use model::{lead::LeadState, returns::ReturnTerms};
use serde_json::json;

const JSON: &str = "application/json";

impl World {
    async fn story_of(&self, lead: &str) -> Vec<(String, String)> {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let detail = rows.lead_detail(lead.parse().unwrap()).await.unwrap();
        detail.history.into_iter().map(|line| (line.kind, line.note)).collect()
    }
}

#[tokio::test]
async fn leadconduit_hears_what_became_of_a_lead() {
    let world = World::start().await;
    let buyer = Seller { world: &world, base: "leadconduit" };
    let (first, second) = (world.sold_to_northwind(11).await, world.sold_to_northwind(12).await);
    let token = world.token_of_northwind().await;
    let said = |lead: &'static str, kind: &'static str| [("event_id", lead), ("type", kind)];
    let (first, second): (&'static str, &'static str) = (first.leak(), second.leak());
    let key = [("key", token.as_str())];

    let heard = buyer.form("feedback", &[&said(first, "conversion"), &key, &[("reason", "bought a policy")]]).await;
    let wanted = r#"{"outcome":"success","lead":{"id":"*","first_name":"Dana","last_name":"Reyes"}}"#;
    let id = heard.is(201, JSON, wanted).remove(0);
    assert!(id.len() == 24 && id.bytes().all(|byte| byte.is_ascii_hexdigit()), "{id}");
    let told = world.story_of(first).await;
    assert!(
        told.contains(&("feedback_converted".into(), "Northwind's system: Bought: bought a policy.".into())),
        "{told:?}"
    );

    world.terms(None).await;
    let back = [("reason", "Phone is wrong")];
    let refused = buyer.query("feedback", &[&said(second, "return"), &key, &back]).await;
    refused.is(
        201,
        JSON,
        r#"{"outcome":"failure","reason":"leads of this contract are not given back","lead":{"id":"*"}}"#,
    );
    let terms = ReturnTerms { days: 7, reasons: Vec::new(), automatic_up_to: None, frees_caps: true };
    world.terms(Some(terms)).await;
    let xml = [("accept", "text/xml"), ("content-type", "application/json"), ("x-api-key", token.as_str())];
    let body = json!({ "event_id": second, "type": "return", "reason": "Phone is wrong" }).to_string();
    let asked = buyer.ask(Method::POST, "feedback", &xml, body.clone()).await;
    asked.is(201, "text/xml", "<result><outcome>success</outcome><lead><id>*</id><first_name>Dana</first_name><last_name>Reyes</last_name></lead></result>");
    assert_eq!(world.state_of(second).await.0, LeadState::Sold, "it waits for a person");
    let text = [("accept", "text/plain"), ("content-type", "application/json"), ("x-api-key", token.as_str())];
    let again = buyer.ask(Method::POST, "feedback", &text, body).await;
    again.is(201, "text/plain", "lead_id:*\noutcome:failure\nreason:this lead was asked to be taken back before");

    let kind = buyer.form("feedback", &[&said(first, "praise"), &key]).await;
    kind.is(400, "text/plain", "Invalid type: use return or conversion");
    for (lead, key) in
        [(first, "gvl_op_x"), (first, world.affiliate_key.as_str()), ("led_00000000000000000000000000", token.as_str())]
    {
        let nobody = buyer.form("feedback", &[&said(lead, "return"), &[("key", key)]]).await;
        nobody.is(404, "text/plain", "Not Found");
    }
    let put = buyer.ask(Method::PUT, "feedback", &[], String::new()).await;
    assert_eq!((put.status, put.allow.as_str()), (405, "GET, POST"));

    let send = |body: serde_json::Value| {
        let request = world.client().post(world.url(&format!("/api/v1/buyer/leads/{first}/feedback")));
        world.answer(request.bearer_auth(&token).json(&body))
    };
    let kept = send(json!({ "type": "quoted", "value": "120.50" })).await;
    assert_eq!((kept.status, &kept.body["value"]), (201, &json!("120.50")), "{}", kept.body);
    assert!(
        world.story_of(first).await.iter().any(|(_, note)| note == "Northwind's system: Quoted, worth 120.50 USD.")
    );
    let wrong = send(json!({ "type": "praised", "value": "much" })).await;
    let fields: Vec<_> = wrong.body["error"]["fields"].as_array().unwrap().iter().map(|f| f["field"].clone()).collect();
    assert_eq!((wrong.status, fields), (422, vec![json!("type"), json!("value")]), "{}", wrong.body);
    world.stop().await;
}

#[tokio::test]
async fn leadexec_pings_and_posts_its_order() {
    let world = World::start().await;
    let seller = world.seller("leadexec", route("6001"), json!([])).await;
    let head = [("VID", "70001"), ("LID", "6001"), ("Password", world.affiliate_key.as_str())];
    let open = [("Zip", "48226"), ("State", "MI"), ("Age", "41"), ("CurrentlyInsured", "Yes"), ("VehicleCount", "2")];
    let person = [("FirstName", "Dana"), ("LastName", "Reyes"), ("Email", "dana@example.com"), ("Phone", "3135550142")];
    let bid = seller.form("processor/insert/ping", &[&head, &open]).await;
    let order = bid.is(200, "text/xml", "<PostResponse><PostID>*</PostID><isValidPost>true</isValidPost><ResponseType>No_Error</ResponseType><ResponseDetails>Ping was accepted</ResponseDetails><LeadIdentifier>0</LeadIdentifier><PendingQCReview>false</PendingQCReview><Price>30</Price><OrderID>*</OrderID></PostResponse>");
    let order = [("orderid", order[1].as_str())];
    let changed = seller.form("processor/insert/general", &[&head, &open, &person, &order, &[("Age", "42")]]).await;
    changed.is(200, "text/xml", "<PostResponse><PostID>*</PostID><isValidPost>false</isValidPost><ResponseType>Data_Errors</ResponseType><ResponseDetails>A field differs from the ping</ResponseDetails><LeadIdentifier>0</LeadIdentifier><PendingQCReview>false</PendingQCReview><Price>0</Price></PostResponse>");
    let sold = seller.form("processor/insert/general/json", &[&head, &open, &person, &order]).await;
    let url = "https://northwind.example/thanks/*";
    sold.is(200, JSON, &format!(r#"{{"PostID":"*","isValidPost":true,"ResponseType":0,"ResponseDetails":"Lead was accepted","LeadIdentifier":*,"VendorAccountAssigned":1,"PendingQCReview":false,"Price":30,"RedirectURL":"{url}"}}"#));
    let again = seller.form("processor/insert/general/json", &[&head, &open, &person, &order]).await;
    assert_eq!((again.body, world.sales().await), (sold.body, 1));
    let unknown = [("orderid", "png_00000000000000000000000000")];
    let unknown = seller.form("processor/insert/general/json", &[&head, &open, &person, &unknown]).await;
    unknown.is(200, JSON, r#"{"PostID":"*","isValidPost":false,"ResponseType":9,"ResponseDetails":"Order is not known","LeadIdentifier":0,"PendingQCReview":false,"Price":0}"#);
    world.nobody_buys().await;
    let none = seller.query("processor/insert/ping/json", &[&head, &open, &[("Age", "43")]]).await;
    none.is(200, JSON, r#"{"PostID":"*","isValidPost":false,"ResponseType":5,"ResponseDetails":"No buyer found","LeadIdentifier":0,"PendingQCReview":false,"Price":0}"#);
    world.stop().await;
}

#[tokio::test]
async fn who_guesses_credentials_is_not_heard_for_a_while() {
    let world = World::start().await;
    let seller = world.seller("leadprosper", route("21"), json!([])).await;
    let (open, _) = plain();
    let ask = async |key: &str| {
        let head = [("lp_key", key), ("lp_campaign_id", "21")];
        seller
            .ask(
                Method::POST,
                "ping",
                &[("content-type", "application/x-www-form-urlencoded")],
                encoded(&[&head, &open]),
            )
            .await
    };
    let mut wrong = 0;
    let stopped = loop {
        let got = ask(&format!("guess-number-{wrong}")).await;
        if got.status == 429 {
            break got;
        }
        got.is(200, JSON, r#"{"status":"ERROR","payout":0,"message":"invalid lp_key or lp_supplier_id"}"#);
        wrong += 1;
        assert!(wrong < 100, "nothing stops guessing");
    };
    assert_eq!((wrong, stopped.status), (20, 429));
    assert_eq!(ask(&world.affiliate_key).await.status, 429, "the right one is not told apart");
    world.clock.advance_millis(10_000);
    let heard = ask(&world.affiliate_key).await;
    assert!(heard.status == 200 && heard.body.contains("ACCEPTED"), "{}", heard.body);
    world.stop().await;
}
