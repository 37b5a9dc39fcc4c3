//! Reports: counts and money of a span of days, broken down by one thing, and how often each reason stood in the way.

use crate::{BuyerId, CampaignId, Currency, Reason, SourceId, report::Totals, time::Day, trace::Stage};
use serde::{Deserialize, Serialize};
use std::{ops::Add, str::FromStr};

/// What a report has a row for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum By {
    /// Each campaign.
    #[default]
    Campaign,
    /// Each source.
    Source,
    /// Each buyer.
    Buyer,
    /// Each day in the tenant's zone.
    Day,
    /// Each hour of the day in the tenant's zone, over all days.
    Hour,
}

impl By {
    /// Every one.
    pub const ALL: [Self; 5] = [Self::Campaign, Self::Source, Self::Buyer, Self::Day, Self::Hour];

    /// The word in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Source => "source",
            Self::Buyer => "buyer",
            Self::Day => "day",
            Self::Hour => "hour",
        }
    }
}

impl FromStr for By {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|by| by.name() == text).ok_or("a report is by campaign, source, buyer, day or hour")
    }
}

/// Which days, in the tenant's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Span {
    /// Today so far.
    Today,
    /// The whole of yesterday.
    Yesterday,
    /// Today and the six days before.
    #[default]
    Week,
    /// Today and the 29 days before.
    Month,
    /// From a day to a day, both included.
    Days(Day, Day),
}

impl Span {
    /// The spans that have a name.
    pub const NAMED: [Self; 4] = [Self::Today, Self::Yesterday, Self::Week, Self::Month];

    /// The word in URLs; none for chosen days.
    #[must_use]
    pub const fn name(self) -> Option<&'static str> {
        match self {
            Self::Today => Some("today"),
            Self::Yesterday => Some("yesterday"),
            Self::Week => Some("7d"),
            Self::Month => Some("30d"),
            Self::Days(..) => None,
        }
    }
}

/// What a report is about. What is absent does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// What it has a row for.
    pub by: By,
    /// Which days.
    pub span: Span,
    /// Only this campaign.
    pub campaign: Option<CampaignId>,
    /// Only this source.
    pub source: Option<SourceId>,
    /// Only this buyer.
    pub buyer: Option<BuyerId>,
}

/// How the contracts of a row came out of the auctions.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Chances {
    /// Pings sent.
    pub pinged: i64,
    /// Leads taken, shared ones included.
    pub sold: i64,
    /// Ready to buy, but another took the lead.
    pub lost: i64,
    /// Said no to the ping or to the post.
    pub rejected: i64,
    /// Did not answer in time, or not readably, or could not be reached.
    pub failed: i64,
    /// Was not asked.
    pub excluded: i64,
    /// Leads it gave back.
    #[serde(default)]
    pub returned: i64,
}

impl Add for Chances {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            pinged: self.pinged + other.pinged,
            sold: self.sold + other.sold,
            lost: self.lost + other.lost,
            rejected: self.rejected + other.rejected,
            failed: self.failed + other.failed,
            excluded: self.excluded + other.excluded,
            returned: self.returned + other.returned,
        }
    }
}

/// One row.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Row {
    /// An id, a day (`2026-05-07`) or an hour of the day (`17`).
    pub key: String,
    /// What people call it.
    pub name: String,
    /// Counts and money.
    pub totals: Totals,
    /// How its contracts came out.
    pub chances: Chances,
}

/// A report.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Breakdown {
    /// What it has a row for.
    pub by: By,
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// The currency of its money.
    pub currency: Currency,
    /// One for each thing that something happened to; every day and every hour has one.
    pub rows: Vec<Row>,
    /// Everything together. Leads nobody bought belong to no buyer: they are in here and in no buyer's row.
    pub total: Totals,
    /// The same of the days before, as many.
    pub before: Totals,
}

/// How often a reason stood in the way of somebody.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonRow {
    /// In whose way; none for reasons against the lead as a whole.
    pub buyer: Option<BuyerId>,
    /// What people call that buyer.
    pub name: String,
    /// Where it was found; none when it concerns the lead as a whole.
    pub stage: Option<Stage>,
    /// The reason.
    pub reason: Reason,
    /// How often.
    pub count: i64,
}

/// Reasons of a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reasons {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// The most frequent first.
    pub rows: Vec<ReasonRow>,
    /// All of them on each day.
    pub days: Vec<(Day, i64)>,
}
