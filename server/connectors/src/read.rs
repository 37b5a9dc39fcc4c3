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

/// Longest text kept of an answer, in characters.
const LONGEST: usize = 800;

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
            let said = text_at(rules.reason.as_deref(), &answer);
            let reason = said.as_deref().map(|said| normalise(&rules.reasons, Some(said)));
            PingReading::NoBid { reason, said }
        }
        Signal::Yes(answer) => {
            let found = rules.price.as_deref().and_then(|path| look(&answer, path));
            match found.and_then(read_price) {
                Some(price) => PingReading::Bid { price, token: text_at(rules.reference.as_deref(), &answer) },
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
            let said = text_at(rules.reason.as_deref(), &answer);
            PostReading::Rejected { reason: normalise(&rules.reasons, said.as_deref()), said }
        }
        Signal::Yes(answer) => PostReading::Accepted {
            price: rules.price.as_deref().and_then(|path| look(&answer, path)).and_then(read_price),
            reference: text_at(rules.reference.as_deref(), &answer),
            redirect: text_at(rules.redirect.as_deref(), &answer).filter(|url| safe(url)),
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

fn shows(sign: &Sign, answer: &Value) -> bool {
    let Some(text) = look(answer, &sign.path).and_then(scalar) else { return false };
    if sign.values.is_empty() { !text.is_empty() } else { sign.values.iter().any(|v| v.eq_ignore_ascii_case(&text)) }
}

fn scalar(value: &Value) -> Option<Cow<'_, str>> {
    match value {
        Value::String(text) => Some(text.trim().into()),
        Value::Number(number) => Some(number.to_string().into()),
        Value::Bool(flag) => Some(flag.to_string().into()),
        Value::Null | Value::Array(_) | Value::Object(_) => None,
    }
}

fn text_at(path: Option<&str>, answer: &Value) -> Option<String> {
    let found = look(answer, path?)?;
    let text = match found {
        // Several reasons: all of them.
        Value::Array(items) => items.iter().filter_map(scalar).collect::<Vec<_>>().join("; "),
        other => scalar(other)?.into_owned(),
    };
    Some(cut(&text)).filter(|text| !text.is_empty())
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
