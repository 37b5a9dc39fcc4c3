//! Posts of unknown outcome, to be worked off by asking the buyers.

use super::{Reply, Shown, framed};
use crate::{
    components::{Empty, Nav, When, form},
    form::{Form, Sent},
    format::{self, Clock},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{FieldError, report::DoubtRow, user::Right};
use serde_json::json;

const ACTION: &str = "/ui/doubt/resolve";

/// The queue, oldest first.
#[component]
pub fn DoubtPage() -> impl IntoView {
    let done = use_query_map().get_untracked().get("done");
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Doubt, "In doubt", move |ui, signed| async move {
        let mut form = Form::new(json!({ "file": "" }));
        let mut told = None;
        if let Some(sent) = &sent {
            form.submit(sent);
            match ui.resolve_doubts(form.at("file").as_str().unwrap_or_default().to_owned()).await {
                Ok((resolved, faults)) => told = Some(from_file(resolved, &faults)),
                Err(error) => reply.faulty(&mut form, error)?,
            }
        }
        let doubts = ui.doubts().await?;
        let may = signed.user.may(Right::Configure);
        let said = match done.as_deref() {
            Some("taken") => Some("It counts as taken, and its money has moved."),
            Some("refused") => Some("The post counts as refused, and its place in the caps is free again."),
            Some("amount") => Some("The amount could not be read, and nothing was changed. Write it as 12.50."),
            Some("known") => Some("What became of that post is known already. Nothing was changed."),
            _ => None,
        };
        let bar = said.map(|text| view! { <div class="status-bar" role="status"><span>{text}</span></div> });
        if doubts.is_empty() {
            let empty = view! {
                <div class="stack">
                    {bar}
                    {told}
                    <Empty title="Nothing is in doubt">
                        <p>"A post whose answer was lost waits here until somebody has asked the buyer. Its lead is not offered to anybody else meanwhile."</p>
                    </Empty>
                </div>
            };
            return Ok(Shown::new("In doubt", empty));
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let rows = doubts.into_iter().map(|doubt| row(doubt, &clock)).collect_view();
        let table = view! {
            <div class="stack">
                {bar}
                {told}
                <p class="lead">"Each post left, and what became of it is not known. Ask the buyer, then say what it answered: a lead is never sold twice by guessing."</p>
                <section class="card">
                    <div class="scroll" tabindex="0" role="region" aria-label="Posts in doubt">
                        <table class="list doubts">
                            <caption class="sr-only">"Posts of unknown outcome, oldest first"</caption>
                            <thead>
                                <tr>
                                    <th scope="col">"Lead"</th>
                                    <th scope="col">"Sent"</th>
                                    <th scope="col">"Buyer"</th>
                                    <th scope="col">"Campaign"</th>
                                    <th scope="col" class="number">"Price"</th>
                                    <th scope="col">"What the buyer says"</th>
                                </tr>
                            </thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </section>
                {may.then(|| file(&form))}
            </div>
        };
        Ok(Shown::new("In doubt", table))
    })
}

/// What came of a file.
fn from_file(resolved: usize, faults: &[FieldError]) -> AnyView {
    let said = match resolved {
        0 => "No post is resolved.".to_owned(),
        1 => "1 post is resolved, and its money has moved.".to_owned(),
        more => format!("{more} posts are resolved, and their money has moved."),
    };
    let rows = faults.iter().map(|fault| format!("{}: {}", fault.field, fault.message));
    let rows = rows.map(|text| view! { <li>{text}</li> }).collect_view();
    let faults = (!faults.is_empty()).then(|| {
        view! { <div class="panel danger" role="alert"><p class="panel-title">"These rows were not taken:"</p><ul>{rows}</ul></div> }
    });
    view! { <div class="status-bar" role="status"><span>{said}</span></div> {faults} }.into_any()
}

/// Where a buyer's list is put in.
fn file(form: &Form) -> AnyView {
    view! {
        <details class="card" open=!form.faults.is_empty()>
            <summary>"Put in a list from the buyer"</summary>
            <form class="stack" method="post" action="/doubt" novalidate>
                {form::summary(form)}
                {form::text(form, "file", "Its lines").lines(8).hint("CSV. The first line names the columns: lead, verdict (accepted or rejected) and, where they matter, paid and attempt. Rows that cannot be taken keep no other from it.").view()}
                <div><button class="button" type="submit" name="do" value="file">"Take it over"</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn row(doubt: DoubtRow, clock: &Clock) -> impl IntoView + use<> {
    let lead = doubt.lead_id.to_string();
    let (href, short) = (format!("/leads/{lead}"), format!("…{}", &lead[lead.len() - 8..]));
    let attempt = doubt.attempt_id.to_string();
    let amount = format!("amount-{attempt}");
    let contract = if doubt.silent { format!("{}, a copy", doubt.contract) } else { doubt.contract };
    let about = format!("{} about lead {short}", doubt.buyer);
    view! {
        <tr>
            <th scope="row"><a class="id" href=href>{short}</a></th>
            <td><When at=doubt.at clock=clock.clone()/></td>
            <td>{doubt.buyer}<span class="hint">{contract}</span></td>
            <td>{doubt.campaign}</td>
            <td class="number">{format::money(doubt.price.amount, doubt.price.currency)}</td>
            <td>
                <div class="resolve">
                    <form method="post" action=ACTION>
                        <input type="hidden" name="lead" value=lead.clone()/>
                        <input type="hidden" name="attempt" value=attempt.clone()/>
                        <input type="hidden" name="accepted" value="true"/>
                        <label class="sr-only" for=amount.clone()>{format!("What {about} pays")}</label>
                        <input id=amount name="paid" inputmode="decimal" value=doubt.price.amount.to_decimal()/>
                        <button class="button small" type="submit" aria-label=format!("Taken, says {about}")>"It took it"</button>
                    </form>
                    <form method="post" action=ACTION>
                        <input type="hidden" name="lead" value=lead/>
                        <input type="hidden" name="attempt" value=attempt/>
                        <input type="hidden" name="accepted" value="false"/>
                        <button class="button small" type="submit" aria-label=format!("Not taken, says {about}")>"It did not"</button>
                    </form>
                </div>
            </td>
        </tr>
    }
}
