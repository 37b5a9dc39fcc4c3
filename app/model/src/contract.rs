//! Contracts: what one buyer buys in one campaign, and on what terms.

use crate::{
    BuyerId, CampaignId, ContractId, Micros, SourceId, cap::Cap, filter::Filter, mapping::Delivery, schedule::Schedule,
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
}

impl ContractKind {
    /// The word in codes and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Auction => "auction",
            Self::Direct => "direct",
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
    /// Go on with the waterfall, accepting the risk of a double sale.
    Continue,
}

/// Price terms.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Price {
    /// What a direct contract pays. Required for direct, ignored for auction.
    #[serde(default)]
    pub fixed: Option<Micros>,
    /// The least bid taken from this contract, beside the campaign's floor.
    #[serde(default)]
    pub floor: Option<Micros>,
    /// The most this contract may bid; lets the auction close early without losing anything.
    #[serde(default)]
    pub max_bid: Option<Micros>,
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
    /// Auction or direct.
    pub kind: ContractKind,
    /// Whether it buys.
    pub active: bool,
    /// Among equal prices the lower number goes first.
    #[serde(default)]
    pub priority: i32,
    /// Only posted to when no other contract took the lead.
    #[serde(default)]
    pub backup: bool,
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
    /// When it buys, in the buyer's zone.
    #[serde(default)]
    pub schedule: Schedule,
    /// Whether the lead must carry a TrustedForm or Jornaya certificate.
    #[serde(default)]
    pub certificate_required: bool,
    /// What is done about a post without a known outcome.
    #[serde(default)]
    pub on_unknown: OnUnknown,
    /// How it is reached.
    pub delivery: Delivery,
}
