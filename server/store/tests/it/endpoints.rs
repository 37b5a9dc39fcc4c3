//! Endpoints, what waits for them, and the log of what they were told.

use crate::{
    harness::{Db, on_both},
    world::{NOW, World, finish, next},
};
use model::{
    CampaignId, DeliveryId, EndpointId, JobId, LeadId, MessageId, SourceId, Timestamp,
    endpoint::{Delivery, DeliveryState, Endpoint, Event, Method, Target},
    page::Cursor,
};
use store::{DELIVER, DeliveryFilter, Job, NewJob, OutcomeReceipt, StoreError};

fn endpoint(name: &str) -> Endpoint {
    Endpoint {
        id: EndpointId::from_bits(next()),
        name: name.to_owned(),
        active: true,
        disabled_reason: None,
        test: false,
        source_id: None,
        campaign_id: None,
        on: vec![Event::Sold, Event::Returned],
        target: Target::Webhook { url: "https://hook.example/in".to_owned() },
    }
}

/// Enqueues so many messages for an endpoint, all due now, with what caused them; in the order they will be taken.
async fn enqueue(db: &Db, world: &World, endpoint: EndpointId, count: usize) -> (LeadId, Vec<MessageId>) {
    let lead = world.lead(&db.store).await;
    let messages: Vec<_> = (0..count).map(|_| MessageId::from_bits(next())).collect();
    let mut outcome = world.unsold(lead, Vec::new());
    let job = |message: &MessageId| NewJob {
        id: JobId::from_bits(message.bits()),
        kind: DELIVER.to_owned(),
        lane: Some(endpoint),
        payload: format!("{{\"id\":\"{message}\"}}"),
        run_at: NOW,
    };
    outcome.jobs = messages.iter().map(job).collect();
    assert_eq!(finish(&db.store, outcome).await, OutcomeReceipt::Done);
    (lead, messages)
}

fn tried(job: &Job, (endpoint, lead): (EndpointId, LeadId), state: DeliveryState, at: Timestamp) -> Delivery {
    let pending = state == DeliveryState::Pending;
    Delivery {
        id: DeliveryId::from_bits(next()),
        message_id: MessageId::from_bits(job.id.bits()),
        endpoint_id: endpoint,
        lead_id: Some(lead),
        event: Event::Unsold,
        attempt: u32::try_from(job.tries).unwrap(),
        at,
        method: Method::Post,
        url: "https://hook.example/in?x=ü".to_owned(),
        body: "{\"type\":\"lead.unsold\"}".to_owned(),
        status: (!pending).then_some(200),
        took_us: 1234,
        answer: "ok".to_owned(),
        error: pending.then(|| "the time was over".to_owned()),
        state,
        next_at: pending.then(|| at.plus_millis(5000)),
    }
}

async fn take(db: &Db, world: &World, endpoint: EndpointId, now: Timestamp, burst: u32) -> Vec<Job> {
    let whose = [(world.tenant, endpoint)];
    let mut taken = db.store.take_messages(now, now.plus_millis(60_000), &whose, burst).await.unwrap();
    taken.pop().map(|taken| taken.jobs).unwrap_or_default()
}

/// Writes down one try: since when its endpoint has failed, or none when the lease was lost.
async fn settle(db: &Db, job: &Job, delivery: &Delivery) -> Option<Option<Timestamp>> {
    let settled = db.store.settle_messages(&[(job.clone(), Some(delivery.clone()))]).await.unwrap();
    settled[0].written.then_some(settled[0].failing_since)
}

fn ids(jobs: &[Job]) -> Vec<MessageId> {
    jobs.iter().map(|job| MessageId::from_bits(job.id.bits())).collect()
}

on_both! {
    async fn an_endpoint_comes_back_with_its_secrets_beside_it(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let mut hook = endpoint("Hook");
        let before = db.store.config_version().await.unwrap();
        tables.create_endpoint(&hook, b"sealed-1").await.unwrap();
        assert_eq!(tables.create_endpoint(&hook, b"twice").await, Err(StoreError::Conflict));
        let row = tables.endpoint(hook.id).await.unwrap();
        assert_eq!((&row.endpoint, row.secret.as_slice(), row.old_secret.as_slice()), (&hook, &b"sealed-1"[..], &b""[..]));
        assert_eq!(row.failing_since, None);

        tables.rotate_endpoint_secret(hook.id, b"sealed-2", NOW).await.unwrap();
        let row = tables.endpoint(hook.id).await.unwrap();
        assert_eq!((row.secret.as_slice(), row.old_secret.as_slice(), row.old_until), (&b"sealed-2"[..], &b"sealed-1"[..], NOW));

        hook.name = "Another".to_owned();
        hook.source_id = Some(world.source);
        hook.campaign_id = Some(world.campaign);
        tables.update_endpoint(&hook).await.unwrap();
        assert_eq!(tables.endpoints().await.unwrap(), [hook.clone()]);
        assert_eq!(tables.endpoint(hook.id).await.unwrap().secret, b"sealed-2", "a change keeps the secret");
        let config = db.store.load_config().await.unwrap();
        assert!(config.version > before);
        assert_eq!(config.endpoints, [(world.tenant, hook.clone())]);

        let mut nowhere = endpoint("Nowhere");
        nowhere.source_id = Some(SourceId::from_bits(next()));
        assert_eq!(tables.create_endpoint(&nowhere, b"").await, Err(StoreError::Conflict));
        hook.campaign_id = Some(CampaignId::from_bits(next()));
        assert_eq!(tables.update_endpoint(&hook).await, Err(StoreError::Conflict));
        assert_eq!(tables.update_endpoint(&nowhere).await, Err(StoreError::NotFound));

        let other = World::new(&db.store).await;
        let foreign = other.tables(&db.store);
        assert_eq!(foreign.endpoint(hook.id).await, Err(StoreError::NotFound));
        assert_eq!(foreign.endpoints().await.unwrap(), []);
        assert_eq!(foreign.delete_endpoint(hook.id).await, Err(StoreError::NotFound));
        assert_eq!(foreign.disable_endpoint(hook.id, "no").await, Err(StoreError::NotFound));
        assert_eq!(foreign.rotate_endpoint_secret(hook.id, b"x", NOW).await, Err(StoreError::NotFound));
        assert_eq!(db.store.take_messages(NOW, NOW, &[(other.tenant, hook.id)], 1).await.unwrap(), []);
    }

    async fn messages_are_taken_in_order_and_only_so_many_at_once(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let (hook, other) = (endpoint("Hook"), endpoint("Other"));
        tables.create_endpoint(&hook, b"s").await.unwrap();
        tables.create_endpoint(&other, b"s").await.unwrap();
        let (lead, messages) = enqueue(db, &world, hook.id, 3).await;
        enqueue(db, &world, other.id, 1).await;
        assert_eq!(db.store.take_jobs(&["deliver"], NOW, NOW.plus_millis(1), 10).await.unwrap(), [], "a lane is not for everybody");
        assert_eq!(db.store.due_endpoints(NOW.plus_millis(-1), 10).await.unwrap(), []);
        let due = db.store.due_endpoints(NOW, 10).await.unwrap();
        assert_eq!(due, [(world.tenant, hook.id), (world.tenant, other.id)]);

        let first = take(db, &world, hook.id, NOW, 2).await;
        assert_eq!(ids(&first), messages[..2]);
        assert_eq!(take(db, &world, hook.id, NOW, 2).await, [], "two are under way, here or elsewhere");
        assert_eq!(db.store.due_endpoints(NOW, 10).await.unwrap().len(), 2, "the third is due");

        // The first is delivered, the second fails and comes again.
        let place = (hook.id, lead);
        let done = tried(&first[0], place, DeliveryState::Delivered, NOW);
        let failed = tried(&first[1], place, DeliveryState::Pending, NOW);
        let batch = [(first[0].clone(), Some(done.clone())), (first[1].clone(), Some(failed.clone()))];
        let settled = db.store.settle_messages(&batch).await.unwrap();
        assert!(settled.iter().all(|settlement| settlement.written));
        assert_eq!(settled.iter().map(|s| s.failing_since).collect::<Vec<_>>(), [None, Some(NOW)]);
        assert_eq!(settle(db, &first[0], &done).await, None, "it is written down once");

        // The third is taken and given back untried, taken again, and its server dies.
        let third = take(db, &world, hook.id, NOW, 9).await;
        assert_eq!(ids(&third), messages[2..], "the second is not due");
        assert!(db.store.settle_messages(&[(third[0].clone(), None)]).await.unwrap()[0].written);
        assert_eq!(take(db, &world, hook.id, NOW, 9).await, third);
        let later = NOW.plus_millis(60_000);
        let again = take(db, &world, hook.id, later, 4).await;
        assert_eq!(ids(&again), [messages[2], messages[1]], "by when they are due");
        assert_eq!(again.iter().map(|job| job.tries).collect::<Vec<_>>(), [2, 2]);
        let late = tried(&third[0], place, DeliveryState::Delivered, later);
        assert_eq!(settle(db, &third[0], &late).await, None, "its lease was lost");
        let dead = tried(&again[1], place, DeliveryState::Failed, later);
        assert_eq!(settle(db, &again[1], &dead).await, Some(Some(NOW)), "since the first failure");
        assert_eq!(tables.endpoint(hook.id).await.unwrap().failing_since, Some(NOW));
        let alive = tried(&again[0], place, DeliveryState::Delivered, later);
        assert_eq!(settle(db, &again[0], &alive).await, Some(None));
        assert_eq!(tables.endpoint(hook.id).await.unwrap().failing_since, None);
        assert_eq!(tables.waiting_messages(hook.id).await.unwrap(), []);

        let all = tables.deliveries(&DeliveryFilter::default(), &Cursor::Newest, 10).await.unwrap();
        assert_eq!(all.rows, [alive, dead.clone(), failed.clone(), done]);
        let of = DeliveryFilter { message: Some(messages[1]), ..DeliveryFilter::default() };
        assert_eq!(tables.deliveries(&of, &Cursor::Newest, 10).await.unwrap().rows, [dead.clone(), failed]);
        let state = Some(DeliveryState::Failed);
        let of = DeliveryFilter { endpoint: Some(hook.id), lead: Some(lead), state, message: None };
        assert_eq!(tables.deliveries(&of, &Cursor::Newest, 10).await.unwrap().rows, [dead]);
        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(foreign.deliveries(&DeliveryFilter::default(), &Cursor::Newest, 10).await.unwrap().rows, []);
    }

    async fn the_log_is_read_page_by_page_and_ages(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let hook = endpoint("Hook");
        tables.create_endpoint(&hook, b"s").await.unwrap();
        let (lead, _) = enqueue(db, &world, hook.id, 5).await;
        for (n, job) in take(db, &world, hook.id, NOW, 5).await.iter().enumerate() {
            let at = NOW.plus_millis(i64::try_from(n).unwrap());
            let done = tried(job, (hook.id, lead), DeliveryState::Delivered, at);
            settle(db, job, &done).await.expect("the lease is ours");
        }
        let page = async |cursor| tables.deliveries(&DeliveryFilter::default(), &cursor, 2).await.unwrap();
        let first = page(Cursor::Newest).await;
        let second = page(Cursor::OlderThan(first.older.clone().unwrap())).await;
        let third = page(Cursor::OlderThan(second.older.clone().unwrap())).await;
        assert_eq!((first.rows.len(), second.rows.len(), third.rows.len()), (2, 2, 1));
        assert_eq!((first.newer, third.older), (None, None));
        assert_eq!(page(Cursor::NewerThan(third.newer.unwrap())).await.rows, second.rows);
        assert_eq!(db.store.delete_deliveries_before(NOW.plus_millis(2)).await, Ok(2));
        assert_eq!(page(Cursor::OlderThan(second.older.unwrap())).await.rows, []);
    }

    async fn what_was_told_can_be_told_again(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let hook = endpoint("Hook");
        tables.create_endpoint(&hook, b"s").await.unwrap();
        let (lead, messages) = enqueue(db, &world, hook.id, 2).await;
        let jobs = take(db, &world, hook.id, NOW, 2).await;
        let states = [DeliveryState::Delivered, DeliveryState::Failed];
        for (job, state) in jobs.iter().zip(states) {
            settle(db, job, &tried(job, (hook.id, lead), state, NOW)).await.expect("the lease is ours");
        }
        let later = NOW.plus_millis(1000);
        let unknown = tables.replay_message(MessageId::from_bits(next()), later).await;
        assert_eq!(unknown, Err(StoreError::NotFound));
        tables.replay_message(messages[0], later).await.unwrap();
        tables.replay_message(messages[0], later).await.unwrap();
        let again = take(db, &world, hook.id, later, 9).await;
        assert_eq!(ids(&again), messages[..1], "asked for twice, it is one message still");
        assert_eq!((&again[0].payload, again[0].tries), (&jobs[0].payload, 1));
        settle(db, &again[0], &tried(&again[0], (hook.id, lead), DeliveryState::Delivered, later)).await.expect("the lease is ours");

        let all = (Timestamp(0), later.plus_millis(1));
        assert_eq!(tables.replay_span(hook.id, (Timestamp(0), NOW), false, later).await, Ok(0));
        assert_eq!(tables.replay_span(hook.id, all, true, later).await, Ok(1));
        assert_eq!(tables.replay_span(hook.id, all, false, later).await, Ok(2));
        assert_eq!(tables.waiting_messages(hook.id).await.unwrap().len(), 2);
        let foreign = World::new(&db.store).await.tables(&db.store);
        assert_eq!(foreign.replay_message(messages[0], later).await, Err(StoreError::NotFound));
        assert_eq!(foreign.replay_span(hook.id, all, false, later).await, Ok(0));
        assert_eq!(foreign.waiting_messages(hook.id).await.unwrap(), []);
    }

    async fn what_waits_goes_with_its_endpoint(db: &Db) {
        let world = World::new(&db.store).await;
        let tables = world.tables(&db.store);
        let (hook, kept) = (endpoint("Hook"), endpoint("Kept"));
        tables.create_endpoint(&hook, b"s").await.unwrap();
        tables.create_endpoint(&kept, b"s").await.unwrap();
        enqueue(db, &world, hook.id, 3).await;
        enqueue(db, &world, kept.id, 1).await;
        let before = db.store.config_version().await.unwrap();
        assert_eq!(tables.disable_endpoint(hook.id, "it answered 410").await, Ok(3));
        assert!(db.store.config_version().await.unwrap() > before);
        let off = tables.endpoint(hook.id).await.unwrap().endpoint;
        assert_eq!((off.active, off.disabled_reason.as_deref()), (false, Some("it answered 410")));
        assert_eq!(db.store.due_endpoints(NOW, 10).await.unwrap(), [(world.tenant, kept.id)]);
        tables.delete_endpoint(kept.id).await.unwrap();
        assert_eq!(tables.delete_endpoint(kept.id).await, Err(StoreError::NotFound));
        assert_eq!(db.store.waiting_jobs().await.unwrap(), []);
        enqueue(db, &world, kept.id, 1).await;
        assert_eq!(take(db, &world, kept.id, NOW, 1).await, []);
        assert!(db.store.waiting_jobs().await.unwrap().is_empty(), "nothing waits for ever");
        assert_eq!(tables.endpoints().await.unwrap(), [off]);
    }
}
