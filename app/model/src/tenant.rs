//! Tenants: companies running their exchange here.

use crate::{BuyerId, CampaignId, KeyId, SourceId, TenantId, Timestamp, intake::KeyUse, user::Role};
use serde::{Deserialize, Serialize};

/// One company.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Tenant {
    /// Identity.
    pub id: TenantId,
    /// Short name, unique on the server.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// IANA zone in which "today" begins on its screens.
    pub zone: String,
    /// Whether it may take leads and sign in.
    pub active: bool,
    /// What holds for everybody in it.
    #[serde(default, skip_serializing_if = "Settings::is_default")]
    pub settings: Settings,
}

/// What holds for everybody of a tenant.
#[derive(Debug, Clone, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct Settings {
    /// Whether everybody has to sign in with a second factor. Its administrators decide.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub second_factor: bool,
    /// How many of its people there may be. Whoever runs the server decides; none: as many as it likes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub people: Option<u32>,
    /// How many requests a second its keys may make together for long. Whoever runs the server decides.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub requests: Option<u32>,
    /// Why it is suspended; empty when it is not, or nobody said.
    #[serde(default, skip_serializing_if = "String::is_empty")]
    pub suspended: String,
}

impl Settings {
    fn is_default(&self) -> bool {
        *self == Self::default()
    }
}

/// Whether a key or a lead is real.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Mode {
    /// Reaches the tenant's buyers.
    Live,
    /// Reaches sandbox buyers only.
    Test,
}

/// What is shown of an API key after it was made.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ApiKey {
    /// Identity.
    pub id: KeyId,
    /// The source whose leads it sends.
    pub source_id: SourceId,
    /// What people call it.
    pub name: String,
    /// The first characters, to recognise it by.
    pub hint: String,
    /// Live or test.
    pub mode: Mode,
    /// The campaigns it may send into; empty means all.
    #[serde(default)]
    pub campaigns: Vec<CampaignId>,
    /// What it opens.
    #[serde(default, skip_serializing_if = "KeyUse::is_api")]
    pub used_as: KeyUse,
    /// Of [`KeyUse::Publishable`]: the origins of the pages that may use it (`https://quotes.example`).
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub origins: Vec<String>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}

/// What is shown of an operator token after it was made: a program that configures the tenant on nobody's behalf but
/// its own.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct OperatorToken {
    /// Identity.
    pub id: KeyId,
    /// What people call it.
    pub name: String,
    /// The first characters, to recognise it by.
    pub hint: String,
    /// What it may do.
    pub role: Role,
    /// Of [`Role::Buyer`]: for which buyer.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer_id: Option<BuyerId>,
    /// When it was made.
    pub created_at: Timestamp,
    /// When it was revoked, if it was.
    pub revoked_at: Option<Timestamp>,
}
