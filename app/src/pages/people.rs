//! People: who may sign in and as what, where they are signed in, and one's own password.

mod view;

use super::{Reply, Shown, framed};
use crate::{
    backend::{Signed, Ui},
    components::{Nav, form},
    error::UiError,
    form::{Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    FieldError,
    document::Kind,
    user::{Right, Role},
};
use serde_json::json;

/// Everybody, for administrators; one's own password for everybody.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::People, "People", move |ui, signed| async move {
        let mut new = Form::new(json!({ "role": "operator" }));
        let mut own = Form::new(json!({}));
        let mut secret = None;
        if let Some(sent) = &sent {
            if sent.text("do") == "password" {
                change(&ui, &reply, &mut own, sent).await?;
            } else {
                secret = answer(&ui, &reply, &mut new, sent).await?;
            }
        }
        let admin = signed.user.role.may(Right::ManagePeople);
        let rest = if admin { Some(everybody(&ui, &signed, &new).await?) } else { None };
        Ok(Shown::new(
            "People",
            view! {
                <div class="stack">
                    {view::said(done.as_deref())}
                    {secret.map(view::secret)}
                    {rest}
                    {view::own_password(&own)}
                </div>
            },
        ))
    })
}

async fn everybody(ui: &Ui, signed: &Signed, new: &Form) -> Result<AnyView, UiError> {
    let clock = Clock::new(ui, &signed.tenant.zone);
    let (people, sessions) = (ui.people().await?, ui.sessions().await?);
    let buyers = ui.documents(Kind::Buyer).await?;
    let buyers: Vec<_> = buyers
        .iter()
        .filter_map(|buyer| Some((buyer["id"].as_str()?.to_owned(), buyer["name"].as_str()?.to_owned())))
        .collect();
    Ok(view! {
        {view::people(&people, signed.user.id, &buyers)}
        {view::new(new, &buyers)}
        {view::sessions(sessions, &people, &clock)}
    }
    .into_any())
}

/// Does what a button of the people asks; a password to begin with is shown on this page only.
async fn answer(ui: &Ui, reply: &Reply, new: &mut Form, sent: &Sent) -> Result<Option<String>, UiError> {
    let word = sent.text("do");
    let (what, who) = word.split_once(':').unwrap_or((word, ""));
    let id = || who.parse().map_err(|_| UiError::NotFound);
    let role = sent.text("role").parse::<Role>().map_err(|why| UiError::Refused(why.to_owned()));
    let buyer = sent.text("buyer").parse().ok();
    let done = match what {
        "off" => ui.set_person_active(id()?, false).await.map(|()| "off"),
        "on" => ui.set_person_active(id()?, true).await.map(|()| "on"),
        "role" => ui.set_person_role(id()?, role?, buyer).await.map(|()| "role"),
        "end" => ui.end_session(who.to_owned()).await.map(|()| "ended"),
        "reset" => match ui.reset_person(id()?).await {
            Ok(secret) => return Ok(Some(secret)),
            Err(error) => Err(error),
        },
        _ => {
            new.submit(sent);
            let at = |path: &str| new.at(path).as_str().unwrap_or_default().to_owned();
            let role = at("role").parse::<Role>().map_err(|why| UiError::Refused(why.to_owned()))?;
            match ui.add_person(at("email"), at("name"), role, at("buyer").parse().ok()).await {
                Ok(secret) => {
                    *new = Form::new(json!({ "role": "operator" }));
                    return Ok(Some(secret));
                }
                Err(error) => Err(error),
            }
        }
    };
    match done {
        Ok(word) => reply.go(&format!("/people?done={word}")),
        Err(error) => reply.faulty(new, error)?,
    }
    Ok(None)
}

/// Changes one's own password. Passwords are never put back into the page.
async fn change(ui: &Ui, reply: &Reply, own: &mut Form, sent: &Sent) -> Result<(), UiError> {
    let (old, new, again) = (sent.text("old"), sent.text("new"), sent.text("again"));
    if new != again {
        own.faults = vec![FieldError::new("again", "not_allowed", "This is not the same as the new password.")];
        reply.status(http::StatusCode::UNPROCESSABLE_ENTITY);
        return Ok(());
    }
    match ui.change_password(old.to_owned(), new.to_owned()).await {
        Ok(()) => reply.go("/sign-in"),
        Err(error) => reply.faulty(own, error)?,
    }
    Ok(())
}

/// The summary of faults of a form of this page.
fn faults(form: &Form) -> AnyView {
    form::summary(form)
}
