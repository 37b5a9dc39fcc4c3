//! `POST /api/v1/pings`: what would be paid for a lead whose person is not known yet.

use crate::{
    api::{auth::Keyed, body, v1::leads::submit::refused},
    problem::Problem,
    state::AppState,
};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use model::ping::PingAnswer;

/// Answers 200 with `bid` and the payout, or `no_bid`. The bids are held until `expires_at`; a lead with the `ping_id` is
/// posted against them.
///
/// # Errors
/// As for leads; 422 `personal_field_in_ping` names every personal value that came.
pub async fn handle(
    State(app): State<AppState>,
    Keyed(caller): Keyed,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<PingAnswer>, Problem> {
    let submission = body::read(&headers, body).await?;
    app.services.ping(caller, submission).await.map(Json).map_err(refused)
}
