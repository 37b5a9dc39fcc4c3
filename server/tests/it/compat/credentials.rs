//! Whose requests they are, and what their words mean.

use super::{Seller, plain};
use crate::admin::of_the_demo;
use crate::harness::World;
use model::user::Role;
use serde_json::json;

#[tokio::test]
async fn a_credential_is_taken_over_and_opens_its_platform_only() {
    let world = World::start().await;
    let seller = world.seller("leadspedia", json!([]), json!([])).await;
    let old = "q1w2e3r4t5y6u7i8o9p0";
    let operator = of_the_demo(&world, Role::Admin).await;
    let wanted = json!({ "source": "northbound", "name": "Old form", "campaigns": ["auto-insurance"],
        "platform": "leadspedia", "credential": old });
    let made = operator.post("keys", &wanted).await;
    assert_eq!(made.status, 201, "{}", made.body);
    assert_eq!((&made.body["used_as"], made.body.get("key")), (&json!({ "platform": "leadspedia" }), None));
    assert!(!made.body.to_string().contains(old), "{}", made.body);
    let (open, _) = plain();
    // The key is for one campaign: nothing has to be said about it.
    let head = [("lp_campaign_id", "63987f88d3742"), ("lp_campaign_key", old), ("lp_response", "JSON")];
    let got = seller.form("ping.do", &[&head, &open]).await;
    got.is(200, "application/json", r#"{"result":"success","price":30,"ping_id":"*","msg":"Ping Accepted"}"#);
    let elsewhere = Seller { world: &world, base: "leadprosper" };
    let got = elsewhere.form("ping", &[&[("lp_key", old), ("lp_campaign_id", "auto-insurance")], &open]).await;
    got.is(200, "application/json", r#"{"status":"ERROR","payout":0,"message":"invalid lp_key or lp_supplier_id"}"#);
    world
        .answer(world.client().get(world.url("/api/v1/leads?external_id=x")).bearer_auth(old))
        .await
        .problem(401, "unauthorized");
    let twice = operator.post("keys", &wanted).await;
    assert_eq!(twice.status, 409, "{}", twice.body);
    let short = operator
        .post("keys", &json!({ "source": "northbound", "name": "x", "platform": "leadbyte", "credential": "12" }))
        .await;
    short.problem(422, "invalid_configuration");
    assert_eq!(short.fields(), ["credential"]);
    operator.delete(&format!("keys/{}", made.id())).await.made();
    let gone = seller.form("ping.do", &[&head, &open, &[("age", "45")]]).await;
    gone.is(
        200,
        "application/json",
        r#"{"result":"failed","msg":"Error","errors":[{"error":"Invalid campaign key"}]}"#,
    );
    world.stop().await;
}

#[tokio::test]
async fn what_its_words_mean_is_checked_when_it_is_saved() {
    let world = World::start().await;
    let operator = of_the_demo(&world, Role::Admin).await;
    let sources = operator.get("sources").await.made();
    let path = format!("sources/{}", sources["items"][0]["id"].as_str().unwrap());
    let mut document = operator.get(&path).await;
    document.body["intake"] = json!({
        "names": [{ "theirs": "", "ours": "zip" }, { "theirs": "a", "ours": "Not a field" }],
        "campaigns": [{ "theirs": "21", "campaign": "nowhere" }],
    });
    let refused = operator.put(&path, &document.etag, &document.body).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["intake.campaigns[0].campaign", "intake.names[0].theirs", "intake.names[1].ours"]);
    world.stop().await;
}

#[tokio::test]
async fn whoever_comes_too_often_is_told_when_to_come_again() {
    let world = World::with(|settings| (settings.key_rate, settings.key_burst) = (1, 1)).await;
    let seller = Seller { world: &world, base: "phonexa" };
    let pairs = [("apiPassword", world.affiliate_key.as_str()), ("productId", "auto-insurance")];
    seller.query("ping", &[&pairs]).await;
    let stopped = seller.query("ping", &[&pairs]).await;
    stopped.is(429, "application/json", r#"{"status":4,"errors":[{"request":"too many requests"}]}"#);
    world.stop().await;
}
