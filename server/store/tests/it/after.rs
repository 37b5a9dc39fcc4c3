//! What follows when a lead has come out: copies for silent contracts, and further rounds.

use crate::{
    harness::on_both,
    world::{NOW, World, contract, finish, next, receive, reserve, settle},
};
use exchange::{
    caps::{Bound, CapKey, Counter, Demand, Scope},
    ledger::copied,
    replay::{PostEnd, Replayed, replay},
    rollup::{ContractFact, LeadFact},
};
use model::{
    AttemptId, ContractId, Currency, EventId, LeadId, Micros, ProcessId, Reason,
    cap::{Limit, Window},
    contract::{ContractKind, SilentOn},
    lead::LeadState,
    tenant::Mode,
    trace::{Standing, Verdict},
};
use store::{
    AttemptState, Copied, CopyReceipt, DeliveredFilter, IntentReceipt, NewCopy, OutcomeReceipt, Receipt, Record,
    Reopen, Store, StoreError, round_job,
};

/// A silent contract of the second buyer.
async fn silent(store: &Store, world: &World) -> ContractId {
    let id = ContractId::from_bits(next());
    let mut contract = contract(id, world.campaign, world.buyers[1]);
    (contract.kind, contract.silent_on, contract.name) = (ContractKind::Silent, SilentOn::Always, "CRM".to_owned());
    world.tables(store).put_contract(&contract).await.unwrap();
    id
}

fn verdict(world: &World, contract_id: ContractId, standing: Standing) -> Verdict {
    Verdict {
        contract_id,
        contract: "CRM".to_owned(),
        buyer_id: world.buyers[1],
        buyer: "Buyer buyer-1".to_owned(),
        kind: ContractKind::Silent,
        standing,
        findings: Vec::new(),
        price: None,
        rank: None,
        ping: None,
        post: None,
    }
}

fn fact(world: &World, standing: Standing, paid: Micros) -> LeadFact {
    let buyer = world.buyers[1];
    let fact = world.unsold(LeadId::from_bits(1), Vec::new()).fact;
    let contracts = vec![ContractFact {
        buyer,
        contract: Some(world.contracts[1]),
        bid: None,
        standing,
        pinged: false,
        reasons: Vec::new(),
        ping_us: None,
        post_us: None,
    }];
    LeadFact { was: Some(fact.state), copy: true, reason: None, buyer: Some(buyer), revenue: paid, contracts, ..fact }
}

/// A copy that costs two and counts against a cap of one a day.
fn copy(world: &World, lead: LeadId, contract_id: ContractId) -> NewCopy {
    let key = CapKey { scope: Scope::Contract(contract_id), window: Window::Day, start: NOW.hour() };
    let price = Micros::units(2);
    NewCopy {
        tenant_id: world.tenant,
        campaign_id: world.campaign,
        lead_id: lead,
        copy_id: AttemptId::from_bits(next()),
        contract_id,
        buyer_id: world.buyers[1],
        price,
        demands: vec![Demand { key, limit: Limit::Count(1), price, bound: Bound::Cap }],
        at: NOW,
        verdict: serde_json::to_string(&verdict(world, contract_id, Standing::Waiting)).unwrap(),
        against: None,
    }
}

fn ended(world: &World, copy: &NewCopy, state: AttemptState) -> Copied {
    let paid = (state == AttemptState::Accepted).then_some(copy.price);
    let standing = if paid.is_some() { Standing::Copied } else { Standing::Unknown };
    Copied {
        tenant_id: world.tenant,
        lead_id: copy.lead_id,
        copy_id: copy.copy_id,
        state,
        paid,
        reference: Some("c-1".to_owned()),
        at: NOW.plus_millis(5),
        verdict: Some(serde_json::to_string(&verdict(world, copy.contract_id, standing)).unwrap()),
        entries: copied(copy.buyer_id, paid.unwrap_or_default(), Currency::USD),
        fact: fact(world, standing, paid.unwrap_or_default()),
        event_id: EventId::from_bits(next()),
        config_version: 7,
    }
}

async fn put(store: &Store, copy: NewCopy) -> CopyReceipt {
    match store.commit(&[Record::Copy(Box::new(copy))]).await.unwrap().remove(0) {
        Receipt::Copy(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

async fn take_down(store: &Store, copied: Copied) -> OutcomeReceipt {
    match store.commit(&[Record::Copied(Box::new(copied))]).await.unwrap().remove(0) {
        Receipt::Outcome(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

async fn reopen(store: &Store, reopen: Reopen) -> OutcomeReceipt {
    match store.commit(&[Record::Reopen(reopen)]).await.unwrap().remove(0) {
        Receipt::Outcome(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

async fn sound(store: &Store) {
    while store.fold_events(100).await.unwrap() > 0 {}
    let broken: Vec<_> = store.check().await.unwrap().into_iter().filter(|found| !found.ok).collect();
    assert_eq!(broken, []);
}

async fn state(store: &Store, world: &World, lead: LeadId) -> LeadState {
    world.tables(store).lead_answer(lead).await.unwrap().state
}

on_both! {
    async fn a_copy_is_reserved_paid_and_sealed_beside_the_sale(db: &Db) {
        let world = World::new(&db.store).await;
        let (tables, crm) = (world.tables(&db.store), silent(&db.store, &world).await);
        let lead = world.sale(&db.store, 0, Micros::units(10)).await;
        let copy = copy(&world, lead, crm);
        let posted = NewCopy { contract_id: world.contracts[0], ..copy.clone() };
        assert_eq!(put(&db.store, posted).await, CopyReceipt::Known(AttemptState::Accepted), "it has the lead");
        let key = (world.tenant, copy.demands[0].key);

        assert_eq!(put(&db.store, NewCopy { lead_id: LeadId::from_bits(next()), ..copy.clone() }).await, CopyReceipt::Gone);
        assert_eq!(put(&db.store, copy.clone()).await, CopyReceipt::Reserved);
        assert_eq!(put(&db.store, copy.clone()).await, CopyReceipt::Reserved, "its receipt was lost");
        let twin = NewCopy { copy_id: AttemptId::from_bits(next()), ..copy.clone() };
        assert_eq!(put(&db.store, twin.clone()).await, CopyReceipt::Known(AttemptState::Open), "once for each contract");
        let held = Counter { held: 1, held_money: copy.price, ..Counter::default() };
        assert_eq!(db.store.counters(&[key]).await.unwrap()[&key], held);
        sound(&db.store).await;

        let taken = ended(&world, &copy, AttemptState::Accepted);
        let stranger = Copied { copy_id: twin.copy_id, ..taken.clone() };
        assert_eq!(take_down(&db.store, stranger).await, OutcomeReceipt::Fenced);
        assert_eq!(take_down(&db.store, taken.clone()).await, OutcomeReceipt::Done);
        let again = Copied { event_id: EventId::from_bits(next()), ..taken };
        assert_eq!(take_down(&db.store, again).await, OutcomeReceipt::Fenced, "it is known");
        assert_eq!(put(&db.store, twin).await, CopyReceipt::Known(AttemptState::Accepted));
        let used = Counter { used: 1, used_money: copy.price, ..Counter::default() };
        assert_eq!(db.store.counters(&[key]).await.unwrap()[&key], used);

        // The lead is sold to whom it was sold to, for as much.
        let detail = tables.lead_detail(lead).await.unwrap();
        assert_eq!((detail.row.state, detail.row.revenue.unwrap().amount), (LeadState::Sold, Micros::units(10)));
        assert_eq!(detail.copies[0].verdict.standing, Standing::Copied);
        let kinds: Vec<_> = detail.history.iter().map(|line| line.kind.as_str()).collect();
        assert!(kinds.contains(&"copied") && kinds.contains(&"copy_accepted"), "{kinds:?}");
        assert_eq!(detail.ledger.iter().filter(|line| line.kind == "copy").count(), 2);
        assert_eq!(tables.attempts(lead).await.unwrap().len(), 1, "a copy is no post");

        // Figures and the buyer's account have its money.
        let totals = tables.totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.sold, totals.revenue, totals.payout), (1, Micros::units(12), Micros::units(5)));
        let hour = (NOW.hour(), NOW.plus_millis(3_600_000));
        let account = tables.account_of(world.buyers[1], hour.0, hour.1).await.unwrap();
        assert_eq!((account[0].entries, account[0].pays), (1, Micros::units(2)));
        let delivered = tables.delivered_lead(world.buyers[1], lead).await.unwrap();
        assert_eq!((delivered.contract.as_str(), delivered.pays.amount), ("CRM", Micros::units(2)));
        let page = tables.delivered(world.buyers[1], DeliveredFilter::default(), &Default::default(), 10).await.unwrap();
        assert_eq!(page.rows.len(), 1);
        sound(&db.store).await;
        assert_eq!(db.store.rebuild_rollups().await.unwrap(), 2, "of the sale and of the copy");
        sound(&db.store).await;
    }

    async fn a_full_cap_or_a_finding_keeps_a_copy_back(db: &Db) {
        let world = World::new(&db.store).await;
        let crm = silent(&db.store, &world).await;
        let first = world.sale(&db.store, 0, Micros::units(10)).await;
        assert_eq!(put(&db.store, copy(&world, first, crm)).await, CopyReceipt::Reserved);
        let lead = world.lead(&db.store).await;
        finish(&db.store, world.unsold(lead, Vec::new())).await;
        let second = copy(&world, lead, crm);
        let full = put(&db.store, second.clone()).await;
        assert!(matches!(full, CopyReceipt::CapFull { counter: Counter { held: 1, .. }, .. }), "{full:?}");
        assert_eq!(world.tables(&db.store).copies(lead).await.unwrap(), []);

        // Why it got none is written down, and a later outcome may decide otherwise.
        let against = Some((EventId::from_bits(next()), fact(&world, Standing::Excluded, Micros::ZERO)));
        let none = NewCopy { demands: Vec::new(), against, ..second.clone() };
        assert_eq!(put(&db.store, none).await, CopyReceipt::Noted);
        let rows = world.tables(&db.store).copies(lead).await.unwrap();
        assert_eq!((rows.len(), rows[0].state), (1, None));
        let later = NewCopy { demands: Vec::new(), copy_id: AttemptId::from_bits(next()), ..second };
        assert_eq!(put(&db.store, later.clone()).await, CopyReceipt::Reserved);
        assert_eq!(take_down(&db.store, ended(&world, &later, AttemptState::Rejected)).await, OutcomeReceipt::Done);
        sound(&db.store).await;
    }

    async fn a_copy_in_doubt_waits_for_a_word(db: &Db) {
        let world = World::new(&db.store).await;
        let (tables, crm) = (world.tables(&db.store), silent(&db.store, &world).await);
        let lead = world.sale(&db.store, 0, Micros::units(10)).await;
        let copy = copy(&world, lead, crm);
        put(&db.store, copy.clone()).await;
        assert_eq!(take_down(&db.store, ended(&world, &copy, AttemptState::Unknown)).await, OutcomeReceipt::Done);
        let doubts = tables.unknown_copies().await.unwrap();
        assert_eq!(doubts.iter().map(|row| row.id).collect::<Vec<_>>(), [copy.copy_id]);
        assert_eq!(tables.unknown_attempts().await.unwrap(), []);
        sound(&db.store).await;
        assert_eq!(take_down(&db.store, ended(&world, &copy, AttemptState::Accepted)).await, OutcomeReceipt::Done);
        assert_eq!(tables.unknown_copies().await.unwrap(), []);
        sound(&db.store).await;

        // The proof of the lead stays that of its outcome.
        let proof = tables.proof(lead).await.unwrap();
        assert!(proof.record.starts_with(r#"{"record":"lead""#), "{}", proof.record);
    }

    async fn copies_that_were_changed_are_found(db: &Db) {
        let world = World::new(&db.store).await;
        let crm = silent(&db.store, &world).await;
        let lead = world.sale(&db.store, 0, Micros::units(10)).await;
        let copy = copy(&world, lead, crm);
        put(&db.store, copy.clone()).await;
        take_down(&db.store, ended(&world, &copy, AttemptState::Accepted)).await;
        sound(&db.store).await;
        db.tamper("UPDATE copies SET paid = 1000000").await;
        let found = db.store.check().await.unwrap();
        let broken: Vec<_> = found.iter().filter(|found| !found.ok).map(|found| found.name).collect();
        for name in [
            "used caps are what accepted posts and copies add up to",
            "the ledger's money of copies is what their buyers pay",
            "audit: every finished lead is what its record says",
        ] {
            assert!(broken.contains(&name), "{name} in {broken:?}");
        }
        db.tamper("UPDATE copies SET paid = 2000000").await;
        db.tamper("CREATE TABLE kept AS SELECT * FROM audit_records WHERE kind = 'copy'").await;
        db.tamper("DELETE FROM audit_records WHERE kind = 'copy'").await;
        let found = db.store.check().await.unwrap();
        let broken: Vec<_> = found.iter().filter(|found| !found.ok).map(|found| found.name).collect();
        assert_eq!(broken, [
            "audit: every record is the one that was sealed",
            "audit: every finished lead is what its record says",
        ]);
        // The store is left as it was.
        db.tamper("INSERT INTO audit_records SELECT * FROM kept; DROP TABLE kept").await;
    }

    async fn a_round_begins_once_and_only_of_an_unsold_lead(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let lead = world.lead(&db.store).await;
        let first = Reopen {
            tenant_id: world.tenant,
            lead_id: lead,
            owner: ProcessId::from_bits(next()),
            round: 1,
            at: NOW.plus_millis(60_000),
        };
        assert_eq!(reopen(&db.store, first).await, OutcomeReceipt::Fenced, "it is being auctioned");
        let refused = world.intent(lead, 0, Micros::units(3));
        reserve(&db.store, refused.clone()).await;
        finish(&db.store, world.unsold(lead, vec![settle(&refused, AttemptState::Rejected)])).await;
        assert_eq!(reopen(&db.store, Reopen { round: 2, ..first }).await, OutcomeReceipt::Fenced, "not its next round");
        assert_eq!(reopen(&db.store, first).await, OutcomeReceipt::Done);
        assert_eq!(reopen(&db.store, first).await, OutcomeReceipt::Fenced, "it has begun");
        assert_eq!(state(&db.store, &world, lead).await, LeadState::Processing);

        // Whoever goes on with it knows what was told, and the source keeps its answer.
        let whole = tables.whole_lead(lead).await.unwrap();
        assert_eq!((whole.round, whole.told(), whole.changes), (1, Some(LeadState::Unsold), 1));
        assert_eq!((whole.reason, whole.duration_ms, whole.attempts.len()), (Some(Reason::NoBid), Some(12), 1));
        assert_eq!(tables.answer(world.source, lead).await.unwrap().status, "unsold");
        sound(&db.store).await;
        let dead = world.unsold(lead, Vec::new());
        assert_eq!(finish(&db.store, dead).await, OutcomeReceipt::Fenced, "it is another process' now");

        // Another contract takes it in the second round; the one that refused is never posted again.
        let owner = first.owner;
        let again = store::Intent { owner, ..world.intent(lead, 0, Micros::units(3)) };
        assert_eq!(reserve(&db.store, again).await, IntentReceipt::Fenced);
        let taken = store::Intent { owner, at: first.at.plus_millis(5), ..world.intent(lead, 1, Micros::units(4)) };
        assert_eq!(reserve(&db.store, taken.clone()).await, IntentReceipt::Reserved);
        let mut sold = store::Outcome { owner, at: first.at.plus_millis(9), ..world.sold(&taken) };
        sold.fact.was = Some(LeadState::Unsold);
        assert_eq!(finish(&db.store, sold).await, OutcomeReceipt::Done);
        sound(&db.store).await;
        let totals = tables.totals(NOW.hour(), NOW.plus_millis(3_600_000)).await.unwrap();
        assert_eq!((totals.received, totals.sold, totals.unsold), (1, 1, 0));
        let detail = tables.lead_detail(lead).await.unwrap();
        assert_eq!((detail.rounds.len(), detail.rounds[0].until, detail.again_at), (1, first.at, None));
        assert!(detail.history.iter().any(|line| line.kind == "offered_again"), "{:?}", detail.history);

        // Each round is recorded with the posts and outcomes of its own time.
        let span = (world.campaign, NOW, NOW.plus_millis(1));
        let recorded = tables.recorded_leads(span, None, 10).await.unwrap();
        let of: Vec<_> = recorded.iter().map(|one| (one.round, one.state, one.posts.len(), one.facts.len())).collect();
        assert_eq!(of, [(0, LeadState::Unsold, 1, 1), (1, LeadState::Sold, 1, 1)]);
        assert_eq!(recorded[0].posts[0].end, PostEnd::Rejected);
        assert_eq!(replay(&recorded[1]), Replayed::NoAuction, "nothing was taped here");
    }

    async fn a_lead_that_somebody_may_have_is_not_offered_again(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let doubtful = world.intent(lead, 0, Micros::units(3));
        reserve(&db.store, doubtful.clone()).await;
        finish(&db.store, world.unsold(lead, vec![settle(&doubtful, AttemptState::Unknown)])).await;
        let (owner, at) = (world.me, NOW.plus_millis(60_000));
        let first = Reopen { tenant_id: world.tenant, lead_id: lead, owner, round: 1, at };
        assert_eq!(reopen(&db.store, first).await, OutcomeReceipt::Fenced);
    }

    async fn a_round_waits_once_and_its_page_says_when(db: &Db) {
        let world = World::new(&db.store).await;
        let lead = world.lead(&db.store).await;
        let mut job = crate::jobs::job(store::REOFFER, NOW.plus_millis(60_000));
        job.id = round_job(lead, 1);
        let mut outcome = world.unsold(lead, Vec::new());
        outcome.jobs = vec![job.clone(), job.clone()];
        assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
        assert_eq!(db.store.waiting_jobs().await.unwrap(), [(store::REOFFER.to_owned(), 1)]);
        let detail = world.tables(&db.store).lead_detail(lead).await.unwrap();
        assert_eq!(detail.again_at, Some(job.run_at));

        // There was no room for it: it comes again as if it had not been taken.
        let kinds = &[store::COPY, store::REOFFER];
        let taken = db.store.take_jobs(kinds, job.run_at, job.run_at.plus_millis(50), 9).await.unwrap();
        db.store.postpone_job(&taken[0], job.run_at.plus_millis(10)).await.unwrap();
        assert_eq!(db.store.postpone_job(&taken[0], job.run_at).await, Err(StoreError::NotFound));
        let later = job.run_at.plus_millis(10);
        let again = db.store.take_jobs(kinds, later, later.plus_millis(50), 9).await.unwrap();
        assert_eq!((again[0].id, again[0].tries), (job.id, 1));
    }

    async fn the_money_of_a_test_leads_copy_is_not_money(db: &Db) {
        let world = World::new(&db.store).await;
        let crm = silent(&db.store, &world).await;
        let mut received = world.received();
        received.mode = Mode::Test;
        let lead = received.lead_id;
        receive(&db.store, received).await;
        finish(&db.store, world.unsold(lead, Vec::new())).await;
        let copy = NewCopy { demands: Vec::new(), ..copy(&world, lead, crm) };
        put(&db.store, copy.clone()).await;
        let mut taken = ended(&world, &copy, AttemptState::Accepted);
        taken.entries.clear();
        taken.fact.test = true;
        assert_eq!(take_down(&db.store, taken).await, OutcomeReceipt::Done);
        sound(&db.store).await;
    }
}
