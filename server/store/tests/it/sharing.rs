//! Who may have a lead beside whom, and posts in doubt that are resolved.

use crate::{
    harness::on_both,
    world::{NOW, World, finish, next, reserve, settle},
};
use exchange::ledger::sales;
use model::{
    Currency, EventId, LeadId, Micros, Money, PingId, cap::Limit, lead::LeadState, ping::Held, tenant::Mode, time::DAY,
};
use store::{
    AttemptState, Intent, IntentReceipt, NewPing, Note, Outcome, OutcomeReceipt, PingRow, Receipt, Record, Resolution,
    Store, StoreError, TrackRow,
};

const PRICE: Micros = Micros::units(10);

async fn resolve(store: &Store, expected: LeadState, outcome: Outcome) -> OutcomeReceipt {
    let record = Record::Resolution(Box::new(Resolution { expected, outcome }));
    match store.commit(&[record]).await.unwrap().remove(0) {
        Receipt::Outcome(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

/// A lead with one post in doubt.
async fn doubtful(store: &Store, world: &World, shared: bool) -> (LeadId, Intent) {
    let lead = world.lead(store).await;
    let mut intent = world.intent(lead, 0, PRICE);
    intent.shared = shared;
    intent.demands = vec![world.daily(0, Limit::Count(1), PRICE)];
    assert_eq!(reserve(store, intent.clone()).await, IntentReceipt::Reserved);
    let unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
    assert_eq!(finish(store, unknown).await, OutcomeReceipt::Done);
    (lead, intent)
}

on_both! {
    async fn an_exclusive_post_stands_alone(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let one = |nth, shared| Intent { shared, ..world.intent(lead, nth, PRICE) };
        assert_eq!(reserve(&db.store, one(0, true)).await, IntentReceipt::Reserved);
        assert_eq!(reserve(&db.store, one(1, false)).await, IntentReceipt::Fenced, "beside one that shares");
        assert_eq!(reserve(&db.store, one(1, true)).await, IntentReceipt::Reserved);
        let other = world.lead(&db.store).await;
        let two = |nth, shared| Intent { shared, ..world.intent(other, nth, PRICE) };
        assert_eq!(reserve(&db.store, two(0, false)).await, IntentReceipt::Reserved);
        assert_eq!(reserve(&db.store, two(1, true)).await, IntentReceipt::Fenced, "beside one that does not share");
    }

    async fn a_post_in_doubt_is_accepted_later(db: &Db) {
        let world = World::new(&db.store).await;
        let (lead, intent) = doubtful(&db.store, &world, false).await;
        let mut sold = world.sold(&intent);
        sold.fact.was = Some(LeadState::Unknown);
        assert_eq!(world.tables(&db.store).waiting().await.unwrap().doubts, 1);
        assert_eq!(resolve(&db.store, LeadState::Sold, sold.clone()).await, OutcomeReceipt::Fenced, "it is not sold");
        assert_eq!(resolve(&db.store, LeadState::Unknown, sold.clone()).await, OutcomeReceipt::Done);
        assert_eq!(resolve(&db.store, LeadState::Unknown, sold).await, OutcomeReceipt::Fenced, "once");
        let stands = world.tables(&db.store).lead_stands(lead).await.unwrap();
        assert_eq!((stands.state, stands.revenue, stands.attempts[0].state), (LeadState::Sold, Some(PRICE), AttemptState::Accepted));
    }

    async fn a_post_in_doubt_is_refused_later_and_gives_its_place_back(db: &Db) {
        let world = World::new(&db.store).await;
        let (lead, intent) = doubtful(&db.store, &world, false).await;
        let mut unsold = world.outcome(lead, LeadState::Unsold, vec![settle(&intent, AttemptState::Rejected)]);
        unsold.fact.was = Some(LeadState::Unknown);
        // Whoever ran the auction no longer matters.
        unsold.owner = model::ProcessId::from_bits(next());
        assert_eq!(resolve(&db.store, LeadState::Unknown, unsold).await, OutcomeReceipt::Done);
        let next_lead = world.lead(&db.store).await;
        let mut again = world.intent(next_lead, 0, PRICE);
        again.demands = vec![world.daily(0, Limit::Count(1), PRICE)];
        assert_eq!(reserve(&db.store, again).await, IntentReceipt::Reserved);
    }

    async fn one_more_buyer_of_a_lead_that_is_sold(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let one = |nth| Intent { shared: true, ..world.intent(lead, nth, PRICE) };
        let (first, second) = (one(0), one(1));
        assert_eq!(reserve(&db.store, first.clone()).await, IntentReceipt::Reserved);
        assert_eq!(reserve(&db.store, second.clone()).await, IntentReceipt::Reserved);
        let mut sold = world.sold(&first);
        sold.settles.push(settle(&second, AttemptState::Unknown));
        assert_eq!(finish(&db.store, sold.clone()).await, OutcomeReceipt::Done);
        let mut more = world.outcome(lead, LeadState::Sold, vec![settle(&second, AttemptState::Accepted)]);
        let money = |units| Some(Money { amount: Micros::units(units), currency: Currency::USD });
        (more.buyer_id, more.contract_id) = (sold.buyer_id, sold.contract_id);
        (more.revenue, more.payout) = (money(20), money(10));
        more.entries = sales(&[(second.buyer_id, PRICE)], world.source, Micros::units(5), Currency::USD);
        (more.fact.was, more.fact.also) = (Some(LeadState::Sold), vec![(second.buyer_id, PRICE)]);
        (more.fact.revenue, more.fact.payout) = (PRICE, Micros::units(5));
        more.fact.contracts.clear();
        assert_eq!(resolve(&db.store, LeadState::Sold, more).await, OutcomeReceipt::Done);
        let tables = world.tables(&db.store);
        let totals = tables.totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.sold, totals.revenue, totals.payout), (1, Micros::units(20), Micros::units(10)));
        let rows = tables.buyer_figures(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert!(rows.iter().all(|row| row.sold == 1 && row.revenue == PRICE), "{rows:?}");
    }

    async fn a_note_is_a_line_of_history_and_no_figure(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let note = Note {
            tenant_id: world.tenant,
            lead_id: lead,
            event_id: EventId::from_bits(next()),
            at: NOW,
            kind: "late_bid",
            note: "Slowpoke bid 9.00 after its time was over.".to_owned(),
        };
        assert_eq!(db.store.commit(&[Record::Note(note)]).await.unwrap(), [Receipt::Noted]);
        let history = world.tables(&db.store).lead_detail(lead).await.unwrap().history;
        assert!(history.iter().any(|line| line.kind == "late_bid" && line.note.starts_with("Slowpoke")), "{history:?}");
    }

    async fn a_ping_is_held_for_its_source_and_recognised_by_its_body(db: &Db) {
        let world = World::new(&db.store).await;
        let held = Held { contract_id: world.contracts[0], price: Some(PRICE), token: Some("t-1".into()), carried: Vec::new(), good_until: None, reason: None };
        let row = PingRow {
            id: PingId::from_bits(next()),
            source_id: world.source,
            campaign_id: world.campaign,
            expires_at: NOW.plus_millis(60_000),
            open_hash: [7; 32],
            answer: "{}".to_owned(),
            held: vec![held],
        };
        let ping = NewPing { tenant_id: world.tenant, mode: Mode::Live, at: NOW, body_hash: [8; 32], tape: vec![1, 0, 255], row: row.clone() };
        assert_eq!(db.store.commit(&[Record::Ping(Box::new(ping))]).await.unwrap(), [Receipt::Noted]);
        let tables = world.tables(&db.store);
        assert_eq!(tables.ping(world.source, row.id).await, Ok(row.clone()));
        let stranger = model::SourceId::from_bits(next());
        assert_eq!(tables.ping(stranger, row.id).await, Err(StoreError::NotFound), "another source's");
        assert_eq!(tables.repeated_ping(world.source, [8; 32], NOW).await, Ok(Some(row.clone())));
        assert_eq!(tables.repeated_ping(world.source, [9; 32], NOW).await, Ok(None));
        assert_eq!(tables.repeated_ping(world.source, [8; 32], row.expires_at).await, Ok(None), "it has expired");
        let received = store::Received { lead_id: LeadId::from_bits(row.id.bits()), ..world.received() };
        assert_eq!(crate::world::receive(&db.store, received).await, store::ReceivedReceipt::Fresh);
        assert_eq!(tables.repeated_ping(world.source, [8; 32], NOW).await, Ok(None), "a lead was sent with it");
        // By the range of its id, as programs that know it by a number need it.
        let near = |by: i128| PingId::from_bits(row.id.bits().wrapping_add_signed(by));
        assert_eq!(tables.pings_between(world.source, near(-1), near(1)).await, Ok(vec![row.id]));
        assert_eq!(tables.pings_between(world.source, row.id, row.id).await, Ok(vec![row.id]));
        assert_eq!(tables.pings_between(world.source, near(1), near(2)).await, Ok(Vec::new()));
        assert_eq!(tables.pings_between(stranger, near(-1), near(1)).await, Ok(Vec::new()), "another source's");
        assert_eq!(db.store.delete_pings_before(row.expires_at).await, Ok(0));
        assert_eq!(db.store.delete_pings_before(row.expires_at.plus_millis(1)).await, Ok(1));
    }

    async fn how_posts_came_out_lately(db: &Db) {
        let world = World::new(&db.store).await;
        for nth in [0, 0, 1] {
            let lead = world.lead(&db.store).await;
            let intent = world.intent(lead, nth, PRICE);
            assert_eq!(reserve(&db.store, intent.clone()).await, IntentReceipt::Reserved);
            assert_eq!(finish(&db.store, world.sold(&intent)).await, OutcomeReceipt::Done);
        }
        let row = |nth: usize, count| TrackRow {
            campaign_id: world.campaign,
            contract_id: world.contracts[nth],
            state: AttemptState::Accepted,
            day: NOW.0 / DAY,
            count,
            last: NOW,
        };
        let mut rows = world.tables(&db.store).track(model::Timestamp(0)).await.unwrap();
        rows.sort_by_key(|row| row.contract_id);
        assert_eq!(rows, [row(0, 2), row(1, 1)]);
    }
}
