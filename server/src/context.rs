//! What is known about the request being answered: its id, and who asks.

use crate::clock::{Clock, new_id};
use model::{
    KeyId, RequestId, UserId,
    tenant::{OperatorToken, Tenant},
    user::{Right, Role, User},
};
use std::{future::Future, net::IpAddr};

tokio::task_local! {
    static REQUEST: RequestId;
}

/// Runs the answering of one request under a fresh id.
pub async fn under_new_id<T, F: Future<Output = T>>(clock: &dyn Clock, answer: impl FnOnce(RequestId) -> F) -> T {
    let id = RequestId::from_bits(new_id(clock.now()));
    REQUEST.scope(id, answer(id)).await
}

/// The id of the request being answered; empty outside of one.
#[must_use]
pub fn request_id() -> String {
    REQUEST.try_with(ToString::to_string).unwrap_or_default()
}

/// The address a request came from, behind trusted proxies the one they name.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct ClientIp(pub IpAddr);

/// As what somebody acts.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Principal {
    /// A person who is signed in.
    Person,
    /// A program with an operator token.
    Token(KeyId),
    /// Whoever runs the server, at its command line.
    CommandLine,
    /// A superadmin of the server (that is its id) who looks into a tenant for a while.
    Support(UserId),
}

/// Somebody who acts for a tenant. Only `service` makes one: from a session, a token, or for the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person; for a program or the command line, one who stands for it and cannot sign in.
    pub user: User,
    /// The company.
    pub tenant: Tenant,
    /// As what.
    pub principal: Principal,
}

/// What the history calls the command line.
pub const COMMAND_LINE: &str = "command-line";

impl Actor {
    /// A program with a token.
    #[must_use]
    pub fn program(token: &OperatorToken, tenant: Tenant) -> Self {
        let user = User { buyer_id: token.buyer_id, ..stand_in(&token.name, token.role, &tenant) };
        Self { user, tenant, principal: Principal::Token(token.id) }
    }

    /// Whoever runs the server; everything is allowed that an administrator may.
    #[must_use]
    pub fn command_line(tenant: Tenant) -> Self {
        Self { user: stand_in("command line", Role::Admin, &tenant), tenant, principal: Principal::CommandLine }
    }

    /// A superadmin who acts for a tenant: configures and watches, but sees no personal value, takes nothing away as a file,
    /// deletes nothing, and manages nobody.
    #[must_use]
    pub fn support(superadmin: &User, tenant: Tenant) -> Self {
        let name = format!("Support ({})", superadmin.name);
        let user =
            User { id: superadmin.id, rights: Some(vec![Right::Publish]), ..stand_in(&name, Role::Operator, &tenant) };
        Self { user, tenant, principal: Principal::Support(superadmin.id) }
    }

    /// Whether the tenant asks for a second factor that the person has not set up: until then nothing else is open.
    #[must_use]
    pub fn lacks_second_factor(&self) -> bool {
        self.principal == Principal::Person && self.tenant.settings.second_factor && !self.user.second_factor
    }

    /// What the history keeps as the author: the id of the person or the token, or [`COMMAND_LINE`].
    #[must_use]
    pub fn by(&self) -> String {
        match self.principal {
            Principal::Person => self.user.id.to_string(),
            Principal::Token(id) => id.to_string(),
            Principal::Support(id) => id.to_string(),
            Principal::CommandLine => COMMAND_LINE.to_owned(),
        }
    }

    /// Whether the person has a right. Portal people have none of the exchange's.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.user.active && self.tenant.active && self.user.may(right)
    }
}

/// Somebody without an account.
fn stand_in(name: &str, role: Role, tenant: &Tenant) -> User {
    User {
        id: UserId::from_bits(0),
        tenant_id: tenant.id,
        email: String::new(),
        name: name.to_owned(),
        role,
        buyer_id: None,
        source_id: None,
        rights: None,
        superadmin: false,
        second_factor: false,
        invited: false,
        active: true,
    }
}
