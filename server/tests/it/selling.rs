//! How leads are sold, end to end: the waterfall, posts of unknown outcome, late answers, faults of buyers, duplicates.

use crate::harness::{Answer, World, example};
use model::{
    LeadId, Reason,
    lead::{LeadDetail, LeadState},
    trace::{Standing, Verdict},
};
use serde_json::{Value, json};

impl World {
    /// Sets a sandbox buyer; every fault is only its.
    async fn set(&self, buyer: &str, settings: Value) {
        let url = format!("{}/__control/buyers/{buyer}", self.sandbox);
        let answer = self.answer(self.client().post(url).json(&settings)).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    /// Makes one buyer outbid everybody, so that what it does decides.
    async fn first(&self, buyer: &str, faults: Value) {
        self.set(buyer, json!({ "latency_ms": [5, 5], "bid_cents": 5000, "accept_percent": 100, "faults": faults }))
            .await;
    }

    async fn detail(&self, answer: &Answer) -> LeadDetail {
        let id: LeadId = answer.body["lead_id"].as_str().expect("a lead").parse().expect("an id");
        self.opened.store.tenant(self.market.tenant.id).lead_detail(id).await.expect("the lead")
    }

    async fn purchases(&self, answer: &Answer) -> Vec<String> {
        let sold = self.sold_by_buyers().await;
        let of = sold.iter().filter(|sale| sale["lead_id"] == answer.body["lead_id"]);
        of.map(|sale| sale["buyer"].as_str().unwrap_or_default().to_owned()).collect()
    }

    async fn holds(&self) {
        for invariant in self.opened.store.check().await.expect("the store is checked") {
            assert!(invariant.ok, "{}: {}", invariant.name, invariant.detail);
        }
    }
}

fn verdict<'a>(detail: &'a LeadDetail, buyer: &str) -> &'a Verdict {
    let verdicts = &detail.trace.as_ref().expect("a trace").verdicts;
    verdicts.iter().find(|verdict| verdict.buyer.starts_with(buyer)).expect("a verdict for every contract")
}

fn last(verdict: &Verdict) -> (Standing, Option<Reason>) {
    (verdict.standing, verdict.findings.last().map(|finding| finding.reason))
}

#[tokio::test]
async fn every_contract_has_a_verdict_and_the_ledger_balances() {
    let world = World::start().await;
    let answer = world.submit(&example("verdicts")).await;
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    let detail = world.detail(&answer).await;
    let verdicts = &detail.trace.as_ref().unwrap().verdicts;
    assert_eq!(verdicts.len(), 8, "one for every contract of the campaign");
    assert_eq!(verdicts.iter().filter(|verdict| verdict.standing == Standing::Sold).count(), 1);
    assert_eq!(last(verdict(&detail, "Evergreen")), (Standing::Excluded, Some(Reason::Filter)));
    // Its bid is too late, and is read all the same when it comes while the lead is still being posted.
    let (standing, reason) = last(verdict(&detail, "Slowpoke"));
    assert!(standing == Standing::Failed && matches!(reason, Some(Reason::Timeout | Reason::LateBid)), "{reason:?}");
    let bought = world.sold_by_buyers().await;
    assert_eq!(bought.len(), 1);
    let revenue = detail.row.revenue.expect("revenue").amount;
    assert_eq!(bought[0]["price"], revenue.to_decimal(), "the buyer's own truth, to the cent");
    assert_eq!(detail.ledger.iter().map(|line| line.amount.amount).sum::<model::Micros>(), model::Micros::ZERO);
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn a_source_that_does_not_wait_is_answered_at_once_and_the_lead_is_sold() {
    let world = World::start().await;
    let mut events = world.pipeline.events();
    let url = world.url("/api/v1/leads");
    let request = world.client().post(url).bearer_auth(&world.api_key).header("prefer", "respond-async");
    let answer = world.answer(request.json(&example("async"))).await;
    assert_eq!((answer.status, &answer.body["status"]), (202, &json!("pending")), "{}", answer.body);
    let event = events.recv().await.expect("the pipeline runs");
    assert_eq!(event.lead.to_string(), answer.body["lead_id"]);
    assert_eq!(event.state, LeadState::Sold);
    let repeat = world.submit(&example("async")).await;
    assert_eq!((repeat.status, &repeat.body["status"]), (200, &json!("sold")));
    assert_eq!(repeat.body["lead_id"], answer.body["lead_id"]);
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn a_rejected_post_falls_to_the_next_bid() {
    let world = World::start().await;
    world.set("northwind", json!({ "latency_ms": [5, 5], "bid_cents": 5000, "accept_percent": 0 })).await;
    world.set("harbor", json!({ "latency_ms": [5, 5], "bid_cents": 4000, "accept_percent": 100 })).await;
    let answer = world.submit(&example("falls")).await;
    assert_eq!(answer.body["status"], "sold");
    assert_eq!(world.purchases(&answer).await, ["harbor"]);
    let detail = world.detail(&answer).await;
    assert_eq!(last(verdict(&detail, "Northwind")), (Standing::Rejected, Some(Reason::BuyerCap)));
    assert_eq!(verdict(&detail, "Northwind").post.as_ref().unwrap().said.as_deref(), Some("Daily cap reached"));
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn a_purchase_whose_answer_is_lost_is_unknown_and_never_sold_again() {
    let world = World::start().await;
    let kinds = ["accept_then_drop", "half_body", "5xx", "garbage", "reset", "redirect", "huge_body", "empty"];
    for (number, kind) in kinds.into_iter().enumerate() {
        world.first("northwind", json!([{ "kind": kind, "phase": "post", "count": 1 }])).await;
        let mut lead = example(kind);
        lead["fields"]["email"] = format!("{kind}@example.com").into();
        lead["fields"]["phone"] = format!("31355501{number:02}").into();
        let answer = world.submit(&lead).await;
        assert_eq!(
            (&answer.body["status"], &answer.body["reason"]),
            (&json!("pending"), &json!("post_unknown")),
            "{kind}"
        );
        let detail = world.detail(&answer).await;
        assert_eq!(detail.row.state, LeadState::Unknown, "{kind}");
        assert_eq!(last(verdict(&detail, "Northwind")), (Standing::Unknown, Some(Reason::PostUnknown)), "{kind}");
        let bought = world.purchases(&answer).await;
        assert!(bought.is_empty() || bought == ["northwind"], "{kind}: {bought:?}");
        let again = world.submit(&lead).await;
        assert_eq!(again.body, answer.body, "{kind}: the same answer, no second auction");
        assert_eq!(world.purchases(&answer).await, bought, "{kind}");
        world.holds().await;
        // A contract that leaves us in doubt so often is spared; ten minutes later it is tried again.
        world.clock.advance_millis(600_000);
    }
    world.stop().await;
}

#[tokio::test]
async fn an_answer_after_the_time_out_turns_the_unknown_into_a_sale_or_goes_on() {
    let world = World::start().await;
    let mut events = world.pipeline.events();
    // Bids at once, answers the post after its two seconds.
    for (id, accept, ends_with) in [("late-accept", 100, "northwind"), ("late-reject", 0, "harbor")] {
        world.set("northwind", json!({ "latency_ms": [5, 5], "post_latency_ms": [2200, 2200], "bid_cents": 5000, "accept_percent": accept })).await;
        world.set("harbor", json!({ "latency_ms": [5, 5], "bid_cents": 4000, "accept_percent": 100 })).await;
        let mut lead = example(id);
        lead["fields"]["email"] = format!("{id}@example.com").into();
        lead["fields"]["phone"] = format!("31355501{:02}", accept / 2).into();
        let answer = world.submit(&lead).await;
        assert_eq!(answer.body["status"], "pending", "{id}: {}", answer.body);
        let lead_id = answer.body["lead_id"].as_str().unwrap().to_owned();
        let sold = loop {
            let event = events.recv().await.expect("the pipeline runs");
            if event.lead.to_string() == lead_id && event.state != LeadState::Unknown {
                break event.state;
            }
        };
        assert_eq!(sold, LeadState::Sold, "{id}");
        assert_eq!(world.purchases(&answer).await, [ends_with], "{id}");
        let now = world.get(&format!("/api/v1/leads/{lead_id}")).await;
        assert_eq!(now.body["status"], "sold", "{id}");
        world.holds().await;
    }
    world.stop().await;
}

#[tokio::test]
async fn faults_of_a_ping_are_told_apart_and_cost_only_that_buyer() {
    let world = World::start().await;
    let kinds = [
        ("5xx", Standing::Failed, Reason::InvalidResponse),
        ("garbage", Standing::Failed, Reason::InvalidResponse),
        ("empty", Standing::Failed, Reason::InvalidResponse),
        ("half_body", Standing::Failed, Reason::InvalidResponse),
        ("reset", Standing::Failed, Reason::InvalidResponse),
        ("redirect", Standing::Failed, Reason::InvalidResponse),
        ("huge_body", Standing::Failed, Reason::InvalidResponse),
        ("hang", Standing::Failed, Reason::Timeout),
        ("slow_drip", Standing::Failed, Reason::Timeout),
    ];
    for (number, (kind, standing, reason)) in kinds.into_iter().enumerate() {
        world.first("northwind", json!([{ "kind": kind, "phase": "ping", "count": 1 }])).await;
        let mut lead = example(kind);
        lead["fields"]["email"] = format!("{kind}@example.com").into();
        lead["fields"]["phone"] = format!("31355502{number:02}").into();
        let answer = world.submit(&lead).await;
        assert_eq!(answer.body["status"], "sold", "{kind}: {}", answer.body);
        let detail = world.detail(&answer).await;
        assert_eq!(last(verdict(&detail, "Northwind")), (standing, Some(reason)), "{kind}");
    }
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn a_person_is_not_sold_twice_inside_the_windows() {
    let world = World::start().await;
    let first = world.submit(&example("person-1")).await;
    assert_eq!(first.body["status"], "sold");
    let again = world.submit(&example("person-2")).await;
    assert_eq!(again.body["status"], "duplicate", "{}", again.body);
    assert_eq!(world.sold_by_buyers().await.len(), 1);
    // Eight days later other buyers may have the person again, the one that bought may not.
    world.clock.advance_millis(8 * 24 * 3_600_000);
    let later = world.submit(&example("person-3")).await;
    assert_eq!(later.body["status"], "sold", "{}", later.body);
    let (one, two) = (world.purchases(&first).await, world.purchases(&later).await);
    assert_ne!(one, two);
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn one_person_sent_many_times_at_once_is_sold_once() {
    let world = World::start().await;
    let leads: Vec<_> = (0..12).map(|number| example(&format!("rush-{number}"))).collect();
    let answers = futures::future::join_all(leads.iter().map(|lead| world.submit(lead))).await;
    let sold = answers.iter().filter(|answer| answer.body["status"] == "sold").count();
    assert_eq!(sold, 1, "{:?}", answers.iter().map(|answer| &answer.body["status"]).collect::<Vec<_>>());
    assert_eq!(world.sold_by_buyers().await.len(), 1);
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn a_private_address_is_never_connected_to() {
    let world = World::with(|settings| settings.egress_allow.clear()).await;
    let answer = world.submit(&example("egress")).await;
    assert_eq!(answer.body["status"], "unsold", "{}", answer.body);
    let detail = world.detail(&answer).await;
    assert_eq!(last(verdict(&detail, "Northwind")), (Standing::Failed, Some(Reason::EgressRefused)));
    assert_eq!(last(verdict(&detail, "FlatRate")), (Standing::Failed, Some(Reason::EgressRefused)));
    let journal = world.answer(world.client().get(format!("{}/__control/journal", world.sandbox))).await;
    assert_eq!(journal.body["requests"], json!([]), "no connection was opened");
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn what_there_is_no_room_for_is_told_so_at_the_door_and_leaves_nothing_behind() {
    let world = World::with(|settings| settings.max_in_flight = 1).await;
    let leads: Vec<_> = (0..4)
        .map(|number| {
            let mut lead = example(&format!("room-{number}"));
            lead["fields"]["email"] = format!("room.{number}@example.com").into();
            lead["fields"]["phone"] = format!("31355503{number:02}").into();
            lead
        })
        .collect();
    let answers = futures::future::join_all(leads.iter().map(|lead| world.submit(lead))).await;
    let (sold, refused): (Vec<_>, Vec<_>) = answers.iter().partition(|answer| answer.status == 200);
    assert_eq!((sold.len(), refused.len()), (1, 3));
    for answer in refused {
        answer.problem(503, "overloaded");
        assert!(answer.retry_after.is_some());
    }
    let page = world.opened.store.tenant(world.market.tenant.id);
    let rows = page.leads_page(&store::LeadFilter::default(), &model::page::Cursor::Newest, 50).await.expect("a page");
    assert_eq!(rows.rows.len(), 1, "what was refused is not stored");
    world.holds().await;
    world.stop().await;
}

#[tokio::test]
async fn a_stop_lets_auctions_in_flight_come_to_their_answer() {
    let world = World::start().await;
    let lead = example("last");
    let submitted = world.submit(&lead);
    let stopped = async {
        while world.pipeline.in_flight() == 0 {
            tokio::task::yield_now().await;
        }
        world.halt();
    };
    let (answer, ()) = futures::join!(submitted, stopped);
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    assert!(!world.pipeline.ready());
    world.holds().await;
    world.stop().await;
}
