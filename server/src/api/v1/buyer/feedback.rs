//! `POST /api/v1/buyer/leads/{id}/feedback`: what became of a lead.

use super::problem_about;
use crate::{
    api::{auth::BuyerToken, body},
    problem::Problem,
    service::{ServiceError, feedback::Said},
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use model::{LeadId, Micros};
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Sent {
    #[serde(rename = "type", default)]
    kind: String,
    #[serde(default)]
    value: Option<String>,
    #[serde(default)]
    note: String,
}

/// Keeps `{"type": "converted", "value": "120.00", "note": "…"}` with the lead: 201.
///
/// # Errors
/// 404 for a lead the buyer did not take; 422 with every fault.
pub async fn handle(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let id: LeadId = id.parse().map_err(|_| Problem::not_found("There is no such lead of yours."))?;
    let shape = "The body has to be `{\"type\": \"converted\", \"value\": \"120.00\", \"note\": \"…\"}`.";
    let sent = body::read_json(&headers, sent).await?;
    let sent: Sent = serde_json::from_value(sent).map_err(|_| Problem::malformed(shape))?;
    let about = ("invalid_feedback", "The feedback was not taken; each fault is named.");
    let told = |error| problem_about(error, about);
    let said = Said::read(&sent.kind, sent.value.as_deref(), sent.note);
    let said = said.map_err(|faults| told(ServiceError::Invalid(faults)))?;
    app.services.feedback(&actor, id, &said).await.map_err(told)?;
    let Said { kind, value, note } = said;
    let told = json!({ "lead_id": id, "type": kind, "value": value.map(Micros::to_decimal), "note": note });
    Ok((StatusCode::CREATED, Json(told)))
}
