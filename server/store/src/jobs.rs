//! Work that must happen later. It is enqueued only by [`Store::commit`], in the transaction that caused it; taken by one
//! worker at a time under a lease; and gone when it is finished.

use crate::{
    Store, StoreError, Tx,
    read::Read,
    sql::{Sql, parts, sql},
};
use model::{JobId, LeadId, TenantId, Timestamp};
use sqlx::any::AnyRow;

/// The kind of the jobs that send copies to silent contracts.
pub const COPY: &str = "copy";
/// The kind of the jobs that send mail.
pub const MAIL: &str = "mail";
/// The kind of the jobs that auction a lead again.
pub const REOFFER: &str = "reoffer";

/// The job that begins a round of a lead: each waits once.
#[must_use]
pub const fn round_job(lead: LeadId, round: u8) -> JobId {
    JobId::from_bits(lead.bits() ^ round as u128)
}

/// Work that was taken under a lease.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Job {
    /// Whose.
    pub tenant_id: TenantId,
    /// Identity.
    pub id: JobId,
    /// Which work.
    pub kind: String,
    /// JSON: what it needs.
    pub payload: String,
    /// When it was due.
    pub run_at: Timestamp,
    /// How often it was taken, this time included. It also names the lease: an older one can no longer finish the job.
    pub tries: i64,
}

impl Store {
    /// Takes at most `limit` jobs of these kinds, without a lane, that are due at `now`, oldest first. Nobody else gets them
    /// before `lease_until`; a worker that dies loses them then.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is taken then.
    pub async fn take_jobs(
        &self,
        kinds: &[&str],
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        if !self.due_jobs(kinds, now).await? {
            return Ok(Vec::new());
        }
        let mut tx = self.begin_write().await?;
        let rows = due(sql("SELECT tenant_id, id, kind, payload, run_at, tries FROM jobs"), kinds, now)
            .text(" ORDER BY run_at, tenant_id, id LIMIT ")
            .param(limit)
            .text(self.engine.for_update_skip())
            .all(&mut *tx)
            .await?;
        let jobs = rows.iter().map(taken).collect::<Result<Vec<_>, _>>()?;
        lease(&mut tx, &jobs, lease_until).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Whether any of these kinds is due: asked before the one writer is.
    async fn due_jobs(&self, kinds: &[&str], now: Timestamp) -> Result<bool, StoreError> {
        let statement = due(sql("SELECT 1 AS n FROM jobs"), kinds, now).text(" LIMIT 1");
        Ok(statement.optional(self.reader()).await?.is_some())
    }

    /// The job is done and goes.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the lease was lost meanwhile.
    pub async fn finish_job(&self, job: &Job) -> Result<(), StoreError> {
        let touched = sql("DELETE FROM jobs WHERE tenant_id = $1 AND id = $2 AND tries = $3")
            .bind(job.tenant_id)
            .bind(job.id)
            .bind(job.tries)
            .run(self.writer())
            .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// The job failed and is to be tried again at `run_at`. The error is for operators: no personal values.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the lease was lost meanwhile.
    pub async fn retry_job(&self, job: &Job, run_at: Timestamp, error: &str) -> Result<(), StoreError> {
        let touched = sql("UPDATE jobs SET run_at = $4, leased_until = 0, error = $5 \
             WHERE tenant_id = $1 AND id = $2 AND tries = $3")
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(job.tries)
        .bind(run_at)
        .bind(error)
        .run(self.writer())
        .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// The job is given back, as it was, to be taken again at `run_at`: there was no room for it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when the lease was lost meanwhile.
    pub async fn postpone_job(&self, job: &Job, run_at: Timestamp) -> Result<(), StoreError> {
        let touched = sql("UPDATE jobs SET run_at = $4, leased_until = 0, tries = tries - 1 \
             WHERE tenant_id = $1 AND id = $2 AND tries = $3")
        .bind(job.tenant_id)
        .bind(job.id)
        .bind(job.tries)
        .bind(run_at)
        .run(self.writer())
        .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// How many jobs wait, by kind.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn waiting_jobs(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sql("SELECT kind, COUNT(*) AS n FROM jobs GROUP BY kind ORDER BY kind").all(self.reader()).await?;
        rows.iter().map(|row| Ok((row.text("kind")?, row.int("n")?))).collect()
    }
}

/// The statement with its condition.
fn due(statement: Sql, kinds: &[&str], now: Timestamp) -> Sql {
    let mut statement = statement.text(" WHERE lane IS NULL AND kind IN (");
    for (number, kind) in kinds.iter().enumerate() {
        statement = if number == 0 { statement } else { statement.text(", ") }.param(*kind);
    }
    statement.text(") AND run_at <= ").param(now).text(" AND leased_until <= ").param(now)
}

/// A job as it is being taken.
pub(crate) fn taken(row: &AnyRow) -> Result<Job, StoreError> {
    Ok(Job {
        tenant_id: row.parsed("tenant_id")?,
        id: row.parsed("id")?,
        kind: row.text("kind")?,
        payload: row.text("payload")?,
        run_at: row.at("run_at")?,
        tries: row.int("tries")? + 1,
    })
}

/// Keeps everybody else from jobs that are being taken.
pub(crate) async fn lease(tx: &mut Tx, jobs: &[Job], until: Timestamp) -> Result<(), StoreError> {
    for part in parts(jobs, 2) {
        sql("UPDATE jobs SET leased_until = $1, tries = tries + 1 WHERE (tenant_id, id) IN (VALUES ")
            .bind(until)
            .rows(part, |row, job| {
                row.cell(job.tenant_id).cell(job.id);
            })
            .text(")")
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}
