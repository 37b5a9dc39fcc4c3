//! API keys, for whoever runs the server: only the command line calls this, so nobody's rights are checked.

use super::ServiceError;
use crate::{clock::new_id, security::keys};
use model::{
    CampaignId, KeyId, SourceId, TenantId, Timestamp,
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
        created_at: now,
        revoked_at: None,
    };
    store.tenant(tenant).create_key(&key, &hash).await?;
    Ok(key)
}
