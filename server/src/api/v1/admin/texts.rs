//! `/api/v1/admin/texts`: consent texts, with a draft and versions that never change.

use super::{Expected, if_match, members, problem, query, required, tagged};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::admin::{TextListed, TextOpened, TextWanted},
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
    response::Response,
};
use model::{
    ConsentTextId,
    consent::{ConsentVersion, Wording},
};
use serde::Deserialize;
use serde_json::{Value, json};
use store::TextUse;

fn id(text: &str) -> Result<ConsentTextId, Problem> {
    text.parse().map_err(|_| Problem::not_found("There is no such consent text."))
}

fn version(version: &ConsentVersion) -> Value {
    let mut shown = json!(version);
    shown["at"] = version.at.to_string().into();
    shown
}

fn listed(listed: &TextListed) -> Value {
    let row = &listed.row;
    let mut shown = json!(row.text);
    shown["revision"] = row.revision.into();
    shown["version"] = row.versions.last().map(|version| version.n).into();
    shown["draft"] = row.draft.is_some().into();
    shown["campaigns"] = listed.campaigns.iter().map(|(id, _)| id.to_string()).collect();
    shown["sources"] = listed.sources.into();
    shown["leads"] = listed.leads.into();
    shown
}

fn used(used: &TextUse) -> Value {
    json!({
        "version": used.version, "standing": used.standing, "campaign_id": used.campaign_id, "source_id": used.source_id,
        "leads": used.leads, "last": used.last.to_string(),
    })
}

fn opened(opened: &TextOpened) -> Value {
    let row = &opened.row;
    let mut shown = json!(row.text);
    shown["revision"] = row.revision.into();
    shown["draft"] = row.draft.as_ref().map_or(
        Value::Null,
        |draft| json!({ "wording": draft.wording, "author": draft.author, "at": draft.at.to_string() }),
    );
    shown["versions"] = row.versions.iter().map(version).collect();
    shown["findings"] = json!(opened.checked.findings);
    let campaign = |campaign: &crate::service::admin::TextCampaign| {
        json!({
            "campaign_id": campaign.id, "words": campaign.shown.as_ref().map(|shown| &shown.words),
            "buyers": campaign.buyers, "unnamed": campaign.unnamed,
        })
    };
    shown["campaigns"] = opened.campaigns.iter().map(campaign).collect();
    shown["uses"] = opened.week.iter().map(used).collect();
    shown
}

/// `GET texts`: every text with where it is in use, by name.
///
/// # Errors
/// 403.
pub async fn list(State(app): State<AppState>, Operator(actor): Operator) -> Result<Json<Value>, Problem> {
    let texts = app.services.admin().texts(&actor).await.map_err(problem)?;
    Ok(Json(json!({ "items": texts.iter().map(listed).collect::<Vec<_>>() })))
}

/// `POST texts`: makes one, with `wording` as its draft.
///
/// # Errors
/// 403; 409 for a short name that is taken; 422 with every fault.
pub async fn create(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let wanted = TextWanted::read(&body::read_json(&headers, sent).await?).map_err(problem)?;
    let admin = app.services.admin();
    let made = admin.create_text(&actor, wanted).await.map_err(problem)?;
    let text = admin.text(&actor, made).await.map_err(problem)?;
    Ok(tagged(StatusCode::CREATED, &text.row.revision.to_string(), opened(&text)))
}

/// `GET texts/{id}`: its versions, its draft, what the check says of it, and what live leads of 7 days came with.
///
/// # Errors
/// 403; 404.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
) -> Result<Response, Problem> {
    let text = app.services.admin().text(&actor, id(&text)?).await.map_err(problem)?;
    Ok(tagged(StatusCode::OK, &text.row.revision.to_string(), opened(&text)))
}

/// `PUT texts/{id}`: saves `name`, `locale` and `wording`, which becomes the draft. Nothing of it is shown to anybody.
///
/// # Errors
/// 403; 404; 412 when it was changed since; 422 with every fault; 428 without `If-Match`.
pub async fn update(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let (text, expected) = (id(&text)?, required(if_match(&headers)?)?);
    let wanted = TextWanted::read(&body::read_json(&headers, sent).await?).map_err(problem)?;
    let admin = app.services.admin();
    let revision = match expected {
        Expected::Version(revision) => revision,
        Expected::Any => admin.text(&actor, text).await.map_err(problem)?.row.revision,
    };
    admin.save_text(&actor, text, revision, wanted).await.map_err(problem)?;
    let text = admin.text(&actor, text).await.map_err(problem)?;
    Ok(tagged(StatusCode::OK, &text.row.revision.to_string(), opened(&text)))
}

/// Why a version is published.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Published {
    #[serde(default)]
    note: String,
}

/// `POST texts/{id}/publish`: the draft becomes the next version. Refused while the check finds errors.
///
/// # Errors
/// 403; 404; 409 when there is nothing to publish; 412 when it was changed since; 422 with every error; 428 without
/// `If-Match`.
pub async fn publish(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
    headers: HeaderMap,
    sent: Body,
) -> Result<Response, Problem> {
    let (text, expected) = (id(&text)?, required(if_match(&headers)?)?);
    let Published { note } = members(body::read_json(&headers, sent).await?, "{\"note\": \"…\"}")?;
    let admin = app.services.admin();
    let revision = match expected {
        Expected::Version(revision) => revision,
        Expected::Any => admin.text(&actor, text).await.map_err(problem)?.row.revision,
    };
    admin.publish_text(&actor, text, revision, &note).await.map_err(problem)?;
    let text = admin.text(&actor, text).await.map_err(problem)?;
    Ok(tagged(StatusCode::OK, &text.row.revision.to_string(), opened(&text)))
}

/// Which versions are compared.
#[derive(Deserialize)]
pub struct Compared {
    from: Option<u32>,
    to: Option<u32>,
}

/// `GET texts/{id}/difference?from=1&to=2`: word by word; what is not named is the draft, or the newest versions.
///
/// # Errors
/// 400 for a bad query; 403; 404 for a version that is not there.
pub async fn difference(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(text): Path<String>,
    compared: Result<Query<Compared>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let text = id(&text)?;
    let Compared { from, to } = query(compared)?;
    let found = app.services.admin().text_difference(&actor, text, from, to).await.map_err(problem)?;
    Ok(Json(json!(found)))
}

/// Words to be checked.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct Checked {
    wording: Wording,
    #[serde(default = "english")]
    locale: String,
}

fn english() -> String {
    "en-US".to_owned()
}

/// `POST texts/check`: what the check says of `wording`; nothing is kept.
///
/// # Errors
/// 400 for a bad body; 403.
pub async fn check(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    sent: Body,
) -> Result<Json<Value>, Problem> {
    let Checked { wording, locale } =
        members(body::read_json(&headers, sent).await?, "{\"wording\": {…}, \"locale\": \"en-US\"}")?;
    let checked = app.services.admin().check_text(&actor, None, &wording, &locale).await.map_err(problem)?;
    Ok(Json(json!(checked)))
}
