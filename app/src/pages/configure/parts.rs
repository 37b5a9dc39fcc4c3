//! The parts around a document's form.

use super::Desk;
use crate::{
    backend::configure::{Changed, Changes, DraftView, Opened},
    components::When,
    form::Sent,
    format::Clock,
    pages::buyers::switch_badge,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// A form of one button that posts to the page itself.
fn press(here: &str, version: i64, word: String, text: &'static str, label: String, class: &'static str) -> AnyView {
    view! {
        <form method="post" action=here.to_owned()>
            <input type="hidden" name="version" value=version.to_string()/>
            <button class=class type="submit" name="do" value=word aria-label=label>{text}</button>
        </form>
    }
    .into_any()
}

/// Beside the title: whether it takes part, and the button that changes it.
pub fn aside(desk: &Desk, opened: &Opened) -> AnyView {
    let active = opened.value["active"] == true;
    let name = opened.value["name"].as_str().unwrap_or_default().to_owned();
    let (word, text) = if active { ("pause", "Pause") } else { ("resume", "Resume") };
    let button = press(&desk.here(), opened.version, word.to_owned(), text, format!("{text} {name}"), "button small");
    view! { {switch_badge(active)} {button} }.into_any()
}

/// Says on a list that something was deleted. Before the first `await`.
pub fn deleted_bar(text: &'static str) -> Option<AnyView> {
    let deleted = use_query_map().get_untracked().get("done").as_deref() == Some("deleted");
    deleted.then(|| view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

/// What was just done, as the address says.
pub struct Said {
    done: String,
    version: Option<i64>,
}

impl Said {
    /// Reads it. Before the first `await`; only a GET says something.
    pub fn read() -> Self {
        let query = use_query_map().get_untracked();
        let version = query.get("v").and_then(|version| version.parse().ok());
        Self { done: query.get("done").filter(|_| Sent::take().is_none()).unwrap_or_default(), version }
    }

    /// Says it, with the way back where there is one.
    pub fn bar(&self, desk: &Desk, version: i64) -> Option<AnyView> {
        let text = match self.done.as_str() {
            "made" => "It is made. Here it can be changed.",
            "saved" => "It is saved and in effect.",
            "published" => "The draft is published and in effect.",
            "draft" => "The draft is saved. It is not in effect until it is published.",
            "discarded" => "The draft is thrown away.",
            "restored" => "The earlier version is restored.",
            "paused" => "It is paused.",
            "resumed" => "It is active again.",
            "revoked" => "The key is revoked.",
            _ => return None,
        };
        // Only the newest version can be undone in one step; a link that names another offers nothing.
        let newest = self.version.filter(|made| *made == version && *made > 1);
        let undo = newest.map(|made| {
            let back = format!("rollback:{}", made - 1);
            press(&desk.here(), made, back, "Undo", "Undo this change".into(), "button small")
        });
        Some(view! { <div class="status-bar" role="status"><span>{text}</span>{undo}</div> }.into_any())
    }
}

/// The draft beside the document: who, when, what it changes, and publishing it.
pub fn draft_panel(desk: &Desk, opened: &Opened, clock: &Clock, may: bool) -> Option<AnyView> {
    let DraftView { base, author, own, at, differences, .. } = opened.draft.clone()?;
    let stale = base != opened.version;
    let lines = differences.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    let nothing = differences.is_empty().then_some("It changes nothing.");
    let eyes = match (opened.four_eyes, own) {
        (true, true) => Some("Four eyes are asked for: somebody else has to publish your draft."),
        (true, false) => Some("Four eyes are asked for: you may publish it, since somebody else wrote it."),
        _ => None,
    };
    let why = stale.then_some(
        "What is published was changed after this draft was made. Look through it and save the draft again.",
    );
    let publish = (may && !stale && !(opened.four_eyes && own)).then(|| {
        view! {
            <form method="post" action=desk.here() class="inline-form">
                <input type="hidden" name="version" value=opened.version.to_string()/>
                <div class="field"><label for="publish-note">"Why (for the history)"</label><input id="publish-note" name="note" maxlength="500" autocomplete="off"/></div>
                <button class="button primary" type="submit" name="do" value="publish">"Publish the draft"</button>
            </form>
        }
    });
    let discard = may.then(|| {
        press(
            &desk.here(),
            opened.version,
            "discard".into(),
            "Discard the draft",
            "Discard the draft".into(),
            "button small",
        )
    });
    Some(
        view! {
            <section class="card draft" aria-labelledby="draft-title">
                <h2 id="draft-title">"Draft, not in effect yet"</h2>
                <p class="hint">"By " {author} ", " <When at=at clock=clock.clone()/> ". Below you see the draft."</p>
                <ul class="bullets">{lines}</ul>
                {nothing.map(|text| view! { <p>{text}</p> })}
                {why.map(|text| view! { <p class="fault">{text}</p> })}
                {eyes.map(|text| view! { <p class="hint">{text}</p> })}
                <div class="actions">{publish}{discard}</div>
            </section>
        }
        .into_any(),
    )
}

/// What is right in the document that is shown and will probably not do what is meant.
pub fn warnings(opened: &Opened) -> Option<AnyView> {
    if opened.warnings.is_empty() {
        return None;
    }
    let lines = opened.warnings.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
    Some(
        view! {
            <section class="panel warning" id="warnings" aria-labelledby="warnings-title">
                <h2 class="panel-title" id="warnings-title">"To look at before it buys"</h2>
                <ul class="bullets">{lines}</ul>
            </section>
        }
        .into_any(),
    )
}

/// The newest changes, each with the way back to it.
pub fn history(desk: &Desk, changes: Changes, version: i64, clock: &Clock, may: bool) -> AnyView {
    let line = |change: Changed| {
        let sentences = change.sentences.iter().map(|line| view! { <li>{line.clone()}</li> }).collect_view();
        let text = format!("Restore version {}", change.version);
        let back = (may && change.version != version && !change.deleted).then(|| {
            press(&desk.here(), version, format!("rollback:{}", change.version), "Restore", text, "button small")
        });
        let now = (change.version == version).then(|| view! { <span class="badge info">"In effect"</span> });
        let author =
            if change.author_name.is_empty() { "Before changes were recorded".to_owned() } else { change.author_name };
        view! {
            <li class="change">
                <div>
                    <p><strong>{format!("Version {}", change.version)}</strong>" "{now}" "{author}", "<When at=change.at clock=clock.clone()/></p>
                    {(!change.note.is_empty()).then(|| view! { <p class="note">"“"{change.note}"”"</p> })}
                    <ul class="bullets">{sentences}</ul>
                </div>
                {back}
            </li>
        }
    };
    let empty = changes.rows.is_empty();
    let lines = changes.rows.into_iter().map(line).collect_view();
    view! {
        <section class="card" id="history" aria-labelledby="history-title">
            <h2 id="history-title">"History"</h2>
            {empty.then(|| view! { <p class="hint">"Nothing was changed since it was made."</p> })}
            <ol class="changes">{lines}</ol>
            <p><a href=format!("/history?id={}", desk.id)>"The whole history"</a></p>
        </section>
    }
    .into_any()
}

/// Deleting, behind a second look.
pub fn delete_form(desk: &Desk, version: i64, what: &'static str) -> AnyView {
    view! {
        <section class="card" aria-labelledby="delete-title">
            <h2 id="delete-title">{format!("Delete this {what}")}</h2>
            <details>
                <summary>"Delete…"</summary>
                <form method="post" action=desk.here() class="stack">
                    <input type="hidden" name="version" value=version.to_string()/>
                    <p>"This cannot be undone. What was ever used cannot be deleted: pause it instead."</p>
                    <div><button class="button danger" type="submit" name="do" value="delete">{format!("Yes, delete the {what}")}</button></div>
                </form>
            </details>
        </section>
    }
    .into_any()
}
