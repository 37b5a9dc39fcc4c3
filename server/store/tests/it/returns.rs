//! Leads that buyers give back: once, with their money, and with their places in the caps by choice.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, next, reserve, settle},
};
use exchange::{
    ledger::{returned, sales},
    rollup::Back,
};
use model::{
    AttemptId, BuyerId, Currency, LeadId, Micros, Money,
    cap::Limit,
    lead::LeadState,
    report::Waiting,
    returns::{Return, ReturnReason, ReturnState},
};
use store::{
    AttemptState, GivenBack, Intent, IntentReceipt, Outcome, OutcomeReceipt, Receipt, Record, ReturnFilter, Store,
};

const PRICE: Micros = Micros::units(10);

fn asked(intent: &Intent) -> Return {
    Return {
        lead_id: intent.lead_id,
        attempt_id: intent.attempt_id,
        buyer_id: intent.buyer_id,
        contract_id: intent.contract_id,
        state: ReturnState::Requested,
        reason: ReturnReason::BadPhone,
        note: "dead line".into(),
        asked_at: NOW,
        asked_by: "Bo".into(),
        decided_at: None,
        decided_by: String::new(),
        answer: String::new(),
    }
}

/// A lead of one or two shared buyers, each under a cap of one lead a day.
async fn sold(store: &Store, world: &World, buyers: usize) -> (LeadId, Vec<Intent>) {
    let lead = world.lead(store).await;
    let post = |nth| Intent {
        shared: buyers > 1,
        demands: vec![world.daily(nth, Limit::Count(1), PRICE)],
        ..world.intent(lead, nth, PRICE)
    };
    let intents: Vec<_> = (0..buyers).map(post).collect();
    for intent in &intents {
        assert_eq!(reserve(store, intent.clone()).await, IntentReceipt::Reserved);
    }
    let mut outcome = world.sold(&intents[0]);
    if let Some(second) = intents.get(1) {
        let money = |units| Some(Money { amount: Micros::units(units), currency: Currency::USD });
        outcome.settles.push(settle(second, AttemptState::Accepted));
        (outcome.revenue, outcome.payout) = (money(20), money(10));
        let paid = [(intents[0].buyer_id, PRICE), (second.buyer_id, PRICE)];
        outcome.entries = sales(&paid, world.source, PRICE, Currency::USD);
        outcome.fact.also = vec![(second.buyer_id, PRICE)];
        (outcome.fact.revenue, outcome.fact.payout) = (Micros::units(20), PRICE);
    }
    assert_eq!(finish(store, outcome).await, OutcomeReceipt::Done);
    (lead, intents)
}

/// What giving a post back means; `left` are the posts that stand then, the first of them the one the lead is counted with.
pub fn back(world: &World, given: &Intent, counted: BuyerId, left: &[&Intent], frees_caps: bool) -> GivenBack {
    let state = if left.is_empty() { LeadState::Returned } else { LeadState::Sold };
    let half = Micros::units(5);
    let money =
        |units: usize| Some(Money { amount: Micros(half.0 * i64::try_from(units).unwrap()), currency: Currency::USD });
    let heir = left.first().filter(|_| counted == given.buyer_id);
    let with = heir.or(left.first()).copied().unwrap_or(given);
    let mut outcome: Outcome = world.outcome(given.lead_id, state, Vec::new());
    (outcome.buyer_id, outcome.contract_id) = (Some(with.buyer_id), Some(with.contract_id));
    (outcome.revenue, outcome.payout) = (money(left.len() * 2), money(left.len()));
    outcome.entries = returned((given.buyer_id, PRICE), world.source, half, Currency::USD);
    outcome.fact.was = Some(LeadState::Sold);
    outcome.fact.was_with = Some(counted);
    outcome.fact.back = Some(Back {
        buyer: given.buyer_id,
        contract: Some(given.contract_id),
        heir: heir.map(|intent| intent.buyer_id),
    });
    outcome.fact.buyer = Some(given.buyer_id);
    (outcome.fact.revenue, outcome.fact.payout) = (-PRICE, -half);
    outcome.fact.contracts.clear();
    let decided =
        Return { state: ReturnState::Approved, decided_at: Some(NOW), decided_by: "Ola".into(), ..asked(given) };
    let standing = left.iter().map(|intent| intent.attempt_id).chain([given.attempt_id]).collect();
    GivenBack { standing, frees_caps, decided, outcome }
}

pub async fn give(store: &Store, back: GivenBack) -> OutcomeReceipt {
    match store.commit(&[Record::Return(Box::new(back))]).await.unwrap().remove(0) {
        Receipt::Outcome(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

/// Whether one more lead fits under the cap of a contract.
async fn fits(store: &Store, world: &World, nth: usize) -> bool {
    let lead = world.lead(store).await;
    let demands = vec![world.daily(nth, Limit::Count(1), PRICE)];
    reserve(store, Intent { demands, ..world.intent(lead, nth, PRICE) }).await == IntentReceipt::Reserved
}

on_both! {
    async fn a_lead_comes_back_once_with_its_money_and_its_place(db: &Db) {
        let world = World::new(&db.store).await;
        let (lead, posts) = sold(&db.store, &world, 1).await;
        let given = back(&world, &posts[0], posts[0].buyer_id, &[], true);
        assert!(!fits(&db.store, &world, 0).await);
        assert_eq!(give(&db.store, given.clone()).await, OutcomeReceipt::Done);
        assert_eq!(give(&db.store, given).await, OutcomeReceipt::Fenced, "once");
        let tables = world.tables(&db.store);
        let stands = tables.lead_stands(lead).await.unwrap();
        assert_eq!((stands.state, stands.revenue, stands.attempts[0].stands()), (LeadState::Returned, Some(Micros::ZERO), false));
        let totals = tables.totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.sold, totals.returned, totals.revenue, totals.payout), (0, 1, Micros::ZERO, Micros::ZERO));
        let account = tables.account_of(posts[0].buyer_id, NOW, NOW.plus_millis(1)).await.unwrap();
        assert_eq!((account[0].entries, account[0].returned), (1, 1));
        assert_eq!((account[0].cost, account[0].pays), (PRICE, Micros::ZERO));
        assert_eq!(tables.returns_of(lead).await.unwrap()[0].decided_by, "Ola");
        assert_eq!(tables.return_share(None, posts[0].buyer_id, NOW).await, Ok((1, 1)));
        db.holds().await;
        assert!(fits(&db.store, &world, 0).await, "its place is free");
    }

    async fn without_freeing_its_place_stays_taken(db: &Db) {
        let world = World::new(&db.store).await;
        let (_, posts) = sold(&db.store, &world, 1).await;
        assert_eq!(give(&db.store, back(&world, &posts[0], posts[0].buyer_id, &[], false)).await, OutcomeReceipt::Done);
        db.holds().await;
        assert!(!fits(&db.store, &world, 0).await);
    }

    async fn a_shared_lead_stays_with_the_others(db: &Db) {
        let world = World::new(&db.store).await;
        let (lead, posts) = sold(&db.store, &world, 2).await;
        let (first, second) = (&posts[0], &posts[1]);
        let stale = back(&world, second, first.buyer_id, &[], true);
        assert_eq!(give(&db.store, stale).await, OutcomeReceipt::Fenced, "worked out from posts that are not all");
        assert_eq!(give(&db.store, back(&world, first, first.buyer_id, &[second], true)).await, OutcomeReceipt::Done);
        db.holds().await;
        let tables = world.tables(&db.store);
        let hour = (NOW.hour(), NOW.plus_millis(3_600_000));
        let stands = tables.lead_stands(lead).await.unwrap();
        assert_eq!((stands.state, stands.buyer_id, stands.revenue), (LeadState::Sold, Some(second.buyer_id), Some(PRICE)));
        let totals = tables.totals(hour.0, hour.1).await.unwrap();
        assert_eq!((totals.sold, totals.returned, totals.revenue, totals.payout), (1, 0, PRICE, Micros::units(5)));
        let rows = tables.buyer_figures(hour.0, hour.1).await.unwrap();
        let of = |buyer| rows.iter().find(|row| row.id == buyer).map(|row| (row.sold, row.revenue)).unwrap();
        assert_eq!((of(first.buyer_id), of(second.buyer_id)), ((0, Micros::ZERO), (1, PRICE)));
        assert_eq!(give(&db.store, back(&world, second, second.buyer_id, &[], true)).await, OutcomeReceipt::Done);
        db.holds().await;
        let totals = tables.totals(hour.0, hour.1).await.unwrap();
        assert_eq!((totals.sold, totals.returned, totals.revenue, totals.payout), (0, 1, Micros::ZERO, Micros::ZERO));
    }

    async fn what_was_asked_for_waits_and_is_denied_once(db: &Db) {
        let world = World::new(&db.store).await;
        let (lead, posts) = sold(&db.store, &world, 1).await;
        let tables = world.tables(&db.store);
        let one = asked(&posts[0]);
        assert_eq!((tables.ask_return(&one).await, tables.ask_return(&one).await), (Ok(true), Ok(false)));
        let waiting = ReturnFilter { state: Some(ReturnState::Requested), ..ReturnFilter::default() };
        let rows = tables.returns(waiting, NOW, 10).await.unwrap();
        assert_eq!((rows.len(), rows[0].asked.clone(), rows[0].paid.amount, rows[0].taken), (1, one.clone(), PRICE, 1));
        let after = Some((one.asked_at, one.attempt_id));
        assert_eq!(tables.returns(ReturnFilter { after, ..waiting }, NOW, 10).await, Ok(Vec::new()));
        let stranger = ReturnFilter { buyer: Some(BuyerId::from_bits(next())), ..ReturnFilter::default() };
        assert_eq!(tables.returns(stranger, NOW, 10).await, Ok(Vec::new()));
        assert_eq!(tables.waiting().await, Ok(Waiting { doubts: 0, returns: 1, alerts: 0 }));
        assert_eq!(tables.deny_return((lead, AttemptId::from_bits(next())), NOW, "Ola", "").await, Ok(false));
        assert_eq!(tables.deny_return((lead, one.attempt_id), NOW, "Ola", "No.").await, Ok(true));
        assert_eq!(tables.deny_return((lead, one.attempt_id), NOW, "Ola", "No.").await, Ok(false));
        assert_eq!(tables.waiting().await, Ok(Waiting::default()));
        let foreign = World::new(&db.store).await;
        assert_eq!(foreign.tables(&db.store).returns_of(lead).await, Ok(Vec::new()));
        db.holds().await;
        // An approval without its money is found.
        db.tamper("UPDATE returns SET state = 'approved'").await;
        let broken: Vec<_> = db.store.check().await.unwrap().into_iter().filter(|rule| !rule.ok).map(|rule| rule.name).collect();
        assert_eq!(broken, ["every post that was given back has a return that was approved, and no other return is approved"]);
        db.tamper("UPDATE returns SET state = 'denied'").await;
    }
}
