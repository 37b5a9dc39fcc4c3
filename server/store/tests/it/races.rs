//! Many at once, from two servers.

use crate::{
    harness::{Db, on_both},
    world::{NOW, World, finish, receive, reserve, settle},
};
use model::{LeadId, Micros, Timestamp, cap::Limit};
use std::collections::HashSet;
use store::{AttemptState, Intent, IntentReceipt, OutcomeReceipt, ReceivedReceipt, Store};
use tokio::task::JoinSet;

const PRICE: Micros = Micros::units(10);

/// Runs one task for each item, on two stores in turn, and gives what they gave.
async fn at_once<T: Send + 'static, R: Send + 'static, F: Future<Output = R> + Send + 'static>(
    db: &Db,
    items: Vec<T>,
    task: impl Fn(Store, T) -> F,
) -> Vec<R> {
    let stores = [db.store.clone(), db.another().await];
    let mut tasks = JoinSet::new();
    for (n, item) in items.into_iter().enumerate() {
        tasks.spawn(task(stores[n % 2].clone(), item));
    }
    tasks.join_all().await
}

async fn leads(db: &Db, world: &World, count: usize) -> Vec<LeadId> {
    let mut leads = Vec::new();
    for _ in 0..count {
        leads.push(world.lead(&db.store).await);
    }
    leads
}

on_both! {
    async fn a_cap_never_overshoots(db: &Db) {
        let world = World::new(&db.store).await;
        let intents = leads(db, &world, 64).await.into_iter().enumerate().map(|(n, lead)| Intent {
            // The order in which caps are named must not matter.
            demands: if n % 3 == 0 {
                vec![world.daily(1, Limit::Count(40), PRICE), world.daily(0, Limit::Count(10), PRICE)]
            } else {
                vec![world.daily(0, Limit::Count(10), PRICE), world.daily(1, Limit::Count(40), PRICE)]
            },
            ..world.intent(lead, 0, PRICE)
        });
        let receipts = at_once(db, intents.collect(), |store, intent| async move { reserve(&store, intent).await }).await;
        let reserved = receipts.iter().filter(|receipt| **receipt == IntentReceipt::Reserved).count();
        assert_eq!(reserved, 10);
        let keys = [0, 1].map(|nth| (world.tenant, world.daily_key(nth)));
        let counters = db.store.counters(&keys).await.unwrap();
        assert!(counters.values().all(|counter| counter.held == 10 && counter.used == 0));
    }

    async fn whole_leads_at_once_keep_every_invariant(db: &Db) {
        let world = World::new(&db.store).await;
        let lives = leads(db, &world, 64).await.into_iter().enumerate().collect();
        let ours = world.clone();
        let sold = at_once(db, lives, move |store, (n, lead)| {
            let world = ours.clone();
            async move {
                let demands = vec![world.daily(0, Limit::Count(25), PRICE)];
                let prints = vec![format!("person-{}", n / 2), format!("mail-{}", n / 3)];
                let intent = Intent {
                    demands,
                    prints,
                    same_buyer_since: Some(Timestamp(0)),
                    ..world.intent(lead, 0, PRICE)
                };
                if reserve(&store, intent.clone()).await != IntentReceipt::Reserved {
                    assert_eq!(finish(&store, world.unsold(lead, Vec::new())).await, OutcomeReceipt::Done);
                    return false;
                }
                if n % 4 == 0 {
                    let rejected = vec![settle(&intent, AttemptState::Rejected)];
                    assert_eq!(finish(&store, world.unsold(lead, rejected)).await, OutcomeReceipt::Done);
                    return false;
                }
                assert_eq!(finish(&store, world.sold(&intent)).await, OutcomeReceipt::Done);
                true
            }
        })
        .await;
        let sold = i64::try_from(sold.iter().filter(|sold| **sold).count()).unwrap();
        assert!((1..=25).contains(&sold), "{sold}");
        db.store.fold_events(1000).await.unwrap();
        let totals = world.tables(&db.store).totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.received, totals.sold, totals.unsold), (64, sold, 64 - sold));
        assert_eq!(totals.revenue, Micros(PRICE.0 * sold));
    }

    async fn one_key_makes_one_lead(db: &Db) {
        let world = World::new(&db.store).await;
        let same = (0..32).map(|_| world.received_as("k", 1)).collect();
        let receipts = at_once(db, same, |store, lead| async move { (lead.lead_id, receive(&store, lead).await) }).await;
        let fresh: Vec<_> = receipts.iter().filter(|(_, receipt)| *receipt == ReceivedReceipt::Fresh).collect();
        assert_eq!(fresh.len(), 1);
        let winner = fresh[0].0;
        let repeat = ReceivedReceipt::Repeat { lead_id: winner, same_body: true };
        assert!(receipts.iter().all(|(lead, receipt)| *lead == winner || *receipt == repeat));
    }

    async fn one_person_is_claimed_once(db: &Db) {
        let world = World::new(&db.store).await;
        let intents = leads(db, &world, 32).await.into_iter().enumerate().map(|(n, lead)| Intent {
            prints: if n % 2 == 0 { vec!["a".to_owned(), "b".to_owned()] } else { vec!["b".to_owned(), "a".to_owned()] },
            same_buyer_since: Some(Timestamp(0)),
            cross_buyer_since: Some(Timestamp(0)),
            ..world.intent(lead, n % 2, PRICE)
        });
        let receipts = at_once(db, intents.collect(), |store, intent| async move { reserve(&store, intent).await }).await;
        assert_eq!(receipts.iter().filter(|receipt| **receipt == IntentReceipt::Reserved).count(), 1);
        assert_eq!(world.sold_to(&db.store, &["a"], Timestamp(0)).await.len(), 1);
    }

    async fn one_outcome_counts(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let intent = world.intent(lead, 0, PRICE);
        reserve(&db.store, intent.clone()).await;
        let outcomes = (0..16).map(|_| world.sold(&intent)).collect();
        let receipts = at_once(db, outcomes, |store, outcome| async move { finish(&store, outcome).await }).await;
        assert_eq!(receipts.iter().filter(|receipt| **receipt == OutcomeReceipt::Done).count(), 1);
        assert_eq!(world.tables(&db.store).ledger_of(lead).await.unwrap().len(), 3);
    }

    /// Readers, the writer of leads, a fold and changes of configuration, all at once from two servers: nobody is told that
    /// the database is busy.
    async fn nobody_is_turned_away(db: &Db) {
        let world = World::new(&db.store).await;
        let ours = world.clone();
        let work = (0..96).collect();
        let errors: Vec<_> = at_once(db, work, move |store, n: usize| {
            let world = ours.clone();
            async move {
                let tables = world.tables(&store);
                match n % 6 {
                    0 => store.fold_events(10).await.map(|_| ()),
                    1 => tables.set_buyer_active(world.buyers[0], n % 4 == 1).await,
                    2 => tables.totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.map(|_| ()),
                    3 => store.load_config().await.map(|_| ()),
                    4 => store.check().await.map(|_| ()),
                    _ => {
                        world.sale(&store, n % 2, PRICE).await;
                        Ok(())
                    }
                }
            }
        })
        .await
        .into_iter()
        .filter_map(Result::err)
        .collect();
        assert_eq!(errors, []);
    }

    async fn folding_at_once_folds_each_event_once(db: &Db) {
        let world = World::new(&db.store).await;
        for nth in [0, 1, 0, 1, 0, 1] {
            world.sale(&db.store, nth, PRICE).await;
        }
        let folds = at_once(db, vec![(); 8], |store, ()| async move { store.fold_events(2).await.unwrap() }).await;
        assert_eq!(folds.iter().sum::<usize>(), 6);
        let totals = world.tables(&db.store).totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.received, totals.sold), (6, 6));
    }

    async fn a_job_is_taken_once(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let mut outcome = world.unsold(lead, Vec::new());
        outcome.jobs = (0..40).map(|_| crate::jobs::job("j", NOW)).collect();
        finish(&db.store, outcome).await;
        let taken = at_once(db, vec![(); 16], |store, ()| async move {
            store.take_jobs(&["j"], NOW, NOW.plus_millis(1000), 5).await.unwrap()
        })
        .await;
        let taken: Vec<_> = taken.into_iter().flatten().collect();
        let distinct: HashSet<_> = taken.iter().map(|job| job.id).collect();
        assert_eq!(distinct.len(), taken.len(), "no job is taken twice");
        // Whoever was turned away by another's lock comes again.
        let rest = db.store.take_jobs(&["j"], NOW, NOW.plus_millis(1000), 100).await.unwrap();
        assert_eq!(taken.len() + rest.len(), 40);
    }

    async fn tries_to_sign_in_are_all_counted(db: &Db) {
        let counts = at_once(db, vec![(); 16], |store, ()| async move {
            store.count_attempt("b", NOW, 1000).await.unwrap().count
        })
        .await;
        assert_eq!(counts.into_iter().collect::<HashSet<_>>(), (1..=16).collect());
    }
}
