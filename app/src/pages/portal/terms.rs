//! What a buyer may change of a contract of its own: pausing, caps, hours.

use super::super::{Reply, Shown, caps::caps, contract::hours, framed};
use crate::{
    backend::{OwnTerms, Ui},
    components::{Nav, When, form},
    error::UiError,
    form::{Act, Form, Reading, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{ContractId, contract::Allowed, portal::TermsDone};
use serde_json::{Value, json};

/// One contract of the own buyer.
#[component]
pub fn PortalTermsPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::Portal, "Contract", move |ui, _| async move {
        let id: ContractId = id.parse().map_err(|_| UiError::NotFound)?;
        let terms = ui.own_terms(id).await?;
        let mut form = Form::new(json!({ "caps": terms.caps, "hours": hours::lines(&terms.spans) }));
        if let Some(sent) = &sent {
            answer(&ui, &reply, &mut form, &terms, sent).await?;
        }
        let clock = Clock::new(&ui, &terms.zone);
        let title = format!("{}: {}", terms.campaign, terms.name);
        Ok(Shown::new(title, page(terms, &form, done.as_deref(), &clock))
            .beside(view! { <a class="button small" href="/portal">"Back"</a> }))
    })
}

async fn answer(ui: &Ui, reply: &Reply, form: &mut Form, terms: &OwnTerms, sent: &Sent) -> Result<(), UiError> {
    let id = terms.id;
    let act = form.submit(sent);
    let Act::Do(word) = act else { return Ok(()) };
    let done = match word.as_str() {
        "pause" => ui.pause_own(id, false).await,
        "resume" => ui.pause_own(id, true).await,
        "withdraw" => {
            ui.withdraw_own(id).await?;
            reply.go(&format!("/portal/contracts/{id}?done=withdrawn"));
            return Ok(());
        }
        _ => {
            let caps = (terms.may.caps != Allowed::No).then(|| form.at("caps").clone());
            let spans = (terms.may.schedule != Allowed::No).then(|| spans(form.at("hours")));
            ui.change_own(id, sent.version(), caps, spans).await
        }
    };
    match done {
        Ok(how) => {
            let word = match (how, word.as_str()) {
                (TermsDone::Done, "pause") => "paused",
                (TermsDone::Done, "resume") => "resumed",
                (TermsDone::Done, _) => "saved",
                (TermsDone::Asked, _) => "asked",
                (TermsDone::Unchanged, _) => "unchanged",
            };
            reply.go(&format!("/portal/contracts/{id}?done={word}"));
        }
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

/// The lines as spans; what cannot be read goes as it was typed, and comes back as a fault.
fn spans(lines: &Value) -> Value {
    let lines: Vec<&str> = match lines {
        Value::Array(lines) => lines.iter().filter_map(Value::as_str).collect(),
        _ => Vec::new(),
    };
    hours::read(lines.iter().copied()).unwrap_or_else(|| lines.join("\n").into())
}

fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "paused" => "It is paused: no lead is offered to you under it.",
        "resumed" => "It buys again.",
        "saved" => "It is saved and works from the next lead on.",
        "asked" => "You asked for it. Your contact decides.",
        "withdrawn" => "You took back what you asked for.",
        "unchanged" => "That changes nothing.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

fn page(terms: OwnTerms, form: &Form, done: Option<&str>, clock: &Clock) -> impl IntoView + use<> {
    let waiting = terms.waiting.clone().map(|waiting| {
        let lines = waiting.sentences.into_iter().map(|line| view! { <li>{line}</li> }).collect_view();
        view! {
            <div class="panel warning" role="status">
                <p class="panel-title">"You asked for a change "<When at=waiting.at clock=clock.clone()/>", and it waits"</p>
                <ul class="bullets">{lines}</ul>
                <form method="post"><button class="button small" type="submit" name="do" value="withdraw">"Take it back"</button></form>
            </div>
        }
    });
    view! {
        <div class="stack">
            {said(done)}
            {waiting}
            {state(&terms)}
            {limits(&terms, form)}
        </div>
    }
}

/// How a change of this kind works.
const fn how(may: Allowed) -> &'static str {
    match may {
        Allowed::No => "Your contact changes this.",
        Allowed::Ask => "Your contact decides about what you ask for.",
        Allowed::AtOnce => "It works from the next lead on.",
    }
}

fn state(terms: &OwnTerms) -> AnyView {
    let (word, said, text) = if terms.active {
        ("pause", "It buys.", if terms.may.pause == Allowed::Ask { "Ask to pause it" } else { "Pause it" })
    } else if terms.resumable {
        ("resume", "You paused it.", if terms.may.pause == Allowed::Ask { "Ask to resume it" } else { "Resume it" })
    } else {
        ("", "Your contact paused it.", "")
    };
    let button = (terms.may.pause != Allowed::No && !word.is_empty()).then(|| {
        let class = if word == "pause" { "button" } else { "button primary" };
        view! { <form method="post"><button class=class type="submit" name="do" value=word>{text}</button></form> }
    });
    view! {
        <section class="card stack" aria-labelledby="state">
            <h2 id="state">"State"</h2>
            <p>{said}" "<span class="hint">{how(terms.may.pause)}</span></p>
            {button}
        </section>
    }
    .into_any()
}

fn limits(terms: &OwnTerms, form: &Form) -> AnyView {
    let may = terms.may;
    let lines = hours::lines(&terms.spans);
    let hours = if may.schedule == Allowed::No {
        let shown = if lines.is_empty() { vec!["Always open".to_owned()] } else { lines };
        shown.into_iter().map(|line| view! { <p>{line}</p> }).collect_view().into_any()
    } else {
        let faults: Vec<_> = form.faults_under("schedule").map(|fault| fault.message.clone()).collect();
        let faults = faults.into_iter().map(|text| view! { <p class="fault">{text}</p> }).collect_view();
        let input = form::input(form, "hours", "Open", Reading::Lines)
            .hint(format!("One in a line, such as Mon–Fri 08:00–20:00, in {}. Empty is always open.", terms.zone));
        view! { {faults}{input.view()} }.into_any()
    };
    let limits = if may.caps == Allowed::No { None } else { Some(caps(form, terms.currency.code())) };
    let save = (may.caps != Allowed::No || may.schedule != Allowed::No).then(|| {
        let text = if may.caps == Allowed::Ask || may.schedule == Allowed::Ask { "Ask for this" } else { "Save" };
        form::save_bar(&[("save", text)], ().into_any())
    });
    view! {
        <form class="form stack" method="post" novalidate>
            {form::enter("save")}
            <input type="hidden" name="version" value=terms.version.to_string()/>
            {form::summary(form)}
            {form::section("schedule", "Hours", Some(how(may.schedule)), hours)}
            {limits.map(|limits| form::section("caps", "Caps", Some(how(may.caps)), limits))}
            {save}
        </form>
    }
    .into_any()
}
