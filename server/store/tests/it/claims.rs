//! Who may sell which person to whom.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, receive, reserve, settle},
};
use model::{LeadId, Micros, Timestamp, lead::LeadState, time::DAY};
use store::{AttemptState, Intent, IntentReceipt, Newcomer, OutcomeReceipt, SoldPrint, Store};

const PRICE: Micros = Micros::units(10);

fn days_ago(days: i64) -> Option<Timestamp> {
    Some(Timestamp(NOW.0 - days * DAY))
}

/// An intent that claims a person inside both windows.
fn claiming(world: &World, lead: LeadId, nth: usize, prints: &[&str]) -> Intent {
    Intent {
        prints: prints.iter().map(|&print| print.to_owned()).collect(),
        same_buyer_since: days_ago(30),
        cross_buyer_since: days_ago(7),
        ..world.intent(lead, nth, PRICE)
    }
}

async fn sell(store: &Store, world: &World, nth: usize, prints: &[&str], at: Timestamp) -> LeadId {
    let lead = world.lead(store).await;
    let intent = Intent { at, ..claiming(world, lead, nth, prints) };
    assert_eq!(reserve(store, intent.clone()).await, IntentReceipt::Reserved);
    let mut outcome = world.sold(&intent);
    outcome.settles[0].at = at;
    assert_eq!(finish(store, outcome).await, OutcomeReceipt::Done);
    lead
}

on_both! {
    async fn a_person_is_sold_once_inside_the_windows(db: &Db) {
        let world = World::new(&db.store).await;
        let first = sell(&db.store, &world, 0, &["phone", "mail"], NOW).await;
        let lead = world.lead(&db.store).await;
        let same = reserve(&db.store, claiming(&world, lead, 0, &["mail"])).await;
        assert_eq!(same, IntentReceipt::DuplicateSameBuyer { lead_id: first });
        let cross = reserve(&db.store, claiming(&world, lead, 1, &["phone"])).await;
        assert_eq!(cross, IntentReceipt::DuplicateCrossBuyer { lead_id: first });
        assert_eq!(world.tables(&db.store).attempts(lead).await.unwrap(), []);
        // Another person, and no person at all.
        assert_eq!(reserve(&db.store, claiming(&world, lead, 1, &["other"])).await, IntentReceipt::Reserved);
        let nobody = world.lead(&db.store).await;
        assert_eq!(reserve(&db.store, claiming(&world, nobody, 0, &[])).await, IntentReceipt::Reserved);
    }

    async fn windows_end_and_can_be_switched_off(db: &Db) {
        let world = World::new(&db.store).await;
        sell(&db.store, &world, 0, &["p"], Timestamp(NOW.0 - 10 * DAY)).await;
        let lead = world.lead(&db.store).await;
        let inside = claiming(&world, lead, 0, &["p"]);
        assert!(matches!(reserve(&db.store, inside.clone()).await, IntentReceipt::DuplicateSameBuyer { .. }));
        // Ten days ago is outside the seven days of other buyers.
        assert_eq!(reserve(&db.store, claiming(&world, lead, 1, &["p"])).await, IntentReceipt::Reserved);
        let other = world.lead(&db.store).await;
        let off = Intent { same_buyer_since: None, cross_buyer_since: None, ..claiming(&world, other, 0, &["p"]) };
        assert_eq!(reserve(&db.store, off).await, IntentReceipt::Reserved);
    }

    async fn another_campaign_or_tenant_is_another_matter(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        sell(&db.store, &world, 0, &["p"], NOW).await;
        let lead = other.lead(&db.store).await;
        assert_eq!(reserve(&db.store, claiming(&other, lead, 0, &["p"])).await, IntentReceipt::Reserved);
        let lead = world.lead(&db.store).await;
        let elsewhere = Intent { campaign_id: other.campaign, ..claiming(&world, lead, 0, &["p"]) };
        assert_eq!(reserve(&db.store, elsewhere).await, IntentReceipt::Reserved);
    }

    async fn a_post_under_way_claims_and_a_rejection_gives_back(db: &Db) {
        let world = World::new(&db.store).await;
        let (first, second) = (world.lead(&db.store).await, world.lead(&db.store).await);
        let intent = claiming(&world, first, 0, &["p"]);
        assert_eq!(reserve(&db.store, intent.clone()).await, IntentReceipt::Reserved);
        let held = reserve(&db.store, claiming(&world, second, 1, &["p"])).await;
        assert_eq!(held, IntentReceipt::DuplicateCrossBuyer { lead_id: first });
        // The lead itself may go to the next buyer: its own claim does not stand against it.
        let next = Intent {
            release: vec![settle(&intent, AttemptState::Rejected)],
            ..claiming(&world, first, 1, &["p"])
        };
        assert_eq!(reserve(&db.store, next.clone()).await, IntentReceipt::Reserved);
        let rejected = vec![settle(&next, AttemptState::NotSent)];
        assert_eq!(finish(&db.store, world.unsold(first, rejected)).await, OutcomeReceipt::Done);
        assert_eq!(world.sold_to(&db.store, &["p"], Timestamp(0)).await, []);
        assert_eq!(reserve(&db.store, claiming(&world, second, 1, &["p"])).await, IntentReceipt::Reserved);
    }

    async fn an_unknown_post_keeps_its_claim(db: &Db) {
        let world = World::new(&db.store).await;
        let (first, second) = (world.lead(&db.store).await, world.lead(&db.store).await);
        let intent = claiming(&world, first, 0, &["p"]);
        reserve(&db.store, intent.clone()).await;
        let unknown = world.outcome(first, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
        finish(&db.store, unknown).await;
        let held = reserve(&db.store, claiming(&world, second, 0, &["p"])).await;
        assert_eq!(held, IntentReceipt::DuplicateSameBuyer { lead_id: first });
    }

    async fn intents_of_one_batch_see_each_others_claims(db: &Db) {
        let world = World::new(&db.store).await;
        let (first, second) = (world.lead(&db.store).await, world.lead(&db.store).await);
        let batch = [(first, 0), (second, 1)]
            .map(|(lead, nth)| store::Record::Intent(Box::new(claiming(&world, lead, nth, &["p"]))));
        assert_eq!(db.store.commit(&batch).await.unwrap(), [
            store::Receipt::Intent(IntentReceipt::Reserved),
            store::Receipt::Intent(IntentReceipt::DuplicateCrossBuyer { lead_id: first }),
        ]);
    }

    async fn sold_prints_are_listed_once_per_lead(db: &Db) {
        let world = World::new(&db.store).await;
        let old = sell(&db.store, &world, 0, &["a", "b"], Timestamp(NOW.0 - 20 * DAY)).await;
        let new = sell(&db.store, &world, 1, &["a"], NOW).await;
        let prints = ["a", "b", "c"];
        assert_eq!(world.sold_to(&db.store, &prints, Timestamp(0)).await, [
            SoldPrint { buyer_id: world.buyers[1], lead_id: new, at: NOW },
            SoldPrint { buyer_id: world.buyers[0], lead_id: old, at: Timestamp(NOW.0 - 20 * DAY) },
        ]);
        let recent = world.sold_to(&db.store, &prints, days_ago(7).unwrap()).await;
        assert_eq!(recent.iter().map(|sold| sold.lead_id).collect::<Vec<_>>(), [new]);
        assert_eq!(world.sold_to(&db.store, &[], Timestamp(0)).await, []);
        let other = World::new(&db.store).await;
        assert_eq!(other.sold_to(&db.store, &prints, Timestamp(0)).await, []);
    }

    async fn what_is_known_is_each_newcomers_own(db: &Db) {
        let (here, there) = (World::new(&db.store).await, World::new(&db.store).await);
        let old = sell(&db.store, &here, 0, &["a"], Timestamp(NOW.0 - 20 * DAY)).await;
        let new = sell(&db.store, &there, 1, &["a"], NOW).await;
        let received = here.received_as("k", 1);
        receive(&db.store, received.clone()).await;
        let newcomer = |world: &World, key: Option<&str>, since| Newcomer {
            tenant: world.tenant,
            source: world.source,
            key: key.map(str::to_owned),
            campaign: world.campaign,
            prints: vec!["a".to_owned()],
            since,
            now: NOW,
        };
        let week = days_ago(7);
        let asked = [
            newcomer(&here, Some("k"), Some(Timestamp(0))),
            newcomer(&here, None, week),
            newcomer(&there, Some("k"), week),
            newcomer(&there, Some("other"), None),
        ];
        let known = db.store.known(&asked).await.unwrap();
        let repeats: Vec<_> = known.iter().map(|known| known.repeat.as_ref().map(|repeat| repeat.lead_id)).collect();
        assert_eq!(repeats, [Some(received.lead_id), None, None, None]);
        let sold: Vec<Vec<_>> =
            known.iter().map(|known| known.sold.iter().map(|sold| sold.lead_id).collect()).collect();
        assert_eq!(sold, [vec![old], vec![], vec![new], vec![]]);
        assert_eq!(db.store.known(&[]).await, Ok(Vec::new()));
    }
}
