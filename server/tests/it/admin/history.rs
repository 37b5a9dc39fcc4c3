//! Versions, drafts, going back, and four eyes.

use super::{Reply, furnish, operator, tenant};
use crate::harness::World;
use axum::http::Method;
use model::user::Role;
use serde_json::{Value, json};

fn sentences(entry: &Value) -> Vec<&str> {
    entry["differences"].as_array().unwrap().iter().map(|difference| difference["sentence"].as_str().unwrap()).collect()
}

fn entries(reply: &Reply) -> &Vec<Value> {
    reply.body["items"].as_array().unwrap()
}

#[tokio::test]
async fn every_change_is_told_and_can_be_undone() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let [.., id] = furnish(&admin).await;
    let path = format!("contracts/{id}");
    let mut body = admin.get(&path).await.made();
    body["price"]["floor"] = json!("5.00");
    body["filter"]["is"]["test"]["between"]["min"] = json!(25);
    world.clock.advance_millis(1000);
    admin.put(&format!("{path}?note=Better%20terms"), "\"1\"", &body).await.made();
    world.clock.advance_millis(1000);
    admin.patch(&path, &json!({ "active": false })).await.made();
    let history = admin.get(&format!("history?kind=contracts&id={id}")).await;
    let told: Vec<_> =
        entries(&history).iter().map(|entry| (entry["version"].as_i64().unwrap(), sentences(entry))).collect();
    assert_eq!(
        told,
        [
            (3, vec!["Contract \"Summit auction\": paused"]),
            (
                2,
                vec![
                    "Contract \"Summit auction\": floor 2.00 → 5.00",
                    "Contract \"Summit auction\": filter age between 18 and 80 → age between 25 and 80",
                ]
            ),
            (1, vec!["Contract \"Summit auction\" added"]),
        ]
    );
    let second = &entries(&history)[1];
    assert_eq!((&second["note"], &second["author_name"]), (&json!("Better terms"), &json!("operator")));
    assert_eq!(second["at"], "2026-05-07T16:00:01.000Z");

    world.clock.advance_millis(1000);
    let restored = admin.post(&format!("{path}/rollback"), &json!({ "version": 1 })).await.made();
    assert_eq!((&restored["price"]["floor"], &restored["active"]), (&json!("2.00"), &json!(true)));
    assert_eq!(restored["version"], 4);
    let history = admin.get(&format!("history?id={id}&limit=1")).await;
    assert_eq!(entries(&history)[0]["note"], "Restored version 1");
    let after = history.body["next"].as_str().unwrap();
    let rest = admin.get(&format!("history?id={id}&after={after}")).await;
    assert_eq!((entries(&rest).len(), &rest.body["next"]), (3, &Value::Null));
    admin.post(&format!("{path}/rollback"), &json!({ "version": 9 })).await.problem(404, "not_found");
    let stale = json!({ "version": 2 });
    let stale = admin.ask(Method::POST, &format!("{path}/rollback"), Some("\"3\""), Some(&stale)).await;
    stale.problem(412, "version_conflict");
    // The whole history, of everything.
    assert_eq!(entries(&admin.get("history").await).len(), 4 + 3);
    admin.get("history?kind=leads").await.problem(400, "malformed");
    world.stop().await;
}

#[tokio::test]
async fn what_the_seed_made_has_a_first_version_too() {
    let world = World::start().await;
    let admin = operator(&world, &world.market.tenant, Role::Operator).await;
    let buyer = admin.get("buyers").await.body["items"][0].clone();
    let path = format!("buyers/{}", buyer["id"].as_str().unwrap());
    admin.patch(&path, &json!({ "active": false })).await.made();
    let history = admin.get("history").await;
    let told: Vec<_> = entries(&history).iter().map(|entry| (entry["author"] != "", sentences(entry).len())).collect();
    assert_eq!(told, [(true, 1), (false, 0)]);
    let restored = admin.post(&format!("{path}/rollback"), &json!({ "version": buyer["version"] })).await.made();
    assert_eq!(restored["active"], json!(true));
    world.stop().await;
}

#[tokio::test]
async fn a_draft_changes_nothing_until_it_is_published() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let [campaign, ..] = furnish(&admin).await;
    let path = format!("campaigns/{campaign}");
    let draft = format!("{path}?draft=1");
    admin.get(&draft).await.problem(404, "not_found");
    let mut body = admin.get(&path).await.made();
    body["auction"]["floor"] = json!("3.00");
    let saved = admin.put(&draft, "\"1\"", &body).await.made();
    assert!(saved["draft"]["author"].as_str().unwrap().starts_with("key_"), "{saved}");
    assert_eq!(admin.get(&path).await.body["auction"]["floor"], "1.00");
    assert_eq!(admin.get(&draft).await.body["auction"]["floor"], "3.00");
    // Somebody changes the published one: the draft would take that back.
    admin.patch(&path, &json!({ "active": false })).await.made();
    admin.post(&format!("{path}/publish"), &json!({})).await.problem(412, "version_conflict");
    admin.put(&draft, "\"1\"", &body).await.problem(412, "version_conflict");
    admin.put(&draft, "\"2\"", &body).await.made();
    let published = admin.post(&format!("{path}/publish"), &json!({ "note": "Spring prices" })).await;
    assert_eq!((&published.body["auction"]["floor"], published.etag.as_str()), (&json!("3.00"), "\"3\""));
    admin.post(&format!("{path}/publish"), &json!({})).await.problem(404, "not_found");
    body["fallback_url"] = json!("nowhere");
    assert_eq!(admin.put(&draft, "*", &body).await.fields(), ["fallback_url"]);
    body["fallback_url"] = json!("https://form.example/other");
    admin.put(&draft, "*", &body).await.made();
    assert_eq!(admin.delete(&draft).await.status, 204);
    admin.delete(&draft).await.problem(404, "not_found");
    world.stop().await;
}

#[tokio::test]
async fn four_eyes_are_two_people() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let (ann, bob) = (operator(&world, &fresh, Role::Admin).await, operator(&world, &fresh, Role::Operator).await);
    let [campaign, ..] = furnish(&ann).await;
    let path = format!("campaigns/{campaign}");
    ann.put("options", "*", &json!({ "four_eyes": true })).await.made();
    assert_eq!(bob.get("options").await.body, json!({ "four_eyes": true }));
    let mut body = bob.get(&path).await.made();
    body["name"] = json!("Home and garden");
    bob.put(&path, "\"1\"", &body).await.problem(403, "four_eyes");
    bob.put(&format!("{path}?draft=1"), "\"1\"", &body).await.made();
    bob.post(&format!("{path}/publish"), &json!({})).await.problem(403, "four_eyes");
    ann.post(&format!("{path}/publish"), &json!({})).await.made();
    assert_eq!(bob.get(&path).await.body["name"], "Home and garden");

    // Pausing needs no second pair, resuming does; a new thing begins paused; going back is a draft.
    bob.patch(&path, &json!({ "active": false })).await.made();
    bob.patch(&path, &json!({ "active": true })).await.problem(403, "four_eyes");
    let mut new = super::buyer("ridge");
    assert_eq!(bob.post("buyers", &new).await.made()["active"], json!(false));
    new["slug"] = json!("crest");
    new["active"] = json!(true);
    bob.post("buyers", &new).await.problem(403, "four_eyes");
    let back = bob.post(&format!("{path}/rollback"), &json!({ "version": 1 })).await.made();
    assert_eq!(back["draft"]["author"], bob.get(&format!("{path}?draft=1")).await.body["draft"]["author"]);
    assert_eq!(bob.get(&path).await.body["name"], "Home and garden");
    bob.post(&format!("{path}/publish"), &json!({})).await.problem(403, "four_eyes");
    ann.post(&format!("{path}/publish"), &json!({})).await.made();
    assert_eq!(bob.get(&path).await.body["name"], "Home insurance");
    let mut whole = ann.get("config").await.made();
    whole["buyers"][0]["name"] = json!("Renamed");
    ann.put("config", "*", &whole).await.problem(403, "four_eyes");
    assert_eq!(ann.put("config?dry_run=1", "*", &whole).await.sentences().len(), 1);
    world.stop().await;
}
