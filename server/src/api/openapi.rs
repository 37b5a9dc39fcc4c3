//! `GET /api/openapi.json`: the document for machines and their authors. Written by hand; a test holds it to the router.

use axum::{http::header, response::IntoResponse};

/// The whole document.
pub const DOCUMENT: &str = include_str!("openapi.json");

/// Answers the document.
pub async fn handle() -> impl IntoResponse {
    let headers = [(header::CONTENT_TYPE, "application/json"), (header::CACHE_CONTROL, "public, max-age=300")];
    (headers, DOCUMENT)
}
