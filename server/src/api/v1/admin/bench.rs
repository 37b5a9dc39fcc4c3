//! `/api/v1/admin/contracts/{id}/preview` and `…/read-answer`: a contract tried before it is in effect.

use super::{members, problem};
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
use model::{
    ContractId,
    bench::{AnswerRead, Preview},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

pub(super) fn id(text: &str) -> Result<ContractId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no such thing."))
}

/// What is asked, and the delivery that is tried in the place of the saved one.
pub(super) fn parts<T: DeserializeOwned>(mut body: Value, what: &str) -> Result<(T, Option<Value>), Problem> {
    let delivery = body.as_object_mut().and_then(|body| body.remove("delivery"));
    Ok((members(body, what)?, delivery))
}

/// `POST …/preview`: the exact requests of ping and post for a lead, or for the examples of the campaign's fields.
///
/// # Errors
/// 401, 403, 404, 422 with every fault.
pub async fn preview(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Preview>, Problem> {
    let what =
        "`{\"lead\": \"led_…\", \"personal\": false, \"test\": false, \"delivery\": {…}}`, each of them optional";
    let (asked, delivery) = parts(body::read_json(&headers, body).await?, what)?;
    app.services.admin().preview(&actor, id(&path)?, asked, delivery).await.map(Json).map_err(problem)
}

/// `POST …/read-answer`: how the contract reads an answer of its buyer.
///
/// # Errors
/// 401, 403, 404, 422 with every fault.
pub async fn read_answer(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<AnswerRead>, Problem> {
    let what = "`{\"phase\": \"ping\", \"status\": 200, \"content_type\": \"…\", \"body\": \"…\"}`";
    let (asked, delivery) = parts(body::read_json(&headers, body).await?, what)?;
    app.services.admin().read_answer(&actor, id(&path)?, asked, delivery).await.map(Json).map_err(problem)
}
