//! `GET /api/v1/leads/{id}`: the status of a lead as its source may see it.

use crate::{api::auth::Keyed, problem::Problem, service::ServiceError, state::AppState};
use axum::{
    Json,
    extract::{Path, State},
};
use model::lead::Answer;

/// Answers what the source was told, or where the lead stands now.
///
/// # Errors
/// 404 for anything that is not a lead of this source.
pub async fn handle(
    State(app): State<AppState>,
    Keyed(caller): Keyed,
    Path(id): Path<String>,
) -> Result<Json<Answer>, Problem> {
    let id = id.parse().map_err(|_| unknown())?;
    app.services.status(&caller, id).await.map(Json).map_err(problem)
}

pub(super) fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::NotFound => unknown(),
        ServiceError::Busy => Problem::unavailable("unavailable", 1),
        error => {
            tracing::error!(%error, request = crate::context::request_id(), "a lead could not be read");
            Problem::internal()
        }
    }
}

fn unknown() -> Problem {
    Problem::not_found("There is no such lead.")
}
