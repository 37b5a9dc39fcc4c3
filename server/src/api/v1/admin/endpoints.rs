//! `/api/v1/admin/endpoints`: who is told of leads, how telling it went, and telling it again.

use super::{members, page, problem, query};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::{
        ServiceError,
        endpoints::{DeliveryFilter, EndpointWanted},
    },
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
};
use model::{
    EndpointId, LeadId, MessageId,
    endpoint::{Delivery, DeliveryState, Endpoint},
    page::Cursor,
};
use serde::Deserialize;
use serde_json::{Value, json};

fn unknown() -> Problem {
    Problem::not_found("There is no such endpoint.")
}

fn id(text: &str) -> Result<EndpointId, Problem> {
    text.parse().map_err(|_| unknown())
}

async fn find(app: &AppState, actor: &crate::context::Actor, text: &str) -> Result<Endpoint, Problem> {
    let id = id(text)?;
    let all = app.services.endpoints(actor).await.map_err(problem)?;
    all.into_iter().find(|endpoint| endpoint.id == id).ok_or_else(unknown)
}

/// `GET endpoints`: every endpoint, by name.
///
/// # Errors
/// When the store cannot be asked.
pub async fn list(State(app): State<AppState>, Operator(actor): Operator) -> Result<Json<Value>, Problem> {
    let items = app.services.endpoints(&actor).await.map_err(problem)?;
    Ok(Json(json!({ "items": items })))
}

/// `POST endpoints`: makes one; a webhook's `secret` is in this answer and in no other.
///
/// # Errors
/// 422 with every fault.
pub async fn create(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    sent: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let wanted = EndpointWanted::read(body::read_json(&headers, sent).await?).map_err(problem)?;
    let (endpoint, secret) = app.services.create_endpoint(&actor, wanted).await.map_err(problem)?;
    let mut shown = json!(endpoint);
    if let Some(secret) = secret {
        shown["secret"] = secret.into();
    }
    Ok((StatusCode::CREATED, Json(shown)))
}

/// `GET endpoints/{id}`.
///
/// # Errors
/// 404.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(id): Path<String>,
) -> Result<Json<Endpoint>, Problem> {
    find(&app, &actor, &id).await.map(Json)
}

/// `PUT endpoints/{id}`: changes it as a whole. Its kind and its source stay.
///
/// # Errors
/// 404; 422 with every fault; 409 when its kind or its source would change.
pub async fn update(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(id): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Endpoint>, Problem> {
    let have = find(&app, &actor, &id).await?;
    let value = body::read_json(&headers, sent).await?;
    let active = value["active"].as_bool().unwrap_or(have.active);
    let changed = EndpointWanted::read(value).map_err(problem)?.instead_of(&have, active);
    app.services.update_endpoint(&actor, changed).await.map(Json).map_err(problem)
}

/// `DELETE endpoints/{id}`: removes it with all that waits for it.
///
/// # Errors
/// 404.
pub async fn delete(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
) -> Result<StatusCode, Problem> {
    match app.services.delete_endpoint(&actor, id(&text)?).await {
        Ok(()) => Ok(StatusCode::NO_CONTENT),
        Err(ServiceError::NotFound) => Err(unknown()),
        Err(error) => Err(problem(error)),
    }
}

/// `POST endpoints/{id}/test`: sends an invented message now and says what came back.
///
/// # Errors
/// 404.
pub async fn test(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
) -> Result<Json<Value>, Problem> {
    let fired = app.services.fire_endpoint(&actor, id(&text)?).await.map_err(problem)?;
    let (parcel, tried) = (fired.parcel, fired.tried);
    Ok(Json(json!({
        "method": parcel.method, "url": parcel.url, "body": parcel.body, "status": tried.status, "answer": tried.answer,
        "error": tried.error, "took_us": tried.took_us,
    })))
}

/// `POST endpoints/{id}/secret`: a new secret, in this answer and in no other.
///
/// # Errors
/// 404; 409 for a postback, which has none.
pub async fn rotate(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
) -> Result<Json<Value>, Problem> {
    let secret = app.services.rotate_endpoint_secret(&actor, id(&text)?).await.map_err(problem)?;
    Ok(Json(json!({ "secret": secret })))
}

/// The query of the log.
#[derive(Deserialize)]
pub struct Wanted {
    state: Option<DeliveryState>,
    lead: Option<LeadId>,
    after: Option<String>,
    limit: Option<u16>,
}

/// `GET endpoints/{id}/deliveries`: what it was told, newest first.
///
/// # Errors
/// 400 for a bad query; 404.
pub async fn deliveries(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    let endpoint = find(&app, &actor, &text).await?.id;
    let filter = DeliveryFilter {
        endpoint: Some(endpoint),
        state: wanted.state,
        lead: wanted.lead,
        ..DeliveryFilter::default()
    };
    let cursor = wanted.after.map_or(Cursor::Newest, Cursor::OlderThan);
    let page = app.services.deliveries(&actor, &filter, &cursor, page(wanted.limit)).await.map_err(problem)?;
    let items: Vec<_> = page.rows.iter().map(shown).collect();
    Ok(Json(json!({ "items": items, "next": page.older })))
}

fn shown(delivery: &Delivery) -> Value {
    let mut shown = json!(delivery);
    shown["at"] = delivery.at.to_string().into();
    shown["next_at"] = delivery.next_at.map(|at| at.to_string()).into();
    shown
}

/// Which message is to be told again.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Again {
    message_id: MessageId,
}

/// `POST endpoints/{id}/replay`: tells a message of its log again, under the message's own id.
///
/// # Errors
/// 400 for a bad body; 404.
pub async fn replay(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<StatusCode, Problem> {
    find(&app, &actor, &text).await?;
    let again: Again = members(body::read_json(&headers, sent).await?, "{\"message_id\": \"msg_…\"}")?;
    app.services.replay_message(&actor, again.message_id).await.map_err(problem)?;
    Ok(StatusCode::ACCEPTED)
}
