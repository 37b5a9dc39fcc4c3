//! One source: its terms, its keys, its posting instructions.

mod instructions;
mod keys;
mod share;
mod trying;
mod view;

pub use instructions::{AffiliateInstructionsPage, InstructionsPage};
pub use share::SharedInstructionsPage;

use super::{
    Reply, Shown,
    campaign::{NEWEST, note},
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
use leptos_router::hooks::use_params_map;
use model::{
    SourceId,
    document::{DocumentId, Kind},
    user::Right,
};
use serde_json::json;

/// A source in the editor. Its keys have forms of their own, whose buttons begin with `key`.
#[component]
pub fn SourcePage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply, said) = (Sent::take(), Reply::here(), Said::read());
    framed(Nav::Sources, "Source", move |ui, signed| async move {
        let id: SourceId = id.parse().map_err(|_| UiError::NotFound)?;
        let desk = Desk { ui, reply, id: DocumentId::Source(id) };
        let (opened, mut form) = desk.open().await?;
        let mut key = keys::KeyForm::default();
        if let Some(sent) = &sent {
            if sent.text("do").starts_with("key") {
                key = keys::answer(&desk, id, sent).await?;
            } else {
                desk.answer(&mut form, sent, |_| {}).await?;
            }
        }
        let campaigns = desk.ui.documents(Kind::Campaign).await?;
        let all = desk.ui.api_keys().await?.into_iter().filter(|key| key.source_id == id).collect();
        let asked = HistoryAsked { id: Some(desk.id), limit: NEWEST, ..HistoryAsked::default() };
        let changes = desk.ui.changes(asked).await?;
        let clock = Clock::new(&desk.ui, &signed.tenant.zone);
        let may = signed.user.may(Right::Configure);
        let buttons: &[_] = if opened.four_eyes {
            &[("draft", "Save as draft")]
        } else {
            &[("save", "Save and publish"), ("draft", "Save as draft")]
        };
        let body = view! {
            <div class="stack">
                {said.bar(&desk, opened.version)}
                {configure::draft_panel(&desk, &opened, &clock, may)}
                {keys::section(&desk, key, all, &campaigns, &clock, may)}
                {view::instructions(&desk, &campaigns)}
                <form method="post" action=desk.here() class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter(buttons[0].0)}
                    <input type="hidden" name="version" value=opened.version.to_string()/>
                    {view::sections(&form)}
                    {may.then(|| form::save_bar(buttons, note()))}
                </form>
                {configure::history(&desk, changes, opened.version, &clock, may)}
                {may.then(|| configure::delete_form(&desk, opened.version, "source"))}
            </div>
        };
        let name = opened.value["name"].as_str().unwrap_or("Source").to_owned();
        let aside = may.then(|| configure::aside(&desk, &opened));
        Ok(Shown::new(name, body).beside(aside))
    })
}

/// A source that is to be made.
#[component]
pub fn NewSourcePage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Sources, "New source", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let begin = json!({ "slug": "", "name": "", "payout": { "share": 600_000 }, "floor": null, "pings": {} });
        let mut form = Form::new(begin);
        if let Some(sent) = &sent {
            configure::create((&ui, &reply), Kind::Source, &mut form, sent, |_| {}).await?;
        }
        Ok(Shown::new(
            "New source",
            view! {
                <form method="post" class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("save")}
                    {view::sections(&form)}
                    {form::save_bar(&[("save", "Make the source")], ().into_any())}
                </form>
            },
        ))
    })
}
