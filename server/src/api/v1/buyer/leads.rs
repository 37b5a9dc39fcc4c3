//! `/api/v1/buyer/leads`: what the buyer took.

use super::problem;
use crate::{api::auth::BuyerToken, problem::Problem, state::AppState};
use axum::{
    Json,
    extract::{Path, Query, State, rejection::QueryRejection},
};
use model::{LeadId, Timestamp, page::Cursor, portal::Delivered};
use serde::Deserialize;
use serde_json::{Value, json};

/// The query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    since: Option<String>,
    cursor: Option<String>,
    limit: Option<u16>,
}

/// `GET leads`: newest first, personal values masked; `since` an instant (RFC 3339), `cursor` what `next` said, `limit` 1
/// to 200.
///
/// # Errors
/// 400 for a query that is not understood.
pub async fn list(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let malformed = || Problem::malformed("The query takes `since` (2026-05-07T00:00:00Z), `cursor` and `limit`.");
    let Query(wanted) = wanted.map_err(|_| malformed())?;
    let since = wanted.since.as_deref().map(str::parse::<jiff::Timestamp>).transpose().map_err(|_| malformed())?;
    let since = since.map(|at| Timestamp(at.as_microsecond()));
    let cursor = wanted.cursor.map_or(Cursor::Newest, Cursor::OlderThan);
    let limit = wanted.limit.unwrap_or(50).clamp(1, 200);
    let page = app.services.portal_leads_since(&actor, since, cursor, limit).await.map_err(problem)?;
    Ok(Json(json!({ "items": page.rows, "next": page.older })))
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
