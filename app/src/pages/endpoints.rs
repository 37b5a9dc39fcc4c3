//! The endpoints: who is told when a lead's state changes.

use super::{Shown, buyers::switch_badge, configure::deleted_bar, framed};
use crate::components::{Empty, Nav};
use leptos::prelude::*;
use model::endpoint::{Endpoint, Event};

/// Every endpoint of the tenant.
#[component]
pub fn EndpointsPage() -> impl IntoView {
    let done = deleted_bar("The endpoint is deleted, with all that waited for it.");
    framed(Nav::Endpoints, "Endpoints", |ui, _| async move {
        let endpoints = ui.endpoints().await?;
        let new = view! { <a class="button primary" href="/endpoints/new">"New endpoint"</a> };
        if endpoints.is_empty() {
            let empty = view! {
                <Empty title="No endpoints yet">
                    <p>"An endpoint is an address that is told when a lead is sold, unsold, rejected or returned: an affiliate's tracker, or your own system."</p>
                </Empty>
            };
            return Ok(Shown::new("Endpoints", view! { <div class="stack">{done}{empty}</div> }).beside(new));
        }
        let rows = endpoints.into_iter().map(row).collect_view();
        let table = view! {
            <div class="stack">
                {done}
                <section class="card">
                    <div class="scroll" tabindex="0" role="region" aria-label="Endpoints">
                        <table class="list">
                            <caption class="sr-only">"Endpoints by name"</caption>
                            <thead><tr>
                                <th scope="col">"Endpoint"</th><th scope="col">"State"</th><th scope="col">"Kind"</th>
                                <th scope="col">"Is told of"</th><th scope="col">"Address"</th>
                            </tr></thead>
                            <tbody>{rows}</tbody>
                        </table>
                    </div>
                </section>
            </div>
        };
        Ok(Shown::new("Endpoints", table).beside(new))
    })
}

fn row(endpoint: Endpoint) -> impl IntoView {
    let on: Vec<_> = endpoint.on.iter().copied().map(Event::word).collect();
    let test = endpoint.test.then(|| view! { <span class="badge test">"Test leads too"</span> });
    let why = endpoint.disabled_reason.clone().map(|why| view! { <span class="hint">{why}</span> });
    view! {
        <tr>
            <th scope="row"><a href=format!("/endpoints/{}", endpoint.id)>{endpoint.name.clone()}</a></th>
            <td>{switch_badge(endpoint.active)} {test} {why}</td>
            <td>{endpoint.target.name()}</td>
            <td>{on.join(", ")}</td>
            <td class="wrap"><code>{endpoint.target.url().to_owned()}</code></td>
        </tr>
    }
}
