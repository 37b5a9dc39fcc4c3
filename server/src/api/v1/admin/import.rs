//! `POST /api/v1/admin/contracts/import`: a delivery proposed from a buyer's posting document.

use super::{members, problem};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    state::AppState,
};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use model::import::{ImportAsked, Proposal};

/// Proposes rows, secrets and response rules; nothing is stored.
///
/// # Errors
/// 401, 403, 422 with every fault.
pub async fn propose(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    body: Body,
) -> Result<Json<Proposal>, Problem> {
    let what = "`{\"campaign_id\": \"cmp_…\", \"ping\": {…}, \"post\": {\"document\": \"…\", \"url\": \"…\", \"table\": \"…\", \
                \"answers\": [{\"means\": \"accepted\", \"status\": 200, \"body\": \"…\"}]}}`";
    let asked: ImportAsked = members(body::read_json(&headers, body).await?, what)?;
    app.services.admin().import(&actor, &asked).await.map(Json).map_err(problem)
}
