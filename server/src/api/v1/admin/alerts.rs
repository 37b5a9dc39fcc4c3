//! `/api/v1/admin/alerts`: what is wrong and what was, saying to know of it, and when alerts are raised.

use super::{members, page, problem, query};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::HeaderMap,
};
use model::{
    AlertId,
    alert::{Alert, AlertFilter, AlertKind, AlertSettings},
    page::Cursor,
};
use serde::Deserialize;
use serde_json::{Value, json};

/// Which alerts are listed.
#[derive(Deserialize, Default, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
enum Which {
    #[default]
    Open,
    Past,
}

/// The query of the list.
#[derive(Deserialize)]
pub struct Wanted {
    #[serde(default)]
    state: Which,
    kind: Option<AlertKind>,
    after: Option<String>,
    limit: Option<u16>,
}

fn id(text: &str) -> Result<AlertId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no such alert."))
}

/// `GET alerts`: those that are open, or with `state` `past` those that are over, newest first.
///
/// # Errors
/// 400 for a bad query.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    let cursor = wanted.after.map_or(Cursor::Newest, Cursor::OlderThan);
    let filter = AlertFilter { open: wanted.state == Which::Open, kind: wanted.kind };
    let page = app.services.alerts(&actor, filter, &cursor, page(wanted.limit)).await.map_err(problem)?;
    let items: Vec<_> = page.rows.iter().map(shown).collect();
    Ok(Json(json!({ "items": items, "next": page.older })))
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Known {
    #[serde(default)]
    note: String,
    #[serde(default)]
    minutes: Option<u32>,
}

/// `POST alerts/{id}/acknowledge`: somebody knows of it. It calls for nobody until it is over, or for so many `minutes`.
///
/// # Errors
/// 404 when it is not open (any more); 422 for a note or a time that is too long.
pub async fn acknowledge(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Value>, Problem> {
    let known: Known =
        members(body::read_json(&headers, sent).await?, "`{\"note\": \"…\", \"minutes\": 60}`, or `{}`")?;
    let alert = app.services.acknowledge_alert(&actor, id(&text)?, &known.note, known.minutes).await;
    alert.map(|alert| Json(shown(&alert))).map_err(problem)
}

/// `DELETE alerts/{id}/acknowledge`: it calls again.
///
/// # Errors
/// 404 when it is not open (any more).
pub async fn recall(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
) -> Result<Json<Value>, Problem> {
    let alert = app.services.recall_alert(&actor, id(&text)?).await;
    alert.map(|alert| Json(shown(&alert))).map_err(problem)
}

/// `GET alerts/settings`: when alerts are raised.
///
/// # Errors
/// When the store cannot be asked.
pub async fn settings(State(app): State<AppState>, Operator(actor): Operator) -> Result<Json<AlertSettings>, Problem> {
    app.services.alert_settings(&actor).await.map(Json).map_err(problem)
}

/// `PUT alerts/settings`: what is not named has its usual value.
///
/// # Errors
/// 422 with every fault.
pub async fn update(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<AlertSettings>, Problem> {
    let value = body::read_json(&headers, sent).await?;
    app.services.save_alert_settings(&actor, value).await.map(Json).map_err(problem)
}

fn shown(alert: &Alert) -> Value {
    let mut shown = json!(alert);
    shown["title"] = alert.seen.kind.title().into();
    shown["link"] = alert.seen.action().1.into();
    for (name, at) in
        [("opened_at", Some(alert.opened_at)), ("seen_at", Some(alert.seen_at)), ("resolved_at", alert.resolved_at)]
    {
        shown[name] = at.map(|at| at.to_string()).into();
    }
    if let Some(known) = &alert.acknowledged {
        shown["acknowledged"]["at"] = known.at.to_string().into();
        shown["acknowledged"]["until"] = known.until.map(|at| at.to_string()).into();
    }
    shown
}
