//! Drafts beside published documents, publishing them, and going back to an earlier version.

use super::{
    Admin, Expected, NOT_THE_AUTHOR, ServiceError, Shown,
    documents::{refuse, show},
    sealing,
};
use crate::context::Actor;
use exchange::difference::Difference;
use model::{
    Timestamp,
    document::{Document, DocumentId},
    user::Right,
};
use serde_json::Value;
use store::{Draft, StoreError};

/// A draft as a page shows it.
#[derive(Debug, Clone, PartialEq)]
pub struct DraftBeside {
    /// The document as it would be; its version is the published one it was made from.
    pub shown: Shown,
    /// The id of who wrote it.
    pub author: String,
    /// What people call the author.
    pub author_name: String,
    /// When.
    pub at: Timestamp,
    /// How it differs from what is published.
    pub differences: Vec<Difference>,
    /// What is right in it and will probably not do what is meant.
    pub warnings: Vec<String>,
}

impl Admin {
    /// Keeps a draft beside the published document, in the place of the draft that is there.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; stale when the published version is another; every fault.
    pub async fn save_draft(
        &self,
        actor: &Actor,
        id: DocumentId,
        body: Value,
        expected: Expected,
    ) -> Result<Shown, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let base = desk.find(id)?.version;
        expected.check(base)?;
        let document = desk.read(id, body)?;
        let warnings = desk.warnings(&document).await?;
        Ok(self.keep_draft(actor, document, base).await?.warned(warnings))
    }

    async fn keep_draft(&self, actor: &Actor, document: Document, base: i64) -> Result<Shown, ServiceError> {
        let rows = self.rows(actor, Right::Configure)?;
        let id = document.id();
        // The store counts the revisions.
        let draft = Draft { document, base, revision: 0, author: actor.by(), at: self.clock.now() };
        rows.put_draft(&draft).await?;
        tracing::info!(%id, base, by = %actor.by(), "configuration: draft saved");
        Ok(shown(&draft))
    }

    /// The draft beside a document.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found when there is none.
    pub async fn draft(&self, actor: &Actor, id: DocumentId) -> Result<Shown, ServiceError> {
        Ok(shown(&self.rows(actor, Right::SeeExchange)?.draft(id).await?))
    }

    /// The draft beside a document with who wrote it and how it differs from what is published.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found when there is none.
    pub async fn draft_beside(&self, actor: &Actor, id: DocumentId) -> Result<DraftBeside, ServiceError> {
        let draft = self.rows(actor, Right::SeeExchange)?.draft(id).await?;
        let desk = self.desk(actor, Right::SeeExchange).await?;
        let have = &desk.find(id)?.document;
        let title = format!("{} \"{}\"", id.kind().title(), have.name());
        let author_name = self.authors(actor).await?.remove(&draft.author).unwrap_or_default();
        Ok(DraftBeside {
            shown: shown(&draft),
            differences: Self::compared(&desk, &title, have, &draft.document),
            warnings: desk.warnings(&draft.document).await?,
            author: draft.author,
            author_name,
            at: draft.at,
        })
    }

    /// Throws a draft away.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found when there is none.
    pub async fn discard_draft(&self, actor: &Actor, id: DocumentId) -> Result<(), ServiceError> {
        Ok(self.rows(actor, Right::Configure)?.delete_draft(id).await?)
    }

    /// Makes the draft the published document.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; stale when the document was changed since the draft was made, or the
    /// draft itself meanwhile; every fault; four eyes when the draft is the caller's own.
    pub async fn publish(&self, actor: &Actor, id: DocumentId, note: &str) -> Result<Shown, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        Self::publishing(actor)?;
        let draft = desk.rows.draft(id).await?;
        if desk.four_eyes && draft.author == actor.by() {
            return Err(ServiceError::FourEyes(NOT_THE_AUTHOR));
        }
        Expected::Version(draft.base).check(desk.find(id)?.version)?;
        // What it refers to may have changed since.
        refuse(desk.faults(None, &sealing::opened(&desk.keys, &draft.document)))?;
        self.put(actor, &desk, draft.document, note, Some(draft.revision)).await
    }

    /// Restores an earlier version as a new one; where four eyes are asked for, as a draft.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found, the version included; stale; every fault the restored document would
    /// have today.
    pub async fn rollback(
        &self,
        actor: &Actor,
        id: DocumentId,
        version: i64,
        expected: Expected,
        note: &str,
    ) -> Result<Shown, ServiceError> {
        let desk = self.desk(actor, Right::Configure).await?;
        let have = desk.find(id)?;
        expected.check(have.version)?;
        let row = match desk.rows.recorded(id, version).await {
            // A document that was never changed has no rows yet, and is its own first version.
            Err(StoreError::NotFound) if version == have.version => Some(have.document.clone()),
            other => other?.document,
        };
        let mut document = sealing::opened(&desk.keys, &row.ok_or(ServiceError::NotFound)?);
        refuse(desk.faults(None, &document))?;
        sealing::seal(&desk.keys, &mut document, Some(&have.document));
        if desk.four_eyes || !actor.may(Right::Publish) {
            let warnings = desk.warnings(&document).await?;
            return Ok(self.keep_draft(actor, document, have.version).await?.warned(warnings));
        }
        let restored = format!("Restored version {version}");
        self.put(actor, &desk, document, if note.trim().is_empty() { &restored } else { note }, None).await
    }
}

fn shown(draft: &Draft) -> Shown {
    let mut shown = show(&draft.document, draft.base);
    shown.document["draft"] = serde_json::json!({ "author": draft.author, "at": draft.at.to_string() });
    shown
}
