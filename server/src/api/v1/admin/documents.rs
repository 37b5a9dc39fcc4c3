//! `/api/v1/admin/{kind}` and `/api/v1/admin/{kind}/{id}`, where `{kind}` is `campaigns`, `sources`, `buyers` or
//! `contracts`.

use super::{if_match, members, page, problem, query, required, tagged};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::admin::{Expected, Shown},
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use model::document::{DocumentId, Kind};
use serde::Deserialize;
use serde_json::{Value, json};

/// The query of a list.
#[derive(Deserialize)]
pub struct Wanted {
    after: Option<String>,
    limit: Option<u16>,
}

/// The query of a change.
#[derive(Default, Deserialize)]
pub struct How {
    draft: Option<String>,
    #[serde(default)]
    note: String,
}

impl How {
    fn draft(&self) -> bool {
        matches!(self.draft.as_deref(), Some("1" | "true"))
    }
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Switch {
    active: bool,
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Publish {
    #[serde(default)]
    note: String,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Rollback {
    version: i64,
    #[serde(default)]
    note: String,
}

fn kind(plural: &str) -> Result<Kind, Problem> {
    Kind::from_plural(plural).ok_or_else(|| Problem::not_found("There is nothing at this path."))
}

fn id((plural, id): &(String, String)) -> Result<DocumentId, Problem> {
    DocumentId::parse(kind(plural)?, id).map_err(|_| Problem::not_found("There is no such thing."))
}

fn shown(status: StatusCode, shown: Shown) -> Response {
    tagged(status, &shown.version.to_string(), shown.document)
}

/// `GET /api/v1/admin/{kind}`: a page, in the order they were made.
///
/// # Errors
/// 400 for a bad query.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(plural): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let (kind, wanted) = (kind(&plural)?, query(wanted)?);
    let after = wanted.after.map(|text| DocumentId::parse(kind, &text)).transpose();
    let after = after.map_err(|_| Problem::malformed("`after` is the `next` of the page before."))?;
    let found = app.services.admin().list(&actor, kind, after, page(wanted.limit)).await.map_err(problem)?;
    let items: Vec<_> = found.items.into_iter().map(|item| item.document).collect();
    Ok(Json(json!({ "items": items, "next": found.next })))
}

/// `POST /api/v1/admin/{kind}`: 201 with the new document and its `Location`.
///
/// # Errors
/// 403, 409 taken, 422 with every fault.
pub async fn create(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(plural): Path<String>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (kind, how) = (kind(&plural)?, query(how)?);
    let body = body::read_json(&headers, body).await?;
    let made = app.services.admin().create(&actor, kind, body, &how.note).await.map_err(problem)?;
    let place = format!("/api/v1/admin/{plural}/{}", made.document["id"].as_str().unwrap_or_default());
    let mut response = shown(StatusCode::CREATED, made);
    if let Ok(place) = HeaderValue::from_str(&place) {
        response.headers_mut().insert(header::LOCATION, place);
    }
    Ok(response)
}

/// `GET /api/v1/admin/{kind}/{id}`: the published document, with `?draft=1` the draft beside it.
///
/// # Errors
/// 404.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<(String, String)>,
    how: Result<Query<How>, QueryRejection>,
) -> Result<Response, Problem> {
    let (id, how, admin) = (id(&path)?, query(how)?, app.services.admin());
    let found = if how.draft() { admin.draft(&actor, id).await } else { admin.get(&actor, id).await };
    found.map(|found| shown(StatusCode::OK, found)).map_err(problem)
}

/// `PUT /api/v1/admin/{kind}/{id}`: changes it as a whole, with `?draft=1` a draft beside it. Needs `If-Match`.
///
/// # Errors
/// 403, 404, 409 taken, 412, 422 with every fault, 428.
pub async fn update(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<(String, String)>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let (id, how, admin) = (id(&path)?, query(how)?, app.services.admin());
    let expected = required(if_match(&headers)?)?;
    let body = body::read_json(&headers, body).await?;
    let done = if how.draft() {
        admin.save_draft(&actor, id, body, expected).await
    } else {
        admin.update(&actor, id, body, expected, &how.note).await
    };
    done.map(|done| shown(StatusCode::OK, done)).map_err(problem)
}

/// `PATCH /api/v1/admin/{kind}/{id}`: `{"active": …}` pauses or resumes.
///
/// # Errors
/// 400, 403, 404, 412, 422 for what cannot be resumed.
pub async fn switch(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let expected = if_match(&headers)?.unwrap_or(Expected::Any);
    let wanted: Switch = members(body::read_json(&headers, body).await?, "`{\"active\": true}` or false")?;
    let done = app.services.admin().set_active(&actor, id, wanted.active, expected, &wanted.note).await;
    done.map(|done| shown(StatusCode::OK, done)).map_err(problem)
}

/// `DELETE /api/v1/admin/{kind}/{id}`: takes away what was never used, with `?draft=1` the draft beside it.
///
/// # Errors
/// 403, 404, 409 in use, 412.
pub async fn delete(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<(String, String)>,
    how: Result<Query<How>, QueryRejection>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let (id, how, admin) = (id(&path)?, query(how)?, app.services.admin());
    let expected = if_match(&headers)?.unwrap_or(Expected::Any);
    let done =
        if how.draft() { admin.discard_draft(&actor, id).await } else { admin.delete(&actor, id, expected).await };
    done.map(|()| StatusCode::NO_CONTENT.into_response()).map_err(problem)
}

/// `POST /api/v1/admin/{kind}/{id}/publish`: makes the draft the published document.
///
/// # Errors
/// 403 of four eyes, 404 without a draft, 412 when either changed meanwhile, 422.
pub async fn publish(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let wanted: Publish = members(body::read_json(&headers, body).await?, "`{\"note\": \"…\"}`")?;
    let done = app.services.admin().publish(&actor, id, &wanted.note).await;
    done.map(|done| shown(StatusCode::OK, done)).map_err(problem)
}

/// `POST /api/v1/admin/{kind}/{id}/rollback`: restores a version as a new one; as a draft where four eyes are asked
/// for.
///
/// # Errors
/// 400, 403, 404, 412, 422 with every fault it would have today.
pub async fn rollback(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(path): Path<(String, String)>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let id = id(&path)?;
    let expected = if_match(&headers)?.unwrap_or(Expected::Any);
    let wanted: Rollback = members(body::read_json(&headers, body).await?, "`{\"version\": 3, \"note\": \"…\"}`")?;
    let done = app.services.admin().rollback(&actor, id, wanted.version, expected, &wanted.note).await;
    done.map(|done| shown(StatusCode::OK, done)).map_err(problem)
}
