//! Whole auctions as data: `auctions/*.json`, each a list of cases with the plan, what happens when, and what must come
//! of it. A case reads as a story; adding one needs no Rust.

use exchange::{
    auction::{Auction, Command, Decision, Entrant, Event, Odds, Sale, Served, Taped, tape::Tape},
    replay::first_difference,
};
use model::{
    ContractId, Micros, Reason,
    campaign::{LookAhead, Tier},
    contract::{ContractKind, OnUnknown, Routing, Sharing},
    source::{Band, Payout},
    trace::{Finding, Stage},
};
use serde::Deserialize;
use std::collections::{BTreeMap, BTreeSet};

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
    /// `fixed 3.00`, `share 60`, `between 60 2.00 4.00`, `less 2.00`, `bands 0=50 10=70`.
    #[serde(default)]
    payout: Option<String>,
    #[serde(default)]
    min_margin: Option<String>,
    #[serde(default)]
    tiers: Vec<Tier>,
    #[serde(default)]
    look_ahead: LookAhead,
    #[serde(default)]
    max_buyers: u8,
    entrants: BTreeMap<String, Entry>,
    /// `[ms, "who verb value"]`
    #[serde(default)]
    story: Vec<(u64, String)>,
    /// Who is posted to, in order, with price.
    posted: Vec<String>,
    /// `sold who price + who price`, `unsold reason`, `unknown who`: every end, in order.
    ends: Vec<String>,
    /// Standing and last reason of those that matter.
    #[serde(default)]
    verdicts: BTreeMap<String, String>,
    /// When the plan was made, in milliseconds.
    #[serde(default)]
    decided_ms: Option<u64>,
    /// What looking ahead would have done instead.
    #[serde(default)]
    advice: Option<Vec<String>>,
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
    retries: bool,
    exclusive: Option<u32>,
    /// Percent above the floor.
    refusal: Option<u32>,
    tier: u8,
    weight: Option<u32>,
    /// Sales today.
    today: u32,
    /// When the last sale was.
    last: i64,
    shared: bool,
    group: Option<String>,
    cost: Option<String>,
    /// Percent.
    returns: u32,
    /// Percent accepted and percent unknown.
    odds: Option<(u32, u32)>,
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

fn payout(text: &str) -> Payout {
    let words: Vec<&str> = text.split(' ').collect();
    let percent = |word: &str| word.parse::<u32>().unwrap() * 10_000;
    match words[0] {
        "fixed" => Payout::Fixed(money(words[1])),
        "share" => Payout::Share(percent(words[1])),
        "less" => Payout::Less(money(words[1])),
        "between" => Payout::Between {
            share: percent(words[1]),
            min: Some(money(words[2])),
            max: words.get(3).map(|word| money(word)),
        },
        "bands" => Payout::Bands(
            words[1..]
                .iter()
                .map(|word| {
                    let (from, share) = word.split_once('=').unwrap();
                    Band { from: money(from), share: percent(share) }
                })
                .collect(),
        ),
        other => panic!("what is the payout {other}?"),
    }
}

fn entrant(number: usize, entry: &Entry) -> Entrant {
    Entrant {
        contract: ContractId::from_bits(number as u128 + 1),
        kind: if entry.fixed.is_some() { ContractKind::Direct } else { ContractKind::Auction },
        fixed: entry.fixed.as_deref().map(money),
        floor: entry.floor.as_deref().map(money),
        max_bid: entry.max.as_deref().map(money),
        delivery_cost: entry.cost.as_deref().map_or(Micros::ZERO, money),
        return_share: entry.returns * 10_000,
        priority: entry.priority,
        backup: entry.backup,
        routing: Routing {
            exclusive_rank: entry.exclusive,
            first_refusal: entry.refusal.map(|percent| percent * 10_000),
            tier: entry.tier,
            weight: entry.weight,
            sharing: if entry.shared { Sharing::Shared } else { Sharing::Exclusive },
            competitor_group: entry.group.clone(),
        },
        served: Served { today: entry.today, last: entry.last },
        odds: entry.odds.map_or_else(Odds::default, |(accept, unknown)| Odds {
            accept: accept * 10_000,
            unknown: unknown * 10_000,
        }),
        ping_timeout: entry.ping_ms.unwrap_or(500) * 1000,
        post_timeout: entry.post_ms.unwrap_or(1000) * 1000,
        on_unknown: match (entry.goes_on, entry.retries) {
            (true, _) => OnUnknown::Continue,
            (false, true) => OnUnknown::Retry,
            (false, false) => OnUnknown::Hold,
        },
    }
}

fn auction(case: &Case) -> Auction {
    Auction {
        deadline: case.deadline_ms * 1000,
        post_reserve: 1_000_000,
        floor: money(&case.floor),
        posts: case.posts,
        seed: case.seed,
        payout: case.payout.as_deref().map_or(Payout::Fixed(Micros::ZERO), payout),
        min_margin: case.min_margin.as_deref().map_or(Micros::ZERO, money),
        tiers: case.tiers.clone(),
        look_ahead: case.look_ahead,
        max_buyers: case.max_buyers,
        entrants: case.entrants.values().enumerate().map(|(number, entry)| entrant(number, entry)).collect(),
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
        // `a bids 4.00 for 200`: it stands for so many milliseconds.
        "bids" => {
            let good_for = words.get(4).map(|ms| ms.parse::<u64>().unwrap() * 1000);
            Event::Bid { entrant, price: money(words[2]), good_for }
        }
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
                Command::Post(award) => {
                    let again = if award.again() { " again" } else { "" };
                    posted.push(format!("{} {}{again}", names[award.entrant()], award.price()));
                }
                Command::Done(Decision::Sold { sales }) => {
                    let sale = |sale: &Sale| format!("{} {}", names[sale.entrant], sale.revenue);
                    ends.push(format!("sold {}", sales.iter().map(sale).collect::<Vec<_>>().join(" + ")));
                }
                Command::Done(Decision::Unsold { reason }) => ends.push(format!("unsold {reason}")),
                Command::Done(Decision::Unknown { entrant }) => ends.push(format!("unknown {}", names[entrant])),
            }
        }
    };
    let (mut machine, first) = Taped::start(auction(case));
    note(first);
    for (ms, text) in &case.story {
        note(machine.step(ms * 1000, event(&names, text)));
    }
    let told = &case.name;
    let tape = Tape::read(machine.tape()).unwrap_or_else(|error| panic!("{told}: {error}"));
    assert_eq!((tape.bytes().as_slice(), tape.inputs.len()), (machine.tape(), case.story.len()), "{told}");
    assert_eq!(first_difference(&tape), None, "{told}: run again");
    assert_eq!(posted, case.posted, "{told}: who was posted to");
    assert_eq!(ends, case.ends, "{told}: how it ended");
    if let Some(ms) = case.decided_ms {
        assert_eq!(machine.decided_at(), Some(ms * 1000), "{told}: when the plan was made");
    }
    if let Some(advice) = &case.advice {
        let advised = machine.advice().unwrap_or_default().iter().map(|index| names[*index].clone());
        assert_eq!(advised.collect::<Vec<_>>(), *advice, "{told}: what looking ahead advises");
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
    let (mut count, mut seen) = (0, BTreeSet::new());
    for file in std::fs::read_dir(folder).unwrap() {
        let path = file.unwrap().path();
        let text = std::fs::read_to_string(&path).unwrap();
        let cases: Vec<Case> =
            serde_json::from_str(&text).unwrap_or_else(|error| panic!("{}: {error}", path.display()));
        count += cases.len();
        cases.iter().for_each(run);
        let words = cases.iter().flat_map(|case| case.verdicts.values());
        seen.extend(words.filter_map(|verdict| verdict.split(' ').next_back()).map(str::to_owned));
    }
    assert!(count >= 80, "only {count} cases were found");
    // Every verdict that an auction gives (exchange.md section 2, after eligibility) is in a case.
    for code in [
        "sold",
        "no_bid",
        "geo",
        "timeout",
        "late_bid",
        "invalid_response",
        "unreachable",
        "below_floor",
        "outranked",
        "outbid",
        "not_reached",
        "ping_budget",
        "not_sent",
        "cap_filled_meanwhile",
        "expired",
        "expired_ping",
        "post_unknown",
        "duplicate_same_buyer",
        "price_dropped",
    ] {
        assert!(seen.contains(code), "no case has the verdict {code}: {seen:?}");
    }
}
