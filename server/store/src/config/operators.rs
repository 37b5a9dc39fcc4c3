//! Operator tokens. Only the hash is stored, as with API keys; they are not part of the pipeline's configuration.

use super::activities::{self, Activity};
use crate::{
    Store, StoreError, TenantStore, Tx,
    audit::{Changed, seal_changes},
    read::Read,
    sql::{json, sql},
};
use exchange::audit::{Digest, Thing};
use model::{KeyId, TenantId, Timestamp, tenant::OperatorToken};
use sqlx::any::AnyRow;

/// An operator token with whose it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OperatorRow {
    /// Whose.
    pub tenant_id: TenantId,
    /// The token.
    pub token: OperatorToken,
}

const COLUMNS: &str = "SELECT tenant_id, id, name, hash, hint, role, buyer_id, created_at, revoked_at FROM tokens";

impl Store {
    /// The token that is presented, revoked or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn find_operator_token(&self, hash: &[u8; 32]) -> Result<OperatorRow, StoreError> {
        read(&sql(COLUMNS).text(" WHERE hash = $1").bind(&hash[..]).one(self.reader()).await?)
    }
}

impl TenantStore {
    /// Adds a token, with what is recorded of it.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its hash is taken.
    pub async fn create_operator_token(
        &self,
        token: &OperatorToken,
        hash: &[u8; 32],
        line: &Activity,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        sql("INSERT INTO tokens (tenant_id, id, name, hash, hint, role, buyer_id, created_at, revoked_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9)")
        .bind(self.tenant)
        .bind(token.id)
        .bind(&token.name)
        .bind(&hash[..])
        .bind(&token.hint)
        .bind(token.role)
        .bind(token.buyer_id)
        .bind(token.created_at)
        .bind(token.revoked_at)
        .run(&mut *tx)
        .await?;
        self.record_token(&mut tx, token.id, line).await?;
        Ok(tx.commit().await?)
    }

    async fn record_token(&self, tx: &mut Tx, id: KeyId, line: &Activity) -> Result<(), StoreError> {
        let row = sql(COLUMNS).text(" WHERE tenant_id = $1 AND id = $2").bind(self.tenant).bind(id);
        let token = changed(&row.one(&mut **tx).await?)?;
        let line = activities::insert(tx, self.tenant, line).await?;
        seal_changes(&self.store, tx, vec![token, line]).await
    }

    /// Every token, revoked ones included, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn operator_tokens(&self) -> Result<Vec<OperatorToken>, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE tenant_id = $1 ORDER BY id DESC").bind(self.tenant);
        statement.all(self.store.reader()).await?.iter().map(|row| Ok(read(row)?.token)).collect()
    }

    /// Revokes a token for ever. One that is revoked already keeps its first instant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn revoke_operator_token(&self, id: KeyId, at: Timestamp, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let text = "UPDATE tokens SET revoked_at = COALESCE(revoked_at, $3) WHERE tenant_id = $1 AND id = $2";
        if sql(text).bind(self.tenant).bind(id).bind(at).run(&mut *tx).await? == 0 {
            return Err(StoreError::NotFound);
        }
        self.record_token(&mut tx, id, line).await?;
        Ok(tx.commit().await?)
    }
}

/// Every token on the server, as the audit knows it.
pub(crate) async fn tokens(tx: &mut Tx) -> Result<Vec<Changed>, StoreError> {
    sql(COLUMNS).all(&mut **tx).await?.iter().map(changed).collect()
}

/// The hash it is found by is part of it, or another token could take its place.
fn changed(row: &AnyRow) -> Result<Changed, StoreError> {
    let found = read(row)?;
    let document = json(&(1, &found.token, Digest::of(&row.bytes("hash")?)))?;
    let (tenant, id) = (found.tenant_id, found.token.id.to_string());
    Ok(Changed { tenant, thing: Thing::Token, id, document: Some(Digest::of(document.as_bytes())) })
}

fn read(row: &AnyRow) -> Result<OperatorRow, StoreError> {
    Ok(OperatorRow {
        tenant_id: row.parsed("tenant_id")?,
        token: OperatorToken {
            id: row.parsed("id")?,
            name: row.text("name")?,
            hint: row.text("hint")?,
            role: row.parsed("role")?,
            buyer_id: row.parsed_opt("buyer_id")?,
            created_at: row.at("created_at")?,
            revoked_at: row.at_opt("revoked_at")?,
        },
    })
}
