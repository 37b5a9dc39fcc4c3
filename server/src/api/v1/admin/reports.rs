//! `GET /api/v1/admin/reports/{report}`: what the pages of reports show, with the same query.

use super::problem;
use crate::{api::auth::Operator, problem::Problem, state::AppState};
use app::query::report;
use axum::{
    Json,
    extract::{Path, Query, State},
    response::{IntoResponse, Response},
};
use std::collections::HashMap;

/// Answers `figures`, `reasons`, `lost` or `scorecards` of a span of days: `span` (`today`, `yesterday`, `7d`, `30d`) or `from` and `to`
/// (`2026-05-07`), `by`, `money`, `compare`, `campaign`, `source`, `buyer`.
///
/// # Errors
/// 404 for another report, 409 for days that make no span.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(name): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let wanted = report::read(|name| query.get(name).cloned());
    match name.as_str() {
        "figures" => {
            app.services.breakdown(&actor, wanted).await.map(|found| Json(found).into_response()).map_err(problem)
        }
        "reasons" => {
            app.services.reasons(&actor, wanted).await.map(|found| Json(found).into_response()).map_err(problem)
        }
        "lost" => app.services.lost(&actor, wanted).await.map(|found| Json(found).into_response()).map_err(problem),
        "scorecards" => {
            app.services.scorecards(&actor, wanted).await.map(|found| Json(found).into_response()).map_err(problem)
        }
        _ => Err(Problem::not_found("There are the reports `figures`, `reasons`, `lost` and `scorecards`.")),
    }
}
