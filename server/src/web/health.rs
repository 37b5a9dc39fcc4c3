//! `/healthz`: the process lives. `/readyz`: it can take leads.

use crate::{problem::Problem, state::AppState};
use axum::{Json, extract::State};
use serde_json::{Value, json};

/// Answers as long as the process can answer at all.
pub async fn alive() -> Json<Value> {
    Json(json!({ "status": "ok" }))
}

/// Answers 200 while leads are taken.
///
/// # Errors
/// 503 naming what is missing: store, pipeline, or that the server is stopping.
pub async fn ready(State(app): State<AppState>) -> Result<Json<Value>, Problem> {
    let missing = if app.stop.is_cancelled() {
        Some("stopping")
    } else if !app.services.pipeline_ready() {
        Some("pipeline")
    } else if app.services.store_answers().await {
        None
    } else {
        Some("store")
    };
    match missing {
        None => Ok(Json(json!({ "status": "ready" }))),
        Some(what) => Err(Problem::unavailable(what, 1)),
    }
}
