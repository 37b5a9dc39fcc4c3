//! Buyers: companies that buy leads.

use crate::{BuyerId, Micros, cap::Cap};
use serde::{Deserialize, Serialize};

/// How far a buyer may go into debt. Without terms it is not limited.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Credit {
    /// What it has paid in so far, ever.
    pub paid_in: Micros,
    /// How much it may owe beyond that.
    pub limit: Micros,
}

/// A company that buys.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Buyer {
    /// Identity.
    pub id: BuyerId,
    /// Short name, unique in the tenant.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The legal entity the consumer must see named.
    pub legal_name: String,
    /// Whether any of its contracts buys.
    pub active: bool,
    /// IANA time zone of its schedule and cap windows, for example `America/Detroit`.
    pub zone: String,
    /// Limits over all its contracts.
    #[serde(default)]
    pub caps: Vec<Cap>,
    /// What it has paid in and may owe: a cap in money over all its contracts, for ever.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub credit: Option<Credit>,
    /// A simulated buyer: the only kind a test lead can reach.
    #[serde(default)]
    pub sandbox: bool,
}
