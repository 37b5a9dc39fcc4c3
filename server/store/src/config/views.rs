//! Views of the leads list that people keep, and the columns each chose last.

use crate::{StoreError, TenantStore, read::Read, sql::sql};
use model::{Timestamp, UserId, ViewId, view::SavedView};
use sqlx::any::AnyRow;

const COLUMNS: &str = "SELECT id, user_id, name, query, shared FROM saved_views WHERE tenant_id = $1";

impl TenantStore {
    /// Keeps a new view.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken.
    pub async fn add_view(&self, view: &SavedView) -> Result<(), StoreError> {
        sql("INSERT INTO saved_views (tenant_id, id, user_id, name, query, shared) VALUES ($1, $2, $3, $4, $5, $6)")
            .bind(self.tenant)
            .bind(view.id)
            .bind(view.user_id)
            .bind(&view.name)
            .bind(&view.query)
            .bind(view.shared)
            .run(self.store.writer())
            .await?;
        Ok(())
    }

    /// The views that somebody has: the own ones and those that are shared, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn views(&self, user: UserId) -> Result<Vec<SavedView>, StoreError> {
        let rows = sql(COLUMNS)
            .bind(self.tenant)
            .text(" AND dropped_at IS NULL AND (shared = 1 OR user_id = ")
            .param(user)
            .text(") ORDER BY name, id")
            .all(self.store.reader())
            .await?;
        rows.iter().map(view).collect()
    }

    /// One view, also one that was taken away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn view(&self, id: ViewId) -> Result<SavedView, StoreError> {
        view(&sql(COLUMNS).bind(self.tenant).text(" AND id = ").param(id).one(self.store.reader()).await?)
    }

    /// Takes a view away at an instant, or brings it back.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn drop_view(&self, id: ViewId, at: Option<Timestamp>) -> Result<(), StoreError> {
        let statement = sql("UPDATE saved_views SET dropped_at = $1 WHERE tenant_id = $2 AND id = $3");
        let changed = statement.bind(at).bind(self.tenant).bind(id).run(self.store.writer()).await?;
        if changed == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Removes for good what somebody took away before an instant.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn forget_views(&self, user: UserId, before: Timestamp) -> Result<(), StoreError> {
        sql("DELETE FROM saved_views WHERE tenant_id = $1 AND user_id = $2 AND dropped_at < $3")
            .bind(self.tenant)
            .bind(user)
            .bind(before)
            .run(self.store.writer())
            .await?;
        Ok(())
    }

    /// The columns that somebody chose last, as they were written; none when nothing was chosen yet.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn list_columns(&self, user: UserId) -> Result<Option<String>, StoreError> {
        let statement = sql("SELECT columns FROM list_columns WHERE tenant_id = $1 AND user_id = $2");
        let row = statement.bind(self.tenant).bind(user).optional(self.store.reader()).await?;
        row.map(|row| row.text("columns")).transpose()
    }

    /// Remembers the columns that somebody chose.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_list_columns(&self, user: UserId, columns: &str) -> Result<(), StoreError> {
        sql("INSERT INTO list_columns (tenant_id, user_id, columns) VALUES ($1, $2, $3) \
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET columns = excluded.columns")
        .bind(self.tenant)
        .bind(user)
        .bind(columns)
        .run(self.store.writer())
        .await?;
        Ok(())
    }
}

fn view(row: &AnyRow) -> Result<SavedView, StoreError> {
    Ok(SavedView {
        id: row.parsed("id")?,
        user_id: row.parsed("user_id")?,
        name: row.text("name")?,
        query: row.text("query")?,
        shared: row.flag("shared")?,
    })
}
