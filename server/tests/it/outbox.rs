//! What leaves the building: who is told of a lead, how often, and what happens when nobody listens.

use crate::harness::{Answer, World, example};
use connectors::webhook::{Secret, verify};
use gavel::{
    boot::{self, Server},
    context::{Actor, Principal},
    service::{
        ServiceError, Services,
        endpoints::{DeliveryFilter, EndpointWanted},
    },
    web::Site,
};
use model::{
    Timestamp,
    endpoint::{Delivery, DeliveryState, Endpoint, Event, Method, Target},
    page::Cursor,
    tenant::Mode,
};
use serde_json::{Value, json};
use std::{collections::BTreeSet, sync::Arc};

const TRACKER: &str = "northbound";
const SYSTEM: &str = "own-system";
const BUYERS: [&str; 8] = ["northwind", "bluepeak", "harbor", "slowpoke", "picky", "evergreen", "flatrate", "backstop"];

impl World {
    pub fn services(&self) -> Services {
        let (opened, pipeline) = (&self.opened, self.pipeline.clone());
        Services::new(opened.store.clone(), opened.vault.clone(), pipeline, Arc::clone(&opened.clock))
    }

    pub async fn actor(&self, role: &str) -> Actor {
        let row = self.opened.store.user_by_email(&self.login(role).email).await.expect("a person");
        Actor { user: row.user, tenant: self.market.tenant.clone(), principal: Principal::Person }
    }

    async fn operator(&self) -> (Services, Actor) {
        (self.services(), self.actor("operator").await)
    }

    async fn endpoint(&self, name: &str) -> Endpoint {
        let (services, actor) = self.operator().await;
        let all = services.endpoints(&actor).await.expect("endpoints");
        all.into_iter().find(|endpoint| endpoint.name == name).expect("the endpoint")
    }

    /// What a receiver of the sandbox got, oldest first.
    async fn received(&self, name: &str) -> Vec<Value> {
        let url = format!("{}/__control/receivers/{name}", self.sandbox);
        let mut answer = self.answer(self.client().get(url)).await;
        serde_json::from_value(answer.body["received"].take()).expect("a list")
    }

    async fn receiver(&self, name: &str, settings: Value) {
        let url = format!("{}/__control/receivers/{name}", self.sandbox);
        assert_eq!(self.answer(self.client().post(url).json(&settings)).await.status, 204);
    }

    async fn buyer(&self, name: &str, settings: Value) {
        let url = format!("{}/__control/buyers/{name}", self.sandbox);
        assert_eq!(self.answer(self.client().post(url).json(&settings)).await.status, 204);
    }

    async fn submit_as(&self, key: &str, lead: &Value) -> Answer {
        self.answer(self.client().post(self.url("/api/v1/leads")).bearer_auth(key).json(lead)).await
    }

    /// Waits until the server has made so many tries in all.
    async fn told(&self, tries: u64) {
        self.pipeline.deliveries().wait_for(|told| *told >= tries).await.expect("the pipeline lives");
    }

    /// Moves time to an instant and has due messages looked for.
    fn go_to(&self, at: Timestamp) {
        self.clock.advance_millis((at.0 - self.opened.clock.now().0 + 999) / 1000);
        self.pipeline.outbox().notify_one();
    }

    async fn log(&self) -> Vec<Delivery> {
        let (services, actor) = self.operator().await;
        let page = services.deliveries(&actor, &DeliveryFilter::default(), &Cursor::Newest, 100).await;
        page.expect("the log").rows
    }

    /// Whether nothing waits for anybody.
    async fn idle(&self) -> bool {
        self.opened.store.waiting_jobs().await.expect("the store").is_empty()
    }
}

/// A lead of a person of its own.
fn lead(number: usize) -> Value {
    let mut lead = example(&format!("form-{number}"));
    lead["fields"]["email"] = format!("person.{number}@example.com").into();
    lead["fields"]["phone"] = format!("31355504{number:02}").into();
    lead
}

fn header<'a>(arrival: &'a Value, name: &str) -> &'a str {
    let headers = arrival["headers"].as_array().expect("headers");
    headers.iter().find(|pair| pair[0] == name).and_then(|pair| pair[1].as_str()).unwrap_or_default()
}

fn body(arrival: &Value) -> Value {
    serde_json::from_str(arrival["body"].as_str().expect("a body")).expect("JSON")
}

fn statuses(arrivals: &[Value]) -> Vec<u64> {
    arrivals.iter().filter_map(|arrival| arrival["status"].as_u64()).collect()
}

fn wanted(name: &str, target: Target) -> EndpointWanted {
    EndpointWanted {
        name: name.to_owned(),
        test: false,
        source_id: None,
        campaign_id: None,
        on: Event::ALL.to_vec(),
        target,
    }
}

fn get(url: String) -> Target {
    Target::Postback { method: Method::Get, url }
}

fn refused<T: std::fmt::Debug>(result: Result<T, ServiceError>) -> String {
    match result {
        Err(ServiceError::Refused(why)) => why,
        other => panic!("{other:?}"),
    }
}

#[tokio::test]
async fn a_sold_lead_is_told_once_to_everybody_and_to_nobody_more_than_is_theirs() {
    let world = World::start().await;
    let answer = world.submit_as(&world.affiliate_key, &lead(1)).await;
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    world.told(2).await;

    let tracker = world.received(TRACKER).await;
    let (id, payout) = (answer.body["lead_id"].as_str().unwrap(), answer.body["payout"]["amount"].as_str().unwrap());
    assert_eq!(tracker.len(), 1);
    assert_eq!(tracker[0]["url"], format!("/postback/northbound?tid=ef_9a1&amount={payout}&status=sold&lead={id}"));
    assert_eq!((&tracker[0]["method"], &tracker[0]["body"]), (&json!("GET"), &json!("")));

    let system = world.received(SYSTEM).await;
    assert_eq!((system.len(), &system[0]["status"], &system[0]["note"]), (1, &json!(200), &Value::Null));
    let told = body(&system[0]);
    let data = &told["data"];
    assert_eq!((&told["type"], &told["timestamp"]), (&json!("lead.sold"), &json!("2026-05-07T16:00:00.000Z")));
    assert_eq!((&data["lead_id"], &data["state"], &data["sequence"]), (&json!(id), &json!("sold"), &json!(1)));
    assert_eq!((&data["campaign"], &data["source"]), (&json!("auto-insurance"), &json!("northbound")));
    assert_eq!((&data["external_id"], &data["tracking"]["sub1"]), (&json!("form-1"), &json!("fb-retarget")));
    assert_eq!((&data["payout"], &data["test"]), (&answer.body["payout"], &json!(false)));
    assert!(data["revenue"]["amount"].is_string() && data["buyer_id"].is_string(), "{data}");
    // As a receiver of its own would check it.
    let secret = Secret::read(gavel::sandbox::market::WEBHOOK_SECRET).unwrap();
    let signed = ["webhook-id", "webhook-timestamp", "webhook-signature"].map(|name| Some(header(&system[0], name)));
    let text = system[0]["body"].as_str().unwrap().as_bytes();
    assert_eq!(verify(&secret, (signed[0], signed[1], signed[2]), text, 1_778_169_600), Ok(()));
    assert_eq!(header(&system[0], "content-type"), "application/json");
    // Nothing of the person.
    let all = format!("{tracker:?}{system:?}{:?}", world.log().await);
    for personal in ["Dana", "Reyes", "person.1", "3135550401", "Main St"] {
        assert!(!all.contains(personal), "{personal}");
    }

    // Asked twice, a source gets its first answer, and nobody hears of it again.
    assert_eq!(world.submit_as(&world.affiliate_key, &lead(1)).await.body, answer.body);
    assert!(world.idle().await);
    let log = world.log().await;
    assert!(log.iter().all(|try_| try_.state == DeliveryState::Delivered && try_.attempt == 1), "{log:?}");
    assert_eq!((log.len(), log[0].answer.as_str(), log[0].status), (2, "ok", Some(200)));
    world.stop().await;
}

#[tokio::test]
async fn a_sources_own_endpoint_never_hears_of_revenue_or_buyers() {
    let world = World::start().await;
    let (services, actor) = world.operator().await;
    let source = world.endpoint("Northbound tracker").await.source_id;
    let address = format!("{}/postback/own?r={{revenue}}&p={{payout}}", world.sandbox);
    let greedy = EndpointWanted { source_id: source, ..wanted("Greedy", get(address.clone())) };
    assert!(refused(services.create_endpoint(&actor, greedy.clone()).await).contains("{revenue}"));
    let own = services.create_endpoint(&actor, EndpointWanted { source_id: None, ..greedy }).await.unwrap().0;
    // Nor by being narrowed afterwards.
    assert!(
        refused(services.update_endpoint(&actor, Endpoint { source_id: source, ..own }).await).contains("{revenue}")
    );
    let system = world.endpoint("Own system").await;
    let handed_over = services.update_endpoint(&actor, Endpoint { source_id: source, ..system }).await;
    assert!(refused(handed_over).contains("source"), "what it was told before is in its log");
    let hook = Target::Webhook { url: format!("{}/webhook/affiliate", world.sandbox) };
    let hook = EndpointWanted { source_id: source, ..wanted("Affiliate's system", hook) };
    let (_, secret) = services.create_endpoint(&actor, hook).await.unwrap();
    world.receiver("affiliate", json!({ "secret": secret })).await;

    let theirs = world.submit_as(&world.affiliate_key, &lead(1)).await;
    world.told(4).await;
    let told = world.received("affiliate").await;
    assert_eq!(statuses(&told), [200]);
    let data = &body(&told[0])["data"];
    assert_eq!(data["payout"], theirs.body["payout"]);
    for secret in ["revenue", "buyer_id", "contract_id"] {
        assert!(data.get(secret).is_none(), "{secret} in {data}");
    }
    assert!(!world.received("own").await[0]["url"].as_str().unwrap().contains("r=0.00"), "the tenant's own may");

    // Another source's leads are none of the affiliate's business.
    let ours = world.submit(&lead(2)).await;
    assert_eq!(ours.body["status"], "sold");
    world.told(6).await;
    assert!(world.idle().await);
    assert_eq!((world.received("affiliate").await.len(), world.received(TRACKER).await.len()), (1, 1));
    world.stop().await;
}

#[tokio::test]
async fn nothing_is_told_before_a_lead_has_come_to_an_end() {
    let world = World::start().await;
    for buyer in BUYERS {
        world.buyer(buyer, json!({ "latency_ms": [5, 5], "accept_percent": 0 })).await;
    }
    let mut invalid = lead(1);
    invalid["fields"]["zip"] = "nowhere".into();
    assert_eq!(world.submit_as(&world.affiliate_key, &invalid).await.status, 422);
    let unsold = world.submit_as(&world.affiliate_key, &lead(2)).await;
    assert_eq!(unsold.body["status"], "unsold", "{}", unsold.body);
    world.told(1).await;
    assert!(world.idle().await);
    // Every buyer was pinged, some were posted to, and all that is told is how it ended.
    let system = world.received(SYSTEM).await;
    assert_eq!((system.len(), &body(&system[0])["type"]), (1, &json!("lead.unsold")));
    assert_eq!(body(&system[0])["data"]["reason"], unsold.body["reason"]);
    assert_eq!(world.received(TRACKER).await, [Value::Null; 0], "a tracker is told of sales");
    world.stop().await;
}

#[tokio::test]
async fn an_unknown_outcome_and_what_became_of_it_are_told_in_order() {
    let world = World::start().await;
    let slow =
        json!({ "latency_ms": [5, 5], "post_latency_ms": [2200, 2200], "bid_cents": 5000, "accept_percent": 100 });
    world.buyer("northwind", slow).await;
    let answer = world.submit_as(&world.affiliate_key, &lead(1)).await;
    assert_eq!(answer.body["status"], "pending", "{}", answer.body);
    world.told(3).await;
    let told: Vec<_> = world.received(SYSTEM).await.iter().map(body).collect();
    let seen: Vec<_> = told.iter().map(|told| (&told["type"], &told["data"]["sequence"])).collect();
    assert_eq!(seen, [(&json!("lead.unknown"), &json!(1)), (&json!("lead.sold"), &json!(2))]);
    assert_eq!(world.received(TRACKER).await.len(), 1);
    world.stop().await;
}

#[tokio::test]
async fn a_tracker_that_knows_clicks_is_not_told_of_a_lead_without_one() {
    let world = World::start().await;
    let mut unattributed = lead(1);
    unattributed["source"] = json!({ "sub1": "x" });
    assert_eq!(world.submit_as(&world.affiliate_key, &unattributed).await.body["status"], "sold");
    world.told(1).await;
    assert!(world.idle().await);
    assert_eq!((world.received(SYSTEM).await.len(), world.received(TRACKER).await.len()), (1, 0));
    world.stop().await;
}

#[tokio::test]
async fn a_receiver_that_fails_is_tried_on_the_schedule_and_then_no_more() {
    let world = World::start().await;
    world.receiver(SYSTEM, json!({ "faults": [{ "status": 500 }] })).await;
    world.submit(&lead(1)).await;
    let waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map(|seconds| seconds * 1000_i64);
    for (tries, wait) in (1..).zip(waits) {
        world.told(tries).await;
        let last = world.log().await.into_iter().max_by_key(|try_| try_.attempt).expect("a try");
        assert_eq!((u64::from(last.attempt), last.state, last.status), (tries, DeliveryState::Pending, Some(500)));
        let next = last.next_at.expect("it is tried again");
        let waited = next.millis_since(last.at);
        assert!((wait - wait / 10..=wait + wait / 10).contains(&waited), "try {tries}: {waited} ms");
        assert_eq!(world.opened.store.due_endpoints(Timestamp(next.0 - 1), 9).await.unwrap(), [], "not before");
        world.go_to(next);
    }
    world.told(8).await;
    assert!(world.idle().await, "the eighth was the last");
    let log = world.log().await;
    let dead = log.iter().max_by_key(|try_| try_.attempt).unwrap();
    assert_eq!((log.len(), dead.state, dead.next_at), (8, DeliveryState::Failed, None));
    let arrivals = world.received(SYSTEM).await;
    let of = |name: &str| arrivals.iter().map(|arrival| header(arrival, name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of("webhook-id").into_iter().collect::<Vec<_>>(), [dead.message_id.to_string()], "one id");
    assert_eq!(of("webhook-timestamp").len(), 8, "each try is signed anew");
    assert_eq!(arrivals.iter().map(|arrival| &arrival["body"]).collect::<Vec<_>>(), [&arrivals[0]["body"]; 8]);

    // It has only failed for five days: that is enough.
    world.clock.advance_millis(5 * 24 * 3_600_000);
    world.submit(&lead(2)).await;
    world.told(9).await;
    let off = world.endpoint("Own system").await;
    assert!(!off.active && off.disabled_reason.is_some_and(|why| why.contains("five days")));
    assert!(world.idle().await, "nothing waits for it");
    world.stop().await;
}

#[tokio::test]
async fn a_receiver_may_put_us_off_and_a_redirect_is_not_followed() {
    let world = World::start().await;
    let faults = json!([{ "status": 503, "retry_after": "7200", "count": 1 }, { "status": 307, "count": 1 }]);
    world.receiver(SYSTEM, json!({ "faults": faults })).await;
    world.submit(&lead(1)).await;
    world.told(1).await;
    let first = world.log().await.remove(0);
    let next = first.next_at.expect("again");
    assert_eq!(next.millis_since(first.at), 7_200_000);
    world.go_to(next);
    world.told(2).await;
    let second = world.log().await.remove(0);
    assert_eq!((second.status, second.state), (Some(307), DeliveryState::Pending));
    assert!(second.error.is_some_and(|why| why.contains("change the endpoint's address")));
    world.go_to(second.next_at.expect("again"));
    world.told(3).await;
    assert_eq!(statuses(&world.received(SYSTEM).await), [503, 307, 200]);
    assert!(world.idle().await);
    world.stop().await;
}

#[tokio::test]
async fn who_answers_410_is_left_alone_until_somebody_switches_it_on() {
    let world = World::start().await;
    world.receiver(SYSTEM, json!({ "faults": [{ "status": 410, "count": 1 }] })).await;
    world.submit(&lead(1)).await;
    world.told(1).await;
    let off = world.endpoint("Own system").await;
    assert!(!off.active && off.disabled_reason.as_deref().is_some_and(|why| why.contains("410")));
    world.submit(&lead(2)).await;
    assert!(world.idle().await, "it is told nothing any more");
    let (services, actor) = world.operator().await;
    let on = services.update_endpoint(&actor, Endpoint { active: true, ..off }).await.unwrap();
    assert_eq!(on.disabled_reason, None);
    world.submit(&lead(3)).await;
    world.told(2).await;
    assert_eq!(statuses(&world.received(SYSTEM).await), [410, 200]);
    // What it refused is there to be sent again.
    let refused = world.log().await.into_iter().find(|try_| try_.state == DeliveryState::Failed).expect("the refusal");
    services.replay_message(&actor, refused.message_id).await.unwrap();
    world.told(3).await;
    assert_eq!(header(&world.received(SYSTEM).await[2], "webhook-id"), refused.message_id.to_string());
    world.stop().await;
}

#[tokio::test]
async fn a_server_that_dies_after_the_outcome_leaves_the_message_to_the_next() {
    let mut world = World::start().await;
    world.stopped().await;
    // A server that sells and dies before it tells: its outbox is never looked into.
    let (services, pipeline) = boot::services(&world.opened).await.expect("a pipeline");
    let caller = services.authenticate(&world.affiliate_key).expect("the affiliate");
    let answer = services.submit(caller, lead(1), None).await.expect("an answer");
    assert_eq!(answer.status, "sold");
    assert_eq!((world.received(SYSTEM).await.len(), world.received(TRACKER).await.len()), (0, 0));
    drop((services, pipeline));

    // The next one tells. While it does, it dies as well.
    world.receiver(SYSTEM, json!({ "faults": [{ "hang": true, "count": 1 }] })).await;
    world.restart().await;
    world.told(1).await;
    while world.received(SYSTEM).await.is_empty() {
        tokio::task::yield_now().await;
    }
    world.stopped().await;
    assert_eq!(world.received(TRACKER).await.len(), 1);

    // Nobody knows whether it was heard: after the lease it is told again, under its id.
    world.restart().await;
    world.go_to(world.opened.clock.now().plus_millis(91_000));
    world.told(1).await;
    let heard = world.received(SYSTEM).await;
    assert_eq!((heard.len(), statuses(&heard)), (2, vec![200]));
    assert_eq!(header(&heard[0], "webhook-id"), header(&heard[1], "webhook-id"));
    assert_eq!(world.received(TRACKER).await.len(), 1, "what was told is not told again");
    assert!(world.idle().await);
    world.stopped().await;
}

#[tokio::test]
async fn a_lead_that_a_dead_server_left_is_told_too() {
    let mut world = World::start().await;
    for buyer in BUYERS {
        world.buyer(buyer, json!({ "latency_ms": [1, 1], "accept_percent": 0 })).await;
    }
    world.submit(&lead(1)).await;
    world.told(1).await;
    world.stopped().await;
    // As if the server had died before the outcome.
    let pool = sqlx::AnyPool::connect(&world.opened.settings.database_url).await.expect("the file opens");
    sqlx::query("UPDATE leads SET state = 'processing'").execute(&pool).await.expect("changed");
    pool.close().await;
    world.clock.advance_millis(61_000);
    world.restart().await;
    world.told(1).await;
    let told = body(&world.received(SYSTEM).await[1]);
    assert_eq!((&told["type"], &told["data"]["reason"]), (&json!("lead.unsold"), &json!("interrupted")));
    assert_eq!((&told["data"]["external_id"], &told["data"]["tracking"]["sub2"]), (&json!("form-1"), &json!("ad-77")));
    world.stopped().await;
}

#[tokio::test]
async fn what_waited_comes_in_order_and_a_receiver_that_hangs_holds_up_nobody_else() {
    let mut world = World::start().await;
    world.stopped().await;
    world.receiver(SYSTEM, json!({ "faults": [{ "hang": true }] })).await;
    world.receiver(TRACKER, json!({ "faults": [{ "status": 200, "latency_ms": 5 }] })).await;
    for buyer in BUYERS {
        world.buyer(buyer, json!({ "latency_ms": [1, 1], "accept_percent": 100 })).await;
    }
    let (services, pipeline) = boot::services(&world.opened).await.expect("a pipeline");
    let mut sent = Vec::new();
    for number in 0..40 {
        let caller = services.authenticate(&world.affiliate_key).expect("the affiliate");
        let answer = services.submit(caller, lead(number), None).await.expect("an answer");
        if answer.status == "sold" {
            sent.push(answer.lead_id.to_string());
        }
        // Messages of one millisecond have no order.
        world.clock.advance_millis(1);
    }
    drop((services, pipeline));
    assert!(sent.len() > 32, "more than is taken at once: {}", sent.len());
    world.restart().await;
    world.told(sent.len() as u64).await;
    let tracker = world.received(TRACKER).await;
    let lead = |arrival: &Value| arrival["url"].as_str().and_then(|url| url.rsplit_once("lead=")).unwrap().1.to_owned();
    assert_eq!(tracker.iter().map(lead).collect::<Vec<_>>(), sent);
    assert!(tracker.iter().all(|arrival| arrival["at_once"] == 1), "a tracker is told one at a time");
    let system = world.received(SYSTEM).await;
    assert_eq!(system.iter().map(|arrival| arrival["at_once"].as_u64()).max(), Some(Some(4)), "a webhook four at once");
    world.stopped().await;
}

#[tokio::test]
async fn a_receiver_with_too_much_to_do_gets_less_at_once_and_loses_nothing() {
    let mut world = World::start().await;
    world.stopped().await;
    let faults = json!([{ "status": 429, "retry_after": "60", "count": 4 }]);
    world.receiver(SYSTEM, json!({ "faults": faults })).await;
    let (services, pipeline) = boot::services(&world.opened).await.expect("a pipeline");
    for number in 0..10 {
        let caller = services.authenticate(&world.api_key).expect("the form");
        services.submit(caller, lead(number), None).await.expect("an answer");
    }
    drop((services, pipeline));
    world.restart().await;
    world.told(4).await;
    while world.opened.store.due_endpoints(world.opened.clock.now(), 9).await.unwrap().is_empty() {
        tokio::task::yield_now().await; // the other six are being given back
    }
    assert_eq!(statuses(&world.received(SYSTEM).await), [429; 4], "the others were not tried");
    world.go_to(world.opened.clock.now().plus_millis(60_000));
    world.told(14).await;
    assert_eq!(statuses(&world.received(SYSTEM).await)[4..], [200; 10]);
    let log = world.log().await;
    assert_eq!(log.iter().filter(|try_| try_.attempt == 2).count(), 4, "who was not tried has lost no try");
    assert!(world.idle().await);
    world.stopped().await;
}

#[tokio::test]
async fn what_was_told_is_told_again_under_its_id() {
    let world = World::start().await;
    let (services, actor) = world.operator().await;
    for number in 1..=3 {
        world.submit(&lead(number)).await;
    }
    world.told(3).await;
    let (first, log) = (world.received(SYSTEM).await, world.log().await);
    services.replay_message(&actor, log[0].message_id).await.unwrap();
    world.told(4).await;
    let again = world.received(SYSTEM).await.pop().unwrap();
    assert_eq!(header(&again, "webhook-id"), log[0].message_id.to_string());
    assert!(first.iter().any(|arrival| arrival["body"] == again["body"]), "the same to the byte");
    let (endpoint, now) = (world.endpoint("Own system").await.id, world.opened.clock.now());
    let all = (Timestamp(0), now.plus_millis(1));
    assert_eq!(services.replay_span(&actor, endpoint, all, true).await, Ok(0), "none was given up");
    assert_eq!(services.replay_span(&actor, endpoint, all, false).await, Ok(3));
    world.told(7).await;
    let ids: BTreeSet<_> =
        world.received(SYSTEM).await.iter().map(|arrival| header(arrival, "webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 3);
    assert!(world.idle().await);
    world.stop().await;
}

#[tokio::test]
async fn a_new_secret_is_valid_at_once_and_the_old_one_for_a_day() {
    let world = World::start().await;
    let (services, actor) = world.operator().await;
    let endpoint = world.endpoint("Own system").await.id;
    let new = services.rotate_endpoint_secret(&actor, endpoint).await.unwrap();
    world.submit(&lead(1)).await;
    world.told(1).await;
    let arrival = world.received(SYSTEM).await.remove(0);
    assert_eq!(arrival["status"], 200, "the receiver knows the old one only");
    assert_eq!(header(&arrival, "webhook-signature").split(' ').count(), 2);
    world.receiver(SYSTEM, json!({ "secret": new })).await;
    world.submit(&lead(2)).await;
    world.told(2).await;
    world.clock.advance_millis(24 * 3_600_000);
    world.submit(&lead(3)).await;
    world.told(3).await;
    let arrivals = world.received(SYSTEM).await;
    assert_eq!(statuses(&arrivals), [200, 200, 200]);
    assert_eq!(header(&arrivals[2], "webhook-signature").split(' ').count(), 1);
    world.receiver(SYSTEM, json!({})).await;
    world.submit(&lead(4)).await;
    world.told(4).await;
    assert_eq!(world.received(SYSTEM).await[3]["status"], 401, "the old one is over");
    world.stop().await;
}

#[tokio::test]
async fn a_test_lead_is_told_only_to_those_who_want_test_leads() {
    let world = World::start().await;
    let (services, actor) = world.operator().await;
    let target = Target::Postback {
        method: Method::Post,
        url: format!("{}/postback/tests?s={{status}}&p={{payout}}", world.sandbox),
    };
    let wanted = EndpointWanted { test: true, ..wanted("Tests", target) };
    services.create_endpoint(&actor, wanted).await.unwrap();
    let caller = services.authenticate(&world.test_api_key).expect("a caller");
    assert_eq!(caller.mode, Mode::Test);
    assert_eq!(world.submit_as(&world.test_api_key, &lead(1)).await.body["status"], "sold");
    world.told(1).await;
    assert!(world.idle().await);
    let tests = world.received("tests").await;
    assert_eq!((&tests[0]["url"], &tests[0]["method"]), (&json!("/postback/tests?s=sold&p=0.00"), &json!("POST")));
    assert_eq!((tests.len(), world.received(SYSTEM).await.len()), (1, 0));
    world.stop().await;
}

#[tokio::test]
async fn a_test_fire_shows_what_came_back_and_leaves_nothing_behind() {
    let world = World::start().await;
    let (services, actor) = world.operator().await;
    for (name, kind) in [("Own system", SYSTEM), ("Northbound tracker", TRACKER)] {
        let id = world.endpoint(name).await.id;
        let fired = services.fire_endpoint(&actor, id).await.unwrap();
        assert_eq!((fired.tried.status, fired.tried.answer.as_str(), fired.tried.error), (Some(200), "ok", None));
        assert_eq!(world.received(kind).await.len(), 1);
    }
    assert_eq!(body(&world.received(SYSTEM).await[0])["data"]["test"], true);
    assert!(world.log().await.is_empty() && world.idle().await);
    world.stop().await;
}

#[tokio::test]
async fn only_those_with_the_right_change_endpoints_and_only_their_own() {
    let world = World::start().await;
    let (services, viewer) = (world.services(), world.actor("viewer").await);
    let endpoint = world.endpoint("Own system").await;
    assert_eq!(services.endpoints(&viewer).await.map(|all| all.len()), Ok(2));
    let target = get("https://t.example/".to_owned());
    let made = services.create_endpoint(&viewer, wanted("Mine", target.clone())).await;
    assert_eq!(made, Err(ServiceError::Forbidden));
    assert_eq!(services.update_endpoint(&viewer, endpoint.clone()).await, Err(ServiceError::Forbidden));
    assert_eq!(services.delete_endpoint(&viewer, endpoint.id).await, Err(ServiceError::Forbidden));
    assert_eq!(services.rotate_endpoint_secret(&viewer, endpoint.id).await, Err(ServiceError::Forbidden));
    assert_eq!(services.fire_endpoint(&viewer, endpoint.id).await, Err(ServiceError::Forbidden));
    let span = (Timestamp(0), Timestamp(1));
    assert_eq!(services.replay_span(&viewer, endpoint.id, span, false).await, Err(ServiceError::Forbidden));

    world.foreigner().await;
    let row = world.opened.store.user_by_email("admin@other.example").await.unwrap();
    let tenant = world.opened.store.tenant_by_slug("other").await.unwrap().tenant;
    let foreigner = Actor { user: row.user, tenant, principal: Principal::Person };
    assert_eq!(services.endpoints(&foreigner).await, Ok(Vec::new()));
    assert_eq!(services.update_endpoint(&foreigner, endpoint.clone()).await, Err(ServiceError::NotFound));
    assert_eq!(services.delete_endpoint(&foreigner, endpoint.id).await, Err(ServiceError::NotFound));
    assert_eq!(services.rotate_endpoint_secret(&foreigner, endpoint.id).await, Err(ServiceError::NotFound));
    assert_eq!(services.fire_endpoint(&foreigner, endpoint.id).await, Err(ServiceError::NotFound));
    assert_eq!(services.replay_span(&foreigner, endpoint.id, span, false).await, Err(ServiceError::NotFound));

    let (services, actor) = world.operator().await;
    let bad = get("http://t.example/?a={nope}".to_owned());
    let why = refused(services.create_endpoint(&actor, wanted("", bad)).await);
    for part in ["name", "{nope}", "https"] {
        assert!(why.contains(part), "{part} in {why}");
    }
    let other_kind = Endpoint { target, ..endpoint.clone() };
    assert!(refused(services.update_endpoint(&actor, other_kind).await).contains("cannot become"));
    let tracker = world.endpoint("Northbound tracker").await.id;
    assert!(refused(services.rotate_endpoint_secret(&actor, tracker).await).contains("no secret"));
    services.delete_endpoint(&actor, endpoint.id).await.unwrap();
    assert_eq!(world.submit(&lead(1)).await.body["status"], "sold");
    assert!(world.idle().await);
    world.stop().await;
}

#[tokio::test]
async fn two_servers_tell_each_message_once() {
    let world = World::on_postgres().await;
    let beside = world.beside().await;
    let leads: Vec<_> = (0..12).map(lead).collect();
    let answers = futures::future::join_all(leads.iter().enumerate().map(|(number, lead)| {
        let base = if number % 2 == 0 { world.url("") } else { beside.base.clone() };
        let request = world.client().post(format!("{base}/api/v1/leads")).bearer_auth(&world.affiliate_key);
        world.answer(request.json(lead))
    }))
    .await;
    let sold = answers.iter().filter(|answer| answer.body["status"] == "sold").count();
    while !world.idle().await {
        tokio::task::yield_now().await;
    }
    let of = |arrivals: Vec<Value>, member: fn(&Value) -> String| arrivals.iter().map(member).collect::<Vec<_>>();
    let system = of(world.received(SYSTEM).await, |arrival| header(arrival, "webhook-id").to_owned());
    let tracker = of(world.received(TRACKER).await, |arrival| arrival["url"].to_string());
    assert_eq!((system.len(), tracker.len()), (12, sold));
    assert_eq!(system.iter().collect::<BTreeSet<_>>().len(), 12);
    assert_eq!(tracker.iter().collect::<BTreeSet<_>>().len(), sold);
    beside.stop().await;
    world.stop().await;
}

impl World {
    /// Starts the server again, on the same store.
    async fn restart(&mut self) {
        let server = Server::start(&self.opened, Site::default()).await.expect("the server starts");
        self.serve(server);
    }
}
