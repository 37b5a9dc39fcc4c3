//! Personal values in files: what somebody was allowed to take, how many leads that is, and their sealed parts.

use super::Sealed;
use crate::{
    Activity, LeadFilter, StoreError, TenantStore,
    config::insert_activity,
    leads::history::Note,
    read::Read,
    sql::{json, sql},
};
use model::{EventId, ExportId, LeadId, Timestamp};
use sqlx::any::AnyRow;

/// A file with personal values that somebody was allowed to take.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Takeout {
    /// Identity.
    pub id: ExportId,
    /// The id of the person or the token that was allowed.
    pub actor: String,
    /// When.
    pub at: Timestamp,
    /// The query of the list's address, without the question mark.
    pub query: String,
    /// The names of the personal columns.
    pub fields: Vec<String>,
    /// The word of the format.
    pub format: String,
}

impl TenantStore {
    /// Records that somebody may take a file with personal values, together with why; those of before `forget` go.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the id is taken.
    pub async fn add_takeout(&self, one: &Takeout, line: &Activity, forget: Timestamp) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        sql("DELETE FROM personal_exports WHERE tenant_id = $1 AND actor = $2 AND at < $3")
            .bind(self.tenant)
            .bind(&one.actor)
            .bind(forget)
            .run(&mut *tx)
            .await?;
        sql("INSERT INTO personal_exports (tenant_id, id, actor, at, query, fields, format) \
             VALUES ($1, $2, $3, $4, $5, $6, $7)")
        .bind(self.tenant)
        .bind(one.id)
        .bind(&one.actor)
        .bind(one.at)
        .bind(&one.query)
        .bind(json(&one.fields)?)
        .bind(&one.format)
        .run(&mut *tx)
        .await?;
        let changed = insert_activity(&mut tx, self.tenant, line).await?;
        crate::audit::seal_changes(&self.store, &mut tx, vec![changed]).await?;
        Ok(tx.commit().await?)
    }

    /// A file that was allowed.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn takeout(&self, id: ExportId) -> Result<Takeout, StoreError> {
        let row =
            sql("SELECT id, actor, at, query, fields, format FROM personal_exports WHERE tenant_id = $1 AND id = $2")
                .bind(self.tenant)
                .bind(id)
                .one(self.store.reader())
                .await?;
        Ok(Takeout {
            id: row.parsed("id")?,
            actor: row.text("actor")?,
            at: row.at("at")?,
            query: row.text("query")?,
            fields: row.doc("fields")?,
            format: row.text("format")?,
        })
    }

    /// How many files somebody was allowed to take since an instant.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn takeouts_since(&self, actor: &str, since: Timestamp) -> Result<u64, StoreError> {
        let row = sql("SELECT COUNT(*) AS n FROM personal_exports WHERE tenant_id = $1 AND actor = $2 AND at >= $3")
            .bind(self.tenant)
            .bind(actor)
            .bind(since)
            .one(self.store.reader())
            .await?;
        row.small("n")
    }

    /// How many leads a filter lets through, counted no further than `most`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn leads_counted(&self, filter: &LeadFilter, most: u32) -> Result<u32, StoreError> {
        let inner = sql("SELECT COUNT(*) AS n FROM (SELECT l.id FROM leads l WHERE l.tenant_id = ").param(self.tenant);
        let statement = filter.apply(inner).text(" LIMIT ").param(most).text(") counted");
        statement.one(self.store.reader()).await?.small("n")
    }

    /// The sealed personal values of the leads of one page of the list, by lead; `limit` rows at most.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn sealed_of(&self, leads: &[LeadId]) -> Result<Vec<(LeadId, Sealed)>, StoreError> {
        if leads.is_empty() {
            return Ok(Vec::new());
        }
        let start = sql("SELECT id, sealed_key, sealed_body FROM leads WHERE tenant_id = ").param(self.tenant);
        let ids = leads.iter().enumerate().fold(start.text(" AND id IN ("), |statement, (at, id)| {
            statement.text(if at == 0 { "" } else { ", " }).param(*id)
        });
        let rows = ids.text(")").all(self.store.reader()).await?;
        let sealed = |row: &AnyRow| {
            let sealed = Sealed { key: row.bytes("sealed_key")?, body: row.bytes("sealed_body")? };
            Ok((row.parsed("id")?, sealed))
        };
        rows.iter().map(sealed).collect()
    }

    /// Writes the same sentence into the histories of many leads, as [`TenantStore::append_history`] does into one.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when an event's id is taken.
    pub async fn append_histories(
        &self,
        events: &[(EventId, LeadId)],
        kind: &str,
        note: &str,
        actor: &str,
        at: Timestamp,
    ) -> Result<(), StoreError> {
        if events.is_empty() {
            return Ok(());
        }
        let doc = json(&Note { note: note.to_owned(), actor: actor.to_owned() })?;
        // Folded from the start: they carry no figures.
        sql("INSERT INTO events (tenant_id, id, at, kind, lead_id, doc, folded) VALUES ")
            .rows(events, |row, (event, lead)| {
                row.cell(self.tenant).cell(*event).cell(at).cell(kind).cell(*lead).cell(&doc).cell(true);
            })
            .run(self.store.writer())
            .await?;
        Ok(())
    }
}
