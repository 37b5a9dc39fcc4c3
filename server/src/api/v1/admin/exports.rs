//! `GET /api/v1/admin/exports/{table}`: the files that people take away from the pages, with the same queries.

use super::problem;
use crate::{
    api::auth::Operator,
    files::{self, Format},
    problem::Problem,
    state::AppState,
};
use app::query::{LeadsQuery, report};
use axum::{
    extract::{Path, Query, State},
    response::Response,
};
use std::collections::HashMap;

/// Answers `leads` (the filters of the leads list), `figures`, `reasons` or `lost` (the query of the reports) as `format=jsonl`, which
/// is what it is when nothing is said, or `format=csv`.
///
/// # Errors
/// 400 for another format, 403 without the right to take files away, 404 for another table, 409 for days that make no span.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(table): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let format = format(query.get("format").map(String::as_str))?.unwrap_or(Format::JsonLines);
    let get = |name: &str| query.get(name).cloned();
    let file = match table.as_str() {
        "leads" => files::leads(app.services, actor, &LeadsQuery::read(get), format).await,
        "figures" => files::figures(&app.services, &actor, report::read(get), format).await,
        "reasons" => files::reasons(&app.services, &actor, report::read(get), format).await,
        "lost" => files::lost(&app.services, &actor, report::read(get), format).await,
        _ => return Err(Problem::not_found("There are the tables `leads`, `figures`, `reasons` and `lost`.")),
    };
    file.map_err(problem)
}

/// The format that a query names.
///
/// # Errors
/// 400 for one that there is not.
pub fn format(word: Option<&str>) -> Result<Option<Format>, Problem> {
    let known = |word| Format::named(word).ok_or_else(|| Problem::malformed("The format is `jsonl` or `csv`."));
    word.map(known).transpose()
}
