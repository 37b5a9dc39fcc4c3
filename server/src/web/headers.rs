//! Security headers on every answer, errors and files included.

use crate::security::policy;
use axum::{
    extract::{Request, State},
    http::{
        HeaderMap, HeaderName, HeaderValue,
        header::{
            CACHE_CONTROL, CONTENT_SECURITY_POLICY, REFERRER_POLICY, STRICT_TRANSPORT_SECURITY, X_CONTENT_TYPE_OPTIONS,
            X_FRAME_OPTIONS,
        },
    },
    middleware::Next,
    response::Response,
};

const PERMISSIONS_POLICY: HeaderName = HeaderName::from_static("permissions-policy");
const COOP: HeaderName = HeaderName::from_static("cross-origin-opener-policy");
const CORP: HeaderName = HeaderName::from_static("cross-origin-resource-policy");

/// Adds what a handler did not set itself.
pub async fn layer(State(secure): State<Secure>, request: Request, next: Next) -> Response {
    let mut response = next.run(request).await;
    let headers = response.headers_mut();
    fill(headers, CONTENT_SECURITY_POLICY, policy::NOTHING);
    fill(headers, X_CONTENT_TYPE_OPTIONS, "nosniff");
    fill(headers, X_FRAME_OPTIONS, "DENY");
    fill(headers, REFERRER_POLICY, "same-origin");
    fill(headers, PERMISSIONS_POLICY, "camera=(), geolocation=(), microphone=(), payment=(), usb=()");
    fill(headers, COOP, "same-origin");
    fill(headers, CORP, "same-origin");
    fill(headers, CACHE_CONTROL, "no-store");
    if secure.0 {
        fill(headers, STRICT_TRANSPORT_SECURITY, "max-age=31536000; includeSubDomains");
    }
    response
}

/// Whether browsers reach the server over TLS.
#[derive(Debug, Clone, Copy)]
pub struct Secure(pub bool);

fn fill(headers: &mut HeaderMap, name: HeaderName, value: &'static str) {
    headers.entry(name).or_insert(HeaderValue::from_static(value));
}
