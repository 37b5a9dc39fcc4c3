//! What buyers say became of leads they took. Rows are never changed: the latest one of a post counts.

use super::history::Note;
use crate::{
    StoreError, TenantStore,
    read::Read,
    sql::{json, sql},
};
use model::{
    AttemptId, BuyerId, EventId, LeadId, Micros, Timestamp,
    feedback::{Disposition, Feedback},
};
use sqlx::any::AnyRow;

/// What a buyer says.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct NewFeedback {
    /// Identity, of the entry in the lead's history too.
    pub id: EventId,
    /// Which lead.
    pub lead: LeadId,
    /// The post it took it by.
    pub attempt: AttemptId,
    /// Which buyer.
    pub buyer: BuyerId,
    /// What it says.
    pub said: Feedback,
    /// The id of the person or token.
    pub by: String,
    /// A sentence for the lead's history.
    pub note: String,
}

impl TenantStore {
    /// Stores it, and writes it into the lead's history.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the buyer did not take the lead by this post.
    pub async fn add_feedback(&self, new: &NewFeedback) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let value = new.said.value.map(Micros::to_decimal).unwrap_or_default();
        let written =
            sql("INSERT INTO feedback (tenant_id, id, lead_id, attempt_id, buyer_id, kind, value, at, said_by) \
             SELECT $1, $2, a.lead_id, a.id, a.buyer_id, $6, $7, $8, $9 FROM attempts a WHERE a.tenant_id = $1 \
             AND a.lead_id = $3 AND a.id = $4 AND a.buyer_id = $5 AND a.state = 'accepted'")
            .bind(self.tenant)
            .bind(new.id)
            .bind(new.lead)
            .bind(new.attempt)
            .bind(new.buyer)
            .bind(new.said.kind.code())
            .bind(value)
            .bind(new.said.at)
            .bind(&new.by)
            .run(&mut *tx)
            .await?;
        if written == 0 {
            return Err(StoreError::NotFound);
        }
        let doc = json(&Note { note: new.note.clone(), actor: new.by.clone() })?;
        sql("INSERT INTO events (tenant_id, id, at, kind, lead_id, doc, folded) VALUES ($1, $2, $3, 'feedback', $4, $5, 1)")
            .bind(self.tenant)
            .bind(new.id)
            .bind(new.said.at)
            .bind(new.lead)
            .bind(doc)
            .run(&mut *tx)
            .await?;
        Ok(tx.commit().await?)
    }

    /// What a buyer said last of a lead it took by a post.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn feedback(&self, lead: LeadId, attempt: AttemptId) -> Result<Option<Feedback>, StoreError> {
        let row =
            sql("SELECT kind, value, at FROM feedback WHERE tenant_id = $1 AND lead_id = $2 AND attempt_id = $3 \
             ORDER BY id DESC LIMIT 1")
            .bind(self.tenant)
            .bind(lead)
            .bind(attempt)
            .optional(self.store.reader())
            .await?;
        row.as_ref().map(said).transpose()
    }

    /// How often each was a buyer's last word on a lead, said in `[from, to)`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn feedback_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(BuyerId, Disposition, i64)>, StoreError> {
        let rows = sql("SELECT f.buyer_id, f.kind, COUNT(*) AS n FROM feedback f \
             WHERE f.tenant_id = $1 AND f.at >= $2 AND f.at < $3 AND NOT EXISTS (SELECT 1 FROM feedback g \
             WHERE g.tenant_id = f.tenant_id AND g.lead_id = f.lead_id AND g.attempt_id = f.attempt_id \
             AND g.at < $3 AND g.id > f.id) GROUP BY f.buyer_id, f.kind ORDER BY f.buyer_id, f.kind")
        .bind(self.tenant)
        .bind(from)
        .bind(to)
        .all(self.store.reader())
        .await?;
        rows.iter().map(|row| Ok((row.parsed("buyer_id")?, row.parsed("kind")?, row.int("n")?))).collect()
    }
}

fn said(row: &AnyRow) -> Result<Feedback, StoreError> {
    let value = row.text("value")?;
    let value = if value.is_empty() { None } else { Some(row.parsed("value")?) };
    Ok(Feedback { kind: row.parsed("kind")?, value, at: row.at("at")? })
}
