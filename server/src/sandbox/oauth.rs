//! A buyer whose calls carry tokens: `/oauth/token` gives one to who has the client's credentials (`sandbox-client` and
//! `sandbox-key`), `/oauth/ping` and `/oauth/post` take it until it ends. It refuses what an authorization server refuses
//! (RFC 6749, section 5.2) and what a protected resource refuses (RFC 6750, section 3.1).

use super::{Sandbox, dialects::KEY};
use axum::{
    Json,
    body::Bytes,
    extract::{Path, State},
    http::{HeaderMap, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use base64::{Engine, engine::general_purpose::STANDARD};
use model::Timestamp;
use serde_json::{Value, json};
use std::collections::HashMap;

const CLIENT: &str = "sandbox-client";
/// Seconds that a token is good for.
const GOOD_FOR: i64 = 300;

/// The tokens that were given, and until when each is good.
#[derive(Debug, Default)]
pub(super) struct Tokens {
    given: usize,
    good: HashMap<String, Timestamp>,
}

/// `/oauth/token`.
pub(super) async fn token(State(sandbox): State<Sandbox>, method: Method, headers: HeaderMap, body: Bytes) -> Response {
    let refuse = |status: StatusCode, error: &str| (status, Json(json!({ "error": error }))).into_response();
    let kind = text(&headers, header::CONTENT_TYPE);
    if method != Method::POST || !kind.starts_with("application/x-www-form-urlencoded") {
        return refuse(StatusCode::BAD_REQUEST, "invalid_request");
    }
    let members: HashMap<String, String> = url::form_urlencoded::parse(&body).into_owned().collect();
    let member = |name: &str| members.get(name).map(String::as_str);
    let basic =
        text(&headers, header::AUTHORIZATION).strip_prefix("Basic ").and_then(|pair| STANDARD.decode(pair).ok());
    let basic = basic.and_then(|pair| String::from_utf8(pair).ok());
    let client = match &basic {
        Some(pair) => pair.split_once(':'),
        None => member("client_id").zip(member("client_secret")),
    };
    if client != Some((CLIENT, KEY)) {
        return refuse(StatusCode::UNAUTHORIZED, "invalid_client");
    }
    if member("grant_type") != Some("client_credentials") {
        return refuse(StatusCode::BAD_REQUEST, "unsupported_grant_type");
    }
    if member("scope").is_some_and(|scope| scope != "leads") {
        return refuse(StatusCode::BAD_REQUEST, "invalid_scope");
    }
    let until = sandbox.0.clock.now().plus_millis(GOOD_FOR * 1000);
    let mut tokens = sandbox.tokens();
    tokens.given += 1;
    let token = format!("sandbox-token-{}", tokens.given);
    tokens.good.insert(token.clone(), until);
    Json(json!({ "access_token": token, "token_type": "Bearer", "expires_in": GOOD_FOR })).into_response()
}

/// `/oauth/ping` and `/oauth/post`.
pub(super) async fn handle(
    State(sandbox): State<Sandbox>,
    Path(phase): Path<String>,
    method: Method,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let now = sandbox.0.clock.now();
    let token = text(&headers, header::AUTHORIZATION).strip_prefix("Bearer ").unwrap_or_default();
    if sandbox.tokens().good.get(token).is_none_or(|until| *until <= now) {
        let told = [(header::WWW_AUTHENTICATE, "Bearer error=\"invalid_token\"")];
        return (StatusCode::UNAUTHORIZED, told, Json(json!({ "error": "invalid_token" }))).into_response();
    }
    let refuse =
        |status: StatusCode, why: &str| (status, Json(json!({ "status": "error", "reason": why }))).into_response();
    if method != Method::POST || !text(&headers, header::CONTENT_TYPE).starts_with("application/json") {
        return refuse(StatusCode::UNSUPPORTED_MEDIA_TYPE, "POST JSON");
    }
    let Ok(lead) = serde_json::from_slice::<Value>(&body) else {
        return refuse(StatusCode::BAD_REQUEST, "unreadable body");
    };
    let needs: &[&str] = match phase.as_str() {
        "ping" => &["zip"],
        "post" => &["zip", "first_name", "phone"],
        _ => return refuse(StatusCode::NOT_FOUND, "no such address"),
    };
    if let Some(missing) = needs.iter().find(|name| lead[**name].as_str().is_none_or(str::is_empty)) {
        return refuse(StatusCode::UNPROCESSABLE_ENTITY, &format!("missing {missing}"));
    }
    let answer = if phase == "ping" {
        json!({ "status": "bid", "price": "12.50", "id": "oauth-1" })
    } else {
        json!({ "status": "accepted", "id": "oauth-1" })
    };
    Json(answer).into_response()
}

/// `GET /__control/oauth`: how many tokens were given. `POST` ends all of them, as a buyer that changes its keys does.
pub(super) async fn control(State(sandbox): State<Sandbox>, method: Method) -> Json<Value> {
    let mut tokens = sandbox.tokens();
    if method == Method::POST {
        tokens.good.clear();
    }
    Json(json!({ "given": tokens.given }))
}

fn text(headers: &HeaderMap, name: header::HeaderName) -> &str {
    headers.get(name).and_then(|value| value.to_str().ok()).unwrap_or_default()
}
