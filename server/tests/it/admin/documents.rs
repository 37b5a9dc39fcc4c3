//! Who may, what is refused, and what two operators do to each other.

use super::{Operator, buyer, campaign, contract, furnish, of_the_demo, operator, tenant};
use crate::harness::World;
use axum::http::Method;
use gavel::{context::Actor, service::admin::Admin};
use model::user::Role;
use serde_json::{Value, json};

#[tokio::test]
async fn only_a_token_of_the_tenant_with_the_right_role_configures() {
    let world = World::start().await;
    let with = |token: &str| Operator { world: &world, token: token.to_owned() };
    with("nonsense").get("buyers").await.problem(401, "unauthorized");
    let unknown = gavel::security::keys::new_operator_token().shown;
    with(&unknown).get("buyers").await.problem(401, "unauthorized");
    with(&gavel::security::keys::new_key(model::tenant::Mode::Live).shown)
        .get("buyers")
        .await
        .problem(401, "unauthorized");
    with(&world.api_key).get("buyers").await.problem(403, "forbidden");

    let viewer = of_the_demo(&world, Role::Viewer).await;
    assert_eq!(viewer.get("buyers").await.status, 200);
    viewer.post("buyers", &buyer("summit")).await.problem(403, "forbidden");
    let mine = viewer.get("contracts").await.body["items"][0].clone();
    let path = format!("contracts/{}", mine["id"].as_str().unwrap());
    viewer.put(&path, "*", &mine).await.problem(403, "forbidden");
    viewer.patch(&path, &json!({ "active": false })).await.problem(403, "forbidden");
    viewer.delete(&path).await.problem(403, "forbidden");
    viewer.post(&format!("{path}/publish"), &json!({})).await.problem(403, "forbidden");
    viewer.post(&format!("{path}/rollback"), &json!({ "version": 1 })).await.problem(403, "forbidden");
    viewer.post("keys", &json!({ "source": "own-form", "name": "x" })).await.problem(403, "forbidden");
    viewer.put("config", "*", &json!({ "gavel_config": 1 })).await.problem(403, "forbidden");
    let options = json!({ "four_eyes": true });
    of_the_demo(&world, Role::Operator).await.put("options", "*", &options).await.problem(403, "forbidden");

    // Another tenant's things are not there.
    let other = tenant(&world, "other").await;
    let other = operator(&world, &other, Role::Admin).await;
    other.get(&path).await.problem(404, "not_found");
    other.put(&path, "*", &mine).await.problem(404, "not_found");
    other.patch(&path, &json!({ "active": false })).await.problem(404, "not_found");
    other.delete(&path).await.problem(404, "not_found");
    let key = viewer.get("keys").await.body["items"][0]["id"].as_str().unwrap().to_owned();
    other.get(&format!("keys/{key}")).await.problem(404, "not_found");
    other.delete(&format!("keys/{key}")).await.problem(404, "not_found");
    assert_eq!(other.get("history").await.body["items"], json!([]));
    let reaching = contract(&world, mine["campaign_id"].as_str().unwrap(), mine["buyer_id"].as_str().unwrap());
    let refused = other.post("contracts", &reaching).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["buyer_id", "campaign_id"]);
    other.get("verticals").await.problem(404, "not_found");
    other.get("buyers/cmp_1").await.problem(404, "not_found");

    // A revoked token is refused from the next request on.
    let tokens = world.opened.store.tenant(world.market.tenant.id).operator_tokens().await.unwrap();
    let viewers = tokens.iter().find(|token| token.role == Role::Viewer).unwrap();
    let admin = Admin::new(world.opened.store.clone(), world.opened.vault.clone(), world.opened.clock.clone(), None);
    admin.revoke_token(&Actor::command_line(world.market.tenant.clone()), viewers.id).await.unwrap();
    viewer.get("buyers").await.problem(401, "unauthorized");
    world.stop().await;
}

#[tokio::test]
async fn every_fault_is_named_at_once_with_its_path() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Admin).await;
    let [campaign_id, _, buyer_id, contract_id] = furnish(&admin).await;
    let mut bad = contract(&world, &campaign_id, &buyer_id);
    bad["name"] = json!("Another");
    bad["price"] = json!({ "floor": "-1.00" });
    bad["filter"] = json!({ "is": { "field": "colour", "test": "present" } });
    bad["schedule"] = json!({ "spans": [{ "weekday": 7, "start": 0, "end": 60 }] });
    bad["sources"] = json!({ "only": ["src_00000000000000000000000000"] });
    bad["delivery"]["post"]["url"] = json!("ftp://buyer.example/");
    bad["delivery"]["post"]["timeout_ms"] = json!(0);
    bad["delivery"]["ping"]["headers"] = json!([{ "name": "Host", "value": "x" }]);
    let refused = admin.post("contracts", &bad).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(
        refused.fields(),
        [
            "delivery.ping.headers[0]",
            "delivery.post.timeout_ms",
            "delivery.post.url",
            "filter",
            "price.floor",
            "schedule",
            "sources.only[0]",
        ]
    );
    assert_eq!(admin.get("contracts").await.body["items"].as_array().unwrap().len(), 1, "nothing was made");

    bad["kind"] = json!("barter");
    bad["price"]["floor"] = json!(4);
    bad["delivery"]["post"]["rows"][0].as_object_mut().unwrap().remove("to");
    bad["priorty"] = json!(1);
    assert_eq!(
        admin.post("contracts", &bad).await.fields(),
        ["delivery.post.rows[0].to", "kind", "price.floor", "priorty"]
    );

    let mut bad = campaign("Home Insurance");
    bad["fields"][0]["name"] = json!("ZIP code");
    bad["fields"][3]["visibility"] = json!("pingable");
    bad["fallback_url"] = json!("thanks.html");
    bad["auction"]["deadline_ms"] = json!(500);
    let refused = admin.post("campaigns", &bad).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["auction.deadline_ms", "fallback_url", "fields[0]", "fields[3]", "slug"]);

    let mut bad = buyer("summit-2");
    bad["zone"] = json!("Mars/Olympus");
    bad["legal_name"] = json!(" ");
    assert_eq!(admin.post("buyers", &bad).await.fields(), ["legal_name", "zone"]);
    let bad = json!({ "slug": "x", "name": "X", "payout": { "share": 2_000_000 }, "floor": "-2.00" });
    assert_eq!(admin.post("sources", &bad).await.fields(), ["floor", "payout.share"]);

    // A field that a contract's filter needs cannot go.
    let mut home = admin.get(&format!("campaigns/{campaign_id}")).await.made();
    home["fields"].as_array_mut().unwrap().retain(|field| field["name"] != "age");
    let refused = admin.put(&format!("campaigns/{campaign_id}"), "*", &home).await;
    assert_eq!(refused.fields(), ["fields"]);
    assert!(refused.body.to_string().contains("Summit auction"), "{}", refused.body);
    // What cannot be read at all.
    admin.post("buyers", &json!([1])).await.problem(400, "malformed");
    admin.patch(&format!("contracts/{contract_id}"), &json!({ "actve": true })).await.problem(400, "malformed");
    admin.get("buyers?limit=many").await.problem(400, "malformed");
    world.stop().await;
}

#[tokio::test]
async fn two_operators_do_not_overwrite_each_other() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let (ann, bob) = (operator(&world, &fresh, Role::Operator).await, operator(&world, &fresh, Role::Operator).await);
    let [_, _, buyer_id, contract_id] = furnish(&ann).await;
    let path = format!("buyers/{buyer_id}");
    let read = bob.get(&path).await;
    assert_eq!((read.etag.as_str(), &read.body["version"]), ("\"1\"", &json!(1)));
    let mut body = read.body.clone();
    body["name"] = json!("Summit of Ann");
    let changed = ann.put(&path, &read.etag, &body).await;
    assert_eq!((changed.status, changed.etag.as_str()), (200, "\"2\""), "{}", changed.body);
    body["name"] = json!("Summit of Bob");
    bob.put(&path, &read.etag, &body).await.problem(412, "version_conflict");
    bob.ask(Method::PUT, &path, None, Some(&body)).await.problem(428, "if_match_required");
    bob.ask(Method::PATCH, &path, Some(&read.etag), Some(&json!({ "active": false })))
        .await
        .problem(412, "version_conflict");
    bob.ask(Method::DELETE, &path, Some(&read.etag), None).await.problem(412, "version_conflict");
    assert_eq!(bob.get(&path).await.body["name"], "Summit of Ann");
    let same = ann.put(&path, "\"2\"", &changed.body).await;
    assert_eq!(same.etag, "\"2\"", "what changes nothing is no version");
    let paused = bob.patch(&path, &json!({ "active": false })).await;
    assert_eq!((&paused.body["active"], paused.etag.as_str()), (&json!(false), "\"3\""));

    // Names are taken, and what is referred to stays.
    ann.post("buyers", &buyer("summit")).await.problem(409, "taken");
    let twin = ann.get(&format!("contracts/{contract_id}")).await.made();
    let twin = contract(&world, twin["campaign_id"].as_str().unwrap(), &buyer_id);
    ann.post("contracts", &twin).await.problem(409, "taken");
    ann.delete(&path).await.problem(409, "in_use");
    assert_eq!(ann.delete(&format!("contracts/{contract_id}")).await.status, 204);
    assert_eq!(ann.delete(&path).await.status, 204);
    ann.get(&path).await.problem(404, "not_found");
    world.stop().await;
}

#[tokio::test]
async fn long_lists_have_pages() {
    let world = World::start().await;
    let admin = of_the_demo(&world, Role::Viewer).await;
    let all = admin.get("buyers").await.made();
    let all: Vec<Value> = all["items"].as_array().unwrap().iter().map(|buyer| buyer["id"].clone()).collect();
    assert!(all.len() > 5);
    let (mut seen, mut next) = (Vec::new(), String::new());
    loop {
        let page = admin.get(&format!("buyers?limit=3{next}")).await.made();
        seen.extend(page["items"].as_array().unwrap().iter().map(|buyer| buyer["id"].clone()));
        let Some(after) = page["next"].as_str() else { break };
        next = format!("&after={after}");
    }
    assert_eq!(seen, all);
    admin.get("buyers?after=con_1").await.problem(400, "malformed");
    let keys = admin.get("keys?limit=2").await.made();
    let rest = admin.get(&format!("keys?after={}", keys["next"].as_str().unwrap())).await.made();
    assert_eq!((keys["items"].as_array().unwrap().len(), rest["items"].as_array().unwrap().len()), (2, 1));
    world.stop().await;
}

/// Amounts go in and come out as decimals wherever they are, and every member of the routing can be set and is said.
#[tokio::test]
async fn routing_payouts_caps_and_credit_are_configured_in_decimals() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Operator).await;
    let [campaign, source, buyer, contract] = furnish(&admin).await;
    let changes = [
        (
            format!("campaigns/{campaign}"),
            json!({ "auction": {
                "floor": "1.00", "posts": 3, "deadline_ms": 3000, "post_reserve_ms": 1000, "min_margin": "0.50",
                "max_buyers": 2, "look_ahead": "advise", "doubts": { "most": 3, "of": 12 },
                "tiers": [
                    { "name": "Partners", "strategy": "weighted", "falls": { "no_bid": true, "rejected": false, "timeout": true } },
                    { "name": "Market", "strategy": "net_value", "falls": { "no_bid": true, "rejected": true, "timeout": true } },
                ],
            } }),
        ),
        (
            format!("sources/{source}"),
            json!({ "payout": { "bands": [{ "from": "0.00", "share": 500_000 }, { "from": "8.00", "share": 600_000 }] } }),
        ),
        (
            format!("sources/{source}"),
            json!({ "payout": { "between": { "share": 500_000, "min": "2.00", "max": "9.50" } }, "pings": { "per_minute": 600 } }),
        ),
        (format!("sources/{source}"), json!({ "payout": { "less": "1.25" } })),
        (
            format!("buyers/{buyer}"),
            json!({
                "credit": { "paid_in": "500.00", "limit": "20.00" },
                "caps": [{ "window": "day", "limit": { "money": "90.00" }, "per": "source", "paced": true }],
            }),
        ),
        (
            format!("contracts/{contract}"),
            json!({
                "price": { "fixed": null, "floor": "2.00", "max_bid": "30.00", "delivery_cost": "0.05", "return_share": 20_000 },
                "routing": { "first_refusal": 100_000, "tier": 1, "weight": 3, "sharing": "shared", "competitor_group": "north" },
                "pings": { "per_second": 20 },
                "caps": [{ "window": "hour", "limit": { "count": 7 }, "per": { "value": { "field": "state", "only": ["MI"] } }, "paced": false }],
            }),
        ),
    ];
    for (path, change) in changes {
        let mut document = admin.get(&path).await.body;
        for (member, value) in change.as_object().unwrap() {
            document[member] = value.clone();
        }
        let saved = admin.put(&path, "*", &document).await.made();
        let again = admin.get(&path).await.body;
        for (member, value) in change.as_object().unwrap() {
            assert_eq!((&saved[member], &again[member]), (value, value), "{path}: {member}");
        }
    }
    let told = admin.get(&format!("history?kind=buyers&id={buyer}")).await.body.to_string();
    assert!(told.contains("500.00") && !told.contains("500000000"), "{told}");

    // Every fault by its path.
    let faults = async |path: &str, change: &[(&str, Value)]| {
        let mut document = admin.get(path).await.body;
        for (member, value) in change {
            document[*member] = value.clone();
        }
        let refused = admin.put(path, "*", &document).await;
        refused.problem(422, "invalid_configuration");
        refused.fields()
    };
    for doubts in [json!({ "most": 5, "of": 65 }), json!({ "most": 5, "of": 4 }), json!({ "most": 0, "of": 0 })] {
        let auction =
            json!({ "floor": "1.00", "posts": 3, "deadline_ms": 3000, "post_reserve_ms": 1000, "doubts": doubts });
        assert_eq!(faults(&format!("campaigns/{campaign}"), &[("auction", auction)]).await, ["auction.doubts.of"]);
    }
    let wrong = json!({ "between": { "share": 2_000_000, "min": "9.00", "max": "-1.00" } });
    let named = faults(&format!("sources/{source}"), &[("payout", wrong)]).await;
    assert_eq!(named, ["payout.between.max", "payout.between.min", "payout.between.share"]);
    let credit = json!({ "paid_in": "-1.00", "limit": "1.00" });
    assert_eq!(faults(&format!("buyers/{buyer}"), &[("credit", credit)]).await, ["credit.paid_in"]);
    let routing = json!({ "exclusive_rank": 1, "sharing": "shared" });
    let cap = json!([{ "window": "total", "limit": { "count": 1 }, "paced": true }]);
    let named = faults(&format!("contracts/{contract}"), &[("routing", routing), ("caps", cap)]).await;
    assert_eq!(named, ["caps", "routing", "routing"]);
    world.stop().await;
}

#[tokio::test]
async fn what_follows_an_auction_is_checked_as_a_whole() {
    let world = World::start().await;
    let fresh = tenant(&world, "fresh").await;
    let admin = operator(&world, &fresh, Role::Admin).await;
    let [campaign_id, _, buyer_id, _] = furnish(&admin).await;
    let path = format!("campaigns/{campaign_id}");
    let shown = admin.get(&path).await;
    let mut wanted = shown.body.clone();
    wanted["reoffer"] = json!({ "after_minutes": 0, "times": 21, "fresh_minutes": 50_000 });
    let refused = admin.put(&path, &shown.etag, &wanted).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["reoffer.after_minutes", "reoffer.fresh_minutes", "reoffer.times"]);
    wanted["reoffer"] = json!({ "after_minutes": 30, "often": 2 });
    let refused = admin.put(&path, &shown.etag, &wanted).await;
    refused.problem(422, "invalid_configuration");
    assert!(refused.fields().contains(&"reoffer.times".to_owned()), "{:?}", refused.fields());
    wanted["reoffer"] = json!({ "after_minutes": 30, "times": 2, "fresh_minutes": 20 });
    assert_eq!(admin.put(&path, &shown.etag, &wanted).await.fields(), ["reoffer.fresh_minutes"]);
    wanted["reoffer"] = json!({ "after_minutes": 30, "times": 2, "fresh_minutes": 120 });
    assert_eq!(admin.put(&path, &shown.etag, &wanted).await.made()["reoffer"], wanted["reoffer"]);

    let mut silent = contract(&world, &campaign_id, &buyer_id);
    (silent["name"], silent["kind"], silent["silent_on"]) = (json!("CRM"), json!("silent"), json!("sometimes"));
    let refused = admin.post("contracts", &silent).await;
    refused.problem(422, "invalid_configuration");
    assert_eq!(refused.fields(), ["silent_on"]);
    silent["silent_on"] = json!("unsold");
    (silent["backup"], silent["on_unknown"], silent["returns"]) = (json!(true), json!("retry"), json!({ "days": 5 }));
    let refused = admin.post("contracts", &silent).await;
    refused.problem(422, "invalid_configuration");
    for path in ["delivery.ping", "returns", "routing"] {
        assert!(refused.fields().contains(&path.to_owned()), "{path} in {:?}", refused.fields());
    }
    (silent["backup"], silent["on_unknown"], silent["returns"]) = (json!(false), json!("hold"), Value::Null);
    silent["delivery"]["ping"] = Value::Null;
    let made = admin.post("contracts", &silent).await.made();
    assert_eq!((&made["kind"], &made["silent_on"]), (&json!("silent"), &json!("unsold")));

    // It is in the configuration as code, which finds itself unchanged.
    let exported = admin.get("config").await.made();
    let again = admin.ask(Method::PUT, "config?dry_run=1", None, Some(&exported)).await;
    assert_eq!(again.sentences(), Vec::<String>::new(), "{}", again.body);
    world.stop().await;
}
