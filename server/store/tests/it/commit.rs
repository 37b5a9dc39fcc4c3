//! The hot path, one step after the other.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, next, receive, reserve, settle},
};
use exchange::caps::{CapKey, Counter, Scope};
use model::{
    AttemptId, EventId, LeadId, Micros, ProcessId, Reason,
    cap::{Limit, Window},
    lead::LeadState,
};
use store::{AttemptState, IntentReceipt, OutcomeReceipt, Receipt, ReceivedReceipt, Record, Refused, Store};

const PRICE: Micros = Micros::units(10);

async fn counter(store: &Store, world: &World, key: CapKey) -> Counter {
    store.counters(&[(world.tenant, key)]).await.unwrap().remove(&(world.tenant, key)).unwrap_or_default()
}

fn used(used: i64, held: i64) -> Counter {
    Counter { used, held, used_money: Micros(PRICE.0 * used), held_money: Micros(PRICE.0 * held) }
}

on_both! {
    async fn an_empty_batch_is_nothing(db: &Db) {
        assert_eq!(db.store.commit(&[]).await.unwrap(), []);
    }

    async fn a_lead_from_door_to_sale_in_its_batches(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let mut intent = world.intent(lead, 0, PRICE);
        intent.demands = vec![world.daily(0, Limit::Count(1), PRICE)];
        assert_eq!(reserve(&db.store, intent.clone()).await, IntentReceipt::Reserved);
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(0, 1));
        assert_eq!(world.tables(&db.store).attempts(lead).await.unwrap()[0].state, AttemptState::Open);
        assert_eq!(finish(&db.store, world.sold(&intent)).await, OutcomeReceipt::Done);
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(1, 0));
        let answer = world.tables(&db.store).lead_answer(lead).await.unwrap();
        assert_eq!(answer.state, LeadState::Sold);
        assert!(answer.answer.unwrap().contains("\"sold\""));
        let attempt = &world.tables(&db.store).attempts(lead).await.unwrap()[0];
        assert_eq!((attempt.state, attempt.paid, attempt.reference.as_deref()), (AttemptState::Accepted, Some(PRICE), Some("ref")));
        assert_eq!(attempt.settled_at, Some(NOW.plus_millis(5)));
    }

    async fn all_kinds_in_one_batch_in_order(db: &Db) {
        let world = World::new(&db.store).await;
        let received = world.received();
        let intent = world.intent(received.lead_id, 0, PRICE);
        let refused = Refused {
            tenant_id: world.tenant,
            campaign_id: world.campaign,
            source_id: world.source,
            at: NOW,
            event_id: EventId::from_bits(next()),
            reason: Reason::InvalidLead,
        };
        let batch = [
            Record::Refused(refused),
            Record::Received(Box::new(received)),
            Record::Intent(Box::new(intent.clone())),
            Record::Outcome(Box::new(world.sold(&intent))),
            Record::Outcome(Box::new(world.sold(&intent))),
        ];
        assert_eq!(db.store.commit(&batch).await.unwrap(), [
            Receipt::Refused,
            Receipt::Received(ReceivedReceipt::Fresh),
            Receipt::Intent(IntentReceipt::Reserved),
            Receipt::Outcome(OutcomeReceipt::Done),
            Receipt::Outcome(OutcomeReceipt::Fenced),
        ]);
        let totals = world.tables(&db.store).totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.received, totals.sold, totals.rejected), (2, 1, 1));
    }

    async fn a_batch_that_fails_stores_nothing(db: &Db) {
        let world = World::new(&db.store).await;
        let (fresh, stored) = (world.received(), world.received());
        receive(&db.store, stored.clone()).await;
        let batch = [Record::Received(Box::new(fresh.clone())), Record::Received(Box::new(stored))];
        assert!(db.store.commit(&batch).await.is_err());
        assert!(world.tables(&db.store).lead_answer(fresh.lead_id).await.is_err());
        // And the connection is good for the next.
        assert_eq!(receive(&db.store, fresh).await, ReceivedReceipt::Fresh);
    }

    async fn a_full_cap_says_which_and_takes_nothing(db: &Db) {
        let world = World::new(&db.store).await;
        let (first, second) = (world.lead(&db.store).await, world.lead(&db.store).await);
        let total = CapKey { scope: Scope::Buyer(world.buyers[0]), window: Window::Total, start: model::Timestamp(0) };
        let demands = vec![
            exchange::caps::Demand { key: total, limit: Limit::Count(9), price: PRICE, bound: exchange::caps::Bound::Cap },
            world.daily(0, Limit::Count(9), PRICE),
            world.daily(0, Limit::Money(Micros::units(15)), PRICE),
        ];
        let ask = |lead| store::Intent { demands: demands.clone(), ..world.intent(lead, 0, PRICE) };
        assert_eq!(reserve(&db.store, ask(first)).await, IntentReceipt::Reserved);
        // A cap by count and one by money over one window are one counter: it is held once.
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(0, 1));
        let full = IntentReceipt::CapFull { demand: demands[2], counter: used(0, 1) };
        assert_eq!(reserve(&db.store, ask(second)).await, full);
        assert_eq!(counter(&db.store, &world, total).await, used(0, 1), "all of it or nothing");
        assert_eq!(world.tables(&db.store).attempts(second).await.unwrap(), []);
    }

    async fn a_rejected_post_gives_back_and_the_next_takes(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let first = store::Intent {
            demands: vec![world.daily(0, Limit::Count(1), PRICE)],
            ..world.intent(lead, 0, PRICE)
        };
        assert_eq!(reserve(&db.store, first.clone()).await, IntentReceipt::Reserved);
        let second = store::Intent {
            release: vec![settle(&first, AttemptState::Rejected)],
            demands: vec![world.daily(1, Limit::Count(1), PRICE)],
            ordinal: 2,
            ..world.intent(lead, 1, PRICE)
        };
        assert_eq!(reserve(&db.store, second.clone()).await, IntentReceipt::Reserved);
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(0, 0));
        assert_eq!(counter(&db.store, &world, world.daily_key(1)).await, used(0, 1));
        // The outcome names the first again: what is settled stays settled.
        let mut outcome = world.sold(&second);
        outcome.settles.insert(0, settle(&first, AttemptState::Accepted));
        assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
        let states: Vec<_> = world.tables(&db.store).attempts(lead).await.unwrap().iter().map(|a| a.state).collect();
        assert_eq!(states, [AttemptState::Rejected, AttemptState::Accepted]);
    }

    async fn what_is_released_stays_released_when_the_next_does_not_fit(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let first = store::Intent {
            demands: vec![world.daily(0, Limit::Count(1), PRICE)],
            ..world.intent(lead, 0, PRICE)
        };
        reserve(&db.store, first.clone()).await;
        let second = store::Intent {
            release: vec![settle(&first, AttemptState::NotSent)],
            demands: vec![world.daily(1, Limit::Count(0), PRICE)],
            ..world.intent(lead, 1, PRICE)
        };
        assert!(matches!(reserve(&db.store, second).await, IntentReceipt::CapFull { .. }));
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(0, 0));
        assert_eq!(finish(&db.store, world.unsold(lead, Vec::new())).await, OutcomeReceipt::Done);
    }

    async fn a_sale_at_another_price_confirms_what_is_paid(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let intent = store::Intent {
            demands: vec![world.daily(0, Limit::Count(5), PRICE)],
            ..world.intent(lead, 0, PRICE)
        };
        reserve(&db.store, intent.clone()).await;
        let mut outcome = world.sold(&intent);
        outcome.settles[0].paid = Some(Micros::units(8));
        assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
        let counter = counter(&db.store, &world, world.daily_key(0)).await;
        assert_eq!(counter, Counter { used: 1, held: 0, used_money: Micros::units(8), held_money: Micros::ZERO });
    }

    async fn an_unknown_outcome_keeps_its_reservation_until_it_is_known(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let intent = store::Intent {
            demands: vec![world.daily(0, Limit::Count(1), PRICE)],
            ..world.intent(lead, 0, PRICE)
        };
        reserve(&db.store, intent.clone()).await;
        let unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
        assert_eq!(finish(&db.store, unknown).await, OutcomeReceipt::Done);
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(0, 1));
        let tables = world.tables(&db.store);
        let open = tables.unknown_attempts().await.unwrap();
        assert_eq!(open.iter().map(|attempt| attempt.id).collect::<Vec<_>>(), [intent.attempt_id]);
        db.holds().await;

        // A late accept, with the answer that was given kept.
        let given = tables.lead_answer(lead).await.unwrap().answer;
        let mut late = world.sold(&intent);
        late.answer = None;
        late.fact.was = Some(LeadState::Unknown);
        assert_eq!(finish(&db.store, late).await, OutcomeReceipt::Done);
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(1, 0));
        assert_eq!(tables.unknown_attempts().await.unwrap(), []);
        let now = tables.lead_answer(lead).await.unwrap();
        assert_eq!((now.state, now.answer), (LeadState::Sold, given));
        let totals = tables.totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.received, totals.sold, totals.unknown), (1, 1, 0));
    }

    async fn unknown_and_then_known_in_one_batch(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let intent = world.intent(lead, 0, PRICE);
        reserve(&db.store, intent.clone()).await;
        let mut unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
        unknown.redirect_url = Some("https://example.com/wait".to_owned());
        let mut sold = world.sold(&intent);
        sold.answer = None;
        sold.fact.was = Some(LeadState::Unknown);
        let batch = [Record::Outcome(Box::new(unknown)), Record::Outcome(Box::new(sold))];
        let done = Receipt::Outcome(OutcomeReceipt::Done);
        assert_eq!(db.store.commit(&batch).await.unwrap(), [done.clone(), done]);
        let detail = world.tables(&db.store).lead_detail(lead).await.unwrap();
        assert_eq!(detail.row.state, LeadState::Sold);
        assert_eq!(detail.redirect_url.as_deref(), Some("https://example.com/wait"));
    }

    async fn fences(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let foreign = ProcessId::from_bits(next());

        // Somebody else's lead, and a lead that is not there.
        let intent = world.intent(lead, 0, PRICE);
        assert_eq!(reserve(&db.store, store::Intent { owner: foreign, ..intent.clone() }).await, IntentReceipt::Fenced);
        let nowhere = world.intent(LeadId::from_bits(next()), 0, PRICE);
        assert_eq!(reserve(&db.store, nowhere).await, IntentReceipt::Fenced);
        let theirs = store::Outcome { owner: foreign, ..world.unsold(lead, Vec::new()) };
        assert_eq!(finish(&db.store, theirs).await, OutcomeReceipt::Fenced);

        // The same intent again is reserved still; another to the same contract is not.
        assert_eq!(reserve(&db.store, intent.clone()).await, IntentReceipt::Reserved);
        assert_eq!(reserve(&db.store, intent.clone()).await, IntentReceipt::Reserved);
        let twice = store::Intent { attempt_id: AttemptId::from_bits(next()), ..intent.clone() };
        assert_eq!(reserve(&db.store, twice).await, IntentReceipt::Fenced);
        assert_eq!(world.tables(&db.store).attempts(lead).await.unwrap().len(), 1);

        // A post that this lead does not have.
        let mut stray = settle(&intent, AttemptState::Rejected);
        stray.attempt_id = AttemptId::from_bits(next());
        assert_eq!(finish(&db.store, world.unsold(lead, vec![stray])).await, OutcomeReceipt::Fenced);

        // A finished lead.
        let rejected = vec![settle(&intent, AttemptState::Rejected)];
        assert_eq!(finish(&db.store, world.unsold(lead, rejected)).await, OutcomeReceipt::Done);
        assert_eq!(finish(&db.store, world.unsold(lead, Vec::new())).await, OutcomeReceipt::Fenced);
        assert_eq!(reserve(&db.store, world.intent(lead, 1, PRICE)).await, IntentReceipt::Fenced);

        // Another tenant with the same ids is another lead.
        let other = World::new(&db.store).await;
        let crossing = store::Intent { tenant_id: other.tenant, ..world.intent(lead, 1, PRICE) };
        assert_eq!(reserve(&db.store, crossing).await, IntentReceipt::Fenced);
    }

    async fn an_idempotency_key_makes_one_lead_until_it_expires(db: &Db) {
        let world = World::new(&db.store).await;
        let first = world.received_as("k", 1);
        assert_eq!(receive(&db.store, first.clone()).await, ReceivedReceipt::Fresh);
        let repeat = |same_body| ReceivedReceipt::Repeat { lead_id: first.lead_id, same_body };
        let (same, different) = (world.received_as("k", 1), world.received_as("k", 2));
        assert_eq!(receive(&db.store, same.clone()).await, repeat(true));
        assert_eq!(receive(&db.store, different).await, repeat(false));
        let tables = world.tables(&db.store);
        assert!(tables.lead_answer(same.lead_id).await.is_err(), "nothing of a repetition is stored");

        let repeat_of = async |key, now| world.known(&db.store, Some(key), &[], NOW, now).await.repeat;
        let found = repeat_of("k", NOW).await.unwrap();
        assert_eq!((found.lead_id, found.body_hash), (first.lead_id, [1; 32]));
        assert_eq!(tables.lead_answer(first.lead_id).await.unwrap().answer, None);
        finish(&db.store, world.unsold(first.lead_id, Vec::new())).await;
        assert!(tables.lead_answer(first.lead_id).await.unwrap().answer.unwrap().contains("unsold"));
        let expired = NOW.plus_millis(1000);
        assert_eq!(repeat_of("k", expired).await, None);
        assert_eq!(repeat_of("other", NOW).await, None);

        // Another source's key of the same text, and the same key after it has expired.
        let other = World::new(&db.store).await;
        assert_eq!(receive(&db.store, other.received_as("k", 1)).await, ReceivedReceipt::Fresh);
        let mut late = world.received_as("k", 3);
        late.received_at = expired;
        late.idempotency.as_mut().unwrap().expires_at = expired.plus_millis(1000);
        assert_eq!(receive(&db.store, late.clone()).await, ReceivedReceipt::Fresh);
        assert_eq!(db.store.delete_expired_idempotency(expired).await, Ok(1), "the other source's");
        assert_eq!(repeat_of("k", expired).await.unwrap().lead_id, late.lead_id);
    }

    async fn the_first_of_a_batch_has_the_key(db: &Db) {
        let world = World::new(&db.store).await;
        let leads = [world.received_as("k", 1), world.received_as("k", 1), world.received_as("k", 2)];
        let batch = leads.clone().map(|lead| Record::Received(Box::new(lead)));
        let repeat = |same_body| Receipt::Received(ReceivedReceipt::Repeat { lead_id: leads[0].lead_id, same_body });
        let receipts = db.store.commit(&batch).await.unwrap();
        assert_eq!(receipts, [Receipt::Received(ReceivedReceipt::Fresh), repeat(true), repeat(false)]);
    }

    async fn intents_of_one_batch_see_each_other(db: &Db) {
        let world = World::new(&db.store).await;
        let mut batch = Vec::new();
        for _ in 0..5 {
            let lead = world.lead(&db.store).await;
            let demands = vec![world.daily(0, Limit::Count(3), PRICE)];
            batch.push(Record::Intent(Box::new(store::Intent { demands, ..world.intent(lead, 0, PRICE) })));
        }
        let receipts = db.store.commit(&batch).await.unwrap();
        let reserved = receipts.iter().filter(|r| **r == Receipt::Intent(IntentReceipt::Reserved)).count();
        assert_eq!(reserved, 3);
        assert!(matches!(receipts[4], Receipt::Intent(IntentReceipt::CapFull { .. })));
        assert_eq!(counter(&db.store, &world, world.daily_key(0)).await, used(0, 3));
    }

    async fn live_counters_are_those_whose_window_may_run(db: &Db) {
        let world = World::new(&db.store).await;
        let old = model::Timestamp(NOW.0 - 40 * model::time::DAY);
        let keys = [
            world.daily_key(0),
            CapKey { start: old, ..world.daily_key(0) },
            CapKey { window: Window::Total, start: model::Timestamp(0), ..world.daily_key(0) },
        ];
        let lead = world.lead(&db.store).await;
        let demands = keys.map(|key| exchange::caps::Demand { key, limit: Limit::Count(9), price: PRICE, bound: exchange::caps::Bound::Cap }).to_vec();
        reserve(&db.store, store::Intent { demands, ..world.intent(lead, 0, PRICE) }).await;
        let live = db.store.all_live_counters(NOW).await.unwrap();
        assert_eq!(live.len(), 2);
        assert_eq!(live[&(world.tenant, keys[0])], used(0, 1));
        assert_eq!(live[&(world.tenant, keys[2])], used(0, 1));
        assert_eq!(db.store.counters(&keys.map(|key| (world.tenant, key))).await.unwrap().len(), 3);
        assert!(db.store.counters(&[]).await.unwrap().is_empty());
    }

    async fn a_large_batch_fits(db: &Db) {
        let world = World::new(&db.store).await;
        let leads: Vec<_> = (0..2500).map(|_| world.received()).collect();
        let batch: Vec<_> = leads.iter().map(|lead| Record::Received(Box::new(lead.clone()))).collect();
        assert_eq!(db.store.commit(&batch).await.unwrap().len(), 2500);
        let batch: Vec<_> =
            leads.iter().map(|lead| Record::Outcome(Box::new(world.unsold(lead.lead_id, Vec::new())))).collect();
        let receipts = db.store.commit(&batch).await.unwrap();
        assert!(receipts.iter().all(|receipt| *receipt == Receipt::Outcome(OutcomeReceipt::Done)));
    }
}
