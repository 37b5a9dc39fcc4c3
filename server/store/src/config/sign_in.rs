//! Counts of tries to sign in, for rate limits that hold over restarts and over several servers.

use crate::{Store, StoreError, read::Read, sql::sql};
use model::Timestamp;

/// How often something was tried.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Attempts {
    /// How often, this time included.
    pub count: i64,
    /// When the window in which they count began.
    pub since: Timestamp,
}

impl Store {
    /// Counts one try in a bucket (a hash: an address or a name is nobody's business here). A window begins with its first
    /// try and lasts `window_ms`; the try after it begins the next.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn count_attempt(&self, bucket: &str, now: Timestamp, window_ms: i64) -> Result<Attempts, StoreError> {
        let row = sql("INSERT INTO sign_in_attempts (bucket, since, tries) VALUES ($1, $2, 1) \
             ON CONFLICT (bucket) DO UPDATE SET \
             tries = CASE WHEN sign_in_attempts.since <= $3 THEN 1 ELSE sign_in_attempts.tries + 1 END, \
             since = CASE WHEN sign_in_attempts.since <= $3 THEN excluded.since ELSE sign_in_attempts.since END \
             RETURNING tries, since")
        .bind(bucket)
        .bind(now)
        .bind(now.plus_millis(window_ms.saturating_neg()))
        .one(self.writer())
        .await?;
        Ok(Attempts { count: row.int("tries")?, since: row.at("since")? })
    }

    /// Forgets the tries of a bucket: its owner has signed in.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn forget_attempts(&self, bucket: &str) -> Result<(), StoreError> {
        sql("DELETE FROM sign_in_attempts WHERE bucket = $1").bind(bucket).run(self.writer()).await?;
        Ok(())
    }

    /// Removes windows that began before `before`; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_attempts_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM sign_in_attempts WHERE since < $1").bind(before).run(self.writer()).await
    }
}
