//! Reading leads: answers, pages, details, history.

use crate::{
    harness::{Db, on_both},
    world::{NOW, World, finish, next, receive, reserve, settle},
};
use model::{
    AttemptId, Currency, EventId, LeadId, Micros, Money, Reason, SourceId, Timestamp,
    feedback::{Feedback, LastWord},
    lead::{LeadRow, LeadState},
    page::{Cursor, Page},
    tenant::Mode,
    trace::Trace,
};
use store::{AttemptState, Intent, LeadFilter, NewFeedback, Sealed, StoreError, TenantStore, Traced};

const PRICE: Micros = Micros::units(10);

fn ids(page: &Page<LeadRow>) -> Vec<LeadId> {
    page.rows.iter().map(|row| row.id).collect()
}

async fn filtered(tables: &TenantStore, filter: LeadFilter) -> Vec<LeadId> {
    ids(&tables.leads_page(&filter, &Cursor::Newest, 50).await.unwrap())
}

async fn several(db: &Db, world: &World, count: usize) -> Vec<LeadId> {
    let mut leads = Vec::new();
    for _ in 0..count {
        leads.push(world.lead(&db.store).await);
    }
    leads
}

on_both! {
    async fn a_source_sees_its_own_leads(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut received = world.received();
        received.external_id = Some("ext-1".to_owned());
        received.mode = Mode::Test;
        let lead = received.lead_id;
        receive(&db.store, received).await;
        let pending = tables.answer(world.source, lead).await.unwrap();
        assert_eq!((pending.status.as_str(), pending.test, pending.lead_id), ("pending", true, lead));
        finish(&db.store, world.unsold(lead, Vec::new())).await;
        let answer = tables.answer(world.source, lead).await.unwrap();
        assert_eq!((answer.status.as_str(), answer.reason, answer.duration_ms), ("unsold", Some(Reason::NoBid), 12));
        assert_eq!(tables.answer_by_external_id(world.source, "ext-1").await.as_ref(), Ok(&answer));

        // The newest of several under one id.
        let mut again = world.received();
        again.external_id = Some("ext-1".to_owned());
        let newest = again.lead_id;
        receive(&db.store, again).await;
        assert_eq!(tables.answer_by_external_id(world.source, "ext-1").await.unwrap().lead_id, newest);

        let stranger = SourceId::from_bits(next());
        assert_eq!(tables.answer(stranger, lead).await, Err(StoreError::NotFound));
        assert_eq!(tables.answer_by_external_id(stranger, "ext-1").await, Err(StoreError::NotFound));
        let other = World::new(&db.store).await;
        assert_eq!(other.tables(&db.store).answer(world.source, lead).await, Err(StoreError::NotFound));
        assert_eq!(other.tables(&db.store).lead_answer(lead).await, Err(StoreError::NotFound));
    }

    async fn pages_go_there_and_back(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut leads = several(db, &world, 7).await;
        leads.reverse();
        let page = |cursor: Cursor| {
            let tables = tables.clone();
            async move { tables.leads_page(&LeadFilter::default(), &cursor, 3).await.unwrap() }
        };
        let first = page(Cursor::Newest).await;
        assert_eq!((ids(&first), first.newer.clone()), (leads[..3].to_vec(), None));
        let second = page(Cursor::OlderThan(first.older.clone().unwrap())).await;
        assert_eq!(ids(&second), leads[3..6]);
        let third = page(Cursor::OlderThan(second.older.clone().unwrap())).await;
        assert_eq!((ids(&third), third.older.clone()), (leads[6..].to_vec(), None));
        let back = page(Cursor::NewerThan(third.newer.unwrap())).await;
        assert_eq!(back, second);
        let start = page(Cursor::NewerThan(back.newer.unwrap())).await;
        assert_eq!((ids(&start), start.newer, start.older.is_some()), (leads[..3].to_vec(), None, true));

        // A lead that comes meanwhile moves no page.
        several(db, &world, 1).await;
        assert_eq!(ids(&page(Cursor::OlderThan(first.older.unwrap())).await), leads[3..6]);
        // What is no cursor begins at the newest; nothing is a page too.
        assert_eq!(page(Cursor::OlderThan("nonsense".to_owned())).await.rows.len(), 3);
        let empty = World::new(&db.store).await.tables(&db.store);
        let nothing = empty.leads_page(&LeadFilter::default(), &Cursor::Newest, 3).await.unwrap();
        assert_eq!(nothing, Page { rows: Vec::new(), older: None, newer: None });
    }

    async fn filters(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let sold = world.sale(&db.store, 1, PRICE).await;
        let mut test = world.received();
        test.mode = Mode::Test;
        test.received_at = Timestamp(NOW.0 - 1000);
        let test_lead = test.lead_id;
        receive(&db.store, test).await;
        let unsold = world.lead(&db.store).await;
        finish(&db.store, world.unsold(unsold, Vec::new())).await;

        let all = LeadFilter::default;
        assert_eq!(filtered(&tables, all()).await, [unsold, test_lead, sold]);
        assert_eq!(filtered(&tables, LeadFilter { state: Some(LeadState::Sold), ..all() }).await, [sold]);
        assert_eq!(filtered(&tables, LeadFilter { state: Some(LeadState::Processing), ..all() }).await, [test_lead]);
        assert_eq!(filtered(&tables, LeadFilter { buyer: Some(world.buyers[1]), ..all() }).await, [sold]);
        assert_eq!(filtered(&tables, LeadFilter { buyer: Some(world.buyers[0]), ..all() }).await, []);
        assert_eq!(filtered(&tables, LeadFilter { reason: Some(Reason::NoBid), ..all() }).await, [unsold]);
        assert_eq!(filtered(&tables, LeadFilter { mode: Some(Mode::Test), ..all() }).await, [test_lead]);
        assert_eq!(filtered(&tables, LeadFilter { campaign: Some(world.campaign), ..all() }).await.len(), 3);
        assert_eq!(filtered(&tables, LeadFilter { source: Some(SourceId::from_bits(next())), ..all() }).await, []);
        assert_eq!(filtered(&tables, LeadFilter { from: Some(NOW), ..all() }).await, [unsold, sold]);
        assert_eq!(filtered(&tables, LeadFilter { to: Some(NOW), ..all() }).await, [test_lead]);
        let narrow = LeadFilter { from: Some(NOW), state: Some(LeadState::Sold), source: Some(world.source), ..all() };
        assert_eq!(filtered(&tables, narrow).await, [sold]);
    }

    async fn a_row_says_what_the_list_shows(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let sold = world.sale(&db.store, 1, PRICE).await;
        let row = tables.leads_page(&LeadFilter::default(), &Cursor::Newest, 1).await.unwrap().rows.remove(0);
        let money = |units| Some(Money { amount: Micros::units(units), currency: Currency::USD });
        let expected = LeadRow {
            id: sold,
            received_at: NOW,
            state: LeadState::Sold,
            reason: None,
            campaign_id: world.campaign,
            campaign: "Campaign auto".to_owned(),
            source_id: world.source,
            source: "Source web".to_owned(),
            sub1: Some("a".to_owned()),
            buyer: Some("Buyer buyer-1".to_owned()),
            revenue: money(10),
            payout: money(5),
            duration_ms: Some(12),
            mode: Mode::Live,
            missed: None,
        };
        assert_eq!(row, expected);
    }

    async fn one_lead_with_everything(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut received = world.received();
        received.external_id = Some("ext".to_owned());
        let lead = received.lead_id;
        receive(&db.store, received.clone()).await;
        let before = tables.lead_detail(lead).await.unwrap();
        assert_eq!((before.trace, before.ledger.len(), before.history.len()), (None, 0, 1));
        let outlines = tables.outlines(before.row.campaign_id, 500).await.unwrap();
        let names: Vec<_> = received.personal_mask.iter().map(|(name, _)| name.clone()).collect();
        assert_eq!(outlines.iter().map(|(_, names)| names.clone()).collect::<Vec<_>>(), [names]);
        assert!(outlines[0].0.contains("41"), "{outlines:?}");
        assert_eq!(World::new(&db.store).await.tables(&db.store).outlines(before.row.campaign_id, 500).await.unwrap(), []);

        let first = world.intent(lead, 0, PRICE);
        reserve(&db.store, first.clone()).await;
        let second = Intent {
            release: vec![settle(&first, AttemptState::Rejected)],
            ordinal: 2,
            at: NOW.plus_millis(6),
            ..world.intent(lead, 1, PRICE)
        };
        reserve(&db.store, second.clone()).await;
        let trace = Trace {
            started_at: NOW,
            deadline_ms: 3000,
            decided_us: Some(5),
            done_us: 10,
            floor: Micros::ZERO,
            steps: Vec::new(),
            verdicts: Vec::new(),
        };
        let mut outcome = world.sold(&second);
        outcome.settles[0].at = NOW.plus_millis(7);
        outcome.at = NOW.plus_millis(7);
        outcome.trace = Some(Traced { doc: serde_json::to_string(&trace).unwrap(), tape: vec![1, 0, 255] });
        outcome.redirect_url = Some("https://buyer.example/thanks".to_owned());
        finish(&db.store, outcome).await;

        let detail = tables.lead_detail(lead).await.unwrap();
        assert_eq!(detail.row.state, LeadState::Sold);
        assert_eq!(detail.trace, Some(trace));
        assert_eq!((detail.external_id.as_deref(), &detail.tracking), (Some("ext"), &received.tracking));
        assert_eq!(detail.fields, [("age".to_owned(), "41".to_owned()), ("insured".to_owned(), "yes".to_owned())]);
        assert_eq!(detail.personal, received.personal_mask);
        assert_eq!(detail.redirect_url.as_deref(), Some("https://buyer.example/thanks"));
        let ledger: Vec<_> = detail.ledger.iter().map(|l| (l.account.as_str(), l.kind.as_str(), l.amount.amount)).collect();
        assert_eq!(ledger, [
            ("Buyer buyer-1", "sale", Micros::units(-10)),
            ("Source web", "payout", Micros::units(5)),
            ("margin", "margin", Micros::units(5)),
        ]);
        let history: Vec<_> = detail.history.iter().map(|line| line.kind.as_str()).collect();
        assert_eq!(history, ["received", "posted", "post_rejected", "posted", "post_accepted", "sold"]);
        assert_eq!(detail.history[2].note, "Buyer buyer-0 refused it.");

        let other = World::new(&db.store).await;
        assert_eq!(other.tables(&db.store).lead_detail(lead).await.err(), Some(StoreError::NotFound));
        assert_eq!(other.tables(&db.store).ledger_of(lead).await.unwrap(), []);
        assert_eq!(other.tables(&db.store).attempts(lead).await.unwrap(), []);
    }

    async fn who_looked_is_written_down(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let lead = world.lead(&db.store).await;
        let tables = world.tables(&db.store);
        assert_eq!(tables.sealed(lead).await.unwrap(), Sealed { key: vec![0, 1, 2], body: vec![255, 0] });
        let (campaign, open) = tables.open_part(lead).await.unwrap();
        assert!(campaign == tables.lead_detail(lead).await.unwrap().row.campaign_id && open.contains("41"), "{open}");
        assert!(!format!("{:?}", tables.sealed(lead).await).contains("255"));
        let event = EventId::from_bits(next());
        let at = NOW.plus_millis(3);
        tables.append_history(event, lead, "personal_viewed", "Shown to Pat.", "usr_x", at).await.unwrap();
        let again = tables.append_history(event, lead, "personal_viewed", "Twice.", "usr_x", at).await;
        assert_eq!(again, Err(StoreError::Conflict));
        let line = tables.lead_detail(lead).await.unwrap().history.remove(1);
        assert_eq!((line.kind.as_str(), line.note.as_str(), line.at), ("personal_viewed", "Shown to Pat.", at));

        let foreign = other.tables(&db.store);
        assert_eq!(foreign.sealed(lead).await.err(), Some(StoreError::NotFound));
        assert_eq!(foreign.open_part(lead).await.err(), Some(StoreError::NotFound));
        let event = EventId::from_bits(next());
        assert_eq!(foreign.append_history(event, lead, "x", "x", "x", at).await, Err(StoreError::NotFound));
        // It is history, not a figure.
        assert_eq!(db.store.fold_events(10).await.unwrap(), 0);
    }

    async fn what_the_labels_of_a_source_brought(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        for _ in 0..2 {
            world.lead(&db.store).await;
        }
        other.lead(&db.store).await;
        world.sale(&db.store, 0, Micros::units(10)).await;
        let tables = world.tables(&db.store);
        let span = (Timestamp(0), NOW.plus_millis(86_400_000));
        let found = tables.sub_sources(world.source, span.0, span.1, 9).await.unwrap();
        let sums = found.iter().fold((0, 0), |(sent, sold), sub| (sent + sub.sent, sold + sub.sold));
        assert_eq!(sums, (3, 1), "{found:?}");
        assert_eq!(tables.sub_sources(other.source, span.0, span.1, 9).await.unwrap(), []);
        assert_eq!(tables.sub_sources(world.source, span.1, span.1, 9).await.unwrap(), []);
    }

    async fn the_last_word_of_a_buyer_counts(db: &Db) {
        let (world, other) = (World::new(&db.store).await, World::new(&db.store).await);
        let (tables, foreign) = (world.tables(&db.store), other.tables(&db.store));
        let lead = world.sale(&db.store, 0, PRICE).await;
        let attempt = tables.delivered_lead(world.buyers[0], lead).await.unwrap().attempt_id;
        let say = |kind, value: Option<Micros>, after: i64, attempt| NewFeedback {
            id: EventId::from_bits(next()),
            lead,
            attempt,
            word: LastWord { kind, value, at: NOW.plus_millis(after) },
            by: "usr_someone".to_owned(),
            note: format!("said {after}"),
        };
        assert_eq!(tables.last_word(lead, attempt).await, Ok(None));
        tables.append_feedback(&say(Feedback::Contacted, None, 1, attempt)).await.unwrap();
        let last = say(Feedback::Converted, Some(Micros::units(1200)), 5, attempt);
        tables.append_feedback(&last).await.unwrap();
        tables.append_feedback(&say(Feedback::Lost, None, 6, AttemptId::from_bits(next()))).await.unwrap();
        let note = "a note of another kind, and one from before posts were told apart";
        for kind in ["personal_viewed", "feedback_quoted"] {
            let event = EventId::from_bits(next());
            tables.append_history(event, lead, kind, note, "usr_someone", NOW.plus_millis(7)).await.unwrap();
        }
        assert_eq!(tables.last_word(lead, attempt).await, Ok(Some(last.word)), "not another buyer's");
        assert_eq!(foreign.last_word(lead, attempt).await, Ok(None));
        assert_eq!(foreign.append_feedback(&last).await, Err(StoreError::NotFound));
        let history = tables.lead_detail(lead).await.unwrap().history;
        let told: Vec<_> = history.iter().filter(|line| line.kind == "feedback_converted").collect();
        assert!(matches!(told[..], [line] if line.note == "said 5"), "{history:?}");
    }
}
