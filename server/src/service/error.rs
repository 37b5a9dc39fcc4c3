//! Why a use case did not happen.

use model::FieldError;
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
    /// What was sent cannot be configured: every fault, with its path.
    #[error("{} faults", .0.len())]
    Invalid(Vec<FieldError>),
    /// A short name is taken; nothing else is wrong with it.
    #[error("taken")]
    Taken(Vec<FieldError>),
    /// It was changed since the caller read it.
    #[error("it was changed meanwhile; read it again")]
    Stale,
    /// It cannot be deleted, because leads or other things name it.
    #[error("it is in use: pause it instead")]
    InUse,
    /// The tenant publishes with four eyes, and this was with two.
    #[error("{0}")]
    FourEyes(&'static str),
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
            StoreError::Stale => Self::Stale,
            StoreError::Busy => Self::Busy,
            StoreError::Broken(why) => Self::Broken(why),
        }
    }
}
