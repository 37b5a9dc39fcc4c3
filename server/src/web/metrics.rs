//! `/metrics` for Prometheus, on a listener of its own: figures are nobody's business on the public one.

use crate::{state::AppState, telemetry::metrics::Exposition};
use axum::{
    Router,
    extract::State,
    http::header::CONTENT_TYPE,
    response::{IntoResponse, Response},
    routing::get,
};

/// The router of that listener.
pub fn metrics_router(app: &AppState) -> Router {
    Router::new().route("/metrics", get(handle)).with_state(app.clone())
}

async fn handle(State(app): State<AppState>) -> Response {
    let mut text = Exposition::default();
    text.gauge("gavel_in_flight", "Leads in the pipeline.", app.services.in_flight());
    let limit = app.services.in_flight_limit();
    text.gauge("gavel_in_flight_limit", "Leads that there is room for at this moment.", limit);
    app.services.stats().expose(&mut text);
    ([(CONTENT_TYPE, "text/plain; version=0.0.4; charset=utf-8")], text.finish()).into_response()
}
