//! `POST /api/v1/leads`: submit a lead and have it sold.

use crate::{
    api::{
        auth::{self, Sender},
        body,
    },
    problem::Problem,
    security::rate::Public,
    service::intake::{PingFault, Refusal},
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Query, State},
    http::{HeaderMap, StatusCode},
    response::{IntoResponse, Response},
};
use serde::Deserialize;
use serde_json::Value;

/// Longest idempotency key, in characters.
const KEY_MAX: usize = 255;

/// The query.
#[derive(Deserialize)]
pub struct Referring {
    ping_id: Option<String>,
}

/// Answers 200 with the business result for every lead that was handled; 202 and `pending` as soon as the lead is stored
/// when the source prefers that (`Prefer: respond-async`, RFC 7240 section 4.1).
///
/// # Errors
/// 400, 401, 403, 404, 409, 413, 415, 422, 429, 503, each in the usual shape; nothing was stored then.
pub async fn handle(
    State(app): State<AppState>,
    sender: Sender,
    Query(Referring { ping_id }): Query<Referring>,
    headers: HeaderMap,
    body: Body,
) -> Result<Response, Problem> {
    let key = idempotency_key(&headers)?;
    let Sender { caller, visitor } = sender;
    let mut submission = body::read(&headers, body).await?;
    if let Some(address) = visitor {
        app.public_rate.take(Public::Lead, address, app.clock.now()).map_err(Problem::too_many)?;
        if ping_id.is_some() || submission.get("ping_id").is_some() {
            return Err(Problem::forbidden("A publishable key does not refer to pings."));
        }
        let seen = auth::seen(address, &headers);
        let answer = app.services.submit_from_page(caller, submission, key, &seen).await.map_err(refused)?;
        return Ok(Json(answer).into_response());
    }
    // The query names the ping where the body does not.
    if let (Some(ping), Value::Object(members)) = (ping_id, &mut submission) {
        members.entry("ping_id").or_insert(Value::String(ping));
    }
    if prefers_async(&headers) {
        let answer = app.services.accept(caller, submission, key).await.map_err(refused)?;
        // A repeat has its whole answer already.
        let status = if answer.status == "pending" { StatusCode::ACCEPTED } else { StatusCode::OK };
        return Ok((status, Json(answer)).into_response());
    }
    let answer = app.services.submit(caller, submission, key).await.map_err(refused)?;
    Ok(Json(answer).into_response())
}

fn prefers_async(headers: &HeaderMap) -> bool {
    let values = headers.get_all("prefer").iter().filter_map(|value| value.to_str().ok());
    values.flat_map(|value| value.split(',')).any(|word| word.trim().eq_ignore_ascii_case("respond-async"))
}

fn idempotency_key(headers: &HeaderMap) -> Result<Option<String>, Problem> {
    let Some(value) = headers.get("idempotency-key") else { return Ok(None) };
    let text = value.to_str().map(str::trim).unwrap_or_default();
    if text.is_empty() || text.len() > KEY_MAX {
        return Err(Problem::malformed("An Idempotency-Key has 1 to 255 printable ASCII characters."));
    }
    Ok(Some(text.to_owned()))
}

pub(in crate::api::v1) fn refused(refusal: Refusal) -> Problem {
    match refusal {
        Refusal::Invalid(fields) => Problem::invalid(fields),
        Refusal::UnknownCampaign => Problem::not_found("There is no campaign of this name."),
        Refusal::CampaignNotAllowed => Problem::forbidden("This key may not send into this campaign."),
        Refusal::IdempotencyConflict => Problem::new(
            StatusCode::CONFLICT,
            "idempotency_conflict",
            "This idempotency key or external_id was used with another body.",
        ),
        Refusal::PersonalInPing(fields) => Problem::new(
            StatusCode::UNPROCESSABLE_ENTITY,
            "personal_field_in_ping",
            "A ping carries no personal values; send them with the lead.",
        )
        .about(fields),
        Refusal::Ping(fault) => ping(fault),
        Refusal::TooManyPings { retry_after_s, why } => {
            Problem::new(StatusCode::TOO_MANY_REQUESTS, "too_many_pings", why).after(retry_after_s)
        }
        Refusal::Overloaded { retry_after_s } => Problem::unavailable("overloaded", retry_after_s),
        Refusal::Unavailable => Problem::unavailable("unavailable", 5),
    }
}

fn ping(fault: PingFault) -> Problem {
    let conflict = |code, message| Problem::new(StatusCode::CONFLICT, code, message);
    match fault {
        PingFault::Unknown => Problem::not_found("There is no such ping of this source in this campaign."),
        PingFault::Expired => conflict("ping_expired", "The bids are no longer held. Ping again."),
        PingFault::Void => {
            conflict("ping_void", "A field differs from what was pinged, so the bids do not stand. Ping again.")
        }
        PingFault::NoBid => {
            conflict("ping_no_bid", "The ping got no bid. Send the lead without it to have it offered again.")
        }
        PingFault::Used => conflict("ping_used", "A lead was sent with this ping already."),
    }
}
