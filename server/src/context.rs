//! What is known about the request being answered: its id, and who asks.

use crate::clock::{Clock, new_id};
use model::{
    RequestId,
    tenant::Tenant,
    user::{Right, User},
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

/// Somebody who is signed in. Only `service` makes one, from a session or for the command line.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Actor {
    /// The person.
    pub user: User,
    /// The company.
    pub tenant: Tenant,
}

impl Actor {
    /// Whether the person's role has a right. Portal people of a buyer have none of the exchange's.
    #[must_use]
    pub fn may(&self, right: Right) -> bool {
        self.user.active && self.tenant.active && self.user.role.may(right)
    }
}
