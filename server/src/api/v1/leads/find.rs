//! `GET /api/v1/leads?external_id=`: the status of a lead by its source's own id.

use super::show::problem;
use crate::{api::auth::Keyed, problem::Problem, state::AppState};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use model::lead::Answer;
use serde::Deserialize;

/// The query.
#[derive(Deserialize)]
pub struct Wanted {
    external_id: String,
}

/// Answers what the source was told, or where the lead stands now.
///
/// # Errors
/// 400 without an `external_id`; 404 for anything that is not a lead of this source.
pub async fn handle(
    State(app): State<AppState>,
    Keyed(caller): Keyed,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Answer>, Problem> {
    let Ok(Query(Wanted { external_id })) = wanted else {
        return Err(Problem::malformed("Name the lead: ?external_id=…"));
    };
    app.services.status_by_external_id(&caller, &external_id).await.map(Json).map_err(problem)
}
