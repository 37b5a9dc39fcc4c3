//! The consent texts: what consumers agree to, and where.

use super::{Shown, framed};
use crate::{
    backend::texts::TextLine,
    components::{Empty, Nav, When},
    format::{self, Clock},
};
use leptos::prelude::*;
use model::user::Right;

/// Every text of the tenant.
#[component]
pub fn TextsPage() -> impl IntoView {
    framed(Nav::Texts, "Consent texts", |ui, signed| async move {
        let texts = ui.texts().await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let new = signed
            .user
            .may(Right::Configure)
            .then(|| view! { <a class="button primary" href="/texts/new">"New consent text"</a> });
        if texts.is_empty() {
            let empty = view! {
                <Empty title="No consent texts yet">
                    <p>"A consent text is what a consumer agrees to. Here it has versions that never change, so that each lead can say which words it came with."</p>
                </Empty>
            };
            return Ok(Shown::new("Consent texts", empty).beside(new));
        }
        let rows = texts.into_iter().map(|line| row(line, &clock)).collect_view();
        let table = view! {
            <section class="card">
                <div class="scroll" tabindex="0" role="region" aria-label="Consent texts">
                    <table class="list">
                        <caption class="sr-only">"Consent texts by name"</caption>
                        <thead><tr>
                            <th scope="col">"Text"</th><th scope="col">"Language"</th><th scope="col">"Newest version"</th>
                            <th scope="col">"Campaigns"</th><th scope="col" class="number">"Sources, 7 days"</th>
                            <th scope="col" class="number">"Leads, 7 days"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            </section>
        };
        Ok(Shown::new("Consent texts", table).beside(new))
    })
}

fn row(line: TextLine, clock: &Clock) -> impl IntoView + use<> {
    let version = match line.newest {
        Some((n, at)) => {
            view! { <span class="badge success">{format!("Version {n}")}</span>" "<When at=at clock=clock.clone()/> }
                .into_any()
        }
        None => view! { <span class="badge">"Nothing published"</span> }.into_any(),
    };
    let draft = line.draft.then(|| view! { " "<span class="badge warning">"Draft"</span> });
    let count = line.campaigns.len();
    let campaigns = line.campaigns.into_iter().enumerate().map(|(at, (id, name))| {
        let comma = (at + 1 < count).then_some(", ");
        view! { <a href=format!("/campaigns/{id}")>{name}</a>{comma} }
    });
    view! {
        <tr>
            <th scope="row"><a href=format!("/texts/{}", line.text.id)>{line.text.name}</a>" "<code class="hint">{line.text.slug}</code></th>
            <td>{line.text.locale}</td>
            <td>{version}{draft}</td>
            <td>{if count == 0 { "none".into_any() } else { campaigns.collect_view().into_any() }}</td>
            <td class="number">{line.sources}</td>
            <td class="number">{format::thousands(line.leads)}</td>
        </tr>
    }
}
