//! What contracts did and how quickly: exact whether or not events are folded, and over whatever days.

use crate::{
    harness::on_both,
    returns::{back, give},
    world::{NOW, World, finish, reserve},
};
use exchange::rollup::{ContractFact, Latencies, Score};
use model::{
    LeadId, Micros, Reason, Timestamp,
    time::{DAY, HOUR},
    trace::{Stage, Standing},
};
use store::{IntentReceipt, OutcomeReceipt, Store, TenantStore};

const FROM: Timestamp = Timestamp(NOW.hour().0 - 3 * DAY);
const TO: Timestamp = Timestamp(NOW.hour().0 + HOUR);

/// How a lead that came so many hours ago came out at one of the contracts.
async fn lead(store: &Store, world: &World, hours: i64, of: ContractFact) -> LeadId {
    let lead = world.lead(store).await;
    let mut outcome = world.unsold(lead, Vec::new());
    outcome.fact.came = Some(Timestamp(NOW.0 - hours * HOUR));
    outcome.fact.contracts = vec![of];
    finish(store, outcome).await;
    lead
}

fn fact(world: &World, nth: usize, standing: Standing, reasons: &[(Stage, Reason)]) -> ContractFact {
    ContractFact {
        buyer: world.buyers[nth],
        contract: Some(world.contracts[nth]),
        bid: None,
        standing,
        pinged: true,
        reasons: reasons.to_vec(),
        ping_us: None,
        post_us: None,
    }
}

/// Everything that can become of a ping and of a post, some of it days ago.
async fn traffic(store: &Store, world: &World) {
    use Standing as S;
    let (ping, post) = (|why| (Stage::Ping, why), |why| (Stage::Post, why));
    let of = |standing, reasons: &[(Stage, Reason)]| fact(world, 0, standing, reasons);
    let ten = Some(Micros::units(10));
    let all = [
        ContractFact { bid: ten, ping_us: Some(80_000), post_us: Some(300_000), ..of(S::Sold, &[]) },
        ContractFact { bid: ten, ping_us: Some(90_000), ..of(S::Lost, &[(Stage::Plan, Reason::Outbid)]) },
        ContractFact { bid: ten, post_us: Some(400_000), ..of(S::Rejected, &[post(Reason::BuyerDuplicate)]) },
        ContractFact { bid: ten, post_us: Some(5_000_000), ..of(S::Unknown, &[post(Reason::PostUnknown)]) },
        ContractFact { bid: ten, ..of(S::Failed, &[post(Reason::Unreachable)]) },
        ContractFact { bid: ten, ..of(S::Lost, &[post(Reason::CapFilledMeanwhile)]) },
        ContractFact { ping_us: Some(70_000), ..of(S::Rejected, &[ping(Reason::BuyerGeo)]) },
        ContractFact { ping_us: Some(900_000), ..of(S::Failed, &[ping(Reason::LateBid)]) },
        ContractFact { ping_us: Some(800_000), ..of(S::Failed, &[ping(Reason::Timeout)]) },
        of(S::Failed, &[ping(Reason::Unreachable)]),
        // Another took the lead before it answered.
        of(S::Lost, &[ping(Reason::Outbid)]),
        ContractFact { pinged: false, ..of(S::Excluded, &[(Stage::Eligibility, Reason::Cap)]) },
    ];
    for (nth, one) in all.into_iter().enumerate() {
        lead(store, world, i64::try_from(nth).unwrap() * 6, one).await;
    }
    lead(store, world, 30, fact(world, 1, S::Rejected, &[ping(Reason::BuyerGeo)])).await;
    let test = world.lead(store).await;
    let mut outcome = world.unsold(test, Vec::new());
    outcome.fact.test = true;
    finish(store, outcome).await;
}

async fn of_first(world: &World, tables: &TenantStore, from: Timestamp, to: Timestamp) -> Score {
    let found = tables.scores(Some(world.buyers[0]), from, to).await.unwrap();
    assert!(found.iter().all(|(buyer, contract, _)| (*buyer, *contract) == (world.buyers[0], world.contracts[0])));
    found.into_iter().next().map(|(.., score)| score).unwrap_or_default()
}

fn counts(score: &Score) -> [i64; 13] {
    let Score { considered, full, pinged, bids, declined, late, silent, broken, accepted, .. } = *score;
    let [refused, doubtful, unsent, returned] = [score.refused, score.doubtful, score.unsent, score.returned];
    [considered, full, pinged, bids, declined, late, silent, broken, accepted, refused, doubtful, unsent, returned]
}

on_both! {
    async fn everything_is_counted_once_folded_or_not(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        traffic(&db.store, &world).await;
        let mut cuts = Vec::new();
        for folded in [0, 5, 100] {
            db.store.fold_events(folded).await.unwrap();
            let all = of_first(&world, &tables, FROM, TO).await;
            assert_eq!(counts(&all), [12, 2, 11, 6, 1, 1, 1, 1, 1, 1, 1, 1, 0], "{folded} folded");
            assert_eq!((all.bid_sum, all.pings.calls(), all.posts.calls()), (Micros::units(60), 5, 3));
            assert!(all.posts.percentile(99).is_some_and(|us| us.abs_diff(5_000_000) < 500_000));
            assert_eq!(tables.scores(None, FROM, TO).await.unwrap().len(), 2);
            // Whatever a span is cut into comes to the same, in any hour.
            for hours in [7, 24, 31] {
                let (mut sum, mut from) = (Score::default(), FROM);
                while from < TO {
                    let to = Timestamp(from.0 + hours * HOUR).min(TO);
                    sum += &of_first(&world, &tables, from, to).await;
                    from = to;
                }
                assert_eq!(sum, all, "{hours} hours, {folded} folded");
                cuts.push(sum);
            }
            db.holds().await;
        }
        assert_eq!(db.store.rebuild_rollups().await.unwrap(), 14);
        assert_eq!(of_first(&world, &tables, FROM, TO).await, cuts[0]);
        db.holds().await;
        let other = World::new(&db.store).await;
        assert_eq!(other.tables(&db.store).scores(None, FROM, TO).await.unwrap(), []);
    }

    async fn what_comes_back_is_its_contracts(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let lead = world.lead(&db.store).await;
        let intent = world.intent(lead, 0, Micros::units(10));
        assert_eq!(reserve(&db.store, intent.clone()).await, IntentReceipt::Reserved);
        finish(&db.store, world.sold(&intent)).await;
        let given = back(&world, &intent, intent.buyer_id, &[], false);
        assert_eq!(give(&db.store, given).await, OutcomeReceipt::Done);
        for folded in [0, 100] {
            db.store.fold_events(folded).await.unwrap();
            assert_eq!(of_first(&world, &tables, FROM, TO).await.returned, 1);
            db.holds().await;
        }
    }

    async fn what_was_folded_before_is_folded_into_scores(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        traffic(&db.store, &world).await;
        db.store.fold_events(100).await.unwrap();
        let found = of_first(&world, &tables, FROM, TO).await;
        assert_ne!(found.pings, Latencies::default());
        for before in ["DELETE FROM score_hours", "DELETE FROM score_days", "UPDATE rollup_state SET scores_stale = 1"] {
            db.tamper(before).await;
        }
        db.store.migrate().await.unwrap();
        assert_eq!(of_first(&world, &tables, FROM, TO).await, found);
        db.holds().await;
    }
}
