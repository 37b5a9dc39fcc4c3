//! Figures are exact whether or not events are folded, and folding again gives the same.

use crate::{
    harness::{Db, on_both},
    world::{NOW, World, finish, next, reserve, settle},
};
use model::{
    EventId, Micros, Reason, Timestamp,
    lead::LeadState,
    report::{BuyerRow, CampaignRow, ReasonCount, Totals},
    time::HOUR,
    trace::Stage,
};
use store::{AttemptState, By, Only, Record, Refused, TenantStore};

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

type Everything = (Totals, Vec<(Timestamp, Totals)>, Vec<ReasonCount>, Vec<BuyerRow>, Vec<CampaignRow>);

async fn everything(tables: &TenantStore) -> Everything {
    (
        tables.totals(FROM, TO).await.unwrap(),
        tables.totals_by_hour(FROM, TO).await.unwrap(),
        tables.reason_counts(FROM, TO, 10).await.unwrap(),
        tables.buyer_figures(FROM, TO).await.unwrap(),
        tables.campaign_figures(FROM, TO).await.unwrap(),
    )
}

on_both! {
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
        let by_hour: Vec<_> = hours.iter().map(|(hour, totals)| (*hour, totals.received, totals.revenue)).collect();
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
            for by in [By::Nothing, By::Hour, By::Buyer, By::Campaign, By::Source] {
                let rows = tables.breakdown(by, Only::default(), FROM, TO).await.unwrap();
                let sum = rows.iter().fold(Totals::default(), |sum, (_, totals, _)| sum + *totals);
                assert_eq!(sum, all, "{by:?} after folding {folded}");
            }
            let only = Only { buyer: Some(world.buyers[0]), ..Only::default() };
            let rows = tables.breakdown(By::Source, only, FROM, TO).await.unwrap();
            let [(source, totals, chances)] = rows.as_slice() else { panic!("{rows:?}") };
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
            let hours = tables.reasons_by_hour(Only::default(), FROM, TO).await.unwrap();
            assert_eq!(hours.iter().map(|(_, count)| count).sum::<i64>(), reasons.iter().map(|reason| reason.3).sum::<i64>());
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
