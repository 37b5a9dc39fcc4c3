//! What is said when there is nothing to show, something was done, or something did not work.

use crate::error::UiError;
use leptos::prelude::*;

/// An empty place: what this is, why it is empty, and one thing to do.
#[component]
pub fn Empty(
    /// What is not there.
    title: &'static str,
    /// Why, and what to do.
    children: Children,
) -> impl IntoView {
    view! {
        <div class="empty">
            <p class="empty-title">{title}</p>
            {children()}
        </div>
    }
}

/// Something did not work: what, what to do, and what support finds it by.
#[component]
pub fn ErrorPanel(
    /// What did not work.
    error: UiError,
) -> impl IntoView {
    let id = match &error {
        UiError::Failed { request_id } => Some(request_id.clone()),
        _ => None,
    };
    view! {
        <div class="panel danger" role="alert">
            <p class="panel-title">{error.to_string()}</p>
            {id.map(|id| view! {
                <p>"Try again. If it happens again, tell support this number: " <code>{id}</code></p>
            })}
        </div>
    }
}

/// What was done, with the way back. It stays until the next page.
#[component]
pub fn StatusBar(
    /// What was done.
    text: String,
    /// Where the undo form goes, and its hidden members.
    undo: (&'static str, Vec<(&'static str, String)>),
) -> impl IntoView {
    let members = undo.1.into_iter().map(|(name, value)| view! { <input type="hidden" name=name value=value/> });
    view! {
        <div class="status-bar" role="status">
            <span>{text}</span>
            <form method="post" action=undo.0>
                {members.collect_view()}
                <button class="button small" type="submit">"Undo"</button>
            </form>
        </div>
    }
}
