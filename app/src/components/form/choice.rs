//! One of several, any of several, yes or no.

use super::About;
use crate::form::{Form, Reading, id};
use leptos::prelude::*;
use serde_json::Value;

/// One of a list; pairs of the value and what people call it. A value that is not in the list stays to be chosen.
pub fn select(
    form: &Form,
    path: &str,
    label: impl Into<String>,
    options: &[(String, String)],
    hint: Option<&str>,
) -> AnyView {
    let (value, id) = (form.shown(path, Reading::Text), id(path));
    let about = About::of(form, path, hint.map(str::to_owned));
    let strange = (!options.iter().any(|(have, _)| *have == value)).then(|| {
        let shown = if value.is_empty() { "Choose…".to_owned() } else { value.clone() };
        (value.clone(), shown)
    });
    let option = |(have, shown): (String, String)| {
        let selected = have == value;
        view! { <option value=have selected=selected>{shown}</option> }
    };
    let all = strange.into_iter().chain(options.iter().cloned()).map(option).collect_view();
    let (invalid, described) = (about.invalid(), about.described());
    view! {
        <div class="field">
            <label for=id.clone()>{label.into()}</label>
            <select id=id name=Reading::Optional.name(path) aria-invalid=invalid aria-describedby=described>{all}</select>
            {about.view()}
        </div>
    }
    .into_any()
}

/// Yes or no.
pub fn checkbox(form: &Form, path: &str, label: impl Into<String>, hint: Option<&str>) -> AnyView {
    let (checked, id) = (form.at(path) == &Value::Bool(true), id(path));
    let about = About::of(form, path, hint.map(str::to_owned));
    let (invalid, described) = (about.invalid(), about.described());
    let name = Reading::Flag.name(path);
    view! {
        <div class="field check">
            <input type="hidden" name=name.clone() value=""/>
            <label for=id.clone()>
                <input type="checkbox" id=id.clone() name=name value="on" checked=checked aria-invalid=invalid aria-describedby=described/>
                <span>{label.into()}</span>
            </label>
            {about.view()}
        </div>
    }
    .into_any()
}

/// Any of several; pairs of the value and what people call it.
pub fn checks(
    form: &Form,
    path: &str,
    legend: impl Into<String>,
    options: &[(String, String)],
    hint: Option<&str>,
) -> AnyView {
    let (name, base) = (Reading::Set.name(path), id(path));
    let about = About::of(form, path, hint.map(str::to_owned));
    let have = form.at(path).as_array().cloned().unwrap_or_default();
    let option = |(value, shown): &(String, String)| {
        let checked = have.iter().any(|have| have.as_str() == Some(value));
        view! {
            <label><input type="checkbox" name=name.clone() value=value.clone() checked=checked/><span>{shown.clone()}</span></label>
        }
    };
    let all = options.iter().map(option).collect_view();
    let described = about.described();
    view! {
        <fieldset class="field checks" id=base tabindex="-1" aria-describedby=described>
            <legend>{legend.into()}</legend>
            <input type="hidden" name=name.clone() value=""/>
            <div class="choices">{all}</div>
            {about.view()}
        </fieldset>
    }
    .into_any()
}

/// One way of a [`pick`].
pub struct Choice {
    word: &'static str,
    label: String,
    body: Option<AnyView>,
}

impl Choice {
    /// A way without more to enter.
    pub fn plain(word: &'static str, label: impl Into<String>) -> Self {
        Self { word, label: label.into(), body: None }
    }

    /// A way with inputs, whose paths go through its word: `payout.share`.
    pub fn with(word: &'static str, label: impl Into<String>, body: AnyView) -> Self {
        Self { word, label: label.into(), body: Some(body) }
    }
}

/// One of several ways, of which each may ask for more. The inputs of the others are hidden by the style sheet and are not
/// read. The value is the way's word, or an object with the word as its only member; an empty word is null.
pub fn pick(form: &Form, path: &str, legend: impl Into<String>, ways: Vec<Choice>, hint: Option<&str>) -> AnyView {
    let (name, base, now) = (Reading::Pick.name(path), id(path), form.shown(path, Reading::Text));
    let about = About::of(form, path, hint.map(str::to_owned));
    let way = |way: Choice| {
        let checked = way.word == now;
        view! {
            <div class="way">
                <label><input type="radio" name=name.clone() value=way.word checked=checked/><span>{way.label}</span></label>
                {way.body.map(|body| view! { <div class="way-body">{body}</div> })}
            </div>
        }
    };
    let all = ways.into_iter().map(way).collect_view();
    let described = about.described();
    view! {
        <fieldset class="field ways" id=base tabindex="-1" aria-describedby=described>
            <legend>{legend.into()}</legend>
            {all}
            {about.view()}
        </fieldset>
    }
    .into_any()
}
