//! `POST /api/v1/validate/phone`: whether a text can be a phone number.

use super::{text, told};
use crate::{api::auth::Sender, problem::Problem, state::AppState};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use exchange::lead::advice;
use serde_json::Value;

/// Answers what can be said of `{"phone": "…"}` without asking anybody.
///
/// # Errors
/// 400, 401, 403, 413, 415, 429.
pub async fn handle(
    State(app): State<AppState>,
    sender: Sender,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let text = text(&app, &sender, &headers, body, "phone").await?;
    Ok(told("phone", &advice::phone(&text)))
}
