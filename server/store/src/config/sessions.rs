//! Sessions of browsers. What is in them is the server's business; here they are texts that expire.

use crate::{Store, StoreError, read::Read, sql::sql};
use model::{Timestamp, UserId};

/// A session as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Session {
    /// What the server keeps in it.
    pub data: String,
    /// When it ends.
    pub expires_at: Timestamp,
    /// Who is signed in in it.
    pub user_id: Option<UserId>,
}

impl Store {
    /// Stores a session in place of the one with its id, if there is one. The id is a hash of the cookie, so that a copy
    /// of the table signs nobody in.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn put_session(
        &self,
        id: &str,
        data: &str,
        user: Option<UserId>,
        expires_at: Timestamp,
    ) -> Result<(), StoreError> {
        sql("INSERT INTO sessions (id, data, expires_at, user_id) VALUES ($1, $2, $3, $4) ON CONFLICT (id) DO UPDATE \
             SET data = excluded.data, expires_at = excluded.expires_at, user_id = excluded.user_id")
        .bind(id)
        .bind(data)
        .bind(expires_at)
        .bind(user)
        .run(self.writer())
        .await?;
        Ok(())
    }

    /// A session that has not expired at `now`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn session(&self, id: &str, now: Timestamp) -> Result<Session, StoreError> {
        let row = sql("SELECT data, expires_at, user_id FROM sessions WHERE id = $1 AND expires_at > $2")
            .bind(id)
            .bind(now)
            .one(self.reader())
            .await?;
        Ok(Session { data: row.text("data")?, expires_at: row.at("expires_at")?, user_id: row.parsed_opt("user_id")? })
    }

    /// Ends a session. Not an error when there is none.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_session(&self, id: &str) -> Result<(), StoreError> {
        sql("DELETE FROM sessions WHERE id = $1").bind(id).run(self.writer()).await?;
        Ok(())
    }

    /// Ends every session of a person; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_user_sessions(&self, user: UserId) -> Result<u64, StoreError> {
        sql("DELETE FROM sessions WHERE user_id = $1").bind(user).run(self.writer()).await
    }

    /// Removes the sessions that have expired at `now`; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_expired_sessions(&self, now: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM sessions WHERE expires_at <= $1").bind(now).run(self.writer()).await
    }
}
