//! Figures are exact whether or not events are folded, and folding again gives the same.

use crate::{
    harness::{Db, on_both},
    returns::{back, give},
    world::{NOW, World, finish, next, reserve, settle},
};
use exchange::{rollup::Tally, zone::Zone};
use model::{
    EventId, Micros, Reason, Timestamp,
    breakdown::When,
    cap::Window,
    lead::LeadState,
    report::{BuyerRow, CampaignRow, ReasonCount, Totals},
    time::{DAY, HOUR},
    trace::Stage,
};
use store::{AttemptState, By, MIGRATIONS, Only, OutcomeReceipt, Record, Refused, TenantStore};

const PRICE: Micros = Micros::units(10);
const FROM: Timestamp = NOW.hour();
const TO: Timestamp = Timestamp(NOW.hour().0 + 3 * HOUR);

/// Two hours: three leads sold (two to the first buyer), two unsold, one refused, one of unknown outcome.
async fn some_traffic(db: &Db, world: &World) {
    for nth in [0, 0, 1] {
        world.sale(&db.store, nth, PRICE).await;
    }
    for hours in [0, 1] {
        let lead = world.lead(&db.store).await;
        let mut outcome = world.unsold(lead, Vec::new());
        outcome.at = Timestamp(NOW.0 + hours * HOUR);
        finish(&db.store, outcome).await;
    }
    let lead = world.lead(&db.store).await;
    let intent = world.intent(lead, 0, PRICE);
    reserve(&db.store, intent.clone()).await;
    let mut unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
    unknown.fact.contracts.clear();
    unknown.fact.reason = Some(Reason::PostUnknown);
    finish(&db.store, unknown).await;
    let refused = Refused {
        tenant_id: world.tenant,
        campaign_id: world.campaign,
        source_id: world.source,
        at: NOW,
        event_id: EventId::from_bits(next()),
        reason: Reason::InvalidLead,
    };
    db.store.commit(&[Record::Refused(refused)]).await.unwrap();
}

type Everything = (Totals, Vec<(Timestamp, Tally)>, Vec<ReasonCount>, Vec<BuyerRow>, Vec<CampaignRow>);

async fn everything(tables: &TenantStore) -> Everything {
    (
        tables.totals(FROM, TO).await.unwrap(),
        tables.by_hour(Only::default(), FROM, TO).await.unwrap(),
        tables.reason_counts(FROM, TO, 10).await.unwrap(),
        tables.buyer_figures(FROM, TO).await.unwrap(),
        tables.campaign_figures(FROM, TO).await.unwrap(),
    )
}

/// Begin and end of days of a zone around the change of clocks in New York, 8 March 2026.
fn local_days(zone: &str) -> Vec<Timestamp> {
    let zone = Zone::named(zone).unwrap();
    let mut days = vec![zone.window_start(Window::Day, SPRING).hour()];
    while days.len() < 7 {
        let last = days[days.len() - 1];
        days.push(zone.window_end(Window::Day, Timestamp(last.0 + HOUR)).unwrap().hour());
    }
    days
}

/// Thursday 5 March 2026, 17:00 UTC.
const SPRING: Timestamp = Timestamp(1_772_730_000_000_000);

/// Leads of which each came in an hour of its own, over some days; one in three is given back a good deal later.
async fn days_of_traffic(db: &Db, world: &World) {
    for nth in 0..30 {
        let came = Some(Timestamp(SPRING.0 + (nth * 7919 % 168 - 12) * HOUR));
        let lead = world.lead(&db.store).await;
        let mut outcome = world.unsold(lead, Vec::new());
        outcome.fact.came = came;
        finish(&db.store, outcome).await;
        let intent = world.intent(world.lead(&db.store).await, usize::from(nth % 2 == 0), PRICE);
        reserve(&db.store, intent.clone()).await;
        let mut outcome = world.sold(&intent);
        outcome.fact.came = came;
        finish(&db.store, outcome).await;
        if nth % 3 == 0 {
            let mut given = back(world, &intent, intent.buyer_id, &[], false);
            given.outcome.fact.came = came;
            assert_eq!(give(&db.store, given).await, OutcomeReceipt::Done);
        }
    }
}

/// What the single hours of a span come to: nothing of it is read from counters of days.
async fn plain(tables: &TenantStore, only: Only, from: Timestamp, to: Timestamp) -> (Totals, i64) {
    let (mut sum, mut against) = (Totals::default(), 0);
    for hour in (from.0..to.0).step_by(usize::try_from(HOUR).unwrap()).map(Timestamp) {
        let next = Timestamp(hour.0 + HOUR);
        sum = tables
            .breakdown(By::Nothing, only, hour, next)
            .await
            .unwrap()
            .iter()
            .fold(sum, |sum, row| sum + row.1.totals);
        let reasons = tables.reasons_of(only, hour, next).await.unwrap();
        against += reasons.iter().filter(|row| !row.2.is_ordinary()).map(|row| row.3).sum::<i64>();
    }
    (sum, against)
}

/// The same of the coarser counters, in both ways there are.
async fn quick(tables: &TenantStore, only: Only, from: Timestamp, to: Timestamp) -> [(Totals, i64); 2] {
    let groups = tables.breakdown(By::Buyer, only, from, to).await.unwrap();
    let reasons = tables.reasons_of(only, from, to).await.unwrap();
    let hours = tables.by_hour(only, from, to).await.unwrap();
    [
        (
            groups.iter().fold(Totals::default(), |sum, row| sum + row.1.totals),
            reasons.iter().filter(|row| !row.2.is_ordinary()).map(|row| row.3).sum(),
        ),
        (
            hours.iter().fold(Totals::default(), |sum, (_, tally)| sum + tally.totals),
            hours.iter().map(|(_, tally)| tally.against).sum(),
        ),
    ]
}

/// What the migration to coarser counters makes of the hourly ones that were there.
fn carried_over() -> Vec<&'static str> {
    let (.., text) = MIGRATIONS.iter().find(|(number, ..)| *number == 25).unwrap();
    text.match_indices("INSERT INTO ").map(|(at, _)| text[at..].split_once(';').unwrap().0).collect()
}

on_both! {
    async fn a_span_of_days_is_the_sum_of_its_hours(db: &Db) {
        let world = World::new(&db.store).await;
        days_of_traffic(db, &world).await;
        let tables = world.tables(&db.store);
        let buyer = Only { buyer: Some(world.buyers[1]), ..Only::default() };
        for folded in [0, 40, 1000] {
            db.store.fold_events(folded).await.unwrap();
            for zone in ["America/New_York", "Asia/Kathmandu", "Pacific/Kiritimati", "UTC"] {
                let days = local_days(zone);
                for (first, last, only) in [(0, 6, Only::default()), (1, 4, buyer), (3, 4, Only::default()), (2, 4, buyer)] {
                    let (from, to) = (days[first], days[last]);
                    let wanted = plain(&tables, only, from, to).await;
                    assert!(wanted.0.received > 0 || only == buyer, "{zone}");
                    assert_eq!(quick(&tables, only, from, to).await, [wanted; 2], "{zone} {from} to {to}, {folded} folded");
                }
            }
        }
        // Spans that begin and end in any hour.
        for nth in 0..12_i64 {
            let from = Timestamp(SPRING.0 + (nth * 37 % 71 - 12) * HOUR);
            let to = Timestamp(from.0 + (nth * nth * 5 % 83 + 1) * HOUR);
            assert_eq!(quick(&tables, Only::default(), from, to).await, [plain(&tables, Only::default(), from, to).await; 2]);
        }
        db.holds().await;
        // A year of it is the same: nothing lies outside.
        let all = quick(&tables, Only::default(), Timestamp(SPRING.0 - 300 * DAY).hour(), Timestamp(SPRING.0 + 65 * DAY)).await;
        assert_eq!((all[0].0.received, all[0].0.sold, all[0].0.returned), (60, 20, 10));
        assert_eq!(all[0], all[1]);
    }

    async fn counters_of_before_are_carried_over(db: &Db) {
        let world = World::new(&db.store).await;
        days_of_traffic(db, &world).await;
        some_traffic(db, &world).await;
        db.store.fold_events(1000).await.unwrap();
        // As it was before: hourly counters, none of them of when money moved.
        for before in ["DELETE FROM rollup_days", "DELETE FROM hour_tallies", "DELETE FROM rollups WHERE measure = 'moved'"] {
            db.tamper(before).await;
        }
        assert_eq!(carried_over().len(), 2);
        for statement in carried_over() {
            db.tamper(statement).await;
        }
        db.tamper("UPDATE rollup_state SET stale = 1").await;
        db.store.migrate().await.unwrap();
        db.holds().await;
    }

    async fn both_times_of_money_come_to_the_same(db: &Db) {
        let world = World::new(&db.store).await;
        days_of_traffic(db, &world).await;
        some_traffic(db, &world).await;
        let tables = world.tables(&db.store);
        let (always, now) = ((Timestamp(0), Timestamp(SPRING.0 + 900 * DAY)), (NOW.hour(), Timestamp(NOW.hour().0 + 2 * HOUR)));
        for folded in [0, 40, 1000] {
            db.store.fold_events(folded).await.unwrap();
            for by in [By::Nothing, By::Buyer, By::Campaign, By::Source] {
                for (group, tally) in tables.breakdown(by, Only::default(), always.0, always.1).await.unwrap() {
                    let (came, moved) = (tally.seen(When::Came), tally.seen(When::Moved));
                    assert_eq!((came.revenue, came.payout), (moved.revenue, moved.payout), "{by:?} {group}, {folded} folded");
                }
            }
            let mut all = Tally::default();
            for (_, tally) in tables.by_hour(Only::default(), always.0, always.1).await.unwrap() {
                all += tally;
            }
            assert!(all.totals.revenue > Micros::ZERO);
            assert_eq!((all.moved_revenue, all.moved_payout), (all.totals.revenue, all.totals.payout));

            // All of it moved in this hour, though most of the leads came long before; and that is what the ledger says.
            let mut sum = Micros::ZERO;
            for (buyer, tally) in tables.breakdown(By::Buyer, Only::default(), now.0, now.1).await.unwrap() {
                assert!(buyer.is_empty() || tally.moved_revenue > tally.totals.revenue);
                sum += tally.moved_revenue;
                let Ok(buyer) = buyer.parse() else { continue };
                let account = tables.account_of(buyer, now.0, now.1).await.unwrap();
                assert_eq!(tally.moved_revenue, account[0].pays);
            }
            assert_eq!(sum, all.totals.revenue);
            let spring = tables.breakdown(By::Nothing, Only::default(), Timestamp(SPRING.0 - 9 * DAY), Timestamp(SPRING.0 + 9 * DAY));
            let spring = &spring.await.unwrap()[0].1;
            assert_eq!((spring.moved_revenue, spring.totals.revenue), (Micros::ZERO, Micros::units(200)));
        }
        db.holds().await;
    }

    async fn figures_say_what_happened(db: &Db) {
        let world = World::new(&db.store).await;
        some_traffic(db, &world).await;
        let tables = world.tables(&db.store);
        let (totals, hours, reasons, buyers, campaigns) = everything(&tables).await;
        let expected = Totals {
            received: 7,
            sold: 3,
            unsold: 2,
            rejected: 1,
            duplicate: 0,
            unknown: 1,
            returned: 0,
            revenue: Micros::units(30),
            payout: Micros::units(15),
        };
        assert_eq!(totals, expected);
        let by_hour: Vec<_> = hours.iter().map(|(hour, tally)| (*hour, tally.totals.received, tally.totals.revenue)).collect();
        assert_eq!(by_hour, [(FROM, 6, Micros::units(30)), (Timestamp(FROM.0 + HOUR), 1, Micros::ZERO)]);
        let count = |stage, reason, count| ReasonCount { stage, reason, count };
        assert_eq!(reasons, [
            count(None, Reason::NoBid, 2),
            count(Some(Stage::Ping), Reason::BuyerGeo, 2),
            count(None, Reason::InvalidLead, 1),
            count(None, Reason::PostUnknown, 1),
        ]);
        assert_eq!(tables.reason_counts(FROM, TO, 1).await.unwrap().len(), 1);
        let row = &buyers[0];
        assert_eq!((row.id, row.contracts, row.pinged, row.sold), (world.buyers[0], 1, 2, 2));
        assert_eq!((row.rejected, row.failed, row.revenue), (2, 0, Micros::units(20)));
        assert_eq!((buyers[1].id, buyers[1].sold, buyers[1].pinged), (world.buyers[1], 1, 0));
        assert_eq!(campaigns.len(), 1);
        assert_eq!((campaigns[0].id, campaigns[0].contracts, campaigns[0].today), (world.campaign, 2, expected));

        // Other hours, other tenants.
        assert_eq!(tables.totals(TO, Timestamp(TO.0 + HOUR)).await.unwrap(), Totals::default());
        assert_eq!(tables.totals(Timestamp(FROM.0 + HOUR), TO).await.unwrap().received, 1);
        let other = World::new(&db.store).await;
        assert_eq!(other.tables(&db.store).totals(FROM, TO).await.unwrap(), Totals::default());
        // A paused contract does not count.
        tables.set_contract_active(world.contracts[0], false).await.unwrap();
        assert_eq!(tables.buyer_figures(FROM, TO).await.unwrap()[0].contracts, 0);
    }

    async fn folding_changes_no_figure(db: &Db) {
        let world = World::new(&db.store).await;
        some_traffic(db, &world).await;
        let tables = world.tables(&db.store);
        let before = everything(&tables).await;
        assert_eq!(db.store.fold_events(3).await.unwrap(), 3);
        assert_eq!(everything(&tables).await, before, "half folded");
        db.holds().await;
        assert_eq!(db.store.fold_events(100).await.unwrap(), 4);
        assert_eq!(db.store.fold_events(100).await.unwrap(), 0);
        assert_eq!(everything(&tables).await, before, "folded");
        db.holds().await;
        // More comes, and is added to what is folded.
        some_traffic(db, &world).await;
        assert_eq!(tables.totals(FROM, TO).await.unwrap().received, 14);
        db.store.fold_events(100).await.unwrap();
        assert_eq!(tables.totals(FROM, TO).await.unwrap().received, 14);
    }

    async fn reports_add_up_folded_or_not(db: &Db) {
        let world = World::new(&db.store).await;
        some_traffic(db, &world).await;
        let tables = world.tables(&db.store);
        for folded in [0, 3, 100] {
            if folded > 0 {
                db.store.fold_events(folded).await.unwrap();
            }
            let all = tables.totals(FROM, TO).await.unwrap();
            for by in [By::Nothing, By::Buyer, By::Campaign, By::Source] {
                let rows = tables.breakdown(by, Only::default(), FROM, TO).await.unwrap();
                let sum = rows.iter().fold(Totals::default(), |sum, (_, tally)| sum + tally.totals);
                assert_eq!(sum, all, "{by:?} after folding {folded}");
            }
            let only = Only { buyer: Some(world.buyers[0]), ..Only::default() };
            let rows = tables.breakdown(By::Source, only, FROM, TO).await.unwrap();
            let [(source, Tally { totals, chances, .. })] = rows.as_slice() else { panic!("{rows:?}") };
            assert_eq!((source, totals.sold, totals.revenue), (&world.source.to_string(), 2, Micros::units(20)));
            assert_eq!((chances.pinged, chances.sold, chances.rejected), (2, 2, 2));
            let elsewhere = Only { source: Some(model::SourceId::from_bits(next())), ..Only::default() };
            assert_eq!(tables.breakdown(By::Buyer, elsewhere, FROM, TO).await.unwrap(), []);
            let elsewhere = Only { campaign: Some(model::CampaignId::from_bits(next())), ..Only::default() };
            assert_eq!(tables.breakdown(By::Buyer, elsewhere, FROM, TO).await.unwrap(), []);

            let reasons = tables.reasons_of(Only::default(), FROM, TO).await.unwrap();
            assert_eq!(reasons, [
                (None, None, Reason::NoBid, 2),
                (Some(world.buyers[0]), Some(Stage::Ping), Reason::BuyerGeo, 2),
                (None, None, Reason::InvalidLead, 1),
                (None, None, Reason::PostUnknown, 1),
            ]);
            let hours = tables.by_hour(Only::default(), FROM, TO).await.unwrap();
            assert_eq!(hours.iter().fold(Totals::default(), |sum, (_, tally)| sum + tally.totals), all);
            assert_eq!(hours.iter().map(|(_, tally)| tally.against).sum::<i64>(), reasons.iter().map(|reason| reason.3).sum::<i64>());
            assert_eq!(hours[0].0, FROM);
        }
    }

    async fn a_rebuild_equals_the_folds(db: &Db) {
        let world = World::new(&db.store).await;
        for _ in 0..3 {
            some_traffic(db, &world).await;
            db.store.fold_events(4).await.unwrap();
        }
        let before = everything(&world.tables(&db.store)).await;
        assert_eq!(db.store.rebuild_rollups().await.unwrap(), 21);
        assert_eq!(everything(&world.tables(&db.store)).await, before);
        db.holds().await;
        // Even when the counters were damaged.
        db.tamper("UPDATE rollups SET n = n + 1").await;
        assert!(everything(&world.tables(&db.store)).await != before);
        db.store.rebuild_rollups().await.unwrap();
        assert_eq!(everything(&world.tables(&db.store)).await, before);
    }
}
