//! Around every request: an id, one log line, and no panic that leaves a caller without an answer.

use crate::{context, problem::Problem, state::AppState};
use axum::{
    extract::{MatchedPath, Request, State},
    http::{HeaderName, HeaderValue, StatusCode},
    middleware::Next,
    response::{IntoResponse, Response},
};
use futures::FutureExt;
use std::panic::AssertUnwindSafe;
use tokio::time::Instant;

const X_REQUEST_ID: HeaderName = HeaderName::from_static("x-request-id");

/// The outermost layer. The log line has the route, never the path or the query: those may carry what a person typed.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    context::under_new_id(&*app.clock, async |id| {
        let began = Instant::now();
        let method = request.method().clone();
        let answered = AssertUnwindSafe(next.run(request)).catch_unwind().await;
        let mut response = answered.unwrap_or_else(|_| {
            tracing::error!(%id, "a handler panicked");
            Problem::internal().into_response()
        });
        if let Ok(value) = HeaderValue::try_from(id.to_string()) {
            response.headers_mut().insert(X_REQUEST_ID, value);
        }
        let took = began.elapsed();
        if response.status() == StatusCode::SERVICE_UNAVAILABLE {
            app.services.stats().told_to_come_back(took);
        }
        let (status, ms) = (response.status().as_u16(), u64::try_from(took.as_millis()).unwrap_or(u64::MAX));
        let route = response.extensions().get::<MatchedPath>().map_or("-", MatchedPath::as_str);
        tracing::debug!(%id, %method, route, status, ms, "answered");
        response
    })
    .await
}

/// An inner layer that hands the matched route outwards to the log line.
pub async fn route(request: Request, next: Next) -> Response {
    let route = request.extensions().get::<MatchedPath>().cloned();
    let mut response = next.run(request).await;
    if let Some(route) = route {
        response.extensions_mut().insert(route);
    }
    response
}
