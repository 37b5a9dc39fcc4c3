//! Sources: who sends leads in, on what terms.

use crate::{Micros, SourceId, intake::Intake};
use serde::{Deserialize, Serialize};

/// The source's share of a price from some height on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Band {
    /// From this price on.
    pub from: Micros,
    /// Parts per million of the price.
    pub share: u32,
}

/// What the source is paid for a sold lead.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payout {
    /// The same amount for every sale.
    Fixed(Micros),
    /// A share of revenue in parts per million.
    Share(u32),
    /// A share of revenue in parts per million, but not less than `min` and not more than `max`.
    Between {
        /// Parts per million.
        share: u32,
        /// Not less.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        min: Option<Micros>,
        /// Not more.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        max: Option<Micros>,
    },
    /// All of the revenue but a fixed margin that stays with us.
    Less(Micros),
    /// A share by price: the highest band that the price reaches; below the first band nothing.
    Bands(Vec<Band>),
}

impl Payout {
    /// What this source earns when a lead sells for `revenue`.
    #[must_use]
    pub fn of(&self, revenue: Micros) -> Micros {
        match self {
            Self::Fixed(amount) => *amount,
            Self::Share(ppm) => revenue.share(*ppm),
            Self::Between { share, min, max } => {
                let part = min.map_or(revenue.share(*share), |min| revenue.share(*share).max(min));
                max.map_or(part, |max| part.min(max))
            }
            Self::Less(margin) => (revenue - *margin).max(Micros::ZERO),
            Self::Bands(bands) => {
                let band = bands.iter().filter(|band| band.from <= revenue).max_by_key(|band| band.from);
                band.map_or(Micros::ZERO, |band| revenue.share(band.share))
            }
        }
    }

    /// The part of [`Payout::of`] that depends on the price: what an order of bids has to weigh.
    #[must_use]
    pub fn of_price(&self, revenue: Micros) -> Micros {
        match self {
            Self::Fixed(_) => Micros::ZERO,
            Self::Share(_) | Self::Between { .. } | Self::Less(_) | Self::Bands(_) => self.of(revenue),
        }
    }

    /// Whether the same part of every further unit of revenue stays with us, so that a higher price is never worth less.
    #[must_use]
    pub const fn is_even(&self) -> bool {
        matches!(self, Self::Fixed(_) | Self::Share(_))
    }
}

/// How a source may ping. Nothing means no limit.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct PingTerms {
    /// Pings in one minute.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_minute: Option<u32>,
    /// Pings for each lead that follows one, judged after the first thousand.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub per_lead: Option<u32>,
}

/// A party that sends leads into campaigns.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Source {
    /// Identity.
    pub id: SourceId,
    /// Short name, unique in the tenant.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Whether its leads are taken.
    pub active: bool,
    /// What it is paid.
    pub payout: Payout,
    /// The least revenue at which its leads are sold, if it has its own floor.
    #[serde(default)]
    pub floor: Option<Micros>,
    /// How it may ping.
    #[serde(default)]
    pub pings: PingTerms,
    /// Whether it keeps its payout when a buyer gives a lead back.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub keeps_payout: bool,
    /// What its own words mean, when it does not use ours.
    #[serde(default, skip_serializing_if = "Intake::is_empty")]
    pub intake: Intake,
}
