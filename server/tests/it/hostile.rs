//! Buyers that mean harm or know no better, through the whole server: each answer gets the right verdict, takes no longer
//! than the contract gave it, is read no further than it may be, and costs only its own buyer the lead. And addresses that
//! nobody may connect to, however they are written.
//!
//! Time stands still here and is moved, so that a time-out is exact.

use crate::{
    admin::{Operator, buyer, operator, tenant},
    harness::{Answer, World},
    loopback::{Act, Loopback, answer, json, still},
};
use flate2::{Compression, write::GzEncoder};
use model::{
    ContractId, LeadId, Micros, Reason, TenantId,
    lead::{LeadDetail, LeadState},
    trace::{Standing, Verdict},
    user::Role,
};
use serde_json::{Value, json as value};
use std::{io::Write, time::Duration};
use tokio::time::Instant;

const PING_MS: u64 = 500;
const POST_MS: u64 = 2_000;
/// What the writer may take for its three records.
const GATHERING: Duration = Duration::from_millis(100);
/// More than any answer may have, and more than what the system itself holds of a connection.
const FLOOD: usize = 64 << 20;

/// A hostile buyer that would pay most, and a sound one that buys without a ping.
struct Stall<'a> {
    world: &'a World,
    loopback: Loopback,
    tenant: TenantId,
    key: String,
    hostile: ContractId,
    count: std::cell::Cell<u32>,
}

fn contract(campaign: &str, of: &str, url: &str, pinged: bool) -> Value {
    let row = |name: &str| value!({ "to": name, "from": { "field": name } });
    let id = value!({ "to": "lead_id", "from": { "meta": "lead_id" } });
    let signs = |yes: &str, no: &str| {
        let sign = |word: &str| value!({ "path": "status", "values": [word] });
        value!({ "accept": sign(yes), "reject": sign(no), "price": "price", "redirect": "redirect_url", "reason": "reason" })
    };
    let call = |path: &str, rows: Value, timeout: u64, response: Value| value!({ "url": format!("{url}/{path}"), "timeout_ms": timeout, "rows": rows, "response": response });
    let post = call("post", value!([id, row("zip"), row("email")]), POST_MS, signs("accepted", "rejected"));
    let ping = call("ping", value!([id, row("zip")]), PING_MS, signs("bid", "no_bid"));
    let (kind, price) =
        if pinged { ("auction", value!({ "floor": "1.00" })) } else { ("direct", value!({ "fixed": "5.00" })) };
    let delivery = if pinged { value!({ "ping": ping, "post": post }) } else { value!({ "post": post }) };
    value!({ "campaign_id": campaign, "buyer_id": of, "name": kind, "kind": kind, "price": price, "delivery": delivery })
}

/// A campaign of a fresh tenant, its key, and what makes contracts in it.
async fn campaign(operator: &Operator<'_>) -> (String, String) {
    let made = async |path: &str, body: Value| operator.post(path, &body).await.made();
    made("sources", value!({ "slug": "web", "name": "Web", "payout": { "share": 500_000 } })).await;
    let field = |name: &str, visibility: &str| value!({ "name": name, "label": name, "kind": { "type": name }, "required": true, "visibility": visibility });
    let campaign = made("campaigns", value!({
        "slug": "hostile", "name": "Hostile", "currency": "USD", "fallback_url": "https://form.example/thanks",
        "auction": { "floor": "1.00", "posts": 3, "deadline_ms": 60_000, "post_reserve_ms": 1000, "doubts": { "most": 0, "of": 20 } },
        "fields": [field("zip", "pingable"), field("email", "personal")],
    })).await;
    let key = made("keys", value!({ "source": "web", "name": "web", "campaigns": ["hostile"] })).await;
    let text = |value: &Value| value.as_str().expect("text").to_owned();
    (text(&campaign["id"]), text(&key["key"]))
}

async fn contract_with(operator: &Operator<'_>, campaign: &str, slug: &str, url: &str, pinged: bool) -> ContractId {
    let of = operator.post("buyers", &buyer(slug)).await.made();
    let of = of["id"].as_str().expect("an id");
    let made = operator.post("contracts", &contract(campaign, of, url, pinged)).await;
    assert_eq!(made.status, 201, "{url}: {}", made.body);
    made.id().parse().expect("an id")
}

impl<'a> Stall<'a> {
    async fn open(world: &'a World) -> Self {
        let (loopback, fresh) = (Loopback::open().await, tenant(world, "fresh").await);
        let admin = operator(world, &fresh, Role::Operator).await;
        let (campaign, key) = campaign(&admin).await;
        let hostile = contract_with(&admin, &campaign, "hostile", &loopback.url, true).await;
        contract_with(&admin, &campaign, "sound", &format!("{}/sound", loopback.url), false).await;
        loopback.plays("/sound/post", [vec![Act::Say(json(200, &value!({ "status": "accepted" })))]]);
        Self { world, loopback, tenant: fresh.id, key, hostile, count: 0.into() }
    }

    async fn lead(&self) -> Answer {
        let number = self.count.replace(self.count.get() + 1);
        submit(self.world, &self.key, number).await
    }

    async fn detail(&self, answer: &Answer) -> (LeadDetail, Verdict) {
        let id: LeadId = answer.body["lead_id"].as_str().expect("a lead").parse().expect("an id");
        let detail = self.world.opened.store.tenant(self.tenant).lead_detail(id).await.expect("the lead");
        let verdicts = &detail.trace.as_ref().expect("a trace").verdicts;
        let verdict = verdicts.iter().find(|verdict| verdict.contract_id == self.hostile).expect("a verdict").clone();
        (detail, verdict)
    }
}

async fn submit(world: &World, key: &str, number: u32) -> Answer {
    let lead = value!({
        "campaign": "hostile", "external_id": format!("hostile-{number}"),
        "fields": { "zip": "48226", "email": format!("dana{number}@example.com") },
    });
    let request = world.client().post(world.url("/api/v1/leads")).bearer_auth(key).json(&lead);
    // The server ends connections that nobody used for a while, and here a while is soon over.
    world.answer(request.header("connection", "close")).await
}

fn last(verdict: &Verdict) -> (Standing, Option<Reason>) {
    (verdict.standing, verdict.findings.last().map(|finding| finding.reason))
}

fn gzip(bytes: &[u8]) -> Vec<u8> {
    let mut packed = GzEncoder::new(Vec::new(), Compression::best());
    packed.write_all(bytes).expect("packed");
    packed.finish().expect("packed")
}

fn entities(yes: &str) -> Vec<u8> {
    let entity = |n: u32| format!("<!ENTITY e{n} '{}'>", format!("&e{};", n - 1).repeat(10));
    let all: String = (1..10).map(entity).collect();
    format!("<!DOCTYPE r [<!ENTITY e0 'x'>{all}]><r><status>{yes}</status><price>9</price><x>&e9;</x></r>").into_bytes()
}

/// What no buyer may get away with, whatever it is asked; `yes` is the sign that it would take the lead.
fn hostile(yes: &str, elsewhere: &str) -> Vec<(&'static str, Vec<Act>)> {
    let right = value!({ "status": yes, "price": "9.00" }).to_string();
    let say = |kind: &str, body: &[u8]| vec![Act::Say(answer(200, kind, body))];
    let js = |body: &str| say("application/json", body.as_bytes());
    let head =
        |more: &str| Act::Say(format!("HTTP/1.1 200 OK\r\ncontent-type: application/json\r\n{more}\r\n").into_bytes());
    let moved = |status: u16, body: &str| {
        let length = body.len();
        let text = format!(
            "HTTP/1.1 {status} Moved\r\nlocation: {elsewhere}\r\ncontent-type: application/json\r\ncontent-length: {length}\r\n\r\n{body}"
        );
        vec![Act::Say(text.into_bytes())]
    };
    let spaces = vec![b' '; 16 * 1024];
    let flood = || Act::Flood(spaces.clone(), FLOOD / (16 * 1024));
    let chunk = [format!("{:x}\r\n", spaces.len()).as_bytes(), &spaces[..], &b"\r\n"[..]].concat();
    vec![
        ("10 MB and more", vec![head(&format!("content-length: {FLOOD}\r\n")), flood()]),
        ("chunks without end", vec![head("transfer-encoding: chunked\r\n"), Act::Flood(chunk, FLOOD / (16 * 1024))]),
        ("no length and no end", vec![head("connection: close\r\n"), flood()]),
        (
            "headers without end",
            vec![
                Act::Say(b"HTTP/1.1 200 OK\r\n".to_vec()),
                Act::Flood(b"x-a: aaaaaaaaaaaaaaaa\r\n".to_vec(), FLOOD / 23),
            ],
        ),
        ("a gzip bomb", say("application/json", &gzip(&vec![b' '; 64 << 20]))),
        ("an entity bomb", say("text/xml", &entities(yes))),
        ("deep JSON", js(&"[".repeat(100_000))),
        ("deep JSON that ends", js(&["{\"a\":".repeat(40_000), "1".into(), "}".repeat(40_000)].concat())),
        ("a name twice", js(&format!(r#"{{"status":"no","status":"{yes}","price":"9.00"}}"#))),
        ("not a number", js(&format!(r#"{{"status":"{yes}","price":NaN}}"#))),
        ("a page", say("text/html", format!("<!DOCTYPE html><html>{right}</html>").as_bytes())),
        ("nothing", say("application/json", b"")),
        ("half of it", js(&right[..right.len() - 5])),
        ("two answers in one", js(&format!("{right}{right}"))),
        ("a redirect", moved(302, "")),
        ("a redirect that says yes", moved(307, &right)),
        ("HTTP 500 that says yes", vec![Act::Say(answer(500, "application/json", right.as_bytes()))]),
        ("no HTTP", vec![Act::Say(b"\x16\x03\x01\x02\x00\x01\x00\x01\xfc\x03\x03".to_vec()), Act::Close]),
        (
            "two lengths",
            vec![head("content-length: 5\r\ncontent-length: 31\r\n"), Act::Say(right.into_bytes()), Act::Close],
        ),
    ]
}

/// Nothing waited for longer. The writer lets records gather for some milliseconds.
fn never_late(begun: Instant, limit: u64, name: &str) {
    assert!(begun.elapsed() <= Duration::from_millis(limit) + GATHERING, "{name} took {:?}", begun.elapsed());
}

#[test]
fn a_hostile_answer_to_a_ping_costs_its_buyer_the_lead_and_nobody_else() {
    still(async |still| {
        let world = World::start().await;
        let (stall, elsewhere) = (Stall::open(&world).await, Loopback::open().await);
        still.begin(&world.opened.store);
        for (name, acts) in hostile("bid", &format!("{}/ping", elsewhere.url)) {
            stall.loopback.plays("/ping", [acts]);
            let (said, begun) = (stall.loopback.said(), Instant::now());
            let sold = stall.lead().await;
            assert_eq!(sold.body["status"], "sold", "{name}: {}", sold.body);
            never_late(begun, PING_MS, name);
            let (detail, verdict) = stall.detail(&sold).await;
            assert_eq!(last(&verdict), (Standing::Failed, Some(Reason::InvalidResponse)), "{name}: {verdict:?}");
            assert_eq!(detail.row.revenue.map(|revenue| revenue.amount), Some(Micros::units(5)), "{name}");
            assert!(stall.loopback.said() - said < FLOOD, "{name}: all of it was taken");
        }
        assert_eq!(elsewhere.connections(), 0, "nobody follows a redirect");
        // Prices that are none, in words that are right.
        for (price, reason) in [
            ("-1", Reason::InvalidResponse),
            ("\"-0.01\"", Reason::InvalidResponse),
            ("\"NaN\"", Reason::InvalidResponse),
            ("\"Infinity\"", Reason::InvalidResponse),
            ("1e400", Reason::InvalidResponse),
            ("\"12,50\"", Reason::InvalidResponse),
            ("\"1e3\"", Reason::InvalidResponse),
            ("[9]", Reason::InvalidResponse),
            ("null", Reason::InvalidResponse),
            ("99999999999999999999", Reason::InvalidResponse),
            ("0", Reason::BuyerNoMatch),
            ("\"0.00\"", Reason::BuyerNoMatch),
            ("0.99", Reason::BelowFloor),
        ] {
            let body = format!(r#"{{"status":"bid","price":{price}}}"#);
            stall.loopback.plays("/ping", [vec![Act::Say(answer(200, "application/json", body.as_bytes()))]]);
            let sold = stall.lead().await;
            assert_eq!(last(&stall.detail(&sold).await.1).1, Some(reason), "{price}");
        }
        assert_eq!(stall.loopback.requests("/post").len(), 0, "nothing of the person was sent to it");
        still.end();
        drop(stall);
        world.stop().await;
    });
}

#[test]
fn a_hostile_answer_to_a_post_is_no_sale_and_no_refusal() {
    still(async |still| {
        let world = World::start().await;
        let (stall, elsewhere) = (Stall::open(&world).await, Loopback::open().await);
        still.begin(&world.opened.store);
        stall.loopback.plays("/ping", [vec![Act::Say(json(200, &value!({ "status": "bid", "price": "9.00" })))]]);
        for (name, acts) in hostile("accepted", &format!("{}/post", elsewhere.url)) {
            stall.loopback.plays("/post", [acts]);
            let (said, begun, posts) = (stall.loopback.said(), Instant::now(), stall.loopback.requests("/post").len());
            let told = stall.lead().await;
            never_late(begun, PING_MS, name);
            let (detail, verdict) = stall.detail(&told).await;
            let stands = (detail.row.state, verdict.standing, told.body["status"].as_str());
            assert_eq!(stands, (LeadState::Unknown, Standing::Unknown, Some("pending")), "{name}: {verdict:?}");
            assert!(stall.loopback.said() - said < FLOOD, "{name}: all of it was taken");
            assert_eq!(stall.loopback.requests("/post").len(), posts + 1, "{name}: once");
        }
        assert_eq!((elsewhere.connections(), stall.loopback.requests("/sound/post").len()), (0, 0));
        // A yes is a yes, whatever it calls itself; a price that is none leaves the bid standing, a script is no address.
        for (name, kind, body) in [
            ("called a page", "text/html", r#"{"status":"accepted","price":"9.00"}"#),
            ("packed", "application/json", r#"{"status":"accepted","price":"9.00"}"#),
            ("a price below nothing", "application/json", r#"{"status":"accepted","price":"-3.00"}"#),
            ("a script", "application/json", r#"{"status":"accepted","redirect_url":"javascript:alert(1)"}"#),
        ] {
            let bytes = if name == "packed" { gzip(body.as_bytes()) } else { body.as_bytes().to_vec() };
            stall.loopback.plays("/post", [vec![Act::Say(answer(200, kind, &bytes))]]);
            let sold = stall.lead().await;
            assert_eq!(
                (&sold.body["status"], &sold.body["payout"]["amount"]),
                (&value!("sold"), &value!("4.50")),
                "{name}"
            );
            assert_eq!(sold.body["redirect_url"], "https://form.example/thanks", "{name}");
        }
        still.end();
        drop(stall);
        world.stop().await;
    });
}

#[test]
fn a_buyer_that_drips_or_hangs_is_waited_for_as_long_as_its_contract_says() {
    still(async |still| {
        let world = World::start().await;
        let stall = Stall::open(&world).await;
        still.begin(&world.opened.store);
        let (bid, yes) = (value!({ "status": "bid", "price": "9.00" }), value!({ "status": "accepted" }));
        let slow = |body: &Value| {
            let whole = json(200, body);
            let (head, rest) = whole.split_at(whole.len() - body.to_string().len());
            let drip = |bytes: &[u8]| Act::Drip(bytes.to_vec(), Duration::from_millis(100));
            vec![
                ("hangs", vec![Act::Hang]),
                ("drips its head", vec![drip(head), Act::Say(rest.to_vec())]),
                ("drips its body", vec![Act::Say(head.to_vec()), drip(rest)]),
            ]
        };
        for (name, acts) in slow(&bid) {
            let pings = stall.loopback.requests("/ping").len();
            stall.loopback.plays("/ping", [acts]);
            let begun = Instant::now();
            let passing = async {
                stall.loopback.asked("/ping", pings + 1).await;
                still.passes(Duration::from_millis(PING_MS + 1)).await;
            };
            let (sold, ()) = futures::join!(stall.lead(), passing);
            never_late(begun, PING_MS + 20, name);
            assert_eq!(sold.body["status"], "sold", "{name}");
            assert_eq!(last(&stall.detail(&sold).await.1), (Standing::Failed, Some(Reason::Timeout)), "{name}");
            // What was begun is read on for two seconds and no more.
            still.passes(Duration::from_secs(3)).await;
        }
        stall.loopback.plays("/ping", [vec![Act::Say(json(200, &bid))]]);
        for (name, acts) in slow(&yes) {
            let posts = stall.loopback.requests("/post").len();
            // Slower than the time that a post in doubt is read on.
            let acts = acts.into_iter().map(|act| match act {
                Act::Drip(bytes, _) => Act::Drip(bytes, Duration::from_secs(4)),
                other => other,
            });
            stall.loopback.plays("/post", [acts.collect()]);
            let begun = Instant::now();
            let passing = async {
                stall.loopback.asked("/post", posts + 1).await;
                still.passes(Duration::from_millis(POST_MS + 1)).await;
            };
            let (told, ()) = futures::join!(stall.lead(), passing);
            never_late(begun, POST_MS + 20, name);
            assert_eq!(told.body["status"], "pending", "{name}");
            still.passes(Duration::from_secs(31)).await;
            assert_eq!(stall.detail(&told).await.0.row.state, LeadState::Unknown, "{name}");
        }
        still.end();
        drop(stall);
        world.stop().await;
    });
}

#[tokio::test]
async fn no_spelling_of_a_private_address_is_ever_connected_to() {
    let world = World::with(|settings| settings.egress_allow.clear()).await;
    let (forbidden, fresh) = (Loopback::open().await, tenant(&world, "fresh").await);
    let admin = operator(&world, &fresh, Role::Operator).await;
    let (campaign, key) = campaign(&admin).await;
    let port = forbidden.url.rsplit(':').next().expect("a port");
    let spellings = [
        "127.0.0.1",
        "127.1",
        "2130706433",
        "0177.0.0.1",
        "017700000001",
        "0x7f.0.0.1",
        "0x7f000001",
        "127.0.0.1.",
        "localhost",
        "LOCALHOST",
        "0.0.0.0",
        "0",
        "[::1]",
        "[::]",
        "[::ffff:127.0.0.1]",
        "[::ffff:7f00:1]",
        "[::127.0.0.1]",
        "[64:ff9b::127.0.0.1]",
        "[64:ff9b::7f00:1]",
        "[64:ff9b:1::7f00:1]",
        "[2002:7f00:1::]",
        "[fe80::1]",
        "[fc00::1]",
        "10.0.0.1",
        "169.254.169.254",
        "100.64.0.1",
    ];
    let mut contracts = Vec::new();
    for (number, host) in spellings.iter().enumerate() {
        for pinged in [true, false] {
            let (slug, url) = (format!("b{number}-{pinged}"), format!("http://{host}:{port}"));
            contracts.push((*host, contract_with(&admin, &campaign, &slug, &url, pinged).await));
        }
    }
    // A direct contract is posted to one after the other: as many leads as it takes to come to each.
    let rows = world.opened.store.tenant(fresh.id);
    let mut terms = rows.campaigns().await.expect("read").remove(0);
    terms.auction.posts = u8::MAX;
    rows.put_campaign(&terms).await.expect("stored");
    world.pipeline.refresh().await.expect("read again");
    let told = submit(&world, &key, 1).await;
    assert_eq!(told.body["status"], "unsold", "{}", told.body);
    let id: LeadId = told.body["lead_id"].as_str().expect("a lead").parse().expect("an id");
    let detail = rows.lead_detail(id).await.expect("the lead");
    for verdict in &detail.trace.expect("a trace").verdicts {
        let (host, _) = contracts.iter().find(|(_, id)| *id == verdict.contract_id).expect("ours");
        assert_eq!(last(verdict), (Standing::Failed, Some(Reason::EgressRefused)), "{host}: {verdict:?}");
    }
    assert_eq!(forbidden.connections(), 0, "no connection was opened");
    world.stop().await;
}
