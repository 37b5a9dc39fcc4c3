//! Buyers whose calls carry tokens: fetched once, kept, renewed when they end or are not taken, and never a post in doubt for
//! want of one.

use crate::{
    admin::{Operator, buyer, campaign, operator, tenant},
    harness::World,
};
use model::{
    LeadId, Reason, TenantId,
    lead::LeadState,
    trace::{Standing, Verdict},
    user::Role,
};
use serde_json::{Value, json};

/// A campaign with one buyer behind tokens.
struct Shop<'a> {
    world: &'a World,
    admin: Operator<'a>,
    tenant: TenantId,
    key: String,
    contract: String,
}

fn delivery(world: &World, token: &str, secret: &str) -> Value {
    let field = |name: &str| json!({ "to": name, "from": { "field": name } });
    let sign = |value: &str| json!({ "path": "status", "values": [value] });
    let call = |phase: &str, rows: Vec<Value>, yes: &str, no: &str| {
        json!({
            "url": format!("{}/oauth/{phase}", world.sandbox), "rows": rows, "timeout_ms": 2000,
            "oauth": { "url": token, "scope": "leads" },
            "headers": [{ "name": "sandbox-client", "value": secret, "as": "oauth" }],
            "response": { "accept": sign(yes), "reject": sign(no), "price": "price", "reference": "id", "reason": "reason" },
            "test": { "rows": [{ "to": "test", "from": { "constant": "1" } }] },
        })
    };
    let post = vec![field("zip"), field("first_name"), field("phone")];
    json!({ "ping": call("ping", vec![field("zip")], "bid", "no_bid"), "post": call("post", post, "accepted", "error") })
}

impl<'a> Shop<'a> {
    async fn open(world: &'a World, slug: &str, direct: bool, token: &str, secret: &str) -> Self {
        let fresh = tenant(world, slug).await;
        let admin = operator(world, &fresh, Role::Operator).await;
        admin.post("sources", &json!({ "slug": "web", "name": "Web", "payout": { "share": 600_000 } })).await.made();
        let home = admin.post("campaigns", &campaign("home")).await.id();
        let of = admin.post("buyers", &buyer("summit")).await.id();
        let mut delivery = delivery(world, token, secret);
        if direct {
            delivery["ping"] = Value::Null;
        }
        let kind = if direct { "direct" } else { "auction" };
        let price = if direct { json!({ "fixed": "9.00" }) } else { json!({}) };
        let wanted = json!({
            "campaign_id": home, "buyer_id": of, "name": "Tokens", "kind": kind, "price": price, "delivery": delivery,
        });
        let made = admin.post("contracts", &wanted).await;
        assert_eq!(made.status, 201, "{}", made.body);
        assert!(secret.is_empty() || !made.body.to_string().contains(secret), "{}", made.body);
        let key = admin.post("keys", &json!({ "source": "web", "name": "Form", "campaigns": ["home"] })).await.made();
        let key = key["key"].as_str().unwrap().to_owned();
        Self { world, tenant: fresh.id, key, contract: made.id(), admin }
    }

    async fn sell(&self, number: u32) -> (LeadState, Verdict) {
        let lead = json!({
            "campaign": "home", "external_id": format!("lead-{number}"),
            "fields": { "zip": "48226", "state": "MI", "age": 41, "first_name": "Dana", "last_name": "Reyes",
                "email": format!("dana{number}@example.com"), "phone": format!("(313) 555-{:04}", 1000 + number) },
        });
        let request = self.world.client().post(self.world.url("/api/v1/leads")).bearer_auth(&self.key);
        let answer = self.world.answer(request.json(&lead)).await;
        let id: LeadId = answer.body["lead_id"].as_str().expect("an id").parse().expect("an id");
        let detail = self.world.opened.store.tenant(self.tenant).lead_detail(id).await.expect("the lead");
        (detail.row.state, detail.trace.expect("a trace").verdicts[0].clone())
    }
}

async fn given(world: &World) -> u64 {
    let told = world.answer(world.client().get(format!("{}/__control/oauth", world.sandbox))).await;
    told.body["given"].as_u64().expect("a number")
}

#[tokio::test]
async fn a_token_is_fetched_once_kept_and_renewed() {
    let world = World::start().await;
    let token = format!("{}/oauth/token", world.sandbox);
    let shop = Shop::open(&world, "fresh", false, &token, "sandbox-key").await;
    // However many want one at once.
    let all = futures::future::join_all((0..5).map(|number| shop.sell(number))).await;
    assert!(all.iter().all(|(state, _)| *state == LeadState::Sold), "{all:?}");
    assert_eq!(given(&world).await, 1, "ping and post of five leads share one token");
    // The buyer takes back what it gave: the call is sent once more with a new one.
    world.answer(world.client().post(format!("{}/__control/oauth", world.sandbox))).await;
    assert_eq!(shop.sell(10).await.0, LeadState::Sold);
    assert_eq!(given(&world).await, 2);
    // Shortly before its end it is renewed.
    world.clock.advance_millis(240_000);
    assert_eq!(shop.sell(11).await.0, LeadState::Sold);
    assert_eq!(given(&world).await, 2);
    world.clock.advance_millis(40_000);
    assert_eq!(shop.sell(12).await.0, LeadState::Sold);
    assert_eq!(given(&world).await, 3);

    // The bench shows neither the token nor the secret.
    let path = format!("contracts/{}", shop.contract);
    let sent = shop.admin.post(&format!("{path}/test"), &json!({ "phase": "post" })).await.made();
    assert_eq!(sent["post"]["answer"]["read"]["outcome"], "accepted", "{sent}");
    let headers = sent["post"]["request"]["headers"].as_array().unwrap();
    assert!(headers.contains(&json!(["Authorization", "Bearer •••"])), "{sent}");
    assert!(!sent.to_string().contains("sandbox-token") && !sent.to_string().contains("sandbox-key"), "{sent}");
    world.stop().await;
}

#[tokio::test]
async fn without_a_token_nothing_was_sent() {
    let world = World::start().await;
    let good = format!("{}/oauth/token", world.sandbox);
    let dead = "http://127.0.0.1:1/token";
    for (slug, token, secret, reason) in [
        ("wrong", good.as_str(), "another-secret", Reason::BuyerAuth),
        ("dead", dead, "sandbox-key", Reason::BuyerAuth),
        ("page", &format!("{}/oauth/nothing", world.sandbox), "sandbox-key", Reason::BuyerAuth),
        ("private", "http://10.0.0.1/token", "sandbox-key", Reason::EgressRefused),
    ] {
        let pinged = Shop::open(&world, slug, false, token, secret).await;
        let (state, verdict) = pinged.sell(1).await;
        let told = verdict.findings.last().map(|finding| finding.reason);
        assert_eq!((state, told), (LeadState::Unsold, Some(reason)), "{slug}: {verdict:?}");
        let direct = Shop::open(&world, &format!("{slug}-direct"), true, token, secret).await;
        let (state, verdict) = direct.sell(1).await;
        let told = verdict.findings.last().map(|finding| finding.reason);
        assert_eq!((state, told), (LeadState::Unsold, Some(reason)), "{slug}: no post is in doubt: {verdict:?}");
        assert_ne!(verdict.standing, Standing::Unknown, "{slug}");
    }
    let found = world.opened.store.check().await.unwrap();
    assert!(found.iter().all(|invariant| invariant.ok), "{found:?}");
    world.stop().await;
}

#[tokio::test]
async fn a_token_without_its_client_is_named() {
    let world = World::start().await;
    let shop = Shop::open(&world, "fresh", false, &format!("{}/oauth/token", world.sandbox), "sandbox-key").await;
    let path = format!("contracts/{}", shop.contract);
    let have = shop.admin.get(&path).await;
    assert_eq!(have.body["delivery"]["post"]["headers"][0]["value"], "•••");
    let mut changed = have.body.clone();
    changed["delivery"]["post"]["headers"] = json!([]);
    changed["delivery"]["ping"]["oauth"]["url"] = "nowhere".into();
    let refused = shop.admin.put(&path, &have.etag, &changed).await;
    assert_eq!(refused.fields(), ["delivery.ping.oauth", "delivery.post.oauth"], "{}", refused.body);
    changed = have.body.clone();
    changed["delivery"]["post"].as_object_mut().unwrap().remove("oauth");
    let refused = shop.admin.put(&path, &have.etag, &changed).await;
    assert_eq!(refused.fields(), ["delivery.post.oauth"], "{}", refused.body);
    world.stop().await;
}
