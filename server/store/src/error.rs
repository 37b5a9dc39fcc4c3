//! What can go wrong in the store, as far as callers can do something about it.

/// Why a store function did not do what it was asked.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum StoreError {
    /// There is no such thing in this tenant.
    #[error("not found")]
    NotFound,
    /// Something unique is already taken (a slug, an e-mail address, a key), or a thing that is referred to is missing.
    #[error("conflicts with what is stored")]
    Conflict,
    /// It was changed since the caller read it.
    #[error("changed meanwhile")]
    Stale,
    /// The database had no connection or lock to give in time. Nothing was written; trying again may work.
    #[error("the database is busy")]
    Busy,
    /// Anything else: the text is for the log, never for a caller.
    #[error("{0}")]
    Broken(String),
}

impl StoreError {
    pub(crate) fn broken(what: impl std::fmt::Display) -> Self {
        Self::Broken(what.to_string())
    }
}

impl From<sqlx::Error> for StoreError {
    fn from(error: sqlx::Error) -> Self {
        match &error {
            sqlx::Error::RowNotFound => Self::NotFound,
            sqlx::Error::PoolTimedOut => Self::Busy,
            sqlx::Error::Database(inner) if inner.is_unique_violation() || inner.is_foreign_key_violation() => {
                Self::Conflict
            }
            sqlx::Error::Database(inner) if crate::engine::is_busy(inner.code().as_deref()) => Self::Busy,
            _ => Self::Broken(error.to_string()),
        }
    }
}
