//! One campaign: what its leads consist of, how they are sold, and what became of it.

mod begin;
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

/// The template that has nothing but a person.
const PLAINEST: &str = "contact";
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
        let sources = desk.ui.documents(Kind::Source).await?;
        let texts = desk.ui.texts().await?;
        let links = desk.ui.form_links(id).await?;
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
                    {view::consent(&form, &texts)}
                    {view::hosted(&form, &sources)}
                    {may.then(|| form::save_bar(buttons, note()))}
                </form>
                {view::links(links)}
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
        let (campaigns, templates) = (ui.documents(Kind::Campaign).await?, ui.templates().await?);
        let copied = campaigns.iter().find(|campaign| campaign["id"].as_str() == from.as_deref());
        let wanted = from.as_deref().unwrap_or(PLAINEST);
        let chosen = templates.iter().find(|template| template.id == wanted).filter(|_| copied.is_none());
        let blank = || templates.iter().find(|template| template.id == PLAINEST);
        let begun = match (copied, chosen.or_else(blank)) {
            (Some(campaign), _) => shape::copy(campaign),
            (None, Some(template)) => shape::template(template, &campaigns),
            (None, None) => return Err(UiError::NotFound),
        };
        let mut form = Form::new(begun);
        if let Some(sent) = &sent {
            configure::create((&ui, &reply), Kind::Campaign, &mut form, sent, shape::tidy).await?;
        }
        let begin = begin::offer(&templates, &campaigns, copied.is_none().then_some(wanted));
        let consent = chosen.map(begin::consent);
        Ok(Shown::new(
            "New campaign",
            view! {
                <div class="stack">
                    {begin}
                    <form method="post" class="form" novalidate>
                        {form::summary(&form)}
                        {form::enter("save")}
                        {view::sections(&form, true)}
                        {form::save_bar(&[("save", "Make the campaign")], ().into_any())}
                    </form>
                    {consent}
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
