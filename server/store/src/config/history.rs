//! Every version of every document: what it was, who made it so, when and why.

use super::edits::{Change, document_or_gone};
use crate::{
    StoreError, TenantStore, Tx,
    read::{Read, parse},
    sql::sql,
};
use model::{
    TenantId, Timestamp,
    document::{Document, DocumentId, Kind},
};
use sqlx::any::AnyRow;

/// One version of one document.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct HistoryRow {
    /// Which document.
    pub id: DocumentId,
    /// Which version; the first one is 1.
    pub version: i64,
    /// As it was from then on, secrets sealed; none when it was deleted.
    pub document: Option<Document>,
    /// As it was before, secrets sealed; none when it was made by this change.
    pub before: Option<Document>,
    /// The id of a person or a token, a word for the command line, or empty for what was there before changes were
    /// recorded.
    pub author: String,
    /// Since when.
    pub at: Timestamp,
    /// What the author said about it.
    pub note: String,
}

/// Where a page of the history begins: after the row with these three.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct HistoryPlace {
    /// The row's instant.
    pub at: Timestamp,
    /// Its version.
    pub version: i64,
    /// Its document.
    pub id: DocumentId,
}

const COLUMNS: &str = "SELECT h.kind, h.id, h.version, h.doc, h.author, h.at, h.note, p.doc AS before_doc \
     FROM config_history h LEFT JOIN config_history p \
     ON p.tenant_id = h.tenant_id AND p.id = h.id AND p.version = h.version - 1 WHERE h.tenant_id = ";

impl TenantStore {
    /// Recorded versions, newest first: of one document or of all, of one kind or of all, by one author or by all.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn recorded_changes(
        &self,
        kind: Option<Kind>,
        id: Option<DocumentId>,
        author: Option<&str>,
        after: Option<HistoryPlace>,
        limit: u16,
    ) -> Result<Vec<HistoryRow>, StoreError> {
        let mut statement = sql(COLUMNS).param(self.tenant);
        if let Some(kind) = kind {
            statement = statement.text(" AND h.kind = ").param(kind);
        }
        if let Some(id) = id {
            statement = statement.text(" AND h.id = ").param(id);
        }
        if let Some(author) = author {
            statement = statement.text(" AND h.author = ").param(author);
        }
        if let Some(after) = after {
            statement = statement.text(" AND (h.at, h.version, h.id) < (").param(after.at).text(", ");
            statement = statement.param(after.version).text(", ").param(after.id).text(")");
        }
        let statement = statement.text(" ORDER BY h.at DESC, h.version DESC, h.id DESC LIMIT ").param(i64::from(limit));
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// One recorded version.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn recorded(&self, id: DocumentId, version: i64) -> Result<HistoryRow, StoreError> {
        let statement = sql(COLUMNS).param(self.tenant).text(" AND h.id = ").param(id);
        read(&statement.text(" AND h.version = ").param(version).one(self.store.reader()).await?)
    }
}

const INSERT: &str = "INSERT INTO config_history (tenant_id, kind, id, version, doc, author, at, note) \
     VALUES ($1, $2, $3, $4, $5, $6, $7, $8)";

pub(super) async fn add(
    tx: &mut Tx,
    tenant: TenantId,
    (id, version): (DocumentId, i64),
    doc: &str,
    change: &Change,
) -> Result<(), StoreError> {
    let statement = sql(INSERT).bind(tenant).bind(id.kind()).bind(id).bind(version).bind(doc);
    statement.bind(&change.author).bind(change.at).bind(&change.note).run(&mut **tx).await?;
    Ok(())
}

/// Keeps what was there before the first recorded change, or what was changed beside the history.
pub(super) async fn add_first(
    tx: &mut Tx,
    tenant: TenantId,
    (id, version): (DocumentId, i64),
    doc: &str,
    at: Timestamp,
) -> Result<(), StoreError> {
    let statement = sql(INSERT).text(" ON CONFLICT (tenant_id, id, version) DO NOTHING");
    let statement = statement.bind(tenant).bind(id.kind()).bind(id).bind(version).bind(doc);
    statement.bind("").bind(at).bind("").run(&mut **tx).await?;
    Ok(())
}

fn read(row: &AnyRow) -> Result<HistoryRow, StoreError> {
    let kind: Kind = row.parsed("kind")?;
    let before = row.text_opt("before_doc")?;
    let before = before.map(|text| document_or_gone(kind, &text)).transpose()?.flatten();
    Ok(HistoryRow {
        id: document_id(kind, &row.text("id")?)?,
        version: row.int("version")?,
        document: document_or_gone(kind, &row.text("doc")?)?,
        before,
        author: row.text("author")?,
        at: row.at("at")?,
        note: row.text("note")?,
    })
}

fn document_id(kind: Kind, text: &str) -> Result<DocumentId, StoreError> {
    Ok(match kind {
        Kind::Campaign => DocumentId::Campaign(parse("id", text)?),
        Kind::Source => DocumentId::Source(parse("id", text)?),
        Kind::Buyer => DocumentId::Buyer(parse("id", text)?),
        Kind::Contract => DocumentId::Contract(parse("id", text)?),
    })
}
