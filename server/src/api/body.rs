//! Reads the body of a submission: JSON or a form, as many bytes as the router lets through, UTF-8.

use crate::{problem::Problem, service::intake};
use axum::{
    body::Body,
    http::{HeaderMap, StatusCode, header::CONTENT_TYPE},
};
use bytes::Bytes;
use http_body_util::{BodyExt, LengthLimitError};
use serde_json::Value;
use std::error::Error;

/// The object in the body.
///
/// # Errors
/// 400 what is not an object in the announced format, 413 too long, 415 another format.
pub async fn read(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    let format = Format::of(headers)?;
    let bytes = bytes(body).await?;
    match format {
        Format::Json => match serde_json::from_slice(&bytes) {
            Ok(object @ Value::Object(_)) => Ok(object),
            Ok(_) => Err(Problem::malformed("The body has to be one JSON object.")),
            Err(error) => Err(Problem::malformed(format!(
                "The body is not JSON: line {}, column {}.",
                error.line(),
                error.column()
            ))),
        },
        Format::Form => intake::read_form(&bytes)
            .map_err(|fault| Problem::malformed(format!("The body is not a form: {}", fault.message))),
    }
}

/// Every byte of a body.
///
/// # Errors
/// 413 too long, 400 when it ends early.
pub async fn bytes(body: Body) -> Result<Bytes, Problem> {
    Ok(body.collect().await.map_err(|error| unreadable(&error))?.to_bytes())
}

/// The object in a body that has to be JSON; an empty body is an empty object.
///
/// # Errors
/// 400 what is not an object, 413 too long, 415 another format.
pub async fn read_json(headers: &HeaderMap, body: Body) -> Result<Value, Problem> {
    if !headers.contains_key(CONTENT_TYPE) {
        let bytes = body.collect().await.map_err(|error| unreadable(&error))?.to_bytes();
        let nothing = || Ok(Value::Object(serde_json::Map::new()));
        return if bytes.is_empty() { nothing() } else { Err(unsupported("Send application/json.")) };
    }
    match Format::of(headers)? {
        Format::Json => read(headers, body).await,
        Format::Form => Err(unsupported("Send application/json.")),
    }
}

/// The text of a body that has to be `text/csv`.
///
/// # Errors
/// 400 what is not UTF-8, 413 too long, 415 another format.
pub async fn read_csv(headers: &HeaderMap, body: Body) -> Result<String, Problem> {
    let kind = headers.get(CONTENT_TYPE).and_then(|kind| kind.to_str().ok()).unwrap_or_default();
    if !kind.to_ascii_lowercase().starts_with("text/csv") {
        return Err(Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "not_csv", "Send the file as text/csv."));
    }
    let bytes = body.collect().await.map_err(|error| unreadable(&error))?.to_bytes();
    String::from_utf8(bytes.into()).map_err(|_| Problem::malformed("The file has to be UTF-8."))
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Format {
    Json,
    Form,
}

impl Format {
    fn of(headers: &HeaderMap) -> Result<Self, Problem> {
        let text = headers.get(CONTENT_TYPE).and_then(|value| value.to_str().ok()).unwrap_or_default();
        let mut parts = text.split(';').map(|part| part.trim().to_ascii_lowercase());
        let kind = parts.next().unwrap_or_default();
        let foreign = parts.any(|part| {
            part.strip_prefix("charset=").is_some_and(|set| !matches!(set.trim_matches('"'), "utf-8" | "utf8"))
        });
        match kind.as_str() {
            _ if foreign => Err(unsupported("Send UTF-8.")),
            "application/json" => Ok(Self::Json),
            "application/x-www-form-urlencoded" => Ok(Self::Form),
            _ => Err(unsupported("Send application/json or application/x-www-form-urlencoded.")),
        }
    }
}

fn unsupported(message: &str) -> Problem {
    Problem::new(StatusCode::UNSUPPORTED_MEDIA_TYPE, "unsupported_media_type", message)
}

fn unreadable(error: &axum::Error) -> Problem {
    let mut cause: Option<&(dyn Error + 'static)> = error.source();
    while let Some(error) = cause {
        if error.is::<LengthLimitError>() {
            return Problem::too_large();
        }
        cause = error.source();
    }
    Problem::malformed("The body ended before it was complete.")
}

#[cfg(test)]
mod tests {
    use super::*;
    use http_body_util::Limited;

    async fn ask(kind: Option<&'static str>, body: Body) -> Result<Value, u16> {
        let mut headers = HeaderMap::new();
        if let Some(kind) = kind {
            headers.insert(CONTENT_TYPE, kind.parse().unwrap());
        }
        read(&headers, body).await.map_err(|problem| problem.status().as_u16())
    }

    #[tokio::test]
    async fn each_fault_has_its_status() {
        let json = Some("application/json; charset=UTF-8");
        assert_eq!(ask(json, Body::from("{\"a\":1}")).await, Ok(serde_json::json!({"a": 1})));
        assert_eq!(ask(json, Body::from("{\"a\":")).await, Err(400));
        assert_eq!(ask(json, Body::from("[1]")).await, Err(400));
        assert_eq!(ask(json, Body::from(&b"{\"a\":\"\xff\"}"[..])).await, Err(400));
        assert_eq!(ask(json, Body::from("[".repeat(100_000))).await, Err(400));
        assert_eq!(ask(Some("text/plain"), Body::from("{}")).await, Err(415));
        assert_eq!(ask(None, Body::from("{}")).await, Err(415));
        assert_eq!(ask(Some("application/json; charset=latin1"), Body::from("{}")).await, Err(415));
        assert_eq!(ask(json, Body::new(Limited::new(Body::from("{\"a\":1}"), 3))).await, Err(413));
    }
}
