//! `/api/v1/admin/presets`: how buyers on known platforms are reached.

use super::problem;
use crate::{api::auth::Operator, problem::Problem, state::AppState};
use axum::{Json, extract::State};
use connectors::Preset;

/// `GET /api/v1/admin/presets`: each with what has to be filled in and examples of answers.
///
/// # Errors
/// 401, 403.
pub async fn list(State(app): State<AppState>, Operator(actor): Operator) -> Result<Json<&'static [Preset]>, Problem> {
    app.services.admin().presets(&actor).map(Json).map_err(problem)
}
