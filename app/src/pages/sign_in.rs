//! The door.

use super::Reply;
use crate::{backend::Ui, error::UiError};
use leptos::prelude::*;
use leptos_meta::Title;
use leptos_router::hooks::use_query_map;

/// Asks who it is. What went wrong is the same for every reason but too many tries.
#[component]
pub fn SignInPage() -> impl IntoView {
    let (ui, reply) = (Ui::get(), Reply::here());
    let query = use_query_map().get_untracked();
    let get = |name: &str| query.get(name).unwrap_or_default();
    let (email, next, code) = (get("email"), get("next"), get("error"));
    let fault = match UiError::from_code(&code) {
        Some(UiError::Refused(_)) => Some("The e-mail address or the password is not right.".to_owned()),
        Some(UiError::SignedOut) | None => None,
        Some(other) => Some(other.to_string()),
    };
    let page = async move {
        if let Ok(ui) = ui
            && matches!(ui.session().await, Ok(Some(_)))
        {
            reply.go("/");
        }
        let title = if fault.is_some() { "Error: Sign in · Gavel" } else { "Sign in · Gavel" };
        let invalid = fault.is_some().then_some("true");
        let told = fault.is_some().then_some("fault");
        view! {
            <Title text=title/>
            <main id="content" class="door">
                <div class="card">
                    <p class="brand">"Gavel"</p>
                    <h1>"Sign in"</h1>
                    {fault.map(|text| view! { <div class="panel danger" role="alert" id="fault"><p>{text}</p></div> })}
                    <form method="post" action="/ui/sign-in" class="stack">
                        <input type="hidden" name="next" value=next/>
                        <div class="field">
                            <label for="email">"E-mail"</label>
                            <input id="email" name="email" type="email" autocomplete="username" required value=email
                                aria-invalid=invalid aria-describedby=told/>
                        </div>
                        <div class="field">
                            <label for="password">"Password"</label>
                            <input id="password" name="password" type="password" autocomplete="current-password" required
                                aria-invalid=invalid aria-describedby=told/>
                        </div>
                        <button class="button primary" type="submit">"Sign in"</button>
                    </form>
                </div>
            </main>
        }
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}
