//! Errors as every caller sees them: a status, a code, a sentence, every bad field, and the request's id.

use crate::context;
use axum::{
    Json,
    http::{HeaderValue, StatusCode, header::RETRY_AFTER},
    response::{IntoResponse, Response},
};
use model::{ApiError, FieldError};
use serde::Serialize;

/// An error answer. Its text never carries personal values or internals.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Problem {
    status: StatusCode,
    code: &'static str,
    message: String,
    fields: Vec<FieldError>,
    retry_after_s: Option<u32>,
}

#[derive(Serialize)]
struct Body {
    error: ApiError,
}

impl Problem {
    /// An error with a status of its own.
    #[must_use]
    pub fn new(status: StatusCode, code: &'static str, message: impl Into<String>) -> Self {
        Self { status, code, message: message.into(), fields: Vec::new(), retry_after_s: None }
    }

    /// 400: the request could not be read at all.
    #[must_use]
    pub fn malformed(message: impl Into<String>) -> Self {
        Self::new(StatusCode::BAD_REQUEST, "malformed", message)
    }

    /// 401: no key, or none that is known and valid.
    #[must_use]
    pub fn unauthorized() -> Self {
        let message = "Send a valid API key as `Authorization: Bearer …` or `X-Api-Key: …`.";
        Self::new(StatusCode::UNAUTHORIZED, "unauthorized", message)
    }

    /// 403: known, but not allowed.
    #[must_use]
    pub fn forbidden(message: impl Into<String>) -> Self {
        Self::new(StatusCode::FORBIDDEN, "forbidden", message)
    }

    /// 404: no such thing for this caller.
    #[must_use]
    pub fn not_found(message: impl Into<String>) -> Self {
        Self::new(StatusCode::NOT_FOUND, "not_found", message)
    }

    /// 413: more bytes than are read.
    #[must_use]
    pub fn too_large() -> Self {
        Self::new(StatusCode::PAYLOAD_TOO_LARGE, "too_large", "A body has at most 256 kB, a whole configuration 4 MB.")
    }

    /// The same, with the fields it is about.
    #[must_use]
    pub fn about(self, fields: Vec<FieldError>) -> Self {
        Self { fields, ..self }
    }

    /// 422: every field that could not be read.
    #[must_use]
    pub fn invalid(fields: Vec<FieldError>) -> Self {
        let message = match fields.len() {
            1 => "1 field could not be read.".to_owned(),
            count => format!("{count} fields could not be read."),
        };
        Self { fields, ..Self::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_lead", message) }
    }

    /// 429: too often.
    #[must_use]
    pub fn too_many(retry_after_s: u32) -> Self {
        let message = "Too many requests. Wait as long as Retry-After says.";
        Self::new(StatusCode::TOO_MANY_REQUESTS, "too_many_requests", message).after(retry_after_s)
    }

    /// 503: no room, or something we need is not there; nothing was done.
    #[must_use]
    pub fn unavailable(code: &'static str, retry_after_s: u32) -> Self {
        let message = "No room at this moment; nothing was stored. Send it again when Retry-After says.";
        Self::new(StatusCode::SERVICE_UNAVAILABLE, code, message).after(retry_after_s)
    }

    /// 500: our fault. The cause is in the log under the request's id and nowhere else.
    #[must_use]
    pub fn internal() -> Self {
        let message = "Something went wrong on our side. Quote the request id when you ask about it.";
        Self::new(StatusCode::INTERNAL_SERVER_ERROR, "internal", message)
    }

    /// The same, to be tried again after so many seconds.
    #[must_use]
    pub fn after(self, seconds: u32) -> Self {
        Self { retry_after_s: Some(seconds), ..self }
    }

    /// The sentence.
    #[must_use]
    pub fn message(&self) -> &str {
        &self.message
    }

    /// After how many seconds it may be tried again, when that is known.
    #[must_use]
    pub const fn retry_after_s(&self) -> Option<u32> {
        self.retry_after_s
    }

    /// What it says, as it is sent.
    #[must_use]
    pub fn body(&self) -> serde_json::Value {
        serde_json::json!(Body { error: self.error() })
    }

    fn error(&self) -> ApiError {
        ApiError {
            code: self.code.to_owned(),
            message: self.message.clone(),
            fields: self.fields.clone(),
            request_id: context::request_id(),
        }
    }

    /// The HTTP status.
    #[must_use]
    pub const fn status(&self) -> StatusCode {
        self.status
    }
}

impl IntoResponse for Problem {
    fn into_response(self) -> Response {
        let mut response = (self.status, Json(Body { error: self.error() })).into_response();
        if let Some(seconds) = self.retry_after_s {
            response.headers_mut().insert(RETRY_AFTER, HeaderValue::from(seconds));
        }
        response
    }
}
