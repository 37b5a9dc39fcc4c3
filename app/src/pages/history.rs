//! Every change of the configuration: who, when, what, why, and the way back.

use super::{Reply, Shown, framed};
use crate::{
    backend::{
        Ui,
        configure::{Changed, HistoryAsked},
    },
    components::{Empty, Nav, When},
    error::UiError,
    form::Sent,
    format::Clock,
    query::escape,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    document::{DocumentId, Kind},
    user::Right,
};

/// Changes on one page.
const PAGE: u16 = 30;

/// The whole history, newest first, of one kind, one thing or one author when the address says so.
#[component]
pub fn HistoryPage() -> impl IntoView {
    let (sent, reply, query) = (Sent::take(), Reply::here(), use_query_map().get_untracked());
    framed(Nav::History, "History", move |ui, signed| async move {
        if let Some(sent) = &sent {
            restore(&ui, &reply, sent).await?;
        }
        let get = |name: &str| query.get(name).filter(|value| !value.is_empty());
        let kind = get("kind").and_then(|kind| Kind::from_plural(&kind));
        let id = get("id").and_then(|id| Kind::ALL.into_iter().find_map(|kind| DocumentId::parse(kind, &id).ok()));
        let author = get("author");
        let asked = HistoryAsked { kind, id, author: author.clone(), after: get("after"), limit: PAGE };
        let changes = ui.changes(asked).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let may = signed.user.may(Right::Configure);
        let done = (sent.is_none() && get("done").as_deref() == Some("restored")).then(
            || view! { <div class="status-bar" role="status"><span>"The earlier version is restored."</span></div> },
        );
        let narrowed = id.is_some() || author.is_some();
        let mut keep = String::new();
        for (name, value) in [
            ("kind", kind.map(|kind| kind.plural().to_owned())),
            ("id", id.map(|id| id.to_string())),
            ("author", author),
        ] {
            if let Some(value) = value {
                keep += &format!("{name}={}&", escape(&value));
            }
        }
        let older = changes.next.map(
            |next| view! { <a class="button small" href=format!("/history?{keep}after={}", escape(&next))>"Older"</a> },
        );
        let empty = changes.rows.is_empty();
        let lines = changes.rows.into_iter().map(|change| line(change, &clock, may)).collect_view();
        let list = if empty {
            view! { <Empty title="Nothing was changed"><p>"Every change of campaigns, buyers, sources and contracts stands here, with who made it and why."</p></Empty> }.into_any()
        } else {
            view! { <section class="card"><ol class="changes">{lines}</ol><div class="pager">{older}</div></section> }
                .into_any()
        };
        Ok(Shown::new("History", view! { <div class="stack">{done}{filter(kind, narrowed)}{list}</div> }))
    })
}

/// Restores a version: `rollback:{id}:{version}`.
async fn restore(ui: &Ui, reply: &Reply, sent: &Sent) -> Result<(), UiError> {
    let wanted = sent.text("do").strip_prefix("rollback:").and_then(|rest| rest.split_once(':'));
    let (id, version) = wanted.ok_or(UiError::NotFound)?;
    let id = Kind::ALL.into_iter().find_map(|kind| DocumentId::parse(kind, id).ok()).ok_or(UiError::NotFound)?;
    let version = version.parse().map_err(|_| UiError::NotFound)?;
    let now = ui.document(id).await?.version;
    ui.roll_back(id, version, now, String::new()).await?;
    reply.go("/history?done=restored");
    Ok(())
}

fn filter(kind: Option<Kind>, narrowed: bool) -> impl IntoView {
    let kinds = Kind::ALL.map(
        |one| view! { <option value=one.plural() selected=kind == Some(one)>{format!("{}s", one.title())}</option> },
    );
    view! {
        <form method="get" action="/history" class="filters card">
            <div class="field"><label for="kind">"About"</label><select id="kind" name="kind"><option value="">"Everything"</option>{kinds}</select></div>
            <div class="actions">
                <button class="button" type="submit">"Show"</button>
                {(narrowed || kind.is_some()).then(|| view! { <a class="button quiet" href="/history">"Everything"</a> })}
            </div>
        </form>
    }
}

fn line(change: Changed, clock: &Clock, may: bool) -> impl IntoView + use<> {
    let sentences = change.sentences.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let title = format!("{} {}, version {}", change.id.kind().title(), change.name, change.version);
    let href = format!("/history?id={}", change.id);
    let back = (may && !change.deleted).then(|| {
        let word = format!("rollback:{}:{}", change.id, change.version);
        view! {
            <form method="post" action="/history">
                <button class="button small" type="submit" name="do" value=word aria-label=format!("Restore {title}")>"Restore"</button>
            </form>
        }
    });
    let who = if change.author.is_empty() {
        view! { "Before changes were recorded" }.into_any()
    } else {
        let name = if change.author_name.is_empty() { change.author.clone() } else { change.author_name };
        view! { <a href=format!("/history?author={}", escape(&change.author))>{name}</a> }.into_any()
    };
    view! {
        <li class="change">
            <div>
                <p><a href=href><strong>{title}</strong></a>", "{who}", "<When at=change.at clock=clock.clone()/></p>
                {(!change.note.is_empty()).then(|| view! { <p class="note">"“"{change.note}"”"</p> })}
                <ul class="bullets">{sentences}</ul>
                {change.deleted.then(|| view! { <p>"It was deleted."</p> })}
            </div>
            {back}
        </li>
    }
}
