//! The whole configuration at one instant, and the number that says whether it changed.

use super::{KeyRow, TenantRow, keys, tenants, texts};
use crate::{Store, StoreError, Tx, audit::Change, read::Read, sql::sql};
use model::{
    TenantId,
    buyer::Buyer,
    campaign::Campaign,
    consent::{ConsentText, ConsentVersion},
    contract::Contract,
    endpoint::Endpoint,
    source::Source,
};
use sqlx::{Any, Executor};

/// Everything a pipeline runs by, as it stood at one version.
#[derive(Debug, Clone)]
pub struct Config {
    /// Grows with every change.
    pub version: i64,
    /// Every tenant.
    pub tenants: Vec<TenantRow>,
    /// Every source with its tenant.
    pub sources: Vec<(TenantId, Source)>,
    /// Every buyer with its tenant.
    pub buyers: Vec<(TenantId, Buyer)>,
    /// Every campaign with its tenant.
    pub campaigns: Vec<(TenantId, Campaign)>,
    /// Every contract with its tenant.
    pub contracts: Vec<(TenantId, Contract)>,
    /// Every endpoint with its tenant; their secrets are read when they are needed.
    pub endpoints: Vec<(TenantId, Endpoint)>,
    /// Every API key that is not revoked.
    pub keys: Vec<KeyRow>,
    /// Every consent text with its tenant and its versions, oldest first.
    pub texts: Vec<(TenantId, ConsentText, Vec<ConsentVersion>)>,
}

impl Store {
    /// The version of the configuration: it grows with every change, in the transaction that makes the change.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn config_version(&self) -> Result<i64, StoreError> {
        version(self.reader()).await
    }

    /// Reads the whole configuration in one consistent transaction.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn load_config(&self) -> Result<Config, StoreError> {
        let mut tx = self.begin_snapshot().await?;
        let config = Config {
            version: version(&mut *tx).await?,
            tenants: tenants::all(&mut *tx).await?,
            sources: documents(&mut tx, "sources").await?,
            buyers: documents(&mut tx, "buyers").await?,
            campaigns: documents(&mut tx, "campaigns").await?,
            contracts: documents(&mut tx, "contracts").await?,
            endpoints: documents(&mut tx, "endpoints").await?,
            keys: keys::live(&mut tx).await?,
            texts: texts::published(&mut tx).await?,
        };
        tx.commit().await?;
        Ok(config)
    }
}

pub(crate) async fn version<'e>(on: impl Executor<'e, Database = Any>) -> Result<i64, StoreError> {
    sql("SELECT version FROM config_version WHERE id = 1").one(on).await?.int("version")
}

async fn documents<T: serde::de::DeserializeOwned>(tx: &mut Tx, table: &str) -> Result<Vec<(TenantId, T)>, StoreError> {
    let rows = sql("SELECT tenant_id, doc FROM ").text(table).text(" ORDER BY tenant_id, id").all(&mut **tx).await?;
    rows.iter().map(|row| Ok((row.parsed("tenant_id")?, row.doc("doc")?))).collect()
}

/// Raises the version. Every function that changes configuration calls it in its transaction, first: on PostgreSQL the
/// row is then the lock that puts changes in line. What it did is sealed at the end of the transaction.
pub(super) async fn bump(tx: &mut Tx) -> Result<Change, StoreError> {
    let statement = sql("UPDATE config_version SET version = version + 1 WHERE id = 1 RETURNING version");
    Ok(Change { version: statement.one(&mut **tx).await?.int("version")? })
}
