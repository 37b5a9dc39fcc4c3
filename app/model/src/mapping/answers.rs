//! How answers are read.
//!
//! A *path* is a place in an answer: names with dots between (`result.status`), `[0]` or `0` for a place in a list, `*` for
//! any one step, `@name` for an XML attribute. Names of XML elements stand without their namespace. A name that is not there
//! is looked for without regard to case. Beside those: `$status` is the HTTP status, `$body` the answer as text, and
//! `re:PATTERN` the first group of a regular expression (or all of its match) in that text. Of several places with ` | `
//! between them the first counts at which there is something.

use crate::Reason;
use serde::{Deserialize, Serialize};

/// Tells whether an answer means something, by one place in it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Sign {
    /// Path into the answer (`result.status`, `legs.0.bid`).
    pub path: String,
    /// Values that mean yes, compared as text without regard to case. Empty: any value that is there; `null`, `"null"`,
    /// `""`, `false`, `[]` and `{}` are not.
    #[serde(default)]
    pub values: Vec<String>,
    /// A regular expression that means yes, instead of values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pattern: Option<String>,
    /// A number above this means yes, instead of values.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub above: Option<i64>,
}

/// A buyer's words for a rejection, and ours.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonRule {
    /// A part of the buyer's text, compared without regard to case.
    pub contains: String,
    /// What it means.
    pub reason: Reason,
    /// Path of the text; without, the one of the reason.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub path: Option<String>,
    /// Whether it has to be the whole text.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub whole: bool,
}

/// How an answer is written.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum AnswerFormat {
    /// JSON.
    Json,
    /// XML.
    Xml,
    /// `name=value&…`.
    Form,
    /// Lines of `name=value` or `name: value`.
    Lines,
    /// Text without members: only `$body` and `re:` find something.
    Text,
}

/// A value of a ping answer that goes back in the post.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Carry {
    /// The name rows ask for it by.
    pub name: String,
    /// Its path. A list is carried as a list.
    pub path: String,
}

/// Which of several bids in one answer counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Pick {
    /// The highest; the first of equal ones.
    #[default]
    Best,
    /// Their sum: all legs are sold at once. Every one has to be readable.
    Sum,
}

/// Several bids in one answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Bids {
    /// Path of the list; a single one counts as a list of one.
    pub path: String,
    /// Path of the price within a bid.
    pub price: String,
    /// Path of the token within a bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Which counts.
    #[serde(default)]
    pub pick: Pick,
}

/// What a price in a post's answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PostPrice {
    /// It is what the buyer pays.
    #[default]
    Take,
    /// The bid stands, whatever is answered.
    KeepBid,
    /// Below the bid a person has to decide: the outcome counts as unknown.
    HoldWhenLower,
}

/// Asking again for an outcome that was not there at once.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Poll {
    /// The address, asked with GET and the call's headers; `{answer:reference}` is the reference of the answer before, and
    /// `{secret:NAME}` a secret of the call.
    pub url: String,
    /// Milliseconds between two questions.
    pub every_ms: u32,
}

/// How an answer is read. Accepting needs an explicit positive sign: most buyers answer HTTP 200 for rejects.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct ResponseRules {
    /// How the answer is written, whatever its content type says. Without, the type and then the text itself tell.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub read_as: Option<AnswerFormat>,
    /// The positive sign: a bid in a ping, accepted in a post.
    pub accept: Sign,
    /// Further signs that must all be there to accept.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub accept_also: Vec<Sign>,
    /// The explicit negative sign. An answer with neither sign cannot be read.
    pub reject: Sign,
    /// Further signs each of which rejects.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reject_also: Vec<Sign>,
    /// The sign that the outcome comes later (post). Looked for first.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub pending: Option<Sign>,
    /// How a pending outcome is asked for, within the time of the call.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub poll: Option<Poll>,
    /// Path of the price.
    #[serde(default)]
    pub price: Option<String>,
    /// Several bids in one answer (ping). Where the answer has none of them, `price` counts if there is one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bids: Option<Bids>,
    /// What a price in the answer to a post means.
    #[serde(default)]
    pub post_price: PostPrice,
    /// Path of the buyer's token for its bid (ping) or its lead id (post).
    #[serde(default)]
    pub reference: Option<String>,
    /// Whether an acceptance without that reference is none (ping): the post could not name it.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub reference_needed: bool,
    /// Values that go back in the post (ping).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carry: Vec<Carry>,
    /// Path of how many seconds the bid is good for (ping).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_for: Option<String>,
    /// Milliseconds every bid is good for, when the answer does not say (ping).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_for_ms: Option<u32>,
    /// Path of the URL the consumer is sent to (post).
    #[serde(default)]
    pub redirect: Option<String>,
    /// Path of the reason for a rejection.
    #[serde(default)]
    pub reason: Option<String>,
    /// Paths that are tried when there is nothing there.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reason_also: Vec<String>,
    /// The buyer's words and ours, first match wins.
    #[serde(default)]
    pub reasons: Vec<ReasonRule>,
}
