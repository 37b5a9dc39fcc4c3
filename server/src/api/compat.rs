//! `/api/compat/{platform}/…`: what sellers send who come from another platform, answered in its words.

use super::{auth::within_limits, body};
use crate::{problem::Problem, state::AppState};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use connectors::intake::{self, Asked, Fault, Moment, Platform, Reply, Step, Told};
use model::RequestId;

/// Headers in which a platform's program may have its key.
const KEYS: [&str; 4] = ["x_key", "x-key", "api-key", "x-api-key"];

/// Answers a platform's request; everything but an unreadable connection is told in the platform's words.
///
/// # Errors
/// 405 for methods that no platform has, 413 too long.
pub async fn handle(platform: Platform, app: AppState, request: Request) -> Result<Response, Problem> {
    let began = app.clock.now();
    let (parts, body) = request.into_parts();
    if platform != Platform::Leadconduit && !matches!(parts.method, Method::GET | Method::POST) {
        let message = "This path does not take this method.";
        return Err(Problem::new(StatusCode::METHOD_NOT_ALLOWED, "method_not_allowed", message));
    }
    let bytes = body::bytes(body).await?;
    let before = format!("/api/compat/{}/", platform.name());
    let path = parts.uri.path().strip_prefix(before.as_str()).unwrap_or_default();
    let text = |name: HeaderName| parts.headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let asked = intake::read(
        platform,
        &intake::Request {
            method: parts.method.as_str(),
            path,
            query: parts.uri.query().unwrap_or_default(),
            content_type: text(header::CONTENT_TYPE),
            accept: text(header::ACCEPT),
            key: key(&parts.headers),
            body: &bytes,
        },
    );
    let told = told(platform, &app, &asked).await;
    let now = app.clock.now();
    let request = crate::context::request_id().parse::<RequestId>().map_or(0, RequestId::bits);
    let moment = Moment { now, took_ms: now.millis_since(began), request };
    Ok(response(intake::answer(platform, &asked, &told, moment)))
}

async fn told(platform: Platform, app: &AppState, asked: &Asked) -> Told {
    if let Some(fault) = &asked.fault
        && matches!(fault, Fault::Http(..) | Fault::Unreadable(_))
    {
        return Told::Refused(fault.clone());
    }
    let Some(caller) = app.services.authenticate_from(platform, &asked.keys) else {
        return Told::Refused(Fault::Key);
    };
    if let Err(seconds) = within_limits(app, &caller) {
        return Told::Refused(Fault::Often(seconds));
    }
    match (&asked.fault, &asked.step) {
        (Some(fault), _) => Told::Refused(fault.clone()),
        (None, Step::Token) => Told::Token(asked.keys.first().cloned().unwrap_or_default()),
        (None, _) => app.services.serve(platform, caller, asked).await,
    }
}

fn key(headers: &HeaderMap) -> Option<&str> {
    let own = KEYS.iter().find_map(|name| headers.get(*name)?.to_str().ok());
    own.or_else(|| {
        let (scheme, key) = headers.get(header::AUTHORIZATION)?.to_str().ok()?.trim().split_once(' ')?;
        scheme.eq_ignore_ascii_case("bearer").then_some(key.trim())
    })
}

fn response(reply: Reply) -> Response {
    let status = StatusCode::from_u16(reply.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR);
    let mut response = (status, Body::from(reply.body)).into_response();
    response.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static(reply.kind));
    for (name, value) in reply.headers {
        // An address with characters that no header can hold is left out.
        if let Ok(value) = HeaderValue::try_from(value) {
            response.headers_mut().insert(HeaderName::from_static(name), value);
        }
    }
    response
}
