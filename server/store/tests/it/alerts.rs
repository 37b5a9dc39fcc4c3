//! Alerts: who looks for them, what is kept of a look, who knows of them, and what contracts did.

use crate::{
    harness::{Db, on_both},
    world::{NOW, World, finish, next, reserve, settle},
};
use exchange::{
    alert::{Change, DoubtFigures},
    rollup::{Activity, ContractFact},
};
use model::{
    AlertId, ContractId, EndpointId, JobId, Micros, Reason, Timestamp, UserId,
    alert::{Acknowledged, Alert, AlertFilter, AlertKind, AlertSettings, Quantity, Sighting},
    endpoint::{Endpoint, Event, Target},
    lead::LeadState,
    page::Cursor,
    time::{DAY, HOUR},
    trace::{Stage, Standing},
};
use store::{AttemptState, ContractDays, DELIVER, Look, NewJob, Saw, StoreError, TenantStore};

const MINUTE: i64 = 60_000;
const PAST: AlertFilter = AlertFilter { open: false, kind: None };

fn alert(subject: &str, episode: &str) -> Alert {
    let seen = Sighting {
        kind: AlertKind::CapReached,
        subject: subject.to_owned(),
        episode: episode.to_owned(),
        about: "Acme, Standard".to_owned(),
        value: Quantity::Count(5),
        threshold: Quantity::Count(5),
        cause: "It is full.".to_owned(),
        buyer_id: None,
        contract_id: Some(ContractId::from_bits(4)),
        endpoint_id: None,
    };
    let id = AlertId::from_bits(next());
    Alert { id, seen, opened_at: NOW, seen_at: NOW, count: 1, resolved_at: None, acknowledged: None }
}

/// Takes the look at a tenant that is due.
async fn take(db: &Db, world: &World, now: Timestamp) -> Option<Look> {
    let looks = db.store.take_looks(now, now.plus_millis(2 * MINUTE)).await.unwrap();
    looks.into_iter().find(|look| look.tenant_id == world.tenant)
}

/// A look at a tenant that sees such changes.
async fn look(db: &Db, world: &World, now: Timestamp, changes: &[Change]) {
    let look = take(db, world, now).await.expect("it is due");
    let kept = world
        .tables(&db.store)
        .keep_look(look, (now, now.plus_millis(MINUTE)), Saw { changes: changes.to_vec(), ..Saw::default() })
        .await;
    assert_eq!(kept, Ok(true));
}

async fn open(tables: &TenantStore) -> Vec<Alert> {
    tables.alerts(AlertFilter::OPEN, &Cursor::Newest, 10).await.unwrap().rows
}

fn known(until: Option<Timestamp>) -> Acknowledged {
    Acknowledged { at: NOW, by: "Ola".to_owned(), note: "I ask them.".to_owned(), until }
}

on_both! {
    async fn one_server_at_a_time_looks_and_whoever_lost_its_lease_writes_nothing(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let first = take(db, &world, NOW).await.expect("nobody has looked yet");
        assert_eq!(take(db, &world, NOW).await, None, "somebody looks");
        // It dies; another takes the look when the lease is over.
        let later = NOW.plus_millis(2 * MINUTE);
        let second = take(db, &world, later).await.expect("the lease is over");
        let opened = || Saw { changes: vec![Change::Opened(alert("con_1", ""))], ..Saw::default() };
        let next_at = later.plus_millis(MINUTE);
        assert_eq!(tables.keep_look(first, (later, next_at), opened()).await, Ok(false));
        assert_eq!(open(&tables).await, []);
        assert_eq!(tables.keep_look(second, (later, next_at), opened()).await, Ok(true));
        assert_eq!(open(&tables).await.len(), 1);
        assert_eq!(take(db, &world, later.plus_millis(MINUTE - 1)).await, None, "it is not due");
        // Other terms, and it is due at once.
        let settings = AlertSettings { cap_near: 900_000, off: vec![AlertKind::Doubts], ..AlertSettings::default() };
        assert_eq!(tables.alert_settings().await, Ok(AlertSettings::default()));
        tables.set_alert_settings(&settings).await.unwrap();
        assert_eq!(tables.alert_settings().await, Ok(settings));
        assert!(take(db, &world, later).await.is_some());
        let other = World::new(&db.store).await;
        other.tables(&db.store).set_alert_settings(&AlertSettings::default()).await.unwrap();
        assert!(take(db, &other, later).await.is_some(), "settings before the first look");
    }

    async fn an_alert_is_kept_from_its_opening_to_its_end(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let (full, failing) = (alert("con_1/day/count", "0/5"), alert("end_1", ""));
        let hook = Endpoint {
            id: EndpointId::from_bits(next()),
            name: "Hook".to_owned(),
            active: true,
            disabled_reason: None,
            test: false,
            source_id: None,
            campaign_id: None,
            on: vec![Event::AlertOpened],
            target: Target::Webhook { url: "https://hook.example/in".to_owned() },
        };
        tables.create_endpoint(&hook, b"s").await.unwrap();
        assert_eq!(tables.endpoints_failing().await.unwrap(), [(hook.clone(), None)]);
        let message = NewJob {
            id: JobId::from_bits(next()),
            kind: DELIVER.to_owned(),
            lane: Some(hook.id),
            payload: "{}".to_owned(),
            run_at: NOW,
        };
        let taken = take(db, &world, NOW).await.expect("it is due");
        let changes = vec![Change::Opened(full.clone()), Change::Opened(failing.clone())];
        let saw = Saw { changes, messages: vec![message], written: Vec::new() };
        let times = (NOW, NOW.plus_millis(MINUTE));
        assert_eq!(tables.keep_look(taken, times, saw).await, Ok(true));
        assert_eq!(tables.waiting_messages(hook.id).await.unwrap().len(), 1, "it is told with what caused it");
        assert_eq!(open(&tables).await, [failing.clone(), full.clone()], "the newest first");
        let first = tables.alerts(AlertFilter::OPEN, &Cursor::Newest, 1).await.unwrap();
        assert_eq!((first.rows.len(), first.newer), (1, None));
        let rest = tables.alerts(AlertFilter::OPEN, &Cursor::OlderThan(first.older.unwrap()), 1).await.unwrap();
        assert_eq!((rest.rows, rest.older), (vec![full.clone()], None));
        let of_kind = AlertFilter { open: true, kind: Some(AlertKind::Doubts) };
        assert_eq!(tables.alerts(of_kind, &Cursor::Newest, 10).await.unwrap().rows, []);
        assert_eq!(tables.waiting().await.unwrap().alerts, 2);

        let minute = NOW.plus_millis(MINUTE);
        let seen = Alert { seen_at: minute, count: 2, ..full.clone() };
        let over = Alert { resolved_at: Some(minute), ..failing.clone() };
        look(db, &world, minute, &[Change::Resolved(over.clone()), Change::Seen(seen.clone())]).await;
        assert_eq!(open(&tables).await, std::slice::from_ref(&seen));
        assert_eq!(tables.alert(over.id).await, Ok(over.clone()));
        assert_eq!(tables.alerts(PAST, &Cursor::Newest, 10).await.unwrap().rows, [over]);
        assert_eq!(tables.known_alerts(NOW).await.unwrap(), std::slice::from_ref(&seen), "what is over and has no episode is over");
        // The same may begin anew while the old one stays.
        let (again, later) = (alert("end_1", ""), minute.plus_millis(MINUTE));
        let done = Alert { resolved_at: Some(later), ..seen.clone() };
        look(db, &world, later, &[Change::Resolved(done.clone()), Change::Opened(again.clone())]).await;
        assert_eq!(open(&tables).await, [again]);
        assert_eq!(tables.known_alerts(later).await.unwrap().len(), 2, "in its window it is known what was told");
        assert_eq!(tables.known_alerts(later.plus_millis(1)).await.unwrap().len(), 1);
        assert_eq!(db.store.delete_alerts_before(NOW.plus_millis(1)).await, Ok(1));
        assert_eq!(tables.alerts(PAST, &Cursor::Newest, 10).await.unwrap().rows, [done]);

        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(open(&foreign).await, []);
        assert_eq!(foreign.alert(seen.id).await, Err(StoreError::NotFound));
        assert_eq!(foreign.waiting().await.unwrap().alerts, 0);
    }

    async fn who_knows_of_an_alert_is_not_called_until_it_is_time(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let one = alert("con_1", "");
        look(db, &world, NOW, &[Change::Opened(one.clone())]).await;
        let calling = async || tables.waiting().await.unwrap().alerts;
        tables.acknowledge_alert(one.id, Some(&known(None))).await.unwrap();
        assert_eq!((calling().await, tables.alert(one.id).await.unwrap().acknowledged), (0, Some(known(None))));
        tables.acknowledge_alert(one.id, None).await.unwrap();
        assert_eq!((calling().await, tables.alert(one.id).await.unwrap().acknowledged), (1, None));
        // A look keeps what a person said, until the time they said.
        let until = NOW.plus_millis(2 * MINUTE);
        tables.acknowledge_alert(one.id, Some(&known(Some(until)))).await.unwrap();
        for (minutes, calls) in [(1, 0), (2, 1)] {
            let now = NOW.plus_millis(minutes * MINUTE);
            let seen = Alert { seen_at: now, count: 1 + minutes, ..one.clone() };
            look(db, &world, now, &[Change::Seen(seen)]).await;
            assert_eq!(calling().await, calls, "after {minutes} minutes");
        }
        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(foreign.acknowledge_alert(one.id, None).await, Err(StoreError::NotFound));
        let now = NOW.plus_millis(3 * MINUTE);
        look(db, &world, now, &[Change::Resolved(Alert { resolved_at: Some(now), ..one.clone() })]).await;
        assert_eq!(tables.acknowledge_alert(one.id, None).await, Err(StoreError::NotFound), "it is over");
    }

    async fn whoever_wants_letters_is_known_with_until_when_everything_was_written(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let (ada, bob) = (UserId::from_bits(next()), UserId::from_bits(next()));
        assert_eq!(tables.reads_alerts(ada).await, Ok(false));
        tables.set_reads_alerts(ada, Some(NOW)).await.unwrap();
        tables.set_reads_alerts(bob, Some(NOW)).await.unwrap();
        let taken = take(db, &world, NOW).await.expect("it is due");
        let later = NOW.plus_millis(MINUTE);
        let saw = Saw { written: vec![ada], ..Saw::default() };
        assert_eq!(tables.keep_look(taken, (later, later), saw).await, Ok(true));
        assert_eq!(tables.alert_readers().await.unwrap(), [(ada, later), (bob, NOW)]);
        tables.set_reads_alerts(ada, Some(NOW)).await.unwrap();
        assert_eq!(tables.alert_readers().await.unwrap()[0], (ada, later), "nothing is written twice");
        tables.set_reads_alerts(bob, None).await.unwrap();
        assert_eq!((tables.reads_alerts(ada).await, tables.reads_alerts(bob).await), (Ok(true), Ok(false)));
        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(foreign.alert_readers().await.unwrap(), []);
    }

    async fn the_days_of_contracts_are_the_same_folded_or_not(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let of = |standing, bid, reasons: &[(Stage, Reason)]| ContractFact {
            buyer: world.buyers[0],
            contract: Some(world.contracts[0]),
            bid,
            standing,
            pinged: true,
            reasons: reasons.to_vec(),
            ping_us: None,
            post_us: None,
        };
        let ten = Some(Micros::units(10));
        let refused = || of(Standing::Rejected, ten, &[(Stage::Post, Reason::BuyerDuplicate)]);
        let late = of(Standing::Failed, None, &[(Stage::Ping, Reason::LateBid)]);
        let no = of(Standing::Rejected, None, &[(Stage::Ping, Reason::BuyerGeo)]);
        let sold = || of(Standing::Sold, ten, &[]);
        for (hours, fact) in [(0, sold()), (0, late), (1, refused()), (2, no), (24, sold()), (26, refused())] {
            let lead = world.lead(&db.store).await;
            let mut outcome = world.unsold(lead, Vec::new());
            outcome.fact.came = Some(Timestamp(NOW.0 - hours * HOUR));
            outcome.fact.contracts = vec![fact];
            finish(&db.store, outcome).await;
        }
        // A test lead is in no figure.
        let lead = world.lead(&db.store).await;
        let mut test = world.unsold(lead, Vec::new());
        test.fact.test = true;
        finish(&db.store, test).await;

        let recent = Timestamp(NOW.hour().0 - HOUR);
        let expected = ContractDays {
            recent: Activity { pinged: 3, timed_out: 1, bids: 2, bid_sum: Micros::units(20), accepted: 1, refused: 1 },
            days: vec![
                Activity { pinged: 2, bids: 1, bid_sum: Micros::units(10), accepted: 1, ..Activity::default() },
                Activity { pinged: 1, bids: 1, bid_sum: Micros::units(10), refused: 1, ..Activity::default() },
            ],
        };
        let days = async || tables.contract_days(recent).await.unwrap();
        assert_eq!(days().await.into_iter().collect::<Vec<_>>(), [(world.contracts[0], expected.clone())]);
        assert_eq!(db.store.fold_events(3).await.unwrap(), 3);
        assert_eq!(days().await[&world.contracts[0]], expected, "half folded");
        db.holds().await;
        db.store.fold_events(100).await.unwrap();
        assert_eq!(days().await[&world.contracts[0]], expected, "folded");
        db.holds().await;
        db.store.rebuild_rollups().await.unwrap();
        assert_eq!(days().await[&world.contracts[0]], expected, "folded again");
        assert_eq!(tables.contract_days(Timestamp(NOW.0 + 9 * DAY)).await.unwrap(), Default::default());
        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(foreign.contract_days(recent).await.unwrap(), Default::default());
    }

    async fn posts_in_doubt_are_counted_with_their_age(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        assert_eq!(tables.doubt_figures().await, Ok(DoubtFigures::default()));
        let lead = world.lead(&db.store).await;
        let intent = world.intent(lead, 0, Micros::units(10));
        reserve(&db.store, intent.clone()).await;
        let unknown = world.outcome(lead, LeadState::Unknown, vec![settle(&intent, AttemptState::Unknown)]);
        finish(&db.store, unknown).await;
        assert_eq!(tables.doubt_figures().await, Ok(DoubtFigures { count: 1, oldest: Some(NOW) }));
        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(foreign.doubt_figures().await, Ok(DoubtFigures::default()));
    }
}
