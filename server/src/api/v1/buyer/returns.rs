//! `/api/v1/buyer/…/return` and `/returns`: giving leads back.

use super::problem;
use crate::{
    api::{auth::BuyerToken, body},
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
use model::{LeadId, returns::Return};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    #[serde(default)]
    reason: String,
    #[serde(default)]
    note: String,
}

/// `POST leads/{id}/return`: asks to give a lead back. 201 with how it stands: taken back at once, or waiting.
///
/// # Errors
/// 404; 409 when it cannot be given back (any more); 422 with every fault of reason and note.
pub async fn ask(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<(StatusCode, Json<Return>), Problem> {
    let id: LeadId = id.parse().map_err(|_| Problem::not_found("There is no such lead of yours."))?;
    let malformed = || Problem::malformed("The body has to be `{\"reason\": \"bad_phone\", \"note\": \"…\"}`.");
    let wish: Wish = serde_json::from_value(body::read_json(&headers, sent).await?).map_err(|_| malformed())?;
    let asked = Asked { reason: wish.reason, note: wish.note };
    let made = app.services.ask_return(&actor, id, &asked).await.map_err(problem)?;
    Ok((StatusCode::CREATED, Json(Return { decided_by: String::new(), ..made })))
}

/// The query of the list.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    cursor: Option<String>,
    limit: Option<u16>,
}

/// `GET returns`: what the buyer asked for, newest first; `cursor` what `next` said.
///
/// # Errors
/// 400 for a query that is not understood.
pub async fn list(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let Query(wanted) = wanted.map_err(|_| Problem::malformed("The query takes `cursor` and `limit`."))?;
    let limit = wanted.limit.unwrap_or(50).clamp(1, 200);
    let found = app.services.own_returns(&actor, after(wanted.cursor.as_deref()), limit).await.map_err(problem)?;
    let next = found.last().filter(|_| found.len() == usize::from(limit)).map(|row| place(&row.asked));
    let items: Vec<Value> = found
        .iter()
        .map(|row| {
            let asked = &row.asked;
            json!({
                "lead_id": asked.lead_id, "state": asked.state, "reason": asked.reason, "note": asked.note,
                "asked_at": asked.asked_at.to_string(), "decided_at": asked.decided_at.map(|at| at.to_string()), "answer": asked.answer,
                "contract": row.contract, "campaign": row.campaign, "taken_at": row.taken_at.to_string(), "paid": row.paid,
            })
        })
        .collect();
    Ok(Json(json!({ "items": items, "next": next })))
}
