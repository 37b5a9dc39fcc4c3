//! What consumers see: each question as the input that fits it, what is wrong beside it, and how far one has come.

use super::{TRAP, html};
use crate::{
    problem::Problem,
    service::{
        hosted::{AGREED, Entered, OpenForm, TRACKING},
        question::{Question, Shape},
    },
    state::AppState,
};
use askama::Template;
use axum::{
    http::StatusCode,
    response::{IntoResponse, Response},
};
use model::FieldError;

pub const TRAPPED: &str = "This could not be sent: a box that people do not see was filled in. Press the button again.";
pub const QUICK: &str = "That was quicker than a person is. Look it over and press the button again.";
pub const STALE: &str = "This form was open for a long time. Look it over and press the button again.";
pub const OFTEN: &str = "Too many forms were sent from your network. Wait a minute and press the button again.";
pub const BUSY: &str =
    "We cannot take this at the moment. Nothing you entered is lost: wait a little and press the button again.";
const THANKS: &str = "Thank you. We have received what you sent.";

/// A form at one of its steps.
pub struct Shown {
    pub step: usize,
    pub entered: Entered,
    pub stamp: String,
    pub faults: Vec<FieldError>,
    /// What is wrong with all of it.
    pub said: Option<String>,
}

#[derive(Template)]
#[template(path = "hosted.html")]
struct FormPage<'a> {
    css: &'a str,
    title: &'a str,
    tenant: &'a str,
    intro: &'a str,
    privacy: &'a str,
    test: bool,
    action: String,
    step: usize,
    steps: usize,
    inputs: Vec<Input<'a>>,
    carried: Vec<(&'a str, &'a str)>,
    stamp: &'a str,
    trap: &'static str,
    summary: Vec<(String, &'a str, &'a str)>,
    said: Option<&'a str>,
    consent: Option<Consent<'a>>,
    button: &'a str,
}

/// A question with what is wrong with its answer.
struct Input<'a> {
    name: &'a str,
    asked: Question,
    value: &'a str,
    fault: Option<&'a str>,
}

struct Consent<'a> {
    text: &'a str,
    ticked: bool,
    fault: Option<&'a str>,
    required: bool,
}

#[derive(Template)]
#[template(path = "hosted_thanks.html")]
struct ThanksPage<'a> {
    css: &'a str,
    title: &'a str,
    tenant: &'a str,
    privacy: &'a str,
    test: bool,
    thanks: &'a str,
}

/// The address of a form, with something after it.
pub fn address(form: &OpenForm, after: &str) -> String {
    let test = if form.is_test() { "?test" } else { "" };
    format!("{}{after}{test}", form.path())
}

/// The form at one of its steps.
pub fn form(app: &AppState, form: &OpenForm, shown: &Shown, status: StatusCode) -> Response {
    let (campaign, css) = (form.campaign(), app.site.assets().css);
    let steps = form.steps();
    let (last, entered) = (steps.len() - 1, &shown.entered);
    let words = &campaign.hosted_form;
    let others = steps.iter().enumerate().filter(|(at, _)| *at != shown.step).flat_map(|(_, step)| step);
    let names = others.map(|field| field.name.as_str()).chain(TRACKING).chain((shown.step != last).then_some(AGREED));
    let fault = |name: &str| shown.faults.iter().find(|fault| fault.field == name).map(|fault| fault.message.as_str());
    let label = |name: &'_ str| {
        let own = campaign.fields.iter().find(|field| field.name == name).map(|field| field.label.as_str());
        own.unwrap_or(if name == AGREED { "Your consent" } else { "This form" })
    };
    let said = form.words();
    let consent = (shown.step == last && !said.text.is_empty()).then(|| Consent {
        text: &said.text,
        ticked: !entered.get(AGREED).is_empty(),
        fault: fault(AGREED),
        required: campaign.consent_required,
    });
    let button = if shown.step < last { "Next" } else { &said.button };
    let page = FormPage {
        css: &css,
        title: or(&words.title, &campaign.name),
        tenant: form.tenant(),
        intro: if shown.step == 0 { words.intro.trim() } else { "" },
        privacy: &words.privacy_url,
        test: form.is_test(),
        action: address(form, ""),
        step: shown.step,
        steps: steps.len(),
        inputs: steps[shown.step]
            .iter()
            .map(|field| Input {
                name: &field.name,
                asked: Question::new(field, entered.get(&field.name)),
                value: entered.get(&field.name),
                fault: fault(&field.name),
            })
            .collect(),
        carried: names.map(|name| (name, entered.get(name))).filter(|(_, value)| !value.is_empty()).collect(),
        stamp: &shown.stamp,
        trap: TRAP,
        summary: shown.faults.iter().map(|f| (id(&f.field), label(&f.field), f.message.as_str())).collect(),
        said: shown.said.as_deref(),
        consent,
        button,
    };
    rendered(page.render(), status)
}

/// What is said when nothing else follows.
pub fn thanks(app: &AppState, form: &OpenForm) -> Response {
    let (campaign, css) = (form.campaign(), app.site.assets().css);
    let words = &campaign.hosted_form;
    let page = ThanksPage {
        css: &css,
        title: or(&words.title, &campaign.name),
        tenant: form.tenant(),
        privacy: &words.privacy_url,
        test: form.is_test(),
        thanks: or(&words.thanks, THANKS),
    };
    rendered(page.render(), StatusCode::OK)
}

fn rendered(text: Result<String, askama::Error>, status: StatusCode) -> Response {
    match text {
        Ok(text) => html(status, text),
        Err(error) => {
            tracing::error!(%error, "a form could not be written");
            Problem::internal().into_response()
        }
    }
}

fn or<'a>(text: &'a str, otherwise: &'a str) -> &'a str {
    if text.trim().is_empty() { otherwise } else { text.trim() }
}

fn id(name: &str) -> String {
    let safe = |c: char| if c.is_ascii_alphanumeric() || c == '_' { c } else { '-' };
    format!("f-{}", name.chars().map(safe).collect::<String>())
}
