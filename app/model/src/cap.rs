//! Caps: hard limits per window, by count or by money.

use crate::Micros;
use serde::{Deserialize, Serialize};

/// The span of time over which a cap counts. Windows begin at local civil time in the buyer's zone.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    /// A clock hour.
    Hour,
    /// A civil day, which may have 23 or 25 hours.
    Day,
    /// From Monday (ISO 8601).
    Week,
    /// A calendar month.
    Month,
    /// For ever.
    Total,
}

impl Window {
    /// The word in codes and sentences.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Hour => "hour",
            Self::Day => "day",
            Self::Week => "week",
            Self::Month => "month",
            Self::Total => "total",
        }
    }
}

/// How much may be used in one window.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Limit {
    /// So many sold leads.
    Count(u32),
    /// So much revenue.
    Money(Micros),
}

/// What a cap counts apart.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Per {
    /// Everything together.
    #[default]
    All,
    /// Each source by itself.
    Source,
    /// Each value of a field that is not personal.
    Value {
        /// The field.
        field: String,
        /// Only these values; none means each of them.
        #[serde(default, skip_serializing_if = "Vec::is_empty")]
        only: Vec<String>,
    },
}

/// One hard limit.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Cap {
    /// The span over which it counts.
    pub window: Window,
    /// How much fits.
    pub limit: Limit,
    /// What it counts apart.
    #[serde(default)]
    pub per: Per,
    /// Spread evenly over the open hours of the window, instead of first come first served.
    #[serde(default)]
    pub paced: bool,
}

impl Cap {
    /// A limit of everything together, first come first served.
    #[must_use]
    pub const fn plain(window: Window, limit: Limit) -> Self {
        Self { window, limit, per: Per::All, paced: false }
    }
}
