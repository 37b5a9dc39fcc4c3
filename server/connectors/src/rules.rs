//! Response rules made ready, and every fault by which no answer could ever be read.

use crate::{
    answer::Answer,
    path::{self, Path},
    price::read_price,
    template::Template,
};
use model::{
    Micros, Reason,
    mapping::{AnswerFormat, Header, Pick, PostPrice, ResponseRules, Sign},
};
use regex::Regex;
use serde_json::Value;
use std::borrow::Cow;

#[derive(Debug)]
pub(crate) struct Rules {
    pub(crate) read_as: Option<AnswerFormat>,
    pub(crate) accept: Vec<Mark>,
    pub(crate) reject: Vec<Mark>,
    pub(crate) pending: Option<Mark>,
    pub(crate) price: Option<Path>,
    pub(crate) bids: Option<Offers>,
    pub(crate) post_price: PostPrice,
    pub(crate) reference: Option<Path>,
    pub(crate) reference_needed: bool,
    pub(crate) carry: Vec<(String, Path)>,
    pub(crate) good_for: Option<Path>,
    pub(crate) good_for_ms: Option<u32>,
    pub(crate) redirect: Option<Path>,
    pub(crate) reason: Vec<Path>,
    pub(crate) words: Vec<Words>,
    pub(crate) poll: Option<(Template, u32)>,
}

#[derive(Debug)]
pub(crate) struct Offers {
    pub(crate) list: Path,
    pub(crate) price: Path,
    pub(crate) token: Option<Path>,
    pub(crate) pick: Pick,
}

/// A buyer's words and ours.
#[derive(Debug)]
pub(crate) struct Words {
    pub(crate) path: Option<Path>,
    pub(crate) text: String,
    pub(crate) whole: bool,
    pub(crate) reason: Reason,
}

/// A sign made ready.
#[derive(Debug)]
pub(crate) struct Mark {
    /// What it looks for, in words.
    pub(crate) told: String,
    path: Path,
    test: Test,
}

#[derive(Debug)]
enum Test {
    There,
    Values(Vec<String>),
    Pattern(Regex),
    Above(Micros),
}

impl Mark {
    fn new(sign: &Sign, which: &str, faults: &mut Vec<String>) -> Option<Self> {
        if sign.path.trim().is_empty() {
            faults.push(format!("the {which} sign needs a place in the answer"));
            return None;
        }
        let told = in_words(sign);
        let path = keep(Path::new(&sign.path).map_err(|why| format!("the {which} sign needs a place: {why}")), faults);
        let test = match (&sign.pattern, sign.above, sign.values.as_slice()) {
            (Some(pattern), None, []) => Test::Pattern(keep(path::regex(pattern), faults)?),
            (None, Some(above), []) => Test::Above(Micros(above.saturating_mul(1_000_000))),
            (None, None, []) => Test::There,
            (None, None, values) => Test::Values(values.iter().map(|value| value.trim().to_owned()).collect()),
            _ => {
                faults.push(format!("the {which} sign has values, a pattern or a number, not several of them"));
                return None;
            }
        };
        Some(Self { told, path: path?, test })
    }

    /// Without values, anything that is there is a sign. Buyers write what is not there as `null`, `"null"`, `""`,
    /// `false`, `[]` or `{}`.
    pub(crate) fn shows(&self, answer: &Answer<'_>) -> bool {
        let Some(found) = self.path.look(answer) else { return false };
        let text = scalar(&found);
        match (&self.test, found.as_ref(), text) {
            (Test::There, Value::Bool(false), _) => false,
            (Test::There, Value::Array(items), None) => !items.is_empty(),
            (Test::There, Value::Object(members), None) => !members.is_empty(),
            (Test::There, _, text) => text.is_some_and(|text| !blank(&text)),
            (Test::Values(values), _, text) => text.is_some_and(|t| values.iter().any(|v| v.eq_ignore_ascii_case(&t))),
            (Test::Pattern(pattern), _, text) => text.is_some_and(|text| pattern.is_match(&text)),
            (Test::Above(least), found, _) => price_of(found).is_some_and(|number| number > *least),
        }
    }
}

/// What a sign looks for, in words.
fn in_words(sign: &Sign) -> String {
    let path = sign.path.trim();
    match (&sign.pattern, sign.above, sign.values.as_slice()) {
        (Some(pattern), ..) => format!("{path} matches {pattern}"),
        (_, Some(above), _) => format!("{path} is above {above}"),
        (.., []) => format!("{path} is there"),
        (.., values) => format!("{path} is {}", values.join(" or ")),
    }
}

pub(crate) fn blank(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("null")
}

/// A single value as text; an XML element with attributes is its text.
pub(crate) fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        Value::Object(members) => members.get("#text").and_then(scalar),
        Value::Null | Value::Array(_) => None,
    }
}

/// An amount; an XML element with attributes is its text.
pub(crate) fn price_of(value: &Value) -> Option<Micros> {
    match value {
        Value::Object(members) => members.get("#text").and_then(read_price),
        other => read_price(other),
    }
}

fn keep<T>(made: Result<T, String>, faults: &mut Vec<String>) -> Option<T> {
    made.map_err(|why| faults.push(why)).ok()
}

impl Rules {
    pub(crate) fn new(rules: &ResponseRules, secrets: &[Header], faults: &mut Vec<String>) -> Self {
        told_apart(rules, faults);
        let place = |path: &Option<String>, faults: &mut Vec<String>| {
            path.as_deref().and_then(|path| keep(Path::new(path), faults))
        };
        let marks = |first: &Sign, also: &[Sign], which: &str, faults: &mut Vec<String>| {
            let all = std::iter::once(first).chain(also);
            all.filter_map(|sign| Mark::new(sign, which, faults)).collect()
        };
        let accept = marks(&rules.accept, &rules.accept_also, "accepting", faults);
        let reject = marks(&rules.reject, &rules.reject_also, "rejecting", faults);
        let pending = rules.pending.as_ref().and_then(|sign| Mark::new(sign, "pending", faults));
        let poll = rules.poll.as_ref().and_then(|poll| {
            if !(100..=60_000).contains(&poll.every_ms) {
                faults.push("a question is asked again after 100 to 60000 ms".to_owned());
            }
            if rules.pending.is_none() || rules.reference.is_none() {
                faults.push("asking again needs a pending sign and a reference".to_owned());
            }
            crate::address::check(&poll.url, faults);
            Some((keep(Template::new(&poll.url, secrets), faults)?, poll.every_ms))
        });
        let bids = rules.bids.as_ref().and_then(|bids| {
            let list = keep(Path::new(&bids.path), faults);
            let price = keep(Path::new(&bids.price), faults);
            let token = place(&bids.token, faults);
            if [list.as_ref(), price.as_ref(), token.as_ref()].into_iter().flatten().any(|p| !p.by_names()) {
                faults.push("several bids are read by their names".to_owned());
            }
            Some(Offers { list: list?, price: price?, token, pick: bids.pick })
        });
        let words = rules.reasons.iter().map(|rule| Words {
            path: place(&rule.path, faults),
            text: rule.contains.to_lowercase(),
            whole: rule.whole,
            reason: rule.reason,
        });
        let words = words.collect();
        let carry = rules.carry.iter();
        let carry =
            carry.filter_map(|carry| Some((carry.name.clone(), keep(Path::new(&carry.path), faults)?))).collect();
        let reason = rules.reason.iter().chain(&rules.reason_also);
        let reason = reason.filter_map(|path| keep(Path::new(path), faults)).collect();
        Self {
            read_as: rules.read_as,
            accept,
            reject,
            pending,
            price: place(&rules.price, faults),
            bids,
            post_price: rules.post_price,
            reference: place(&rules.reference, faults),
            reference_needed: rules.reference_needed,
            carry,
            good_for: place(&rules.good_for, faults),
            good_for_ms: rules.good_for_ms,
            redirect: place(&rules.redirect, faults),
            reason,
            words,
            poll,
        }
    }
}

/// Signs that one answer always shows both of.
fn told_apart(rules: &ResponseRules, faults: &mut Vec<String>) {
    let ResponseRules { accept, reject, .. } = rules;
    let plain = |sign: &Sign| sign.pattern.is_none() && sign.above.is_none();
    if accept.path.trim().is_empty() || accept.path != reject.path || !plain(accept) || !plain(reject) {
        return;
    }
    let shared = || accept.values.iter().any(|ours| reject.values.iter().any(|v| v.eq_ignore_ascii_case(ours)));
    if accept.values.is_empty() || reject.values.is_empty() || shared() {
        faults.push("the accepting and the rejecting sign cannot be told apart".to_owned());
    }
}
