//! Taking up an invitation, and choosing another password: what a link in a mail leads to.

use super::{Reply, door};
use crate::{
    backend::{Ui, account::Joining},
    error::UiError,
    form::{Form, Sent},
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{FieldError, user::Role};
use serde_json::json;

/// Says whose link it is, and takes the password. Opening the page uses nothing up: programs that look into mail open links
/// too.
#[component]
pub fn JoinPage() -> impl IntoView {
    let token = use_params_map().get_untracked().get("token").unwrap_or_default();
    let (ui, reply, sent) = (Ui::get(), Reply::here(), Sent::take());
    let page = async move {
        match shown(ui, &reply, &token, sent.as_ref()).await {
            Ok((joining, form)) => card(&joining, &form, &token),
            Err(error) => {
                reply.failed(&error, "/sign-in");
                let said = match error {
                    UiError::NotFound => {
                        "This link does not work: it was used, a newer one was sent, or its time is over.".to_owned()
                    }
                    other => other.to_string(),
                };
                let body = view! {
                    <div class="panel danger" role="alert"><p>{said}</p></div>
                    <p>"Ask whoever invited you for another one, or let one be sent to you."</p>
                    <p><a class="button" href="/forgot">"Send a new link"</a></p>
                };
                door::card("A link that has ended", true, body.into_any())
            }
        }
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}

async fn shown(
    ui: Result<Ui, UiError>,
    reply: &Reply,
    token: &str,
    sent: Option<&Sent>,
) -> Result<(Joining, Form), UiError> {
    let ui = ui?;
    let joining = ui.joining(token.to_owned()).await?;
    let mut form = Form::new(json!({}));
    if let Some(sent) = sent {
        let (new, again) = (sent.text("new"), sent.text("again"));
        if new != again {
            form.faults = vec![FieldError::new("again", "not_allowed", "This is not the same as the password above.")];
            reply.status(http::StatusCode::UNPROCESSABLE_ENTITY);
        } else {
            match ui.join(token.to_owned(), new.to_owned()).await {
                Ok(()) => reply.go("/sign-in?done=chosen"),
                Err(error) => reply.faulty(&mut form, error)?,
            }
        }
    }
    Ok((joining, form))
}

fn card(joining: &Joining, form: &Form, token: &str) -> AnyView {
    let name = if joining.invited { "You are invited" } else { "Another password" };
    let (tenant, email) = (joining.tenant.clone(), joining.email.clone());
    let about = if joining.invited {
        let role = role(joining.role);
        view! { <p>"Welcome, "{joining.name.clone()}". You join "<strong>{tenant}</strong>{format!(" {role}.")}</p> }
            .into_any()
    } else {
        view! { <p>"For "<strong>{email.clone()}</strong>" at "{tenant}". You are signed out everywhere."</p> }
            .into_any()
    };
    let body = view! {
        {about}
        {door::faults(form)}
        <form method="post" action=format!("/join/{token}") class="stack">
            // Password managers keep the password under this name.
            <input type="email" class="sr-only" name="email" autocomplete="username" value=email readonly=true tabindex="-1" aria-label="E-mail"/>
            {door::field(form, "new", "Password, at least 12 characters", "password", "new-password")}
            {door::field(form, "again", "The same again", "password", "new-password")}
            <button class="button primary" type="submit">"Choose this password"</button>
        </form>
    };
    door::card(name, !form.faults.is_empty(), body.into_any())
}

/// A role as part of a sentence.
const fn role(role: Role) -> &'static str {
    match role {
        Role::Admin => "as an administrator",
        Role::Operator => "as an operator",
        Role::Viewer => "to watch",
        Role::Buyer => "as a buyer's person",
        Role::Affiliate => "as an affiliate",
    }
}
