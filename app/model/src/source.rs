//! Sources: who sends leads in, on what terms.

use crate::{Micros, SourceId};
use serde::{Deserialize, Serialize};

/// What the source is paid for a sold lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Payout {
    /// The same amount for every sale.
    Fixed(Micros),
    /// A share of revenue in parts per million.
    Share(u32),
}

impl Payout {
    /// What this source earns when a lead sells for `revenue`.
    #[must_use]
    pub fn of(self, revenue: Micros) -> Micros {
        match self {
            Self::Fixed(amount) => amount,
            Self::Share(ppm) => revenue.share(ppm),
        }
    }
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
}
