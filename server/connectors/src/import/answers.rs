//! Response rules from sample answers: the sign that tells a yes from a no, and where price, token, redirect and reason stand.

use super::{
    found::{Found, are_lines, flat},
    words::{has, words},
};
use crate::{intake::bare, price::read_price};
use model::{
    bench::{Outcome, Phase},
    import::SampleAnswer,
    mapping::{AnswerFormat, Bids, ResponseRules, Sign},
};
use serde_json::Value;

/// What the answer to a ping gives back: where it stands, and its value in the sample.
pub(super) struct Learned {
    pub(super) name: String,
    pub(super) value: String,
}

const YES: [&str; 24] = [
    "accepted",
    "accept",
    "success",
    "successful",
    "succeeded",
    "matched",
    "match",
    "bid",
    "sold",
    "approved",
    "ok",
    "true",
    "1",
    "yes",
    "continue",
    "valid",
    "available",
    "won",
    "purchased",
    "bought",
    "qualified",
    "posted",
    "received",
    "queued",
];
const NO: [&str; 31] = [
    "rejected",
    "reject",
    "failed",
    "failure",
    "fail",
    "error",
    "unmatched",
    "nomatch",
    "denied",
    "deny",
    "declined",
    "decline",
    "duplicate",
    "duplicated",
    "false",
    "0",
    "no",
    "invalid",
    "nobid",
    "pass",
    "passed",
    "refused",
    "unsold",
    "unauthorized",
    "unavailable",
    "nobuyers",
    "filtered",
    "notaccepted",
    "unqualified",
    "notmatched",
    "nocoverage",
];
/// What stands where the other word does not: the refusing words beside an accepting one.
const PAIRS: [(&str, &[&str]); 12] = [
    ("accepted", &["rejected", "duplicate", "error"]),
    ("accept", &["reject", "error"]),
    ("success", &["failed", "failure", "error", "rejected"]),
    ("matched", &["unmatched", "error"]),
    ("sold", &["unsold", "rejected", "error"]),
    ("approved", &["declined", "denied", "error"]),
    ("bid", &["no_bid", "nobid", "pass", "error"]),
    ("ok", &["error", "failed"]),
    ("true", &["false"]),
    ("1", &["0"]),
    ("yes", &["no"]),
    ("valid", &["invalid"]),
];

/// What an answer means: as it is said, else by its own words.
pub(super) fn meant(phase: Phase, answer: &SampleAnswer) -> Option<Outcome> {
    let fits = |outcome: &Outcome| match phase {
        Phase::Ping => matches!(outcome, Outcome::Bid | Outcome::NoBid | Outcome::Unclear),
        Phase::Post => !matches!(outcome, Outcome::Bid | Outcome::NoBid),
    };
    if let Some(said) = answer.means.filter(fits) {
        return Some(said);
    }
    let yes = yes_or_no(&flat(answer))?;
    Some(match (phase, yes) {
        (Phase::Ping, true) => Outcome::Bid,
        (Phase::Ping, false) => Outcome::NoBid,
        (Phase::Post, true) => Outcome::Accepted,
        (Phase::Post, false) => Outcome::Rejected,
    })
}

/// By the word of its most telling member.
fn yes_or_no(found: &[Found]) -> Option<bool> {
    let told = |found: &&Found| telling(&found.name) > 0 && (is(&YES, &found.text) || is(&NO, &found.text));
    let best = found.iter().filter(told).max_by_key(|found| telling(&found.name))?;
    Some(is(&YES, &best.text))
}

fn is(list: &[&str], text: &str) -> bool {
    list.contains(&bare(text).as_str())
}

/// How much a name sounds like the one that says yes or no.
fn telling(name: &str) -> u8 {
    match bare(name).as_str() {
        "status" | "result" | "outcome" | "decision" | "accepted" | "success" | "leadstatus" | "disposition" => 3,
        "response" | "responsetype" | "code" | "state" | "isvalidpost" | "availablebuyer" | "matched" | "sold"
        | "approved" => 2,
        "message" | "type" | "msg" => 1,
        _ => 0,
    }
}

/// The rules for the answers of a call, and what a ping's answer gives back.
pub(super) fn rules(
    phase: Phase,
    answers: &[SampleAnswer],
    notes: &mut Vec<String>,
) -> (ResponseRules, Option<Learned>) {
    let (mut yes, mut no, mut later) = (Vec::new(), Vec::new(), Vec::new());
    for answer in answers.iter().filter(|answer| !answer.body.trim().is_empty()) {
        match meant(phase, answer) {
            Some(Outcome::Bid | Outcome::Accepted) => yes.push(flat(answer)),
            Some(Outcome::NoBid | Outcome::Rejected) => no.push(flat(answer)),
            Some(Outcome::Pending) => later.push(flat(answer)),
            Some(Outcome::Unclear) | None => {
                notes.push(format!("{}: it is not clear what one of the sample answers means: say it.", phase.name()));
            }
        }
    }
    let read_as = are_lines(answers).then_some(AnswerFormat::Lines);
    let mut rules = ResponseRules { read_as, ..ResponseRules::default() };
    signs(&mut rules, phase, &yes, &no, notes);
    if let Some(sign) = later.first().and_then(|found| found.iter().max_by_key(|found| telling(&found.name))) {
        rules.pending = Some(Sign { path: sign.path.clone(), values: vec![sign.text.clone()], ..Sign::default() });
    }
    let sign = rules.accept.path.clone();
    let learned = accepted(&mut rules, phase, &sign, &yes);
    refused(&mut rules, &sign, &no);
    (rules, learned)
}

/// The place that differs between yes and no.
fn signs(rules: &mut ResponseRules, phase: Phase, yes: &[Vec<Found>], no: &[Vec<Found>], notes: &mut Vec<String>) {
    let values = |all: &[Vec<Found>], path: &str| {
        let mut values: Vec<String> = Vec::new();
        for found in all.iter().flatten().filter(|found| found.path == path) {
            if !values.iter().any(|have| have.eq_ignore_ascii_case(&found.text)) {
                values.push(found.text.clone());
            }
        }
        values
    };
    let in_all = |all: &[Vec<Found>], path: &str| all.iter().all(|found| found.iter().any(|found| found.path == path));
    let score = |found: &Found| {
        let (yes_values, no_values) = (values(yes, &found.path), values(no, &found.path));
        let apart = !yes_values.iter().any(|yes| no_values.iter().any(|no| no.eq_ignore_ascii_case(yes)));
        let whole = in_all(yes, &found.path) && in_all(no, &found.path);
        let words = yes_values.iter().all(|text| is(&YES, text)) && no_values.iter().all(|text| is(&NO, text));
        (apart && whole)
            .then(|| (u8::from(words), telling(&found.name), 9_usize.saturating_sub(found.path.matches('.').count())))
    };
    let told = yes.iter().chain(no).flatten();
    let told = told.filter(|found| telling(&found.name) > 0 || is(&YES, &found.text) || is(&NO, &found.text));
    // The first of equal ones.
    let best =
        told.filter_map(|found| Some((score(found)?, found))).fold(
            None,
            |best: Option<(_, &Found)>, next| match best {
                Some(best) if best.0 >= next.0 => Some(best),
                _ => Some(next),
            },
        );
    let sign = |path: &str, values: Vec<String>| Sign { path: path.to_owned(), values, ..Sign::default() };
    let Some((_, found)) = best else {
        let (yes, no) = if phase == Phase::Ping { ("bid", "no_bid") } else { ("accepted", "rejected") };
        rules.accept = sign("status", vec![yes.to_owned()]);
        rules.reject = sign("status", vec![no.to_owned()]);
        let name = phase.name();
        notes.push(format!("{name}: no answer tells a yes from a no: say how the buyer accepts and how it refuses."));
        return;
    };
    let (mut yes, mut no) = (values(yes, &found.path), values(no, &found.path));
    if no.is_empty() {
        let known = |text: &String| PAIRS.iter().find(|(word, _)| *word == bare(text)).map(|(_, other)| *other);
        no = yes
            .iter()
            .find_map(known)
            .unwrap_or(&["rejected", "error"])
            .iter()
            .map(|text| (*text).to_owned())
            .collect();
        notes.push(format!(
            "{}: no refusing answer was given: {} are taken for one at {}.",
            phase.name(),
            no.join(", "),
            found.path
        ));
    }
    if yes.is_empty() {
        let known = |text: &String| {
            let pair = PAIRS.iter().find(|(_, other)| other.iter().any(|word| bare(word) == bare(text)));
            pair.map(|(word, _)| (*word).to_owned())
        };
        yes = vec![no.iter().find_map(known).unwrap_or_else(|| "accepted".to_owned())];
        notes.push(format!(
            "{}: no accepting answer was given: {} is taken for one at {}.",
            phase.name(),
            yes.join(", "),
            found.path
        ));
    }
    rules.accept = sign(&found.path, yes);
    rules.reject = sign(&found.path, no);
}

/// Price, token, redirect and validity of an accepting answer.
fn accepted(rules: &mut ResponseRules, phase: Phase, sign: &str, yes: &[Vec<Found>]) -> Option<Learned> {
    let found = yes.first()?;
    let others = || found.iter().filter(|found| found.path != sign);
    let named = |names: &[&str]| {
        let order = |found: &&Found| names.iter().position(|name| *name == bare(&found.name));
        others().filter(|found| order(found).is_some()).min_by_key(order)
    };
    const PRICES: [&str; 12] = [
        "price",
        "bid",
        "bidprice",
        "bidamount",
        "payout",
        "amount",
        "cost",
        "bestbid",
        "revenue",
        "payamount",
        "value",
        "offer",
    ];
    let numeric = |found: &&Found| read_price(&Value::from(found.text.as_str())).is_some();
    let price = PRICES.iter().find_map(|name| others().filter(|found| bare(&found.name) == *name).find(numeric));
    const PING: [&str; 16] = [
        "pingid",
        "pingtoken",
        "token",
        "bidid",
        "promise",
        "authcode",
        "leadauctionid",
        "leadid",
        "transactionid",
        "requestid",
        "txid",
        "auctionid",
        "quoteid",
        "reservationid",
        "confirmationid",
        "id",
    ];
    const POST: [&str; 9] = [
        "leadid",
        "id",
        "orderid",
        "transactionid",
        "referenceid",
        "reference",
        "confirmationid",
        "confirmation",
        "recordid",
    ];
    let reference = if phase == Phase::Ping { named(&PING) } else { named(&POST) };
    if let Some(price) = price {
        match price.path.rsplit_once(".0.").filter(|_| phase == Phase::Ping) {
            Some((list, own)) => {
                let prefix = format!("{list}.0.");
                let token = reference.and_then(|found| found.path.strip_prefix(&prefix)).map(str::to_owned);
                rules.bids = Some(Bids {
                    path: list.to_owned(),
                    price: own.to_owned(),
                    token,
                    pick: model::mapping::Pick::Best,
                });
            }
            None => rules.price = Some(price.path.clone()),
        }
    }
    let in_bids = rules.bids.as_ref().is_some_and(|bids| bids.token.is_some());
    rules.reference = reference.filter(|_| !in_bids).map(|found| found.path.clone());
    if phase == Phase::Post {
        let address = |found: &&Found| found.text.starts_with("http://") || found.text.starts_with("https://");
        let called = |found: &&Found| has(&words(&found.name), &["redirect", "url", "link", "next", "redirecturl"]);
        rules.redirect = others().filter(address).find(called).map(|found| found.path.clone());
    } else {
        const VALID: [&str; 6] = ["expiresin", "ttl", "validfor", "goodfor", "expiresinseconds", "validseconds"];
        rules.good_for =
            named(&VALID).filter(|found| found.text.parse::<u32>().is_ok()).map(|found| found.path.clone());
    }
    reference.map(|found| Learned { name: found.name.clone(), value: found.text.clone() })
}

/// Where a refusing answer says why.
fn refused(rules: &mut ResponseRules, sign: &str, no: &[Vec<Found>]) {
    const WHY: [&str; 15] = [
        "reason",
        "rejectreason",
        "reasons",
        "why",
        "message",
        "errormessage",
        "msg",
        "error",
        "errors",
        "detail",
        "details",
        "description",
        "comment",
        "responsemessage",
        "info",
    ];
    let mut paths: Vec<(usize, String)> = Vec::new();
    for found in no.iter().flatten().filter(|found| found.path != sign) {
        let place = WHY.iter().position(|name| *name == bare(&found.name));
        let path = found.path.trim_end_matches(".0").to_owned();
        if let Some(place) = place
            && !paths.iter().any(|(_, have)| *have == path)
        {
            paths.push((place, path));
        }
    }
    paths.sort();
    let mut paths = paths.into_iter().map(|(_, path)| path);
    rules.reason = paths.next();
    rules.reason_also = paths.take(3).collect();
}
