//! People who sign in, and what they may do.

use crate::{BuyerId, SourceId, TenantId, UserId};
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
    /// Sees what one source sent, in the affiliate's portal.
    Affiliate,
}

impl Role {
    /// Every role, in the order it is offered.
    pub const ALL: [Self; 5] = [Self::Admin, Self::Operator, Self::Viewer, Self::Buyer, Self::Affiliate];

    /// The word in the database and on the command line.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Admin => "admin",
            Self::Operator => "operator",
            Self::Viewer => "viewer",
            Self::Buyer => "buyer",
            Self::Affiliate => "affiliate",
        }
    }

    /// Whether this role has a right, where nobody switched it on or off for the person.
    #[must_use]
    pub const fn may(self, right: Right) -> bool {
        match right {
            Right::SeeExchange | Right::Export => matches!(self, Self::Admin | Self::Operator | Self::Viewer),
            Right::SeePersonal | Right::Configure | Right::Delete | Right::Publish | Right::Billing => {
                matches!(self, Self::Admin | Self::Operator)
            }
            Right::ManagePeople | Right::ExportPersonal => matches!(self, Self::Admin),
            Right::SeePortal => matches!(self, Self::Buyer),
            Right::SeeSource => matches!(self, Self::Affiliate),
            Right::RunServer => false,
        }
    }
}

impl FromStr for Role {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        let known = Self::ALL.into_iter().find(|role| role.name() == text);
        known.ok_or("a role is one of admin, operator, viewer, buyer, affiliate")
    }
}

/// Something that not everybody may do.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
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
    /// See what one's own source sent.
    SeeSource,
    /// Take lists and reports away as files.
    Export,
    /// Take personal values away in a file, of many leads at once; each use says why and is written to the audit log.
    ExportPersonal,
    /// Delete what is configured.
    Delete,
    /// Make a change work at once, or publish a draft; without it changes are kept as drafts.
    Publish,
    /// Move money by hand: take leads back from their buyers.
    Billing,
    /// Look after all tenants of the server. No role has it: whoever runs the server gives it to a person.
    RunServer,
}

impl Right {
    /// The rights that are switched on and off for each person who works for the tenant.
    pub const EXTRA: [Self; 6] =
        [Self::Export, Self::SeePersonal, Self::ExportPersonal, Self::Delete, Self::Publish, Self::Billing];

    /// The word in the database, for those of [`Right::EXTRA`].
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::SeeExchange => "see_exchange",
            Self::SeePersonal => "personal",
            Self::Configure => "configure",
            Self::ManagePeople => "people",
            Self::SeePortal => "portal",
            Self::SeeSource => "source",
            Self::Export => "export",
            Self::ExportPersonal => "export_personal",
            Self::Delete => "delete",
            Self::Publish => "publish",
            Self::Billing => "billing",
            Self::RunServer => "server",
        }
    }

    /// Whether it is one of [`Right::EXTRA`].
    #[must_use]
    pub fn is_extra(self) -> bool {
        Self::EXTRA.contains(&self)
    }

    /// Reads the word of one of [`Right::EXTRA`].
    #[must_use]
    pub fn extra(word: &str) -> Option<Self> {
        Self::EXTRA.into_iter().find(|right| right.name() == word)
    }
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
    /// The source an affiliate belongs to.
    #[serde(default)]
    pub source_id: Option<SourceId>,
    /// Those of [`Right::EXTRA`] that the person has; none: those of the role.
    #[serde(default)]
    pub rights: Option<Vec<Right>>,
    /// Whether the person looks after all tenants of the server.
    #[serde(default)]
    pub superadmin: bool,
    /// Whether signing in takes a code as well.
    #[serde(default)]
    pub second_factor: bool,
    /// Whether the person was invited and has not chosen a password yet.
    #[serde(default)]
    pub invited: bool,
    /// Whether the person may sign in.
    pub active: bool,
}

impl User {
    /// Whether the person has a right: the role's, and of [`Right::EXTRA`] what was switched on for the person. Nobody but
    /// people who work for the tenant can be given those.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        match &self.rights {
            _ if right == Right::RunServer => self.superadmin,
            Some(own) if right.is_extra() => self.role.may(Right::SeeExchange) && own.contains(&right),
            _ => self.role.may(right),
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn person(role: Role, rights: Option<Vec<Right>>) -> User {
        User {
            id: UserId::from_bits(1),
            tenant_id: TenantId::from_bits(1),
            email: String::new(),
            name: String::new(),
            role,
            buyer_id: None,
            source_id: None,
            rights,
            superadmin: false,
            second_factor: false,
            invited: false,
            active: true,
        }
    }

    #[test]
    fn extra_rights_are_the_roles_until_they_are_switched() {
        assert!(person(Role::Operator, None).may(Right::Billing) && !person(Role::Viewer, None).may(Right::Billing));
        let own = person(Role::Operator, Some(vec![Right::Billing]));
        assert!(own.may(Right::Billing) && !own.may(Right::Export) && own.may(Right::Configure));
        assert!(person(Role::Viewer, Some(vec![Right::SeePersonal])).may(Right::SeePersonal));
    }

    #[test]
    fn nobody_else_can_be_given_them_and_no_role_runs_the_server() {
        for role in [Role::Buyer, Role::Affiliate] {
            let given = person(role, Some(Right::EXTRA.to_vec()));
            assert!(Right::EXTRA.iter().all(|right| !given.may(*right)), "{role:?}");
        }
        assert!(Role::ALL.iter().all(|role| !person(*role, Some(vec![Right::RunServer])).may(Right::RunServer)));
        assert!(User { superadmin: true, ..person(Role::Viewer, None) }.may(Right::RunServer));
    }
}
