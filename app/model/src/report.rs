//! Figures: what the overview and the lists of buyers and campaigns show.

use crate::{AttemptId, BuyerId, CampaignId, Currency, LeadId, Micros, Money, Reason, Timestamp, trace::Stage};
use serde::{Deserialize, Serialize};
use std::ops::Add;

/// Counts and money of a span of time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Totals {
    /// Leads taken in, refused ones included.
    pub received: i64,
    /// Leads a buyer took.
    pub sold: i64,
    /// Leads nobody bought.
    pub unsold: i64,
    /// Leads refused at intake.
    pub rejected: i64,
    /// Leads that every possible buyer already had.
    pub duplicate: i64,
    /// Leads whose post has no known outcome.
    pub unknown: i64,
    /// Leads given back.
    pub returned: i64,
    /// Paid by buyers.
    pub revenue: Micros,
    /// Paid to sources.
    pub payout: Micros,
}

impl Totals {
    /// What stays with the tenant.
    #[must_use]
    pub fn margin(&self) -> Micros {
        self.revenue - self.payout
    }
}

impl Add for Totals {
    type Output = Self;
    fn add(self, other: Self) -> Self {
        Self {
            received: self.received + other.received,
            sold: self.sold + other.sold,
            unsold: self.unsold + other.unsold,
            rejected: self.rejected + other.rejected,
            duplicate: self.duplicate + other.duplicate,
            unknown: self.unknown + other.unknown,
            returned: self.returned + other.returned,
            revenue: self.revenue + other.revenue,
            payout: self.payout + other.payout,
        }
    }
}

/// One hour of the overview's chart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct HourPoint {
    /// Start of the hour.
    pub hour: Timestamp,
    /// Hour of the day in the tenant's zone, 0 to 23, for the axis.
    pub local_hour: u8,
    /// What happened in it.
    pub totals: Totals,
}

/// What waits for a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Waiting {
    /// Posts of unknown outcome.
    pub doubts: u64,
    /// Returns that were asked for.
    pub returns: u64,
    /// Open alerts that nobody has said to know of.
    pub alerts: u64,
}

/// How often a reason stood against a contract or a lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReasonCount {
    /// Where it was found; none when it concerns the lead as a whole.
    pub stage: Option<Stage>,
    /// The reason.
    pub reason: Reason,
    /// How often.
    pub count: i64,
}

/// The first page an operator sees.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Overview {
    /// When it was read.
    pub at: Timestamp,
    /// When today began in the tenant's zone.
    pub since: Timestamp,
    /// The currency of its money.
    pub currency: Currency,
    /// Today so far.
    pub today: Totals,
    /// The same span of yesterday, for comparison.
    pub yesterday: Totals,
    /// Each hour of today up to now.
    pub hours: Vec<HourPoint>,
    /// The most frequent reasons today, most frequent first.
    pub reasons: Vec<ReasonCount>,
    /// The newest leads.
    pub latest: Vec<crate::lead::LeadRow>,
}

/// One row of the buyers list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct BuyerRow {
    /// The buyer.
    pub id: BuyerId,
    /// Its name.
    pub name: String,
    /// The legal entity behind it.
    pub legal_name: String,
    /// Whether it buys.
    pub active: bool,
    /// A simulated buyer.
    pub sandbox: bool,
    /// Its zone.
    pub zone: String,
    /// How many of its contracts are active.
    pub contracts: i64,
    /// How often it was asked today.
    pub pinged: i64,
    /// How many leads it bought today.
    pub sold: i64,
    /// How often it rejected a ping or a post today.
    pub rejected: i64,
    /// How often it did not answer readably or in time today.
    pub failed: i64,
    /// What it pays for today's leads.
    pub revenue: Micros,
}

/// A post of unknown outcome, waiting for somebody who asks the buyer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct DoubtRow {
    /// The post.
    pub attempt_id: AttemptId,
    /// The lead.
    pub lead_id: LeadId,
    /// When it was sent.
    pub at: Timestamp,
    /// To whom.
    pub buyer: String,
    /// Under which contract.
    pub contract: String,
    /// In which campaign.
    pub campaign: String,
    /// What it would pay.
    pub price: Money,
    /// Whether it is a silent contract's copy: then the lead stays where it is, whatever became of it.
    pub silent: bool,
}

/// One row of the campaigns list.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CampaignRow {
    /// The campaign.
    pub id: CampaignId,
    /// Its short name.
    pub slug: String,
    /// Its name.
    pub name: String,
    /// Whether it takes leads.
    pub active: bool,
    /// The currency of its prices.
    pub currency: Currency,
    /// How many contracts buy in it.
    pub contracts: i64,
    /// Today so far.
    pub today: Totals,
}
