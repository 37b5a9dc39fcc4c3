//! Leads: the states they go through, what came with them, and what their source is told.

use crate::{CampaignId, LeadId, Money, Reason, SourceId, Timestamp, lost::Missed, tenant::Mode};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// Where a lead stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LeadState {
    /// Being auctioned at this moment (or picked up again after a crash).
    Processing,
    /// A buyer took it.
    Sold,
    /// Nobody bought it.
    Unsold,
    /// We refused it at intake.
    Rejected,
    /// Every buyer that could take it already bought this person.
    Duplicate,
    /// A post was sent and its outcome is not known.
    Unknown,
    /// A buyer gave it back.
    Returned,
}

impl LeadState {
    /// Every state.
    pub const ALL: [Self; 7] =
        [Self::Processing, Self::Sold, Self::Unsold, Self::Rejected, Self::Duplicate, Self::Unknown, Self::Returned];

    /// The word in the database, in URLs and in filters.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Processing => "processing",
            Self::Sold => "sold",
            Self::Unsold => "unsold",
            Self::Rejected => "rejected",
            Self::Duplicate => "duplicate",
            Self::Unknown => "unknown",
            Self::Returned => "returned",
        }
    }

    /// What its source is told: an unknown outcome is `pending` to the outside.
    #[must_use]
    pub const fn public(self) -> &'static str {
        match self {
            Self::Processing | Self::Unknown => "pending",
            other => other.name(),
        }
    }
}

impl FromStr for LeadState {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or("not a lead state")
    }
}

/// The source's own labels. They travel to trackers and reports, never to buyers in a ping.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Tracking {
    /// First sub-source label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub1: Option<String>,
    /// Second sub-source label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub2: Option<String>,
    /// Third sub-source label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub3: Option<String>,
    /// Fourth sub-source label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub4: Option<String>,
    /// Fifth sub-source label.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub sub5: Option<String>,
    /// The tracker's click id.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub click_id: Option<String>,
}

/// What the source is told about a lead: the body of a 200 answer, stored to be repeated word for word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Answer {
    /// The lead.
    pub lead_id: LeadId,
    /// `sold`, `unsold`, `duplicate`, `rejected` or `pending`.
    pub status: String,
    /// Why, when it was not sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Where the consumer should go.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub redirect_url: Option<String>,
    /// What the source earns.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<Money>,
    /// Milliseconds from intake to this answer.
    pub duration_ms: u32,
    /// Whether it was a test lead.
    pub test: bool,
}

/// One row of the leads list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadRow {
    /// The lead.
    pub id: LeadId,
    /// When it came.
    pub received_at: Timestamp,
    /// Where it stands.
    pub state: LeadState,
    /// Why it was not sold.
    pub reason: Option<Reason>,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The campaign's name.
    pub campaign: String,
    /// The source.
    pub source_id: SourceId,
    /// The source's name.
    pub source: String,
    /// First sub-source label.
    pub sub1: Option<String>,
    /// The buyer's name, when sold.
    pub buyer: Option<String>,
    /// Paid by the buyer.
    pub revenue: Option<Money>,
    /// Paid to the source.
    pub payout: Option<Money>,
    /// Milliseconds from intake to answer.
    pub duration_ms: Option<u32>,
    /// Live or test.
    pub mode: Mode,
    /// The better sale that something of ours kept it from.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<Missed>,
}

/// One lead with everything that is known about it and not personal.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadDetail {
    /// The same as in the list.
    pub row: LeadRow,
    /// The source's own id for it.
    pub external_id: Option<String>,
    /// The source's labels.
    pub tracking: Tracking,
    /// Fields that are not personal: name, value.
    pub fields: Vec<(String, String)>,
    /// Names of the personal fields that are sealed in the store, with a mask of each (`D•••`, `(313) •••-0142`).
    pub personal: Vec<(String, String)>,
    /// Where the consumer was sent.
    pub redirect_url: Option<String>,
    /// How the auction went; none while it is running or when the lead never reached one.
    pub trace: Option<crate::trace::Trace>,
    /// The rounds before that auction, when nobody bought it in them.
    pub rounds: Vec<Round>,
    /// What silent contracts got of it.
    pub copies: Vec<crate::trace::CopyLine>,
    /// When it is auctioned again.
    pub again_at: Option<Timestamp>,
    /// Which words its consumer agreed to; none when nobody asks.
    pub consent: Option<crate::consent::LeadConsent>,
    /// What moved in the ledger.
    pub ledger: Vec<LedgerLine>,
    /// What happened to the lead, oldest first.
    pub history: Vec<HistoryLine>,
}

/// A round in which nobody bought the lead, and that another one followed.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Round {
    /// From 0.
    pub number: u8,
    /// When the next one began.
    pub until: Timestamp,
    /// How it went; none when it was closed without an auction.
    pub trace: Option<crate::trace::Trace>,
}

/// One ledger entry as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LedgerLine {
    /// When the money moved.
    pub at: Timestamp,
    /// Whose account, in words: `Acme Insurance`, `margin`.
    pub account: String,
    /// What for: `sale`, `payout`, `margin`, `return`, `copy`.
    pub kind: String,
    /// Positive into the account, negative out of it; the entries of one movement sum to zero.
    pub amount: Money,
}

/// One event of a lead as people read it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct HistoryLine {
    /// When.
    pub at: Timestamp,
    /// `received`, `sold`, `personal_viewed`, …
    pub kind: String,
    /// In words.
    pub note: String,
}
