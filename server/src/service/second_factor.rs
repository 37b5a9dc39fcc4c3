//! Setting up, renewing and removing a second factor.

use super::{ServiceError, Services, sign_in::SignInError};
use crate::{context::Actor, security::second_factor as codes};
use model::{UserId, user::Right};
use store::StoreError;

/// A second factor that is being set up: what the app is to be given.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Enrolment {
    /// The secret as people type it.
    pub secret: String,
    /// The side of the picture in units, and its dark squares as an SVG path.
    pub picture: Option<(usize, String)>,
}

/// How somebody's second factor stands.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct FactorState {
    /// Whether the tenant asks everybody for one.
    pub required: bool,
    /// Whether there is one.
    pub on: bool,
    /// Recovery codes that were not used yet.
    pub codes: i64,
    /// What is being set up.
    pub enrolment: Option<Enrolment>,
}

const NOT_A_PERSON: &str = "Only a person who signs in has a second factor.";

impl Services {
    /// How one's own second factor stands.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn own_factor(&self, actor: &Actor) -> Result<FactorState, ServiceError> {
        let (tenant, user) = (self.store.tenant(actor.tenant.id), actor.user.id);
        let factor = match tenant.second_factor(user).await {
            Ok(factor) => Some(factor),
            Err(StoreError::NotFound) => None,
            Err(error) => return Err(error.into()),
        };
        // Asked anew: it may have been confirmed in this very request.
        let on = factor.as_ref().is_some_and(|factor| factor.confirmed_at.is_some());
        let enrolment = match factor {
            Some(factor) if !on => {
                let secret = self.factor_secret(actor, &factor.secret).await.map_err(ServiceError::Broken)?;
                let uri = codes::uri(&secret, &actor.tenant.name, &actor.user.email);
                Some(Enrolment { secret: codes::written(&secret), picture: codes::picture(&uri) })
            }
            _ => None,
        };
        Ok(FactorState {
            required: actor.tenant.settings.second_factor,
            on,
            codes: tenant.recovery_codes(user).await?,
            enrolment,
        })
    }

    /// Begins to set one's own second factor up, with a new secret.
    ///
    /// # Errors
    /// Refused when there is one already.
    pub async fn begin_factor(&self, actor: &Actor) -> Result<(), ServiceError> {
        own(actor)?;
        let tenant = self.store.tenant(actor.tenant.id);
        let sealed = self.sealed_factor(actor, &codes::new_secret()).await?;
        tenant.begin_second_factor(actor.user.id, &sealed).await.map_err(|error| match error {
            StoreError::Conflict => ServiceError::Refused("You have a second factor already.".to_owned()),
            other => other.into(),
        })
    }

    /// Confirms it with a first code; the recovery codes, which are never shown again.
    ///
    /// # Errors
    /// Refused for a wrong code and after too many of them.
    pub async fn confirm_factor(&self, actor: &Actor, code: &str) -> Result<Vec<String>, ServiceError> {
        own(actor)?;
        let tenant = self.store.tenant(actor.tenant.id);
        let factor = tenant.second_factor(actor.user.id).await?;
        // No second place to guess the codes of one that is in use.
        if factor.confirmed_at.is_some() {
            return Err(ServiceError::Refused("You have a second factor already.".to_owned()));
        }
        let bucket = super::sign_in::limit_key(&format!("confirm {}", actor.user.id));
        self.limited(&bucket, 10, 15 * 60_000).await.map_err(told)?;
        let secret = self.factor_secret(actor, &factor.secret).await.map_err(ServiceError::Broken)?;
        let step = codes::step_of(&secret, code, self.clock.now(), factor.last_step).ok_or_else(wrong)?;
        let (shown, hashes): (Vec<_>, Vec<_>) = codes::recovery_codes().into_iter().unzip();
        let line = self.line(actor, "second_factor_on", "", "");
        tenant.confirm_second_factor(actor.user.id, step, &hashes, &line).await?;
        tracing::info!(user = %actor.user.id, "second factor set up");
        Ok(shown)
    }

    /// Other recovery codes in the place of one's own; they are never shown again.
    ///
    /// # Errors
    /// Refused for a wrong code and after too many of them.
    pub async fn renew_codes(&self, actor: &Actor, code: &str) -> Result<Vec<String>, ServiceError> {
        own(actor)?;
        self.code_of(actor, code).await.map_err(told)?.ok_or_else(wrong)?;
        let (shown, hashes): (Vec<_>, Vec<_>) = codes::recovery_codes().into_iter().unzip();
        let line = self.line(actor, "recovery_codes_renewed", "", "");
        self.store.tenant(actor.tenant.id).replace_recovery_codes(actor.user.id, &hashes, &line).await?;
        Ok(shown)
    }

    /// Takes one's own second factor away.
    ///
    /// # Errors
    /// Refused for a wrong code, after too many of them, and where the tenant asks for one.
    pub async fn remove_factor(&self, actor: &Actor, code: &str) -> Result<(), ServiceError> {
        own(actor)?;
        if actor.tenant.settings.second_factor {
            return Err(ServiceError::Refused("Your company asks everybody for a second factor.".to_owned()));
        }
        self.code_of(actor, code).await.map_err(told)?.ok_or_else(wrong)?;
        let line = self.line(actor, "second_factor_off", "", "");
        Ok(self.store.tenant(actor.tenant.id).remove_second_factor(actor.user.id, &line).await?)
    }

    /// Takes a colleague's second factor away: the app and the codes are lost.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself.
    pub async fn remove_colleagues_factor(&self, actor: &Actor, id: UserId) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        super::colleagues::not_oneself(actor, id)?;
        let user = tenant.user(id).await?;
        super::colleagues::not_above(actor, &user)?;
        let name = user.name;
        let line = self.line(actor, "second_factor_off", &id.to_string(), &name);
        Ok(tenant.remove_second_factor(id, &line).await?)
    }

    /// Whether everybody of the tenant has to have one. Who has none is led to set it up at the next page.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`].
    pub async fn require_factor(&self, actor: &Actor, on: bool) -> Result<(), ServiceError> {
        let rows = self.tenant(actor, Right::ManagePeople)?;
        self.store.change_tenant(actor.tenant.id, |tenant| tenant.settings.second_factor = on).await?;
        let word = if on { "second_factor_required" } else { "second_factor_optional" };
        Ok(rows.add_activity(&self.line(actor, word, "", "")).await?)
    }

    async fn sealed_factor(&self, actor: &Actor, secret: &[u8]) -> Result<Vec<u8>, ServiceError> {
        let row = self.store.tenant_by_id(actor.tenant.id).await?;
        let keys = self.vault.tenant(actor.tenant.id, &row.key_sealed);
        let keys = keys.map_err(|error| ServiceError::Broken(error.to_string()))?;
        Ok(keys.seal_secret(&name(actor.user.id), secret))
    }

    pub(super) async fn factor_secret(&self, actor: &Actor, sealed: &[u8]) -> Result<Vec<u8>, String> {
        let row = self.store.tenant_by_id(actor.tenant.id).await.map_err(|error| error.to_string())?;
        let keys = self.vault.tenant(actor.tenant.id, &row.key_sealed).map_err(|error| error.to_string())?;
        keys.open_secret(&name(actor.user.id), sealed).map_err(|_| "a second factor cannot be opened".to_owned())
    }
}

/// The name under which a person's secret is sealed.
fn name(user: UserId) -> String {
    format!("second factor {user}")
}

fn own(actor: &Actor) -> Result<(), ServiceError> {
    if actor.principal == crate::context::Principal::Person {
        return Ok(());
    }
    Err(ServiceError::Refused(NOT_A_PERSON.to_owned()))
}

fn wrong() -> ServiceError {
    ServiceError::Refused("The code is not right. Enter the newest one.".to_owned())
}

fn told(error: SignInError) -> ServiceError {
    match error {
        SignInError::Broken(why) => ServiceError::Broken(why),
        _ => ServiceError::Refused("Too many attempts. Try again in 15 minutes.".to_owned()),
    }
}
