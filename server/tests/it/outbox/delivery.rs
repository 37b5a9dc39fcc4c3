//! Receivers that fail, hang, put us off or are gone: who is tried again, when, and by which server.

use super::*;

#[tokio::test]
async fn a_receiver_that_fails_is_tried_on_the_schedule_and_then_no_more() {
    let world = World::start().await;
    world.receiver(SYSTEM, json!({ "faults": [{ "status": 500 }] })).await;
    world.submit(&lead(1)).await;
    let waits = [5, 300, 1800, 7200, 18_000, 36_000, 36_000].map(|seconds| seconds * 1000_i64);
    for (tries, wait) in (1..).zip(waits) {
        world.told(tries).await;
        let last = world.log().await.into_iter().max_by_key(|try_| try_.attempt).expect("a try");
        assert_eq!((u64::from(last.attempt), last.state, last.status), (tries, DeliveryState::Pending, Some(500)));
        let next = last.next_at.expect("it is tried again");
        let waited = next.millis_since(last.at);
        assert!((wait - wait / 10..=wait + wait / 10).contains(&waited), "try {tries}: {waited} ms");
        assert_eq!(world.opened.store.due_endpoints(Timestamp(next.0 - 1), 9).await.unwrap(), [], "not before");
        world.go_to(next);
    }
    world.told(8).await;
    assert!(world.idle().await, "the eighth was the last");
    let log = world.log().await;
    let dead = log.iter().max_by_key(|try_| try_.attempt).unwrap();
    assert_eq!((log.len(), dead.state, dead.next_at), (8, DeliveryState::Failed, None));
    let arrivals = world.received(SYSTEM).await;
    let of = |name: &str| arrivals.iter().map(|arrival| header(arrival, name).to_owned()).collect::<BTreeSet<_>>();
    assert_eq!(of("webhook-id").into_iter().collect::<Vec<_>>(), [dead.message_id.to_string()], "one id");
    assert_eq!(of("webhook-timestamp").len(), 8, "each try is signed anew");
    assert_eq!(arrivals.iter().map(|arrival| &arrival["body"]).collect::<Vec<_>>(), [&arrivals[0]["body"]; 8]);

    // It has only failed for five days: that is enough.
    world.clock.advance_millis(5 * 24 * 3_600_000);
    world.submit(&lead(2)).await;
    world.told(9).await;
    let off = world.endpoint("Own system").await;
    assert!(!off.active && off.disabled_reason.is_some_and(|why| why.contains("five days")));
    assert!(world.idle().await, "nothing waits for it");
    world.stop().await;
}

#[tokio::test]
async fn a_receiver_may_put_us_off_and_a_redirect_is_not_followed() {
    let world = World::start().await;
    let faults = json!([{ "status": 503, "retry_after": "7200", "count": 1 }, { "status": 307, "count": 1 }]);
    world.receiver(SYSTEM, json!({ "faults": faults })).await;
    world.submit(&lead(1)).await;
    world.told(1).await;
    let first = world.log().await.remove(0);
    let next = first.next_at.expect("again");
    assert_eq!(next.millis_since(first.at), 7_200_000);
    world.go_to(next);
    world.told(2).await;
    let second = world.log().await.remove(0);
    assert_eq!((second.status, second.state), (Some(307), DeliveryState::Pending));
    assert!(second.error.is_some_and(|why| why.contains("change the endpoint's address")));
    world.go_to(second.next_at.expect("again"));
    world.told(3).await;
    assert_eq!(statuses(&world.received(SYSTEM).await), [503, 307, 200]);
    assert!(world.idle().await);
    world.stop().await;
}

#[tokio::test]
async fn who_answers_410_is_left_alone_until_somebody_switches_it_on() {
    let world = World::start().await;
    world.receiver(SYSTEM, json!({ "faults": [{ "status": 410, "count": 1 }] })).await;
    world.submit(&lead(1)).await;
    world.told(1).await;
    let off = world.endpoint("Own system").await;
    assert!(!off.active && off.disabled_reason.as_deref().is_some_and(|why| why.contains("410")));
    world.submit(&lead(2)).await;
    assert!(world.idle().await, "it is told nothing any more");
    let (services, actor) = world.operator().await;
    let on = services.update_endpoint(&actor, Endpoint { active: true, ..off }).await.unwrap();
    assert_eq!(on.disabled_reason, None);
    world.submit(&lead(3)).await;
    world.told(2).await;
    assert_eq!(statuses(&world.received(SYSTEM).await), [410, 200]);
    // What it refused is there to be sent again.
    let refused = world.log().await.into_iter().find(|try_| try_.state == DeliveryState::Failed).expect("the refusal");
    services.replay_message(&actor, refused.message_id).await.unwrap();
    world.told(3).await;
    assert_eq!(header(&world.received(SYSTEM).await[2], "webhook-id"), refused.message_id.to_string());
    world.stop().await;
}

#[tokio::test]
async fn a_server_that_dies_after_the_outcome_leaves_the_message_to_the_next() {
    let mut world = World::start().await;
    world.stopped().await;
    // A server that sells and dies before it tells: its outbox is never looked into.
    let (services, pipeline) = boot::services(&world.opened).await.expect("a pipeline");
    let caller = services.authenticate(&world.affiliate_key).expect("the affiliate");
    let answer = services.submit(caller, lead(1), None).await.expect("an answer");
    assert_eq!(answer.status, "sold");
    assert_eq!((world.received(SYSTEM).await.len(), world.received(TRACKER).await.len()), (0, 0));
    drop((services, pipeline));

    // The next one tells. While it does, it dies as well.
    world.receiver(SYSTEM, json!({ "faults": [{ "hang": true, "count": 1 }] })).await;
    world.restart().await;
    world.told(1).await;
    while world.received(SYSTEM).await.is_empty() {
        tokio::task::yield_now().await;
    }
    world.stopped().await;
    assert_eq!(world.received(TRACKER).await.len(), 1);

    // Nobody knows whether it was heard: after the lease it is told again, under its id.
    world.restart().await;
    world.go_to(world.opened.clock.now().plus_millis(91_000));
    world.told(1).await;
    let heard = world.received(SYSTEM).await;
    assert_eq!((heard.len(), statuses(&heard)), (2, vec![200]));
    assert_eq!(header(&heard[0], "webhook-id"), header(&heard[1], "webhook-id"));
    assert_eq!(world.received(TRACKER).await.len(), 1, "what was told is not told again");
    assert!(world.idle().await);
    world.stopped().await;
}

#[tokio::test]
async fn a_lead_that_a_dead_server_left_is_told_too() {
    let mut world = World::start().await;
    for buyer in BUYERS {
        world.buyer(buyer, json!({ "latency_ms": [1, 1], "accept_percent": 0 })).await;
    }
    world.submit(&lead(1)).await;
    world.told(1).await;
    world.stopped().await;
    // As if the server had died before the outcome.
    let pool = sqlx::AnyPool::connect(&world.opened.settings.database_url).await.expect("the file opens");
    sqlx::query("UPDATE leads SET state = 'processing'").execute(&pool).await.expect("changed");
    pool.close().await;
    world.clock.advance_millis(61_000);
    world.restart().await;
    world.told(1).await;
    let told = body(&world.received(SYSTEM).await[1]);
    assert_eq!((&told["type"], &told["data"]["reason"]), (&json!("lead.unsold"), &json!("interrupted")));
    assert_eq!((&told["data"]["external_id"], &told["data"]["tracking"]["sub2"]), (&json!("form-1"), &json!("ad-77")));
    world.stopped().await;
}

#[tokio::test]
async fn what_waited_comes_in_order_and_a_receiver_that_hangs_holds_up_nobody_else() {
    let mut world = World::start().await;
    world.stopped().await;
    world.receiver(SYSTEM, json!({ "faults": [{ "hang": true }] })).await;
    world.receiver(TRACKER, json!({ "faults": [{ "status": 200, "latency_ms": 5 }] })).await;
    for buyer in BUYERS {
        world.buyer(buyer, json!({ "latency_ms": [1, 1], "accept_percent": 100 })).await;
    }
    let (services, pipeline) = boot::services(&world.opened).await.expect("a pipeline");
    let mut sent = Vec::new();
    for number in 0..40 {
        let caller = services.authenticate(&world.affiliate_key).expect("the affiliate");
        let answer = services.submit(caller, lead(number), None).await.expect("an answer");
        if answer.status == "sold" {
            sent.push(answer.lead_id.to_string());
        }
        // Messages of one millisecond have no order.
        world.clock.advance_millis(1);
    }
    drop((services, pipeline));
    assert!(sent.len() > 32, "more than is taken at once: {}", sent.len());
    world.restart().await;
    world.told(sent.len() as u64).await;
    let tracker = world.received(TRACKER).await;
    let lead = |arrival: &Value| arrival["url"].as_str().and_then(|url| url.rsplit_once("lead=")).unwrap().1.to_owned();
    assert_eq!(tracker.iter().map(lead).collect::<Vec<_>>(), sent);
    assert!(tracker.iter().all(|arrival| arrival["at_once"] == 1), "a tracker is told one at a time");
    let system = world.received(SYSTEM).await;
    assert_eq!(system.iter().map(|arrival| arrival["at_once"].as_u64()).max(), Some(Some(4)), "a webhook four at once");
    world.stopped().await;
}

#[tokio::test]
async fn a_receiver_with_too_much_to_do_gets_less_at_once_and_loses_nothing() {
    let mut world = World::start().await;
    world.stopped().await;
    let faults = json!([{ "status": 429, "retry_after": "60", "count": 4 }]);
    world.receiver(SYSTEM, json!({ "faults": faults })).await;
    let (services, pipeline) = boot::services(&world.opened).await.expect("a pipeline");
    for number in 0..10 {
        let caller = services.authenticate(&world.api_key).expect("the form");
        services.submit(caller, lead(number), None).await.expect("an answer");
    }
    drop((services, pipeline));
    world.restart().await;
    world.told(4).await;
    while world.opened.store.due_endpoints(world.opened.clock.now(), 9).await.unwrap().is_empty() {
        tokio::task::yield_now().await; // the other six are being given back
    }
    assert_eq!(statuses(&world.received(SYSTEM).await), [429; 4], "the others were not tried");
    world.go_to(world.opened.clock.now().plus_millis(60_000));
    world.told(14).await;
    assert_eq!(statuses(&world.received(SYSTEM).await)[4..], [200; 10]);
    let log = world.log().await;
    assert_eq!(log.iter().filter(|try_| try_.attempt == 2).count(), 4, "who was not tried has lost no try");
    assert!(world.idle().await);
    world.stopped().await;
}

#[tokio::test]
async fn what_was_told_is_told_again_under_its_id() {
    let world = World::start().await;
    let (services, actor) = world.operator().await;
    for number in 1..=3 {
        world.submit(&lead(number)).await;
    }
    world.told(3).await;
    let (first, log) = (world.received(SYSTEM).await, world.log().await);
    services.replay_message(&actor, log[0].message_id).await.unwrap();
    world.told(4).await;
    let again = world.received(SYSTEM).await.pop().unwrap();
    assert_eq!(header(&again, "webhook-id"), log[0].message_id.to_string());
    assert!(first.iter().any(|arrival| arrival["body"] == again["body"]), "the same to the byte");
    let (endpoint, now) = (world.endpoint("Own system").await.id, world.opened.clock.now());
    let all = (Timestamp(0), now.plus_millis(1));
    assert_eq!(services.replay_span(&actor, endpoint, all, true).await, Ok(0), "none was given up");
    assert_eq!(services.replay_span(&actor, endpoint, all, false).await, Ok(3));
    world.told(7).await;
    let ids: BTreeSet<_> =
        world.received(SYSTEM).await.iter().map(|arrival| header(arrival, "webhook-id").to_owned()).collect();
    assert_eq!(ids.len(), 3);
    assert!(world.idle().await);
    world.stop().await;
}

#[tokio::test]
async fn two_servers_tell_each_message_once() {
    let world = World::on_postgres().await;
    let beside = world.beside().await;
    let leads: Vec<_> = (0..12).map(lead).collect();
    let answers = futures::future::join_all(leads.iter().enumerate().map(|(number, lead)| {
        let base = if number % 2 == 0 { world.url("") } else { beside.base.clone() };
        let request = world.client().post(format!("{base}/api/v1/leads")).bearer_auth(&world.affiliate_key);
        world.answer(request.json(lead))
    }))
    .await;
    let sold = answers.iter().filter(|answer| answer.body["status"] == "sold").count();
    while !world.idle().await {
        tokio::task::yield_now().await;
    }
    let of = |arrivals: Vec<Value>, member: fn(&Value) -> String| arrivals.iter().map(member).collect::<Vec<_>>();
    let system = of(world.received(SYSTEM).await, |arrival| header(arrival, "webhook-id").to_owned());
    let tracker = of(world.received(TRACKER).await, |arrival| arrival["url"].to_string());
    assert_eq!((system.len(), tracker.len()), (12, sold));
    assert_eq!(system.iter().collect::<BTreeSet<_>>().len(), 12);
    assert_eq!(tracker.iter().collect::<BTreeSet<_>>().len(), sold);
    beside.stop().await;
    world.stop().await;
}
