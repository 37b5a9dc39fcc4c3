//! Tenants: companies running their exchange here.

use super::snapshot::bump;
use crate::{
    Store, StoreError,
    audit::{Changed, tenant_document},
    read::Read,
    sql::{json, sql},
};
use exchange::{audit::Thing, rollup::Measure};
use model::{TenantId, Timestamp, lead::LeadState, tenant::Tenant};
use sqlx::{Any, Executor, any::AnyRow};

/// A tenant with its sealed key.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// The tenant.
    pub tenant: Tenant,
    /// Its key, sealed under the server's master key.
    pub key_sealed: Vec<u8>,
}

const COLUMNS: &str = "SELECT id, slug, name, zone, active, key_sealed, settings FROM tenants";

impl Store {
    /// Adds a tenant.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id or slug is taken.
    pub async fn create_tenant(&self, tenant: &Tenant, key_sealed: &[u8]) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        let change = bump(&mut tx).await?;
        sql("INSERT INTO tenants (id, slug, name, zone, active, key_sealed, settings) VALUES ($1, $2, $3, $4, $5, $6, $7)")
            .bind(tenant.id)
            .bind(&tenant.slug)
            .bind(&tenant.name)
            .bind(&tenant.zone)
            .bind(tenant.active)
            .bind(key_sealed)
            .bind(json(&tenant.settings)?)
            .run(&mut *tx)
            .await?;
        let row = TenantRow { tenant: tenant.clone(), key_sealed: key_sealed.to_vec() };
        change.seal(self, &mut tx, vec![changed(&row)?]).await?;
        Ok(tx.commit().await?)
    }

    /// Changes a tenant's slug, name, zone, activity or settings, from what they are at that moment: what others change
    /// meanwhile is kept. Its key stays.
    ///
    /// # Errors
    /// [`StoreError::NotFound`], or [`StoreError::Conflict`] when the slug is taken.
    pub async fn change_tenant(&self, id: TenantId, change: impl FnOnce(&mut Tenant) + Send) -> Result<(), StoreError> {
        let mut tx = self.begin_write().await?;
        // The version's row is written first: whoever else changes the configuration waits for us here.
        let bumped = bump(&mut tx).await?;
        let mut tenant = read(&sql(COLUMNS).text(" WHERE id = $1").bind(id).one(&mut *tx).await?)?.tenant;
        change(&mut tenant);
        let touched =
            sql("UPDATE tenants SET slug = $2, name = $3, zone = $4, active = $5, settings = $6 WHERE id = $1")
                .bind(tenant.id)
                .bind(&tenant.slug)
                .bind(&tenant.name)
                .bind(&tenant.zone)
                .bind(tenant.active)
                .bind(json(&tenant.settings)?)
                .run(&mut *tx)
                .await?;
        if touched == 0 {
            return Err(StoreError::NotFound);
        }
        let row = read(&sql(COLUMNS).text(" WHERE id = $1").bind(tenant.id).one(&mut *tx).await?)?;
        bumped.seal(self, &mut tx, vec![changed(&row)?]).await?;
        Ok(tx.commit().await?)
    }

    /// One tenant.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn tenant_by_id(&self, id: TenantId) -> Result<TenantRow, StoreError> {
        read(&sql(COLUMNS).text(" WHERE id = $1").bind(id).one(self.reader()).await?)
    }

    /// One tenant by its short name.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn tenant_by_slug(&self, slug: &str) -> Result<TenantRow, StoreError> {
        read(&sql(COLUMNS).text(" WHERE slug = $1").bind(slug).one(self.reader()).await?)
    }

    /// Every tenant, by slug.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn tenants(&self) -> Result<Vec<TenantRow>, StoreError> {
        all(self.reader()).await
    }
}

/// How much there is of a tenant, for whoever runs the server.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TenantFigures {
    /// Which.
    pub tenant: TenantId,
    /// Its people who may sign in.
    pub people: i64,
    /// Leads it received since the instant asked for, to the hour.
    pub leads: i64,
    /// Of those, leads that were sold.
    pub sold: i64,
}

impl Store {
    /// How much there is of every tenant, in the order of [`Store::tenants`]; leads since the hour of `since`, as far as
    /// they are folded.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn tenant_figures(&self, since: Timestamp) -> Result<Vec<TenantFigures>, StoreError> {
        let rows = sql("SELECT t.id, \
             (SELECT COUNT(*) FROM people p WHERE p.tenant_id = t.id AND p.active = 1) AS people, \
             (SELECT CAST(COALESCE(SUM(r.n), 0) AS BIGINT) FROM rollups r WHERE r.tenant_id = t.id AND r.hour >= $1 \
              AND r.measure = $2) AS leads, \
             (SELECT CAST(COALESCE(SUM(r.n), 0) AS BIGINT) FROM rollups r WHERE r.tenant_id = t.id AND r.hour >= $1 \
              AND r.measure = $3) AS sold FROM tenants t ORDER BY t.slug")
        .bind(since)
        .bind(Measure::Received.code())
        .bind(Measure::Lead(LeadState::Sold).code())
        .all(self.reader())
        .await?;
        let read = |row: &AnyRow| {
            let (people, leads, sold) = (row.int("people")?, row.int("leads")?, row.int("sold")?);
            Ok(TenantFigures { tenant: row.parsed("id")?, people, leads, sold })
        };
        rows.iter().map(read).collect()
    }
}

fn changed(row: &TenantRow) -> Result<Changed, StoreError> {
    let (tenant, document) = (row.tenant.id, Some(tenant_document(row)?));
    Ok(Changed { tenant, thing: Thing::Tenant, id: tenant.to_string(), document })
}

pub(crate) async fn all<'e>(on: impl Executor<'e, Database = Any>) -> Result<Vec<TenantRow>, StoreError> {
    sql(COLUMNS).text(" ORDER BY slug").all(on).await?.iter().map(read).collect()
}

fn read(row: &AnyRow) -> Result<TenantRow, StoreError> {
    Ok(TenantRow {
        tenant: Tenant {
            id: row.parsed("id")?,
            slug: row.text("slug")?,
            name: row.text("name")?,
            zone: row.text("zone")?,
            active: row.flag("active")?,
            settings: row.doc("settings")?,
        },
        key_sealed: row.bytes("key_sealed")?,
    })
}
