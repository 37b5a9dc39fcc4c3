//! Buyers: companies that buy leads.

use crate::{BuyerId, cap::Cap};
use serde::{Deserialize, Serialize};

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
    /// A simulated buyer: the only kind a test lead can reach.
    #[serde(default)]
    pub sandbox: bool,
}
