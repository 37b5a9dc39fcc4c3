//! People who sign in, and what they may do.

use crate::{BuyerId, TenantId, UserId};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

/// What a person is here for.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Role {
    /// Everything in the tenant.
    Admin,
    /// Configures and watches.
    Operator,
    /// Watches.
    Viewer,
    /// Sees the leads of one buyer, in the portal.
    Buyer,
}

impl Role {
    /// The word in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::Buyer => "buyer",
        }
    }

    /// Whether this role has a right.
    #[must_use]
    pub const fn may(self, right: Right) -> bool {
        match right {
            Right::SeeExchange => matches!(self, Self::Admin | Self::Operator | Self::Viewer),
            Right::SeePersonal => matches!(self, Self::Admin | Self::Operator),
            Right::Configure => matches!(self, Self::Admin | Self::Operator),
            Right::ManagePeople => matches!(self, Self::Admin),
            Right::SeePortal => matches!(self, Self::Buyer),
        }
    }
}

impl FromStr for Role {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        match text {
            "admin" => Ok(Self::Admin),
            "operator" => Ok(Self::Operator),
            "viewer" => Ok(Self::Viewer),
            "buyer" => Ok(Self::Buyer),
            _ => Err("a role is one of admin, operator, viewer, buyer"),
        }
    }
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash)]
pub enum Right {
    /// See leads, buyers, campaigns and figures.
    SeeExchange,
    /// Unmask the personal values of a lead; each use is written to the event table.
    SeePersonal,
    /// Change campaigns, buyers, contracts, sources, endpoints and keys.
    Configure,
    /// Invite and remove people.
    ManagePeople,
    /// See what one's own buyer took.
    SeePortal,
}

/// A person who signs in.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct User {
    /// Identity.
    pub id: UserId,
    /// Where the person works.
    pub tenant_id: TenantId,
    /// Sign-in name, in lower case.
    pub email: String,
    /// What colleagues see.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The buyer a portal user belongs to.
    #[serde(default)]
    pub buyer_id: Option<BuyerId>,
    /// Whether the person may sign in.
    pub active: bool,
}
