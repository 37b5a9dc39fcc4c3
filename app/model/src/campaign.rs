//! Campaigns: one kind of lead a tenant sells.

use crate::{CampaignId, Currency, Micros, VerticalId, field::Field};
use serde::{Deserialize, Serialize};

/// What identifies a person for the duplicate windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintKind {
    /// The normalised phone number.
    Phone,
    /// The normalised e-mail address.
    Email,
}

/// How long a sold person may not be sold again. Empty values never match.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Duplicates {
    /// Days during which the same buyer is not offered the person again; 0 switches it off.
    pub same_buyer_days: u16,
    /// Days during which no other buyer is offered the person; 0 switches it off.
    pub cross_buyer_days: u16,
    /// What identifies a person; any one that matches counts.
    pub by: Vec<PrintKind>,
}

impl Default for Duplicates {
    fn default() -> Self {
        Self { same_buyer_days: 30, cross_buyer_days: 7, by: vec![PrintKind::Phone, PrintKind::Email] }
    }
}

/// How a campaign's auctions run.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auction {
    /// The least revenue at which a lead is sold.
    pub floor: Micros,
    /// At most so many posts for one lead.
    pub posts: u8,
    /// Milliseconds from intake within which the whole auction must be decided and posted.
    pub deadline_ms: u32,
    /// Milliseconds of the deadline kept for the post.
    pub post_reserve_ms: u32,
}

impl Default for Auction {
    fn default() -> Self {
        Self { floor: Micros::ZERO, posts: 3, deadline_ms: 3000, post_reserve_ms: 1000 }
    }
}

/// One kind of lead a tenant sells.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Campaign {
    /// Identity.
    pub id: CampaignId,
    /// Short name in URLs and in the `campaign` member of a lead, unique in the tenant.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The industry it was made from.
    pub vertical_id: VerticalId,
    /// Whether it takes leads.
    pub active: bool,
    /// The currency of its prices.
    pub currency: Currency,
    /// The schema of its leads.
    pub fields: Vec<Field>,
    /// Whether a lead without a consent record is refused.
    #[serde(default)]
    pub consent_required: bool,
    /// How long a sold person may not be sold again.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// How its auctions run.
    #[serde(default)]
    pub auction: Auction,
    /// Where the consumer goes when nobody bought.
    pub fallback_url: String,
}
