//! Links to posting instructions: made, opened until they end, and taken back.

use super::activities::{self, Activity};
use crate::{Store, StoreError, TenantStore, audit::seal_changes, read::Read, sql::sql};
use model::{CampaignId, ShareId, SourceId, TenantId, Timestamp, share::Share};
use sqlx::any::AnyRow;

/// How long it is not written down again that a link was opened, in milliseconds: a minute.
const NOTICED_MS: i64 = 60_000;

const COLUMNS: &str = "SELECT tenant_id, id, source_id, campaign_id, author, created_at, expires_at, revoked_at, used_at \
     FROM instruction_shares";

impl TenantStore {
    /// Adds a link; `hash` is that of what stands in its address.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its source or campaign does not exist.
    pub async fn add_share(&self, share: &Share, hash: &str, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        sql("INSERT INTO instruction_shares (tenant_id, id, source_id, campaign_id, hash, author, created_at, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(self.tenant)
        .bind(share.id)
        .bind(share.source_id)
        .bind(share.campaign_id)
        .bind(hash)
        .bind(&share.author)
        .bind(share.created_at)
        .bind(share.expires_at)
        .run(&mut *tx)
        .await?;
        let changed = activities::insert(&mut tx, self.tenant, line).await?;
        seal_changes(&self.store, &mut tx, vec![changed]).await?;
        Ok(tx.commit().await?)
    }

    /// The links of a source for a campaign, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn shares(&self, source: SourceId, campaign: CampaignId) -> Result<Vec<Share>, StoreError> {
        let rows = sql(COLUMNS)
            .text(" WHERE tenant_id = ")
            .param(self.tenant)
            .text(" AND source_id = ")
            .param(source)
            .text(" AND campaign_id = ")
            .param(campaign)
            .text(" ORDER BY id DESC")
            .all(self.store.reader())
            .await?;
        rows.iter().map(read).collect()
    }

    /// Takes a link back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, or it was taken back before.
    pub async fn revoke_share(&self, id: ShareId, at: Timestamp, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let statement = "UPDATE instruction_shares SET revoked_at = $3 \
             WHERE tenant_id = $1 AND id = $2 AND revoked_at IS NULL";
        if sql(statement).bind(self.tenant).bind(id).bind(at).run(&mut *tx).await? == 0 {
            return Err(StoreError::NotFound);
        }
        let changed = activities::insert(&mut tx, self.tenant, line).await?;
        seal_changes(&self.store, &mut tx, vec![changed]).await?;
        Ok(tx.commit().await?)
    }
}

impl Store {
    /// The link behind an address, and whose it is; that it was opened is remembered to the minute.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is none, it was taken back, or it has ended at `now`.
    pub async fn open_share(&self, hash: &str, now: Timestamp) -> Result<(TenantId, Share), StoreError> {
        let row = sql(COLUMNS).text(" WHERE hash = ").param(hash).one(self.reader()).await?;
        let (tenant, share): (TenantId, _) = (row.parsed("tenant_id")?, read(&row)?);
        if !share.works(now) {
            return Err(StoreError::NotFound);
        }
        if share.used_at.is_none_or(|used| now.millis_since(used) >= NOTICED_MS) {
            sql("UPDATE instruction_shares SET used_at = $3 WHERE tenant_id = $1 AND id = $2")
                .bind(tenant)
                .bind(share.id)
                .bind(now)
                .run(self.writer())
                .await?;
        }
        Ok((tenant, share))
    }
}

fn read(row: &AnyRow) -> Result<Share, StoreError> {
    Ok(Share {
        id: row.parsed("id")?,
        source_id: row.parsed("source_id")?,
        campaign_id: row.parsed("campaign_id")?,
        author: row.text("author")?,
        created_at: row.at("created_at")?,
        expires_at: row.at("expires_at")?,
        revoked_at: row.at_opt("revoked_at")?,
        used_at: row.at_opt("used_at")?,
    })
}
