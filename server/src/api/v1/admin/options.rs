//! `/api/v1/admin/options`: how the tenant wants its configuration to be changed.

use super::{members, problem};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::admin::Options,
    state::AppState,
};
use axum::{Json, body::Body, extract::State, http::HeaderMap};

/// `GET /api/v1/admin/options`.
///
/// # Errors
/// 403.
pub async fn show(State(app): State<AppState>, Operator(actor): Operator) -> Result<Json<Options>, Problem> {
    app.services.admin().options(&actor).await.map(Json).map_err(problem)
}

/// `PUT /api/v1/admin/options`.
///
/// # Errors
/// 400; 403 without the role of an administrator.
pub async fn update(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Options>, Problem> {
    let options = members(body::read_json(&headers, body).await?, "`{\"four_eyes\": true}` or false")?;
    app.services.admin().set_options(&actor, options).await.map(Json).map_err(problem)
}
