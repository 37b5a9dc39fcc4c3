//! Trying a contract before it is in effect: what it would send, how it would read an answer, tests that are really sent, and
//! answers that are kept with how they have to be read.

use crate::{ExampleId, Reason, Timestamp};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What is to be shown of a contract.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(deny_unknown_fields, default)]
pub struct PreviewAsked {
    /// The lead (`led_…`) whose values are sent; without, a lead made of the examples of the campaign's fields.
    pub lead: Option<String>,
    /// Show the person of the lead instead of the examples. Needs the right to see personal values, and is written down.
    pub personal: bool,
    /// As a test lead is sent.
    pub test: bool,
}

/// What a contract would send.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Preview {
    /// The lead whose values these are; none for examples only.
    pub lead: Option<String>,
    /// Whether the person is the lead's own. Otherwise personal values are the examples of their fields.
    pub personal: bool,
    /// The ping; none for a direct contract.
    pub ping: Option<Outgoing>,
    /// The post, as if the ping had been answered with a bid of 10.00 and sample tokens.
    pub post: Outgoing,
}

/// One request as it would leave. Secrets stand as `•••`.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Outgoing {
    /// `GET` or `POST`.
    pub method: String,
    /// The whole address.
    pub url: String,
    /// Names and values; those of the connection itself are not among them.
    pub headers: Vec<(String, String)>,
    /// The body; empty when there is none.
    pub body: String,
    /// Members of the mapping that are left out: they have no value here, or their condition does not hold.
    pub left_out: Vec<String>,
    /// Why this call would not be made at all.
    pub unsendable: Option<String>,
}

/// Which of a buyer's calls.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Phase {
    /// The question for a bid.
    Ping,
    /// The whole lead.
    Post,
}

impl Phase {
    /// The word in documents, sentences and the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Ping => "ping",
            Self::Post => "post",
        }
    }
}

impl FromStr for Phase {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "ping" => Ok(Self::Ping),
            "post" => Ok(Self::Post),
            _ => Err("a call is a ping or a post"),
        }
    }
}

/// An answer that is to be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct AnswerAsked {
    /// To what it is the answer.
    pub phase: Phase,
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// The content type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
}

const fn ok() -> u16 {
    200
}

/// How an answer comes out.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Outcome {
    /// A bid in answer to a ping.
    Bid,
    /// No bid.
    NoBid,
    /// The lead is bought.
    Accepted,
    /// The lead is refused.
    Rejected,
    /// The buyer says later.
    Pending,
    /// Nothing can be read from it: no bid, or an outcome that is unknown.
    Unclear,
}

impl Outcome {
    /// In words.
    #[must_use]
    pub const fn words(self) -> &'static str {
        match self {
            Self::Bid => "a bid",
            Self::NoBid => "no bid",
            Self::Accepted => "accepted",
            Self::Rejected => "rejected",
            Self::Pending => "pending",
            Self::Unclear => "unclear",
        }
    }
}

/// What is read in an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct AnswerRead {
    /// How it comes out.
    pub outcome: Outcome,
    /// The price as a decimal.
    pub price: Option<String>,
    /// The buyer's token for its bid, or its id for the lead.
    pub reference: Option<String>,
    /// Further values that the post takes along.
    pub carried: Vec<(String, Vec<String>)>,
    /// Milliseconds for which the bid is good.
    pub good_for_ms: Option<u32>,
    /// Where the consumer is sent.
    pub redirect: Option<String>,
    /// Why not, in our words.
    pub reason: Option<Reason>,
    /// Why not, in the buyer's words.
    pub said: Option<String>,
    /// What was found instead of a sign.
    pub why: Option<String>,
    /// Every sign that was looked for.
    pub signs: Vec<SignRead>,
}

/// A sign of the response rules, held against an answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SignRead {
    /// `accepting`, `rejecting` or `pending`.
    pub which: String,
    /// What it looks for.
    pub sign: String,
    /// Whether the answer shows it.
    pub shows: bool,
}

/// A test that is to be sent to a contract's buyer, with its saved delivery.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct TestAsked {
    /// The last call that is sent: a post goes out after the ping whose token it needs.
    pub phase: Phase,
    /// The lead (`led_…`) whose open values a ping sends; without, the examples of the campaign's fields. A post sends
    /// examples only.
    #[serde(default)]
    pub lead: Option<String>,
}

/// What was sent as a test, and what came of it.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct TestSent {
    /// The ping; none for a direct contract.
    pub ping: Option<TestCall>,
    /// The post; none when only the ping was asked for, or when it brought no bid.
    pub post: Option<TestCall>,
    /// Why no post was sent though one was asked for.
    pub stopped: Option<String>,
}

/// One test call.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestCall {
    /// What was sent; secrets stand as `•••`.
    pub request: Outgoing,
    /// Microseconds until the answer was there, or until it was given up.
    pub took_us: i64,
    /// The answer.
    pub answer: Option<TestAnswer>,
    /// Why there is none, in our words.
    pub reason: Option<Reason>,
    /// Why there is none, in a sentence.
    pub failure: Option<String>,
}

/// A buyer's answer to a test. Secrets of the call stand as `•••` wherever the buyer repeats them.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestAnswer {
    /// The HTTP status.
    pub status: u16,
    /// The headers that tell something: type, length, where else to go, when to come again.
    pub headers: Vec<(String, String)>,
    /// The beginning of the body.
    pub body: String,
    /// Whether the body is longer than what stands here.
    pub cut: bool,
    /// How the whole of it is read.
    pub read: AnswerRead,
}

/// A test as it is remembered: who sent what where, and how it came out. No value of it is kept.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct TestLine {
    /// When.
    pub at: Timestamp,
    /// The id of who sent it.
    pub author: String,
    /// What people call the sender.
    pub author_name: String,
    /// Ping or post.
    pub phase: Phase,
    /// The host it went to.
    pub host: String,
    /// The answer's status.
    pub status: Option<u16>,
    /// How it came out, in words; nothing when it was not told.
    pub outcome: String,
    /// Microseconds it took.
    pub took_us: Option<i64>,
}

/// How an answer has to be read: the whole of it, a member that is not named is one that must not be read.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Expected {
    /// How it comes out.
    pub outcome: Outcome,
    /// The price as a decimal.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<String>,
    /// The buyer's token for its bid, or its id for the lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
    /// Further values that the post takes along.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<(String, Vec<String>)>,
    /// Milliseconds for which the bid is good.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_for_ms: Option<u32>,
    /// Where the consumer is sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect: Option<String>,
    /// Why not, in our words.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}

impl Expected {
    /// How the answer that was read so has to be read.
    #[must_use]
    pub fn of(read: &AnswerRead) -> Self {
        Self {
            outcome: read.outcome,
            price: read.price.clone(),
            reference: read.reference.clone(),
            carried: read.carried.clone(),
            good_for_ms: read.good_for_ms,
            redirect: read.redirect.clone(),
            reason: read.reason,
        }
    }

    /// How a reading differs from what is expected, in sentences; none when it does not.
    #[must_use]
    pub fn differences(&self, read: &AnswerRead) -> Vec<String> {
        let is = Self::of(read);
        let some = |text: &Option<String>| text.clone().unwrap_or_else(|| "none".to_owned());
        let number = |number: &Option<u32>| number.map_or_else(|| "none".to_owned(), |number| number.to_string());
        let reason = |reason: &Option<Reason>| reason.map_or("none", Reason::code).to_owned();
        let carried = |all: &[(String, Vec<String>)]| {
            let each: Vec<_> = all.iter().map(|(name, values)| format!("{name}={}", values.join(","))).collect();
            if each.is_empty() { "none".to_owned() } else { each.join(" ") }
        };
        let members = [
            ("the outcome", self.outcome.words().to_owned(), is.outcome.words().to_owned()),
            ("the price", some(&self.price), some(&is.price)),
            ("the token or id", some(&self.reference), some(&is.reference)),
            ("what is carried", carried(&self.carried), carried(&is.carried)),
            ("how long it is good for", number(&self.good_for_ms), number(&is.good_for_ms)),
            ("the redirect", some(&self.redirect), some(&is.redirect)),
            ("the reason", reason(&self.reason), reason(&is.reason)),
        ];
        let differ = members.into_iter().filter(|(_, was, is)| was != is);
        differ.map(|(what, was, is)| format!("{what} is {is}, not {was}")).collect()
    }
}

/// An answer that is to be kept with its reading.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ExampleWanted {
    /// What it shows; once for each of a contract's calls.
    pub name: String,
    /// To what it is the answer.
    pub phase: Phase,
    /// The HTTP status.
    #[serde(default = "ok")]
    pub status: u16,
    /// The content type.
    #[serde(default)]
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
    /// How it has to be read; as it is read now when this is not said.
    #[serde(default)]
    pub expected: Option<Expected>,
}

/// A kept answer, read again.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ExampleRun {
    /// Which.
    pub id: ExampleId,
    /// What it shows.
    pub name: String,
    /// To what it is the answer.
    pub phase: Phase,
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: Option<String>,
    /// The body.
    pub body: String,
    /// How it has to be read.
    pub expected: Expected,
    /// How it is read; none when the contract has no such call.
    pub read: Option<AnswerRead>,
    /// How that differs; nothing when it does not.
    pub differences: Vec<String>,
}
