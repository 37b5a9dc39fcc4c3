//! `/api/v1/admin/returns`: what buyers want to give back, deciding about it, and taking a lead back unasked.

use super::{members, page, problem, query};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::{
        Asked,
        returns::{after, place},
    },
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
};
use model::{AttemptId, LeadId, returns::ReturnState};
use serde::Deserialize;
use serde_json::{Value, json};

/// The query of a list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    state: Option<String>,
    after: Option<String>,
    limit: Option<u16>,
}

/// `GET returns`: `state` (`requested`, oldest first; `approved`, `denied` or all, newest first), `after` (what `next` said),
/// `limit`.
///
/// # Errors
/// 400 for another state.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    let state = wanted.state.as_deref().map(str::parse::<ReturnState>).transpose();
    let state = state.map_err(|why| Problem::malformed(format!("{why}.")))?;
    let limit = page(wanted.limit);
    let found = app.services.returns(&actor, state, after(wanted.after.as_deref()), limit).await.map_err(problem)?;
    let next = found.last().filter(|_| found.len() == usize::from(limit)).map(|row| place(&row.asked));
    Ok(Json(json!({ "items": found, "next": next })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Decision {
    approve: bool,
    #[serde(default)]
    answer: String,
}

/// `POST returns/{lead}/{attempt}`: agrees to a return or does not.
///
/// # Errors
/// 404; 409 when it is decided already.
pub async fn decide(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path((lead, attempt)): Path<(String, String)>,
    headers: HeaderMap,
    sent: Body,
) -> Result<StatusCode, Problem> {
    let decision: Decision =
        members(body::read_json(&headers, sent).await?, "`{\"approve\": true, \"answer\": \"…\"}`")?;
    let ids = lead.parse::<LeadId>().ok().zip(attempt.parse::<AttemptId>().ok());
    let ids = ids.ok_or_else(|| Problem::not_found("There is no such return."))?;
    app.services.decide_return(&actor, ids, decision.approve, &decision.answer).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Credit {
    #[serde(default)]
    attempt_id: Option<AttemptId>,
    reason: String,
    #[serde(default)]
    note: String,
}

/// `POST leads/{id}/return`: takes a lead back from its buyer; `attempt_id` says from whom when several have it.
///
/// # Errors
/// 404; 409 when nobody has it, or several and none is named; 422 with every fault of reason and note.
pub async fn credit(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(lead): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<StatusCode, Problem> {
    let credit: Credit = members(body::read_json(&headers, sent).await?, "`{\"reason\": \"…\", \"note\": \"…\"}`")?;
    let lead: LeadId = lead.parse().map_err(|_| Problem::not_found("There is no such lead."))?;
    let standing = app.services.standing(&actor, lead).await.map_err(problem)?;
    let refused = |why: &str| Problem::new(StatusCode::CONFLICT, "refused", why);
    let attempt = match (credit.attempt_id, standing.as_slice()) {
        (Some(attempt), _) => attempt,
        (None, [one]) => one.attempt_id,
        (None, []) => return Err(refused("No buyer has this lead.")),
        (None, _) => return Err(refused("Several buyers have this lead: name the `attempt_id`.")),
    };
    let asked = Asked { reason: credit.reason, note: credit.note };
    app.services.credit(&actor, (lead, attempt), &asked).await.map_err(problem)?;
    Ok(StatusCode::NO_CONTENT)
}
