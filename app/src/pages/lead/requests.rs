//! The requests of one lead: as they leave, and as commands that can be copied.

use super::tail;
use crate::{
    components::{Empty, Nav, form},
    error::UiError,
    form::{Form, Sent},
    islands::Copy,
    pages::{Reply, Shown, framed},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    LeadId,
    bench::Outgoing,
    requests::{LeadCall, LeadRequests, TEST_KEY},
    user::Right,
};
use serde_json::json;

/// The requests. Personal values are shown by a button and by no link, once.
#[component]
pub fn LeadRequestsPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Leads, "Requests of a lead", move |ui, signed| async move {
        let id: LeadId = id.parse().map_err(|_| UiError::NotFound)?;
        let wanted = sent.is_some_and(|sent| sent.text("do") == "personal");
        let mut form = Form::new(json!({}));
        let found = match ui.requests(id, wanted).await {
            Ok(found) => Some(found),
            Err(error) => {
                reply.faulty(&mut form, error)?;
                None
            }
        };
        let may = signed.user.may(Right::SeePersonal);
        let body = view! {
            <div class="stack">
                {form::summary(&form)}
                <p class="lead-in"><a href=format!("/leads/{id}")>"Back to the lead"</a></p>
                {found.map(|found| content(found, may))}
            </div>
        };
        Ok(Shown::new(format!("Requests of lead …{}", tail(id)), body))
    })
}

fn content(found: LeadRequests, may: bool) -> impl IntoView {
    let LeadRequests { personal, intake, calls, .. } = found;
    let none = calls.is_empty();
    let calls = calls.into_iter().enumerate().map(|(at, one)| call(at, one)).collect_view();
    view! {
        {person(personal, may)}
        <section class="card stack" aria-labelledby="intake">
            <h2 id="intake">"How its source would send it again"</h2>
            {match intake {
                Some(intake) => view! {
                    <p class="hint">
                        "As a test: put one of the source's test keys in the place of " <code>{TEST_KEY}</code>
                        ". The source's own id for the lead is left out, since it would make it a repeat."
                    </p>
                    {request("intake-command", "the intake", intake)}
                }
                .into_any(),
                None => view! { <p class="hint">"Its campaign is gone."</p> }.into_any(),
            }}
        </section>
        <section class="card stack" aria-labelledby="calls">
            <h2 id="calls">"What was sent to buyers"</h2>
            <p class="hint">
                "Written again by each contract as it is saved today; what left then is not kept. Secrets are dots, and tokens that came \
                 with a bid are samples."
            </p>
            {none.then(|| view! { <Empty title="Nothing was sent"><p>"No buyer was asked for this lead, or it is being auctioned at this moment."</p></Empty> })}
            {calls}
        </section>
    }
}

/// Whose personal values stand in the requests.
fn person(personal: bool, may: bool) -> AnyView {
    if personal {
        return view! { <p role="status">"With the person's own values. That you looked is in the lead's history."</p> }
            .into_any();
    }
    let button = may.then(|| {
        view! {
            <form method="post">
                <button class="button small" type="submit" name="do" value="personal">"Show personal values"</button>
                <p class="hint">"Looking is written to the lead's history."</p>
            </form>
        }
    });
    let role = (!may).then_some(" Your role does not see personal values.");
    view! { <p>"Personal values are the examples of their fields." {role}</p> {button} }.into_any()
}

fn call(at: usize, one: LeadCall) -> impl IntoView {
    let LeadCall { contract_id, contract, buyer, phase, request: sent } = one;
    let about = format!("the {} to {buyer}", phase.name());
    let shown = match sent {
        Some(sent) => request(&format!("command-{at}"), &about, sent),
        None => view! { <p class="hint">"The contract is gone, or has no such call any more."</p> }.into_any(),
    };
    view! {
        <h3>
            {format!("{buyer}: {} of ", phase.name())} <a href=format!("/contracts/{contract_id}")>{contract}</a>
        </h3>
        {shown}
    }
}

/// A request as it leaves, and the command that sends it.
fn request(id: &str, about: &str, sent: Outgoing) -> AnyView {
    let Some(command) = sent.curl() else {
        return view! { <p class="fault">{sent.unsendable}</p> }.into_any();
    };
    let Outgoing { method, url, headers, body, left_out, .. } = sent;
    let headers: String = headers.iter().map(|(name, value)| format!("{name}: {value}\n")).collect();
    let whole = format!("{method} {url}\n{headers}\n{body}");
    let left_out = (!left_out.is_empty()).then(|| {
        let names = left_out.join(", ");
        view! { <p class="hint">"Left out, for want of a value or because a condition does not hold: "<strong>{names}</strong></p> }
    });
    let id = id.to_owned();
    view! {
        <pre class="code" tabindex="0" aria-label=format!("The request of {about}")>{whole}</pre>
        {left_out}
        <Copy target=id.clone() label="Copy as cURL".to_owned() about=about.to_owned()/>
        <details>
            <summary>"The command"</summary>
            <pre class="code" tabindex="0" id=id aria-label=format!("The command of {about}")>{command}</pre>
        </details>
    }
    .into_any()
}
