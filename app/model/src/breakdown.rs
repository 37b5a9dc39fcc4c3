//! Reports: counts and money of a span of days, broken down by one thing, and how often each reason stood in the way.

use crate::{BuyerId, CampaignId, Currency, Micros, Reason, SourceId, report::Totals, time::Day, trace::Stage};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::Add, str::FromStr};

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
    /// Each sub-source of a source: its first label.
    Sub,
    /// Each band of prices that buyers paid.
    Price,
}

impl By {
    /// Every one.
    pub const ALL: [Self; 7] =
        [Self::Campaign, Self::Source, Self::Sub, Self::Buyer, Self::Price, Self::Day, Self::Hour];

    /// The word in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Campaign => "campaign",
            Self::Source => "source",
            Self::Buyer => "buyer",
            Self::Day => "day",
            Self::Hour => "hour",
            Self::Sub => "sub",
            Self::Price => "price",
        }
    }
}

impl FromStr for By {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|by| by.name() == text)
            .ok_or("a report is by campaign, source, sub, buyer, price, day or hour")
    }
}

/// A band of prices: from its lower bound, which is in it, up to the next one's.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Band(u8);

impl Band {
    /// Lower bounds in whole units of the currency.
    const BOUNDS: [i64; 12] = [0, 5, 10, 15, 20, 30, 40, 50, 75, 100, 150, 200];

    /// Every one, the cheapest first.
    pub fn all() -> impl Iterator<Item = Self> {
        (0..=u8::MAX).take(Self::BOUNDS.len()).map(Self)
    }

    /// The band that a price lies in. What is less than nothing lies in the first.
    #[must_use]
    pub fn of(price: Micros) -> Self {
        Self::all().take_while(|band| band.least() <= price).last().unwrap_or(Self(0))
    }

    /// The least price in it.
    #[must_use]
    pub fn least(self) -> Micros {
        Micros::units(Self::BOUNDS[usize::from(self.0)])
    }

    /// The least price above it; none for the last.
    #[must_use]
    pub fn beyond(self) -> Option<Micros> {
        Self::BOUNDS.get(usize::from(self.0) + 1).map(|bound| Micros::units(*bound))
    }

    /// `20 to 30`, or `200 and more`, in whole units of the currency.
    #[must_use]
    pub fn label(self) -> String {
        match Self::BOUNDS.get(usize::from(self.0) + 1) {
            Some(next) => format!("{self} to {next}"),
            None => format!("{self} and more"),
        }
    }
}

impl fmt::Display for Band {
    /// Its lower bound in whole units: the word in URLs and in the database.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        fmt::Display::fmt(&i64::from(*self), f)
    }
}

impl From<Band> for i64 {
    fn from(band: Band) -> Self {
        Band::BOUNDS[usize::from(band.0)]
    }
}

impl TryFrom<i64> for Band {
    type Error = &'static str;
    fn try_from(bound: i64) -> Result<Self, Self::Error> {
        Self::all().find(|band| i64::from(*band) == bound).ok_or("no band of prices begins there")
    }
}

impl FromStr for Band {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        text.parse::<i64>().map_err(|_| "a band of prices is a whole number")?.try_into()
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

/// When money counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum When {
    /// When the lead came that it is for, whenever it moved: what leads of these days brought.
    #[default]
    Came,
    /// When it moved in the ledger, whenever the lead came: what was earned and lost on these days.
    Moved,
}

impl When {
    /// Both.
    pub const ALL: [Self; 2] = [Self::Came, Self::Moved];

    /// The word in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Came => "came",
            Self::Moved => "moved",
        }
    }
}

impl FromStr for When {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|when| when.name() == text).ok_or("money counts when the lead came or when it moved")
    }
}

/// What the figures of some days are held against.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Compare {
    /// As many days, just before.
    #[default]
    Before,
    /// The same weekdays in the last weeks that are over.
    Weeks,
    /// The same weekdays a year ago.
    Year,
    /// Nothing.
    Nothing,
}

impl Compare {
    /// Every one.
    pub const ALL: [Self; 4] = [Self::Before, Self::Weeks, Self::Year, Self::Nothing];

    /// The word in URLs.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Before => "before",
            Self::Weeks => "weeks",
            Self::Year => "year",
            Self::Nothing => "nothing",
        }
    }

    /// How many days earlier the days lie that so many days are held against.
    #[must_use]
    pub const fn back(self, days: i64) -> Option<i64> {
        match self {
            Self::Before => Some(days),
            Self::Weeks => Some((days + 6) / 7 * 7),
            // Whole weeks, so that a Monday is held against a Monday.
            Self::Year => Some((days + 363) / 364 * 364),
            Self::Nothing => None,
        }
    }
}

impl FromStr for Compare {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL
            .into_iter()
            .find(|compare| compare.name() == text)
            .ok_or("days are compared with those before, weeks, year or nothing")
    }
}

/// What a report is about. What is absent does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Wanted {
    /// What it has a row for.
    pub by: By,
    /// Which days.
    pub span: Span,
    /// When its money counts.
    pub when: When,
    /// What it is held against.
    pub compare: Compare,
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
    /// An id, a day (`2026-05-07`), an hour of the day (`17`), the lower bound of a band of prices (`20`), or a sub-source
    /// ([`SubKey`]).
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
    /// When its money counts. Where it is when it moved, there is nothing but money in it: a lead is counted when it came.
    pub when: When,
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
    /// The same of the days it is compared with, if it is.
    pub before: Option<Totals>,
    /// The first and the last of those days.
    pub compared: Option<(Day, Day)>,
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

/// A sub-source as the key of a row: `src_…:label`; without a label `src_…`; all that are not told apart `src_…+`.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord)]
pub struct SubKey {
    /// The source.
    pub source: SourceId,
    /// Its label.
    pub label: SubLabel,
}

/// The first label of a source's lead, as figures tell it apart.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum SubLabel {
    /// The source sent none.
    None,
    /// This one.
    Named(String),
    /// One of a day that has had too many already.
    Other,
}

impl fmt::Display for SubKey {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match &self.label {
            SubLabel::None => write!(f, "{}", self.source),
            SubLabel::Named(label) => write!(f, "{}:{label}", self.source),
            SubLabel::Other => write!(f, "{}+", self.source),
        }
    }
}

impl FromStr for SubKey {
    type Err = crate::id::BadId;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let (source, label) = match (text.split_once(':'), text.strip_suffix('+')) {
            (Some((source, label)), _) => (source, SubLabel::Named(label.to_owned())),
            (None, Some(source)) => (source, SubLabel::Other),
            (None, None) => (text, SubLabel::None),
        };
        Ok(Self { source: source.parse()?, label })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn bands_follow_each_other() {
        let all: Vec<_> = Band::all().collect();
        for pair in all.windows(2) {
            assert_eq!(pair[0].beyond(), Some(pair[1].least()));
        }
        for band in all {
            assert_eq!(band.to_string().parse(), Ok(band));
            assert_eq!(Band::of(band.least()), band);
            if let Some(beyond) = band.beyond() {
                assert_eq!(Band::of(beyond - Micros(1)), band);
            }
        }
        assert_eq!(
            (Band::of(Micros(-1)).label(), Band::of(Micros::units(999)).label()),
            ("0 to 5".into(), "200 and more".into())
        );
        assert!("7".parse::<Band>().is_err());
    }

    #[test]
    fn sub_sources_are_read_back_from_their_key() {
        let labels = ["fb:one", "+", ":", "a+"].map(|label| SubLabel::Named(label.to_owned()));
        for label in labels.into_iter().chain([SubLabel::None, SubLabel::Other]) {
            let key = SubKey { source: SourceId::from_bits(7), label };
            assert_eq!(key.to_string().parse(), Ok(key));
        }
    }
}
