//! API keys. Only the hash of a key is stored; what was shown once cannot be shown again.

use super::snapshot::bump;
use crate::{
    Store, StoreError, TenantStore, Tx,
    audit::{Changed, key_document},
    read::{Read, mode},
    sql::{json, sql},
};
use exchange::audit::Thing;
use model::{KeyId, TenantId, Timestamp, intake::KeyUse, tenant::ApiKey};
use sqlx::any::AnyRow;

/// An API key with the hash it is found by.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct KeyRow {
    /// Whose.
    pub tenant_id: TenantId,
    /// The key.
    pub key: ApiKey,
    /// SHA-256 of what the caller presents.
    pub hash: [u8; 32],
    /// What the sender at a hook signs with, sealed; empty when it does not sign.
    pub secret: Vec<u8>,
}

const COLUMNS: &str = "SELECT tenant_id, id, source_id, name, hash, hint, mode, campaigns, used_as, secret, origins, created_at, revoked_at FROM api_keys";

impl Store {
    /// The key that is presented, revoked or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn find_key(&self, hash: &[u8; 32]) -> Result<KeyRow, StoreError> {
        read(&sql(COLUMNS).text(" WHERE hash = $1").bind(&hash[..]).one(self.reader()).await?)
    }
}

impl TenantStore {
    /// Adds a key.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its hash is taken or its source does not exist.
    pub async fn create_key(&self, key: &ApiKey, hash: &[u8; 32]) -> Result<(), StoreError> {
        self.create_hook(key, hash, &[]).await
    }

    /// Adds a key whose sender signs with a secret, which comes sealed.
    ///
    /// # Errors
    /// As [`TenantStore::create_key`].
    pub async fn create_hook(&self, key: &ApiKey, hash: &[u8; 32], secret: &[u8]) -> Result<(), StoreError> {
        let used_as = if key.used_as.is_api() { String::new() } else { json(&key.used_as)? };
        let origins = if key.origins.is_empty() { String::new() } else { json(&key.origins)? };
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        sql("INSERT INTO api_keys (tenant_id, id, source_id, name, hash, hint, mode, campaigns, used_as, secret, \
             origins, created_at, revoked_at) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13)")
        .bind(self.tenant)
        .bind(key.id)
        .bind(key.source_id)
        .bind(&key.name)
        .bind(&hash[..])
        .bind(&key.hint)
        .bind(key.mode)
        .bind(json(&key.campaigns)?)
        .bind(used_as)
        .bind(digits(secret))
        .bind(origins)
        .bind(key.created_at)
        .bind(key.revoked_at)
        .run(&mut *tx)
        .await?;
        let row = KeyRow { tenant_id: self.tenant, key: key.clone(), hash: *hash, secret: secret.to_vec() };
        change.seal(&self.store, &mut tx, vec![changed(&row)?]).await?;
        Ok(tx.commit().await?)
    }

    /// Every key, revoked ones included, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn keys(&self) -> Result<Vec<ApiKey>, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE tenant_id = $1 ORDER BY id DESC").bind(self.tenant);
        statement.all(self.store.reader()).await?.iter().map(|row| Ok(read(row)?.key)).collect()
    }

    /// Revokes a key for ever. A key that is revoked already keeps its first instant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_key(&self, id: KeyId, at: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let touched = sql("UPDATE api_keys SET revoked_at = COALESCE(revoked_at, $3) WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .bind(at)
            .run(&mut *tx)
            .await?;
        if touched == 0 {
            return Err(StoreError::NotFound);
        }
        let statement = sql(COLUMNS).text(" WHERE tenant_id = $1 AND id = $2").bind(self.tenant).bind(id);
        let row = read(&statement.one(&mut *tx).await?)?;
        change.seal(&self.store, &mut tx, vec![changed(&row)?]).await?;
        Ok(tx.commit().await?)
    }
}

fn changed(row: &KeyRow) -> Result<Changed, StoreError> {
    let document = Some(key_document(row)?);
    Ok(Changed { tenant: row.tenant_id, thing: Thing::Key, id: row.key.id.to_string(), document })
}

/// Every key of every tenant, revoked ones included.
pub(crate) async fn all(tx: &mut Tx) -> Result<Vec<KeyRow>, StoreError> {
    sql(COLUMNS).text(" ORDER BY tenant_id, id").all(&mut **tx).await?.iter().map(read).collect()
}

pub(super) async fn live(tx: &mut Tx) -> Result<Vec<KeyRow>, StoreError> {
    let rows = sql(COLUMNS).text(" WHERE revoked_at IS NULL ORDER BY tenant_id, id").all(&mut **tx).await?;
    rows.iter().map(read).collect()
}

fn used_as(row: &AnyRow) -> Result<KeyUse, StoreError> {
    if row.text("used_as")?.is_empty() { Ok(KeyUse::Api) } else { row.doc("used_as") }
}

fn origins(row: &AnyRow) -> Result<Vec<String>, StoreError> {
    if row.text("origins")?.is_empty() { Ok(Vec::new()) } else { row.doc("origins") }
}

fn digits(bytes: &[u8]) -> String {
    bytes.iter().fold(String::new(), |text, byte| text + &format!("{byte:02x}"))
}

fn bytes(digits: &str) -> Result<Vec<u8>, StoreError> {
    let byte = |at: usize| u8::from_str_radix(digits.get(at..at + 2)?, 16).ok();
    let bytes: Option<Vec<u8>> = (0..digits.len()).step_by(2).map(byte).collect();
    bytes.ok_or_else(|| StoreError::broken("column secret is not hexadecimal"))
}

fn read(row: &AnyRow) -> Result<KeyRow, StoreError> {
    let hash = row.bytes("hash")?;
    Ok(KeyRow {
        tenant_id: row.parsed("tenant_id")?,
        key: ApiKey {
            id: row.parsed("id")?,
            source_id: row.parsed("source_id")?,
            name: row.text("name")?,
            hint: row.text("hint")?,
            mode: mode(row)?,
            campaigns: row.doc("campaigns")?,
            used_as: used_as(row)?,
            origins: origins(row)?,
            created_at: row.at("created_at")?,
            revoked_at: row.at_opt("revoked_at")?,
        },
        hash: hash.try_into().map_err(|_| StoreError::broken("column hash is not 32 bytes"))?,
        secret: bytes(&row.text("secret")?)?,
    })
}
