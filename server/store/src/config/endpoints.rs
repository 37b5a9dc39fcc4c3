//! Endpoints with their sealed secrets. Whatever waits for an endpoint goes when the endpoint goes.

use super::snapshot::bump;
use crate::{
    StoreError, TenantStore, Tx,
    audit::Changed,
    read::Read,
    sql::{json, sql},
};
use exchange::audit::{Digest, Thing};
use model::{EndpointId, Timestamp, endpoint::Endpoint};
use sqlx::any::AnyRow;

/// An endpoint with what only the server knows of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct EndpointRow {
    /// The endpoint.
    pub endpoint: Endpoint,
    /// A webhook's secret, sealed under the tenant's key; empty for postbacks.
    pub secret: Vec<u8>,
    /// The secret before that, sealed likewise; empty when there was none.
    pub old_secret: Vec<u8>,
    /// Until when messages are signed with the old one as well.
    pub old_until: Timestamp,
    /// Since when every try has failed; none when the last one did not.
    pub failing_since: Option<Timestamp>,
}

const COLUMNS: &str = "SELECT doc, secret, old_secret, old_until, failing_since FROM endpoints WHERE tenant_id = $1";

impl TenantStore {
    /// Adds an endpoint; `secret` is sealed, and empty for a postback.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken, or its source or campaign does not exist.
    pub async fn create_endpoint(&self, endpoint: &Endpoint, secret: &[u8]) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        sql("INSERT INTO endpoints (tenant_id, id, source_id, campaign_id, name, active, doc, secret, old_secret, \
             old_until) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, 0)")
        .bind(self.tenant)
        .bind(endpoint.id)
        .bind(endpoint.source_id)
        .bind(endpoint.campaign_id)
        .bind(&endpoint.name)
        .bind(endpoint.active)
        .bind(json(endpoint)?)
        .bind(secret)
        .bind(&[][..])
        .run(&mut *tx)
        .await?;
        change.seal(&self.store, &mut tx, vec![self.endpoint_changed(endpoint)?]).await?;
        Ok(tx.commit().await?)
    }

    /// Changes an endpoint and keeps its secrets. Its failures are forgotten: what was changed may have mended it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`]; [`StoreError::Conflict`] when its source or campaign does not exist.
    pub async fn update_endpoint(&self, endpoint: &Endpoint) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        self.write(&mut tx, endpoint).await?;
        change.seal(&self.store, &mut tx, vec![self.endpoint_changed(endpoint)?]).await?;
        Ok(tx.commit().await?)
    }

    fn endpoint_changed(&self, endpoint: &Endpoint) -> Result<Changed, StoreError> {
        let document = Some(Digest::of(json(endpoint)?.as_bytes()));
        Ok(Changed { tenant: self.tenant, thing: Thing::Endpoint, id: endpoint.id.to_string(), document })
    }

    async fn write(&self, tx: &mut Tx, endpoint: &Endpoint) -> Result<(), StoreError> {
        let touched = sql("UPDATE endpoints SET source_id = $3, campaign_id = $4, name = $5, active = $6, doc = $7, \
             failing_since = NULL WHERE tenant_id = $1 AND id = $2")
        .bind(self.tenant)
        .bind(endpoint.id)
        .bind(endpoint.source_id)
        .bind(endpoint.campaign_id)
        .bind(&endpoint.name)
        .bind(endpoint.active)
        .bind(json(endpoint)?)
        .run(&mut **tx)
        .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Every endpoint, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn endpoints(&self) -> Result<Vec<Endpoint>, StoreError> {
        let statement = sql("SELECT doc FROM endpoints WHERE tenant_id = $1 ORDER BY LOWER(name), id");
        let rows = statement.bind(self.tenant).all(self.store.reader()).await?;
        rows.iter().map(|row| row.doc("doc")).collect()
    }

    /// One endpoint with its sealed secrets.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn endpoint(&self, id: EndpointId) -> Result<EndpointRow, StoreError> {
        let statement = sql(COLUMNS).text(" AND id = $2").bind(self.tenant).bind(id);
        read(&statement.one(self.store.reader()).await?)
    }

    /// Reads an endpoint and keeps others from it until the transaction ends; `lock` is the engine's way to say so.
    pub(crate) async fn lock_endpoint(
        &self,
        tx: &mut Tx,
        id: EndpointId,
        lock: &'static str,
    ) -> Result<Option<EndpointRow>, StoreError> {
        let statement = sql(COLUMNS).text(" AND id = $2").text(lock).bind(self.tenant).bind(id);
        statement.optional(&mut **tx).await?.as_ref().map(read).transpose()
    }

    /// Gives a webhook a new secret; messages are signed with the one before it as well until `old_until`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn rotate_endpoint_secret(
        &self,
        id: EndpointId,
        secret: &[u8],
        old_until: Timestamp,
    ) -> Result<(), StoreError> {
        let touched = sql("UPDATE endpoints SET old_secret = secret, secret = $3, old_until = $4 \
             WHERE tenant_id = $1 AND id = $2")
        .bind(self.tenant)
        .bind(id)
        .bind(secret)
        .bind(old_until)
        .run(self.store.writer())
        .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Switches an endpoint off with a reason that people read, and drops what waits for it; how many messages that were.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn disable_endpoint(&self, id: EndpointId, reason: &str) -> Result<u64, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let row = self.lock_endpoint(&mut tx, id, self.store.engine.for_update()).await?.ok_or(StoreError::NotFound)?;
        let off = Endpoint { active: false, disabled_reason: Some(reason.to_owned()), ..row.endpoint };
        self.write(&mut tx, &off).await?;
        let dropped = self.drop_jobs(&mut tx, id).await?;
        change.seal(&self.store, &mut tx, vec![self.endpoint_changed(&off)?]).await?;
        tx.commit().await?;
        Ok(dropped)
    }

    /// Removes an endpoint and what waits for it. What was delivered stays in the log.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete_endpoint(&self, id: EndpointId) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let statement = sql("DELETE FROM endpoints WHERE tenant_id = $1 AND id = $2").bind(self.tenant).bind(id);
        if statement.run(&mut *tx).await? == 0 {
            return Err(StoreError::NotFound);
        }
        self.drop_jobs(&mut tx, id).await?;
        let gone = Changed { tenant: self.tenant, thing: Thing::Endpoint, id: id.to_string(), document: None };
        change.seal(&self.store, &mut tx, vec![gone]).await?;
        Ok(tx.commit().await?)
    }

    async fn drop_jobs(&self, tx: &mut Tx, id: EndpointId) -> Result<u64, StoreError> {
        sql("DELETE FROM jobs WHERE tenant_id = $1 AND lane = $2").bind(self.tenant).bind(id).run(&mut **tx).await
    }

    /// Drops what waits for an endpoint that is gone: an outcome that was on its way meanwhile may have left a message.
    pub(crate) async fn drop_orphans(&self, tx: &mut Tx, id: EndpointId) -> Result<(), StoreError> {
        sql("DELETE FROM jobs WHERE tenant_id = $1 AND lane = $2 \
             AND NOT EXISTS (SELECT 1 FROM endpoints WHERE tenant_id = $1 AND id = $2)")
        .bind(self.tenant)
        .bind(id)
        .run(&mut **tx)
        .await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<EndpointRow, StoreError> {
    Ok(EndpointRow {
        endpoint: row.doc("doc")?,
        secret: row.bytes("secret")?,
        old_secret: row.bytes("old_secret")?,
        old_until: row.at("old_until")?,
        failing_since: row.at_opt("failing_since")?,
    })
}
