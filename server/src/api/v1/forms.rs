//! `POST /api/v1/forms/{key}`: what a form on somebody's page sends without script. The publishable key stands in the address,
//! the answer is a page or leads to one. With script the same form sends to `/api/v1/leads` (`public/form.js`).

use crate::{
    api::{
        auth::{from_page, seen, visitor},
        body,
    },
    problem::Problem,
    security::{policy, rate::Public},
    service::intake::Refusal,
    state::AppState,
};
use askama::Template;
use axum::{
    body::Body,
    extract::{Path, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use model::FieldError;
use serde_json::Value;
use sha2::{Digest, Sha256};
use url::Url;

#[derive(Template)]
#[template(path = "form_said.html")]
struct Page<'a> {
    css: &'a str,
    title: &'a str,
    said: &'a str,
    thanks: bool,
    faults: Vec<(String, &'a str)>,
}

/// Answers with where the buyer sends the person, thanks, or what is wrong. Sent again it is the same lead: under the form's
/// own `idempotency_key`, and without one under the digest of what was sent.
pub async fn handle(State(app): State<AppState>, Path(key): Path<String>, parts: Parts, body: Body) -> Response {
    match taken(&app, &key, parts, body).await {
        Ok(Some(url)) => Redirect::to(&url).into_response(),
        Ok(None) => page(&app, StatusCode::OK, ("Thank you", "We have received what you sent.", true), &[]),
        Err(Failed::Fields(faults)) => {
            let said = "Go back with your browser, put this right and send it again. Nothing you entered is lost.";
            page(&app, StatusCode::UNPROCESSABLE_ENTITY, ("This could not be sent", said, false), &faults)
        }
        Err(Failed::Told(status, said, seconds)) => {
            let mut response = page(&app, status, ("This could not be sent", &said, false), &[]);
            if let Some(seconds) = seconds {
                response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
            }
            response
        }
    }
}

enum Failed {
    Fields(Vec<FieldError>),
    Told(StatusCode, String, Option<u32>),
}

impl From<Problem> for Failed {
    fn from(problem: Problem) -> Self {
        Self::Told(problem.status(), problem.message().to_owned(), problem.retry_after_s())
    }
}

async fn taken(app: &AppState, key: &str, parts: Parts, body: Body) -> Result<Option<String>, Failed> {
    let unknown = || Failed::Told(StatusCode::NOT_FOUND, "This form is not connected any more.".to_owned(), None);
    let open = app.services.publishable(key).ok_or_else(unknown)?;
    let caller = from_page(app, open, &parts)?;
    let address = visitor(&parts);
    app.public_rate.take(Public::Lead, address, app.clock.now()).map_err(Problem::too_many)?;
    let mut sent = body::read(&parts.headers, body).await?;
    let members = sent.as_object_mut();
    let own = members.and_then(|members| members.shift_remove("idempotency_key"));
    let own = own.as_ref().and_then(Value::as_str).filter(|key| (1..=100).contains(&key.len())).map(ToOwned::to_owned);
    if sent.get("ping_id").is_some() {
        return Err(Problem::forbidden("A publishable key does not refer to pings.").into());
    }
    let key = own.unwrap_or_else(|| format!("form {}", hex::encode(Sha256::digest(sent.to_string()))));
    match app.services.submit_from_page(caller, sent, Some(key), &seen(address, &parts.headers)).await {
        Ok(answer) => Ok(answer.redirect_url.filter(|url| is_web(url))),
        // It came before by script, in other words.
        Err(Refusal::IdempotencyConflict) => Ok(None),
        Err(Refusal::Invalid(faults)) => Err(Failed::Fields(faults)),
        Err(other) => Err(super::leads::submit::refused(other).into()),
    }
}

fn is_web(url: &str) -> bool {
    Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host())
}

fn page(app: &AppState, status: StatusCode, words: (&str, &str, bool), faults: &[FieldError]) -> Response {
    let (title, said, thanks) = words;
    let css = app.site.assets().css;
    let readable = |field: &str| field.rsplit('.').next().unwrap_or_default().replace('_', " ");
    let faults = faults.iter().map(|fault| (readable(&fault.field), fault.message.as_str())).collect();
    match (Page { css: &css, title, said, thanks, faults }).render() {
        Ok(text) => {
            let headers = [
                (header::CONTENT_TYPE, "text/html; charset=utf-8"),
                (header::CONTENT_SECURITY_POLICY, policy::PLAIN_PAGE),
            ];
            (status, headers, text).into_response()
        }
        Err(error) => {
            tracing::error!(%error, "a page could not be written");
            Problem::internal().into_response()
        }
    }
}
