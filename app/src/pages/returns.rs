//! Returns: the queue that operators work off, and taking a lead back without being asked.

use super::{Reply, Shown, framed};
use crate::{
    backend::{ReturnPage, Ui},
    components::{Empty, Nav, When, form},
    error::UiError,
    form::{Form, Sent},
    format::{self, Clock},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    AttemptId, LeadId,
    returns::{ReturnReason, ReturnRow, ReturnState},
    user::Right,
};
use serde_json::json;

/// What operators decide about.
#[component]
pub fn ReturnsPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let state = query.get("state").and_then(|text| text.parse().ok()).unwrap_or(ReturnState::Requested);
    let (after, done) = (query.get("after"), query.get("done"));
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Returns, "Returns", move |ui, signed| async move {
        let mut form = Form::new(json!({}));
        if let Some(sent) = &sent {
            decide(&ui, &reply, &mut form, sent).await?;
        }
        let page = ui.returns(state, after).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let may = signed.user.may(Right::Configure) && signed.user.may(Right::Billing);
        let said = match done.as_deref().filter(|_| sent.is_none()) {
            Some("approved") => Some("The lead is back. Its money has moved, and its source is told."),
            Some("denied") => Some("The buyer keeps the lead and reads your answer in its portal."),
            _ => None,
        };
        let bar = said.map(|text| view! { <div class="status-bar" role="status"><span>{text}</span></div> });
        Ok(Shown::new(
            "Returns",
            view! { <div class="stack">{bar}{form::summary(&form)}{tabs(state)}{list(state, page, may, &clock)}</div> },
        ))
    })
}

async fn decide(ui: &Ui, reply: &Reply, form: &mut Form, sent: &Sent) -> Result<(), UiError> {
    let ids = sent.text("lead").parse::<LeadId>().ok().zip(sent.text("attempt").parse::<AttemptId>().ok());
    let (lead, attempt) = ids.ok_or(UiError::NotFound)?;
    let approve = sent.text("do") == "approve";
    match ui.decide_return(lead, attempt, approve, sent.text("answer").to_owned()).await {
        Ok(()) => reply.go(if approve { "/returns?done=approved" } else { "/returns?done=denied" }),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

fn tabs(state: ReturnState) -> impl IntoView {
    let tab = |one: ReturnState, name: &'static str| {
        let href = format!("/returns?state={}", one.name());
        view! { <a class="tab" href=href aria-current=(one == state).then_some("page")>{name}</a> }
    };
    view! {
        <nav class="tabs" aria-label="Which returns">
            {tab(ReturnState::Requested, "Waiting")} {tab(ReturnState::Approved, "Taken back")}
            {tab(ReturnState::Denied, "Denied")}
        </nav>
    }
}

fn list(state: ReturnState, page: ReturnPage, may: bool, clock: &Clock) -> AnyView {
    if page.rows.is_empty() {
        let (title, text) = match state {
            ReturnState::Requested => (
                "Nothing waits",
                "A buyer whose contract has return terms asks in its portal, and its request waits here.",
            ),
            ReturnState::Approved => ("No lead came back", "Leads that were taken back stand here, newest first."),
            ReturnState::Denied => ("None was denied", "Requests that were denied stand here, newest first."),
        };
        return view! { <Empty title=title><p>{text}</p></Empty> }.into_any();
    }
    let more = page.after.map(|after| {
        let href = format!("/returns?state={}&after={after}", state.name());
        view! { <nav class="pager" aria-label="Pages"><a class="button" href=href>"More"</a></nav> }
    });
    let cards = page.rows.into_iter().map(|row| card(row, may, clock)).collect_view();
    view! { <ol class="returns">{cards}</ol> {more} }.into_any()
}

fn card(row: ReturnRow, may: bool, clock: &Clock) -> impl IntoView + use<> {
    let ReturnRow { asked, buyer, contract, campaign, source, taken_at, paid, taken, returned } = row;
    let lead = asked.lead_id.to_string();
    let short = format!("…{}", &lead[lead.len() - 8..]);
    let share = format!("{returned} of {taken} ({})", format::percent(counted(returned), counted(taken)));
    let note = (!asked.note.is_empty()).then(|| view! { <blockquote>{asked.note.clone()}</blockquote> });
    let end = match asked.decided_at {
        Some(at) => {
            let by = if asked.decided_by.is_empty() { "By the contract's terms".to_owned() } else { asked.decided_by };
            view! {
                <p class="hint">{by} " " <When at=at clock=clock.clone()/> {answer(&asked.answer)}</p>
            }
            .into_any()
        }
        None if may => decision(&lead, &asked.attempt_id.to_string(), &format!("lead {short} from {buyer}")),
        None => view! { <p class="hint">"Your role does not decide about it."</p> }.into_any(),
    };
    view! {
        <li class="card">
            <h2>
                <a class="id" href=format!("/leads/{lead}")>{short}</a> " "
                <span>{format!("{buyer}: {}", asked.reason.title())}</span>
            </h2>
            <p class="hint">{asked.reason.meaning()}</p>
            {note}
            <dl class="pairs">
                <div><dt>"Paid"</dt><dd>{format::of(paid)}</dd></div>
                <div><dt>"Taken"</dt><dd><When at=taken_at clock=clock.clone()/></dd></div>
                <div><dt>"Asked"</dt><dd><When at=asked.asked_at clock=clock.clone()/> " by " {asked.asked_by.clone()}</dd></div>
                <div><dt>"Campaign"</dt><dd>{format!("{campaign}, {contract}")}</dd></div>
                <div><dt>"Source"</dt><dd>{source}</dd></div>
                <div><dt>"Its returns, 30 days"</dt><dd>{share}</dd></div>
            </dl>
            {end}
        </li>
    }
}

fn counted(count: u64) -> i64 {
    i64::try_from(count).unwrap_or(i64::MAX)
}

fn answer(text: &str) -> Option<impl IntoView + use<>> {
    (!text.is_empty()).then(|| view! { <span>{format!(": “{text}”")}</span> })
}

fn decision(lead: &str, attempt: &str, about: &str) -> AnyView {
    let id = format!("answer-{attempt}");
    view! {
        <form class="decision" method="post" action="/returns">
            <input type="hidden" name="lead" value=lead.to_owned()/>
            <input type="hidden" name="attempt" value=attempt.to_owned()/>
            <div class="field">
                <label for=id.clone()>"Answer to the buyer, if any"</label>
                <input id=id name="answer" maxlength="300" autocomplete="off"/>
            </div>
            <div class="actions">
                <button class="button primary" type="submit" name="do" value="approve" aria-label=format!("Take back {about}")>"Take it back"</button>
                <button class="button" type="submit" name="do" value="deny" aria-label=format!("Deny the return of {about}")>"Deny"</button>
            </div>
        </form>
    }
    .into_any()
}

/// Takes a lead back from a buyer that did not ask.
#[component]
pub fn CreditPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Leads, "Take a lead back", move |ui, _| async move {
        let lead: LeadId = id.parse().map_err(|_| UiError::NotFound)?;
        let standing = ui.standing(lead).await?;
        let first = standing.first().map(|(attempt, _)| attempt.to_string()).unwrap_or_default();
        let mut form = Form::new(json!({ "attempt": first, "reason": "other", "note": "" }));
        if let Some(sent) = &sent {
            form.submit(sent);
            let at = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
            let attempt = at("attempt").parse().map_err(|_| UiError::NotFound)?;
            match ui.credit(lead, attempt, at("reason"), at("note")).await {
                Ok(()) => reply.go(&format!("/leads/{lead}")),
                Err(error) => reply.faulty(&mut form, error)?,
            }
        }
        let body = if standing.is_empty() {
            view! { <Empty title="No buyer has this lead"><p>"There is nothing to take back."</p></Empty> }.into_any()
        } else {
            credit(&form, &standing)
        };
        let back = format!("/leads/{lead}");
        Ok(Shown::new(
            "Take a lead back",
            view! { <div class="stack"><p><a href=back>"Back to the lead"</a></p>{body}</div> },
        ))
    })
}

fn credit(form: &Form, standing: &[(AttemptId, String)]) -> AnyView {
    let buyers: Vec<_> = standing.iter().map(|(attempt, buyer)| (attempt.to_string(), buyer.clone())).collect();
    view! {
        <form class="stack" method="post" novalidate>
            {form::summary(form)}
            <section class="card stack">
                <p>"The buyer gets back what it paid, whatever the terms of its contract say, and the source loses its payout unless it keeps it by its own."</p>
                <div class="fields">
                    {form::select(form, "attempt", "From", &buyers, None)}
                    {form::select(form, "reason", "Why", &reasons(ReturnReason::ALL), None)}
                    {form::text(form, "note", "Note").lines(3).hint("Seen by you and the buyer. At most 300 characters; personal values of the lead are blanked out.").view()}
                </div>
            </section>
            {form::save_bar(&[("credit", "Take it back")], ().into_any())}
        </form>
    }
    .into_any()
}

/// Reasons as a choice.
pub fn reasons(open: &[ReturnReason]) -> Vec<(String, String)> {
    open.iter().map(|reason| (reason.code().to_owned(), reason.title().to_owned())).collect()
}
