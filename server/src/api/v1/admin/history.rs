//! `GET /api/v1/admin/history`: what was changed, by whom, when and why.

use super::{page, problem, query};
use crate::{
    api::auth::Operator,
    problem::Problem,
    service::admin::{HistoryPage, HistoryWanted},
    state::AppState,
};
use axum::{
    Json,
    extract::{Query, State, rejection::QueryRejection},
};
use model::document::{DocumentId, Kind};
use serde::Deserialize;

/// The query.
#[derive(Deserialize)]
pub struct Wanted {
    kind: Option<String>,
    id: Option<String>,
    author: Option<String>,
    after: Option<String>,
    limit: Option<u16>,
}

/// Answers a page, newest first; of one kind with `kind=contracts`, of one document with `id=`, by one author with `author=`.
///
/// # Errors
/// 400 for a bad query.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<HistoryPage>, Problem> {
    let wanted = query(wanted)?;
    let malformed = |what: &str| Problem::malformed(format!("`{what}` is not understood."));
    let kind = wanted.kind.map(|kind| Kind::from_plural(&kind).ok_or_else(|| malformed("kind"))).transpose()?;
    let id = wanted.id.map(|id| document(&id).ok_or_else(|| malformed("id"))).transpose()?;
    let wanted = HistoryWanted { kind, id, author: wanted.author, after: wanted.after, limit: page(wanted.limit) };
    app.services.admin().history(&actor, wanted).await.map(Json).map_err(problem)
}

fn document(text: &str) -> Option<DocumentId> {
    Kind::ALL.into_iter().find_map(|kind| DocumentId::parse(kind, text).ok())
}
