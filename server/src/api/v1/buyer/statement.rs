//! `GET /api/v1/buyer/statement`: what the buyer owes for a span of its days.

use super::problem;
use crate::{api::auth::BuyerToken, problem::Problem, state::AppState};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use model::time::Day;
use serde::Deserialize;
use serde_json::{Value, json};

/// The query.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
pub struct Wanted {
    from: Option<String>,
    to: Option<String>,
}

/// Answers leads taken, leads given back and what they come to, by currency; `from` and `to` are days in the buyer's zone,
/// both included, this month when there are none.
///
/// # Errors
/// 400 for days that cannot be read, 409 for days that make no span.
pub async fn show(
    State(app): State<AppState>,
    BuyerToken(actor): BuyerToken,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let malformed = || Problem::malformed("The query takes `from` and `to`, days such as 2026-05-07.");
    let Query(wanted) = wanted.map_err(|_| malformed())?;
    let day = |text: Option<String>| text.map(|text| text.parse::<Day>()).transpose().map_err(|_| malformed());
    let (from, to) = (day(wanted.from)?, day(wanted.to)?);
    let days = from.or(to).zip(to.or(from));
    let told = app.services.statement(&actor, days).await.map_err(problem)?;
    let rows = told.rows.iter().map(|row| {
        json!({ "leads": row.entries, "returned": row.returned, "amount": row.pays.to_decimal(), "currency": row.currency })
    });
    Ok(Json(json!({
        "buyer": told.buyer, "from": told.from.to_string(), "to": told.to.to_string(), "zone": told.zone,
        "rows": rows.collect::<Vec<_>>(),
    })))
}
