//! `POST /api/v1/validate/email`: whether a text can be an e-mail address.

use super::{text, told};
use crate::{api::auth::Sender, problem::Problem, state::AppState};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use exchange::lead::advice;
use serde_json::Value;

/// Answers what can be said of `{"email": "…"}` without asking anybody.
///
/// # Errors
/// 400, 401, 403, 413, 415, 429.
pub async fn handle(
    State(app): State<AppState>,
    sender: Sender,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let text = text(&app, &sender, &headers, body, "email").await?;
    Ok(told("email", &advice::email(&text)))
}
