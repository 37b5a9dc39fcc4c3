//! The door.

use super::{Reply, door};
use crate::{
    backend::Ui,
    error::UiError,
    form::{Form, Sent},
};
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
    let chosen = (get("done") == "chosen").then(|| {
        view! { <div class="status-bar" role="status"><span>"The password is chosen. Sign in with it."</span></div> }
    });
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
                    {chosen}
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
                        <p><a href="/forgot">"Another password"</a></p>
                    </form>
                </div>
            </main>
        }
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}

/// Asks for the code of somebody whose password was right.
#[component]
pub fn CodePage() -> impl IntoView {
    let (ui, reply, sent) = (Ui::get(), Reply::here(), Sent::take());
    let next = use_query_map().get_untracked().get("next").unwrap_or_default();
    let page = async move {
        let mut form = Form::new(serde_json::json!({}));
        let next = sent.as_ref().map_or(next, |sent| sent.text("next").to_owned());
        let done = async {
            let ui = ui?;
            if !ui.half_signed_in().await? {
                return Err(UiError::SignedOut);
            }
            match &sent {
                Some(sent) => ui.enter_code(sent.text("code").trim().to_owned()).await.map(|()| true),
                None => Ok(false),
            }
        };
        match done.await {
            Ok(true) => reply.go(crate::calls::safe(&next)),
            Ok(false) => {}
            Err(UiError::SignedOut) => reply.go("/sign-in"),
            Err(error) => {
                reply.failed(&error, "/sign-in/code");
                let said = match error {
                    UiError::Refused(_) => "The code is not right. Enter the newest one.".to_owned(),
                    other => other.to_string(),
                };
                form.faults = vec![model::FieldError::new("", "refused", said)];
            }
        }
        let body = view! {
            <p>"Enter the six digits that your authenticator app shows."</p>
            {door::faults(&form)}
            <form method="post" action="/sign-in/code" class="stack">
                <input type="hidden" name="next" value=next/>
                {door::field(&form, "code", "Code", "text", "one-time-code")}
                <button class="button primary" type="submit">"Verify"</button>
                <p class="hint">"The app is lost? Enter one of your recovery codes instead."</p>
                <p><a href="/sign-in">"Sign in as somebody else"</a></p>
            </form>
        };
        door::card("Second factor", !form.faults.is_empty(), body.into_any())
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}
