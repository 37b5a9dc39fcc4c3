//! The buyers with today's counts.

use super::{Shown, configure::deleted_bar, framed};
use crate::{
    components::{Empty, Nav, StatusBar},
    format,
    query::LeadsQuery,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{Currency, report::BuyerRow, user::Right};

const ACTION: &str = "/ui/buyers/active";

/// Every buyer of the tenant.
#[component]
pub fn BuyersPage() -> impl IntoView {
    let (done, deleted) = (Done::read(), deleted_bar("The buyer is deleted."));
    framed(Nav::Buyers, "Buyers", |ui, signed| async move {
        let may = signed.user.may(Right::Configure);
        let new = || may.then(|| view! { <a class="button primary" href="/buyers/new">"New buyer"</a> });
        let buyers = ui.buyers().await?;
        let bar = done.bar(ACTION, |id| buyers.iter().find(|b| b.id.to_string() == id).map(|b| b.name.clone()));
        if buyers.is_empty() {
            let empty = view! { <Empty title="No buyers yet"><p>"A buyer is a company that buys leads. Add the first one to sell to it."</p></Empty> };
            return Ok(Shown::new("Buyers", view! { <div class="stack">{deleted}{empty}</div> }).beside(new()));
        }
        Ok(Shown::new(
            "Buyers",
            view! { <div class="stack">{deleted}{bar} <section class="card">{table(buyers)}</section></div> },
        )
        .beside(new()))
    })
}

fn table(buyers: Vec<BuyerRow>) -> impl IntoView {
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Buyers">
            <table class="list">
                <caption class="sr-only">"Buyers with today's counts"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Buyer"</th>
                        <th scope="col">"State"</th>
                        <th scope="col" class="number">"Contracts"</th>
                        <th scope="col" class="number">"Asked"</th>
                        <th scope="col" class="number">"Bought"</th>
                        <th scope="col" class="number">"Declined"</th>
                        <th scope="col" class="number">"Failed"</th>
                        <th scope="col" class="number">"Revenue"</th>
                        <th scope="col">"Action"</th>
                    </tr>
                </thead>
                <tbody>{buyers.into_iter().map(row).collect_view()}</tbody>
            </table>
        </div>
    }
}

fn row(buyer: BuyerRow) -> impl IntoView {
    let bought = LeadsQuery { buyer: Some(buyer.id), ..LeadsQuery::default() }.href();
    let sandbox = buyer.sandbox.then(|| view! { <span class="badge test">"Sandbox"</span> });
    view! {
        <tr>
            <th scope="row"><a href=format!("/buyers/{}", buyer.id)>{buyer.name.clone()}</a><span class="hint">{buyer.legal_name.clone()}</span></th>
            <td>{switch_badge(buyer.active)} {sandbox}</td>
            <td class="number">{format::thousands(buyer.contracts)}</td>
            <td class="number">{format::thousands(buyer.pinged)}</td>
            <td class="number"><a href=bought>{format::thousands(buyer.sold)}</a></td>
            <td class="number">{format::thousands(buyer.rejected)}</td>
            <td class="number">{format::thousands(buyer.failed)}</td>
            <td class="number">{format::money(buyer.revenue, Currency::USD)}</td>
            <td>{switch(ACTION, buyer.id.to_string(), buyer.active, buyer.name)}</td>
        </tr>
    }
}

/// Whether something is switched on, as icon and word.
pub(super) fn switch_badge(active: bool) -> impl IntoView {
    let (tone, word) = if active { ("success", "Active") } else { ("muted", "Paused") };
    view! { <span class=format!("badge {tone}")>{word}</span> }
}

/// The button that pauses or resumes.
pub(super) fn switch(action: &'static str, id: String, active: bool, name: String) -> impl IntoView {
    let word = if active { "Pause" } else { "Resume" };
    view! {
        <form method="post" action=action>
            <input type="hidden" name="id" value=id/>
            <input type="hidden" name="active" value=(!active).to_string()/>
            <button class="button small" type="submit" aria-label=format!("{word} {name}")>{word}</button>
        </form>
    }
}

/// What the last action did, read from the URL.
pub(super) struct Done {
    what: Option<String>,
    id: String,
}

impl Done {
    pub(super) fn read() -> Self {
        let map = use_query_map().get_untracked();
        Self { what: map.get("done"), id: map.get("id").unwrap_or_default() }
    }

    /// Says it, with the way back. Only things that are there are named, so a forged link can say nothing of its own.
    pub(super) fn bar<N>(self, action: &'static str, name: N) -> Option<AnyView>
    where
        N: FnOnce(&str) -> Option<String>,
    {
        let name = name(&self.id)?;
        let (word, back) = match self.what.as_deref()? {
            "paused" => ("is paused and buys nothing until it is resumed", "true"),
            "resumed" => ("is active again", "false"),
            _ => return None,
        };
        let undo = (action, vec![("id", self.id), ("active", back.to_owned())]);
        Some(view! { <StatusBar text=format!("{name} {word}.") undo/> }.into_any())
    }
}
