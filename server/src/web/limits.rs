//! Nobody makes us read more than a body may have.

use crate::problem::Problem;
use axum::{
    body::Body,
    extract::Request,
    http::header::CONTENT_LENGTH,
    middleware::Next,
    response::{IntoResponse, Response},
};
use http_body_util::Limited;

/// Most bytes of a request's body.
pub const BODY_LIMIT: usize = 256 * 1024;

/// Most bytes of a tenant's whole configuration.
const CONFIGURATION_LIMIT: usize = 4 * 1024 * 1024;

/// Refuses a body that is announced as too long at once, and stops reading one that turns out to be.
pub async fn layer(request: Request, next: Next) -> Response {
    let limit = if request.uri().path() == "/api/v1/admin/config" { CONFIGURATION_LIMIT } else { BODY_LIMIT };
    let announced = request.headers().get(CONTENT_LENGTH).and_then(|value| value.to_str().ok()?.parse::<u64>().ok());
    if announced.is_some_and(|bytes| bytes > limit as u64) {
        return Problem::too_large().into_response();
    }
    next.run(request.map(|body| Body::new(Limited::new(body, limit)))).await
}
