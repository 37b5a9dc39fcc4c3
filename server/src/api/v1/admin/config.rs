//! `/api/v1/admin/config`: the whole configuration as one document.

use super::{problem, query, tag, tagged};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::admin,
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use serde::Deserialize;

/// The query of applying.
#[derive(Deserialize)]
pub struct How {
    dry_run: Option<String>,
    #[serde(default)]
    note: String,
}

/// `GET /api/v1/admin/config`: everything by short names, secrets by reference.
///
/// # Errors
/// 403.
pub async fn export(State(app): State<AppState>, Operator(actor): Operator) -> Result<Response, Problem> {
    let exported = app.services.admin().export(&actor).await.map_err(problem)?;
    Ok(tagged(StatusCode::OK, &admin::tag(&exported), exported))
}

/// `PUT /api/v1/admin/config`: applies it, all or nothing; with `?dry_run=1` only tells what would change.
///
/// # Errors
/// 403, 412 when `If-Match` names another state, 422 with every fault.
pub async fn apply(
    State(app): State<AppState>,
    Operator(actor): Operator,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<admin::Applied>, Problem> {
    let how = query(how)?;
    let dry = matches!(how.dry_run.as_deref(), Some("1" | "true"));
    let expected = tag(&headers)?.filter(|tag| tag != "*");
    let wanted = body::read_json(&headers, body).await?;
    let done = app.services.admin().apply(&actor, wanted, dry, expected.as_deref(), &how.note).await;
    done.map(Json).map_err(problem)
}
