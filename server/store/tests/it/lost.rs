//! What leads missed: the sums are exact whether or not events are folded, and the lists show the leads behind them.

use crate::{
    harness::{Db, on_both},
    world::{NOW, World, finish},
};
use exchange::rollup::MissedChange;
use model::{
    Currency, LeadId, Micros, Money, Reason, Timestamp,
    lost::{LostOnly, LostSum, Missed},
    page::Cursor,
    time::HOUR,
};
use store::{LeadFilter, LostOf, Only, Record, Store, TenantStore};

const FROM: Timestamp = NOW.hour();
const TO: Timestamp = Timestamp(NOW.hour().0 + HOUR);

fn missed(world: &World, nth: usize, reason: Reason, units: i64) -> Missed {
    let amount = Money { amount: Micros::units(units), currency: Currency::USD };
    Missed { contract: world.contracts[nth], buyer: world.buyers[nth], reason, amount }
}

/// A lead that nobody bought.
async fn unsold(store: &Store, world: &World, missed: Option<Missed>) -> LeadId {
    let lead = world.lead(store).await;
    let mut outcome = world.unsold(lead, Vec::new());
    outcome.fact.missed = MissedChange::between(None, missed);
    finish(store, outcome).await;
    lead
}

async fn lost(tables: &TenantStore, only: Only) -> Vec<LostOf> {
    tables.lost_of(only, FROM, TO).await.unwrap()
}

async fn list(tables: &TenantStore, lost: LostOnly, to: Option<model::ContractId>) -> Vec<LeadId> {
    let filter = LeadFilter { lost: Some(lost), lost_to: to, ..LeadFilter::default() };
    let page = tables.leads_page(&filter, &Cursor::Newest, 10).await.unwrap();
    assert!(page.rows.iter().all(|row| row.missed.is_some()));
    page.rows.into_iter().map(|row| row.id).collect()
}

async fn sound(db: &Db) {
    for invariant in db.store.check().await.unwrap() {
        assert!(invariant.ok, "{}: {}", invariant.name, invariant.detail);
    }
}

on_both! {
    async fn sums_are_the_leads_behind_them(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let first = unsold(&db.store, &world, Some(missed(&world, 0, Reason::Cap, 3))).await;
        let second = unsold(&db.store, &world, Some(missed(&world, 0, Reason::Cap, 4))).await;
        let third = unsold(&db.store, &world, Some(missed(&world, 1, Reason::Filter, 5))).await;
        unsold(&db.store, &world, None).await;
        let row = |nth: usize, reason, leads, units| {
            (reason, world.contracts[nth], world.buyers[nth], LostSum { leads, amount: Micros::units(units) })
        };
        let mut expected = vec![row(0, Reason::Cap, 2, 7), row(1, Reason::Filter, 1, 5)];
        expected.sort_by_key(|found| (found.0, found.1));
        for folded in [0, 1, 1] {
            db.store.fold_events(folded).await.unwrap();
            assert_eq!(lost(&tables, Only::default()).await, expected);
            sound(db).await;
        }
        db.store.rebuild_rollups().await.unwrap();
        assert_eq!(lost(&tables, Only::default()).await, expected);
        let only = Only { buyer: Some(world.buyers[1]), campaign: Some(world.campaign), source: Some(world.source) };
        assert_eq!(lost(&tables, only).await, [row(1, Reason::Filter, 1, 5)]);
        assert!(tables.lost_of(Only::default(), TO, Timestamp(TO.0 + HOUR)).await.unwrap().is_empty());

        assert_eq!(list(&tables, LostOnly::Any, None).await, [third, second, first]);
        assert_eq!(list(&tables, LostOnly::Reason(Reason::Cap), None).await, [second, first]);
        assert_eq!(list(&tables, LostOnly::Reason(Reason::Cap), Some(world.contracts[0])).await, [second, first]);
        assert_eq!(list(&tables, LostOnly::Any, Some(world.contracts[1])).await, [third]);
        assert_eq!(list(&tables, LostOnly::Reason(Reason::Cap), Some(world.contracts[1])).await, []);
        let whole = tables.whole_lead(first).await.unwrap();
        assert_eq!(whole.missed, Some(missed(&world, 0, Reason::Cap, 3)));
    }

    /// A lead in doubt is known later, in the same commit or another: what it missed is said anew or no more.
    async fn what_is_known_later_takes_the_place_of_what_was_said(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let (cap, late) = (missed(&world, 0, Reason::Cap, 3), missed(&world, 1, Reason::LateBid, 2));
        let mut kept = Vec::new();
        for together in [true, false] {
            for (was, now) in [(Some(cap), Some(late)), (Some(cap), None), (None, Some(late)), (Some(cap), Some(cap))] {
                let lead = world.lead(&db.store).await;
                let mut first = world.outcome(lead, model::lead::LeadState::Unknown, Vec::new());
                first.fact.missed = MissedChange::between(None, was);
                let mut then = world.unsold(lead, Vec::new());
                then.fact.was = Some(model::lead::LeadState::Unknown);
                then.fact.missed = MissedChange::between(was, now);
                let records = [Record::Outcome(Box::new(first)), Record::Outcome(Box::new(then))];
                if together {
                    db.store.commit(&records).await.unwrap();
                } else {
                    db.store.commit(&records[..1]).await.unwrap();
                    db.store.fold_events(100).await.unwrap();
                    db.store.commit(&records[1..]).await.unwrap();
                }
                assert_eq!(tables.whole_lead(lead).await.unwrap().missed, now, "{together} {was:?} {now:?}");
                kept.extend(now);
            }
        }
        let found = lost(&tables, Only::default()).await;
        let leads: i64 = found.iter().map(|found| found.3.leads).sum();
        let amount: Micros = found.iter().map(|found| found.3.amount).sum();
        assert_eq!(usize::try_from(leads), Ok(kept.len()));
        assert_eq!(amount, kept.iter().map(|one| one.amount.amount).sum());
        db.store.fold_events(100).await.unwrap();
        assert_eq!(lost(&tables, Only::default()).await, found);
    }
}
