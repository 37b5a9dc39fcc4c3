//! A contract that begins from a platform's preset: only what differs from buyer to buyer is asked for.

use super::{Documents, Reply, Shown};
use crate::{
    backend::{
        Ui,
        bench::{Place, PresetView},
    },
    components::form,
    error::UiError,
    form::{Form, Sent},
    pages::configure,
    query::escape,
};
use leptos::prelude::*;
use model::{contract::ContractKind, document::Kind};
use serde_json::json;

/// The presets to begin from, beside an empty form.
pub fn offer(presets: &[PresetView], buyer: &str, campaign: &str) -> AnyView {
    let link = |preset: &PresetView| {
        let href = format!(
            "/contracts/new?buyer={}&campaign={}&preset={}",
            escape(buyer),
            escape(campaign),
            escape(&preset.id)
        );
        let way = if preset.kind == ContractKind::Direct { "direct" } else { "ping and post" };
        view! { <li><a class="button small" href=href>{preset.name.clone()}</a>" "<span class="muted">{way}</span></li> }
    };
    let links = presets.iter().map(link).collect_view();
    let import = format!("/contracts/import?buyer={}&campaign={}", escape(buyer), escape(campaign));
    view! {
        <section class="card" id="presets" aria-labelledby="presets-title">
            <h2 id="presets-title">"Is the buyer on a known platform?"</h2>
            <p class="hint">"Begin from its preset: what is sent and how answers are read is filled in. Or go on below with an empty contract."</p>
            <ul class="begin">{links}</ul>
            <p><a class="button" href=import>"From its posting document"</a>" "<span class="muted">"Paste a sample body, a cURL command or a table: what is sent and how answers are read is proposed."</span></p>
        </section>
    }
    .into_any()
}

/// The page of one preset. What it makes is paused, so that it can be tried first.
///
/// # Errors
/// Not found; what is not about what was entered.
pub async fn page(
    (ui, reply): (&Ui, &Reply),
    (buyer, campaign): (&str, &str),
    preset: &str,
    sent: Option<&Sent>,
) -> Result<Shown, UiError> {
    let preset = ui.presets().await?.into_iter().find(|have| have.id == preset).ok_or(UiError::NotFound)?;
    let values: serde_json::Map<_, _> = preset
        .places
        .iter()
        .map(|place| (place.name.clone(), place.default.clone().unwrap_or_default().into()))
        .collect();
    let mut form = Form::new(json!({
        "campaign_id": campaign, "buyer_id": buyer, "name": "", "active": false, "price": {},
        "preset": { "id": preset.id, "values": values },
    }));
    if let Some(sent) = sent {
        configure::create((ui, reply), Kind::Contract, &mut form, sent, |_| {}).await?;
    }
    let documents = Documents::of(ui, &form.value).await?;
    let links = documents.links();
    // Who is not asked for a bid buys at a price that is agreed on.
    let price = (preset.kind == ContractKind::Direct).then(|| {
        let currency = documents.campaign["currency"].as_str().unwrap_or_default();
        form::money(&form, "price.fixed", "Price of a lead", currency).view()
    });
    let field = |place: &Place| {
        let hint = format!("Such as {}", place.example);
        let path = format!("preset.values.{}", place.name);
        let kind = if place.secret { "password" } else { "text" };
        form::text(&form, path, place.label.clone()).kind(kind).hint(hint).view()
    };
    let fields = preset.places.iter().map(field).collect_view();
    let all = view! {
        <div class="fields">{form::text(&form, "name", "Name of the contract").view()}{price}{fields}</div>
    };
    let back = format!("/contracts/new?buyer={}&campaign={}", escape(buyer), escape(campaign));
    let body = view! {
        <div class="stack">
            {links}
            <form method="post" class="form" novalidate>
                {form::summary(&form)}
                {form::enter("save")}
                <section class="card form-section" id="preset" aria-labelledby="preset-title">
                    <h2 id="preset-title">{preset.name.clone()}</h2>
                    <p class="hint lead-in">{preset.about.clone()}" The contract begins paused: try it, then resume it."</p>
                    {all}
                    <p><a href=back>"Another preset, or none"</a></p>
                </section>
                {form::save_bar(&[("save", "Make the contract")], ().into_any())}
            </form>
        </div>
    };
    Ok(Shown::new(format!("New contract on {}", preset.name), body))
}
