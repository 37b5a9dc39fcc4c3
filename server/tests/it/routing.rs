//! Routing end to end: who is asked before whom, who shares a lead, and what becomes of posts in doubt.

use crate::harness::{Answer, World, example};
use gavel::{
    pipeline::{ResolveError, Verdict},
    service::ServiceError,
};
use model::{
    LeadId, Micros, Reason,
    buyer::{Buyer, Credit},
    campaign::{Campaign, Tier},
    contract::{Contract, Sharing},
    lead::{LeadDetail, LeadState},
    source::Payout,
    trace::Standing,
};
use serde_json::{Value, json};

impl World {
    pub async fn change_campaign(&self, change: impl FnOnce(&mut Campaign)) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let mut campaign = rows.campaigns().await.expect("campaigns").remove(0);
        change(&mut campaign);
        rows.put_campaign(&campaign).await.expect("the campaign is changed");
        self.pipeline.refresh().await.expect("the configuration is read");
    }

    pub async fn change_contracts(&self, change: impl Fn(&Buyer, &mut Contract)) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let buyers = rows.buyers().await.expect("buyers");
        for mut contract in rows.contracts().await.expect("contracts") {
            let buyer = buyers.iter().find(|buyer| buyer.id == contract.buyer_id).expect("its buyer");
            change(buyer, &mut contract);
            rows.put_contract(&contract).await.expect("the contract is changed");
        }
        self.pipeline.refresh().await.expect("the configuration is read");
    }

    pub async fn bids(&self, buyer: &str, cents: u32, faults: Value) {
        let url = format!("{}/__control/buyers/{buyer}", self.sandbox);
        let settings = json!({ "latency_ms": [5, 5], "bid_cents": cents, "accept_percent": 100, "faults": faults });
        let answer = self.answer(self.client().post(url).json(&settings)).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    pub async fn seen(&self, answer: &Answer) -> LeadDetail {
        self.opened.store.tenant(self.market.tenant.id).lead_detail(lead_id(answer)).await.expect("the lead")
    }

    pub async fn bought_by(&self, answer: &Answer) -> Vec<String> {
        let sold = self.sold_by_buyers().await;
        let of = sold.iter().filter(|sale| sale["lead_id"] == answer.body["lead_id"]);
        let mut buyers: Vec<String> = of.map(|sale| sale["buyer"].as_str().unwrap_or_default().to_owned()).collect();
        buyers.sort();
        buyers
    }

    pub async fn sound(&self) {
        for invariant in self.opened.store.check().await.expect("the store is checked") {
            assert!(invariant.ok, "{}: {}", invariant.name, invariant.detail);
        }
    }

    /// The only post in doubt.
    async fn doubtful(&self) -> store::AttemptRow {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let mut found = rows.unknown_attempts().await.expect("posts");
        assert_eq!(found.len(), 1);
        found.remove(0)
    }
}

pub fn lead_id(answer: &Answer) -> LeadId {
    answer.body["lead_id"].as_str().expect("a lead").parse().expect("an id")
}

fn standing(detail: &LeadDetail, buyer: &str) -> (Standing, Option<Reason>) {
    let verdicts = &detail.trace.as_ref().expect("a trace").verdicts;
    let verdict = verdicts.iter().find(|v| v.buyer.starts_with(buyer)).expect("a verdict for every contract");
    (verdict.standing, verdict.findings.last().map(|finding| finding.reason))
}

fn share(_: &Buyer, contract: &mut Contract) {
    contract.routing.sharing = Sharing::Shared;
}

#[tokio::test]
async fn an_exclusive_contract_takes_the_lead_before_anybody_is_asked() {
    let world = World::start().await;
    world
        .change_contracts(|buyer, contract| {
            contract.routing.exclusive_rank = (buyer.slug == "flatrate").then_some(1);
        })
        .await;
    world.bids("flatrate", 600, json!([])).await;
    let answer = world.submit(&example("exclusive")).await;
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    assert_eq!(world.bought_by(&answer).await, ["flatrate"]);
    let detail = world.seen(&answer).await;
    assert_eq!(standing(&detail, "Northwind"), (Standing::Lost, Some(Reason::Outranked)));
    let verdicts = &detail.trace.as_ref().unwrap().verdicts;
    assert!(verdicts.iter().all(|verdict| verdict.ping.is_none()), "nobody was pinged");
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn a_tier_is_tried_before_a_better_bid_of_the_next() {
    let world = World::start().await;
    let tier = |name: &str| Tier { name: name.into(), strategy: Default::default(), falls: Default::default() };
    world.change_campaign(|campaign| campaign.auction.tiers = vec![tier("Partners"), tier("Market")]).await;
    world.change_contracts(|buyer, contract| contract.routing.tier = u8::from(buyer.slug != "harbor")).await;
    world.bids("harbor", 300, json!([])).await;
    world.bids("northwind", 5000, json!([])).await;
    let answer = world.submit(&example("tiers")).await;
    assert_eq!(world.bought_by(&answer).await, ["harbor"], "{}", answer.body);
    world.bids("harbor", 300, json!([{ "kind": "5xx", "phase": "ping", "count": 1 }])).await;
    let mut other = example("tiers-2");
    other["fields"]["email"] = "other@example.com".into();
    other["fields"]["phone"] = "(313) 555-0143".into();
    let answer = world.submit(&other).await;
    assert_eq!(world.bought_by(&answer).await, ["northwind"], "{}", answer.body);
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn buyers_that_share_each_pay_and_the_source_is_paid_once() {
    let world = World::start().await;
    world.change_campaign(|campaign| campaign.auction.max_buyers = 2).await;
    world.change_contracts(share).await;
    world.bids("northwind", 5000, json!([])).await;
    world.bids("harbor", 4000, json!([])).await;
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.affiliate_key);
    let answer = world.answer(request.json(&example("shared"))).await;
    assert_eq!(world.bought_by(&answer).await, ["harbor", "northwind"], "{}", answer.body);
    assert_eq!(answer.body["payout"]["amount"], "54.00", "its share of both");
    assert!(answer.body["redirect_url"].as_str().unwrap().contains("northwind"), "the best payer's: {}", answer.body);
    let detail = world.seen(&answer).await;
    assert_eq!(detail.row.revenue.unwrap().amount, Micros::units(90));
    assert_eq!(standing(&detail, "Northwind").0, Standing::Sold);
    assert_eq!(standing(&detail, "Harbor").0, Standing::Sold);
    assert_eq!(detail.ledger.len(), 4, "two buyers, the source and the margin: {:?}", detail.ledger);
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn a_sharer_in_doubt_is_resolved_by_a_person_and_its_money_is_added() {
    let world = World::start().await;
    world.change_campaign(|campaign| campaign.auction.max_buyers = 2).await;
    world.change_contracts(share).await;
    world.bids("northwind", 5000, json!([])).await;
    world.bids("harbor", 4000, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 1 }])).await;
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.affiliate_key);
    let answer = world.answer(request.json(&example("doubt"))).await;
    assert_eq!((&answer.body["status"], &answer.body["payout"]["amount"]), (&json!("sold"), &json!("30.00")));
    let post = world.doubtful().await;
    let tenant = world.market.tenant.id;
    let accepted = Verdict::Accepted { paid: None };
    let state = world.pipeline.resolve(tenant, post.lead_id, post.id, accepted).await;
    assert_eq!(state, Ok(LeadState::Sold));
    let detail = world.seen(&answer).await;
    assert_eq!(detail.row.revenue.unwrap().amount, Micros::units(90));
    assert_eq!(detail.row.payout.unwrap().amount, Micros::units(54));
    let again = world.pipeline.resolve(tenant, post.lead_id, post.id, accepted).await;
    assert_eq!(again, Err(ResolveError::NotInDoubt));
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn a_lead_in_doubt_is_resolved_either_way() {
    let world = World::start().await;
    for (number, verdict, state) in [
        (0, Verdict::Accepted { paid: Some(Micros::units(40)) }, LeadState::Sold),
        (1, Verdict::Rejected, LeadState::Unsold),
    ] {
        world.bids("northwind", 5000, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 1 }])).await;
        let mut lead = example(&format!("either-{number}"));
        lead["fields"]["email"] = format!("either{number}@example.com").into();
        lead["fields"]["phone"] = format!("313555010{number}").into();
        let answer = world.submit(&lead).await;
        assert_eq!(answer.body["reason"], "post_unknown", "{}", answer.body);
        let post = world.doubtful().await;
        let resolved = world.pipeline.resolve(world.market.tenant.id, post.lead_id, post.id, verdict).await;
        assert_eq!(resolved, Ok(state));
        let detail = world.seen(&answer).await;
        assert_eq!(detail.row.state, state);
        assert_eq!(detail.row.revenue.map(|m| m.amount), (state == LeadState::Sold).then(|| Micros::units(40)));
        // Who asks again is told how it ended.
        let told = world.get(&format!("/api/v1/leads/{}", lead_id(&answer))).await;
        assert_eq!(told.body["status"], state.public(), "{}", told.body);
        world.sound().await;
    }
    world.stop().await;
}

#[tokio::test]
async fn a_post_that_may_be_repeated_is_sent_once_more() {
    let world = World::start().await;
    world.change_contracts(|_, contract| contract.on_unknown = model::contract::OnUnknown::Retry).await;
    world.bids("northwind", 5000, json!([{ "kind": "reset", "phase": "post", "count": 1 }])).await;
    let answer = world.submit(&example("repeat")).await;
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    assert_eq!(world.bought_by(&answer).await, ["northwind"], "the buyer knows the post by its id");
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn a_buyer_whose_money_is_used_up_is_not_asked() {
    let world = World::start().await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let mut buyer = rows.buyers().await.unwrap().into_iter().find(|buyer| buyer.slug == "northwind").unwrap();
    buyer.credit = Some(Credit { paid_in: Micros::units(60), limit: Micros::ZERO });
    rows.put_buyer(&buyer).await.unwrap();
    world.pipeline.refresh().await.unwrap();
    world.bids("northwind", 5000, json!([])).await;
    world.bids("harbor", 4000, json!([])).await;
    let mut takers = Vec::new();
    for number in 0..3 {
        let mut lead = example(&format!("credit-{number}"));
        lead["fields"]["email"] = format!("credit{number}@example.com").into();
        lead["fields"]["phone"] = format!("313555011{number}").into();
        let answer = world.submit(&lead).await;
        takers.extend(world.bought_by(&answer).await);
        if number == 1 {
            let detail = world.seen(&answer).await;
            // Ten are left, so it is asked, and its bid of fifty does not fit.
            assert_eq!(standing(&detail, "Northwind"), (Standing::Lost, Some(Reason::CapFilledMeanwhile)));
        }
    }
    assert_eq!(takers, ["northwind", "harbor", "harbor"]);
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn nothing_is_sold_for_less_than_it_costs() {
    let world = World::start().await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let mut source = rows.sources().await.unwrap().into_iter().find(|source| source.slug == "own-form").unwrap();
    source.payout = Payout::Between { share: 500_000, min: Some(Micros::units(45)), max: None };
    rows.put_source(&source).await.unwrap();
    world.pipeline.refresh().await.unwrap();
    world.bids("northwind", 5000, json!([])).await;
    world.bids("harbor", 4400, json!([])).await;
    let answer = world.submit(&example("costs")).await;
    assert_eq!(answer.body["payout"]["amount"], "45.00", "{}", answer.body);
    let detail = world.seen(&answer).await;
    assert_eq!(standing(&detail, "Harbor"), (Standing::Lost, Some(Reason::BelowFloor)));
    world.sound().await;
    world.stop().await;
}

#[tokio::test]
async fn operators_work_off_posts_in_doubt_and_viewers_only_look() {
    let world = World::start().await;
    world.bids("northwind", 5000, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 1 }])).await;
    let answer = world.submit(&example("queue")).await;
    assert_eq!(answer.body["reason"], "post_unknown", "{}", answer.body);
    let services = world.services();
    let (viewer, operator) = (world.actor("viewer").await, world.actor("operator").await);
    let doubts = services.doubts(&viewer).await.expect("the queue");
    assert_eq!((doubts.len(), doubts[0].buyer.as_str()), (1, "Northwind Auto"));
    assert_eq!(doubts[0].price.amount, Micros::units(50));
    let post = (doubts[0].lead_id, doubts[0].attempt_id);
    assert_eq!(services.resolve_doubt(&viewer, post, true, None).await, Err(ServiceError::Forbidden));
    let less = services.resolve_doubt(&operator, post, true, Some(Micros(-1))).await;
    assert!(matches!(less, Err(ServiceError::Refused(_))), "{less:?}");
    assert_eq!(services.resolve_doubt(&operator, post, true, None).await, Ok(LeadState::Sold));
    assert!(services.doubts(&viewer).await.expect("the queue").is_empty());
    let again = services.resolve_doubt(&operator, post, false, None).await;
    assert!(matches!(again, Err(ServiceError::Refused(_))), "{again:?}");
    let detail = world.seen(&answer).await;
    assert!(
        detail.history.iter().any(|line| line.note.contains("says that the buyer took it")),
        "{:?}",
        detail.history
    );
    world.sound().await;
    world.stop().await;
}
