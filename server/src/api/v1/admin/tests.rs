//! `/api/v1/admin/contracts/{id}/test` and `…/tests`: tests that are really sent to the buyer.

use super::{bench::id, members, problem};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
};
use model::bench::TestSent;
use serde_json::{Value, json};

/// `POST …/test`: sends a test ping, or a test post after the ping whose token it needs.
///
/// # Errors
/// 401, 403, 404, 409 when no test can be sent now, 422 with every fault.
pub async fn send(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<TestSent>, Problem> {
    let what = "`{\"phase\": \"ping\"}`; a ping also takes `\"lead\": \"led_…\"`";
    let asked = members(body::read_json(&headers, body).await?, what)?;
    app.services.admin().send_test(&actor, id(&path)?, asked).await.map(Json).map_err(problem)
}

/// `GET …/tests`: the newest tests of the contract.
///
/// # Errors
/// 401, 403, 404.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
) -> Result<Json<Value>, Problem> {
    let items = app.services.admin().tests(&actor, id(&path)?).await.map_err(problem)?;
    Ok(Json(json!({ "items": items })))
}
