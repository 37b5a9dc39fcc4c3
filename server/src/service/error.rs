//! Why a use case did not happen.

use store::StoreError;

/// Why a use case did not happen. The texts of `Refused` are fit to be shown; the text of `Broken` is for the log only.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ServiceError {
    /// There is no such thing for this caller.
    #[error("not found")]
    NotFound,
    /// The caller's role does not have the right.
    #[error("forbidden")]
    Forbidden,
    /// It was understood and refused.
    #[error("{0}")]
    Refused(String),
    /// The store is busy; trying again makes sense.
    #[error("the store is busy")]
    Busy,
    /// Something is broken on our side.
    #[error("broken: {0}")]
    Broken(String),
}

impl From<StoreError> for ServiceError {
    fn from(error: StoreError) -> Self {
        match error {
            StoreError::NotFound => Self::NotFound,
            StoreError::Conflict => Self::Refused("Something with this name is already there.".to_owned()),
            StoreError::Busy => Self::Busy,
            StoreError::Broken(why) => Self::Broken(why),
        }
    }
}
