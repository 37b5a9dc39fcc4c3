//! `/api/hooks/{format}/{hook_token}`: what form tools and lead ads send. The token is the credential; where the sender
//! signs, its signature has to be right as well.

use super::{auth::within_limits, body};
use crate::{problem::Problem, state::AppState};
use axum::{
    extract::{Path, Request, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use connectors::intake::{self, Delivery, Event, HookFormat, NO_DATA, Outcome};

/// Answers as soon as what was sent is stored: 200 for everything that sending it again would not change.
///
/// # Errors
/// 404 for an unknown or revoked token, 401 and 403 for a wrong signature or key, 400 for what cannot be read, 429 and 503
/// with `Retry-After` when it has to be sent again.
pub async fn handle(
    State(app): State<AppState>,
    Path((format, token)): Path<(String, String)>,
    request: Request,
) -> Result<Response, Problem> {
    let nothing = || Problem::not_found("There is nothing at this path.");
    let format: HookFormat = format.parse().map_err(|_| nothing())?;
    let hook = app.services.hook(format, &token).ok_or_else(nothing)?;
    within_limits(&app, &hook.caller).map_err(Problem::too_many)?;
    let (parts, body) = request.into_parts();
    if parts.method == Method::HEAD || (parts.method == Method::GET && format != HookFormat::Meta) {
        return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", "Send it as POST."));
    }
    let bytes = body::bytes(body).await?;
    let content_type = parts.headers.get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let signs = !hook.secret.is_empty() && format != HookFormat::Google && parts.method == Method::POST;
    if signs && !signed(&hook.secret, &bytes, &parts.headers) {
        return Err(Problem::new(
            StatusCode::UNAUTHORIZED,
            "bad_signature",
            "The signature of this body is missing or wrong.",
        ));
    }
    let request = intake::Request {
        method: parts.method.as_str(),
        path: "",
        query: parts.uri.query().unwrap_or_default(),
        content_type: content_type.unwrap_or_default(),
        accept: "",
        key: None,
        body: &bytes,
    };
    let read = intake::read_hook(format, &request);
    let events = match read {
        Ok(Delivery::Challenge { token: told, challenge }) => return verified(&token, &told, challenge),
        Ok(Delivery::Keyed { key, event }) => {
            let wanted: &[u8] = if hook.secret.is_empty() { token.as_bytes() } else { &hook.secret };
            if !same(key.as_bytes(), wanted) {
                let message = r#"{"message":"wrong google_key"}"#;
                return Ok(
                    (StatusCode::FORBIDDEN, [(header::CONTENT_TYPE, "application/json")], message).into_response()
                );
            }
            vec![*event]
        }
        Ok(Delivery::Events(events)) => events,
        Err(fault) => return Err(Problem::malformed(format!("The body is not {}: {}.", fault.format, fault.why))),
    };
    let mut outcomes = Vec::with_capacity(events.len());
    for event in &events {
        outcomes.push(taken(&app, &hook, event, &bytes).await?);
    }
    let (status, body) = intake::answer_hook(format, &outcomes);
    let status = StatusCode::from_u16(status).unwrap_or(StatusCode::OK);
    Ok((status, [(header::CONTENT_TYPE, "application/json")], body).into_response())
}

async fn taken(
    app: &AppState,
    hook: &crate::service::intake::Hook,
    event: &Event,
    bytes: &[u8],
) -> Result<Outcome, Problem> {
    if event.empty {
        let reason = if hook.format == HookFormat::Meta { NO_DATA } else { "empty" };
        return Ok(Outcome::Rejected(reason, Vec::new()));
    }
    let taken = app.services.take_event(hook, event, bytes).await;
    match taken.map_err(|seconds| Problem::unavailable("overloaded", seconds))? {
        // A test of the connection has to succeed, whatever invented values it carries.
        Outcome::Rejected(..) if event.test && hook.format == HookFormat::Google => Ok(Outcome::Stored(String::new())),
        outcome => Ok(outcome),
    }
}

/// Meta was given the token of the address to repeat.
fn verified(token: &str, told: &str, challenge: String) -> Result<Response, Problem> {
    if same(token.as_bytes(), told.as_bytes()) {
        return Ok(([(header::CONTENT_TYPE, "text/plain")], challenge).into_response());
    }
    Err(Problem::forbidden("The verify token is not the one at the end of this address."))
}

fn signed(secret: &[u8], body: &[u8], headers: &HeaderMap) -> bool {
    let presented = intake::SIGNATURE_HEADERS.iter().find_map(|name| headers.get(*name)?.to_str().ok());
    presented.is_some_and(|presented| intake::verify(secret, body, presented))
}

/// Takes the same time wherever they differ.
fn same(a: &[u8], b: &[u8]) -> bool {
    use subtle::ConstantTimeEq;
    a.ct_eq(b).into()
}
