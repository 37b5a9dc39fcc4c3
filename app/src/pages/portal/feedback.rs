//! What became of a lead, as its buyer says.

use super::super::Reply;
use crate::{
    backend::Ui,
    components::{When, form},
    error::UiError,
    form::{Form, Sent},
    format::{self, Clock},
};
use leptos::prelude::*;
use model::{
    Currency, LeadId,
    feedback::{Feedback, LastWord},
};
use serde_json::json;

/// An empty form.
pub fn blank() -> Form {
    Form::new(json!({ "type": "", "value": "", "note": "" }))
}

/// Answers the form of a lead's page.
pub async fn said(ui: &Ui, reply: &Reply, form: &mut Form, lead: LeadId, sent: &Sent) -> Result<(), UiError> {
    form.submit(sent);
    let at = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
    match ui.say(lead, at("type"), at("value"), at("note")).await {
        Ok(()) => reply.go(&format!("/portal/leads/{lead}?done=said")),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

/// What was said last, and the form for more.
pub fn panel(form: &Form, said: Option<LastWord>, currency: Currency, clock: &Clock) -> AnyView {
    let last = said.map(|said| {
        let amount = said.value.map(|value| format!(", {}", format::money(value, currency))).unwrap_or_default();
        view! { <p>{format!("{}{amount}, ", said.kind.title())}<When at=said.at clock=clock.clone()/></p> }
    });
    let options: Vec<_> = Feedback::ALL.iter().map(|kind| (kind.code().to_owned(), kind.title().to_owned())).collect();
    view! {
        <section class="card" aria-labelledby="became">
            <h2 id="became">"What became of it"</h2>
            {form::summary(form)}
            {last}
            <form class="stack" method="post" novalidate>
                <div class="fields">
                    {form::select(form, "type", "The person was", &options, None)}
                    {form::text(form, "value", "For").unit(currency.to_string()).hint("What it was worth to you; may be empty.").view()}
                    {form::text(form, "note", "In words").hint("At most 300 characters; may be empty.").view()}
                </div>
                <div class="actions"><button class="button" type="submit" name="do" value="say">"Say so"</button></div>
            </form>
        </section>
    }
    .into_any()
}
