//! Work that must happen later. It is enqueued only by [`Store::commit`], in the transaction that caused it; taken by one
//! worker at a time under a lease; and gone when it is finished.

use crate::{
    Store, StoreError, Tx,
    read::Read,
    sql::{parts, sql},
};
use model::{JobId, TenantId, Timestamp};
use sqlx::any::AnyRow;

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
    /// Takes at most `limit` jobs without a lane that are due at `now`, oldest first. Nobody else gets them before `lease_until`; a worker
    /// that dies loses them then.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is taken then.
    pub async fn take_jobs(&self, now: Timestamp, lease_until: Timestamp, limit: u32) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.begin_write().await?;
        let rows = sql("SELECT tenant_id, id, kind, payload, run_at, tries FROM jobs \
             WHERE lane IS NULL AND run_at <= $1 AND leased_until <= $1 ORDER BY run_at, tenant_id, id LIMIT $2")
        .text(self.engine.for_update_skip())
        .bind(now)
        .bind(limit)
        .all(&mut *tx)
        .await?;
        let jobs = rows.iter().map(taken).collect::<Result<Vec<_>, _>>()?;
        lease(&mut tx, &jobs, lease_until).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// The same, for jobs of one kind only: each kind has a worker of its own.
    ///
    /// # Errors
    /// Any [`StoreError`]; nothing is taken then.
    pub async fn take_jobs_of(
        &self,
        kind: &str,
        now: Timestamp,
        lease_until: Timestamp,
        limit: u32,
    ) -> Result<Vec<Job>, StoreError> {
        let mut tx = self.begin_write().await?;
        let rows = sql("SELECT tenant_id, id, kind, payload, run_at, tries FROM jobs WHERE lane IS NULL \
             AND kind = $3 AND run_at <= $1 AND leased_until <= $1 ORDER BY run_at, tenant_id, id LIMIT $2")
        .text(self.engine.for_update_skip())
        .bind(now)
        .bind(limit)
        .bind(kind)
        .all(&mut *tx)
        .await?;
        let jobs = rows.iter().map(taken).collect::<Result<Vec<_>, _>>()?;
        lease(&mut tx, &jobs, lease_until).await?;
        tx.commit().await?;
        Ok(jobs)
    }

    /// Whether a job of a kind is due at `now`: asked often, so it takes no lock.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn jobs_due(&self, kind: &str, now: Timestamp) -> Result<bool, StoreError> {
        let due =
            "SELECT id FROM jobs WHERE lane IS NULL AND kind = $1 AND run_at <= $2 AND leased_until <= $2 LIMIT 1";
        Ok(sql(due).bind(kind).bind(now).optional(self.reader()).await?.is_some())
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

    /// How many jobs wait, by kind.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn waiting_jobs(&self) -> Result<Vec<(String, i64)>, StoreError> {
        let rows = sql("SELECT kind, COUNT(*) AS n FROM jobs GROUP BY kind ORDER BY kind").all(self.reader()).await?;
        rows.iter().map(|row| Ok((row.text("kind")?, row.int("n")?))).collect()
    }
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
