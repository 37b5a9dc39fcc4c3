//! What a source sends into one campaign: to be printed, or copied into a mail.

use super::{share, trying};
use crate::{
    backend::configure::{FieldLine, Instructions},
    components::Nav,
    error::UiError,
    form::Sent,
    format::Clock,
    pages::{Reply, Shown, framed},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{CampaignId, SourceId, user::Right};

/// Posting instructions of a source for a campaign, with links for people without an account, and a lead to try.
#[component]
pub fn InstructionsPage() -> impl IntoView {
    let params = use_params_map().get_untracked();
    let get = |name: &str| params.get(name).unwrap_or_default();
    let (source, campaign) = (get("id"), get("campaign"));
    let (sent, reply, done) = (Sent::take(), Reply::here(), use_query_map().get_untracked().get("done"));
    framed(Nav::Sources, "Posting instructions", move |ui, signed| async move {
        let source: SourceId = source.parse().map_err(|_| UiError::NotFound)?;
        let campaign: CampaignId = campaign.parse().map_err(|_| UiError::NotFound)?;
        let told = ui.instructions(source, campaign).await?;
        let here = format!("/sources/{source}/instructions/{campaign}");
        let may = signed.user.may(Right::Configure);
        let (mut made, mut tried, mut form) = (None, None, trying::begin(&told));
        if let Some(sent) = &sent {
            if sent.text("do") == "try" {
                tried = trying::answer((&ui, &reply), (Some(source), campaign), &mut form, sent).await?;
            } else {
                made = share::answer((&ui, &reply), (source, campaign), &here, sent).await?;
            }
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let links = ui.shares(source, campaign).await?;
        let title = format!("{}: posting instructions for {}", told.campaign, told.source);
        let console = may.then(|| trying::console(&told, &form, tried.as_ref(), &here));
        let body = view! {
            <div class="stack">
                {share::said(done.as_deref().filter(|_| sent.is_none()))}
                {share::section(made, links, &here, &clock, may)}
                {whole(told)}
                {console}
            </div>
        };
        let back = view! { <a class="button small" href=format!("/sources/{source}")>"Back to the source"</a> };
        Ok(Shown::new(title, body).beside(back))
    })
}

/// The same for the affiliate itself.
#[component]
pub fn AffiliateInstructionsPage() -> impl IntoView {
    let campaign = use_params_map().get_untracked().get("campaign").unwrap_or_default();
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::AffiliateSetup, "Posting instructions", move |ui, _| async move {
        let campaign: CampaignId = campaign.parse().map_err(|_| UiError::NotFound)?;
        let told = ui.affiliate_instructions(campaign).await?;
        let mut form = trying::begin(&told);
        let tried = match &sent {
            Some(sent) => trying::answer((&ui, &reply), (None, campaign), &mut form, sent).await?,
            None => None,
        };
        let title = format!("{}: posting instructions", told.campaign);
        let console = trying::console(&told, &form, tried.as_ref(), &format!("/affiliate/instructions/{campaign}"));
        let body = view! { <div class="stack">{whole(told)}{console}</div> };
        Ok(Shown::new(title, body).beside(view! { <a class="button small" href="/affiliate/setup">"Back"</a> }))
    })
}

/// What to send, for whoever reads it.
pub(super) fn whole(told: Instructions) -> impl IntoView {
    let paused = (!told.active)
        .then(|| view! { <p class="fault">"The campaign is paused: leads are not taken at present."</p> });
    let consent = told
        .consent_required
        .then(|| view! { <p>"A consent record is required: without one the lead is refused."</p> });
    view! {
        <div class="stack spec">
            <section class="card">
                <p><code>"POST "{told.url}</code>" with "<code>"Authorization: Bearer"</code>" and your key, as JSON or as a form, in UTF-8, at most 256 kB."</p>
                {paused}{consent}
            </section>
            {told.words.map(|(words, version)| agreed(words, version, told.known_only))}
            <section class="card" aria-labelledby="spec-fields">
                <h2 id="spec-fields">"Fields"</h2>
                <div class="scroll" tabindex="0" role="region" aria-label="Fields">
                    <table>
                        <caption class="sr-only">"What a lead consists of"</caption>
                        <thead><tr>
                            <th scope="col">"Name"</th><th scope="col">"What it is"</th><th scope="col">"Type"</th>
                            <th scope="col">"Required"</th><th scope="col">"Allowed"</th><th scope="col">"Example"</th>
                        </tr></thead>
                        <tbody>{told.fields.into_iter().map(field).collect_view()}</tbody>
                    </table>
                </div>
            </section>
            <section class="card" aria-labelledby="spec-curl">
                <h2 id="spec-curl">"A request that is taken"</h2>
                <pre class="code" tabindex="0">{told.curl}</pre>
            </section>
            <section class="card" aria-labelledby="spec-answer">
                <h2 id="spec-answer">"What is answered"</h2>
                <p>"HTTP 200 with a "<code>"status"</code>" of "<code>"sold"</code>", "<code>"unsold"</code>", "<code>"duplicate"</code>", "
                    <code>"rejected"</code>" or "<code>"pending"</code>", and the "<code>"redirect_url"</code>" for the consumer. Errors name every bad field. Send an "
                    <code>"Idempotency-Key"</code>" header or an "<code>"external_id"</code>", so that a repeated request is the same lead."</p>
            </section>
        </div>
    }
}

/// The words that the form has to show, to be copied from here.
fn agreed(words: String, version: String, known_only: bool) -> impl IntoView {
    let only = known_only.then(|| view! { <p>"A lead with other words is refused. When a new version is published, the one you have goes on being taken."</p> });
    view! {
        <section class="card" aria-labelledby="spec-consent">
            <h2 id="spec-consent">"What the consumer has to be shown"</h2>
            <blockquote class="consent">{words}</blockquote>
            <p>"Send it as "<code>"consent.text"</code>", with "<code>{version}</code>" as "<code>"consent.text_version"</code>"."</p>
            {only}
        </section>
    }
}

fn field(field: FieldLine) -> impl IntoView {
    let personal = if field.personal { " (personal)" } else { "" };
    view! {
        <tr>
            <th scope="row"><code>{field.name}</code></th>
            <td>{field.label}{personal}</td>
            <td>{field.kind}</td>
            <td>{if field.required { "yes" } else { "no" }}</td>
            <td>{field.allowed}</td>
            <td>{field.example}</td>
        </tr>
    }
}
