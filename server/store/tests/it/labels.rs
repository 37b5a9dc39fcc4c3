//! Figures by sub-source and by price: exact folded or not, bounded, and of the leads that the list finds.

use crate::{
    harness::{Db, on_both},
    returns::{back, give},
    world::{NOW, World, finish, receive, reserve},
};
use exchange::rollup::MOST_SUBS;
use model::{
    LeadId, Micros, Timestamp,
    breakdown::{Band, SubLabel},
    lead::{LeadState, Tracking},
    page::Cursor,
    report::Totals,
    time::DAY,
};
use store::{LeadFilter, Only, OutcomeReceipt, Record, TenantStore};

const FROM: Timestamp = Timestamp(NOW.hour().0 - 3 * DAY);
const TO: Timestamp = Timestamp(NOW.hour().0 + DAY);

/// A lead that came under a label.
async fn lead(db: &Db, world: &World, sub1: Option<&str>) -> LeadId {
    let mut received = world.received();
    received.tracking = Tracking { sub1: sub1.map(str::to_owned), ..Tracking::default() };
    let lead = received.lead_id;
    receive(&db.store, received).await;
    lead
}

/// A lead that is sold at a price, to the first buyer, and given back at will (of ten units); its figures are of `days` ago.
async fn sale(db: &Db, world: &World, sub1: Option<&str>, price: Micros, days: i64, comes_back: bool) {
    let came = Some(Timestamp(NOW.0 - days * DAY));
    let lead = lead(db, world, sub1).await;
    let intent = world.intent(lead, 0, price);
    reserve(&db.store, intent.clone()).await;
    let mut outcome = world.sold(&intent);
    outcome.fact.came = came;
    assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
    if comes_back {
        let mut given = back(world, &intent, intent.buyer_id, &[], false);
        given.outcome.fact.came = came;
        assert_eq!(give(&db.store, given).await, OutcomeReceipt::Done);
    }
}

async fn listed(tables: &TenantStore, filter: LeadFilter) -> i64 {
    let page = tables.leads_page(&filter, &Cursor::Newest, 200).await.unwrap();
    i64::try_from(page.rows.len()).unwrap()
}

/// Counts by sub-source and by price; they add up to the totals, and the list finds what they count.
async fn adds_up(tables: &TenantStore) -> (Vec<(SubLabel, Totals)>, Vec<(Band, Totals)>) {
    let all = tables.totals(FROM, TO).await.unwrap();
    let subs = tables.by_sub(Only::default(), FROM, TO).await.unwrap();
    assert_eq!(subs.iter().fold(Totals::default(), |sum, (_, totals)| sum + *totals), all);
    for (key, totals) in &subs {
        if let SubLabel::Named(label) = &key.label {
            let of = LeadFilter { source: Some(key.source), sub1: Some(label.clone()), ..LeadFilter::default() };
            assert_eq!(listed(tables, of).await, totals.received, "{label}");
        }
    }
    let prices = tables.by_price(Only::default(), FROM, TO).await.unwrap();
    let sum = prices.iter().fold(Totals::default(), |sum, (_, totals)| sum + *totals);
    assert_eq!((sum.sold, sum.returned, sum.revenue, sum.payout), (all.sold, all.returned, all.revenue, all.payout));
    for (band, totals) in &prices {
        let of = LeadFilter { price: Some(*band), state: Some(LeadState::Sold), ..LeadFilter::default() };
        assert_eq!(listed(tables, of).await, totals.sold, "{band}");
    }
    (subs.into_iter().map(|(key, totals)| (key.label, totals)).collect(), prices)
}

on_both! {
    async fn sub_sources_and_prices_add_up_folded_or_not(db: &Db) {
        let world = World::new(&db.store).await;
        let units = Micros::units;
        sale(db, &world, Some("fb"), units(20), 0, false).await;
        sale(db, &world, Some("fb"), Micros(29_999_999), 1, false).await;
        sale(db, &world, Some("=x"), units(250), 2, false).await;
        sale(db, &world, None, units(3), 2, false).await;
        let refused = lead(db, &world, Some("fb")).await;
        finish(&db.store, world.unsold(refused, Vec::new())).await;
        let tables = world.tables(&db.store);
        let before = adds_up(&tables).await;
        let subs: Vec<_> = before.0.iter().map(|(label, totals)| (label.clone(), totals.received, totals.sold)).collect();
        let named = |label: &str| SubLabel::Named(label.to_owned());
        assert_eq!(subs, [(SubLabel::None, 1, 1), (named("=x"), 1, 1), (named("fb"), 3, 2)]);
        let prices: Vec<_> = before.1.iter().map(|(band, totals)| (band.label(), totals.sold)).collect();
        assert_eq!(prices, [("0 to 5".to_owned(), 1), ("20 to 30".to_owned(), 2), ("200 and more".to_owned(), 1)]);
        for limit in [2, 100] {
            db.store.fold_events(limit).await.unwrap();
            assert_eq!(adds_up(&tables).await, before);
            db.holds().await;
        }
        // What comes back lowers what an old day is folded to already.
        sale(db, &world, Some("fb"), units(10), 2, true).await;
        let (subs, prices) = adds_up(&tables).await;
        assert_eq!((prices[1].0.label(), prices[1].1.sold, prices[1].1.returned), ("10 to 15".to_owned(), 0, 1));
        db.store.fold_events(100).await.unwrap();
        assert_eq!(adds_up(&tables).await, (subs, prices));
        db.holds().await;
        let only = |buyer| Only { buyer: Some(buyer), ..Only::default() };
        assert_eq!(tables.by_price(only(world.buyers[0]), FROM, TO).await.unwrap().len(), 4);
        assert_eq!(tables.by_price(only(world.buyers[1]), FROM, TO).await.unwrap(), []);
        assert_eq!(tables.by_sub(Only::default(), TO, Timestamp(TO.0 + DAY)).await.unwrap(), []);
        let other = World::new(&db.store).await;
        assert_eq!(other.tables(&db.store).by_sub(Only::default(), FROM, TO).await.unwrap(), []);
    }

    async fn a_source_that_makes_labels_up_fills_no_table(db: &Db) {
        let world = World::new(&db.store).await;
        let mut records = Vec::new();
        for nth in 0..MOST_SUBS + 20 {
            let mut received = world.received();
            received.tracking = Tracking { sub1: Some(format!("made-up-{nth}")), ..Tracking::default() };
            let outcome = world.unsold(received.lead_id, Vec::new());
            records.push(Record::Received(Box::new(received)));
            records.push(Record::Outcome(Box::new(outcome)));
        }
        db.store.commit(&records).await.unwrap();
        let tables = world.tables(&db.store);
        for limit in [30, 60, 1000] {
            db.store.fold_events(limit).await.unwrap();
            db.holds().await;
        }
        let subs = tables.by_sub(Only::default(), FROM, TO).await.unwrap();
        assert_eq!(subs.len(), MOST_SUBS + 1);
        let (other, all) = (subs.iter().find(|(key, _)| key.label == SubLabel::Other).unwrap(), MOST_SUBS + 20);
        assert_eq!(other.1.received, 20);
        assert_eq!(db.store.rebuild_rollups().await.unwrap(), all);
        assert_eq!(tables.by_sub(Only::default(), FROM, TO).await.unwrap().len(), MOST_SUBS + 1);
        db.holds().await;
    }

    async fn what_was_folded_before_is_folded_again(db: &Db) {
        let world = World::new(&db.store).await;
        for days in [0, 1] {
            sale(db, &world, Some("fb"), Micros::units(10), days, days == 1).await;
        }
        db.store.fold_events(100).await.unwrap();
        let found = adds_up(&world.tables(&db.store)).await;
        for damage in [
            "DELETE FROM label_hours",
            "DELETE FROM label_days",
            "DELETE FROM rollup_days WHERE measure = 'moved'",
            "UPDATE hour_tallies SET moved_revenue = 0",
            "UPDATE rollup_state SET stale = 1",
        ] {
            db.tamper(damage).await;
        }
        db.store.migrate().await.unwrap();
        assert_eq!(adds_up(&world.tables(&db.store)).await, found);
        db.holds().await;
    }
}
