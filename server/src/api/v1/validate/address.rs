//! `POST /api/v1/validate/address`: whether texts can be a postal address of the United States, and agree with each other.

use super::{asked, told};
use crate::{api::auth::Sender, problem::Problem, state::AppState};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use exchange::lead::advice::{self, Address};
use serde_json::Value;

/// Answers what can be said of `{"address", "city", "state", "zip"}` without asking anybody.
///
/// # Errors
/// 400, 401, 403, 413, 415, 429.
pub async fn handle(
    State(app): State<AppState>,
    sender: Sender,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Value>, Problem> {
    let asked = asked(&app, &sender, &headers, body).await?;
    let given: Address = serde_json::from_value(asked)
        .map_err(|_| Problem::malformed("Send `{\"address\", \"city\", \"state\", \"zip\"}`, each a text."))?;
    Ok(told("address", &advice::address(&given)))
}
