//! Trying a lead again on paper: what would come of it now beside what came of it then.

use super::tail;
use crate::{
    components::{Nav, StandingBadge, When, form, state_word},
    error::UiError,
    form::{Form, Sent},
    format::{self, Clock},
    pages::{Reply, Shown, framed, waterfall::finding},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    Currency, LeadId,
    lead::LeadRow,
    rerun::{Beside, Rerun, Rests},
    trace::{Standing, Verdict},
    user::Right,
};
use serde_json::json;

/// The button, and what came of it.
#[component]
pub fn RerunPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Leads, "Try a lead again", move |ui, signed| async move {
        let id: LeadId = id.parse().map_err(|_| UiError::NotFound)?;
        let row = ui.lead(id).await?.row;
        let mut form = Form::new(json!({}));
        let mut shown = None;
        if sent.is_some() {
            match ui.rerun(id).await {
                Ok(rerun) => shown = Some(rerun),
                Err(error) => reply.faulty(&mut form, error)?,
            }
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let button = if signed.user.may(Right::Configure) {
            view! {
                <form method="post">
                    <button class="button primary" type="submit" name="do" value="try">"Try again in test"</button>
                </form>
            }
            .into_any()
        } else {
            view! { <p class="hint">"Your role does not try leads again."</p> }.into_any()
        };
        let body = view! {
            <div class="stack">
                {form::summary(&form)}
                <p class="lead-in"><a href=format!("/leads/{id}")>"Back to the lead"</a></p>
                <section class="card stack" aria-labelledby="how">
                    <h2 id="how">"What is done"</h2>
                    <p>
                        "The lead goes through the configuration in force, with the schedules, caps and earlier sales of this moment. Buyers \
                         answer as they did then. Nobody is asked, nothing is sold, posted or counted; that you tried is written to the \
                         lead's history."
                    </p>
                    {button}
                </section>
                {shown.map(|rerun| result(&row, rerun, &clock))}
            </div>
        };
        Ok(Shown::new(format!("Try lead …{} again", tail(id)), body))
    })
}

fn result(row: &LeadRow, rerun: Rerun, clock: &Clock) -> impl IntoView + use<> {
    let currency = rerun.currency;
    let (state, revenue) = (row.state, row.revenue);
    let why = rerun.reason.map(|reason| view! { " " {reason.meaning()} });
    let price = rerun.revenue.map(|revenue| format!(" for {}", format::money(revenue, currency)));
    let was = revenue.map(|revenue| format!(" for {}", format::of(revenue)));
    let unrecorded = (!rerun.recorded).then(|| {
        view! { <p class="hint">"What buyers answered then was not recorded, so it can only be told who would be asked."</p> }
    });
    let unheard = rerun.contracts.iter().filter(|row| row.rests == Rests::Unheard).count();
    let open = (unheard > 0).then(|| {
        let who = if unheard == 1 {
            "one contract that would be asked now and was not then: nobody knows what it would answer"
        } else {
            "contracts that would be asked now and were not then: nobody knows what they would answer"
        };
        view! { <p><strong>{format!("Not counting {who}.")}</strong></p> }
    });
    let rows = ordered(rerun.contracts).into_iter().map(|one| contract(one, currency)).collect_view();
    view! {
        <section class="card stack" id="result" aria-labelledby="result-title" tabindex="-1" autofocus=true>
            <h2 id="result-title">"Then and now"</h2>
            <p role="status">
                "Then: " <strong>{state_word(state)}</strong> {was} ". Now, "
                <When at=rerun.at clock=clock.clone() exact=true/> ": "
                <strong>{state_word(rerun.state)}</strong> {price} "." {why}
            </p>
            {open}
            <p class="hint">{format!("The floor is {} now.", format::money(rerun.floor, currency))}</p>
            {unrecorded}
            <div class="scroll" tabindex="0" role="region" aria-label="Contract by contract">
                <table class="list">
                    <caption class="sr-only">"Every contract's verdict then and now"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Contract"</th><th scope="col">"Then"</th><th scope="col">"Now"</th>
                            <th scope="col">"Differs"</th>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </section>
    }
}

/// What differs stands first.
fn ordered(mut rows: Vec<Beside>) -> Vec<Beside> {
    rows.sort_by_key(|row| !differs(row));
    rows
}

fn differs(row: &Beside) -> bool {
    let told = |verdict: &Option<Verdict>| verdict.as_ref().map(|one| (one.code(), one.price, one.rank));
    row.rests != Rests::Known || told(&row.then) != told(&row.now)
}

fn contract(row: Beside, currency: Currency) -> impl IntoView {
    let differs = if differs(&row) { "Yes" } else { "No" };
    let Beside { contract_id, contract, buyer, then, now, rests } = row;
    let then = match then {
        Some(verdict) => told(verdict, currency, Rests::Known),
        None => view! { <span class="muted">"Not in the campaign"</span> }.into_any(),
    };
    let now = match now {
        Some(verdict) => told(verdict, currency, rests),
        None => view! { <span class="muted">"Not in the campaign"</span> }.into_any(),
    };
    view! {
        <tr>
            <th scope="row">
                {buyer} " " <a class="hint" href=format!("/contracts/{contract_id}")>{contract}</a>
            </th>
            <td>{then}</td>
            <td>{now}</td>
            <td>{differs}</td>
        </tr>
    }
}

fn told(verdict: Verdict, currency: Currency, rests: Rests) -> AnyView {
    if rests == Rests::Unheard {
        return view! {
            <span class="badge info">"Would be asked"</span>
            <p class="hint">"It was not asked then: nobody knows what it would answer."</p>
        }
        .into_any();
    }
    let price = verdict.price.map(|price| view! { " " {format::money(price, currency)} });
    let rank = verdict.rank.map(|rank| view! { <span class="hint">{format!("place {rank} in the plan")}</span> });
    let assumed = (rests == Rests::Assumed && verdict.standing == Standing::Sold)
        .then(|| view! { <p class="hint">"If it accepts: it was not posted to then."</p> });
    let findings = verdict.findings.iter().map(finding).collect_view();
    view! {
        <StandingBadge standing=verdict.standing/> {price} {rank} {assumed}
        <ul class="findings">{findings}</ul>
    }
    .into_any()
}
