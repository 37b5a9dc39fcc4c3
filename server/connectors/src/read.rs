//! Reads answers. Accepting needs an explicit positive sign: most buyers answer HTTP 200 for a rejection, and some answer
//! 201 for one (contracts/README.md, section 4).

use crate::{
    answer::Answer,
    consumer,
    path::Path,
    reasons::normalise,
    rules::{Offers, Rules, blank, price_of, scalar},
};
use model::{Micros, Reason, mapping::Pick};
use serde_json::Value;
use std::borrow::Cow;

/// Longest text kept of a buyer's words, in characters.
const LONGEST: usize = 800;
/// Longest token or lead id, in bytes. A longer one is none: with its end cut off it would be another one.
const LONGEST_REFERENCE: usize = 4096;
/// Longest address the consumer is sent to, in bytes: what every browser takes.
const LONGEST_REDIRECT: usize = 2048;
/// Most values carried under one name, and most bids in one answer.
const MOST: usize = 100;
/// No bid is good for longer, in milliseconds: a day.
const LONGEST_BID_MS: i64 = 86_400_000;

/// What an answer to a ping says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PingReading {
    /// A price.
    Bid {
        /// How much.
        price: Micros,
        /// The buyer's token for its bid.
        token: Option<String>,
        /// Further values for the post.
        carried: Vec<(String, Vec<String>)>,
        /// Milliseconds from the answer for which it is good, when it said so.
        good_for_ms: Option<u32>,
    },
    /// A no.
    NoBid {
        /// Why, when it said so.
        reason: Option<Reason>,
        /// In its own words.
        said: Option<String>,
    },
    /// Neither could be found.
    Invalid {
        /// What was found instead.
        why: String,
    },
}

/// What an answer to a post says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PostReading {
    /// The buyer took the lead.
    Accepted {
        /// What it pays, when it said so readably.
        price: Option<Micros>,
        /// Its id for the lead.
        reference: Option<String>,
        /// Where the consumer goes.
        redirect: Option<String>,
        /// Why the address it names for the consumer is not used.
        redirect_refused: Option<&'static str>,
    },
    /// The buyer refused the lead.
    Rejected {
        /// Why, normalised.
        reason: Reason,
        /// In its own words.
        said: Option<String>,
    },
    /// The buyer has the lead and says later whether it takes it.
    Pending {
        /// Its id for the lead.
        reference: Option<String>,
    },
    /// Nobody can say.
    Unclear {
        /// What was found instead.
        why: String,
    },
}

enum Signal {
    Yes,
    No,
    Later,
    Unclear(String),
}

/// Looks for the signs. Outside 2xx, and on a page for people, only the negative one counts.
fn signal(rules: &Rules, answer: &Answer<'_>) -> Signal {
    let status = answer.status;
    let fine = (200..300).contains(&status) && !answer.page;
    if fine && rules.pending.as_ref().is_some_and(|mark| mark.shows(answer)) {
        return Signal::Later;
    }
    let yes = !rules.accept.is_empty() && rules.accept.iter().all(|mark| mark.shows(answer));
    let no = rules.reject.iter().any(|mark| mark.shows(answer));
    match (yes, no) {
        (true, true) => Signal::Unclear(format!("HTTP {status}, both the accepting and the rejecting sign")),
        (false, true) => Signal::No,
        (true, false) if fine => Signal::Yes,
        (true, false) => Signal::Unclear(format!("HTTP {status} with the accepting sign")),
        (false, false) => {
            let what = answer.unread.as_deref().unwrap_or("neither the accepting nor the rejecting sign");
            Signal::Unclear(format!("HTTP {status}, {what}"))
        }
    }
}

/// Every sign with whether it shows.
pub(crate) fn signs(
    rules: &Rules,
    status: u16,
    content_type: Option<&str>,
    body: &[u8],
) -> Vec<(&'static str, String, bool)> {
    let Ok(answer) = Answer::new(rules.read_as, status, content_type, body) else { return Vec::new() };
    let accept = rules.accept.iter().map(|mark| ("accepting", mark));
    let reject = rules.reject.iter().map(|mark| ("rejecting", mark));
    let pending = rules.pending.iter().map(|mark| ("pending", mark));
    let all = accept.chain(reject).chain(pending);
    all.map(|(which, mark)| (which, mark.told.clone(), mark.shows(&answer))).collect()
}

pub(crate) fn ping(rules: &Rules, status: u16, content_type: Option<&str>, body: &[u8]) -> PingReading {
    let answer = match Answer::new(rules.read_as, status, content_type, body) {
        Ok(answer) => answer,
        Err(why) => return PingReading::Invalid { why: format!("HTTP {status}, {why}") },
    };
    match signal(rules, &answer) {
        Signal::Unclear(why) => PingReading::Invalid { why },
        Signal::Later => PingReading::Invalid { why: format!("HTTP {status}, a bid that comes later") },
        Signal::No => {
            let said = words_at(rules, &answer);
            let named = rules.words.iter().any(|words| words.path.is_some());
            let reason = (said.is_some() || named).then(|| normalise(&rules.words, &answer, said.as_deref()));
            PingReading::NoBid { reason: reason.filter(|reason| said.is_some() || *reason != Reason::BuyerOther), said }
        }
        Signal::Yes => bid(rules, &answer),
    }
}

fn bid(rules: &Rules, answer: &Answer<'_>) -> PingReading {
    // Where there are no bids to choose from, the one price counts if the answer may have one.
    let several = rules.bids.as_ref().filter(|bids| rules.price.is_none() || !bids.list.all(answer, 1).is_empty());
    let (price, found, own) = match several {
        Some(offers) => best(offers, answer),
        None => {
            let found = rules.price.as_ref().and_then(|path| path.look(answer));
            let price = found.as_deref().and_then(price_of);
            (price, found.map_or_else(|| "nothing".to_owned(), |value| cut(&value.to_string())), None)
        }
    };
    let Some(price) = price else {
        return PingReading::Invalid { why: format!("a bid without a readable price: {found}") };
    };
    if price <= Micros::ZERO {
        return PingReading::NoBid { reason: Some(Reason::BuyerNoMatch), said: Some("a bid of nothing".to_owned()) };
    }
    let token = own.or_else(|| whole_at(rules.reference.as_ref(), answer, LONGEST_REFERENCE));
    if token.is_none() && rules.reference_needed {
        return PingReading::Invalid { why: "a bid without the token its post has to name".to_owned() };
    }
    let carried = rules.carry.iter().map(|(name, path)| {
        let all = path.all(answer, MOST);
        (name.clone(), all.iter().filter_map(|value| whole(value, LONGEST_REFERENCE)).collect::<Vec<_>>())
    });
    let carried = carried.filter(|(_, values)| !values.is_empty()).collect();
    let said = rules.good_for.as_ref().and_then(|path| path.look(answer)).and_then(|value| price_of(&value));
    let said = said.map(|Micros(seconds)| seconds / 1000);
    let good_for = said.or(rules.good_for_ms.map(i64::from)).map(|ms| ms.clamp(0, LONGEST_BID_MS));
    PingReading::Bid { price, token, carried, good_for_ms: good_for.and_then(|ms| u32::try_from(ms).ok()) }
}

/// The bid among several, what was found when there is none, and its token.
fn best(offers: &Offers, answer: &Answer<'_>) -> (Option<Micros>, String, Option<String>) {
    let all = offers.list.all(answer, MOST);
    let prices: Vec<_> = all.iter().map(|one| offers.price.below(one).and_then(price_of)).collect();
    let found = format!("{} bids", all.len());
    match offers.pick {
        Pick::Sum => {
            let sum =
                prices.iter().try_fold(0_i64, |sum, price| price.and_then(|Micros(price)| sum.checked_add(price)));
            (sum.filter(|_| !prices.is_empty()).map(Micros), found, None)
        }
        Pick::Best => {
            let readable = prices.iter().enumerate().filter_map(|(at, price)| Some(((*price)?, at)));
            let Some((price, at)) = readable.max_by_key(|(price, at)| (*price, std::cmp::Reverse(*at))) else {
                return (None, found, None);
            };
            let token = offers.token.as_ref().and_then(|path| path.below(&all[at]));
            (Some(price), found, token.and_then(|token| whole(token, LONGEST_REFERENCE)))
        }
    }
}

pub(crate) fn post(rules: &Rules, status: u16, content_type: Option<&str>, body: &[u8]) -> PostReading {
    let answer = match Answer::new(rules.read_as, status, content_type, body) {
        Ok(answer) => answer,
        Err(why) => return PostReading::Unclear { why: format!("HTTP {status}, {why}") },
    };
    let reference = || whole_at(rules.reference.as_ref(), &answer, LONGEST_REFERENCE);
    match signal(rules, &answer) {
        Signal::Unclear(why) => PostReading::Unclear { why },
        Signal::Later => PostReading::Pending { reference: reference() },
        Signal::No => {
            let said = words_at(rules, &answer);
            PostReading::Rejected { reason: normalise(&rules.words, &answer, said.as_deref()), said }
        }
        Signal::Yes => {
            let (redirect, redirect_refused) = redirect(rules, &answer);
            let price = rules
                .price
                .as_ref()
                .and_then(|path| path.look(&answer))
                .and_then(|value| price_of(&value))
                .filter(|price| *price > Micros::ZERO);
            PostReading::Accepted { price, reference: reference(), redirect, redirect_refused }
        }
    }
}

/// Where the consumer goes, or why not there.
fn redirect(rules: &Rules, answer: &Answer<'_>) -> (Option<String>, Option<&'static str>) {
    let named = rules.redirect.as_ref().and_then(|path| path.look(answer));
    let Some(named) = named.filter(|found| scalar(found).is_some_and(|text| !blank(&text))) else {
        return (None, None);
    };
    let Some(url) = whole(&named, LONGEST_REDIRECT) else { return (None, Some("it is too long")) };
    match consumer::usable(&url) {
        Ok(()) => (Some(url), None),
        Err(why) => (None, Some(why)),
    }
}

/// One text as it was written, or nothing. A number that was too long to be kept exactly is nothing too.
fn whole(value: &Value, longest: usize) -> Option<String> {
    let exact = value.as_number().is_none_or(|number| !number.is_f64());
    scalar(value).filter(|text| exact && !blank(text) && text.len() <= longest).map(Cow::into_owned)
}

fn whole_at(path: Option<&Path>, answer: &Answer<'_>, longest: usize) -> Option<String> {
    whole(&*path?.look(answer)?, longest)
}

/// What a buyer says, all of it when it says several things: `["a", "b"]`, `[{"error": "a"}]`, `{"Authorization Failed": ""}`.
fn words_at(rules: &Rules, answer: &Answer<'_>) -> Option<String> {
    rules.reason.iter().find_map(|path| {
        let mut words = Vec::new();
        collect(&*path.look(answer)?, 3, &mut words);
        Some(cut(&words.join("; "))).filter(|said| !said.is_empty())
    })
}

fn collect(value: &Value, depth: u8, words: &mut Vec<String>) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(items) => items.iter().take(MOST).for_each(|item| collect(item, deeper, words)),
        Value::Object(members) => {
            for (name, member) in members.iter().take(MOST) {
                let mut said = Vec::new();
                collect(member, deeper, &mut said);
                // The name is often the field that is at fault, or all there is.
                words.push(format!("{name} {}", said.join("; ")).trim().to_owned());
            }
        }
        Value::Null | Value::Bool(_) | Value::Number(_) | Value::String(_) => {
            words.extend(scalar(value).filter(|text| !blank(text)).map(Cow::into_owned));
        }
    }
}

fn cut(text: &str) -> String {
    text.chars().take(LONGEST).collect()
}
