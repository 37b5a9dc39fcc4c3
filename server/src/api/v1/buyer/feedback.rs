//! `POST /api/v1/buyer/leads/{id}/feedback`: what became of a lead.

use super::problem_about;
use crate::{
    api::{auth::BuyerToken, body},
    problem::Problem,
    service::feedback::Saying,
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, State},
    http::{HeaderMap, StatusCode},
};
use model::{LeadId, feedback::Feedback};
use serde::Deserialize;
use serde_json::Value;

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Said {
    #[serde(default)]
    r#type: String,
    #[serde(default)]
    value: Value,
}

/// Takes `{"type": "converted", "value": "1200.00"}`; `value` is an amount, for `quoted` and `converted`, or nothing. The
/// latest word on a lead counts. 201 with what was taken down.
///
/// # Errors
/// 400, 404; 422 with every fault.
pub async fn say(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<(StatusCode, Json<Feedback>), Problem> {
    let id: LeadId = id.parse().map_err(|_| Problem::not_found("There is no such lead of yours."))?;
    let malformed = || Problem::malformed("The body has to be `{\"type\": \"converted\", \"value\": \"1200.00\"}`.");
    let said: Said = serde_json::from_value(body::read_json(&headers, sent).await?).map_err(|_| malformed())?;
    let value = match said.value {
        Value::Null => String::new(),
        Value::String(text) => text,
        Value::Number(number) => number.to_string(),
        _ => return Err(malformed()),
    };
    let saying = Saying { kind: said.r#type, value };
    let about = ("invalid_feedback", "The feedback was not taken; each fault is named.");
    let taken = app.services.say(&actor, id, &saying).await.map_err(|error| problem_about(error, about))?;
    Ok((StatusCode::CREATED, Json(taken)))
}
