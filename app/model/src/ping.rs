//! Pings of affiliates: a price before the person is known.

use crate::{ContractId, Micros, Money, PingId, Reason, Timestamp};
use serde::{Deserialize, Serialize};

/// What a source is told about a ping (api.md, `POST /api/v1/pings`).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PingAnswer {
    /// To be sent with the lead.
    pub ping_id: PingId,
    /// `bid` or `no_bid`.
    pub status: String,
    /// What the source earns if the best buyer takes the lead.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub payout: Option<Money>,
    /// Why there is no bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// Until when the bids are held, RFC 3339.
    pub expires_at: String,
    /// Milliseconds from intake to answer.
    pub duration_ms: u32,
    /// Whether a test key was used.
    pub test: bool,
}

/// What one buyer said to a ping.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Held {
    /// Its contract.
    pub contract_id: ContractId,
    /// Its bid; none when it made none.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub price: Option<Micros>,
    /// Its token, to be sent back with the post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub token: Option<String>,
    /// Further values of its answer, to be sent back with the post.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub carried: Vec<(String, Vec<String>)>,
    /// Until when its bid is good, when it said so.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub good_until: Option<Timestamp>,
    /// Why it made no bid.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
}
