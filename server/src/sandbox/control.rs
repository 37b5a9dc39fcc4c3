//! The control API (api.md, "Sandbox control API"): only for the sandbox and tests.

use super::{Sandbox, faults::Settings, habits};
use axum::{
    Json,
    extract::{Path, Query, State},
    http::StatusCode,
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Whose journal.
#[derive(Deserialize)]
pub(super) struct Whose {
    #[serde(default)]
    buyer: Option<String>,
}

/// `GET /__control/journal?buyer=`: what was received, oldest first.
pub(super) async fn journal(State(sandbox): State<Sandbox>, Query(whose): Query<Whose>) -> Json<Value> {
    let book = sandbox.book();
    let of = |buyer: &str| whose.buyer.as_deref().is_none_or(|wanted| wanted == buyer);
    let requests: Vec<_> = book.journal.iter().filter(|request| of(&request.buyer)).collect();
    Json(json!({ "requests": requests }))
}

/// `POST /__control/buyers/{name}`: sets a buyer; an empty object is its habit again.
pub(super) async fn set(
    State(sandbox): State<Sandbox>,
    Path(name): Path<String>,
    Json(settings): Json<Settings>,
) -> Response {
    if habits::buyer(&name).is_none() {
        return (StatusCode::NOT_FOUND, "there is no such buyer").into_response();
    }
    sandbox.book().settings.insert(name, settings);
    StatusCode::NO_CONTENT.into_response()
}

/// `GET /__control/sold`: the buyers' own truth.
pub(super) async fn sold(State(sandbox): State<Sandbox>) -> Json<Value> {
    let book = sandbox.book();
    Json(json!({
        "sold": book.sales,
        "double_posts": book.double_posts,
        "personal_in_pings": book.personal_in_pings,
    }))
}

/// `POST /__control/reset`: forgets everything but the ledger file.
pub(super) async fn reset(State(sandbox): State<Sandbox>) -> StatusCode {
    sandbox.book().reset();
    sandbox.mail().clear();
    *sandbox.inbox() = super::receivers::Inbox::default();
    StatusCode::NO_CONTENT
}
