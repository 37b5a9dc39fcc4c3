//! Running servers and their heartbeats.

use crate::{Store, StoreError, sql::sql};
use model::{ProcessId, Timestamp};

impl Store {
    /// Says that a process has started.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken.
    pub async fn register_process(&self, id: ProcessId, now: Timestamp) -> Result<(), StoreError> {
        sql("INSERT INTO processes (id, started_at, heartbeat_at) VALUES ($1, $2, $2)")
            .bind(id)
            .bind(now)
            .run(self.writer())
            .await?;
        Ok(())
    }

    /// Says that a process still runs.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is not registered: somebody thought it dead.
    pub async fn heartbeat(&self, id: ProcessId, now: Timestamp) -> Result<(), StoreError> {
        let touched =
            sql("UPDATE processes SET heartbeat_at = $2 WHERE id = $1").bind(id).bind(now).run(self.writer()).await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Says that a process has ended in order: what it left may be adopted at once.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn unregister_process(&self, id: ProcessId) -> Result<(), StoreError> {
        sql("DELETE FROM processes WHERE id = $1").bind(id).run(self.writer()).await?;
        Ok(())
    }

    /// Removes processes whose last heartbeat is older than `before`; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_dead_processes(&self, before: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM processes WHERE heartbeat_at < $1").bind(before).run(self.writer()).await
    }
}
