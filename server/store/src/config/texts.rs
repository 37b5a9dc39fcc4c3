//! The words consumers agree to: texts with a draft and versions that never change, and which version leads come with.

use super::snapshot::bump;
use crate::{
    StoreError, TenantStore, Tx,
    audit::Changed,
    read::{Read, from_json},
    sql::{json, sql},
};
use exchange::audit::{Digest, Thing};
use model::{
    CampaignId, ConsentTextId, LeadId, SourceId, TenantId, Timestamp,
    consent::{ConsentSeen, ConsentText, ConsentVersion, LeadConsent, Standing, Wording},
};
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// A text with everything that was written of it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextRow {
    /// The text.
    pub text: ConsentText,
    /// What the next version is to say.
    pub draft: Option<TextDraft>,
    /// Raised with every change.
    pub revision: i64,
    /// Its versions, oldest first.
    pub versions: Vec<ConsentVersion>,
}

/// What the next version is to say.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextDraft {
    /// What it says.
    pub wording: Wording,
    /// Who wrote it: the id of a person or a token, or a word for the command line.
    pub author: String,
    /// When it was saved.
    pub at: Timestamp,
}

/// How many live leads came with a version, from one source into one campaign.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TextUse {
    /// The text.
    pub text_id: ConsentTextId,
    /// The version; none of words that are no version's.
    pub version: Option<u32>,
    /// How the words stood.
    pub standing: Standing,
    /// Into which campaign.
    pub campaign_id: CampaignId,
    /// From which source.
    pub source_id: SourceId,
    /// How many.
    pub leads: i64,
    /// When the last of them came.
    pub last: Timestamp,
}

const TEXTS: &str = "SELECT doc, draft, draft_author, draft_at, revision FROM consent_texts WHERE tenant_id = $1";
const VERSIONS: &str = "SELECT text_id, doc FROM consent_versions WHERE tenant_id = $1";

impl TenantStore {
    /// Adds a text, with or without a draft.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its short name is taken.
    pub async fn add_text(&self, text: &ConsentText, draft: Option<&TextDraft>) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let changed = self.put_text(&mut tx, text).await?;
        if let Some(draft) = draft {
            self.put_text_draft(&mut tx, text.id, draft, 1).await?;
        }
        change.seal(&self.store, &mut tx, vec![changed]).await?;
        Ok(tx.commit().await?)
    }

    /// Gives a text another name or language; its new revision.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it has another revision than was seen; [`StoreError::NotFound`].
    pub async fn rename_text(&self, text: &ConsentText, expected: i64) -> Result<i64, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let raised = self.raise(&mut tx, text.id, expected, false).await?;
        let changed = self.put_text(&mut tx, text).await?;
        change.seal(&self.store, &mut tx, vec![changed]).await?;
        tx.commit().await?;
        Ok(raised)
    }

    /// Saves what the next version is to say; the text's new revision.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when it has another revision than was seen; [`StoreError::NotFound`].
    pub async fn draft_text(&self, id: ConsentTextId, draft: &TextDraft, expected: i64) -> Result<i64, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let raised = self.raise(&mut tx, id, expected, false).await?;
        self.put_text_draft(&mut tx, id, draft, raised).await?;
        tx.commit().await?;
        Ok(raised)
    }

    /// Publishes a version; the draft is gone then. The version's number has to follow the last one's.
    ///
    /// # Errors
    /// [`StoreError::Stale`] when the text has another revision than was seen; [`StoreError::NotFound`];
    /// [`StoreError::Conflict`] when there is such a version.
    pub async fn publish_text(
        &self,
        id: ConsentTextId,
        version: &ConsentVersion,
        expected: i64,
    ) -> Result<i64, StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let raised = self.raise(&mut tx, id, expected, true).await?;
        let changed = self.put_version(&mut tx, id, version).await?;
        change.seal(&self.store, &mut tx, vec![changed]).await?;
        tx.commit().await?;
        Ok(raised)
    }

    async fn raise(&self, tx: &mut Tx, id: ConsentTextId, expected: i64, published: bool) -> Result<i64, StoreError> {
        let emptied = if published { ", draft = NULL, draft_author = NULL, draft_at = NULL" } else { "" };
        let statement = sql("UPDATE consent_texts SET revision = revision + 1").text(emptied);
        let touched = statement
            .text(" WHERE tenant_id = ")
            .param(self.tenant)
            .text(" AND id = ")
            .param(id)
            .text(" AND revision = ")
            .param(expected)
            .run(&mut **tx)
            .await?;
        if touched == 1 {
            return Ok(expected + 1);
        }
        let there = sql("SELECT revision FROM consent_texts WHERE tenant_id = $1 AND id = $2");
        there.bind(self.tenant).bind(id).one(&mut **tx).await?;
        Err(StoreError::Stale)
    }

    async fn put_text_draft(
        &self,
        tx: &mut Tx,
        id: ConsentTextId,
        draft: &TextDraft,
        revision: i64,
    ) -> Result<(), StoreError> {
        sql("UPDATE consent_texts SET draft = $3, draft_author = $4, draft_at = $5, revision = $6 \
             WHERE tenant_id = $1 AND id = $2")
        .bind(self.tenant)
        .bind(id)
        .bind(json(&draft.wording)?)
        .bind(&draft.author)
        .bind(draft.at)
        .bind(revision)
        .run(&mut **tx)
        .await?;
        Ok(())
    }

    /// Adds a text or changes what it is called, for the transaction that seals it.
    pub(super) async fn put_text(&self, tx: &mut Tx, text: &ConsentText) -> Result<Changed, StoreError> {
        let doc = json(text)?;
        sql("INSERT INTO consent_texts (tenant_id, id, slug, doc, revision) VALUES ($1, $2, $3, $4, 1) \
             ON CONFLICT (tenant_id, id) DO UPDATE SET doc = excluded.doc")
        .bind(self.tenant)
        .bind(text.id)
        .bind(&text.slug)
        .bind(&doc)
        .run(&mut **tx)
        .await?;
        Ok(sealed(self.tenant, text.id.to_string(), &doc))
    }

    /// Adds a version, for the transaction that seals it.
    pub(super) async fn put_version(
        &self,
        tx: &mut Tx,
        id: ConsentTextId,
        version: &ConsentVersion,
    ) -> Result<Changed, StoreError> {
        let doc = json(version)?;
        sql("INSERT INTO consent_versions (tenant_id, text_id, n, doc) VALUES ($1, $2, $3, $4)")
            .bind(self.tenant)
            .bind(id)
            .bind(i64::from(version.n))
            .bind(&doc)
            .run(&mut **tx)
            .await?;
        Ok(sealed(self.tenant, version_name(&id.to_string(), version.n.into()), &doc))
    }

    /// Every text, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn texts(&self) -> Result<Vec<TextRow>, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let texts = texts_of(self.tenant, &mut tx).await?;
        tx.commit().await?;
        Ok(texts)
    }

    /// One text.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn text(&self, id: ConsentTextId) -> Result<TextRow, StoreError> {
        self.texts().await?.into_iter().find(|row| row.text.id == id).ok_or(StoreError::NotFound)
    }

    /// How many live leads came with which version since an instant.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn text_uses(&self, since: Timestamp) -> Result<Vec<TextUse>, StoreError> {
        let rows = sql("SELECT text_id, n, standing, campaign_id, source_id, COUNT(*) AS leads, MAX(at) AS last \
             FROM lead_consents WHERE tenant_id = $1 AND mode = 'live' AND at >= $2 \
             GROUP BY text_id, n, standing, campaign_id, source_id ORDER BY text_id, n, standing, campaign_id, source_id")
        .bind(self.tenant)
        .bind(since)
        .all(self.store.reader())
        .await?;
        let read = |row: &AnyRow| {
            Ok(TextUse {
                text_id: row.parsed("text_id")?,
                version: number(row)?,
                standing: row.parsed("standing")?,
                campaign_id: row.parsed("campaign_id")?,
                source_id: row.parsed("source_id")?,
                leads: row.int("leads")?,
                last: row.at("last")?,
            })
        };
        rows.iter().map(read).collect()
    }

    /// Which words a lead came with; none when nobody asked.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn lead_consent(&self, lead: LeadId) -> Result<Option<LeadConsent>, StoreError> {
        let row = sql("SELECT l.text_id, l.n, l.standing, t.doc FROM lead_consents l \
             JOIN consent_texts t ON t.tenant_id = l.tenant_id AND t.id = l.text_id \
             WHERE l.tenant_id = $1 AND l.lead_id = $2")
        .bind(self.tenant)
        .bind(lead)
        .optional(self.store.reader())
        .await?;
        row.map(|row| {
            let (text_id, version, standing) = (row.parsed("text_id")?, number(&row)?, row.parsed("standing")?);
            let text: ConsentText = row.doc("doc")?;
            Ok(LeadConsent { seen: ConsentSeen { text_id, version, standing }, text: text.name })
        })
        .transpose()
    }
}

fn number(row: &AnyRow) -> Result<Option<u32>, StoreError> {
    row.int_opt("n")?.map(|n| u32::try_from(n).map_err(StoreError::broken)).transpose()
}

fn version_name(text: &str, n: i64) -> String {
    format!("{text}/{n}")
}

fn sealed(tenant: TenantId, id: String, doc: &str) -> Changed {
    Changed { tenant, thing: Thing::Text, id, document: Some(Digest::of(doc.as_bytes())) }
}

/// The texts of a tenant with their versions.
pub(super) async fn texts_of(tenant: TenantId, tx: &mut Tx) -> Result<Vec<TextRow>, StoreError> {
    let mut versions: HashMap<ConsentTextId, Vec<ConsentVersion>> = HashMap::new();
    for row in sql(VERSIONS).text(" ORDER BY text_id, n").bind(tenant).all(&mut **tx).await? {
        versions.entry(row.parsed("text_id")?).or_default().push(row.doc("doc")?);
    }
    let rows = sql(TEXTS).bind(tenant).all(&mut **tx).await?;
    let mut texts = rows.iter().map(|row| read(row, &mut versions)).collect::<Result<Vec<_>, _>>()?;
    texts.sort_by_key(|row| (row.text.name.to_lowercase(), row.text.id));
    Ok(texts)
}

fn read(row: &AnyRow, versions: &mut HashMap<ConsentTextId, Vec<ConsentVersion>>) -> Result<TextRow, StoreError> {
    let text: ConsentText = row.doc("doc")?;
    let draft = match row.text_opt("draft")? {
        Some(wording) => Some(TextDraft {
            wording: from_json("draft", &wording)?,
            author: row.text("draft_author")?,
            at: row.at("draft_at")?,
        }),
        None => None,
    };
    let versions = versions.remove(&text.id).unwrap_or_default();
    Ok(TextRow { text, draft, revision: row.int("revision")?, versions })
}

/// Every text of every tenant with its published versions, for the pipeline.
pub(super) async fn published(tx: &mut Tx) -> Result<Vec<(TenantId, ConsentText, Vec<ConsentVersion>)>, StoreError> {
    let mut versions: HashMap<(String, String), Vec<ConsentVersion>> = HashMap::new();
    let rows = sql("SELECT tenant_id, text_id, doc FROM consent_versions ORDER BY tenant_id, text_id, n");
    for row in rows.all(&mut **tx).await? {
        versions.entry((row.text("tenant_id")?, row.text("text_id")?)).or_default().push(row.doc("doc")?);
    }
    let rows = sql("SELECT tenant_id, id, doc FROM consent_texts ORDER BY tenant_id, id").all(&mut **tx).await?;
    let read = |row: &AnyRow| {
        let versions = versions.remove(&(row.text("tenant_id")?, row.text("id")?)).unwrap_or_default();
        Ok((row.parsed("tenant_id")?, row.doc("doc")?, versions))
    };
    rows.iter().map(read).collect()
}

/// Every text and every version on the server, as the audit knows them.
pub(crate) async fn recorded(on: &mut Tx) -> Result<Vec<Changed>, StoreError> {
    let mut found = Vec::new();
    for row in sql("SELECT tenant_id, id, doc FROM consent_texts ORDER BY tenant_id, id").all(&mut **on).await? {
        found.push(sealed(row.parsed("tenant_id")?, row.text("id")?, &row.text("doc")?));
    }
    let versions = sql("SELECT tenant_id, text_id, n, doc FROM consent_versions ORDER BY tenant_id, text_id, n");
    for row in versions.all(&mut **on).await? {
        let name = version_name(&row.text("text_id")?, row.int("n")?);
        found.push(sealed(row.parsed("tenant_id")?, name, &row.text("doc")?));
    }
    Ok(found)
}
