//! `/api/v1/admin/keys`: the API keys of sources.

use super::{members, page, problem, query};
use crate::{
    api::{auth::Operator, body},
    problem::Problem,
    service::{
        ServiceError,
        admin::Admin,
        keys::{KeyWanted, Use},
    },
    state::AppState,
};
use axum::{
    Json,
    body::Body,
    extract::{Path, Query, State, rejection::QueryRejection},
    http::{HeaderMap, StatusCode},
};
use model::{
    FieldError, KeyId,
    intake::{HookFormat, KeyUse, Platform},
    tenant::{ApiKey, Mode},
};
use serde::Deserialize;
use serde_json::{Value, json};

/// The query of a list.
#[derive(Deserialize)]
pub struct Wanted {
    after: Option<String>,
    limit: Option<u16>,
}

/// What a new key is to be; sources and campaigns by id or short name.
#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct New {
    source: String,
    name: String,
    #[serde(default = "live")]
    mode: Mode,
    #[serde(default)]
    campaigns: Vec<String>,
    /// The tool whose hook it is.
    #[serde(default)]
    hook: Option<HookFormat>,
    /// What the tool signs with.
    #[serde(default)]
    secret: Option<String>,
    /// The platform whose credential is taken over.
    #[serde(default)]
    platform: Option<Platform>,
    /// That credential.
    #[serde(default)]
    credential: Option<String>,
    /// From pages of which origins a publishable key may be used.
    #[serde(default)]
    origins: Option<Vec<String>>,
}

const fn live() -> Mode {
    Mode::Live
}

fn unknown() -> Problem {
    Problem::not_found("There is no such key.")
}

fn shown(key: &ApiKey) -> Value {
    json!({
        "id": key.id, "source_id": key.source_id, "name": key.name, "hint": key.hint, "mode": key.mode,
        "campaigns": key.campaigns, "used_as": key.used_as, "origins": key.origins, "created_at": key.created_at.to_string(),
        "revoked_at": key.revoked_at.map(|at| at.to_string()),
    })
}

/// `GET /api/v1/admin/keys`: a page, newest first, revoked ones included.
///
/// # Errors
/// 400 for a bad query.
pub async fn list(
    State(app): State<AppState>,
    Operator(actor): Operator,
    wanted: Result<Query<Wanted>, QueryRejection>,
) -> Result<Json<Value>, Problem> {
    let wanted = query(wanted)?;
    let after = wanted.after.map(|text| text.parse()).transpose();
    let after = after.map_err(|_| Problem::malformed("`after` is the `next` of the page before."))?;
    let found = app.services.admin().api_keys(&actor, after, page(wanted.limit)).await.map_err(problem)?;
    Ok(Json(json!({ "items": found.items.iter().map(shown).collect::<Vec<_>>(), "next": found.next })))
}

/// `POST /api/v1/admin/keys`: 201 with the whole key in `key`, which is never shown again.
///
/// # Errors
/// 400, 403, 422 with every fault.
pub async fn create(
    State(app): State<AppState>,
    Operator(actor): Operator,
    headers: HeaderMap,
    body: Body,
) -> Result<(StatusCode, Json<Value>), Problem> {
    let shape = "`{\"source\", \"name\", \"mode\": \"live\" or \"test\", \"campaigns\": [\"…\"]}`, for a hook with `hook` and \
                 `secret`, for another platform's credential with `platform` and `credential`, for pages with `origins`";
    let new: New = members(body::read_json(&headers, body).await?, shape)?;
    let admin = app.services.admin();
    let (wanted, faults) = wanted(&admin, &actor, new).await.map_err(problem)?;
    let Some(wanted) = wanted.filter(|_| faults.is_empty()) else {
        return Err(problem(ServiceError::Invalid(faults)));
    };
    let (key, whole) = admin.create_api_key(&actor, wanted).await.map_err(problem)?;
    let mut body = shown(&key);
    match key.used_as {
        // Who sent the credential has it.
        KeyUse::Platform(_) => {}
        KeyUse::Api | KeyUse::Publishable => body["key"] = whole.into(),
        KeyUse::Hook(format) => {
            let path = format!("/api/hooks/{}/{whole}", format.name());
            body["url"] = app.settings.public_url.join(&path).map(String::from).unwrap_or_default().into();
            body["key"] = whole.into();
        }
    }
    Ok((StatusCode::CREATED, Json(body)))
}

/// What is wanted with its names looked up, and every name that nothing has.
async fn wanted(
    admin: &Admin,
    actor: &crate::context::Actor,
    new: New,
) -> Result<(Option<KeyWanted>, Vec<FieldError>), ServiceError> {
    let mut faults = Vec::new();
    let missing = |field: String, what: &str| FieldError::new(field, "not_found", format!("There is no such {what}."));
    let source = match admin.source_id(actor, &new.source).await {
        Err(ServiceError::NotFound) => {
            faults.push(missing("source".to_owned(), "source"));
            None
        }
        found => Some(found?),
    };
    let mut campaigns = Vec::new();
    for (at, text) in new.campaigns.iter().enumerate() {
        match admin.campaign_id(actor, text).await {
            Err(ServiceError::NotFound) => faults.push(missing(format!("campaigns[{at}]"), "campaign")),
            found => campaigns.push(found?),
        }
    }
    if new.origins.is_some() && (new.hook.is_some() || new.platform.is_some()) {
        faults.push(FieldError::new("origins", "not_allowed", "Only a publishable key has origins."));
    }
    let used_as = match (new.hook, new.platform) {
        (None, None) => new.origins.map_or(Use::Api, Use::Publishable),
        (Some(format), None) => Use::Hook(format, new.secret.filter(|secret| !secret.is_empty())),
        (None, Some(platform)) => Use::Adopted(platform, new.credential.unwrap_or_default().trim().to_owned()),
        (Some(_), Some(_)) => {
            faults.push(FieldError::new(
                "platform",
                "not_allowed",
                "A key is a hook or a platform's credential, not both.",
            ));
            Use::Api
        }
    };
    let wanted = source.map(|source_id| KeyWanted { source_id, name: new.name, mode: new.mode, campaigns, used_as });
    Ok((wanted, faults))
}

/// `GET /api/v1/admin/keys/{id}`: one key, as it may be shown.
///
/// # Errors
/// 404.
pub async fn show(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id: KeyId = id.parse().map_err(|_| unknown())?;
    app.services.admin().api_key(&actor, id).await.map(|key| Json(shown(&key))).map_err(problem)
}

/// `DELETE /api/v1/admin/keys/{id}`: revokes it at once; the key as it is then.
///
/// # Errors
/// 403, 404.
pub async fn revoke(
    State(app): State<AppState>,
    Operator(actor): Operator,
    Path(id): Path<String>,
) -> Result<Json<Value>, Problem> {
    let id: KeyId = id.parse().map_err(|_| unknown())?;
    app.services.admin().revoke_api_key(&actor, id).await.map(|key| Json(shown(&key))).map_err(problem)
}
