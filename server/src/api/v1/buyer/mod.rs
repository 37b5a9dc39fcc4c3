//! What a buyer's programs may do: see the leads it took, give them back, and read what it owes. Every handler takes a
//! buyer's token and answers for that buyer only.

pub mod feedback;
pub mod leads;
pub mod returns;
pub mod statement;

use crate::{problem::Problem, service::ServiceError};
use axum::http::StatusCode;

/// What a failed use case is told as.
fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::NotFound => Problem::not_found("There is no such lead of yours."),
        ServiceError::Invalid(fields) => {
            let message = "This was not taken; each fault is named.";
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_return", message).about(fields)
        }
        other => super::admin::problem(other),
    }
}
