//! What an affiliate sees of its source: what it sent, what became of it and what it earns. Nothing of buyers, bids or what
//! buyers pay is in here, nor of other sources.

use crate::{
    CampaignId, Currency, EndpointId, LeadId, Micros, Money, Reason, Timestamp,
    endpoint::Event,
    lead::{LeadRow, LeadState},
    report::Totals,
    tenant::Mode,
};
use serde::Serialize;

/// One lead that the source sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AffiliateLead {
    /// The lead.
    pub id: LeadId,
    /// When it came.
    pub at: Timestamp,
    /// Where it stands.
    pub state: LeadState,
    /// Why it was not sold.
    pub reason: Option<Reason>,
    /// What kind of lead.
    pub campaign: String,
    /// The source's own first label.
    pub sub1: Option<String>,
    /// What the source earns.
    pub payout: Option<Money>,
    /// Whether it was a test.
    pub test: bool,
}

impl From<LeadRow> for AffiliateLead {
    fn from(row: LeadRow) -> Self {
        Self {
            id: row.id,
            at: row.received_at,
            state: row.state,
            reason: row.reason,
            campaign: row.campaign,
            sub1: row.sub1,
            payout: row.payout,
            test: row.mode == Mode::Test,
        }
    }
}

/// Counts and money of a span.
#[derive(Debug, Clone, Copy, Default, PartialEq, Eq, Serialize)]
pub struct Earned {
    /// Leads sent, refused ones included.
    pub sent: i64,
    /// Leads taken in and offered to buyers.
    pub accepted: i64,
    /// Leads sold.
    pub sold: i64,
    /// Leads taken back later.
    pub returned: i64,
    /// What the source earns.
    pub payout: Micros,
}

impl From<Totals> for Earned {
    fn from(totals: Totals) -> Self {
        Self {
            sent: totals.received,
            accepted: totals.received - totals.rejected - totals.duplicate,
            sold: totals.sold,
            returned: totals.returned,
            payout: totals.payout,
        }
    }
}

/// What a sub-source brought: leads under one first label.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct SubSource {
    /// The label; empty for leads without one.
    pub sub1: String,
    /// Leads taken in.
    pub sent: i64,
    /// Leads sold.
    pub sold: i64,
    /// What the source earns.
    pub payout: Micros,
}

/// The affiliate's first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct AffiliateHome {
    /// The source's name.
    pub source: String,
    /// Whether leads are taken from it.
    pub active: bool,
    /// The zone whose days and months these are.
    pub zone: String,
    /// Of the amounts.
    pub currency: Currency,
    /// Today so far.
    pub today: Earned,
    /// This month so far.
    pub month: Earned,
    /// The month before.
    pub before: Earned,
    /// Why leads of the last 30 days were not sold, the most frequent first.
    pub reasons: Vec<(Reason, i64)>,
    /// Its labels in the last 30 days, those that sent most first.
    pub subs: Vec<SubSource>,
    /// The newest leads.
    pub latest: Vec<AffiliateLead>,
}

/// A postback of the affiliate's tracker.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Postback {
    /// Identity.
    pub id: EndpointId,
    /// What people call it.
    pub name: String,
    /// The address with macros.
    pub url: String,
    /// What it is told of.
    pub on: Vec<Event>,
    /// Whether it is told.
    pub active: bool,
    /// Why it was switched off, when it failed too long.
    pub disabled_reason: Option<String>,
}

/// A campaign that the source may send into.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct OpenCampaign {
    /// The campaign.
    pub id: CampaignId,
    /// What people call it.
    pub name: String,
    /// Whether it takes leads at present.
    pub active: bool,
}
