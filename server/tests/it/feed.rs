//! The live feed: what a page that follows the leads is told, and what it shows.

use crate::harness::{Browser, World, example};
use std::time::Duration;

/// A page's line to the server.
struct Line {
    answer: reqwest::Response,
    text: String,
}

impl Line {
    async fn open(world: &World, browser: &Browser, last: Option<&str>) -> Self {
        let mut request = world.client().get(world.url("/ui/live")).header("cookie", browser.cookie());
        if let Some(last) = last {
            request = request.header("last-event-id", last);
        }
        let answer = request.send().await.expect("an answer");
        assert_eq!(answer.status(), 200);
        Self { answer, text: String::new() }
    }

    /// Reads until an event of this name is there; the whole of it.
    async fn until(&mut self, event: &str) -> String {
        let begin = format!("event: {event}\n");
        let read = async {
            loop {
                if let Some((_, rest)) = self.text.split_once(&begin)
                    && let Some((whole, _)) = rest.split_once("\n\n")
                {
                    return whole.to_owned();
                }
                let chunk = self.answer.chunk().await.expect("bytes").expect("the line is open");
                self.text.push_str(&String::from_utf8_lossy(&chunk));
            }
        };
        tokio::time::timeout(Duration::from_secs(10), read).await.expect("an event")
    }
}

#[tokio::test]
async fn who_comes_back_is_told_that_something_may_be_missing() {
    let world = World::start().await;
    let viewer = world.signed_in("viewer").await;
    let mut line = Line::open(&world, &viewer, None).await;
    assert!(line.until("hello").await.contains("id: "), "so that there is one to name after a break");
    let answer = world.submit(&example("followed")).await;
    let told = line.until("lead").await;
    let id = answer.body["lead_id"].as_str().expect("a lead");
    assert!(told.contains(id) && told.contains(&format!("id: {id}")), "{told}");
    assert!(!line.text.contains("event: gap"));
    let mut again = Line::open(&world, &viewer, Some(id)).await;
    again.until("gap").await;
    assert!(!again.text.contains("hello"), "{}", again.text);
    // Another tenant's line says nothing of it.
    let foreigner = world.foreigner().await;
    let mut theirs = Line::open(&world, &foreigner, None).await;
    theirs.until("hello").await;
    world.submit(&example("followed-again")).await;
    again.until("lead").await;
    let more = tokio::time::timeout(Duration::from_millis(500), theirs.answer.chunk()).await;
    assert!(more.is_err() && !theirs.text.contains("led_"), "another tenant's line says something: {more:?}");
    world.stop().await;
}

#[tokio::test]
async fn the_feed_has_the_newest_leads_and_nobody_in_them() {
    let world = World::start().await;
    let id = world.submit(&example("fed")).await.body["lead_id"].as_str().expect("a lead").to_owned();
    let viewer = world.signed_in("viewer").await;
    let page = viewer.get("/leads/live").await;
    assert!(
        page.text.contains(&format!("/leads/{id}")) && page.text.contains("One came in the minute before"),
        "{}",
        page.text
    );
    for personal in ["Reyes", "dana@example.com", "555-0142"] {
        assert!(!page.text.contains(personal), "{personal}");
    }
    assert!(!viewer.get("/leads/live?state=unsold").await.text.contains(&id), "only those of a state");
    assert_eq!(world.signed_in("buyer").await.get("/leads/live").await.status, 403);
    world.stop().await;
}
