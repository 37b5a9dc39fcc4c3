//! API keys, for whoever runs the server: only the command line calls this, so nobody's rights are checked.

use super::ServiceError;
use crate::{
    clock::new_id,
    security::{TenantKeys, keys, secrets},
};
use model::{
    CampaignId, KeyId, SourceId, TenantId, Timestamp,
    intake::{HookFormat, KeyUse, Platform},
    tenant::{ApiKey, Mode},
};
use store::Store;

/// What a new key is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyWanted {
    /// The source whose leads it sends.
    pub source_id: SourceId,
    /// What people call it.
    pub name: String,
    /// Live or test.
    pub mode: Mode,
    /// The campaigns it may send into; empty means all.
    pub campaigns: Vec<CampaignId>,
    /// What it opens.
    pub used_as: Use,
}

/// What a new key opens.
#[derive(Clone, PartialEq, Eq, Default)]
pub enum Use {
    /// Our own API.
    #[default]
    Api,
    /// A platform's routes: the credential that the seller's program sends there already.
    Adopted(Platform, String),
    /// A tool's hook, with what the tool signs with.
    Hook(HookFormat, Option<String>),
    /// Sending and validating from pages of these origins.
    Publishable(Vec<String>),
}

impl std::fmt::Debug for Use {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        match self {
            Self::Api => f.write_str("Api"),
            Self::Adopted(platform, _) => write!(f, "Adopted({platform:?}, …)"),
            Self::Hook(format, _) => write!(f, "Hook({format:?}, …)"),
            Self::Publishable(origins) => write!(f, "Publishable({origins:?})"),
        }
    }
}

/// Makes a key; also the whole key, which is never shown again.
///
/// # Errors
/// [`ServiceError::Refused`] when the source does not exist.
pub async fn create(
    store: &Store,
    now: Timestamp,
    tenant: TenantId,
    wanted: KeyWanted,
) -> Result<(ApiKey, String), ServiceError> {
    let made = keys::new_key(wanted.mode);
    let key = keep(store, now, tenant, wanted, &made.shown).await?;
    Ok((key, made.shown))
}

/// Makes a hook, with the token that stands in its address and is never shown again; or takes over a credential of another
/// platform, of which nothing is shown. The tenant's keys seal the secret.
///
/// # Errors
/// [`ServiceError::Refused`] when the credential is taken over already, or the source does not exist.
pub async fn open_door(
    (store, sealing): (&Store, &TenantKeys),
    now: Timestamp,
    tenant: TenantId,
    wanted: KeyWanted,
) -> Result<(ApiKey, String), ServiceError> {
    let (used_as, made, secret) = match &wanted.used_as {
        Use::Api => return create(store, now, tenant, wanted).await,
        Use::Adopted(platform, given) => {
            let (hash, hint) = (keys::adopted_hash(*platform, given), keys::adopted_hint(given));
            (KeyUse::Platform(*platform), keys::NewKey { shown: String::new(), hash, hint }, None)
        }
        Use::Hook(format, secret) => (KeyUse::Hook(*format), keys::new_hook_token(), secret.clone()),
        Use::Publishable(_) => (KeyUse::Publishable, keys::new_publishable_key(), None),
    };
    let origins = match wanted.used_as {
        Use::Publishable(origins) => origins,
        Use::Api | Use::Adopted(..) | Use::Hook(..) => Vec::new(),
    };
    let id = KeyId::from_bits(new_id(now));
    let sealed = secret.map(|secret| sealing.seal_secret(&secrets::hook(id), secret.as_bytes())).unwrap_or_default();
    let key = ApiKey {
        id,
        source_id: wanted.source_id,
        name: wanted.name,
        hint: made.hint,
        mode: wanted.mode,
        campaigns: wanted.campaigns,
        used_as,
        origins,
        created_at: now,
        revoked_at: None,
    };
    store.tenant(tenant).create_hook(&key, &made.hash, &sealed).await?;
    Ok((key, made.shown))
}

/// Stores a key that was made before, as the demo does with a new store.
///
/// # Errors
/// [`ServiceError::Refused`] when it is no key of the wanted mode, is there already, or its source does not exist.
pub async fn keep(
    store: &Store,
    now: Timestamp,
    tenant: TenantId,
    wanted: KeyWanted,
    shown: &str,
) -> Result<ApiKey, ServiceError> {
    let hashed = keys::hash(shown).filter(|(mode, _)| *mode == wanted.mode);
    let (mode, hash) = hashed.ok_or_else(|| ServiceError::Refused("that is no key of this mode".to_owned()))?;
    let key = ApiKey {
        id: KeyId::from_bits(new_id(now)),
        source_id: wanted.source_id,
        name: wanted.name,
        hint: keys::hint(shown),
        mode,
        campaigns: wanted.campaigns,
        used_as: KeyUse::Api,
        origins: Vec::new(),
        created_at: now,
        revoked_at: None,
    };
    store.tenant(tenant).create_key(&key, &hash).await?;
    Ok(key)
}
