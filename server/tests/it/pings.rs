//! Affiliates ping, are told a price, and send the lead against it.

use crate::harness::{Answer, World, example};
use model::{Micros, source::PingTerms};
use serde_json::{Value, json};

/// The example without the person.
fn anonymous(state: &str) -> Value {
    json!({
        "campaign": "auto-insurance", "source": { "sub1": "fb-retarget" },
        "fields": {
            "zip": "48226", "state": state, "age": 41, "currently_insured": true, "current_carrier": "Other",
            "vehicle_count": 2, "home_owner": true,
        },
    })
}

impl World {
    async fn ping(&self, body: &Value) -> Answer {
        let request = self.client().post(self.url("/api/v1/pings")).bearer_auth(&self.affiliate_key);
        self.answer(request.json(body)).await
    }

    async fn lead_with(&self, ping: &Answer, body: &Value) -> Answer {
        let id = ping.body["ping_id"].as_str().expect("a ping");
        let url = self.url(&format!("/api/v1/leads?ping_id={id}"));
        self.answer(self.client().post(url).bearer_auth(&self.affiliate_key).json(body)).await
    }

    async fn offers(&self, buyer: &str, cents: u32, accept_percent: u32) {
        let url = format!("{}/__control/buyers/{buyer}", self.sandbox);
        let settings = json!({ "latency_ms": [5, 5], "bid_cents": cents, "accept_percent": accept_percent });
        assert_eq!(self.answer(self.client().post(url).json(&settings)).await.status, 204);
    }

    /// How many pings the buyers have seen.
    async fn pings_seen(&self) -> usize {
        let journal = self.answer(self.client().get(format!("{}/__control/journal", self.sandbox))).await.body;
        let requests = journal.as_array().or_else(|| journal["requests"].as_array()).expect("a journal").clone();
        requests.iter().filter(|request| request["phase"] == "ping").count()
    }
}

#[tokio::test]
async fn a_ping_is_held_and_the_lead_is_sold_against_it() {
    let world = World::start().await;
    world.offers("northwind", 5000, 100).await;
    let ping = world.ping(&anonymous("MI")).await;
    assert_eq!((ping.status, &ping.body["status"]), (200, &json!("bid")), "{}", ping.body);
    assert_eq!(ping.body["payout"], json!({ "amount": "30.00", "currency": "USD" }));
    assert_eq!(ping.body["expires_at"], "2026-05-07T16:01:00.000Z");
    let asked = world.pings_seen().await;
    assert_eq!(world.ping(&anonymous("MI")).await.body, ping.body, "the same ping again");
    // What buyers would bid now no longer matters.
    world.offers("northwind", 100, 100).await;
    let answer = world.lead_with(&ping, &example("after-a-ping")).await;
    assert_eq!(
        (&answer.body["status"], &answer.body["payout"]["amount"]),
        (&json!("sold"), &json!("30.00")),
        "{}",
        answer.body
    );
    assert_eq!(world.pings_seen().await, asked, "nobody was asked twice");
    let again = world.lead_with(&ping, &example("after-a-ping")).await;
    assert_eq!(again.body, answer.body, "the same lead again");
    let other = world.lead_with(&ping, &example("another")).await;
    other.problem(409, "ping_used");
    let next = world.ping(&anonymous("MI")).await;
    assert_ne!(next.body["ping_id"], ping.body["ping_id"], "somebody else with the same values");
    assert_eq!(world.ping(&anonymous("MI")).await.body, next.body);
    for invariant in world.opened.store.check().await.unwrap() {
        assert!(invariant.ok, "{}: {}", invariant.name, invariant.detail);
    }
    world.stop().await;
}

#[tokio::test]
async fn the_held_plan_falls_down_its_waterfall() {
    let world = World::start().await;
    world.offers("northwind", 5000, 0).await;
    world.offers("harbor", 4000, 100).await;
    let ping = world.ping(&anonymous("MI")).await;
    assert_eq!(ping.body["payout"]["amount"], "30.00", "{}", ping.body);
    let answer = world.lead_with(&ping, &example("falls")).await;
    assert_eq!(
        (&answer.body["status"], &answer.body["payout"]["amount"]),
        (&json!("sold"), &json!("24.00")),
        "{}",
        answer.body
    );
    world.stop().await;
}

#[tokio::test]
async fn personal_values_are_refused_by_name_all_of_them() {
    let world = World::start().await;
    let mut body = example("personal");
    body["consent"] = json!({ "text": "By clicking" });
    let error = world.ping(&body).await.problem(422, "personal_field_in_ping");
    let mut named: Vec<&str> =
        error["fields"].as_array().unwrap().iter().map(|f| f["field"].as_str().unwrap()).collect();
    named.sort_unstable();
    assert_eq!(named, ["address", "consent", "email", "first_name", "last_name", "phone"]);
    let mut bad = anonymous("Nowhere");
    bad["fields"]["age"] = json!("old");
    let error = world.ping(&bad).await.problem(422, "invalid_lead");
    assert_eq!(error["fields"].as_array().unwrap().len(), 2);
    assert_eq!(world.pings_seen().await, 0);
    world.stop().await;
}

#[tokio::test]
async fn bids_stand_for_their_time_for_their_source_and_for_what_was_pinged() {
    let world = World::start().await;
    world.offers("northwind", 5000, 100).await;
    let ping = world.ping(&anonymous("MI")).await;
    let mut changed = example("changed");
    changed["fields"]["age"] = json!(42);
    world.lead_with(&ping, &changed).await.problem(409, "ping_void");
    let id = ping.body["ping_id"].as_str().unwrap();
    let mut others = example("others");
    others["ping_id"] = json!(id);
    world.submit(&others).await.problem(404, "not_found");
    let mut none = example("none");
    none["ping_id"] = json!("png_nothing");
    world.submit(&none).await.problem(404, "not_found");
    world.clock.advance_millis(60_000);
    world.lead_with(&ping, &example("late")).await.problem(409, "ping_expired");
    world.stop().await;
}

#[tokio::test]
async fn a_ping_without_a_bid_says_why_and_holds_nothing() {
    let world = World::start().await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    for mut contract in rows.contracts().await.unwrap() {
        contract.price.floor = Some(Micros::units(1_000));
        rows.put_contract(&contract).await.unwrap();
    }
    world.pipeline.refresh().await.unwrap();
    let ping = world.ping(&anonymous("MI")).await;
    assert_eq!(
        (&ping.body["status"], &ping.body["reason"]),
        (&json!("no_bid"), &json!("below_floor")),
        "{}",
        ping.body
    );
    assert!(ping.body.get("payout").is_none());
    world.lead_with(&ping, &example("none")).await.problem(409, "ping_no_bid");
    world.stop().await;
}

#[tokio::test]
async fn a_source_that_only_pings_is_stopped() {
    let world = World::start().await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let mut source = rows.sources().await.unwrap().into_iter().find(|source| source.slug == "northbound").unwrap();
    source.pings = PingTerms { per_minute: Some(2), per_lead: None };
    rows.put_source(&source).await.unwrap();
    world.pipeline.refresh().await.unwrap();
    for state in ["MI", "OH"] {
        assert_eq!(world.ping(&anonymous(state)).await.status, 200);
    }
    let stopped = world.ping(&anonymous("IN")).await;
    stopped.problem(429, "too_many_pings");
    assert_eq!(stopped.retry_after.as_deref(), Some("60"));
    assert_eq!(world.ping(&anonymous("MI")).await.status, 200, "a repeat costs nothing");
    world.clock.advance_millis(60_000);
    assert_eq!(world.ping(&anonymous("IN")).await.status, 200);
    world.stop().await;
}
