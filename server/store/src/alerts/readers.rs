//! Who gets letters about alerts.

use crate::{StoreError, TenantStore, read::Read, sql::sql};
use model::{Timestamp, UserId};

impl TenantStore {
    /// Whether somebody wants letters about alerts.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn reads_alerts(&self, person: UserId) -> Result<bool, StoreError> {
        let statement = sql("SELECT written_at FROM alert_readers WHERE tenant_id = $1 AND user_id = $2");
        let row = statement.bind(self.tenant).bind(person).optional(self.store.reader()).await?;
        Ok(row.is_some())
    }

    /// Takes down that somebody wants letters about alerts that open after `since`, or with none wants none any more. Who
    /// gets letters already goes on.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_reads_alerts(&self, person: UserId, since: Option<Timestamp>) -> Result<(), StoreError> {
        let statement = match since {
            Some(since) => sql("INSERT INTO alert_readers (tenant_id, user_id, written_at) VALUES ($1, $2, $3) \
                 ON CONFLICT (tenant_id, user_id) DO NOTHING")
            .bind(self.tenant)
            .bind(person)
            .bind(since),
            None => {
                sql("DELETE FROM alert_readers WHERE tenant_id = $1 AND user_id = $2").bind(self.tenant).bind(person)
            }
        };
        statement.run(self.store.writer()).await?;
        Ok(())
    }

    /// Everybody who wants letters, with until when everything was written to them.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn alert_readers(&self) -> Result<Vec<(UserId, Timestamp)>, StoreError> {
        let statement = sql("SELECT user_id, written_at FROM alert_readers WHERE tenant_id = $1 ORDER BY user_id");
        let rows = statement.bind(self.tenant).all(self.store.reader()).await?;
        rows.iter().map(|row| Ok((row.parsed("user_id")?, row.at("written_at")?))).collect()
    }
}
