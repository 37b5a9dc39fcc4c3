//! Drafts beside published documents, and whether somebody else has to publish them.

use super::edits::document;
use crate::{
    StoreError, TenantStore, Tx,
    read::Read,
    sql::{json, sql},
};
use model::{
    TenantId, Timestamp,
    document::{Document, DocumentId},
};

/// What is to become of a document, not yet published.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Draft {
    /// The document as it is to be, secrets sealed.
    pub document: Document,
    /// The published version it was made from.
    pub base: i64,
    /// Raised whenever it is saved again.
    pub revision: i64,
    /// The id of the person or token that saved it last.
    pub author: String,
    /// When that was.
    pub at: Timestamp,
}

impl TenantStore {
    /// Saves a draft in the place of the one that is there, if one is. Its revision is made here; the one given is not
    /// looked at.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_draft(&self, draft: &Draft) -> Result<(), StoreError> {
        let id = draft.document.id();
        sql("INSERT INTO config_drafts (tenant_id, kind, id, doc, base, revision, author, at) \
             VALUES ($1, $2, $3, $4, $5, 1, $6, $7) ON CONFLICT (tenant_id, id) DO UPDATE SET doc = excluded.doc, \
             base = excluded.base, revision = config_drafts.revision + 1, author = excluded.author, at = excluded.at")
        .bind(self.tenant)
        .bind(id.kind())
        .bind(id)
        .bind(json(&draft.document)?)
        .bind(draft.base)
        .bind(&draft.author)
        .bind(draft.at)
        .run(self.store.writer())
        .await?;
        Ok(())
    }

    /// The draft beside a document.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn draft(&self, id: DocumentId) -> Result<Draft, StoreError> {
        let row = sql("SELECT doc, base, revision, author, at FROM config_drafts WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .one(self.store.reader())
            .await?;
        Ok(Draft {
            document: document(id.kind(), &row.text("doc")?)?,
            base: row.int("base")?,
            revision: row.int("revision")?,
            author: row.text("author")?,
            at: row.at("at")?,
        })
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn delete_draft(&self, id: DocumentId) -> Result<(), StoreError> {
        let statement = sql("DELETE FROM config_drafts WHERE tenant_id = $1 AND id = $2").bind(self.tenant).bind(id);
        if statement.run(self.store.writer()).await? == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Whether whoever publishes must be somebody else than who wrote the draft.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn four_eyes(&self) -> Result<bool, StoreError> {
        let statement = sql("SELECT four_eyes FROM config_options WHERE tenant_id = $1").bind(self.tenant);
        statement.optional(self.store.reader()).await?.map_or(Ok(false), |row| row.flag("four_eyes"))
    }

    /// Demands it or not.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn set_four_eyes(&self, on: bool) -> Result<(), StoreError> {
        sql("INSERT INTO config_options (tenant_id, four_eyes) VALUES ($1, $2) \
             ON CONFLICT (tenant_id) DO UPDATE SET four_eyes = excluded.four_eyes")
        .bind(self.tenant)
        .bind(on)
        .run(self.store.writer())
        .await?;
        Ok(())
    }
}

/// Takes the draft that is being published away, unless it was saved again meanwhile.
pub(super) async fn take(tx: &mut Tx, tenant: TenantId, id: DocumentId, revision: i64) -> Result<(), StoreError> {
    let touched = sql("DELETE FROM config_drafts WHERE tenant_id = $1 AND id = $2 AND revision = $3")
        .bind(tenant)
        .bind(id)
        .bind(revision)
        .run(&mut **tx)
        .await?;
    if touched == 0 { Err(StoreError::Stale) } else { Ok(()) }
}
