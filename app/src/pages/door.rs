//! What the pages before signing in share: a card in the middle, one password field after another.

use crate::form::{Form, id};
use leptos::prelude::*;
use leptos_meta::Title;

/// The card of a page at the door.
pub fn card(name: &'static str, faulty: bool, body: AnyView) -> AnyView {
    let title = if faulty { format!("Error: {name} · Gavel") } else { format!("{name} · Gavel") };
    view! {
        <Title text=title/>
        <main id="content" class="door">
            <div class="card">
                <p class="brand">"Gavel"</p>
                <h1>{name}</h1>
                {body}
            </div>
        </main>
    }
    .into_any()
}

/// Everything that is wrong, at the top of the form.
pub fn faults(form: &Form) -> Option<AnyView> {
    let lines: Vec<_> = form.faults.iter().map(|fault| view! { <p>{fault.message.clone()}</p> }).collect();
    (!lines.is_empty()).then(|| view! { <div class="panel danger" role="alert" id="fault">{lines}</div> }.into_any())
}

/// One input with its label; `complete` is what the browser may fill in.
pub fn field(
    form: &Form,
    name: &'static str,
    label: &'static str,
    kind: &'static str,
    complete: &'static str,
) -> AnyView {
    let fault = form.fault(name);
    let invalid = (fault.is_some() || (kind != "hidden" && !form.faults.is_empty())).then_some("true");
    let mode = (complete == "one-time-code").then_some("numeric");
    let value = form.at(name).as_str().unwrap_or_default().to_owned();
    view! {
        <div class="field">
            <label for=id(name)>{label}</label>
            <input id=id(name) name=name type=kind autocomplete=complete inputmode=mode value=value aria-invalid=invalid/>
            {fault.map(|text| view! { <p class="fault">{text}</p> })}
        </div>
    }
    .into_any()
}
