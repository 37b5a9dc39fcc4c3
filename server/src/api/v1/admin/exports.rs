//! `GET /api/v1/admin/exports/{table}`: the files that people take away from the pages, with the same queries.

use super::{members, problem};
use crate::{
    api::{auth::Operator, body},
    files::{self, Format},
    problem::Problem,
    service::{ServiceError, may_take_personal},
    state::AppState,
};
use app::query::{LeadsQuery, report};
use axum::{
    body::Body,
    extract::{Path, Query, State},
    http::HeaderMap,
    response::Response,
};
use model::time::Day;
use serde::Deserialize;
use std::collections::HashMap;

/// Answers `leads` (the filters of the leads list), `figures`, `reasons`, `lost` or `scorecards` (the query of the reports) as `format=jsonl`, which
/// is what it is when nothing is said, or `format=csv`.
///
/// # Errors
/// 400 for another format and for a filter of `leads` that cannot be read, 403 without the right to take files away, 404 for another table, 409 for days that make no span.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(table): Path<String>,
    Query(query): Query<HashMap<String, String>>,
) -> Result<Response, Problem> {
    let format = format(query.get("format").map(String::as_str))?.unwrap_or(Format::JsonLines);
    let get = |name: &str| query.get(name).cloned();
    if table == "leads" {
        filters(&query)?;
    }
    let file = match table.as_str() {
        "leads" => files::leads(app.services, actor, &LeadsQuery::read(get), format).await,
        "figures" => files::figures(&app.services, &actor, report::read(get), format).await,
        "reasons" => files::reasons(&app.services, &actor, report::read(get), format).await,
        "lost" => files::lost(&app.services, &actor, report::read(get), format).await,
        "scorecards" => files::scorecards(&app.services, &actor, report::read(get), format).await,
        _ => {
            return Err(Problem::not_found(
                "There are the tables `leads`, `figures`, `reasons`, `lost` and `scorecards`.",
            ));
        }
    };
    file.map_err(problem)
}

/// What is wanted beside the filters.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Wanted {
    #[serde(default)]
    fields: Vec<String>,
    #[serde(default)]
    reason: String,
}

/// `POST exports/leads`: the leads of the filters with the personal `fields` that are named, for a `reason`, which is written
/// to the audit log before anything is opened.
///
/// # Errors
/// As [`show`]; 403 without the right to take personal values away; 422 with every fault of `fields` and `reason`; 409 for no
/// lead, more than 10,000 leads, or more than ten files in a day.
pub async fn personal(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(table): Path<String>,
    Query(query): Query<HashMap<String, String>>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    if !may_take_personal(&actor) {
        return Err(problem(ServiceError::Forbidden));
    }
    if table != "leads" {
        return Err(Problem::not_found("Personal values are in `leads` only."));
    }
    let format = format(query.get("format").map(String::as_str))?.unwrap_or(Format::JsonLines);
    filters(&query)?;
    let shape = "`{\"fields\": [\"email\"], \"reason\": \"Complaint 17\"}`";
    let Wanted { fields, reason } = members(body::read_json(&headers, sent).await?, shape)?;
    let query = LeadsQuery::read(|name| query.get(name).cloned());
    let allowed = files::allow(&app.services, &actor, &query, (fields, reason), format).await.map_err(problem)?;
    files::personal(app.services, actor, &allowed.id.to_string()).await.map_err(problem)
}

/// The list's page shows everything where a filter cannot be read; a file of everything is not what a program asked for.
fn filters(query: &HashMap<String, String>) -> Result<(), Problem> {
    let unread = |(name, value): &(&String, &String)| {
        let alone = LeadsQuery::read(|asked| (asked == *name).then(|| (*value).clone()));
        !value.is_empty() && name.as_str() != "format" && name.as_str() != "rows" && alone == LeadsQuery::default()
    };
    let mut names: Vec<_> = query.iter().filter(unread).map(|(name, _)| format!("`{name}`")).collect();
    let days = ["from", "to"].map(|name| query.get(name).and_then(|text| text.parse::<Day>().ok()));
    if let [Some(first), Some(last)] = days
        && first > last
    {
        names.push("`from` after `to`".to_owned());
    }
    if names.is_empty() {
        return Ok(());
    }
    names.sort();
    Err(Problem::malformed(format!("No such filter, or not a value it can have: {}.", names.join(", "))))
}

/// The format that a query names.
///
/// # Errors
/// 400 for one that there is not.
pub fn format(word: Option<&str>) -> Result<Option<Format>, Problem> {
    let known = |word| Format::named(word).ok_or_else(|| Problem::malformed("The format is `jsonl` or `csv`."));
    word.map(known).transpose()
}
