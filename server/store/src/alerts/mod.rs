//! Alerts: what is open, what is over, who knows of it. `look` says who looks for them and keeps what is seen.

mod activity;
mod look;
mod readers;

pub use activity::ContractDays;
pub(crate) use activity::of as activity_of;
pub use look::{Look, Saw};

use crate::{
    Store, StoreError, TenantStore,
    paging::Keyset,
    read::{Read, from_json},
    sql::{json, sql},
};
use model::{
    AlertId, Timestamp,
    alert::{Acknowledged, Alert, AlertFilter, AlertSettings},
    page::{Cursor, Page},
};
use sqlx::any::AnyRow;

const COLUMNS: &str =
    "SELECT id, doc, opened_at, seen_at, seen, resolved_at, acknowledged FROM alerts WHERE tenant_id = ";

/// `quiet_until` of what is quiet until it is resolved.
const UNTIL_RESOLVED: i64 = i64::MAX;

impl TenantStore {
    /// One page of the alerts that are open, or of those that are over, newest first. A cursor that is no alert's id begins
    /// with the newest.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alerts(&self, filter: AlertFilter, cursor: &Cursor, limit: u16) -> Result<Page<Alert>, StoreError> {
        let keys = Keyset::<AlertId>::new(cursor, limit);
        let mut statement = sql(COLUMNS).param(self.tenant).text(" AND is_open = ").param(filter.open);
        if let Some(kind) = filter.kind {
            statement = statement.text(" AND kind = ").param(kind.name());
        }
        let found = keys.end(statement, "id").all(self.store.reader()).await?;
        keys.page(&found, read, |alert| alert.id)
    }

    /// One alert.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn alert(&self, id: AlertId) -> Result<Alert, StoreError> {
        read(&sql(COLUMNS).param(self.tenant).text(" AND id = ").param(id).one(self.store.reader()).await?)
    }

    /// Takes down that somebody knows of an open alert, or with none that nobody does any more.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not open (any more).
    pub async fn acknowledge_alert(&self, id: AlertId, known: Option<&Acknowledged>) -> Result<(), StoreError> {
        let until = known.map_or(0, |known| known.until.map_or(UNTIL_RESOLVED, |until| until.0));
        let touched = sql("UPDATE alerts SET acknowledged = $3, quiet_until = $4 \
             WHERE tenant_id = $1 AND id = $2 AND is_open = 1")
        .bind(self.tenant)
        .bind(id)
        .bind(known.map(json).transpose()?)
        .bind(until)
        .run(self.store.writer())
        .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// When alerts are raised; the usual when nobody has said.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alert_settings(&self) -> Result<AlertSettings, StoreError> {
        let statement = sql("SELECT settings FROM alert_looks WHERE tenant_id = $1").bind(self.tenant);
        let row = statement.optional(self.store.reader()).await?;
        Ok(row.map(|row| row.doc("settings")).transpose()?.unwrap_or_default())
    }

    /// Says when alerts are raised. They are looked for anew at once.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_alert_settings(&self, settings: &AlertSettings) -> Result<(), StoreError> {
        sql("INSERT INTO alert_looks (tenant_id, due_at, leased_until, turn, settings) VALUES ($1, 0, 0, 0, $2) \
             ON CONFLICT (tenant_id) DO UPDATE SET settings = excluded.settings, due_at = 0")
        .bind(self.tenant)
        .bind(json(settings)?)
        .run(self.store.writer())
        .await?;
        Ok(())
    }
}

impl Store {
    /// Removes alerts that were over and last seen before `before`; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_alerts_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM alerts WHERE is_open = 0 AND seen_at < $1").bind(before).run(self.writer()).await
    }
}

fn read(row: &AnyRow) -> Result<Alert, StoreError> {
    let acknowledged = row.text_opt("acknowledged")?;
    Ok(Alert {
        id: row.parsed("id")?,
        seen: row.doc("doc")?,
        opened_at: row.at("opened_at")?,
        seen_at: row.at("seen_at")?,
        count: row.int("seen")?,
        resolved_at: row.at_opt("resolved_at")?,
        acknowledged: acknowledged.map(|text| from_json("acknowledged", &text)).transpose()?,
    })
}
