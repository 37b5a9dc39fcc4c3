//! `/api/v1/buyer/leads`: what the buyer took.

use super::problem;
use crate::{
    api::{auth::BuyerToken, v1::admin::exports::format},
    files::{self, When},
    problem::Problem,
    state::AppState,
};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
    response::{IntoResponse, Response},
};
use model::{LeadId, Timestamp, page::Cursor, portal::Delivered};
use serde::Deserialize;
use serde_json::json;

/// The query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    since: Option<String>,
    cursor: Option<String>,
    limit: Option<u16>,
    format: Option<String>,
}

/// `GET leads`: newest first, personal values masked; `since` an instant (RFC 3339), `cursor` what `next` said, `limit` 1
/// to 200. With `format` (`jsonl` or `csv`) every one of them as a file, as the portal has it.
///
/// # Errors
/// 400 for a query that is not understood.
pub async fn list(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Response, Problem> {
    let message = "The query takes `since` (2026-05-07T00:00:00Z), `cursor`, `limit` and `format`.";
    let malformed = || Problem::malformed(message);
    let Query(wanted) = wanted.map_err(|_| malformed())?;
    let since = wanted.since.as_deref().map(str::parse::<jiff::Timestamp>).transpose().map_err(|_| malformed())?;
    let since = since.map(|at| Timestamp(at.as_microsecond()));
    if let Some(format) = format(wanted.format.as_deref())? {
        return files::delivered(app.services, actor, When::Since(since), format).await.map_err(problem);
    }
    let cursor = wanted.cursor.map_or(Cursor::Newest, Cursor::OlderThan);
    let limit = wanted.limit.unwrap_or(50).clamp(1, 200);
    let page = app.services.portal_leads_since(&actor, since, cursor, limit).await.map_err(problem)?;
    Ok(Json(json!({ "items": page.rows, "next": page.older })).into_response())
}

/// `GET leads/{id}`: one lead with the personal values that were sent. That it was read is written to the lead's history.
///
/// # Errors
/// 404 for a lead the buyer did not take.
pub async fn show(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    Path(id): Path<String>,
) -> Result<Json<Delivered>, Problem> {
    let id: LeadId = id.parse().map_err(|_| Problem::not_found("There is no such lead of yours."))?;
    app.services.portal_lead(&actor, id).await.map(Json).map_err(problem)
}
