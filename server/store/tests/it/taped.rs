//! What is recorded of auctions to run them again.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, next, reserve},
};
use exchange::replay::{PostEnd, Posted};
use model::{
    Micros, PingId, Reason, Timestamp, lead::LeadState, ping::Held, ping::PingAnswer, tenant::Mode, trace::Trace,
};
use store::{NewPing, OutcomeReceipt, PingRow, Receipt, Record, Traced};

const PRICE: Micros = Micros::units(10);

/// Any bytes at all.
const TAPE: [u8; 4] = [1, 0, 255, 39];

on_both! {
    async fn an_auction_comes_back_as_it_was_recorded(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let always = (world.campaign, NOW, NOW.plus_millis(1));
        let waiting = world.lead(&db.store).await;
        let lead = world.lead(&db.store).await;
        let intent = world.intent(lead, 0, PRICE);
        reserve(&db.store, intent.clone()).await;
        let doc = Trace { started_at: NOW, deadline_ms: 3000, decided_us: Some(5), done_us: 10, floor: PRICE, steps: Vec::new(), verdicts: Vec::new() };
        let mut outcome = world.sold(&intent);
        let mut unknown = world.outcome(lead, LeadState::Unknown, Vec::new());
        // The recording of an outcome that comes later takes the place of the one before.
        unknown.trace = Some(Traced { doc: "{}".to_owned(), tape: vec![1] });
        assert_eq!(finish(&db.store, unknown).await, OutcomeReceipt::Done);
        outcome.fact.was = Some(LeadState::Unknown);
        outcome.trace = Some(Traced { doc: serde_json::to_string(&doc).unwrap(), tape: TAPE.to_vec() });
        assert_eq!(finish(&db.store, outcome.clone()).await, OutcomeReceipt::Done);

        let found = tables.recorded_leads(always, None, 10).await.unwrap();
        let ids: Vec<_> = found.iter().map(|recorded| recorded.lead).collect();
        assert_eq!((ids.contains(&waiting), ids.contains(&lead), ids.len()), (true, true, 2));
        let recorded = found.iter().find(|recorded| recorded.lead == lead).unwrap();
        assert_eq!((recorded.state, recorded.tape.as_deref(), &recorded.trace), (LeadState::Sold, Some(&TAPE[..]), &Some(doc)));
        let end = Posted { contract: world.contracts[0], ordinal: 1, price: PRICE, end: PostEnd::Accepted, paid: Some(PRICE) };
        assert_eq!(recorded.posts, [end]);
        let mut states: Vec<_> = recorded.facts.iter().map(|fact| (fact.was, fact.state)).collect();
        states.sort_unstable();
        assert_eq!(states, [(None, LeadState::Unknown), (Some(LeadState::Unknown), LeadState::Sold)]);
        assert_eq!(tables.last_auction(lead).await, Ok((recorded.trace.clone(), Some(TAPE.to_vec()))));
        assert_eq!(tables.last_auction(waiting).await, Ok((None, None)));
        let unfinished = found.iter().find(|recorded| recorded.lead == waiting).unwrap();
        assert_eq!((&unfinished.tape, &unfinished.trace, unfinished.posts.len()), (&None, &None, 0));

        // Page by page, of the span and the campaign only, and of nobody else's.
        let first = tables.recorded_leads(always, None, 1).await.unwrap();
        let second = tables.recorded_leads(always, Some(first[0].lead), 10).await.unwrap();
        assert_eq!([first, second].concat(), found);
        assert_eq!(tables.recorded_leads((world.campaign, NOW.plus_millis(1), Timestamp(i64::MAX / 2)), None, 9).await, Ok(Vec::new()));
        let other = World::new(&db.store).await;
        assert_eq!(tables.recorded_leads((other.campaign, always.1, always.2), None, 9).await, Ok(Vec::new()));
        assert_eq!(other.tables(&db.store).recorded_leads(always, None, 9).await, Ok(Vec::new()));
        assert_eq!(other.tables(&db.store).last_auction(lead).await, Ok((None, None)));

        // Of before there were recordings.
        db.tamper("UPDATE traces SET tape = NULL").await;
        let found = tables.recorded_leads(always, None, 10).await.unwrap();
        assert!(found.iter().all(|recorded| recorded.tape.is_none()));
        assert_eq!(tables.last_auction(lead).await.unwrap().1, None);
    }

    async fn a_ping_comes_back_as_it_was_recorded(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let always = (world.campaign, NOW, NOW.plus_millis(1));
        let id = PingId::from_bits(next());
        let answer = PingAnswer { ping_id: id, status: "no_bid".into(), payout: None, reason: Some(Reason::BelowFloor), expires_at: String::new(), duration_ms: 1, test: false };
        let held = Held { contract_id: world.contracts[0], price: Some(PRICE), token: None, carried: Vec::new(), good_until: None, reason: None };
        let row = PingRow { id, source_id: world.source, campaign_id: world.campaign, expires_at: NOW.plus_millis(60_000), open_hash: [7; 32], answer: serde_json::to_string(&answer).unwrap(), held: vec![held] };
        let ping = NewPing { tenant_id: world.tenant, mode: Mode::Live, at: NOW, body_hash: [8; 32], tape: TAPE.to_vec(), row };
        assert_eq!(db.store.commit(&[Record::Ping(Box::new(ping))]).await.unwrap(), [Receipt::Noted]);
        let found = tables.recorded_pings(always, None, 10).await.unwrap();
        assert_eq!(found.len(), 1);
        assert_eq!((found[0].ping, found[0].tape.as_deref(), found[0].payout, found[0].reason), (id, Some(&TAPE[..]), None, Some(Reason::BelowFloor)));
        assert_eq!(found[0].bids, [(world.contracts[0], Some(PRICE))]);
        assert_eq!(tables.recorded_pings(always, Some(id), 10).await, Ok(Vec::new()));
    }
}
