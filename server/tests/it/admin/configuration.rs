//! Configuration as code.

use super::{SECRET, furnish, operator, tenant};
use crate::harness::World;
use axum::http::Method;
use model::user::Role;
use serde_json::json;

#[tokio::test]
async fn a_configuration_is_exported_changed_compared_and_applied() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    furnish(&admin).await;
    let read = admin.get("config").await;
    let exported = read.body.clone();
    assert_eq!(exported["contracts"][0]["campaign"], "home");
    assert_eq!(exported["contracts"][0]["delivery"]["post"]["headers"][0]["value"], json!({ "secret": "kept" }));
    let text = exported.to_string();
    for id in ["con_", "cmp_", "buy_", "src_", "vrt_", SECRET] {
        assert!(!text.contains(id), "{id} is in {text}");
    }
    assert_eq!(admin.put("config", "*", &exported).await.sentences(), [""; 0], "it is so already");
    assert_eq!(admin.get("contracts").await.body["items"][0]["version"], 1);

    let mut wanted = exported.clone();
    wanted["contracts"][0]["price"]["floor"] = json!("5.00");
    wanted["contracts"][0]["delivery"]["post"]["headers"][0]["value"] = json!("another-credential");
    wanted["buyers"][0]["caps"] = json!([{ "window": "day", "limit": { "count": 50 } }]);
    wanted["sources"] = json!([{ "slug": "mail", "name": "Mail", "active": true, "payout": { "fixed": "9.00" } }]);
    let told = [
        "Source \"Mail\" added",
        "Source \"Web\": paused",
        "Buyer \"Summit\": caps none → 50 per day",
        "Contract \"Summit auction\": floor 2.00 → 5.00",
        "Contract \"Summit auction\": post secret X-Api-Key changed",
    ];
    let dry = admin.put("config?dry_run=1", "*", &wanted).await;
    assert_eq!(dry.sentences(), told);
    assert_eq!(dry.body["applied"], json!(false));
    assert_eq!(dry.body["differences"][3]["path"], "contracts[home/summit/Summit auction].price.floor");
    assert!(!dry.body.to_string().contains("another-credential"), "{}", dry.body);
    assert_eq!(admin.get("config").await.body, exported, "nothing was done");

    let version = world.opened.store.config_version().await.unwrap();
    let done = admin.ask(Method::PUT, "config?note=From%20code", Some(&read.etag), Some(&wanted)).await;
    assert_eq!((done.sentences().len(), &done.body["applied"]), (told.len(), &json!(true)), "{}", done.body);
    assert_eq!(world.opened.store.config_version().await.unwrap(), version + 1, "one change");
    assert_eq!(admin.put("config", "*", &wanted).await.sentences(), [""; 0], "applied again it changes nothing");
    assert_eq!(world.opened.store.config_version().await.unwrap(), version + 1);
    admin.put("config", &read.etag, &exported).await.problem(412, "version_conflict");
    let history = admin.get("history?kind=contracts&limit=1").await;
    assert_eq!(history.body["items"][0]["note"], "From code");
    world.stop().await;
}

#[tokio::test]
async fn it_goes_to_another_tenant_once_its_secrets_are_given() {
    let world = World::start().await;
    let (one, two) = (tenant(&world, "one").await, tenant(&world, "two").await);
    let (one, two) = (operator(&world, &one, Role::Operator).await, operator(&world, &two, Role::Operator).await);
    furnish(&one).await;
    let mut config = one.get("config").await.made();
    let refused = two.put("config", "*", &config).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(
        refused.fields(),
        ["contracts[0].delivery.ping.headers[0].value", "contracts[0].delivery.post.headers[0].value",]
    );
    assert_eq!(two.get("campaigns").await.body["items"], json!([]), "all or nothing");
    for part in ["ping", "post"] {
        config["contracts"][0]["delivery"][part]["headers"][0]["value"] = json!(SECRET);
    }
    let done = two.put("config", "*", &config).await;
    assert_eq!(done.sentences().len(), 5, "{}", done.body);
    assert_eq!(two.put("config", "*", &config).await.sentences(), [""; 0]);
    assert_eq!(two.get("config").await.body, one.get("config").await.body);

    config["contracts"][0]["filter"] = json!({ "is": { "field": "colour", "test": "present" } });
    config["contracts"][0]["campaign"] = json!("garden");
    config["buyers"][0]["zone"] = json!("Mars/Olympus");
    config["campaigns"][0]["auction"]["floor"] = json!(1);
    config["leads"] = json!([]);
    let refused = two.put("config?dry_run=1", "*", &config).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["campaigns[0].auction.floor", "contracts[0].campaign", "leads"]);
    config["campaigns"][0]["auction"]["floor"] = json!("1.00");
    config["contracts"][0]["campaign"] = json!("home");
    config.as_object_mut().unwrap().remove("leads");
    let refused = two.put("config", "*", &config).await;
    assert_eq!(refused.fields(), ["buyers[0].zone", "contracts[0].filter"]);
    two.put("config", "*", &json!({ "campaigns": [] })).await.problem(422, "invalid_configuration");
    // Sections that are not there stay as they are.
    assert_eq!(two.put("config", "*", &json!({ "gavel_config": 1 })).await.sentences(), [""; 0]);
    world.stop().await;
}
