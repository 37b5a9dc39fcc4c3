//! One campaign: what its leads consist of, how they are sold, and what became of it.

mod shape;
mod view;

pub(super) use view::pairs;

use super::{
    Reply, Shown,
    configure::{self, Desk, Said},
    framed,
};
use crate::{
    backend::configure::HistoryAsked,
    components::{Nav, form},
    error::UiError,
    form::{Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    CampaignId,
    document::{DocumentId, Kind},
    user::Right,
};

/// How many changes the page of a document shows.
pub(super) const NEWEST: u16 = 8;

/// A campaign in the editor.
#[component]
pub fn CampaignPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply, said) = (Sent::take(), Reply::here(), Said::read());
    framed(Nav::Campaigns, "Campaign", move |ui, signed| async move {
        let id: CampaignId = id.parse().map_err(|_| UiError::NotFound)?;
        let desk = Desk { ui, reply, id: DocumentId::Campaign(id) };
        let (opened, mut form) = desk.open().await?;
        if let Some(sent) = &sent {
            desk.answer(&mut form, sent, shape::tidy).await?;
        }
        let contracts = desk.ui.documents(Kind::Contract).await?;
        let buyers = desk.ui.documents(Kind::Buyer).await?;
        let asked = HistoryAsked { id: Some(desk.id), limit: NEWEST, ..HistoryAsked::default() };
        let changes = desk.ui.changes(asked).await?;
        let clock = Clock::new(&desk.ui, &signed.tenant.zone);
        let may = signed.user.may(Right::Configure);
        let done = said.bar(&desk, opened.version);
        let here = desk.here();
        let buttons: &[_] = if opened.four_eyes {
            &[("draft", "Save as draft")]
        } else {
            &[("save", "Save and publish"), ("draft", "Save as draft")]
        };
        let body = view! {
            <div class="stack">
                {done}
                {configure::draft_panel(&desk, &opened, &clock, may)}
                <form method="post" action=here class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter(buttons[0].0)}
                    <input type="hidden" name="version" value=opened.version.to_string()/>
                    {view::sections(&form, false)}
                    {may.then(|| form::save_bar(buttons, note()))}
                </form>
                {view::contracts(&opened.value, &contracts, &buyers)}
                {configure::history(&desk, changes, opened.version, &clock, may)}
                {may.then(|| configure::delete_form(&desk, opened.version, "campaign"))}
            </div>
        };
        let name = opened.value["name"].as_str().unwrap_or("Campaign").to_owned();
        let aside = may.then(|| configure::aside(&desk, &opened));
        Ok(Shown::new(name, body).beside(aside))
    })
}

/// A campaign that is to be made, from a template or as a copy of another.
#[component]
pub fn NewCampaignPage() -> impl IntoView {
    let from = use_query_map().get_untracked().get("from");
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Campaigns, "New campaign", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let campaigns = ui.documents(Kind::Campaign).await?;
        let copied = campaigns.iter().find(|campaign| campaign["id"].as_str() == from.as_deref());
        let mut form =
            Form::new(copied.map_or_else(|| shape::template(from.as_deref().unwrap_or_default()), shape::copy));
        if let Some(sent) = &sent {
            configure::create((&ui, &reply), Kind::Campaign, &mut form, sent, shape::tidy).await?;
        }
        let link = |(href, text): (String, String)| view! { <li><a class="button small" href=href>{text}</a></li> };
        let templates = shape::TEMPLATES.map(|(word, text)| (format!("/campaigns/new?from={word}"), text.to_owned()));
        let copies = campaigns.iter().filter_map(|campaign| {
            let (id, name) = (campaign["id"].as_str()?, campaign["name"].as_str()?);
            Some((format!("/campaigns/new?from={id}"), format!("Copy of {name}")))
        });
        let begin = templates.into_iter().chain(copies).map(link).collect_view();
        Ok(Shown::new(
            "New campaign",
            view! {
                <div class="stack">
                    <nav aria-label="Begin from"><ul class="begin"><li>"Begin from:"</li>{begin}</ul></nav>
                    <form method="post" class="form" novalidate>
                        {form::summary(&form)}
                        {form::enter("save")}
                        {view::sections(&form, true)}
                        {form::save_bar(&[("save", "Make the campaign")], ().into_any())}
                    </form>
                </div>
            },
        ))
    })
}

/// Where the reason of a change is entered.
pub(super) fn note() -> AnyView {
    view! {
        <div class="field">
            <label for="note">"Why (for the history)"</label>
            <input id="note" name="note" maxlength="500" autocomplete="off"/>
        </div>
    }
    .into_any()
}
