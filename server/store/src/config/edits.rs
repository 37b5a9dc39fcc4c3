//! Changes of documents as operators make them: each names the version it was made from, several are made together or
//! not at all, and every version stays in the history.

use super::{ExampleRow, TextRow, documents::Stored, drafts, history, snapshot::bump, texts};
use crate::{
    StoreError, TenantStore, Tx,
    audit::Changed,
    read::{Read, from_json},
    sql::{Sql, json, sql},
};
use exchange::audit::Thing;
use model::{
    ContractId, Timestamp,
    buyer::Buyer,
    campaign::Campaign,
    consent::{ConsentText, ConsentVersion},
    contract::Contract,
    document::{Document, DocumentId, Kind},
    source::Source,
    vertical::Vertical,
};
use sqlx::{Any, Executor, any::AnyRow};

/// A document with its version.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Versioned {
    /// The document, secrets sealed.
    pub document: Document,
    /// Raised with every change.
    pub version: i64,
}

/// Everything a tenant has configured, at one instant.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Whole {
    /// Its verticals.
    pub verticals: Vec<Vertical>,
    /// Its documents: campaigns, sources, buyers, contracts, each kind in the order they were made.
    pub documents: Vec<Versioned>,
    /// Its consent texts, by name.
    pub texts: Vec<TextRow>,
}

/// One change.
#[derive(Debug, Clone, PartialEq, Eq)]
#[allow(clippy::large_enum_variant)] // a handful at a time
pub enum Edit {
    /// Adds a vertical or changes the one with its id; verticals have no history.
    Vertical(Vertical),
    /// Adds a document; its version is 1.
    Create(Document),
    /// Changes a document.
    Update {
        /// As it is to be, secrets sealed.
        document: Document,
        /// As it was, secrets sealed: this is what the history keeps when it has no row for it.
        previous: Document,
        /// The version it was made from.
        expected: i64,
        /// The revision of the draft that is published by it, if one is.
        draft: Option<i64>,
    },
    /// Takes a document away.
    Delete {
        /// As it was, secrets sealed.
        previous: Document,
        /// The version that was seen.
        expected: i64,
    },
    /// Adds a consent text or changes what it is called, and publishes versions after those it has.
    Text {
        /// The text.
        text: ConsentText,
        /// What is published.
        versions: Vec<ConsentVersion>,
    },
    /// Puts kept answers in the place of all that a contract has; they have no history.
    Examples {
        /// Whose.
        contract: ContractId,
        /// Its kept answers.
        examples: Vec<ExampleRow>,
    },
}

/// Who changes, when, and why.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Change {
    /// The id of a person or a token, or a word for the command line.
    pub author: String,
    /// The instant.
    pub at: Timestamp,
    /// What the author says about it; may be empty.
    pub note: String,
}

/// What the history keeps of a document that is no more.
const GONE: &str = "null";

impl TenantStore {
    /// Makes all of the changes in one transaction, raising the version of the configuration once; the new version of
    /// each document, in their order (0 for what has none).
    ///
    /// # Errors
    /// [`StoreError::Stale`] when a document or draft has another version than was seen, [`StoreError::NotFound`] when
    /// it is gone, [`StoreError::Conflict`] when a short name is taken, something referred to is missing, or what is to
    /// be deleted is referred to. Nothing was changed then.
    pub async fn apply(&self, edits: &[Edit], change: &Change) -> Result<Vec<i64>, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let sealing = bump(&mut tx).await?;
        let (mut versions, mut changed) = (Vec::with_capacity(edits.len()), Vec::with_capacity(edits.len()));
        for edit in edits {
            versions.push(self.edit(&mut tx, edit, change, &mut changed).await?);
        }
        sealing.seal(&self.store, &mut tx, changed).await?;
        tx.commit().await?;
        Ok(versions)
    }

    async fn edit(
        &self,
        tx: &mut Tx,
        edit: &Edit,
        change: &Change,
        changed: &mut Vec<Changed>,
    ) -> Result<i64, StoreError> {
        match edit {
            Edit::Vertical(vertical) => {
                changed.push(self.changed(vertical)?);
                vertical.upsert(sql(Vertical::UPSERT).bind(self.tenant))?.run(&mut **tx).await?;
                Ok(0)
            }
            Edit::Create(document) => {
                changed.push(self.document_changed(document)?);
                self.upsert(document)?.run(&mut **tx).await?;
                history::add(tx, self.tenant, (document.id(), 1), &json(document)?, change).await?;
                Ok(1)
            }
            Edit::Update { document, previous, expected, draft } => {
                let id = self.check(tx, previous, *expected).await?;
                changed.push(self.document_changed(document)?);
                if let Some(revision) = draft {
                    drafts::take(tx, self.tenant, id, *revision).await?;
                }
                self.upsert(document)?.run(&mut **tx).await?;
                history::add_first(tx, self.tenant, (id, *expected), &json(previous)?, change.at).await?;
                history::add(tx, self.tenant, (id, expected + 1), &json(document)?, change).await?;
                Ok(expected + 1)
            }
            Edit::Delete { previous, expected } => {
                let id = self.check(tx, previous, *expected).await?;
                changed.push(Changed { document: None, ..self.document_changed(previous)? });
                self.delete(tx, id, changed).await?;
                history::add_first(tx, self.tenant, (id, *expected), &json(previous)?, change.at).await?;
                history::add(tx, self.tenant, (id, expected + 1), GONE, change).await?;
                Ok(expected + 1)
            }
            Edit::Text { text, versions } => {
                changed.push(self.put_text(tx, text).await?);
                for version in versions {
                    changed.push(self.put_version(tx, text.id, version).await?);
                }
                Ok(0)
            }
            Edit::Examples { contract, examples } => {
                self.replace_examples(tx, *contract, examples).await?;
                Ok(0)
            }
        }
    }

    fn document_changed(&self, document: &Document) -> Result<Changed, StoreError> {
        match document {
            Document::Campaign(document) => self.changed(document),
            Document::Source(document) => self.changed(document),
            Document::Buyer(document) => self.changed(document),
            Document::Contract(document) => self.changed(document),
        }
    }

    fn upsert(&self, document: &Document) -> Result<Sql, StoreError> {
        match document {
            Document::Campaign(document) => document.upsert(sql(Campaign::UPSERT).bind(self.tenant)),
            Document::Source(document) => document.upsert(sql(Source::UPSERT).bind(self.tenant)),
            Document::Buyer(document) => document.upsert(sql(Buyer::UPSERT).bind(self.tenant)),
            Document::Contract(document) => document.upsert(sql(Contract::UPSERT).bind(self.tenant)),
        }
    }

    /// Whether the document still has the version that was seen; the row of the configuration's version keeps others
    /// out until the transaction ends.
    async fn check(&self, tx: &mut Tx, document: &Document, expected: i64) -> Result<DocumentId, StoreError> {
        let id = document.id();
        let statement = sql("SELECT version FROM ").text(table(id.kind())).text(" WHERE tenant_id = $1 AND id = $2");
        let version = statement.bind(self.tenant).bind(id).one(&mut **tx).await?.int("version")?;
        if version == expected { Ok(id) } else { Err(StoreError::Stale) }
    }

    /// Its revoked keys go with a source, kept answers and tests with a contract, its draft with any document.
    async fn delete(&self, tx: &mut Tx, id: DocumentId, changed: &mut Vec<Changed>) -> Result<(), StoreError> {
        let mine = |statement: &str| sql(statement).bind(self.tenant).bind(id);
        mine("DELETE FROM config_drafts WHERE tenant_id = $1 AND id = $2").run(&mut **tx).await?;
        if id.kind() == Kind::Source {
            let keys =
                "DELETE FROM api_keys WHERE tenant_id = $1 AND source_id = $2 AND revoked_at IS NOT NULL RETURNING id";
            for row in mine(keys).all(&mut **tx).await? {
                changed.push(Changed { tenant: self.tenant, thing: Thing::Key, id: row.text("id")?, document: None });
            }
        }
        if id.kind() == Kind::Contract {
            mine("DELETE FROM contract_examples WHERE tenant_id = $1 AND contract_id = $2").run(&mut **tx).await?;
            mine("DELETE FROM test_calls WHERE tenant_id = $1 AND contract_id = $2").run(&mut **tx).await?;
        }
        let statement = sql("DELETE FROM ").text(table(id.kind())).text(" WHERE tenant_id = $1 AND id = $2");
        statement.bind(self.tenant).bind(id).run(&mut **tx).await?;
        Ok(())
    }

    /// Documents of one kind in the order they were made, after the one with the id `after`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn documents(
        &self,
        kind: Kind,
        after: Option<DocumentId>,
        limit: u16,
    ) -> Result<Vec<Versioned>, StoreError> {
        let mut statement =
            sql("SELECT doc, version FROM ").text(table(kind)).text(" WHERE tenant_id = ").param(self.tenant);
        if let Some(after) = after {
            statement = statement.text(" AND id > ").param(after);
        }
        let statement = statement.text(" ORDER BY id LIMIT ").param(i64::from(limit));
        let rows = statement.all(self.store.reader()).await?;
        rows.iter().map(|row| read(kind, row)).collect()
    }

    /// One document.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn document(&self, id: DocumentId) -> Result<Versioned, StoreError> {
        let statement = sql("SELECT doc, version FROM ").text(table(id.kind()));
        let statement = statement.text(" WHERE tenant_id = $1 AND id = $2").bind(self.tenant).bind(id);
        read(id.kind(), &statement.one(self.store.reader()).await?)
    }

    /// Everything that is configured, read in one consistent transaction.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn whole(&self) -> Result<Whole, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let statement = sql("SELECT doc FROM verticals WHERE tenant_id = $1 ORDER BY id").bind(self.tenant);
        let verticals = statement.all(&mut *tx).await?.iter().map(|row| row.doc("doc")).collect::<Result<_, _>>()?;
        let mut documents = Vec::new();
        for kind in Kind::ALL {
            documents.extend(self.all(kind, &mut *tx).await?);
        }
        let texts = texts::texts_of(self.tenant, &mut tx).await?;
        tx.commit().await?;
        Ok(Whole { verticals, documents, texts })
    }

    async fn all<'e>(&self, kind: Kind, on: impl Executor<'e, Database = Any>) -> Result<Vec<Versioned>, StoreError> {
        let statement = sql("SELECT doc, version FROM ").text(table(kind)).text(" WHERE tenant_id = $1 ORDER BY id");
        statement.bind(self.tenant).all(on).await?.iter().map(|row| read(kind, row)).collect()
    }

    /// Whether leads were sent through it, to it or under it. A document that was used is paused, not deleted: leads
    /// name it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn is_used(&self, id: DocumentId) -> Result<bool, StoreError> {
        let text = match id.kind() {
            Kind::Campaign => "SELECT id FROM leads WHERE tenant_id = $1 AND campaign_id = $2 LIMIT 1",
            Kind::Source => "SELECT id FROM leads WHERE tenant_id = $1 AND source_id = $2 LIMIT 1",
            Kind::Buyer => "SELECT id FROM leads WHERE tenant_id = $1 AND buyer_id = $2 LIMIT 1",
            // Without an index, because deleting is rare and posting is not.
            Kind::Contract => "SELECT id FROM attempts WHERE tenant_id = $1 AND contract_id = $2 LIMIT 1",
        };
        Ok(sql(text).bind(self.tenant).bind(id).optional(self.store.reader()).await?.is_some())
    }
}

const fn table(kind: Kind) -> &'static str {
    match kind {
        Kind::Campaign => Campaign::TABLE,
        Kind::Source => Source::TABLE,
        Kind::Buyer => Buyer::TABLE,
        Kind::Contract => Contract::TABLE,
    }
}

fn read(kind: Kind, row: &AnyRow) -> Result<Versioned, StoreError> {
    Ok(Versioned { document: document(kind, &row.text("doc")?)?, version: row.int("version")? })
}

/// Reads the document in a column `doc`.
pub(super) fn document(kind: Kind, text: &str) -> Result<Document, StoreError> {
    Ok(match kind {
        Kind::Campaign => Document::Campaign(from_json("doc", text)?),
        Kind::Source => Document::Source(from_json("doc", text)?),
        Kind::Buyer => Document::Buyer(from_json("doc", text)?),
        Kind::Contract => Document::Contract(from_json("doc", text)?),
    })
}

/// Reads what the history keeps: nothing of a document that is no more.
pub(super) fn document_or_gone(kind: Kind, text: &str) -> Result<Option<Document>, StoreError> {
    if text == GONE { Ok(None) } else { document(kind, text).map(Some) }
}
