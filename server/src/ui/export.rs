//! Lists and reports as files, for the signed-in tenant: `.csv` and `.jsonl`, as the path ends.

use super::session;
use crate::{
    context::Actor,
    files::{self, Format, When},
    problem::Problem,
    service::ServiceError,
    state::AppState,
};
use app::query::{LeadsQuery, report};
use axum::{
    extract::{Path, Query, State},
    http::{StatusCode, Uri},
    response::Response,
};
use model::{breakdown::Wanted, time::Day};
use std::collections::HashMap;
use tower_sessions::Session;

type Pairs = Query<HashMap<String, String>>;

/// `GET /leads.csv`, `GET /leads.jsonl`: every lead that the list's filters let through, newest first, streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 for a role that does not see leads or somebody who may not take files away.
pub async fn leads(State(app): State<AppState>, session: Session, uri: Uri, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let query = LeadsQuery::read(|name| query.get(name).cloned());
    files::leads(app.services, actor, &query, Format::of_path(uri.path())).await.map_err(problem)
}

/// `GET /leads/personal/{id}`: the leads with personal values that the signed-in person was allowed to take, streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 without the rights, 404 for what somebody else was allowed and when its time is over.
pub async fn personal(
    State(app): State<AppState>,
    session: Session,
    Path(id): Path<String>,
) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    files::personal(app.services, actor, &id).await.map_err(problem)
}

/// `GET /portal/leads.csv`, `.jsonl`: every lead that the signed-in buyer took in some days, newest first, streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 for who belongs to no buyer.
pub async fn portal(
    State(app): State<AppState>,
    session: Session,
    uri: Uri,
    query: Pairs,
) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let when = When::Days(days(&query));
    files::delivered(app.services, actor, when, Format::of_path(uri.path())).await.map_err(problem)
}

/// `GET /affiliate/leads.csv`, `.jsonl`: every lead that the signed-in affiliate's source sent in some days, newest first,
/// streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 for who belongs to no source.
pub async fn affiliate(
    State(app): State<AppState>,
    session: Session,
    uri: Uri,
    query: Pairs,
) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    files::sent(app.services, actor, days(&query), Format::of_path(uri.path())).await.map_err(problem)
}

/// `GET /reports.csv`, `.jsonl`: the figures of a report.
///
/// # Errors
/// 401, 403; 400 for days that make no span.
pub async fn figures(
    State(app): State<AppState>,
    session: Session,
    uri: Uri,
    query: Pairs,
) -> Result<Response, Problem> {
    let (actor, wanted, format) = report(&app, &session, &uri, &query).await?;
    files::figures(&app.services, &actor, wanted, format).await.map_err(problem)
}

/// `GET /reports/reasons.csv`, `.jsonl`: what stood in the way.
///
/// # Errors
/// As [`figures`].
pub async fn reasons(
    State(app): State<AppState>,
    session: Session,
    uri: Uri,
    query: Pairs,
) -> Result<Response, Problem> {
    let (actor, wanted, format) = report(&app, &session, &uri, &query).await?;
    files::reasons(&app.services, &actor, wanted, format).await.map_err(problem)
}

/// The days of a portal's list; one day alone is from it to it.
fn days(query: &Pairs) -> Option<(Day, Day)> {
    let day = |name: &str| query.get(name).and_then(|text| text.parse().ok());
    day("from").or(day("to")).zip(day("to").or(day("from")))
}

/// `GET /reports/lost.csv`, `.jsonl`: what was probably lost.
///
/// # Errors
/// As [`figures`].
pub async fn lost(State(app): State<AppState>, session: Session, uri: Uri, query: Pairs) -> Result<Response, Problem> {
    let (actor, wanted, format) = report(&app, &session, &uri, &query).await?;
    files::lost(&app.services, &actor, wanted, format).await.map_err(problem)
}

/// `GET /reports/scorecards.csv`, `.jsonl`: what each buyer did.
///
/// # Errors
/// As [`figures`].
pub async fn scorecards(
    State(app): State<AppState>,
    session: Session,
    uri: Uri,
    query: Pairs,
) -> Result<Response, Problem> {
    let (actor, wanted, format) = report(&app, &session, &uri, &query).await?;
    files::scorecards(&app.services, &actor, wanted, format).await.map_err(problem)
}

/// Who asks for which report, in which format.
async fn report(
    app: &AppState,
    session: &Session,
    uri: &Uri,
    query: &Pairs,
) -> Result<(Actor, Wanted, Format), Problem> {
    let wanted = report::read(|name| query.get(name).cloned());
    Ok((actor(app, session).await?, wanted, Format::of_path(uri.path())))
}

fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::Forbidden => Problem::forbidden("Your role does not see this."),
        ServiceError::NotFound => Problem::not_found("There is no such file, or its ten minutes are over."),
        ServiceError::Refused(why) => Problem::malformed(format!("{}.", why.trim_end_matches('.'))),
        ServiceError::Busy => Problem::unavailable("unavailable", 1),
        other => {
            tracing::error!(error = %other, request = crate::context::request_id(), "an export failed");
            Problem::internal()
        }
    }
}

async fn actor(app: &AppState, session: &Session) -> Result<Actor, Problem> {
    let found = session::signed_in(session, &app.services, app.clock.now()).await;
    let actor = found.map_err(|why| {
        tracing::error!(%why, "a session could not be read");
        Problem::internal()
    })?;
    actor.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in again."))
}
