//! What a buyer says became of a lead it took.

use crate::{BuyerId, Micros, Timestamp, time::as_text};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// How far the buyer came with the person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Disposition {
    /// It spoke to the person.
    Contacted,
    /// It could not reach the person.
    NoContact,
    /// It made the person an offer.
    Quoted,
    /// The person bought.
    Converted,
    /// The person did not want to.
    Lost,
}

impl Disposition {
    /// Every one, from the first step to the last.
    pub const ALL: [Self; 5] = [Self::NoContact, Self::Contacted, Self::Quoted, Self::Converted, Self::Lost];

    /// The word in the API and in the database.
    #[must_use]
    pub const fn code(self) -> &'static str {
        match self {
            Self::Contacted => "contacted",
            Self::NoContact => "no_contact",
            Self::Quoted => "quoted",
            Self::Converted => "converted",
            Self::Lost => "lost",
        }
    }

    /// What people read.
    #[must_use]
    pub const fn title(self) -> &'static str {
        match self {
            Self::Contacted => "Spoken to",
            Self::NoContact => "Not reached",
            Self::Quoted => "Offered",
            Self::Converted => "Bought",
            Self::Lost => "Did not want to",
        }
    }

    /// Whether an amount may go with it.
    #[must_use]
    pub const fn has_amount(self) -> bool {
        matches!(self, Self::Quoted | Self::Converted)
    }
}

impl FromStr for Disposition {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|kind| kind.code() == text);
        known.ok_or("what became of a lead is one of contacted, no_contact, quoted, converted, lost")
    }
}

/// What was said of one lead last.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
pub struct Feedback {
    /// How far it came.
    #[serde(rename = "type")]
    pub kind: Disposition,
    /// What was offered or bought for, in the lead's currency.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub value: Option<Micros>,
    /// When it was said.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
}

/// What a buyer said of its leads in a span: how often each was the last word.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct FeedbackRow {
    /// The buyer.
    pub buyer_id: BuyerId,
    /// Its name.
    pub name: String,
    /// In the order of [`Disposition::ALL`].
    pub counts: [i64; 5],
}
