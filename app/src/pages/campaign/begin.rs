//! What a new campaign may begin from: a vertical's template, or another campaign.

use crate::backend::configure::TemplateView;
use leptos::prelude::*;
use serde_json::Value;

/// Every template with its sentence, by kind of business, and every campaign to copy. `chosen` is the template the form began
/// from.
pub fn offer(templates: &[TemplateView], campaigns: &[Value], chosen: Option<&str>) -> AnyView {
    let mut groups: Vec<&str> = Vec::new();
    for template in templates {
        if !groups.contains(&template.group.as_str()) {
            groups.push(&template.group);
        }
    }
    let group = |name: &&str| {
        let own = templates.iter().filter(|template| template.group == *name);
        let rows = own.map(|template| line(template, chosen == Some(template.id.as_str()))).collect_view();
        let title = name[..1].to_uppercase() + &name[1..];
        view! { <div><h3>{title}</h3><ul class="templates">{rows}</ul></div> }
    };
    let groups = groups.iter().map(group).collect_view();
    let copy = |campaign: &Value| {
        let (id, name) = (campaign["id"].as_str()?, campaign["name"].as_str()?);
        let (href, text) = (format!("/campaigns/new?from={id}"), format!("Copy of {name}"));
        Some(view! { <li><a class="button small" href=href>{text}</a></li> })
    };
    let copies: Vec<_> = campaigns.iter().filter_map(copy).collect();
    let copies =
        (!copies.is_empty()).then(|| view! { <div><h3>"Your campaigns"</h3><ul class="begin">{copies}</ul></div> });
    view! {
        <section class="card" aria-labelledby="begin-title">
            <h2 id="begin-title">"Begin from"</h2>
            <p class="hint">"Fields, allowed values and what may be in a ping are filled in below. Everything can be changed."</p>
            <nav class="beginnings" aria-label="Begin from">{groups}{copies}</nav>
        </section>
    }
    .into_any()
}

fn line(template: &TemplateView, chosen: bool) -> AnyView {
    let href = format!("/campaigns/new?from={}", template.id);
    let current = chosen.then_some("true");
    view! {
        <li><a href=href aria-current=current>{template.name.clone()}</a>" "<span class="hint">{template.about.clone()}</span></li>
    }
    .into_any()
}

/// Words of consent to begin from.
pub fn consent(template: &TemplateView) -> AnyView {
    view! {
        <section class="card" aria-labelledby="consent-title">
            <h2 id="consent-title">"Words of consent to begin from"</h2>
            <p class="hint">"For your form. Fill in what stands in square brackets, and let a lawyer read it: what is needed differs by state and product."</p>
            <blockquote class="consent">{template.consent.clone()}</blockquote>
        </section>
    }
    .into_any()
}
