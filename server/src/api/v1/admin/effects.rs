//! `/api/v1/admin/contracts/effects`: what a contract would do, before it is saved.

use super::problem;
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    state::AppState,
};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use model::effects::Effects;

/// `POST /api/v1/admin/contracts/effects` with a contract: its filter in words and over the newest 500 leads of its campaign,
/// its hours, and its caps as they stand.
///
/// # Errors
/// 401, 403, 422 with every fault that keeps it from being judged.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Effects>, Problem> {
    let body = body::read_json(&headers, body).await?;
    app.services.admin().effects(&actor, body).await.map(Json).map_err(problem)
}
