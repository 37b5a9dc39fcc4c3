//! `/api/v1/admin/doubts`: posts of unknown outcome, resolved one by one or by a file from the buyer.

use super::{members, problem};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::doubts::Verdicts,
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::HeaderMap,
};
use model::{AttemptId, LeadId, Micros, lead::LeadState};
use serde::Deserialize;
use serde_json::{Value, json};

/// `GET doubts`: every post in doubt, oldest first.
///
/// # Errors
/// When the store cannot be asked.
pub async fn list(State(app): State<AppState>, Operator(actor): Operator) -> Result<Json<Value>, Problem> {
    let items = app.services.doubts(&actor).await.map_err(problem)?;
    let items = items.iter().map(|one| {
        json!({
            "lead_id": one.lead_id, "attempt_id": one.attempt_id, "at": one.at.to_string(), "buyer": one.buyer,
            "contract": one.contract, "campaign": one.campaign, "price": one.price, "silent": one.silent,
        })
    });
    Ok(Json(json!({ "items": items.collect::<Vec<_>>() })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    accepted: bool,
    #[serde(default)]
    paid: Option<String>,
}

/// `POST doubts/{lead}/{attempt}`: what became of a post; `paid` in decimals when it is not what was reserved.
///
/// # Errors
/// 400 for an amount that cannot be read; 409 when it is known already.
pub async fn resolve(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path((lead, attempt)): Path<(String, String)>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Value>, Problem> {
    let said: Said = members(body::read_json(&headers, sent).await?, "`{\"accepted\": true, \"paid\": \"12.50\"}`")?;
    let ids = lead.parse::<LeadId>().ok().zip(attempt.parse::<AttemptId>().ok());
    let ids = ids.ok_or_else(|| Problem::not_found("There is no such post."))?;
    let paid = said.paid.as_deref().map(str::parse::<Micros>).transpose();
    let paid = paid.map_err(|_| Problem::malformed("`paid` is an amount such as \"12.50\"."))?;
    let state: LeadState = app.services.resolve_doubt(&actor, ids, said.accepted, paid).await.map_err(problem)?;
    Ok(Json(json!({ "state": state.name() })))
}

/// `POST doubts`: a CSV with the columns `lead`, `verdict` (`accepted`, `rejected`) and, where they matter, `attempt` and
/// `paid`; a row a post. Every row that can be is resolved, and every other is named with what is wrong.
///
/// # Errors
/// 400 without a header that names the columns; 415 for anything but `text/csv`.
pub async fn file(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Value>, Problem> {
    let verdicts = Verdicts::read(&body::read_csv(&headers, sent).await?).map_err(Problem::malformed)?;
    let done = app.services.resolve_doubts(&actor, verdicts).await.map_err(problem)?;
    Ok(Json(json!({ "resolved": done.resolved, "faults": done.faults })))
}
