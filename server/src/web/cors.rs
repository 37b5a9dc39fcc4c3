//! What a page of another site may do from its script (fetch.spec.whatwg.org, "CORS protocol"): send a lead and have values
//! checked, when its origin stands with a publishable key. Everything else stays closed to scripts of other sites.

use crate::state::AppState;
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderValue, Method, StatusCode,
        header::{
            ACCESS_CONTROL_ALLOW_HEADERS, ACCESS_CONTROL_ALLOW_METHODS, ACCESS_CONTROL_ALLOW_ORIGIN,
            ACCESS_CONTROL_EXPOSE_HEADERS, ACCESS_CONTROL_MAX_AGE, ACCESS_CONTROL_REQUEST_METHOD, ORIGIN, VARY,
        },
    },
    middleware::Next,
    response::{IntoResponse, Response},
};

/// How long a browser may remember that it was allowed, in seconds.
const REMEMBERED: HeaderValue = HeaderValue::from_static("600");
const HEADERS: HeaderValue = HeaderValue::from_static("authorization, content-type, idempotency-key, x-api-key");
const SHOWN: HeaderValue = HeaderValue::from_static("retry-after, x-request-id");

/// Answers a browser's question before a request, and lets the page read the answer to the request, refusals included. A
/// question carries no key, so every origin of any publishable key is told yes; the key itself is judged with the request.
pub async fn layer(State(app): State<AppState>, request: Request, next: Next) -> Response {
    if !is_open(request.uri().path()) {
        return next.run(request).await;
    }
    let origin = request.headers().get(ORIGIN).cloned();
    let allowed = origin.filter(|origin| origin.to_str().is_ok_and(|origin| app.services.is_origin(origin)));
    let asks = *request.method() == Method::OPTIONS && request.headers().contains_key(ACCESS_CONTROL_REQUEST_METHOD);
    let sends = *request.method() == Method::POST;
    let mut response = if asks { question(allowed.is_some()) } else { next.run(request).await };
    let headers = response.headers_mut();
    headers.append(VARY, HeaderValue::from_static("origin"));
    if let Some(origin) = allowed.filter(|_| asks || sends) {
        headers.insert(ACCESS_CONTROL_ALLOW_ORIGIN, origin);
        headers.insert(ACCESS_CONTROL_EXPOSE_HEADERS, SHOWN);
    }
    response
}

fn is_open(path: &str) -> bool {
    path == "/api/v1/leads" || path.starts_with("/api/v1/validate/")
}

fn question(allowed: bool) -> Response {
    if !allowed {
        return StatusCode::FORBIDDEN.into_response();
    }
    let mut headers = HeaderMap::new();
    headers.insert(ACCESS_CONTROL_ALLOW_METHODS, HeaderValue::from_static("POST"));
    headers.insert(ACCESS_CONTROL_ALLOW_HEADERS, HEADERS);
    headers.insert(ACCESS_CONTROL_MAX_AGE, REMEMBERED);
    (StatusCode::NO_CONTENT, headers).into_response()
}
