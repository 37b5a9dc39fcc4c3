//! Giving leads back, in the portal.

use super::super::{Reply, Shown, framed, returns::reasons};
use crate::{
    backend::Ui,
    components::{Empty, Nav, When, form},
    error::UiError,
    form::{Form, Sent},
    format::{self, Clock},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    LeadId, Timestamp,
    returns::{Return, ReturnReason, ReturnRow, ReturnState, Returnable},
};
use serde_json::json;

/// What the buyer asked for, and what was decided.
#[component]
pub fn PortalReturnsPage() -> impl IntoView {
    let after = use_query_map().get_untracked().get("after");
    framed(Nav::OwnReturns, "Returns", |ui, _| async move {
        let clock = Clock::new(&ui, &ui.portal_home().await?.zone);
        let page = ui.own_returns(after).await?;
        if page.rows.is_empty() {
            let empty = view! {
                <Empty title="You gave nothing back">
                    <p>"Open a lead to give it back, where your contract allows it."</p>
                    <p><a class="button" href="/portal/leads">"Your leads"</a></p>
                </Empty>
            };
            return Ok(Shown::new("Returns", empty));
        }
        let more = page.after.map(|after| {
            let href = format!("/portal/returns?after={after}");
            view! { <nav class="pager" aria-label="Pages"><a class="button" href=href>"Older"</a></nav> }
        });
        let cards = page.rows.into_iter().map(|row| card(row, &clock)).collect_view();
        Ok(Shown::new("Returns", view! { <div class="stack"><ol class="returns">{cards}</ol>{more}</div> }))
    })
}

fn card(row: ReturnRow, clock: &Clock) -> impl IntoView + use<> {
    let asked = row.asked;
    let lead = asked.lead_id.to_string();
    let (href, short) = (format!("/portal/leads/{lead}"), format!("…{}", &lead[lead.len() - 8..]));
    let said = |text: String| (!text.is_empty()).then(|| view! { <blockquote>{text}</blockquote> });
    view! {
        <li class="card">
            <h2><a class="id" href=href>{short}</a> " " <span>{asked.reason.title()}</span></h2>
            {said(asked.note)}
            <dl class="pairs">
                <div><dt>"Decision"</dt><dd>{word(asked.state)}</dd></div>
                <div><dt>"Asked"</dt><dd><When at=asked.asked_at clock=clock.clone()/></dd></div>
                <div><dt>"Price"</dt><dd>{format::of(row.paid)}</dd></div>
                <div><dt>"Taken"</dt><dd><When at=row.taken_at clock=clock.clone()/></dd></div>
            </dl>
            {said(asked.answer)}
        </li>
    }
}

const fn word(state: ReturnState) -> &'static str {
    match state {
        ReturnState::Requested => "waits",
        ReturnState::Approved => "taken back",
        ReturnState::Denied => "denied",
    }
}

/// Answers the form of a lead's page.
pub async fn asked(ui: &Ui, reply: &Reply, form: &mut Form, lead: LeadId, sent: &Sent) -> Result<(), UiError> {
    form.submit(sent);
    let at = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
    match ui.ask_return(lead, at("reason"), at("note")).await {
        Ok(_) => reply.go(&format!("/portal/leads/{lead}?done=asked")),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

/// An empty form.
pub fn blank() -> Form {
    Form::new(json!({ "reason": "", "note": "" }))
}

/// What may be done about a lead, in words or as a form.
pub fn panel(form: &Form, returnable: Returnable, clock: &Clock) -> Option<AnyView> {
    let body = match returnable {
        Returnable::No => return None,
        Returnable::Over { until } => {
            view! { <p>"The time to give it back ended " <When at=until clock=clock.clone()/> ". Write to your contact if something is wrong with it."</p> }.into_any()
        }
        Returnable::Asked { asked } => how_it_stands(asked, clock),
        Returnable::Yes { until, reasons } => request(form, until, &reasons, clock),
    };
    Some(view! { <section class="card" aria-labelledby="return"><h2 id="return">"Give it back"</h2>{form::summary(form)}{body}</section> }.into_any())
}

fn how_it_stands(asked: Return, clock: &Clock) -> AnyView {
    let text = match asked.state {
        ReturnState::Requested => "It waits for a decision.",
        ReturnState::Approved => "It was taken back, and you do not pay for it.",
        ReturnState::Denied => "It was denied: you keep the lead and pay for it.",
    };
    let answer = (!asked.answer.is_empty()).then(|| view! { <blockquote>{asked.answer.clone()}</blockquote> });
    view! {
        <p>
            "You asked " <When at=asked.asked_at clock=clock.clone()/>
            {format!(" ({}). {text}", asked.reason.title().to_lowercase())}
        </p>
        {answer}
    }
    .into_any()
}

fn request(form: &Form, until: Timestamp, open: &[ReturnReason], clock: &Clock) -> AnyView {
    let meanings = open
        .iter()
        .map(|reason| view! { <div><dt>{reason.title()}</dt><dd>{reason.meaning()}</dd></div> })
        .collect_view();
    view! {
        <form class="stack" method="post" novalidate>
            <p>"Until " <When at=until clock=clock.clone() exact=true/> " you may ask to give it back."</p>
            <div class="fields">
                {form::select(form, "reason", "What is wrong with it", &reasons(open), None)}
                {form::text(form, "note", "What happened").lines(3).hint("At most 300 characters; personal values of the lead are blanked out.").view()}
            </div>
            <details><summary>"What the reasons mean"</summary><dl class="pairs">{meanings}</dl></details>
            <div class="actions"><button class="button primary" type="submit" name="do" value="ask">"Ask to give it back"</button></div>
        </form>
    }
    .into_any()
}
