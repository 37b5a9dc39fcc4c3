//! Auctions of every kind are run again and decided as they were; what was changed behind the server's back is named.

use crate::harness::{Answer, World, example};
use exchange::auction::{
    Event,
    tape::{FORMAT, Tape},
};
use gavel::{
    pipeline::Verdict,
    service::replay::{Report, again},
};
use model::{
    LeadId, Micros, Timestamp,
    contract::{OnUnknown, Sharing},
    lead::LeadState,
};
use serde_json::{Value, json};
use sqlx::{AnyPool, Row};

/// Every lead of the day.
const DAY: (Timestamp, Timestamp) = (Timestamp(1_778_112_000_000_000), Timestamp(1_778_198_400_000_000));

impl World {
    async fn buys(&self, buyer: &str, settings: Value) {
        let url = format!("{}/__control/buyers/{buyer}", self.sandbox);
        let answer = self.answer(self.client().post(url).json(&settings)).await;
        assert_eq!(answer.status, 204, "{}", answer.body);
    }

    /// Bids at once, and takes the lead or does not.
    async fn quick(&self, buyer: &str, cents: u32, accept: u32, faults: Value) {
        let settings = json!({ "latency_ms": [5, 5], "bid_cents": cents, "accept_percent": accept, "faults": faults });
        self.buys(buyer, settings).await;
    }

    async fn sends(&self, number: u32) -> Answer {
        let answer = self.submit(&person(number)).await;
        assert_eq!(answer.status, 200, "{}", answer.body);
        answer
    }

    async fn with_contracts(&self, change: impl Fn(&mut model::contract::Contract)) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        for mut contract in rows.contracts().await.expect("contracts") {
            change(&mut contract);
            rows.put_contract(&contract).await.expect("the contract is changed");
        }
        self.pipeline.refresh().await.expect("the configuration is read");
    }

    async fn sharing(&self, buyers: u8, sharing: Sharing) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let mut campaign = rows.campaigns().await.expect("campaigns").remove(0);
        campaign.auction.max_buyers = buyers;
        rows.put_campaign(&campaign).await.expect("the campaign is changed");
        self.with_contracts(|contract| contract.routing.sharing = sharing).await;
    }

    async fn again(&self) -> (Report, Vec<String>) {
        let rows = self.opened.store.tenant(self.market.tenant.id);
        let campaign = rows.campaigns().await.expect("campaigns").remove(0).id;
        let mut lines = Vec::new();
        let report = again(&rows, (campaign, DAY.0, DAY.1), &mut |line| lines.push(line)).await;
        (report.expect("what was recorded"), lines)
    }

    /// Every auction so far is decided again as it was.
    async fn holds_again(&self, leads: u64, pings: u64) -> Report {
        let (report, lines) = self.again().await;
        assert!(report.same() && lines.is_empty(), "{}", lines.join("\n"));
        assert_eq!((report.leads.same, report.leads.all()), (leads, leads), "{report:?}");
        assert_eq!((report.pings.same, report.pings.all()), (pings, pings), "{report:?}");
        report
    }

    async fn pool(&self) -> AnyPool {
        sqlx::any::install_default_drivers();
        AnyPool::connect(&self.opened.settings.database_url).await.expect("the store opens")
    }

    async fn tape(&self, lead: LeadId) -> Vec<u8> {
        let pool = self.pool().await;
        let query = sqlx::query("SELECT tape FROM traces WHERE lead_id = $1").bind(lead.to_string());
        let tape = query.fetch_one(&pool).await.expect("a trace").get(0);
        pool.close().await;
        tape
    }

    async fn put_tape(&self, lead: LeadId, tape: Option<Vec<u8>>) {
        let pool = self.pool().await;
        let query = sqlx::query("UPDATE traces SET tape = $1 WHERE lead_id = $2").bind(tape).bind(lead.to_string());
        assert_eq!(query.execute(&pool).await.expect("changed").rows_affected(), 1);
        pool.close().await;
    }

    async fn behind(&self, statement: &str, lead: LeadId) {
        let pool = self.pool().await;
        let query = sqlx::query(sqlx::AssertSqlSafe(statement.to_owned())).bind(lead.to_string());
        assert_eq!(query.execute(&pool).await.expect("changed").rows_affected(), 1, "{statement}");
        pool.close().await;
    }
}

fn person(number: u32) -> Value {
    let mut lead = example(&format!("replay-{number}"));
    lead["fields"]["email"] = format!("replay{number}@example.com").into();
    lead["fields"]["phone"] = format!("31355507{number:02}").into();
    lead
}

fn id(answer: &Answer) -> LeadId {
    answer.body["lead_id"].as_str().expect("a lead").parse().expect("an id")
}

/// Every kind of auction there is, told apart by how it ends.
async fn every_kind_of_auction(world: &World) {
    // Who bids what: sold, one time-out, one excluded by a filter.
    assert_eq!(world.sends(0).await.body["status"], "sold");
    // A waterfall, down a refusal and a post that never left.
    world.quick("northwind", 5000, 0, json!([])).await;
    world.quick("harbor", 4000, 100, json!([])).await;
    assert_eq!(world.sends(1).await.body["status"], "sold");
    // Pings that fail in every way.
    for (number, kind) in (2..).zip(["5xx", "garbage", "reset", "hang"]) {
        world.quick("northwind", 5000, 100, json!([{ "kind": kind, "phase": "ping", "count": 1 }])).await;
        assert_eq!(world.sends(number).await.body["status"], "sold", "{kind}");
    }
    // The same person again: nobody may be asked.
    let mut twin = person(0);
    twin["external_id"] = "replay-0-again".into();
    assert_eq!(world.submit(&twin).await.body["status"], "duplicate");
    // A post in doubt; one that is sent once more; one that is passed over.
    world.quick("northwind", 5000, 100, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 1 }])).await;
    assert_eq!(world.sends(7).await.body["status"], "pending");
    for (number, on_unknown) in [(8, OnUnknown::Retry), (9, OnUnknown::Continue)] {
        world.with_contracts(|contract| contract.on_unknown = on_unknown).await;
        world.quick("northwind", 5000, 100, json!([{ "kind": "reset", "phase": "post", "count": 1 }])).await;
        assert_eq!(world.sends(number).await.body["status"], "sold");
    }
    world.with_contracts(|contract| contract.on_unknown = OnUnknown::Hold).await;
    // Shared between two, and shared with one in doubt.
    world.sharing(2, Sharing::Shared).await;
    world.quick("northwind", 5000, 100, json!([])).await;
    world.quick("harbor", 4000, 100, json!([])).await;
    assert_eq!(world.sends(10).await.body["status"], "sold");
    world.quick("harbor", 4000, 100, json!([{ "kind": "accept_then_drop", "phase": "post", "count": 1 }])).await;
    assert_eq!(world.sends(11).await.body["status"], "sold");
    world.sharing(1, Sharing::Exclusive).await;
}

#[tokio::test]
async fn every_kind_of_auction_is_decided_again_as_it_was() {
    let world = World::start().await;
    every_kind_of_auction(&world).await;
    assert_eq!(world.holds_again(12, 0).await.leads.later, 0);

    // Answers that come after the time-out: the auction goes on, and its recording with it.
    let mut events = world.pipeline.events();
    for (number, accept) in [(12, 100), (13, 0)] {
        let settings = json!({ "latency_ms": [5, 5], "post_latency_ms": [2200, 2200], "bid_cents": 5000, "accept_percent": accept });
        world.buys("northwind", settings).await;
        world.quick("harbor", 4000, 100, json!([])).await;
        let answer = world.sends(number).await;
        assert_eq!(answer.body["status"], "pending");
        loop {
            let event = events.recv().await.expect("the pipeline runs");
            if event.lead == id(&answer) && event.state == LeadState::Sold {
                break;
            }
        }
    }
    world.holds_again(14, 0).await;

    // What a person says of a post in doubt comes after the auction, and is counted as such.
    let rows = world.opened.store.tenant(world.market.tenant.id);
    let doubts = rows.unknown_attempts().await.expect("posts in doubt");
    assert_eq!(doubts.len(), 3);
    for (doubt, verdict) in doubts.iter().zip([Verdict::Rejected, Verdict::Accepted { paid: None }, Verdict::Rejected])
    {
        let resolved = world.pipeline.resolve(world.market.tenant.id, doubt.lead_id, doubt.id, verdict).await;
        assert!(resolved.is_ok(), "{resolved:?}");
    }
    assert_eq!(world.holds_again(14, 0).await.leads.later, 3);

    // A test lead, a source's ping, and the lead that follows it.
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(&world.test_api_key);
    let test = world.answer(request.json(&person(14))).await;
    assert_eq!(test.status, 200, "{}", test.body);
    world.quick("northwind", 5000, 100, json!([])).await;
    let mut anonymous = person(15);
    for name in ["first_name", "last_name", "email", "phone", "address"] {
        anonymous["fields"].as_object_mut().expect("fields").remove(name);
    }
    anonymous.as_object_mut().expect("a lead").remove("external_id");
    let request = world.client().post(world.url("/api/v1/pings")).bearer_auth(&world.affiliate_key);
    let ping = world.answer(request.json(&anonymous)).await;
    assert_eq!(ping.body["status"], "bid", "{}", ping.body);
    let url = world.url(&format!("/api/v1/leads?ping_id={}", ping.body["ping_id"].as_str().expect("a ping")));
    let request = world.client().post(url).bearer_auth(&world.affiliate_key);
    let followed = world.answer(request.json(&person(15))).await;
    assert_eq!(followed.body["status"], "sold", "{}", followed.body);
    // Nobody may buy: a ping without a bid.
    world.with_contracts(|contract| contract.price.floor = Some(Micros::units(1_000))).await;
    let mut poor = anonymous.clone();
    poor["fields"]["age"] = json!(44);
    let request = world.client().post(world.url("/api/v1/pings")).bearer_auth(&world.affiliate_key);
    assert_eq!(world.answer(request.json(&poor)).await.body["status"], "no_bid");
    assert_eq!(world.sends(16).await.body["reason"], "below_floor");
    world.holds_again(17, 2).await;
    // Of other days there is nothing.
    let campaign = rows.campaigns().await.expect("campaigns").remove(0).id;
    let later = (campaign, DAY.1, Timestamp(DAY.1.0 + 1));
    assert_eq!(again(&rows, later, &mut |line| panic!("{line}")).await, Ok(Report::default()));
    world.stop().await;
}

#[tokio::test]
async fn on_postgres_too() {
    let world = World::on_postgres().await;
    every_kind_of_auction(&world).await;
    world.holds_again(12, 0).await;
    world.stop().await;
}

#[tokio::test]
async fn a_recording_holds_nothing_of_the_person_and_no_words_of_a_buyer() {
    let world = World::start().await;
    world.quick("northwind", 5000, 0, json!([])).await;
    world.quick("harbor", 4000, 100, json!([])).await;
    let answer = world.submit(&example("private")).await;
    assert_eq!(answer.body["status"], "sold");
    let tape = world.tape(id(&answer)).await;
    assert!(memchr::memmem::find(&tape, b"cap").is_some(), "a reason stands there in the clear");
    let sent = ["Dana", "Reyes", "example.com", "3135550142", "555", "Main St", "48226", "fb-retarget", "ef_9a1"];
    let said = ["Daily cap reached", "http", "Northwind"];
    for words in sent.iter().chain(&said) {
        assert!(memchr::memmem::find(&tape, words.as_bytes()).is_none(), "{words} stands in the recording");
    }
    world.stop().await;
}

#[tokio::test]
async fn what_was_changed_is_named_and_what_cannot_be_replayed_is_counted() {
    let world = World::start().await;
    world.quick("northwind", 5000, 100, json!([])).await;
    world.quick("harbor", 4000, 100, json!([])).await;
    let lead = id(&world.sends(0).await);
    let other = id(&world.sends(1).await);
    let kept = world.tape(lead).await;

    // One bid, as if somebody had offered less.
    let mut tape = Tape::read(&kept).expect("a recording");
    let bid = tape.inputs.iter_mut().find_map(|input| match &mut input.event {
        Event::Bid { price, .. } if *price == Micros::units(50) => Some(price),
        _ => None,
    });
    *bid.expect("Northwind's bid") = Micros::units(39);
    world.put_tape(lead, Some(tape.bytes())).await;
    let (report, lines) = world.again().await;
    assert_eq!((report.leads.same, report.leads.different), (1, 1), "{lines:?}");
    assert!(lines.iter().all(|line| line.starts_with(&lead.to_string())), "{lines:?}");
    let told = |lines: &[String], words: &[&str]| {
        assert!(lines.iter().any(|line| words.iter().all(|word| line.contains(word))), "{words:?}: {lines:?}");
    };
    told(&lines, &["the verdict on Northwind", "then sold", "50.00", "now", "39.00"]);
    told(&lines, &["post 1: then number 1 to Northwind", "at 50.00", "now number 1 to Harbor", "at 40.00"]);
    told(&lines, &["when", "then post 1 to Northwind", "now post 1 to Harbor"]);
    world.put_tape(lead, Some(kept.clone())).await;
    world.holds_again(2, 0).await;

    // What is stored beside it.
    for (change, words) in [
        ("UPDATE attempts SET price = 41000000 WHERE lead_id = $1", "post 1: then number 1 to Northwind"),
        ("UPDATE attempts SET paid = 41000000 WHERE lead_id = $1", "for 41.00; now number 1"),
        (
            "UPDATE events SET doc = replace(doc, '\"payout\":', '\"payout\":1') WHERE kind = 'lead' AND lead_id = $1",
            "the outcome: then sold to Northwind",
        ),
        ("UPDATE traces SET doc = replace(doc, 'outbid', 'no_bid') WHERE lead_id = $1", "the verdict on"),
    ] {
        let table = change.split(' ').nth(1).expect("a table");
        let pool = world.pool().await;
        let keep = format!("CREATE TABLE kept AS SELECT * FROM {table} WHERE lead_id = '{lead}'");
        sqlx::query(sqlx::AssertSqlSafe(keep)).execute(&pool).await.expect("kept");
        world.behind(change, lead).await;
        let (report, lines) = world.again().await;
        assert_eq!(report.leads.different, 1, "{change}: {lines:?}");
        told(&lines, &[&lead.to_string(), words]);
        let back = format!(
            "DELETE FROM {table} WHERE lead_id = '{lead}'; INSERT INTO {table} SELECT * FROM kept; DROP TABLE kept"
        );
        sqlx::raw_sql(sqlx::AssertSqlSafe(back)).execute(&pool).await.expect("put back");
        pool.close().await;
        world.holds_again(2, 0).await;
    }

    // Recordings of another format and of none are named and counted; a damaged one is a difference.
    let mut foreign = kept.clone();
    foreign[0] = FORMAT + 1;
    world.put_tape(lead, Some(foreign)).await;
    world.put_tape(other, None).await;
    let (report, lines) = world.again().await;
    assert_eq!((report.leads.cannot, report.same()), (2, true), "{lines:?}");
    told(&lines, &[&lead.to_string(), "cannot be replayed", "format 2"]);
    told(&lines, &[&other.to_string(), "cannot be replayed", "before auctions were recorded"]);
    world.put_tape(lead, Some(kept[..kept.len() - 1].to_vec())).await;
    let (report, lines) = world.again().await;
    assert_eq!((report.leads.different, report.leads.cannot), (1, 1), "{lines:?}");
    world.stop().await;
}
