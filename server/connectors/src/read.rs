//! Reads answers. Accepting needs an explicit positive sign: most buyers answer HTTP 200 for a rejection, and some answer
//! 201 for one (contracts/README.md, section 4).

use crate::{price::read_price, reasons::normalise};
use exchange::lead::form_to_json;
use model::{
    Micros, Reason,
    mapping::{ResponseRules, Sign},
};
use serde_json::Value;
use std::borrow::Cow;

/// Longest text kept of a buyer's words, in characters.
const LONGEST: usize = 800;
/// Longest token or lead id, in bytes. A longer one is none: with its end cut off it would be another one.
const LONGEST_REFERENCE: usize = 4096;
/// Longest address the consumer is sent to, in bytes: what every browser takes.
const LONGEST_REDIRECT: usize = 2048;

/// What an answer to a ping says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PingReading {
    /// A price.
    Bid {
        /// How much.
        price: Micros,
        /// The buyer's token for its bid.
        token: Option<String>,
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
    },
    /// The buyer refused the lead.
    Rejected {
        /// Why, normalised.
        reason: Reason,
        /// In its own words.
        said: Option<String>,
    },
    /// Nobody can say.
    Unclear {
        /// What was found instead.
        why: String,
    },
}

enum Signal {
    Yes(Value),
    No(Value),
    Unclear(String),
}

/// Looks for the signs. Outside 2xx only the negative one counts.
fn signal(rules: &ResponseRules, status: u16, content_type: Option<&str>, body: &[u8]) -> Signal {
    let answer = match parse(content_type, body) {
        Ok(answer) => answer,
        Err(why) => return Signal::Unclear(format!("HTTP {status}, {why}")),
    };
    match (shows(&rules.accept, &answer), shows(&rules.reject, &answer)) {
        (true, true) => Signal::Unclear(format!("HTTP {status}, both the accepting and the rejecting sign")),
        (false, true) => Signal::No(answer),
        (true, false) if (200..300).contains(&status) => Signal::Yes(answer),
        (true, false) => Signal::Unclear(format!("HTTP {status} with the accepting sign")),
        (false, false) => Signal::Unclear(format!("HTTP {status}, neither the accepting nor the rejecting sign")),
    }
}

pub(crate) fn ping(rules: &ResponseRules, status: u16, content_type: Option<&str>, body: &[u8]) -> PingReading {
    match signal(rules, status, content_type, body) {
        Signal::Unclear(why) => PingReading::Invalid { why },
        Signal::No(answer) => {
            let said = words_at(rules.reason.as_deref(), &answer);
            let reason = said.as_deref().map(|said| normalise(&rules.reasons, Some(said)));
            PingReading::NoBid { reason, said }
        }
        Signal::Yes(answer) => {
            let found = rules.price.as_deref().and_then(|path| look(&answer, path));
            match found.and_then(read_price) {
                Some(price) => PingReading::Bid { price, token: reference_at(rules, &answer) },
                None => {
                    let what = found.map_or_else(|| "nothing".to_owned(), |value| cut(&value.to_string()));
                    PingReading::Invalid { why: format!("a bid without a readable price: {what}") }
                }
            }
        }
    }
}

pub(crate) fn post(rules: &ResponseRules, status: u16, content_type: Option<&str>, body: &[u8]) -> PostReading {
    match signal(rules, status, content_type, body) {
        Signal::Unclear(why) => PostReading::Unclear { why },
        Signal::No(answer) => {
            let said = words_at(rules.reason.as_deref(), &answer);
            PostReading::Rejected { reason: normalise(&rules.reasons, said.as_deref()), said }
        }
        Signal::Yes(answer) => PostReading::Accepted {
            price: rules.price.as_deref().and_then(|path| look(&answer, path)).and_then(read_price),
            reference: reference_at(rules, &answer),
            redirect: whole_at(rules.redirect.as_deref(), &answer, LONGEST_REDIRECT).filter(|url| safe(url)),
        },
    }
}

/// JSON, or a form when the buyer says it is one.
fn parse(content_type: Option<&str>, body: &[u8]) -> Result<Value, String> {
    if body.iter().all(u8::is_ascii_whitespace) {
        return Err("an empty answer".to_owned());
    }
    let form = content_type.is_some_and(|kind| kind.to_ascii_lowercase().contains("x-www-form-urlencoded"));
    if form {
        return form_to_json(body).map_err(|_| "a form that cannot be read".to_owned());
    }
    let body = body.strip_prefix(b"\xef\xbb\xbf").unwrap_or(body);
    // The parser bounds nesting at 128 levels; the caller bounds the size.
    serde_json::from_slice(body).map_err(|_| "an answer that is not JSON".to_owned())
}

fn look<'a>(answer: &'a Value, path: &str) -> Option<&'a Value> {
    path.split('.').try_fold(answer, |value, part| match value {
        Value::Object(members) => members.get(part),
        Value::Array(items) => items.get(part.parse::<usize>().ok()?),
        _ => None,
    })
}

/// Names the faults of rules by which no answer could ever be read.
pub(crate) fn check(rules: &ResponseRules, faults: &mut Vec<String>) {
    let ResponseRules { accept, reject, .. } = rules;
    for (sign, which) in [(accept, "accepting"), (reject, "rejecting")] {
        if sign.path.split('.').any(str::is_empty) {
            faults.push(format!("the {which} sign needs a place in the answer"));
        }
    }
    let shared = || accept.values.iter().any(|ours| reject.values.iter().any(|v| v.eq_ignore_ascii_case(ours)));
    if accept.path == reject.path && (accept.values.is_empty() || reject.values.is_empty() || shared()) {
        faults.push("the accepting and the rejecting sign cannot be told apart".to_owned());
    }
}

/// Without values, anything that is there is a sign. Buyers write what is not there as `null`, `"null"`, `""`, `false`,
/// `[]` or `{}`.
fn shows(sign: &Sign, answer: &Value) -> bool {
    let Some(found) = look(answer, &sign.path) else { return false };
    match (found, scalar(found)) {
        (Value::Bool(false), _) if sign.values.is_empty() => false,
        (_, Some(text)) if sign.values.is_empty() => !blank(&text),
        (_, Some(text)) => sign.values.iter().any(|value| value.trim().eq_ignore_ascii_case(&text)),
        (Value::Array(items), None) => sign.values.is_empty() && !items.is_empty(),
        (Value::Object(members), None) => sign.values.is_empty() && !members.is_empty(),
        (_, None) => false,
    }
}

fn blank(text: &str) -> bool {
    text.is_empty() || text.eq_ignore_ascii_case("null")
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn reference_at(rules: &ResponseRules, answer: &Value) -> Option<String> {
    whole_at(rules.reference.as_deref(), answer, LONGEST_REFERENCE)
}

/// One text as it was written, or nothing. A number that was too long to be kept exactly is nothing too.
fn whole_at(path: Option<&str>, answer: &Value, longest: usize) -> Option<String> {
    let found = look(answer, path?)?;
    let exact = found.as_number().is_none_or(|number| !number.is_f64());
    scalar(found).filter(|text| exact && !blank(text) && text.len() <= longest).map(Cow::into_owned)
}

/// What a buyer says, all of it when it says several things: `["a", "b"]`, `[{"error": "a"}]`, `{"Authorization Failed": ""}`.
fn words_at(path: Option<&str>, answer: &Value) -> Option<String> {
    let mut words = Vec::new();
    collect(look(answer, path?)?, 3, &mut words);
    Some(cut(&words.join("; "))).filter(|said| !said.is_empty())
}

fn collect(value: &Value, depth: u8, words: &mut Vec<String>) {
    let Some(deeper) = depth.checked_sub(1) else { return };
    match value {
        Value::Array(items) => items.iter().for_each(|item| collect(item, deeper, words)),
        Value::Object(members) => {
            for (name, member) in members {
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

/// Only addresses a browser may be sent to: no `javascript:`, no credentials.
fn safe(url: &str) -> bool {
    url::Url::parse(url).is_ok_and(|url| {
        matches!(url.scheme(), "http" | "https")
            && url.has_host()
            && url.username().is_empty()
            && url.password().is_none()
    })
}
