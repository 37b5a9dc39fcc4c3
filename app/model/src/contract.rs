//! Contracts: what one buyer buys in one campaign, and on what terms.

use crate::{
    BuyerId, CampaignId, ContractId, Micros, SourceId, cap::Cap, filter::Filter, mapping::Delivery,
    returns::ReturnTerms, schedule::Schedule,
};
use serde::{Deserialize, Serialize};

/// How a contract takes part.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ContractKind {
    /// Is pinged and bids.
    Auction,
    /// Buys at a fixed price without a ping, in the same plan as the bids.
    Direct,
    /// Gets a copy of the full record when the lead has come out. It never competes: whoever buys the lead has bought it.
    Silent,
}

impl ContractKind {
    /// The word in codes and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auction => "auction",
            Self::Direct => "direct",
            Self::Silent => "silent",
        }
    }
}

/// Which leads a silent contract gets copies of.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SilentOn {
    /// Leads that somebody bought.
    Sold,
    /// Leads that nobody bought, when they are not offered again any more: a call centre, a CRM.
    Unsold,
    /// Every lead, as soon as it has come out for the first time.
    #[default]
    Always,
}

impl SilentOn {
    /// The word in codes and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sold => "sold",
            Self::Unsold => "unsold",
            Self::Always => "always",
        }
    }
}

/// Which sources a contract buys from.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SourceRule {
    /// All of them.
    #[default]
    All,
    /// Only these.
    Only(Vec<SourceId>),
    /// All but these.
    Except(Vec<SourceId>),
}

/// What is done when a post was sent and its outcome is not known.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum OnUnknown {
    /// Keep the reservation and stop: the lead is pending until somebody resolves it.
    #[default]
    Hold,
    /// Send the same post once more, then hold. Only for a buyer that recognises a repeated post by its id.
    Retry,
    /// Go on with the waterfall, accepting the risk of a double sale.
    Continue,
}

/// Whether a contract wants the lead for itself.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Sharing {
    /// Nobody else may buy the lead.
    #[default]
    Exclusive,
    /// Others may buy it too, up to the campaign's number of buyers.
    Shared,
}

/// Where a contract stands in its campaign's routing.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Routing {
    /// Takes the lead before any auction, the lowest rank first. Only for direct contracts.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub exclusive_rank: Option<u32>,
    /// Goes first whatever others bid when its price is at least so many parts per million above the floor.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub first_refusal: Option<u32>,
    /// Which tier of the campaign it is in, from 0. A tier that does not exist is the last.
    #[serde(default)]
    pub tier: u8,
    /// Its share in a weighted tier, beside the other members' weights.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub weight: Option<u32>,
    /// Whether it wants the lead for itself.
    #[serde(default)]
    pub sharing: Sharing,
    /// Shared buyers with the same word here never buy the same lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub competitor_group: Option<String>,
}

/// How many pings a buyer takes. Nothing means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PingLimits {
    /// In one second.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_second: Option<u32>,
    /// In one day of the buyer's zone.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_day: Option<u32>,
    /// For each lead it took, over the last thousand pings and more.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_win: Option<u32>,
}

/// Price terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Price {
    /// What a direct contract pays, and a silent one for its copy. Required for direct, nothing for silent is free of charge,
    /// ignored for auction.
    #[serde(default)]
    pub fixed: Option<Micros>,
    /// The least bid taken from this contract, beside the campaign's floor.
    #[serde(default)]
    pub floor: Option<Micros>,
    /// The most this contract may bid; lets the auction close early without losing anything.
    #[serde(default)]
    pub max_bid: Option<Micros>,
    /// What it costs us to deliver one lead to it.
    #[serde(default)]
    pub delivery_cost: Micros,
    /// The share of its leads that it is expected to return, in parts per million.
    #[serde(default)]
    pub return_share: u32,
}

/// Whether a buyer may change something of its contract in its portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Allowed {
    /// It may not.
    #[default]
    No,
    /// It may ask: an operator decides.
    Ask,
    /// It works at once.
    AtOnce,
}

/// What a buyer may change of its contract in its portal.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PortalRights {
    /// Pausing it, and resuming what it paused itself.
    #[serde(default)]
    pub pause: Allowed,
    /// Its caps.
    #[serde(default)]
    pub caps: Allowed,
    /// The hours in which it buys.
    #[serde(default)]
    pub schedule: Allowed,
}

/// What one buyer buys in one campaign.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Contract {
    /// Identity.
    pub id: ContractId,
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The buyer.
    pub buyer_id: BuyerId,
    /// What people call it.
    pub name: String,
    /// Auction, direct or silent.
    pub kind: ContractKind,
    /// Which leads a silent contract gets copies of; other kinds do not look at it.
    #[serde(default)]
    pub silent_on: SilentOn,
    /// Whether it buys.
    pub active: bool,
    /// Among equal prices the lower number goes first.
    #[serde(default)]
    pub priority: i32,
    /// Only posted to when no other contract took the lead.
    #[serde(default)]
    pub backup: bool,
    /// Where it stands in the campaign's routing.
    #[serde(default)]
    pub routing: Routing,
    /// Price terms.
    #[serde(default)]
    pub price: Price,
    /// Which leads it buys.
    #[serde(default)]
    pub filter: Filter,
    /// Which sources it buys from.
    #[serde(default)]
    pub sources: SourceRule,
    /// Its own limits, beside its buyer's.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// How many pings it takes.
    #[serde(default)]
    pub pings: PingLimits,
    /// When it buys, in the buyer's zone.
    #[serde(default)]
    pub schedule: Schedule,
    /// Whether the lead must carry a TrustedForm or Jornaya certificate.
    #[serde(default)]
    pub certificate_required: bool,
    /// What is done about a post without a known outcome.
    #[serde(default)]
    pub on_unknown: OnUnknown,
    /// On which terms its buyer may give leads back; none: it may not.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub returns: Option<ReturnTerms>,
    /// What its buyer may change of it.
    #[serde(default)]
    pub portal: PortalRights,
    /// How it is reached.
    pub delivery: Delivery,
}
