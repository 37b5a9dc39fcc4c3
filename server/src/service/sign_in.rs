//! Signing in: the same answer and the same work whether or not the e-mail is known, and few tries.

use super::{Services, activity::entry};
use crate::{
    context::{Actor, ClientIp, Principal},
    security::{password, rate::neighbourhood, second_factor},
};
use model::{TenantId, Timestamp, UserId, user::Right};
use sha2::{Digest, Sha256};
use store::StoreError;

/// Failed tries with one e-mail from one address before it has to wait.
const TRIES_PER_PERSON: i64 = 5;
/// Failed tries from one address before it has to wait.
const TRIES_PER_ADDRESS: i64 = 30;
/// Wrong codes of one person before it has to wait, wherever they come from: there are a million codes.
const CODES_PER_PERSON: i64 = 5;
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
    /// cannot slip through; a right one gives its counts back. Who has a second factor is not signed in by this alone.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in(&self, email: &str, password: String, from: ClientIp) -> Result<Actor, SignInError> {
        let email = email.trim().to_lowercase();
        let person = limit_key(&format!("{email} {}", neighbourhood(from.0)));
        let address = limit_key(&neighbourhood(from.0).to_string());
        for (bucket, tries) in [(&person, TRIES_PER_PERSON), (&address, TRIES_PER_ADDRESS)] {
            self.limited(bucket, tries, WINDOW_MS).await?;
        }
        let known = match self.store.user_by_email(&email).await {
            Ok(row) => Some(row),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        // Who was invited has no password yet: the same work is done as for nobody.
        let stored = known.as_ref().map(|row| row.password_hash.clone()).filter(|hash| !hash.is_empty());
        let right = password::verify(password, stored).await;
        let Some(row) = known.filter(|_| right) else { return Err(SignInError::Refused) };
        let actor = self.actor(row.user.tenant_id, row.user.id).await?.ok_or(SignInError::Refused)?;
        self.store.forget_attempts(&person).await?;
        if !actor.user.second_factor {
            self.signed(&actor, "").await?;
        }
        Ok(actor)
    }

    /// Checks the code of somebody whose password was right: of the app, or a recovery code.
    ///
    /// # Errors
    /// See [`SignInError`].
    pub async fn sign_in_code(&self, tenant: TenantId, user: UserId, code: &str) -> Result<Actor, SignInError> {
        let actor = self.actor(tenant, user).await?.ok_or(SignInError::Refused)?;
        let how = self.code_of(&actor, code).await?.ok_or(SignInError::Refused)?;
        self.signed(&actor, how).await?;
        Ok(actor)
    }

    /// Takes a code of a person's second factor; how it was shown, or none when it is not right. Wrong ones are few.
    pub(super) async fn code_of(&self, actor: &Actor, code: &str) -> Result<Option<&'static str>, SignInError> {
        let (tenant, user, now) = (self.store.tenant(actor.tenant.id), actor.user.id, self.clock.now());
        let bucket = limit_key(&format!("code {user}"));
        self.limited(&bucket, CODES_PER_PERSON, WINDOW_MS).await?;
        let factor = match tenant.second_factor(user).await {
            Ok(factor) if factor.confirmed_at.is_some() => factor,
            Ok(_) | Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let secret = self.factor_secret(actor, &factor.secret).await.map_err(SignInError::Broken)?;
        let taken = match second_factor::step_of(&secret, code, now, factor.last_step) {
            Some(step) => tenant.take_step(user, step).await.map(|()| "with a code"),
            None => {
                let line = entry(now, (&user.to_string(), &actor.user.name), ("recovery_code_used", "", ""));
                let hash = second_factor::recovery_hash(code);
                tenant.take_recovery_code(user, &hash, &line).await.map(|()| "with a recovery code")
            }
        };
        match taken {
            Ok(how) => {
                self.store.forget_attempts(&bucket).await?;
                Ok(Some(how))
            }
            Err(StoreError::NotFound) => Ok(None),
            Err(error) => Err(error.into()),
        }
    }

    async fn signed(&self, actor: &Actor, how: &str) -> Result<(), StoreError> {
        let line = self.line(actor, "signed_in", "", how);
        self.store.tenant(actor.tenant.id).add_activity(&line).await
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

    /// Who a session belongs to in which a superadmin acts for another tenant.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn support(&self, own: &Actor, tenant: TenantId) -> Result<Option<Actor>, StoreError> {
        if !own.may(Right::RunServer) {
            return Ok(None);
        }
        let tenant = match self.store.tenant_by_id(tenant).await {
            Ok(row) => row.tenant,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error),
        };
        Ok(tenant.active.then(|| Actor::support(&own.user, tenant)))
    }

    /// Counts one try in a bucket.
    pub(super) async fn limited(&self, bucket: &str, tries: i64, window_ms: i64) -> Result<(), SignInError> {
        let now = self.clock.now();
        let attempts = self.store.count_attempt(bucket, now, window_ms).await?;
        if attempts.count <= tries {
            return Ok(());
        }
        Err(SignInError::TooMany { retry_after_s: wait(attempts.since, now, window_ms) })
    }
}

/// Attempts are counted under a hash: the table names nobody.
pub(super) fn limit_key(text: &str) -> String {
    hex::encode(Sha256::digest(text.as_bytes()))
}

fn wait(since: Timestamp, now: Timestamp, window_ms: i64) -> u32 {
    let left = window_ms - now.millis_since(since);
    u32::try_from(left.max(0) / 1000).unwrap_or(0) + 1
}
