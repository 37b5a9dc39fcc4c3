//! Trying a contract before it is in effect: what it would send, and how it would read an answer.

use crate::Reason;
use serde::{Deserialize, Serialize};

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
