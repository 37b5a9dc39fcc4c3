//! Campaigns: one kind of lead a tenant sells.

use crate::{CampaignId, Currency, Micros, SourceId, VerticalId, consent::ConsentTerms, field::Field};
use serde::{Deserialize, Serialize};

/// What identifies a person for the duplicate windows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PrintKind {
    /// The normalised phone number.
    Phone,
    /// The normalised e-mail address.
    Email,
    /// The normalised street address with its postal code.
    Address,
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

/// In which order the members of a tier are posted to. Equal ones are settled by price, then by priority (lowest first),
/// then by a draw that depends on the lead and the contract alone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Strategy {
    /// What stays with us after delivery, expected returns and a payout that depends on the price, highest first.
    #[default]
    NetValue,
    /// The contract's priority, lowest first, whatever it pays.
    Priority,
    /// Whoever is furthest below its share of the tier's sales today.
    Weighted,
    /// Whoever has waited longest since its last sale.
    RoundRobin,
}

impl Strategy {
    /// The word in codes and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::NetValue => "net value",
            Self::Priority => "priority",
            Self::Weighted => "weighted",
            Self::RoundRobin => "round robin",
        }
    }
}

/// On what a tier gives way to the next.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Falls {
    /// No member made a bid that reached the floors.
    pub no_bid: bool,
    /// Every post to its members was refused.
    pub rejected: bool,
    /// No member bid, and at least one had not answered when its time was over.
    pub timeout: bool,
}

impl Default for Falls {
    fn default() -> Self {
        Self { no_bid: true, rejected: true, timeout: true }
    }
}

/// A step of the routing: contracts that are tried before those of later tiers, whatever these bid.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tier {
    /// What people call it.
    pub name: String,
    /// The order inside it.
    #[serde(default)]
    pub strategy: Strategy,
    /// When the next tier is tried.
    #[serde(default)]
    pub falls: Falls,
}

/// Whether the order by net value looks ahead at how often each contract accepts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum LookAhead {
    /// Plain net value.
    #[default]
    Off,
    /// Plain net value; the lead's page says what looking ahead would have done.
    Advise,
    /// The order and choice of posts with the highest expected net value.
    On,
}

/// How many of a contract's last posts may end unknown before it is not asked for a while.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(default)]
pub struct Doubts {
    /// From so many on it is spared; 0 spares nobody.
    pub most: u8,
    /// Of so many of its last posts, at most [`Doubts::REMEMBERED`].
    pub of: u8,
}

impl Doubts {
    /// So many posts are remembered.
    pub const REMEMBERED: u8 = 64;

    /// Whether so many can be counted.
    #[must_use]
    pub const fn fits(self) -> bool {
        0 < self.of && self.of <= Self::REMEMBERED && self.most <= self.of
    }
}

impl Default for Doubts {
    fn default() -> Self {
        Self { most: 5, of: 20 }
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
    /// Tried one after the other; none at all is one tier by net value.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Whether the order looks ahead.
    #[serde(default)]
    pub look_ahead: LookAhead,
    /// How many buyers of shared contracts may buy one lead; 0 and 1 mean that nothing is shared.
    #[serde(default)]
    pub max_buyers: u8,
    /// The least that must stay with us of every single sale.
    #[serde(default)]
    pub min_margin: Micros,
    /// When a contract whose posts end unknown is spared.
    #[serde(default)]
    pub doubts: Doubts,
}

impl Default for Auction {
    fn default() -> Self {
        Self {
            floor: Micros::ZERO,
            posts: 3,
            deadline_ms: 3000,
            post_reserve_ms: 1000,
            tiers: Vec::new(),
            look_ahead: LookAhead::Off,
            max_buyers: 1,
            min_margin: Micros::ZERO,
            doubts: Doubts::default(),
        }
    }
}

/// A form of ours that consumers fill in, at `/f/{tenant}/{campaign}`. Empty texts are the usual ones.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct HostedForm {
    /// Whether it can be opened.
    pub active: bool,
    /// Whose leads it sends.
    pub source_id: Option<SourceId>,
    /// What stands above it.
    pub title: String,
    /// What it is about, in a sentence or two.
    pub intro: String,
    /// What the consumer agrees to. Without it nobody is asked to agree.
    pub consent_text: String,
    /// What the last button says.
    pub button: String,
    /// What is said when nothing else follows.
    pub thanks: String,
    /// Where it says what is done with what is entered.
    pub privacy_url: String,
}

impl HostedForm {
    /// Whether nothing was entered.
    #[must_use]
    pub fn is_blank(&self) -> bool {
        *self == Self::default()
    }
}

/// When a lead that nobody bought is auctioned again.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Reoffer {
    /// Minutes from one round's end to the next.
    pub after_minutes: u32,
    /// At most so many rounds after the first.
    pub times: u8,
    /// Minutes from when the lead came in after which no round begins any more.
    pub fresh_minutes: u32,
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
    /// Which words its consumers agree to.
    #[serde(default, skip_serializing_if = "ConsentTerms::is_blank")]
    pub consent: ConsentTerms,
    /// How long a sold person may not be sold again.
    #[serde(default)]
    pub duplicates: Duplicates,
    /// How its auctions run.
    #[serde(default)]
    pub auction: Auction,
    /// Where the consumer goes when nobody bought; empty when the form knows that itself.
    #[serde(default)]
    pub fallback_url: String,
    /// The form of ours that asks for it.
    #[serde(default, skip_serializing_if = "HostedForm::is_blank")]
    pub hosted_form: HostedForm,
    /// When a lead that nobody bought is auctioned again; none: never.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reoffer: Option<Reoffer>,
}
