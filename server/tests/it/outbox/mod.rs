//! What leaves the building: who is told of a lead, how often, and what happens when nobody listens.

mod delivery;

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

    pub async fn endpoint(&self, name: &str) -> Endpoint {
        let (services, actor) = self.operator().await;
        let all = services.endpoints(&actor).await.expect("endpoints");
        all.into_iter().find(|endpoint| endpoint.name == name).expect("the endpoint")
    }

    /// What a receiver of the sandbox got, oldest first.
    pub async fn received(&self, name: &str) -> Vec<Value> {
        let url = format!("{}/__control/receivers/{name}", self.sandbox);
        let mut answer = self.answer(self.client().get(url)).await;
        serde_json::from_value(answer.body["received"].take()).expect("a list")
    }

    pub async fn receiver(&self, name: &str, settings: Value) {
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
    pub async fn told(&self, tries: u64) {
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
        on: Event::OF_LEADS.to_vec(),
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
async fn an_affiliate_tests_its_postback_ten_times_a_minute() {
    let world = World::start().await;
    let (services, actor) = (world.services(), world.actor("affiliate").await);
    let id = world.endpoint("Northbound tracker").await.id;
    for _ in 0..10 {
        assert_eq!(services.fire_affiliate_postback(&actor, id).await.unwrap().tried.status, Some(200));
    }
    assert!(refused(services.fire_affiliate_postback(&actor, id).await).contains("a minute"));
    world.clock.advance_millis(60_000);
    assert!(services.fire_affiliate_postback(&actor, id).await.is_ok());
    assert_eq!(world.received(TRACKER).await.len(), 11);
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

impl World {
    /// Starts the server again, on the same store.
    async fn restart(&mut self) {
        let server = Server::start(&self.opened, Site::default()).await.expect("the server starts");
        self.serve(server);
    }
}
