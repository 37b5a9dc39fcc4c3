//! `/api/v1/admin/templates`: what campaigns of an industry begin from.

use super::problem;
use crate::{api::auth::Operator, problem::Problem, state::AppState};
use axum::{Json, extract::State};
use exchange::vertical::Template;

/// `GET /api/v1/admin/templates`: each with its fields, filters that buyers often have, and sample leads.
///
/// # Errors
/// 401, 403.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
) -> Result<Json<&'static [Template]>, Problem> {
    app.services.admin().templates(&actor).map(Json).map_err(problem)
}
