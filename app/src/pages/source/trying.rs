//! Trying posting instructions: a lead in test, with what is sent, what is answered, and how each field was read.

use crate::{
    backend::{
        Ui,
        configure::{FieldLine, Instructions},
        sharing::Tried,
    },
    components::form::{input, section},
    error::UiError,
    form::{Form, Reading, Sent},
    pages::Reply,
};
use leptos::prelude::*;
use model::{CampaignId, FieldError, SourceId};
use serde_json::{Map, Value, json};

/// A form with the example in it, as it is typed.
pub fn begin(told: &Instructions) -> Form {
    let typed = |value: &Value| match value {
        Value::Bool(_) | Value::Number(_) => value.to_string().into(),
        other => other.clone(),
    };
    let fields: Map<_, _> = told.example.iter().map(|(name, value)| (name.clone(), typed(value))).collect();
    Form::new(json!({ "fields": fields }))
}

/// Sends what was typed; nothing when it could not be sent at all.
pub async fn answer(
    (ui, reply): (&Ui, &Reply),
    (source, campaign): (Option<SourceId>, CampaignId),
    form: &mut Form,
    sent: &Sent,
) -> Result<Option<Tried>, UiError> {
    form.submit(sent);
    let filled = |value: &Value| !value.is_null() && value.as_str() != Some("");
    let fields = form.at("fields").as_object().cloned().unwrap_or_default();
    let fields: Map<_, _> = fields.into_iter().filter(|(_, value)| filled(value)).collect();
    match ui.try_lead(source, campaign, fields).await {
        Ok(tried) => {
            form.faults = tried.faults.iter().map(beside).collect();
            Ok(Some(tried))
        }
        Err(error) => reply.faulty(form, error).map(|()| None),
    }
}

/// A fault by its place in this form.
fn beside(fault: &FieldError) -> FieldError {
    let own = fault.field.starts_with("consent") || fault.field.starts_with("source");
    let field = if own { fault.field.clone() } else { format!("fields.{}", fault.field) };
    FieldError { field, ..fault.clone() }
}

/// The form, and below it what came of it.
pub fn console(told: &Instructions, form: &Form, tried: Option<&Tried>, here: &str) -> AnyView {
    let own = || told.fields.iter().filter(|field| !field.name.contains('['));
    let inputs = own().map(|field| entry(form, field)).collect_view();
    let refused: Vec<_> =
        form.faults.iter().filter(|fault| fault.field.is_empty()).map(|fault| fault.message.clone()).collect();
    let refused = refused.into_iter().map(|why| view! { <p class="fault" role="alert">{why}</p> }).collect_view();
    let body = view! {
        {refused}
        <div class="fields">{inputs}</div>
        <div class="actions"><button class="button primary" type="submit" name="do" value="try">"Send a test lead"</button></div>
    };
    let intro = "Sent as a test key of this source would send it: it goes through the real intake, reaches sandbox buyers only, and is never sold.";
    let result = tried.map(|tried| result(tried, own().collect(), form));
    view! {
        <form method="post" action=format!("{here}#tried") class="form no-print" novalidate>{section("try", "Try it", Some(intro), body.into_any())}</form>
        {result}
    }
    .into_any()
}

fn entry(form: &Form, field: &FieldLine) -> AnyView {
    let path = format!("fields.{}", field.name);
    let reading = if field.kind == "list" { Reading::Json } else { Reading::Text };
    let label = if field.required { field.label.clone() } else { format!("{} (optional)", field.label) };
    input(form, path, label, reading).hint(field.name.clone()).view()
}

fn result(tried: &Tried, fields: Vec<&FieldLine>, form: &Form) -> AnyView {
    let (tone, word) = if tried.status == 200 { ("badge success", "Taken") } else { ("badge danger", "Not taken") };
    let elsewhere =
        tried.faults.iter().filter(|fault| fault.field.starts_with("consent") || fault.field.starts_with("source"));
    let elsewhere = elsewhere.map(|fault| {
        view! { <tr><th scope="row"><code>{fault.field.clone()}</code></th><td></td><td><span class="fault">{fault.message.clone()}</span></td></tr> }
    });
    let rows = fields.into_iter().map(|field| echo(field, form)).collect_view();
    view! {
        <section class="card stack no-print" id="tried" aria-labelledby="tried-title" tabindex="-1" autofocus=true>
            <h2 id="tried-title">"What came of it"</h2>
            <p role="status"><span class=tone>{word}</span>{format!(" HTTP {}", tried.status)}</p>
            <h3>"The request"</h3>
            <pre class="code" tabindex="0">{tried.curl.clone()}</pre>
            <h3>"The answer"</h3>
            <pre class="code" tabindex="0">{tried.body.clone()}</pre>
            <h3>"Field by field"</h3>
            <div class="scroll" tabindex="0" role="region" aria-label="Field by field">
                <table class="list">
                    <caption class="sr-only">"How each field was read"</caption>
                    <thead><tr><th scope="col">"Field"</th><th scope="col">"Sent"</th><th scope="col">"Read"</th></tr></thead>
                    <tbody>{rows}{elsewhere.collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
    .into_any()
}

fn echo(field: &FieldLine, form: &Form) -> impl IntoView + use<> {
    let path = format!("fields.{}", field.name);
    let sent = match form.at(&path) {
        Value::Null => String::new(),
        Value::String(text) => text.clone(),
        other => other.to_string(),
    };
    let faults: Vec<_> = form.faults_under(&path).map(|fault| fault.message.clone()).collect();
    let read = match (faults.is_empty(), sent.is_empty()) {
        (false, _) => view! { <span class="fault">{faults.join(" ")}</span> }.into_any(),
        (true, true) => view! { <span class="hint">"left out"</span> }.into_any(),
        (true, false) => view! { <span class="badge success">"Taken"</span> }.into_any(),
    };
    view! { <tr><th scope="row"><code>{field.name.clone()}</code></th><td class="wrap">{sent}</td><td>{read}</td></tr> }
}
