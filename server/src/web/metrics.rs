//! `/metrics` for Prometheus, on a listener of its own: figures are nobody's business on the public one.

use crate::state::AppState;
use axum::{
    Router,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::get,
};
use std::fmt::Write;

/// The router of that listener.
pub fn metrics_router(app: &AppState) -> Router {
    Router::new().route("/metrics", get(handle)).with_state(app.clone())
}

async fn handle(State(app): State<AppState>) -> Response {
    let mut text = String::new();
    let _ = write!(
        text,
        "# HELP gavel_in_flight Leads in the pipeline.\n# TYPE gavel_in_flight gauge\ngavel_in_flight {}\n",
        app.services.in_flight()
    );
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text).into_response()
}
