//! Sessions of browsers. What is in them is the server's business; here they are texts that expire.

use crate::{Store, StoreError, TenantStore, read::Read, sql::sql};
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

/// A session of somebody of a tenant, as a list of sessions shows it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct OpenSession {
    /// The row's key: a hash of the cookie, worth nothing to sign in with.
    pub id: String,
    /// Who is signed in in it.
    pub user_id: UserId,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl TenantStore {
    /// The sessions of the tenant's people that have not expired at `now`, the latest used first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn open_sessions(&self, now: Timestamp) -> Result<Vec<OpenSession>, StoreError> {
        let statement = sql("SELECT s.id, s.user_id, s.expires_at FROM sessions s JOIN people u ON u.id = s.user_id \
             WHERE u.tenant_id = $1 AND s.expires_at > $2 ORDER BY s.expires_at DESC, s.id")
        .bind(self.tenant)
        .bind(now);
        let read = |row: &sqlx::any::AnyRow| {
            Ok(OpenSession { id: row.text("id")?, user_id: row.parsed("user_id")?, expires_at: row.at("expires_at")? })
        };
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// Ends one session of one of the tenant's people.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn end_session(&self, id: &str) -> Result<(), StoreError> {
        let ended = sql("DELETE FROM sessions WHERE id = $1 \
             AND user_id IN (SELECT id FROM people WHERE tenant_id = $2)")
        .bind(id)
        .bind(self.tenant)
        .run(self.store.writer())
        .await?;
        if ended == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }
}
