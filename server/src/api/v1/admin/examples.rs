//! `/api/v1/admin/contracts/{id}/examples`: answers that are kept with how they have to be read.

use super::{
    bench::{id, parts},
    members, problem,
};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use model::bench::ExampleRun;
use serde::Deserialize;
use serde_json::{Value, json};

/// Running takes nothing but a delivery.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Nothing {}

fn shown(items: &[ExampleRun]) -> Json<Value> {
    let different = items.iter().filter(|item| !item.differences.is_empty()).count();
    Json(json!({ "items": items, "different": different }))
}

/// `GET …/examples`: every kept answer of the contract, read again.
///
/// # Errors
/// 401, 403, 404.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
) -> Result<Json<Value>, Problem> {
    let items = app.services.admin().examples(&actor, id(&path)?, None).await.map_err(problem)?;
    Ok(shown(&items))
}

/// `POST …/examples/run`: reads them again with a delivery that is not saved.
///
/// # Errors
/// 401, 403, 404, 422 with every fault of the delivery.
pub async fn run(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let what = "`{\"delivery\": {…}}`, or `{}` for the saved one";
    let (Nothing {}, delivery) = parts(body::read_json(&headers, body).await?, what)?;
    let items = app.services.admin().examples(&actor, id(&path)?, delivery).await.map_err(problem)?;
    Ok(shown(&items))
}

/// `POST …/examples`: keeps one; as it is read now unless `expected` says otherwise.
///
/// # Errors
/// 401, 403, 404, 409 when the name is taken, 422 with every fault.
pub async fn keep(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<String>,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<ExampleRun>), Problem> {
    let what = "`{\"name\": \"…\", \"phase\": \"ping\", \"status\": 200, \"content_type\": \"…\", \"body\": \"…\", \
                \"expected\": {\"outcome\": \"bid\", …}}`";
    let wanted = members(body::read_json(&headers, body).await?, what)?;
    let kept = app.services.admin().keep_example(&actor, id(&path)?, wanted).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(kept)))
}

/// `DELETE …/examples/{example}`: takes one away.
///
/// # Errors
/// 401, 403, 404.
pub async fn drop(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path((contract, example)): Path<(String, String)>,
) -> Result<StatusCode, Problem> {
    let example = example.parse().map_err(|_| Problem::not_found("There is no such thing."))?;
    app.services.admin().drop_example(&actor, id(&contract)?, example).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
