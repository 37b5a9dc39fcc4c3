//! The leads of the list as a file with personal values: what, why, and that it is written down.

use crate::{
    backend::{Ui, exporting::PersonalFile},
    components::form::{checks, select, text},
    error::UiError,
    form::Form,
    query::LeadsQuery,
};
use leptos::prelude::*;
use model::page::Cursor;

/// What the form begins with.
pub(super) fn blank() -> serde_json::Value {
    serde_json::json!({ "fields": [], "reason": "", "format": "csv" })
}

/// Lets the person take the file away; where it is. Faults stand under `personal`.
///
/// # Errors
/// What may not be done; every fault of what was entered.
pub(super) async fn allow(ui: &Ui, query: &LeadsQuery, form: &Form) -> Result<String, UiError> {
    let text = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
    let ticked = form.at("personal.fields").as_array().cloned().unwrap_or_default();
    let fields = ticked.iter().filter_map(|field| field.as_str()).map(str::to_owned).collect();
    let wanted = PersonalFile { fields, reason: text("personal.reason"), format: text("personal.format") };
    match ui.allow_personal(query.at(Cursor::Newest), wanted).await {
        Ok(id) => Ok(format!("/leads/personal/{id}")),
        Err(UiError::Invalid(mut faults)) => {
            faults.iter_mut().for_each(|fault| fault.field = format!("personal.{}", fault.field));
            Err(UiError::Invalid(faults))
        }
        Err(other) => Err(other),
    }
}

/// The form; for who may not, why it is closed. Before it is drawn the columns are asked for.
///
/// # Errors
/// What does not work.
pub(super) async fn offer(ui: &Ui, query: &LeadsQuery, form: &Form) -> Result<AnyView, UiError> {
    let body = if ui.may_take_personal().await? {
        let columns = ui.personal_columns(query.campaign).await?;
        open(query, form, &columns)
    } else {
        closed()
    };
    let faulty = form.faults_under("personal").next().is_some() || form.at("personal.reason") != "";
    Ok(view! { <details id="personal" open=faulty><summary>"Take personal values away"</summary>{body}</details> }
        .into_any())
}

fn open(query: &LeadsQuery, form: &Form, columns: &[(String, String)]) -> AnyView {
    let formats = [("csv", "CSV"), ("jsonl", "JSON lines")].map(|(value, word)| (value.to_owned(), word.to_owned()));
    view! {
        <form class="stack" method="post" action=query.href() novalidate>
            <p class="hint">"A file of the leads of this list, at most 10,000, with what you choose of their people. Who, when, why and which leads is written to the audit log, and to each lead's history."</p>
            {checks(form, "personal.fields", "What is needed", columns, None)}
            {text(form, "personal.reason", "Why").hint("5 to 200 characters, such as the number of a complaint. No personal values.").view()}
            {select(form, "personal.format", "Format", &formats, None)}
            <div class="actions"><button class="button" type="submit" name="do" value="personal">"Make the file"</button></div>
        </form>
    }
    .into_any()
}

fn closed() -> AnyView {
    view! {
        <fieldset class="stack" disabled=true>
            <p class="hint" id="personal-closed">"You may not take personal values away. Whoever manages people can give you the rights for it: to take files away, to see personal values, and to take personal values away in files."</p>
            <div class="actions"><button class="button" type="button" aria-describedby="personal-closed">"Make the file"</button></div>
        </fieldset>
    }
    .into_any()
}
