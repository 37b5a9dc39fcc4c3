//! The demo tenant: a campaign, two sources, and the sandbox's buyers. Made once; made again it changes nothing.

use super::shelf::{self, Login, Shelf};
use crate::{
    boot::Opened,
    clock::{new_id, random},
    config::Settings,
    sandbox::market,
    service::people,
};
use model::{
    BuyerId, CampaignId, Micros, SourceId, Timestamp, VerticalId,
    campaign::{Auction, Campaign, Duplicates},
    field::Vertical,
    source::{Payout, Source},
    tenant::{Mode, Tenant},
    user::Role,
};
use std::net::SocketAddr;
use store::{StoreError, TenantStore};

/// The demo tenant's short name.
pub const TENANT: &str = "demo";
/// The demo campaign's short name.
pub const CAMPAIGN: &str = "auto-insurance";

/// The demo tenant as it stands.
pub struct Market {
    /// The tenant.
    pub tenant: Tenant,
    /// Keys and logins.
    pub shelf: Shelf,
    /// Names of its buyers.
    pub buyers: Vec<String>,
}

/// The demo's buyers listen on a loopback address; exactly that one may be reached.
pub fn with_sandbox_allowed(mut settings: Settings) -> Settings {
    settings.egress_allow.push(settings.sandbox_listen.ip().into());
    settings
}
