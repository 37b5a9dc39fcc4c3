//! What a source is told about its own leads. Every look-up names the source: another's lead is not found.

use crate::{
    Store, StoreError, TenantStore,
    read::{Read, mode},
    sql::sql,
};
use model::{
    LeadId, Reason, SourceId, Timestamp,
    lead::{Answer, LeadState},
    tenant::Mode,
};
use sqlx::any::AnyRow;

/// Where a lead stands and what its source was told.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LeadAnswer {
    /// The lead.
    pub lead_id: LeadId,
    /// Where it stands.
    pub state: LeadState,
    /// JSON: what the source was told; none while the auction runs.
    pub answer: Option<String>,
}

const COLUMNS: &str = "SELECT id, state, reason, mode, answer, duration_ms FROM leads WHERE tenant_id = $1";

impl Store {
    /// Removes idempotency keys that have expired at `now`; how many there were. They no longer stand in anybody's way: this
    /// only keeps the table small.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_expired_idempotency(&self, now: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM idempotency WHERE expires_at <= $1").bind(now).run(self.writer()).await
    }
}

impl TenantStore {
    /// Where a lead stands, whoever sent it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn lead_answer(&self, lead: LeadId) -> Result<LeadAnswer, StoreError> {
        let row = sql(COLUMNS).text(" AND id = $2").bind(self.tenant).bind(lead).one(self.store.reader()).await?;
        Ok(LeadAnswer { lead_id: row.parsed("id")?, state: row.parsed("state")?, answer: row.text_opt("answer")? })
    }

    /// What a source is told about one of its leads.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anything that is not a lead of this source.
    pub async fn answer(&self, source: SourceId, lead: LeadId) -> Result<Answer, StoreError> {
        let row = sql(COLUMNS)
            .text(" AND source_id = $2 AND id = $3")
            .bind(self.tenant)
            .bind(source)
            .bind(lead)
            .one(self.store.reader())
            .await?;
        answer(&row)
    }

    /// The same by the source's own id; the newest when it sent several under one.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anything that is not a lead of this source.
    pub async fn answer_by_external_id(&self, source: SourceId, external_id: &str) -> Result<Answer, StoreError> {
        // Ordered by what is no column, so that SQLite looks the id up instead of walking over the source's leads in order.
        let row = sql(COLUMNS)
            .text(" AND source_id = $2 AND external_id = $3 ORDER BY id || '' DESC LIMIT 1")
            .bind(self.tenant)
            .bind(source)
            .bind(external_id)
            .one(self.store.reader())
            .await?;
        answer(&row)
    }
}

/// The stored answer word for word, or that it is pending while there is none.
fn answer(row: &AnyRow) -> Result<Answer, StoreError> {
    if row.text_opt("answer")?.is_some() {
        return row.doc("answer");
    }
    Ok(Answer {
        lead_id: row.parsed("id")?,
        status: row.parsed::<LeadState>("state")?.public().to_owned(),
        reason: row.parsed_opt::<Reason>("reason")?,
        redirect_url: None,
        payout: None,
        duration_ms: row.int_opt("duration_ms")?.and_then(|ms| u32::try_from(ms).ok()).unwrap_or(0),
        test: mode(row)? == Mode::Test,
    })
}
