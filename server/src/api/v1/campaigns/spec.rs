//! `GET /api/v1/campaigns/{slug}/spec`: posting instructions for this key, as JSON, or as a page for a browser.

use crate::{api::auth::Keyed, problem::Problem, security::policy, service::spec::Spec, state::AppState};
use askama::Template;
use axum::{
    Json,
    extract::{Path, State},
    http::{HeaderMap, HeaderValue, header},
    response::{Html, IntoResponse, Response},
};

#[derive(Template)]
#[template(path = "spec.html")]
struct Page<'a> {
    spec: &'a Spec,
    example: &'a str,
    css: &'a str,
}

/// Answers the campaign's fields, their allowed values, and a body that would be taken.
///
/// # Errors
/// 404 for a campaign that is not there or that this key may not send into.
pub async fn handle(
    State(app): State<AppState>,
    Keyed(caller): Keyed,
    Path(slug): Path<String>,
    headers: HeaderMap,
) -> Result<Response, Problem> {
    let unknown = || Problem::not_found("There is no campaign of this name.");
    let spec = app.services.spec(&caller, &slug, &app.settings.public_url).ok_or_else(unknown)?;
    let accept = headers.get(header::ACCEPT).and_then(|value| value.to_str().ok()).unwrap_or_default();
    let mut response = if accept.contains("text/html") { page(&app, &spec)? } else { Json(spec).into_response() };
    response.headers_mut().insert(header::VARY, HeaderValue::from_static("accept, authorization"));
    Ok(response)
}

fn page(app: &AppState, spec: &Spec) -> Result<Response, Problem> {
    let example = serde_json::to_string_pretty(&spec.example).unwrap_or_default();
    let css = app.site.assets().css;
    let html = Page { spec, example: &example, css: &css }.render().map_err(|error| {
        tracing::error!(%error, "the posting instructions could not be written");
        Problem::internal()
    })?;
    let policy = [(header::CONTENT_SECURITY_POLICY, policy::PLAIN_PAGE)];
    Ok((policy, Html(html)).into_response())
}
