//! `/api/compat/{platform}/…`: what sellers send who come from another platform, answered in its words.

use super::{
    auth::{visitor, within_limits},
    body,
};
use crate::{context::Actor, problem::Problem, security::rate::Public, state::AppState};
use axum::{
    body::Body,
    extract::Request,
    http::{HeaderMap, HeaderName, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use connectors::intake::{self, Asked, Fault, Moment, Platform, Reply, Step, Told};
use model::{RequestId, user::Role};
use std::net::IpAddr;

/// Headers in which a platform's program may have its key.
const KEYS: [&str; 4] = ["x_key", "x-key", "api-key", "x-api-key"];

/// Answers a platform's request; everything but an unreadable connection is told in the platform's words.
///
/// # Errors
/// 405 for methods that no platform has, 413 too long.
pub async fn handle(platform: Platform, app: AppState, request: Request) -> Result<Response, Problem> {
    let began = app.clock.now();
    let (parts, body) = request.into_parts();
    let address = visitor(&parts);
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
    let told = told(platform, &app, &asked, address).await;
    let now = app.clock.now();
    let request = crate::context::request_id().parse::<RequestId>().map_or(0, RequestId::bits);
    let moment = Moment { now, took_ms: now.millis_since(began), request };
    Ok(response(intake::answer(platform, &asked, &told, moment)))
}

async fn told(platform: Platform, app: &AppState, asked: &Asked, address: IpAddr) -> Told {
    if let Some(fault) = &asked.fault
        && matches!(fault, Fault::Http(..) | Fault::Unreadable(_))
    {
        return Told::Refused(fault.clone());
    }
    // A credential that was taken over from another platform may be short. Who guesses is not heard for a while, whatever
    // the next guess is.
    if let Err(seconds) = app.public_rate.look(Public::Guess, address, app.clock.now()) {
        return Told::Refused(Fault::Often(seconds));
    }
    let guessed = || {
        // Only whoever has no token left is told, and that with the next request.
        let _ = app.public_rate.take(Public::Guess, address, app.clock.now());
        Told::Refused(Fault::Key)
    };
    if let Step::Feedback(said) = &asked.step {
        let Some(buyer) = buyer(app, &asked.keys).await else { return guessed() };
        return match &asked.fault {
            Some(fault) => Told::Refused(fault.clone()),
            None => app.services.hear(&buyer, said).await,
        };
    }
    let Some(caller) = app.services.authenticate_from(platform, &asked.keys) else {
        return guessed();
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

/// The buyer that one of the presented tokens belongs to.
async fn buyer(app: &AppState, presented: &[String]) -> Option<Actor> {
    for token in presented {
        if let Ok(Some(actor)) = app.services.admin().operator(token).await
            && actor.user.role == Role::Buyer
        {
            return Some(actor);
        }
    }
    None
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
