//! One consent text: its editor with the check, its versions, where they are in use, and how two of them differ.

mod view;

use super::{Reply, Shown, framed};
use crate::{
    backend::{Ui, texts::TextCheck},
    components::{Nav, form},
    error::UiError,
    form::{Act, Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{ConsentTextId, consent::ConsentText, user::Right};
use serde_json::{Value, json};

fn document(text: &ConsentText, wording: &model::consent::Wording) -> Value {
    json!({ "name": text.name, "locale": text.locale, "wording": wording })
}

/// A text in the editor.
#[component]
pub fn TextPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply, query) = (Sent::take(), Reply::here(), use_query_map().get_untracked());
    framed(Nav::Texts, "Consent text", move |ui, signed| async move {
        let id: ConsentTextId = id.parse().map_err(|_| UiError::NotFound)?;
        let mut text = ui.text(id).await?;
        let mut form = Form::new(document(&text.text, &text.wording));
        let mut note = String::new();
        if let Some(sent) = &sent {
            sent.text("note").clone_into(&mut note);
            if let Some(check) = answer((&ui, &reply), id, &mut form, sent).await? {
                text.check = check;
            }
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let (configures, publishes) = (signed.user.may(Right::Configure), signed.user.may(Right::Publish));
        let here = format!("/texts/{id}");
        let said = sent.is_none().then(|| query.get("done")).flatten();
        let body = view! {
            <div class="stack">
                {view::said(said.as_deref())}
                <form method="post" action=here.clone() class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("save")}
                    <input type="hidden" name="version" value=text.revision.to_string()/>
                    {view::editor(&form, Some(&text), &clock)}
                    {configures.then(|| form::save_bar(&[("save", "Save the draft"), ("check", "Check only")], ().into_any()))}
                </form>
                {view::check(&text.check)}
                {view::preview(&text.check, form.at("wording.button").as_str().unwrap_or_default())}
                {view::publish(&text, &here, &note, configures && publishes)}
                {view::versions(&text, &here, &clock)}
                {view::campaigns(&text)}
                {view::uses(&text, &clock)}
            </div>
        };
        Ok(Shown::new(text.text.name.clone(), body).beside(view::badge(&text)))
    })
}

/// Does what a button says; what the check says of what was typed, when that stays in the editor.
async fn answer(
    (ui, reply): (&Ui, &Reply),
    id: ConsentTextId,
    form: &mut Form,
    sent: &Sent,
) -> Result<Option<TextCheck>, UiError> {
    let here = format!("/texts/{id}");
    let Act::Do(word) = form.submit(sent) else { return Ok(None) };
    let done = match word.as_str() {
        "check" => return typed(ui, Some(id), form, reply).await,
        "publish" => {
            let published = ui.publish_text(id, sent.version(), sent.text("note").to_owned()).await;
            published.map(|n| format!("{here}?done=published-{n}"))
        }
        _ => ui.save_text(id, sent.version(), form.value.clone()).await.map(|()| format!("{here}?done=saved")),
    };
    match done {
        Ok(to) => reply.go(&to),
        Err(error) => {
            reply.faulty(form, error)?;
            return Ok(ui.check_text(Some(id), form.value.clone()).await.ok());
        }
    }
    Ok(None)
}

/// What the check says of what was typed and is not saved.
async fn typed(
    ui: &Ui,
    id: Option<ConsentTextId>,
    form: &mut Form,
    reply: &Reply,
) -> Result<Option<TextCheck>, UiError> {
    match ui.check_text(id, form.value.clone()).await {
        Ok(check) => Ok(Some(check)),
        Err(error) => reply.faulty(form, error).map(|()| None),
    }
}

/// A text that is to be made.
#[component]
pub fn NewTextPage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Texts, "New consent text", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let mut form = Form::new(json!({ "slug": "", "name": "", "locale": "en-US", "wording": view::begin() }));
        let mut check = None;
        if let Some(sent) = &sent {
            match form.submit(sent) {
                Act::Do(word) if word == "check" => check = typed(&ui, None, &mut form, &reply).await?,
                _ => match ui.create_text(form.value.clone()).await {
                    Ok(id) => reply.go(&format!("/texts/{id}?done=made")),
                    Err(error) => reply.faulty(&mut form, error)?,
                },
            }
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let button = form.at("wording.button").as_str().unwrap_or_default().to_owned();
        Ok(Shown::new(
            "New consent text",
            view! {
                <div class="stack">
                    <form method="post" class="form" novalidate>
                        {form::summary(&form)}
                        {form::enter("save")}
                        {view::editor(&form, None, &clock)}
                        {form::save_bar(&[("save", "Make the text"), ("check", "Check only")], ().into_any())}
                    </form>
                    {check.map(|check| view! { {view::check(&check)}{view::preview(&check, &button)} })}
                </div>
            },
        ))
    })
}

/// How two versions differ, or the newest one and the draft.
#[component]
pub fn TextDifferencePage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let query = use_query_map().get_untracked();
    framed(Nav::Texts, "Difference", move |ui, _| async move {
        let id: ConsentTextId = id.parse().map_err(|_| UiError::NotFound)?;
        let number = |name: &str| match query.get(name).filter(|text| !text.is_empty() && text != "draft") {
            Some(text) => text.parse::<u32>().map(Some).map_err(|_| UiError::NotFound),
            None => Ok(None),
        };
        let found = ui.text_difference(id, number("from")?, number("to")?).await?;
        let back = view! { <a class="button small" href=format!("/texts/{id}")>"Back to the text"</a> };
        Ok(Shown::new(format!("{}: difference", found.name), view::difference(&found, id)).beside(back))
    })
}
