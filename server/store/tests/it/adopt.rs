//! Leads whose server died.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, next, receive, reserve, settle},
};
use exchange::caps::Demand;
use model::{Micros, ProcessId, Timestamp, cap::Limit, lead::LeadState};
use std::collections::HashSet;
use store::{AttemptState, IntentReceipt, OutcomeReceipt, StoreError};
use tokio::task::JoinSet;

const PRICE: Micros = Micros::units(10);
const LATER: Timestamp = Timestamp(NOW.0 + 1);

on_both! {
    async fn what_a_dead_server_left_comes_back_whole(db: &Db) {
        let world = World::new(&db.store).await;
        let mut received = world.received();
        received.prints = vec!["p".to_owned()];
        let lead = received.lead_id;
        receive(&db.store, received.clone()).await;
        let demand: Demand = world.daily(0, Limit::Count(3), PRICE);
        let intent = store::Intent { demands: vec![demand], ..world.intent(lead, 0, PRICE) };
        reserve(&db.store, intent.clone()).await;
        let finished = world.lead(&db.store).await;
        finish(&db.store, world.unsold(finished, Vec::new())).await;

        let me = ProcessId::from_bits(next());
        db.store.register_process(me, NOW).await.unwrap();
        assert_eq!(db.store.adopt(me, NOW, 10).await.unwrap(), [], "its heart beats");
        let adopted = db.store.adopt(me, LATER, 10).await.unwrap();
        assert_eq!(adopted.len(), 1, "a finished lead is nobody's");
        let found = &adopted[0];
        assert_eq!((found.tenant_id, found.lead_id, found.key_id), (world.tenant, lead, world.key));
        assert_eq!((found.campaign_id, found.source_id, found.mode), (world.campaign, world.source, received.mode));
        assert_eq!((&found.open, &found.tracking, &found.prints), (&received.open, &received.tracking, &received.prints));
        assert_eq!((&found.sealed_key, &found.sealed_body), (&received.sealed_key, &received.sealed_body));
        assert_eq!(found.received_at, NOW);
        assert_eq!(found.attempts.len(), 1);
        let attempt = &found.attempts[0];
        assert_eq!((attempt.id, attempt.state, attempt.price), (intent.attempt_id, AttemptState::Open, PRICE));
        assert_eq!(attempt.caps, [demand]);
        assert_eq!((attempt.contract_id, attempt.buyer_id, attempt.ordinal), (world.contracts[0], world.buyers[0], 1));

        // The dead one, should it wake, is fenced off; the new owner is not.
        assert_eq!(finish(&db.store, world.sold(&intent)).await, OutcomeReceipt::Fenced);
        assert_eq!(reserve(&db.store, world.intent(lead, 1, PRICE)).await, IntentReceipt::Fenced);
        let mut outcome = world.sold(&intent);
        outcome.owner = me;
        assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
        assert_eq!(db.store.adopt(me, LATER, 10).await.unwrap(), []);
    }

    async fn a_lead_that_was_posted_on_after_a_doubt_is_not_forgotten(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let first = world.intent(lead, 0, PRICE);
        reserve(&db.store, first.clone()).await;
        let unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&first, AttemptState::Unknown)]);
        finish(&db.store, unknown).await;
        let me = ProcessId::from_bits(next());
        assert_eq!(db.store.adopt(me, LATER, 10).await.unwrap(), [], "its source has an answer, and nothing is under way");

        // A late refusal, and on to the next buyer.
        let refused = settle(&first, AttemptState::Rejected);
        let second = store::Intent { release: vec![refused], ..world.intent(lead, 1, PRICE) };
        assert_eq!(reserve(&db.store, second.clone()).await, IntentReceipt::Reserved);
        let adopted = db.store.adopt(me, LATER, 10).await.unwrap();
        let [found] = adopted.as_slice() else { panic!("{adopted:?}") };
        assert_eq!((found.lead_id, found.state), (lead, LeadState::Unknown));
        let states: Vec<_> = found.attempts.iter().map(|attempt| attempt.state).collect();
        assert_eq!(states, [AttemptState::Rejected, AttemptState::Open]);
    }

    async fn a_server_finds_what_it_left(db: &Db) {
        let world = World::new(&db.store).await;
        let (open, ended) = (world.lead(&db.store).await, world.lead(&db.store).await);
        reserve(&db.store, world.intent(open, 0, PRICE)).await;
        finish(&db.store, world.unsold(ended, Vec::new())).await;
        let left = db.store.left_behind(world.me, LATER, 10).await.unwrap();
        let [found] = left.as_slice() else { panic!("{left:?}") };
        assert_eq!((found.lead_id, found.state, found.attempts.len()), (open, LeadState::Processing, 1));
        assert_eq!(db.store.left_behind(world.me, NOW, 10).await.unwrap(), [], "it came in just now");
        assert_eq!(db.store.left_behind(ProcessId::from_bits(next()), LATER, 10).await.unwrap(), [], "of another");
    }

    async fn each_lead_is_adopted_exactly_once(db: &Db) {
        let world = World::new(&db.store).await;
        let mut left = HashSet::new();
        for _ in 0..40 {
            left.insert(world.lead(&db.store).await);
        }
        let stores = [db.store.clone(), db.another().await];
        let mut tasks = JoinSet::new();
        for n in 0..8 {
            let store = stores[n % 2].clone();
            tasks.spawn(async move {
                let me = ProcessId::from_bits(next());
                store.register_process(me, LATER).await.unwrap();
                let mut mine = Vec::new();
                // What another has locked at this moment is skipped, so an empty answer is no end before all are gone.
                for _ in 0..20 {
                    mine.extend(store.adopt(me, LATER, 3).await.unwrap());
                }
                mine
            });
        }
        let adopted: Vec<_> = tasks.join_all().await.into_iter().flatten().map(|lead| lead.lead_id).collect();
        assert_eq!(adopted.len(), 40);
        assert_eq!(adopted.into_iter().collect::<HashSet<_>>(), left);
    }

    async fn heartbeats(db: &Db) {
        let me = ProcessId::from_bits(next());
        assert_eq!(db.store.heartbeat(me, NOW).await, Err(StoreError::NotFound));
        db.store.register_process(me, NOW).await.unwrap();
        assert_eq!(db.store.register_process(me, NOW).await, Err(StoreError::Conflict));
        db.store.heartbeat(me, LATER).await.unwrap();
        assert_eq!(db.store.delete_dead_processes(LATER).await, Ok(0));
        assert_eq!(db.store.delete_dead_processes(Timestamp(LATER.0 + 1)).await, Ok(1));
        assert_eq!(db.store.heartbeat(me, LATER).await, Err(StoreError::NotFound));

        // Who leaves in order leaves what it has at once.
        let world = World::new(&db.store).await;
        world.lead(&db.store).await;
        db.store.unregister_process(world.me).await.unwrap();
        assert_eq!(db.store.adopt(me, NOW, 10).await.unwrap().len(), 1);
    }
}
