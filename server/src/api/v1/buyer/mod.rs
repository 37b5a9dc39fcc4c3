//! What a buyer's programs may do: see the leads it took, say what became of them, give them back, read what it owes, and
//! pause. Every handler takes a buyer's token and answers for that buyer only.

pub mod feedback;
pub mod leads;
pub mod returns;
pub mod statement;
pub mod terms;

use crate::{problem::Problem, service::ServiceError};
use axum::http::StatusCode;

/// What a failed use case is told as.
fn problem(error: ServiceError) -> Problem {
    problem_about(error, ("invalid_return", "The return was not asked for; each fault is named."))
}

/// The same, with the code and the sentence for what was sent wrongly.
fn problem_about(error: ServiceError, (code, message): (&'static str, &str)) -> Problem {
    match error {
        ServiceError::NotFound => Problem::not_found("There is no such lead of yours."),
        ServiceError::Invalid(fields) => Problem::new(StatusCode::UNPROCESSABLE_ENTITY, code, message).about(fields),
        other => super::admin::problem(other),
    }
}
