//! The check finds what is wrong: each kind of damage by its own invariant, and only by those it concerns.

use crate::{
    harness::Db,
    world::{World, finish, reserve, settle},
};
use exchange::rollup::MissedChange;
use model::{Currency, Micros, Money, Reason, Timestamp, cap::Limit, lead::LeadState, lost::Missed};
use store::{AttemptState, Intent};

const PRICE: Micros = Micros::units(10);

/// What is done to the database, and words of the invariant that must notice.
const DAMAGE: &[(&str, &str)] = &[
    ("UPDATE ledger_entries SET amount = amount + 1 WHERE line = 2", "sums to zero"),
    ("UPDATE balances SET amount = amount + 1", "every balance"),
    ("DELETE FROM balances", "every balance"),
    ("UPDATE leads SET revenue = revenue + 1 WHERE state = 'sold'", "the ledger's revenue"),
    ("UPDATE leads SET payout = payout + 1 WHERE state = 'sold'", "the ledger's payout"),
    ("DELETE FROM ledger_entries", "the ledger's revenue"),
    ("UPDATE cap_counters SET used = used + 1", "used caps"),
    ("UPDATE cap_counters SET used_money = used_money + 1", "used caps"),
    ("UPDATE cap_counters SET held = held + 1", "held caps"),
    ("DELETE FROM cap_counters", "used caps"),
    ("UPDATE cap_counters SET held = -1", "no cap counter is negative"),
    ("UPDATE rollups SET n = n + 1 WHERE measure = 'received'", "the roll-ups"),
    ("DELETE FROM rollups", "the roll-ups"),
    ("UPDATE rollup_days SET revenue = revenue + 1 WHERE measure = 'lead.sold'", "the roll-ups"),
    ("DELETE FROM rollup_days", "the roll-ups"),
    ("UPDATE hour_tallies SET against = against + 1", "the roll-ups"),
    ("DELETE FROM hour_tallies", "the roll-ups"),
    ("UPDATE label_hours SET sold = sold + 1 WHERE kind = 'sub'", "the roll-ups"),
    ("UPDATE label_days SET label = '+' WHERE label = '=a'", "the roll-ups"),
    ("DELETE FROM label_days", "the roll-ups"),
    ("UPDATE score_hours SET ping_25 = COALESCE(ping_25, 0) + 1", "the roll-ups"),
    ("UPDATE score_days SET considered = considered + 1", "the roll-ups"),
    ("DELETE FROM score_days", "the roll-ups"),
    ("UPDATE missed_hours SET amount = amount + 1", "missed sales by hour"),
    ("DELETE FROM missed_hours", "missed sales by hour"),
    ("UPDATE leads SET missed = missed + 1", "what it missed"),
    ("UPDATE leads SET missed_reason = NULL", "what it missed"),
    ("UPDATE leads SET answer = NULL", "has its answer"),
    ("UPDATE leads SET state = 'unsold' WHERE state = 'sold'", "a sold lead has an accepted post"),
    ("UPDATE attempts SET state = 'rejected' WHERE state = 'accepted'", "a sold lead has an accepted post"),
    ("UPDATE attempts SET state = 'accepted' WHERE state = 'rejected'", "accepted twice"),
    ("UPDATE attempts SET state = 'open' WHERE state = 'accepted'", "open post"),
    ("UPDATE attempts SET state = 'rejected' WHERE state = 'unknown'", "post of unknown outcome"),
    ("DELETE FROM leads", "every post has its lead"),
    ("UPDATE attempts SET state = 'rejected' WHERE state = 'accepted'", "claimed only by posts that stand"),
];

/// A sold lead with a rejected post before, a lead of unknown outcome, everything folded.
async fn some_traffic(db: &Db) {
    let world = World::new(&db.store).await;
    let lead = world.lead(&db.store).await;
    let first = Intent { demands: vec![world.daily(0, Limit::Count(9), PRICE)], ..world.intent(lead, 0, PRICE) };
    reserve(&db.store, first.clone()).await;
    let second = Intent {
        demands: vec![world.daily(1, Limit::Count(9), PRICE)],
        release: vec![settle(&first, AttemptState::Rejected)],
        prints: vec!["p".to_owned()],
        same_buyer_since: Some(Timestamp(0)),
        ..world.intent(lead, 1, PRICE)
    };
    reserve(&db.store, second.clone()).await;
    let mut sold = world.sold(&second);
    let amount = Money { amount: PRICE, currency: Currency::USD };
    let missed = Missed { contract: world.contracts[0], buyer: world.buyers[0], reason: Reason::Cap, amount };
    sold.fact.missed = MissedChange::between(None, Some(missed));
    finish(&db.store, sold).await;
    let lead = world.lead(&db.store).await;
    let unknown = world.intent(lead, 0, PRICE);
    reserve(&db.store, unknown.clone()).await;
    finish(&db.store, world.outcome(lead, LeadState::Unknown, vec![settle(&unknown, AttemptState::Unknown)])).await;
    db.store.fold_events(100).await.unwrap();
}

async fn damage_is_found(fresh: impl AsyncFn() -> Db) {
    for (damage, words) in DAMAGE {
        let db = fresh().await;
        some_traffic(&db).await;
        db.holds().await;
        db.tamper(damage).await;
        let broken: Vec<_> = db.store.check().await.unwrap().into_iter().filter(|found| !found.ok).collect();
        let named = broken.iter().find(|found| found.name.contains(words));
        let named = named.unwrap_or_else(|| panic!("{damage}: only {broken:?}"));
        assert!(!named.detail.is_empty());
        db.store.close().await;
    }
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn sqlite() {
    damage_is_found(Db::sqlite).await;
}

#[tokio::test(flavor = "multi_thread", worker_threads = 2)]
async fn postgres() {
    damage_is_found(Db::postgres).await;
}
