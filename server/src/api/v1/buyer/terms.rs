//! `POST /api/v1/buyer/pause` and `resume`: of one contract or of all that permit it.

use super::problem;
use crate::{
    api::{auth::BuyerToken, body},
    problem::Problem,
    state::AppState,
};
use axum::{Json, body::Body, extract::State, http::HeaderMap};
use model::ContractId;
use serde::Deserialize;
use serde_json::{Value, json};

#[derive(Default, Deserialize)]
#[serde(deny_unknown_fields)]
struct Wish {
    contract: Option<String>,
}

/// Pauses: no lead is offered under what is paused. Each contract says what became of it: `done`, `asked` (an operator
/// decides) or `unchanged`.
///
/// # Errors
/// 404 for a contract that is not the buyer's, 409 where no contract permits it.
pub async fn pause(
    app: State<AppState>,
    token: BuyerToken,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Value>, Problem> {
    set(app, token, headers, sent, false).await
}

/// Resumes what the buyer paused itself.
///
/// # Errors
/// As [`pause`]; 409 also for a contract that somebody else paused.
pub async fn resume(
    app: State<AppState>,
    token: BuyerToken,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Value>, Problem> {
    set(app, token, headers, sent, true).await
}

async fn set(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    headers: HeaderMap,
    sent: Body,
    active: bool,
) -> Result<Json<Value>, Problem> {
    let malformed = || Problem::malformed("The body has to be `{}` or `{\"contract\": \"con_…\"}`.");
    let wish: Wish = serde_json::from_value(body::read_json(&headers, sent).await?).map_err(|_| malformed())?;
    let admin = app.services.admin();
    let done = match wish.contract {
        Some(text) => {
            let unknown = || Problem::not_found("There is no such contract of yours.");
            let id: ContractId = text.parse().map_err(|_| unknown())?;
            vec![(id, admin.pause_own(&actor, id, active).await.map_err(problem)?)]
        }
        None => admin.pause_all_own(&actor, active).await.map_err(problem)?,
    };
    let items: Vec<Value> = done.into_iter().map(|(id, how)| json!({ "id": id, "state": how })).collect();
    Ok(Json(json!({ "contracts": items })))
}
