//! What buyers say became of leads they took. It stands in the lead's history; the latest word on a post counts.

use super::history::Note;
use crate::{
    StoreError, TenantStore,
    read::Read,
    sql::{json, sql},
};
use model::{
    AttemptId, EventId, LeadId, Micros,
    feedback::{Feedback, LastWord},
};
use serde::{Deserialize, Serialize};

/// What is before the word in the kind of an event.
const KIND: &str = "feedback_";

/// What a buyer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedback {
    /// Identity of the entry in the history.
    pub id: EventId,
    /// Which lead.
    pub lead: LeadId,
    /// The post it took it by.
    pub attempt: AttemptId,
    /// What it says.
    pub word: LastWord,
    /// The id of the person or token that says it.
    pub by: String,
    /// A sentence without personal values.
    pub note: String,
}

/// The document of such an event: a note, and what it was about.
#[derive(Serialize, Deserialize)]
struct Said {
    #[serde(flatten)]
    note: Note,
    /// None in what was said before posts were told apart.
    #[serde(default)]
    attempt: Option<AttemptId>,
    #[serde(default)]
    value: Option<Micros>,
}

impl TenantStore {
    /// Writes it into the lead's history.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is no such lead.
    pub async fn append_feedback(&self, new: &NewFeedback) -> Result<(), StoreError> {
        let note = Note { note: new.note.clone(), actor: new.by.clone() };
        let doc = json(&Said { note, attempt: Some(new.attempt), value: new.word.value })?;
        let kind = format!("{KIND}{}", new.word.kind.code());
        self.write_history(new.id, new.lead, &kind, doc, new.word.at).await
    }

    /// What was said last of a lead by whoever took it by this post.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn last_word(&self, lead: LeadId, attempt: AttemptId) -> Result<Option<LastWord>, StoreError> {
        let rows = sql("SELECT at, kind, doc FROM events WHERE tenant_id = $1 AND lead_id = $2 ORDER BY id DESC")
            .bind(self.tenant)
            .bind(lead)
            .all(self.store.reader())
            .await?;
        for row in &rows {
            let kind = row.text("kind")?;
            let Some(kind) = kind.strip_prefix(KIND).and_then(|code| code.parse::<Feedback>().ok()) else { continue };
            let said: Said = row.doc("doc")?;
            if said.attempt == Some(attempt) {
                return Ok(Some(LastWord { kind, value: said.value, at: row.at("at")? }));
            }
        }
        Ok(None)
    }
}
