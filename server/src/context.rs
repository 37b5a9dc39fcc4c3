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

    /// What the history keeps as the author: the id of the person or the token, or [`COMMAND_LINE`].
    #[must_use]
    pub fn by(&self) -> String {
        match self.principal {
            Principal::Person => self.user.id.to_string(),
            Principal::Token(id) => id.to_string(),
            Principal::CommandLine => COMMAND_LINE.to_owned(),
        }
    }

    /// Whether the person's role has a right. Portal people of a buyer have none of the exchange's.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.user.active && self.tenant.active && self.user.role.may(right)
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
        active: true,
    }
}
