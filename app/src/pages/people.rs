//! People: who may sign in and as what, and where they are signed in.

mod view;

use super::{Reply, Shown, framed};
use crate::{
    backend::{
        Signed, Ui,
        people::{NewPerson, Whose},
    },
    components::{Nav, form},
    error::UiError,
    form::{Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    document::Kind,
    user::{Right, Role},
};
use serde_json::json;

/// Names that people can be given: buyers and sources, by id.
pub(super) struct Names {
    buyers: Vec<(String, String)>,
    sources: Vec<(String, String)>,
}

/// Everybody, for administrators.
#[component]
pub fn PeoplePage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::People, "People", move |ui, signed| async move {
        let mut new = blank();
        let mut secret = None;
        if let Some(sent) = &sent {
            secret = answer(&ui, &reply, &mut new, sent).await?;
        }
        let everybody = everybody(&ui, &signed, &new).await?;
        Ok(Shown::new(
            "People",
            view! {
                <div class="stack">
                    {view::said(done.as_deref())}
                    {secret.map(view::secret)}
                    {everybody}
                </div>
            },
        ))
    })
}

fn blank() -> Form {
    let rights = Right::EXTRA.map(|right| (right.name().to_owned(), Role::Operator.may(right).into()));
    Form::new(json!({ "role": "operator", "rights": serde_json::Map::from_iter(rights) }))
}

async fn everybody(ui: &Ui, signed: &Signed, new: &Form) -> Result<AnyView, UiError> {
    let clock = Clock::new(ui, &signed.tenant.zone);
    let (people, sessions) = (ui.people().await?, ui.sessions().await?);
    let names =
        Names { buyers: named(&ui.documents(Kind::Buyer).await?), sources: named(&ui.documents(Kind::Source).await?) };
    Ok(view! {
        {view::people(&people, signed.user.id, &names)}
        {view::new(new, &names, signed.tenant.settings.people)}
        {view::second_factor(signed.tenant.settings.second_factor, &people)}
        {view::sessions(sessions, &people, &clock)}
    }
    .into_any())
}

fn named(documents: &[serde_json::Value]) -> Vec<(String, String)> {
    let pair = |one: &serde_json::Value| Some((one["id"].as_str()?.to_owned(), one["name"].as_str()?.to_owned()));
    documents.iter().filter_map(pair).collect()
}

/// Does what a button of the people asks; a password to begin with is shown on this page only.
async fn answer(ui: &Ui, reply: &Reply, new: &mut Form, sent: &Sent) -> Result<Option<String>, UiError> {
    let word = sent.text("do");
    let (what, who) = word.split_once(':').unwrap_or((word, ""));
    let id = || who.parse().map_err(|_| UiError::NotFound);
    let role = || sent.text("role").parse::<Role>().map_err(|why| UiError::Refused(why.to_owned()));
    let whose = Whose { buyer: sent.text("buyer").parse().ok(), source: sent.text("source").parse().ok() };
    let done = match what {
        "off" => ui.set_person_active(id()?, false).await.map(|()| "off"),
        "on" => ui.set_person_active(id()?, true).await.map(|()| "on"),
        "role" => ui.set_person_role(id()?, role()?, whose).await.map(|()| "role"),
        "rights" => ui.set_person_rights(id()?, Some(rights(sent))).await.map(|()| "rights"),
        "usual" => ui.set_person_rights(id()?, None).await.map(|()| "rights"),
        "link" => ui.send_link(id()?).await.map(|()| "link"),
        "factor" => ui.remove_persons_factor(id()?).await.map(|()| "factor"),
        "require" => ui.require_factor(true).await.map(|()| "required"),
        "relax" => ui.require_factor(false).await.map(|()| "relaxed"),
        "end" => ui.end_session(who.to_owned()).await.map(|()| "ended"),
        "reset" => match ui.reset_person(id()?).await {
            Ok(secret) => return Ok(Some(secret)),
            Err(error) => Err(error),
        },
        _ => {
            new.submit(sent);
            let person = person(new)?;
            if what == "make" {
                match ui.add_person(person).await {
                    Ok(secret) => {
                        *new = blank();
                        return Ok(Some(secret));
                    }
                    Err(error) => Err(error),
                }
            } else {
                ui.invite(person).await.map(|()| "invited")
            }
        }
    };
    match done {
        Ok(word) => reply.go(&format!("/people?done={word}")),
        Err(error) => reply.faulty(new, error)?,
    }
    Ok(None)
}

/// The switches that were on.
fn rights(sent: &Sent) -> Vec<Right> {
    let on = |right: &Right| sent.text(&format!("right-{}", right.name())) == "on";
    Right::EXTRA.into_iter().filter(on).collect()
}

/// Who is entered in the form.
fn person(form: &Form) -> Result<NewPerson, UiError> {
    let at = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
    let role = at("role").parse::<Role>().map_err(|why| UiError::Refused(why.to_owned()))?;
    let on = |right: &Right| form.at(&format!("rights.{}", right.name())).as_bool() == Some(true);
    let whose = Whose { buyer: at("buyer").parse().ok(), source: at("source").parse().ok() };
    let rights = Some(Right::EXTRA.into_iter().filter(on).collect());
    Ok(NewPerson { email: at("email"), name: at("name"), role, whose, rights })
}

/// The summary of faults of a form of this page.
fn faults(form: &Form) -> AnyView {
    form::summary(form)
}
