//! Posts of unknown outcome, to be worked off by asking the buyers.

use super::{Shown, framed};
use crate::{
    components::{Empty, Nav, When},
    format::{self, Clock},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::report::DoubtRow;

const ACTION: &str = "/ui/doubt/resolve";

/// The queue, oldest first.
#[component]
pub fn DoubtPage() -> impl IntoView {
    let done = use_query_map().get_untracked().get("done");
    framed(Nav::Doubt, "In doubt", |ui, signed| async move {
        let doubts = ui.doubts().await?;
        let said = match done.as_deref() {
            Some("taken") => Some("The lead is sold, and its money has moved."),
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
            </div>
        };
        Ok(Shown::new("In doubt", table))
    })
}

fn row(doubt: DoubtRow, clock: &Clock) -> impl IntoView + use<> {
    let lead = doubt.lead_id.to_string();
    let (href, short) = (format!("/leads/{lead}"), format!("…{}", &lead[lead.len() - 8..]));
    let attempt = doubt.attempt_id.to_string();
    let amount = format!("amount-{attempt}");
    let about = format!("{} about lead {short}", doubt.buyer);
    view! {
        <tr>
            <th scope="row"><a class="id" href=href>{short}</a></th>
            <td><When at=doubt.at clock=clock.clone()/></td>
            <td>{doubt.buyer}<span class="hint">{doubt.contract}</span></td>
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
