//! After a whole scenario no personal value is in a ping, in a log, or readable in the store.

use crate::harness::{World, example};
use serde_json::json;
use std::{
    io::Write,
    sync::{Arc, Mutex, OnceLock, PoisonError},
};

/// Everything that was logged by this process, at the most talkative level of our own code.
fn log() -> Arc<Mutex<Vec<u8>>> {
    static LOG: OnceLock<Arc<Mutex<Vec<u8>>>> = OnceLock::new();
    let log = LOG.get_or_init(|| {
        let log = Arc::new(Mutex::new(Vec::new()));
        let sink = Sink(Arc::clone(&log));
        let filter = tracing_subscriber::EnvFilter::new("debug,gavel=trace,store=trace");
        let made = tracing_subscriber::fmt().with_env_filter(filter).with_writer(move || sink.clone()).try_init();
        assert!(made.is_ok(), "nobody else may listen to the log in this program");
        log
    });
    Arc::clone(log)
}

#[derive(Clone)]
struct Sink(Arc<Mutex<Vec<u8>>>);

impl Write for Sink {
    fn write(&mut self, bytes: &[u8]) -> std::io::Result<usize> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner).extend_from_slice(bytes);
        Ok(bytes.len())
    }

    fn flush(&mut self) -> std::io::Result<()> {
        Ok(())
    }
}

const PERSONAL: [&str; 7] =
    ["Quetzalcoatl", "Xylophonist", "quetzal.x@example.org", "2485550187", "555-0187", "77 Wobbly Way", "203.0.113.77"];

#[tokio::test]
async fn no_personal_value_is_in_a_ping_a_log_or_the_store() {
    let log = log();
    let world = World::start().await;
    let mut lead = example("private");
    for (name, value) in [
        ("first_name", "Quetzalcoatl"),
        ("last_name", "Xylophonist"),
        ("email", "quetzal.x@example.org"),
        ("phone", "(248) 555-0187"),
        ("address", "77 Wobbly Way"),
        ("something_unknown", "Quetzalcoatl lives at 77 Wobbly Way"),
    ] {
        lead["fields"][name] = value.into();
    }
    lead["consent"] =
        json!({ "text": "I, Quetzalcoatl, agree.", "granted_at": "2026-05-07T15:00:00Z", "ip": "203.0.113.77" });
    // Sold after a reject, then refused as a duplicate, then refused for bad fields, then unknown.
    let url = format!("{}/__control/buyers/northwind", world.sandbox);
    let set = json!({ "latency_ms": [5, 5], "bid_cents": 5000, "accept_percent": 0 });
    world.answer(world.client().post(&url).json(&set)).await;
    let sold = world.submit(&lead).await;
    assert_eq!(sold.body["status"], "sold", "{}", sold.body);
    lead["external_id"] = "private-2".into();
    assert_eq!(world.submit(&lead).await.body["status"], "duplicate");
    lead["external_id"] = "private-3".into();
    lead["fields"]["zip"] = "Quetzalcoatl".into();
    assert_eq!(world.submit(&lead).await.status, 422);
    lead["fields"]["zip"] = "48226".into();
    world.clock.advance_millis(40 * 24 * 3_600_000);
    let set = json!({ "latency_ms": [5, 5], "bid_cents": 5000, "faults": [{ "kind": "garbage", "phase": "post" }] });
    world.answer(world.client().post(&url).json(&set)).await;
    assert_eq!(world.submit(&lead).await.body["status"], "pending");

    let journal = world.answer(world.client().get(format!("{}/__control/journal", world.sandbox))).await;
    let requests = journal.body["requests"].as_array().expect("a journal").clone();
    let (pings, posts): (Vec<_>, Vec<_>) = requests.iter().partition(|request| request["phase"] == "ping");
    assert!(pings.len() >= 10 && posts.len() >= 3, "{} pings, {} posts", pings.len(), posts.len());
    for (what, text) in pings.iter().map(|ping| ("a ping", ping.to_string())) {
        for value in PERSONAL {
            assert!(!text.contains(value), "{value} is in {what}: {text}");
        }
    }
    assert!(posts.iter().any(|post| post.to_string().contains("Quetzalcoatl")), "the post has the record");

    let folder = world.opened.settings.data_dir.clone();
    let mut bytes = Vec::new();
    for entry in std::fs::read_dir(&folder).expect("the data directory") {
        bytes.extend(std::fs::read(entry.expect("an entry").path()).unwrap_or_default());
    }
    let logged = log.lock().unwrap_or_else(PoisonError::into_inner).clone();
    assert!(bytes.len() > 100_000 && !logged.is_empty());
    for value in PERSONAL {
        let found = |bytes: &[u8]| bytes.windows(value.len()).any(|window| window == value.as_bytes());
        assert!(!found(&bytes), "{value} is readable in the store");
        assert!(!found(&logged), "{value} is in the log");
    }
    world.stop().await;
}
