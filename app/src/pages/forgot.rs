//! Asking for another password. The answer is the same for every address.

use super::{Reply, door};
use crate::{
    backend::Ui,
    error::UiError,
    form::{Form, Sent},
};
use leptos::prelude::*;
use model::FieldError;
use serde_json::json;

/// Asks for the address, and says what happens then.
#[component]
pub fn ForgotPage() -> impl IntoView {
    let (ui, reply, sent) = (Ui::get(), Reply::here(), Sent::take());
    let page = async move {
        let mut form = Form::new(json!({}));
        if let Some(sent) = &sent {
            form.value["email"] = sent.text("email").trim().into();
            match asked(ui, sent).await {
                Ok(()) => return door::card("Look into your mail", false, told()),
                Err(error) => {
                    reply.failed(&error, "/forgot");
                    form.faults = vec![FieldError::new("", "refused", error.to_string())];
                }
            }
        }
        let body = view! {
            <p>"Enter the address you sign in with. You get a mail with a link, which works for an hour."</p>
            {door::faults(&form)}
            <form method="post" action="/forgot" class="stack">
                {door::field(&form, "email", "E-mail", "email", "username")}
                <button class="button primary" type="submit">"Send the link"</button>
                <p><a href="/sign-in">"Back to signing in"</a></p>
            </form>
        };
        door::card("Another password", !form.faults.is_empty(), body.into_any())
    };
    view! { <Suspense>{Suspend::new(page)}</Suspense> }
}

async fn asked(ui: Result<Ui, UiError>, sent: &Sent) -> Result<(), UiError> {
    ui?.forgot(sent.text("email").to_owned()).await
}

fn told() -> AnyView {
    view! {
        <p role="status">"If somebody signs in with this address, a link is on its way. It works once, for an hour."</p>
        <p>"Nothing there after some minutes? Look among the unwanted mail, or ask an administrator of your company."</p>
        <p><a href="/sign-in">"Back to signing in"</a></p>
    }
    .into_any()
}
