//! How an auction went: one verdict for every contract of the campaign. This is what the lead page draws.

use crate::{BuyerId, ContractId, Micros, Reason, Timestamp, contract::ContractKind};
use serde::{Deserialize, Serialize};

/// One auction from intake to outcome. Offsets are microseconds since `started_at`.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Trace {
    /// When the lead came in.
    pub started_at: Timestamp,
    /// Milliseconds after which the auction had to be over.
    pub deadline_ms: u32,
    /// When the plan was made, if one was.
    pub decided_us: Option<u32>,
    /// When the outcome was known.
    pub done_us: u32,
    /// The least revenue asked for this lead.
    pub floor: Micros,
    /// Our own steps before the auction.
    pub steps: Vec<OwnStep>,
    /// One for every contract of the campaign, excluded ones too.
    pub verdicts: Vec<Verdict>,
}

/// One of our own steps.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OwnStep {
    /// `receive`, `screen`, `eligibility`.
    pub name: String,
    /// When it began.
    pub start_us: u32,
    /// How long it took.
    pub took_us: u32,
    /// What it found, in words without personal values.
    pub note: String,
}

/// How a contract came out of an auction.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Standing {
    /// It took the lead.
    Sold,
    /// A post was sent to it and the outcome is not known.
    Unknown,
    /// It was ready to buy, but another took the lead or the plan ended.
    Lost,
    /// It said no, to the ping or to the post.
    Rejected,
    /// It did not answer in time, or not readably, or could not be reached.
    Failed,
    /// It was not asked.
    Excluded,
    /// Silent, and what becomes of its copy is decided when the lead has come out.
    Waiting,
    /// Silent, and it has its copy.
    Copied,
}

impl Standing {
    /// Every one.
    pub const ALL: [Self; 8] = [
        Self::Sold,
        Self::Unknown,
        Self::Lost,
        Self::Rejected,
        Self::Failed,
        Self::Excluded,
        Self::Waiting,
        Self::Copied,
    ];

    /// The word in codes and filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Unknown => "unknown",
            Self::Lost => "lost",
            Self::Rejected => "rejected",
            Self::Failed => "failed",
            Self::Excluded => "excluded",
            Self::Waiting => "waiting",
            Self::Copied => "copied",
        }
    }
}

/// Where in an auction something was decided about a contract.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Stage {
    /// Before it was asked.
    Eligibility,
    /// The ping and its answer.
    Ping,
    /// The order of posts.
    Plan,
    /// The post and its answer.
    Post,
}

impl Stage {
    /// Every one, in the order of an auction.
    pub const ALL: [Self; 4] = [Self::Eligibility, Self::Ping, Self::Plan, Self::Post];

    /// The word in codes and filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Eligibility => "eligibility",
            Self::Ping => "ping",
            Self::Plan => "plan",
            Self::Post => "post",
        }
    }
}

/// One thing that stood against a contract, with the lead's value and the required one where there are such.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Finding {
    /// Where it was found.
    pub stage: Stage,
    /// What it was.
    pub reason: Reason,
    /// What it was about: a field's name, a cap (`contract day`).
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub subject: Option<String>,
    /// What the lead has, or how much is used. Never a personal value.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub have: Option<String>,
    /// What is required, or the limit.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub want: Option<String>,
}

impl Finding {
    /// A finding without detail.
    #[must_use]
    pub const fn plain(stage: Stage, reason: Reason) -> Self {
        Self { stage, reason, subject: None, have: None, want: None }
    }

    /// A finding about something, with what is there and what is required.
    #[must_use]
    pub fn about(
        stage: Stage,
        reason: Reason,
        subject: impl Into<String>,
        have: impl Into<String>,
        want: impl Into<String>,
    ) -> Self {
        Self { stage, reason, subject: Some(subject.into()), have: Some(have.into()), want: Some(want.into()) }
    }
}

/// One call to a buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CallTrace {
    /// When it was sent, in microseconds since the auction began.
    pub start_us: u32,
    /// How long until the answer was read or given up.
    pub took_us: u32,
    /// The HTTP status, when there was an answer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub status: Option<u16>,
    /// The buyer's own words for a rejection, personal values replaced by `•••`.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub said: Option<String>,
    /// The buyer's id or token.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reference: Option<String>,
}

/// Why one contract was or was not asked, bid or not, won or not.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Verdict {
    /// The contract.
    pub contract_id: ContractId,
    /// Its name at the time.
    pub contract: String,
    /// The buyer.
    pub buyer_id: BuyerId,
    /// Its name at the time.
    pub buyer: String,
    /// Auction, direct or silent.
    pub kind: ContractKind,
    /// How it came out.
    pub standing: Standing,
    /// Everything that stood against it; empty for the one that took the lead at once.
    #[serde(default)]
    pub findings: Vec<Finding>,
    /// Its bid or fixed price.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Micros>,
    /// Its place in the plan, from 1.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub rank: Option<u8>,
    /// The ping, if one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping: Option<CallTrace>,
    /// The post, if one was sent.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post: Option<CallTrace>,
}

/// What became of a silent contract's copy of a lead, or why it got none.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CopyLine {
    /// When it was sent or decided against.
    pub at: Timestamp,
    /// When it was known what became of it.
    pub settled_at: Option<Timestamp>,
    /// The verdict. Its post's offset is from `at`.
    pub verdict: Verdict,
}

impl Verdict {
    /// The code in reports: the standing for the buyer that took the lead, otherwise the last finding's reason.
    #[must_use]
    pub fn code(&self) -> &'static str {
        match (self.standing, self.findings.last()) {
            (Standing::Sold | Standing::Unknown | Standing::Copied, _) | (_, None) => self.standing.name(),
            (_, Some(finding)) => finding.reason.code(),
        }
    }
}
