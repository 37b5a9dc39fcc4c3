//! What follows an auction: copies for silent contracts, and leads that are offered again, through a whole server whose
//! time is moved.

use crate::{
    harness::{Answer, World, example},
    routing::lead_id,
};
use gavel::service::replay::again;
use model::{
    LeadId, Micros, Reason, Timestamp,
    campaign::Reoffer,
    cap::{Cap, Limit, Window},
    contract::{ContractKind, OnUnknown, SilentOn},
    lead::{LeadDetail, LeadState},
    page::Cursor,
    trace::{Standing, Verdict},
};
use serde_json::{Value, json};
use store::DeliveryFilter;

/// Minutes in milliseconds.
const MINUTE: i64 = 60_000;

impl World {
    /// A world in which nobody's time runs out because the machine has much to do.
    async fn patient() -> Self {
        let world = Self::start().await;
        world.change_campaign(|campaign| campaign.auction.deadline_ms = 60_000).await;
        world
            .change_contracts(|_, contract| {
                for call in contract.delivery.ping.iter_mut().chain([&mut contract.delivery.post]) {
                    call.timeout_ms = 20_000;
                }
            })
            .await;
        world
    }

    /// Makes FlatRate's contract a silent one that pays two, and lets only these other buyers buy.
    async fn silent(&self, on: SilentOn, buying: &[&str]) {
        self.change_contracts(|buyer, contract| {
            contract.active = buying.contains(&buyer.slug.as_str());
            if buyer.slug == "flatrate" {
                contract.active = true;
                (contract.kind, contract.silent_on) = (ContractKind::Silent, on);
                (contract.price.fixed, contract.returns) = (Some(Micros::units(2)), None);
                contract.on_unknown = OnUnknown::Hold;
            }
        })
        .await;
    }

    async fn only(&self, buying: &[&str]) {
        self.change_contracts(|buyer, contract| {
            contract.active = contract.kind == ContractKind::Silent || buying.contains(&buyer.slug.as_str());
        })
        .await;
    }

    async fn offers_again(&self, after_minutes: u32, times: u8, fresh_minutes: u32) {
        self.change_campaign(|campaign| {
            campaign.reoffer = Some(Reoffer { after_minutes, times, fresh_minutes });
        })
        .await;
    }

    /// Waits until so much of what follows outcomes was worked off.
    async fn worked_off(&self, jobs: u64) {
        self.pipeline.followed().wait_for(|followed| *followed >= jobs).await.expect("the pipeline lives");
    }

    /// Moves time, and waits until a lead's next round is over.
    async fn next_round(&self, minutes: i64) -> LeadState {
        let mut events = self.pipeline.events();
        self.clock.advance_millis(minutes * MINUTE);
        self.pipeline.after().notify_one();
        events.recv().await.expect("an event").state
    }

    async fn copy_of(&self, answer: &Answer) -> Verdict {
        let mut detail = self.seen(answer).await;
        assert_eq!(detail.copies.len(), 1, "{:?}", detail.copies);
        detail.copies.remove(0).verdict
    }

    async fn folded(&self) {
        while self.opened.store.fold_events(500).await.expect("events are folded") > 0 {}
        self.sound().await;
    }

    /// What the tenant's own system was sent about a lead: event and sequence.
    async fn told_of(&self, lead: LeadId) -> Vec<(String, u32)> {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let filter = DeliveryFilter { lead: Some(lead), ..DeliveryFilter::default() };
        let log = rows.deliveries(&filter, &Cursor::Newest, 100).await.expect("the log").rows;
        let bodies = log.iter().filter_map(|one| serde_json::from_str::<Value>(&one.body).ok());
        let mut told: Vec<_> = bodies
            .filter_map(|body| {
                let sequence = u32::try_from(body["data"]["sequence"].as_u64()?).ok()?;
                Some((body["type"].as_str()?.to_owned(), sequence))
            })
            .collect();
        told.sort();
        told
    }
}

/// A lead of a person of its own.
fn person(number: u32) -> Value {
    let mut lead = example(&format!("after-{number}"));
    lead["fields"]["email"] = format!("after{number}@example.com").into();
    lead["fields"]["phone"] = format!("31355503{number:02}").into();
    lead
}

fn kinds(detail: &LeadDetail) -> Vec<&str> {
    detail.ledger.iter().map(|line| line.kind.as_str()).collect()
}

#[tokio::test]
async fn a_silent_contract_gets_a_copy_of_a_sold_lead_and_pays_for_it() {
    let world = World::patient().await;
    world.silent(SilentOn::Sold, &["northwind"]).await;
    world.bids("northwind", 5000, json!([])).await;
    world.bids("flatrate", 600, json!([])).await;
    let answer = world.submit(&person(1)).await;
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    world.worked_off(1).await;
    assert_eq!(world.bought_by(&answer).await, ["flatrate", "northwind"], "the buyers' own word");
    let copy = world.copy_of(&answer).await;
    assert_eq!((copy.standing, copy.price), (Standing::Copied, Some(Micros::units(2))));
    assert!(copy.post.is_some_and(|post| post.status == Some(200)));

    // The sale is what it was: one buyer, its revenue, its verdicts; the copy's money stands beside it.
    let detail = world.seen(&answer).await;
    assert_eq!(detail.row.buyer.as_deref(), Some("Northwind Auto"));
    assert_eq!(detail.row.revenue.unwrap().amount, Micros::units(50));
    assert_eq!(kinds(&detail).iter().filter(|kind| **kind == "copy").count(), 2, "{:?}", detail.ledger);
    let verdicts = &detail.trace.as_ref().unwrap().verdicts;
    let silent = verdicts.iter().find(|verdict| verdict.kind == ContractKind::Silent).unwrap();
    assert_eq!((silent.standing, silent.ping.is_some()), (Standing::Waiting, false), "it did not compete");
    let rows = world.opened.store.tenant(world.market.tenant.id);
    assert_eq!(rows.attempts(lead_id(&answer)).await.unwrap().len(), 1, "a copy is no post");
    world.folded().await;
    let totals = rows.totals(Timestamp(0), Timestamp(i64::MAX)).await.unwrap();
    assert_eq!((totals.received, totals.sold, totals.revenue), (1, 1, Micros::units(52)));

    // A second one of an unsold lead says why it gets none.
    world.only(&[]).await;
    let answer = world.submit(&person(2)).await;
    assert_eq!(answer.body["status"], "unsold", "{}", answer.body);
    world.worked_off(2).await;
    let copy = world.copy_of(&answer).await;
    assert_eq!((copy.standing, copy.findings[0].reason), (Standing::Excluded, Reason::OtherOutcome));
    assert_eq!(copy.findings[0].have.as_deref(), Some("unsold"));
    world.folded().await;
    world.stop().await;
}

#[tokio::test]
async fn its_own_rules_hold_for_a_copy_and_the_buyer_may_refuse_it() {
    let world = World::patient().await;
    world.silent(SilentOn::Unsold, &[]).await;
    let url = format!("{}/__control/buyers/flatrate", world.sandbox);
    let refusing = json!({ "latency_ms": [5, 5], "accept_percent": 0, "faults": [] });
    assert_eq!(world.answer(world.client().post(url).json(&refusing)).await.status, 204);
    let answer = world.submit(&person(1)).await;
    assert_eq!(answer.body["status"], "unsold", "{}", answer.body);
    world.worked_off(1).await;
    let copy = world.copy_of(&answer).await;
    assert_eq!((copy.standing, copy.findings.len()), (Standing::Rejected, 1), "{copy:?}");
    assert!(kinds(&world.seen(&answer).await).is_empty(), "a copy that is refused costs nothing");

    // Its cap of one copy in all is full after the next, and its filter is asked as anybody's.
    world.bids("flatrate", 600, json!([])).await;
    world
        .change_contracts(|buyer, contract| {
            if buyer.slug == "flatrate" {
                contract.caps = vec![Cap::plain(Window::Total, Limit::Count(1))];
            }
        })
        .await;
    let taken = world.submit(&person(2)).await;
    world.worked_off(2).await;
    assert_eq!(world.copy_of(&taken).await.standing, Standing::Copied);
    let mut uninsured = person(3);
    uninsured["fields"]["currently_insured"] = false.into();
    let full = world.submit(&uninsured).await;
    world.worked_off(3).await;
    let copy = world.copy_of(&full).await;
    let reasons: Vec<_> = copy.findings.iter().map(|finding| finding.reason).collect();
    assert_eq!((copy.standing, reasons), (Standing::Excluded, vec![Reason::Filter, Reason::Cap]));
    world.folded().await;
    world.stop().await;
}

#[tokio::test]
async fn a_copy_of_unknown_outcome_waits_for_a_person_and_is_never_sent_again() {
    let world = World::patient().await;
    world.silent(SilentOn::Always, &["northwind"]).await;
    world.bids("northwind", 5000, json!([])).await;
    world.bids("flatrate", 600, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 1 }])).await;
    let answer = world.submit(&person(1)).await;
    assert_eq!(answer.body["status"], "sold", "it does not hold up the source: {}", answer.body);
    world.worked_off(1).await;
    assert_eq!(world.copy_of(&answer).await.standing, Standing::Unknown);
    world.clock.advance_millis(60 * MINUTE);
    world.pipeline.after().notify_one();
    world.folded().await;
    assert_eq!(world.opened.store.waiting_jobs().await.unwrap().iter().filter(|(kind, _)| kind == "copy").count(), 0);

    let services = world.services();
    let operator = world.actor("operator").await;
    let doubts = services.doubts(&operator).await.unwrap();
    assert_eq!((doubts.len(), doubts[0].silent, doubts[0].price.amount), (1, true, Micros::units(2)));
    let post = (doubts[0].lead_id, doubts[0].attempt_id);
    assert_eq!(services.resolve_doubt(&operator, post, true, None).await, Ok(LeadState::Sold));
    assert!(services.doubts(&operator).await.unwrap().is_empty());
    let detail = world.seen(&answer).await;
    assert_eq!(detail.copies[0].verdict.standing, Standing::Copied);
    assert_eq!(detail.row.revenue.unwrap().amount, Micros::units(50), "the lead stays where it is");
    assert_eq!(world.bought_by(&answer).await, ["flatrate", "northwind"], "it was sent once");
    world.folded().await;
    world.stop().await;
}

#[tokio::test]
async fn a_test_lead_is_copied_to_sandbox_buyers_only_and_costs_nothing() {
    let world = World::patient().await;
    world.silent(SilentOn::Always, &[]).await;
    world.bids("flatrate", 600, json!([])).await;
    let send = async |number| {
        let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.test_api_key);
        world.answer(request.json(&person(number))).await
    };
    let answer = send(1).await;
    world.worked_off(1).await;
    assert_eq!(world.copy_of(&answer).await.standing, Standing::Copied);
    assert!(world.seen(&answer).await.ledger.is_empty(), "its money is no money");

    let rows = world.opened.store.tenant(world.market.tenant.id);
    let mut buyer = rows.buyers().await.unwrap().into_iter().find(|buyer| buyer.slug == "flatrate").unwrap();
    buyer.sandbox = false;
    rows.put_buyer(&buyer).await.unwrap();
    world.pipeline.refresh().await.unwrap();
    let answer = send(2).await;
    world.worked_off(2).await;
    let copy = world.copy_of(&answer).await;
    assert_eq!((copy.standing, copy.findings[0].reason), (Standing::Excluded, Reason::TestOnly));
    assert!(world.bought_by(&answer).await.is_empty());
    world.folded().await;
    world.stop().await;
}

#[tokio::test]
async fn a_lead_that_nobody_bought_is_sold_in_a_later_round_and_everybody_hears_of_it() {
    let world = World::patient().await;
    world.silent(SilentOn::Unsold, &["harbor"]).await;
    world.offers_again(30, 2, 120).await;
    // Harbor takes no lead, so it is posted to in the first round and never again.
    let url = format!("{}/__control/buyers/harbor", world.sandbox);
    let refusing = json!({ "latency_ms": [5, 5], "bid_cents": 900, "accept_percent": 0, "faults": [] });
    assert_eq!(world.answer(world.client().post(url).json(&refusing)).await.status, 204);
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.affiliate_key);
    let answer = world.answer(request.json(&person(1))).await;
    assert_eq!((&answer.body["status"], &answer.body["reason"]), (&json!("unsold"), &json!("all_rejected")));
    world.worked_off(1).await;
    let lead = lead_id(&answer);
    let detail = world.seen(&answer).await;
    assert_eq!(detail.again_at, Some(world.opened.clock.now().plus_millis(30 * MINUTE)));
    assert!(detail.copies.is_empty(), "a hand-off waits for the last round");

    // A round in which it is still unsold changes nothing for anybody.
    assert_eq!(world.next_round(30).await, LeadState::Unsold);
    let detail = world.seen(&answer).await;
    assert_eq!((detail.row.state, detail.row.reason), (LeadState::Unsold, Some(Reason::AllRejected)));
    let harbor =
        detail.trace.as_ref().unwrap().verdicts.iter().find(|v| v.buyer.starts_with("Harbor")).unwrap().clone();
    assert_eq!(harbor.findings.last().unwrap().reason, Reason::PostedBefore);

    world.bids("northwind", 5000, json!([])).await;
    world.only(&["harbor", "northwind"]).await;
    assert_eq!(world.next_round(30).await, LeadState::Sold);
    let detail = world.seen(&answer).await;
    assert_eq!((detail.row.buyer.as_deref(), detail.rounds.len()), (Some("Northwind Auto"), 2));
    assert_eq!(detail.row.payout.unwrap().amount, Micros::units(30), "its share");
    assert_eq!(detail.redirect_url, Some(answer.body["redirect_url"].as_str().unwrap().to_owned()), "as it was told");
    let request = world.client().get(world.url(&format!("/api/v1/leads/{lead}"))).bearer_auth(&world.affiliate_key);
    let now = world.answer(request).await;
    assert_eq!((&now.body["status"], &now.body["payout"]["amount"]), (&json!("sold"), &json!("30.00")));
    assert_eq!(world.bought_by(&answer).await, ["northwind"]);

    // Whoever listens heard of both states, in order.
    world.pipeline.outbox().notify_one();
    world.pipeline.deliveries().wait_for(|told| *told >= 3).await.expect("the pipeline lives");
    let told = world.told_of(lead).await;
    assert!(told.contains(&("lead.unsold".to_owned(), 1)), "{told:?}");
    assert!(told.iter().any(|(event, sequence)| event == "lead.sold" && *sequence > 1), "{told:?}");
    assert_eq!(told.iter().filter(|(event, _)| event == "lead.unsold").count(), 1, "{told:?}");

    // It counts once, in the hour it came, and every round is decided again as it was.
    world.folded().await;
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let totals = rows.totals(detail.row.received_at.hour(), detail.row.received_at.plus_millis(1)).await.unwrap();
    assert_eq!((totals.received, totals.sold, totals.unsold), (1, 1, 0));
    let campaign = rows.campaigns().await.unwrap().remove(0).id;
    let mut lines = Vec::new();
    let span = (campaign, Timestamp(0), Timestamp(i64::MAX / 2));
    let report = again(&rows, span, &mut |line| lines.push(line)).await.unwrap();
    assert_eq!((report.leads.same, lines), (3, Vec::<String>::new()));
    world.stop().await;
}

#[tokio::test]
async fn the_last_round_ends_by_the_leads_age_and_hands_it_off() {
    let world = World::patient().await;
    world.silent(SilentOn::Unsold, &[]).await;
    world.bids("flatrate", 600, json!([])).await;
    world.offers_again(30, 9, 45).await;
    let answer = world.submit(&person(1)).await;
    assert_eq!(answer.body["status"], "unsold", "{}", answer.body);
    world.worked_off(1).await;
    assert!(world.seen(&answer).await.copies.is_empty());
    assert_eq!(world.next_round(30).await, LeadState::Unsold);
    world.worked_off(3).await;
    let detail = world.seen(&answer).await;
    assert_eq!((detail.again_at, detail.rounds.len()), (None, 1), "a third would begin after 60 minutes");
    assert_eq!(world.copy_of(&answer).await.standing, Standing::Copied, "the call centre has it");
    assert_eq!(detail.row.state, LeadState::Unsold);

    // Where it was switched off meanwhile, the hand-off does not wait for a round that never comes.
    let answer = world.submit(&person(2)).await;
    world.worked_off(4).await;
    world.change_campaign(|campaign| campaign.reoffer = None).await;
    world.clock.advance_millis(30 * MINUTE);
    world.pipeline.after().notify_one();
    world.worked_off(5).await;
    assert_eq!(world.copy_of(&answer).await.standing, Standing::Copied);
    assert!(world.seen(&answer).await.rounds.is_empty());
    world.folded().await;
    world.stop().await;
}

#[tokio::test]
async fn caps_and_duplicates_hold_in_every_round() {
    let world = World::patient().await;
    world.offers_again(30, 1, 120).await;
    world.change_contracts(|_, contract| contract.active = false).await;
    world.bids("northwind", 5000, json!([])).await;
    let (full, twin) = (world.submit(&person(1)).await, world.submit(&person(2)).await);
    // Meanwhile Northwind buys the second person by another lead, and its cap is full.
    world
        .change_contracts(|buyer, contract| {
            contract.active = buyer.slug == "northwind";
            contract.caps = vec![Cap::plain(Window::Total, Limit::Count(1))];
        })
        .await;
    let mut other = person(2);
    other["external_id"] = "another form".into();
    let sold = world.submit(&other).await;
    assert_eq!(sold.body["status"], "sold", "{}", sold.body);
    let mut events = world.pipeline.events();
    world.clock.advance_millis(30 * MINUTE);
    world.pipeline.after().notify_one();
    for _ in 0..2 {
        assert_eq!(events.recv().await.expect("an event").state, LeadState::Unsold);
    }
    let findings = async |answer: &Answer| {
        let trace = world.seen(answer).await.trace.unwrap();
        let verdict = trace.verdicts.iter().find(|v| v.buyer.starts_with("Northwind")).unwrap().clone();
        verdict.findings.iter().map(|finding| finding.reason).collect::<Vec<_>>()
    };
    assert_eq!(findings(&full).await, [Reason::Cap]);
    assert_eq!(findings(&twin).await, [Reason::Cap, Reason::DuplicateSameBuyer]);
    assert_eq!(world.sold_by_buyers().await.len(), 1);
    world.folded().await;
    world.stop().await;
}

#[tokio::test]
async fn a_test_lead_is_offered_again_to_sandbox_buyers_only() {
    let world = World::patient().await;
    world.offers_again(30, 1, 120).await;
    world.change_contracts(|_, contract| contract.active = false).await;
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.test_api_key);
    let answer = world.answer(request.json(&person(1))).await;
    assert_eq!(answer.body["status"], "unsold", "{}", answer.body);
    let rows = world.opened.store.tenant(world.market.tenant.id);
    for mut buyer in rows.buyers().await.unwrap() {
        buyer.sandbox = buyer.slug == "northwind";
        rows.put_buyer(&buyer).await.unwrap();
    }
    world.change_contracts(|_, contract| contract.active = true).await;
    world.bids("northwind", 5000, json!([])).await;
    assert_eq!(world.next_round(30).await, LeadState::Sold);
    assert_eq!(world.bought_by(&answer).await, ["northwind"]);
    assert!(world.seen(&answer).await.ledger.is_empty());
    world.folded().await;
    world.stop().await;
}
