//! `POST /api/v1/buyer/leads/{id}/feedback`: what became of a lead.

use super::problem;
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
use model::{FieldError, LeadId, Micros, feedback::Feedback};
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
    let mut faults = Vec::new();
    let kind = sent.kind.parse::<Feedback>();
    let value = sent.value.as_deref().map(str::parse::<Micros>).transpose();
    if let Err(known) = &kind {
        faults.push(FieldError::new("type", "not_allowed", format!("{}.", capital(known))));
    }
    if value.is_err() {
        faults.push(FieldError::new("value", "not_allowed", "A value is a decimal such as 120.00."));
    }
    let (Ok(kind), Ok(value)) = (kind, value) else { return Err(problem(ServiceError::Invalid(faults))) };
    let said = Said { kind, value, note: sent.note };
    app.services.feedback(&actor, id, &said).await.map_err(problem)?;
    let told = json!({ "lead_id": id, "type": kind, "value": value.map(Micros::to_decimal), "note": said.note });
    Ok((StatusCode::CREATED, Json(told)))
}

fn capital(text: &str) -> String {
    let mut letters = text.chars();
    letters.next().map_or_else(String::new, |first| first.to_uppercase().to_string() + letters.as_str())
}
