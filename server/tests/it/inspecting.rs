//! The requests of a lead can be sent once more as they stand, without anybody's values or secrets in them; and a lead that is
//! tried again asks nobody and changes nothing.

use crate::harness::{Page, World, example};
use model::{LeadId, requests::TEST_KEY, rerun::Rests, trace::Standing};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row};

/// The texts of the elements `<pre … id="…">` of a page, as people read them.
fn command(page: &Page, id: &str) -> String {
    let (_, after) = page.text.split_once(&format!("id=\"{id}\"")).expect("the command");
    let (_, text) = after.split_once('>').expect("its text");
    let (text, _) = text.split_once("</pre>").expect("its end");
    let text = text.replace("<!>", "");
    text.replace("&quot;", "\"").replace("&#x27;", "'").replace("&lt;", "<").replace("&gt;", ">").replace("&amp;", "&")
}

/// The last word of a command, as a shell reads it.
fn body(command: &str) -> Value {
    let (_, word) = command.split_once("--data-raw '").expect("a body");
    serde_json::from_str(&word.trim_end_matches('\'').replace("'\\''", "'")).expect("JSON")
}

async fn sold(world: &World) -> String {
    let mut lead = example("inspected");
    // Nobody of the fields' examples.
    for (name, value) in [
        ("last_name", "O'Quetzal"),
        ("email", "quetzal.x@example.org"),
        ("phone", "(248) 555-0187"),
        ("address", "77 Wobbly Way"),
    ] {
        lead["fields"][name] = value.into();
    }
    let answer = world.submit(&lead).await;
    assert_eq!(answer.body["status"], "sold", "{}", answer.body);
    answer.body["lead_id"].as_str().expect("a lead").to_owned()
}

/// Everything that counts: posts, money, what is reserved, and what figures are folded from.
async fn counted(world: &World) -> Vec<i64> {
    sqlx::any::install_default_drivers();
    let pool = AnyPool::connect(&world.opened.settings.database_url).await.expect("the store opens");
    let mut all = Vec::new();
    for table in ["leads", "attempts", "ledger_entries", "test_calls", "traces"] {
        let query = format!("SELECT COUNT(*) FROM {table}");
        all.push(sqlx::query(sqlx::AssertSqlSafe(query)).fetch_one(&pool).await.expect("counted").get(0));
    }
    let used = sqlx::query("SELECT CAST(COALESCE(SUM(used + held), 0) AS BIGINT) FROM cap_counters");
    all.push(used.fetch_one(&pool).await.expect("counted").get(0));
    pool.close().await;
    all
}

#[tokio::test]
async fn a_lead_can_be_sent_again_as_a_test_with_nobody_in_it() {
    let world = World::start().await;
    let lead = sold(&world).await;
    let operator = world.signed_in("operator").await;
    let page = operator.get(&format!("/leads/{lead}/requests")).await;
    assert_eq!(page.status, 200, "{}", page.text);
    for personal in ["Quetzal", "quetzal.x", "555-0187", "2485550187", "Wobbly"] {
        assert!(!page.text.contains(personal), "{personal} is shown");
    }
    // It is the same lead but for its person, and its key has to be put in.
    let shown = command(&page, "intake-command");
    assert!(shown.contains(&format!("Bearer {TEST_KEY}")) && shown.contains("/api/v1/leads'"), "{shown}");
    let sent = body(&shown);
    assert_eq!((&sent["campaign"], &sent["fields"]["zip"]), (&json!("auto-insurance"), &json!("48226")));
    assert_eq!((&sent["source"]["sub1"], &sent["external_id"]), (&json!("fb-retarget"), &Value::Null));
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.test_api_key).json(&sent);
    let answer = world.answer(request).await;
    assert_eq!((answer.status, &answer.body["test"]), (200, &json!(true)), "{}", answer.body);

    // Each call that was made has its command, with dots for secrets.
    let detail = world.opened.store.tenant(world.market.tenant.id).lead_detail(lead.parse().expect("an id")).await;
    let verdicts = detail.expect("the lead").trace.expect("an auction").verdicts;
    let calls = verdicts.iter().map(|one| usize::from(one.ping.is_some()) + usize::from(one.post.is_some()));
    let calls: usize = calls.sum();
    assert!(calls > 2, "{verdicts:?}");
    assert_eq!(page.text.matches("id=\"command-").count(), calls);
    let first = command(&page, "command-0");
    assert!(first.starts_with("curl -gsS 'http"), "{first}");

    // The person is shown by a button, once, and the history says so first.
    let viewer = world.signed_in("viewer").await;
    let path = format!("/leads/{lead}/requests");
    assert_eq!(viewer.post(&path, &[("do", "personal")]).await.status, 403);
    let revealed = operator.post(&path, &[("do", "personal")]).await;
    assert_eq!(body(&command(&revealed, "intake-command"))["fields"]["last_name"], "O'Quetzal");
    let again = operator.get(&format!("/leads/{lead}?do=personal")).await;
    assert!(again.text.contains("in the requests of the lead"), "the history says it");
    assert!(!operator.get(&format!("{path}?do=personal")).await.text.contains("Quetzal"), "a link shows nobody");
    world.stop().await;
}

#[tokio::test]
async fn trying_again_asks_nobody_and_counts_nothing() {
    let world = World::start().await;
    let lead = sold(&world).await;
    let operator = world.signed_in("operator").await;
    let path = format!("/leads/{lead}/try");
    assert_eq!(operator.get(&path).await.status, 200);
    let (before, bought) = (counted(&world).await, world.sold_by_buyers().await.len());
    let same = operator.post(&path, &[("do", "try")]).await;
    assert_eq!(same.status, 200, "{}", same.text);
    assert!(same.text.contains("Then and now"), "{}", same.text);

    // By the same configuration it goes as it went: the same standing at the same price.
    let id: LeadId = lead.parse().expect("an id");
    let rerun = world.pipeline.rerun(world.market.tenant.id, id).await.expect("the store").expect("a lead");
    assert!(rerun.recorded && rerun.state == model::lead::LeadState::Sold, "{rerun:?}");
    for row in &rerun.contracts {
        let (Some(then), Some(now)) = (&row.then, &row.now) else { panic!("{row:?}") };
        assert_eq!((row.rests, then.standing, then.price), (Rests::Known, now.standing, now.price), "{row:?}");
    }

    // Without its buyer, the next one in line would have it; then it was not posted to, and is taken to accept.
    let winner = rerun.contracts.iter().find(|row| row.now.as_ref().is_some_and(|now| now.standing == Standing::Sold));
    let winner = winner.expect("a buyer").then.clone().expect("then");
    let paused = operator.post("/ui/buyers/active", &[("id", &winner.buyer_id.to_string()), ("active", "false")]).await;
    assert_eq!(paused.status, 303);
    world.pipeline.refresh().await.expect("read");
    let rerun = world.pipeline.rerun(world.market.tenant.id, id).await.expect("the store").expect("a lead");
    let standing = |id| {
        let row = rerun.contracts.iter().find(|row| row.contract_id == id).expect("a row");
        row.now.as_ref().expect("still there").standing
    };
    assert_eq!(standing(winner.contract_id), Standing::Excluded);
    let next = rerun.contracts.iter().find(|row| row.now.as_ref().is_some_and(|now| now.standing == Standing::Sold));
    assert_eq!(next.expect("another buyer").rests, Rests::Assumed);
    let page = operator.post(&path, &[("do", "try")]).await;
    assert!(page.text.contains("If it accepts: it was not posted to then."), "{}", page.text);

    assert_eq!(counted(&world).await, before, "nothing is counted");
    assert_eq!(world.sold_by_buyers().await.len(), bought, "nobody was posted to");
    let history = operator.get(&format!("/leads/{lead}")).await.text;
    assert!(history.contains("Tried again in test by"), "the history says who tried");
    world.stop().await;
}

#[tokio::test]
async fn who_only_watches_does_not_try_and_others_find_nothing() {
    let world = World::start().await;
    let lead = sold(&world).await;
    let viewer = world.signed_in("viewer").await;
    let path = format!("/leads/{lead}/try");
    assert!(viewer.get(&path).await.text.contains("Your role does not try leads again."));
    assert_eq!(viewer.post(&path, &[("do", "try")]).await.status, 403);
    let foreigner = world.foreigner().await;
    for path in [path, format!("/leads/{lead}/requests")] {
        assert_eq!(foreigner.get(&path).await.status, 404, "{path}");
        assert_eq!(foreigner.post(&path, &[("do", "try")]).await.status, 404, "{path}");
    }
    world.stop().await;
}
