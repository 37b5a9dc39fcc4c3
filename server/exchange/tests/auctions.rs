//! Whole auctions as data: `auctions/*.json`, each a list of cases with the plan, what happens when, and what must come
//! of it. A case reads as a story; adding one needs no Rust.

use exchange::auction::{Auction, Command, Decision, Entrant, Event, Machine};
use model::{
    ContractId, Micros, Reason,
    contract::{ContractKind, OnUnknown},
    trace::Finding,
    trace::Stage,
};
use serde::Deserialize;
use std::collections::BTreeMap;

#[derive(Deserialize)]
struct Case {
    name: String,
    #[serde(default = "default_floor")]
    floor: String,
    #[serde(default = "default_posts")]
    posts: u8,
    #[serde(default)]
    seed: u64,
    #[serde(default = "default_deadline")]
    deadline_ms: u64,
    entrants: BTreeMap<String, Entry>,
    /// `[ms, "who verb value"]`
    #[serde(default)]
    story: Vec<(u64, String)>,
    /// Who is posted to, in order, with price.
    posted: Vec<String>,
    /// `sold who price`, `unsold reason`, `unknown who`: every end, in order.
    ends: Vec<String>,
    /// Standing and last reason of those that matter.
    #[serde(default)]
    verdicts: BTreeMap<String, String>,
    /// When the plan was made, in milliseconds.
    #[serde(default)]
    decided_ms: Option<u64>,
}

#[derive(Deserialize, Default)]
#[serde(default)]
struct Entry {
    /// A fixed price makes it direct.
    fixed: Option<String>,
    floor: Option<String>,
    max: Option<String>,
    priority: i32,
    backup: bool,
    ping_ms: Option<u64>,
    post_ms: Option<u64>,
    goes_on: bool,
}

fn default_floor() -> String {
    "1.00".into()
}
const fn default_posts() -> u8 {
    3
}
const fn default_deadline() -> u64 {
    3000
}

fn money(text: &str) -> Micros {
    text.parse().unwrap_or_else(|_| panic!("{text} is no price"))
}

fn auction(case: &Case) -> Auction {
    let entrant = |(number, entry): (usize, &Entry)| Entrant {
        contract: ContractId::from_bits(number as u128 + 1),
        kind: if entry.fixed.is_some() { ContractKind::Direct } else { ContractKind::Auction },
        fixed: entry.fixed.as_deref().map(money),
        floor: entry.floor.as_deref().map(money),
        max_bid: entry.max.as_deref().map(money),
        priority: entry.priority,
        backup: entry.backup,
        ping_timeout: entry.ping_ms.unwrap_or(500) * 1000,
        post_timeout: entry.post_ms.unwrap_or(1000) * 1000,
        on_unknown: if entry.goes_on { OnUnknown::Continue } else { OnUnknown::Hold },
    };
    Auction {
        deadline: case.deadline_ms * 1000,
        post_reserve: 1_000_000,
        floor: money(&case.floor),
        posts: case.posts,
        seed: case.seed,
        entrants: case.entrants.values().enumerate().map(entrant).collect(),
    }
}

fn event(names: &[&String], text: &str) -> Event {
    let words: Vec<&str> = text.split(' ').collect();
    let reason = |i: usize| words.get(i).map(|w| w.parse::<Reason>().unwrap_or_else(|_| panic!("{w} is no reason")));
    if words[0] == "tick" {
        return Event::Tick;
    }
    let entrant = names.iter().position(|name| *name == words[0]).unwrap_or_else(|| panic!("who is {}?", words[0]));
    match words[1] {
        "bids" => Event::Bid { entrant, price: money(words[2]) },
        "declines" => Event::NoBid { entrant, reason: reason(2) },
        "fails" => Event::PingFailed { entrant, reason: reason(2).unwrap_or(Reason::InvalidResponse) },
        "accepts" => Event::PostAccepted { entrant, price: words.get(2).map(|w| money(w)) },
        "rejects" => Event::PostRejected { entrant, reason: reason(2).unwrap_or(Reason::BuyerOther) },
        "unsent" => Event::PostNotSent { entrant, reason: Reason::NotSent },
        "silent" => Event::PostUnknown { entrant },
        "withheld" => {
            let finding = Finding::plain(Stage::Post, reason(2).unwrap_or(Reason::CapFilledMeanwhile));
            Event::PostWithheld { entrant, finding }
        }
        other => panic!("what is {other}?"),
    }
}

fn run(case: &Case) {
    let names: Vec<&String> = case.entrants.keys().collect();
    let (mut posted, mut ends) = (Vec::new(), Vec::new());
    let mut note = |commands: Vec<Command>| {
        for command in commands {
            match command {
                Command::Ping { .. } => {}
                Command::Post(award) => posted.push(format!("{} {}", names[award.entrant()], award.price())),
                Command::Done(Decision::Sold { entrant, revenue }) => {
                    ends.push(format!("sold {} {revenue}", names[entrant]));
                }
                Command::Done(Decision::Unsold { reason }) => ends.push(format!("unsold {reason}")),
                Command::Done(Decision::Unknown { entrant }) => ends.push(format!("unknown {}", names[entrant])),
            }
        }
    };
    let (mut machine, first) = Machine::start(auction(case));
    note(first);
    for (ms, text) in &case.story {
        note(machine.step(ms * 1000, event(&names, text)));
    }
    let told = &case.name;
    assert_eq!(posted, case.posted, "{told}: who was posted to");
    assert_eq!(ends, case.ends, "{told}: how it ended");
    if let Some(ms) = case.decided_ms {
        assert_eq!(machine.decided_at(), Some(ms * 1000), "{told}: when the plan was made");
    }
    for (who, verdict) in &case.verdicts {
        let entrant = names.iter().position(|name| *name == who).unwrap();
        let (standing, findings) = machine.standing(entrant);
        let last = findings.last().map(|finding| finding.reason.code()).unwrap_or_default();
        assert_eq!(format!("{} {last}", standing.name()).trim(), verdict, "{told}: the verdict on {who}");
    }
}

#[test]
fn every_case_comes_out_as_written() {
    let folder = concat!(env!("CARGO_MANIFEST_DIR"), "/tests/auctions");
    let mut count = 0;
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        count += cases.len();
        cases.iter().for_each(run);
    }
    assert!(count >= 25, "only {count} cases were found");
}
