//! Where browser sessions are kept.

use super::Services;
use crate::clock::Clock;
use async_trait::async_trait;
use sha2::{Digest, Sha256};
use std::{collections::HashMap, fmt, sync::Arc};
use store::{Store, StoreError};
use time::OffsetDateTime;
use tower_sessions::{
    SessionStore,
    session::{Id, Record},
    session_store::{Error, Result},
};

/// The member of a session that names its person.
pub const SESSION_USER: &str = "user";
/// Longest time a session lives without use, in milliseconds.
pub const SESSION_IDLE_MS: i64 = 12 * 3_600_000;

/// Sessions in our store. The row's key is the hash of the cookie, so that a copy of the table signs nobody in.
#[derive(Clone)]
pub struct SessionRows {
    store: Store,
    clock: Arc<dyn Clock>,
}

impl fmt::Debug for SessionRows {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("SessionRows")
    }
}

impl Services {
    /// The sessions of the server.
    #[must_use]
    pub fn sessions(&self) -> SessionRows {
        SessionRows { store: self.store.clone(), clock: Arc::clone(&self.clock) }
    }
}

#[async_trait]
impl SessionStore for SessionRows {
    async fn create(&self, record: &mut Record) -> Result<()> {
        // Ids have 128 random bits; should one be taken all the same, another is drawn.
        while self.load(&record.id).await?.is_some() {
            record.id = Id::default();
        }
        self.save(record).await
    }

    async fn save(&self, record: &Record) -> Result<()> {
        let data = serde_json::to_string(&record.data).map_err(|error| Error::Encode(error.to_string()))?;
        let user = record.data.get(SESSION_USER).and_then(|user| user.as_str()?.parse().ok());
        let expires_at = self.clock.now().plus_millis(SESSION_IDLE_MS);
        self.store.put_session(&row_key(&record.id), &data, user, expires_at).await.map_err(backend)
    }

    async fn load(&self, id: &Id) -> Result<Option<Record>> {
        let row = match self.store.session(&row_key(id), self.clock.now()).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(backend(error)),
        };
        let data: HashMap<_, _> = serde_json::from_str(&row.data).map_err(|error| Error::Decode(error.to_string()))?;
        let expiry_date = OffsetDateTime::from_unix_timestamp_nanos(i128::from(row.expires_at.0) * 1000)
            .map_err(|error| Error::Decode(error.to_string()))?;
        Ok(Some(Record { id: *id, data, expiry_date }))
    }

    async fn delete(&self, id: &Id) -> Result<()> {
        self.store.delete_session(&row_key(id)).await.map_err(backend)
    }
}

fn row_key(id: &Id) -> String {
    hex::encode(Sha256::digest(id.to_string().as_bytes()))
}

#[allow(clippy::needless_pass_by_value)] // an adapter for map_err
fn backend(error: StoreError) -> Error {
    Error::Backend(error.to_string())
}
