//! Signing in: the same answer and the same work whether or not the e-mail is known, and few tries.

use super::Services;
use crate::{
    context::{Actor, ClientIp, Principal},
    security::password,
};
use model::{TenantId, Timestamp, UserId};
use sha2::{Digest, Sha256};
use store::StoreError;

/// Failed tries with one e-mail from one address before it has to wait.
const TRIES_PER_PERSON: i64 = 5;
/// Failed tries from one address before it has to wait.
const TRIES_PER_ADDRESS: i64 = 30;
/// How long failed tries count.
const WINDOW_MS: i64 = 15 * 60 * 1000;

/// Why somebody was not signed in.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum SignInError {
    /// Wrong e-mail or password, or a person or tenant that may not sign in. Which of them is not told.
    #[error("This e-mail and password do not belong together.")]
    Refused,
    /// Too many tries.
    #[error("too many tries")]
    TooMany {
        /// Seconds to wait.
        retry_after_s: u32,
    },
    /// The store could not be asked.
    #[error("broken: {0}")]
    Broken(String),
}

impl From<StoreError> for SignInError {
    fn from(error: StoreError) -> Self {
        Self::Broken(error.to_string())
    }
}

impl Services {
    /// Checks an e-mail and a password. Every try is counted before the password is looked at, so that many at once
    /// cannot slip through; a right one gives its counts back.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(&self, email: &str, password: String, from: ClientIp) -> Result<Actor, SignInError> {
        let email = email.trim().to_lowercase();
        let now = self.clock.now();
        let person = limit_key(&format!("{email} {}", from.0));
        let address = limit_key(&from.0.to_string());
        for (bucket, tries) in [(&person, TRIES_PER_PERSON), (&address, TRIES_PER_ADDRESS)] {
            let attempts = self.store.count_attempt(bucket, now, WINDOW_MS).await?;
            if attempts.count > tries {
                return Err(SignInError::TooMany { retry_after_s: wait(attempts.since, now) });
            }
        }
        let known = match self.store.user_by_email(&email).await {
            Ok(row) => Some(row),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        let stored = known.as_ref().map(|row| row.password_hash.clone());
        let right = password::verify(password, stored).await;
        let Some(row) = known.filter(|_| right) else { return Err(SignInError::Refused) };
        let actor = self.actor(row.user.tenant_id, row.user.id).await?.ok_or(SignInError::Refused)?;
        self.store.forget_attempts(&person).await?;
        Ok(actor)
    }

    /// Who a session belongs to; none when the person or the tenant may not sign in any more.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn actor(&self, tenant: TenantId, id: UserId) -> Result<Option<Actor>, StoreError> {
        let user = match self.store.tenant(tenant).user(id).await {
            Ok(user) => user,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        let tenant = self.store.tenant_by_id(tenant).await?.tenant;
        Ok((user.active && tenant.active).then_some(Actor { user, tenant, principal: Principal::Person }))
    }
}

/// Attempts are counted under a hash: the table names nobody.
fn limit_key(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn wait(since: Timestamp, now: Timestamp) -> u32 {
    let left = WINDOW_MS - now.millis_since(since);
    u32::try_from(left.max(0) / 1000).unwrap_or(0) + 1
}
