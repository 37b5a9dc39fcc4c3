//! `/f/{tenant}/{campaign}`: the form of a campaign, for whoever is asked to fill it in. Written on the server, whole without
//! script; what was entered travels with every step, so nothing is stored before it is sent, and nothing is lost on the way.

mod page;

use crate::{
    api::auth::{seen, visitor},
    problem::Problem,
    security::{policy, rate::Public},
    service::{
        from_page::Seen,
        hosted::{AGREED, Entered, OpenForm, Stamp, TRACKING},
        intake::Refusal,
    },
    state::AppState,
};
use axum::{
    body::Bytes,
    extract::{Path, Query, State},
    http::{HeaderValue, StatusCode, header, request::Parts},
    response::{IntoResponse, Redirect, Response},
};
use model::{FieldError, field::Field, tenant::Mode};
use page::Shown;
use std::collections::BTreeMap;
use url::Url;

/// A trap for programs that fill in every box. People do not see it, and no browser fills it in by itself.
const TRAP: &str = "fax_extension_for_office_use";

/// The short names in the address.
pub type Names = Path<(String, String)>;
/// The query: labels of where the visitor came from, and `test`.
pub type Asked = Query<BTreeMap<String, String>>;

/// The form as it is opened.
///
/// # Errors
/// 404 when there is none at this address.
pub async fn open(State(app): State<AppState>, Path(names): Names, Query(asked): Asked) -> Result<Response, Problem> {
    let form = find(&app, &names, &asked)?;
    let known = TRACKING.iter().filter_map(|name| Some(((*name).to_owned(), asked.get(*name)?.clone())));
    let entered = Entered(known.collect());
    let stamp = app.services.stamp(&form);
    Ok(page::form(&app, &form, &Shown { step: 0, entered, stamp, faults: Vec::new(), said: None }, StatusCode::OK))
}

/// What is said when nothing else follows.
///
/// # Errors
/// 404 when there is no form at this address.
pub async fn thanks(State(app): State<AppState>, Path(names): Names, Query(asked): Asked) -> Result<Response, Problem> {
    let form = find(&app, &names, &asked)?;
    Ok(page::thanks(&app, &form))
}

/// A step that was filled in: the next one, the one before, or off it goes.
///
/// # Errors
/// 404 when there is no form at this address.
pub async fn send(
    State(app): State<AppState>,
    Path(names): Names,
    Query(asked): Asked,
    parts: Parts,
    body: Bytes,
) -> Result<Response, Problem> {
    let form = find(&app, &names, &asked)?;
    let entered = Entered(url::form_urlencoded::parse(&body).into_owned().collect());
    let steps = form.steps();
    let last = steps.len() - 1;
    let step = entered.get("form.step").parse::<usize>().unwrap_or(0).min(last);
    let stamp = entered.get("form.stamp").to_owned();
    let mut shown = Shown { step, entered, stamp, faults: Vec::new(), said: None };
    if shown.entered.get("form.do") == "back" {
        shown.step = step.saturating_sub(1);
        return Ok(page::form(&app, &form, &shown, StatusCode::OK));
    }
    shown.faults = form.faults_of(&steps[step], &shown.entered);
    if step == last {
        shown.faults.extend(form.consent_fault(&shown.entered));
    }
    if !shown.faults.is_empty() {
        return Ok(page::form(&app, &form, &shown, StatusCode::UNPROCESSABLE_ENTITY));
    }
    if step < last {
        shown.step = step + 1;
        return Ok(page::form(&app, &form, &shown, StatusCode::OK));
    }
    let address = visitor(&parts);
    Ok(submit(&app, &form, shown, &seen(address, &parts.headers)).await)
}

fn find(
    app: &AppState,
    (tenant, campaign): &(String, String),
    asked: &BTreeMap<String, String>,
) -> Result<OpenForm, Problem> {
    let mode = if asked.contains_key("test") { Mode::Test } else { Mode::Live };
    app.services
        .open_form(tenant, campaign, mode)
        .ok_or_else(|| Problem::not_found("There is no form at this address."))
}

async fn submit(app: &AppState, form: &OpenForm, mut shown: Shown, seen: &Seen) -> Response {
    const WRONG: StatusCode = StatusCode::UNPROCESSABLE_ENTITY;
    let again = |shown: Shown, status: StatusCode, said: &str| {
        page::form(app, form, &Shown { said: Some(said.to_owned()), ..shown }, status)
    };
    if !shown.entered.get(TRAP).is_empty() {
        return again(shown, WRONG, page::TRAPPED);
    }
    let number = match app.services.judge(form, &shown.stamp) {
        Stamp::Good(number) => number,
        Stamp::Quick => return again(shown, WRONG, page::QUICK),
        Stamp::Stale => return again(Shown { stamp: app.services.stamp(form), ..shown }, WRONG, page::STALE),
    };
    if let Err(seconds) = app.public_rate.take(Public::Lead, seen.address, app.clock.now()) {
        return waiting(again(shown, StatusCode::TOO_MANY_REQUESTS, page::OFTEN), seconds);
    }
    match app.services.submit_form(form, &shown.entered, &number, seen).await {
        Ok(answer) => onwards(form, answer.redirect_url.as_deref()),
        // The same form with something else in it: what was sent first counts.
        Err(Refusal::IdempotencyConflict) => onwards(form, None),
        Err(Refusal::Invalid(faults)) => {
            shown.faults = faults.into_iter().map(beside).collect();
            let steps = form.steps();
            let has = |step: &Vec<&Field>, fault: &FieldError| step.iter().any(|field| field.name == fault.field);
            let at = |fault: &FieldError| steps.iter().position(|step| has(step, fault));
            shown.step = shown.faults.iter().filter_map(at).min().unwrap_or(shown.step);
            page::form(app, form, &shown, WRONG)
        }
        Err(refusal) => {
            let seconds = match refusal {
                Refusal::Overloaded { retry_after_s } | Refusal::TooManyPings { retry_after_s, .. } => retry_after_s,
                _ => 5,
            };
            waiting(again(shown, StatusCode::SERVICE_UNAVAILABLE, page::BUSY), seconds)
        }
    }
}

/// A fault of the consent stands beside its box.
fn beside(fault: FieldError) -> FieldError {
    if fault.field.starts_with("consent") { FieldError { field: AGREED.to_owned(), ..fault } } else { fault }
}

/// Where the person goes next: the buyer's page, or ours. Only to a web address.
fn onwards(form: &OpenForm, url: Option<&str>) -> Response {
    let web = |url: &&str| Url::parse(url).is_ok_and(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    let ours = || page::address(form, "/thanks");
    Redirect::to(&url.filter(web).map_or_else(ours, ToOwned::to_owned)).into_response()
}

fn waiting(mut response: Response, seconds: u32) -> Response {
    response.headers_mut().insert(header::RETRY_AFTER, HeaderValue::from(seconds));
    response
}

/// A page that consumers see. Browsers hold the target of a form also against where its answer leads, and that is the page of
/// whoever bought; so a form may lead to any web address, and its own target is in our hands.
fn html(status: StatusCode, text: String) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/html; charset=utf-8"),
        (header::CONTENT_SECURITY_POLICY, policy::CONSUMER_PAGE),
        (header::CACHE_CONTROL, "no-store"),
    ];
    (status, headers, text).into_response()
}
