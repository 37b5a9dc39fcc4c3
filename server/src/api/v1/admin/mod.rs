//! What programs of operators may do: everything that people may configure, over the same use cases. Every handler
//! takes an operator token and nothing else.

pub mod alerts;
pub mod bench;
pub mod config;
pub mod documents;
pub mod doubts;
pub mod effects;
pub mod endpoints;
pub mod examples;
pub mod exports;
pub mod forms;
pub mod history;
pub mod import;
pub mod keys;
pub mod options;
pub mod presets;
pub mod reports;
pub mod returns;
pub mod templates;
pub mod tests;
pub mod texts;

use crate::{problem::Problem, service::ServiceError, service::admin::Expected};
use axum::{
    Json,
    extract::rejection::QueryRejection,
    http::{HeaderMap, HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use serde::de::DeserializeOwned;
use serde_json::Value;

/// Items of a page when the caller does not say.
const PAGE: u16 = 50;
/// Most items of a page.
const PAGE_MAX: u16 = 200;

/// A page's size from what the caller wants.
fn page(wanted: Option<u16>) -> u16 {
    wanted.unwrap_or(PAGE).clamp(1, PAGE_MAX)
}

/// What a failed use case is told as.
pub fn problem(error: ServiceError) -> Problem {
    let conflict = |code, message: &str| Problem::new(StatusCode::CONFLICT, code, message);
    match error {
        ServiceError::NotFound => Problem::not_found("There is no such thing."),
        ServiceError::Forbidden => Problem::forbidden("The token's role may not do this."),
        ServiceError::Refused(why) => Problem::new(StatusCode::CONFLICT, "refused", sentence(&why)),
        ServiceError::Invalid(fields) => {
            let message = match fields.len() {
                1 => "1 fault keeps this from being configured; nothing was changed.".to_owned(),
                count => format!("{count} faults keep this from being configured; nothing was changed."),
            };
            Problem::new(StatusCode::UNPROCESSABLE_ENTITY, "invalid_configuration", message).about(fields)
        }
        ServiceError::Taken(fields) => conflict("taken", "The name is taken; nothing was changed.").about(fields),
        ServiceError::Stale => {
            let message = "It was changed since you read it. Read it again, and send your change with the new ETag.";
            Problem::new(StatusCode::PRECONDITION_FAILED, "version_conflict", message)
        }
        ServiceError::InUse => conflict("in_use", "Leads or other things name it. Pause it instead: `active` false."),
        ServiceError::FourEyes(why) => Problem::new(StatusCode::FORBIDDEN, "four_eyes", why),
        ServiceError::Busy => Problem::unavailable("unavailable", 1),
        ServiceError::Broken(why) => {
            tracing::error!(why, request = crate::context::request_id(), "configuring failed");
            Problem::internal()
        }
    }
}

fn sentence(why: &str) -> String {
    format!("{}.", why.trim_end_matches('.'))
}

/// The version in `If-Match`: `"3"`, or `*` for whatever is there; none when the header is not sent.
///
/// # Errors
/// 400 for anything else.
fn if_match(headers: &HeaderMap) -> Result<Option<Expected>, Problem> {
    let malformed = || Problem::malformed("If-Match is one ETag as it was sent, such as \"3\", or *.");
    let Some(tag) = tag(headers)? else { return Ok(None) };
    match tag.as_str() {
        "*" => Ok(Some(Expected::Any)),
        version => version.parse().map(Expected::Version).map(Some).map_err(|_| malformed()),
    }
}

/// The text of `If-Match` without its quotes.
fn tag(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get(header::IF_MATCH) else { return Ok(None) };
    let text = value.to_str().map_err(|_| Problem::malformed("If-Match is an ETag."))?.trim();
    Ok(Some(text.trim_start_matches("W/").trim_matches('"').to_owned()))
}

/// A change of the whole has to name what it was made from: it would overwrite what somebody else did meanwhile.
fn required(expected: Option<Expected>) -> Result<Expected, Problem> {
    let message = "Send If-Match with the ETag you read, or * to overwrite whatever is there.";
    expected.ok_or_else(|| Problem::new(StatusCode::PRECONDITION_REQUIRED, "if_match_required", message))
}

/// A body with its ETag.
fn tagged(status: StatusCode, tag: &str, body: Value) -> Response {
    let mut response = (status, Json(body)).into_response();
    if let Ok(tag) = HeaderValue::from_str(&format!("\"{tag}\"")) {
        response.headers_mut().insert(header::ETAG, tag);
    }
    response.headers_mut().insert(header::CACHE_CONTROL, HeaderValue::from_static("no-store"));
    response
}

/// A query, or what is wrong with it.
fn query<T>(read: Result<axum::extract::Query<T>, QueryRejection>) -> Result<T, Problem> {
    read.map(|query| query.0).map_err(|_| Problem::malformed("The query has a parameter that is not understood."))
}

/// A small body of known members.
fn members<T: DeserializeOwned>(body: Value, what: &str) -> Result<T, Problem> {
    serde_json::from_value(body).map_err(|_| Problem::malformed(format!("The body has to be {what}.")))
}
