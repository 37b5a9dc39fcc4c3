//! The inputs of forms, drawn from a [`Form`]: label, hint, the value as it was typed, and its fault. The pattern stands at
//! [`crate::form`]. They are plain functions, since all they need is borrowed from the page's form.

mod choice;
mod rows;

pub use choice::{Choice, checkbox, checks, pick, select};
pub use rows::{Rows, rows};

use crate::form::{Form, Reading, id};
use leptos::prelude::*;
use model::secret::MASK;

/// An input of one value. Finish it with [`Input::view`].
pub struct Input<'a> {
    form: &'a Form,
    path: String,
    label: String,
    reading: Reading,
    hint: Option<String>,
    unit: Option<String>,
    lines: Option<u8>,
    kind: &'static str,
}

/// One line of text; `reading` says how it is read.
pub fn input<'a>(form: &'a Form, path: impl Into<String>, label: impl Into<String>, reading: Reading) -> Input<'a> {
    let unit = (reading == Reading::Percent).then(|| "%".to_owned());
    let lines = matches!(reading, Reading::Lines | Reading::Json).then_some(4);
    Input { form, path: path.into(), label: label.into(), reading, hint: None, unit, lines, kind: "text" }
}

/// One line of text.
pub fn text<'a>(form: &'a Form, path: impl Into<String>, label: impl Into<String>) -> Input<'a> {
    input(form, path, label, Reading::Text)
}

/// A whole number.
pub fn number<'a>(form: &'a Form, path: impl Into<String>, label: impl Into<String>) -> Input<'a> {
    input(form, path, label, Reading::Number)
}

/// An amount in a currency.
pub fn money<'a>(form: &'a Form, path: impl Into<String>, label: impl Into<String>, currency: &str) -> Input<'a> {
    input(form, path, label, Reading::Money).unit(currency)
}

/// A share in per cent.
pub fn percent<'a>(form: &'a Form, path: impl Into<String>, label: impl Into<String>) -> Input<'a> {
    input(form, path, label, Reading::Percent)
}

impl Input<'_> {
    /// What to know about it.
    pub fn hint(mut self, hint: impl Into<String>) -> Self {
        self.hint = Some(hint.into());
        self
    }

    /// What stands behind the value: a currency, `ms`, `days`.
    pub fn unit(mut self, unit: impl Into<String>) -> Self {
        self.unit = Some(unit.into());
        self
    }

    /// Several lines.
    pub fn lines(mut self, lines: u8) -> Self {
        self.lines = Some(lines);
        self
    }

    /// An input of another type: `email`, `password`, `date`, …
    pub fn kind(mut self, kind: &'static str) -> Self {
        self.kind = kind;
        self
    }

    /// Draws it.
    pub fn view(self) -> AnyView {
        let (value, id) = (self.form.shown(&self.path, self.reading), id(&self.path));
        // A secret never stands in a page: its mask does, or a sealed form that only the server opens.
        let safe = self.kind != "password" || value == MASK || value.starts_with("typed:");
        let value = if safe { value } else { String::new() };
        let name = self.reading.name(&self.path);
        let about = About::of(self.form, &self.path, self.hint);
        let (invalid, described) = (about.invalid(), about.described());
        let numeric = matches!(self.reading, Reading::Number | Reading::Money | Reading::Percent);
        let mode = match self.reading {
            Reading::Number => Some("numeric"),
            Reading::Money | Reading::Percent => Some("decimal"),
            _ => None,
        };
        let class = if numeric { "field short" } else { "field" };
        let entry = match self.lines {
            Some(lines) => view! {
                <textarea id=id.clone() name=name rows=lines.to_string() aria-invalid=invalid aria-describedby=described spellcheck="false">
                    // The line break that HTML drops at the beginning.
                    {format!("\n{}", inert(&value))}
                </textarea>
            }
            .into_any(),
            None => view! {
                <input id=id.clone() name=name type=self.kind value=value inputmode=mode autocomplete="off"
                    aria-invalid=invalid aria-describedby=described/>
            }
            .into_any(),
        };
        let entry = match self.unit {
            Some(unit) => view! { <span class="with-unit">{entry}<span class="unit">{unit}</span></span> }.into_any(),
            None => entry,
        };
        view! { <div class=class><label for=id>{self.label}</label>{entry}{about.view()}</div> }.into_any()
    }
}

/// What is typed, as characters: Leptos writes the content of this one element as it is given.
fn inert(typed: &str) -> String {
    typed.replace('&', "&amp;").replace('<', "&lt;")
}

/// What stands below an input: its fault and its hint.
struct About {
    id: String,
    fault: Option<String>,
    hint: Option<String>,
}

impl About {
    fn of(form: &Form, path: &str, hint: Option<String>) -> Self {
        Self { id: id(path), fault: form.fault(path), hint }
    }

    fn invalid(&self) -> Option<&'static str> {
        self.fault.is_some().then_some("true")
    }

    fn described(&self) -> Option<String> {
        let part = |there: bool, what: &str| there.then(|| format!("{}-{what}", self.id));
        let parts: Vec<_> =
            [part(self.fault.is_some(), "fault"), part(self.hint.is_some(), "hint")].into_iter().flatten().collect();
        (!parts.is_empty()).then(|| parts.join(" "))
    }

    fn view(self) -> AnyView {
        let id = self.id;
        let fault = self.fault.map(|text| view! { <p class="fault" id=format!("{id}-fault")>{text}</p> });
        let hint = self.hint.map(|text| view! { <p class="hint" id=format!("{id}-hint")>{text}</p> });
        view! { {fault}{hint} }.into_any()
    }
}

/// Every fault at the top of a form, each a link to its field. It takes the focus, so that it is read first.
pub fn summary(form: &Form) -> AnyView {
    if form.faults.is_empty() {
        return ().into_any();
    }
    let count = form.faults.len();
    let title = if count == 1 {
        "One thing is to be put right.".to_owned()
    } else {
        format!("{count} things are to be put right.")
    };
    let line = |fault: &model::FieldError| {
        let message = fault.message.clone();
        if fault.field.is_empty() {
            return view! { <li>{message}</li> }.into_any();
        }
        view! { <li><a href=format!("#{}", id(&fault.field))>{words(&fault.field)}</a>": "{message}</li> }.into_any()
    };
    let lines = form.faults.iter().map(line).collect_view();
    view! {
        <div class="panel danger" role="alert" tabindex="-1" autofocus=true id="faults">
            <p class="panel-title">{title}</p>
            <ul class="faults">{lines}</ul>
        </div>
    }
    .into_any()
}

/// A path in words: `auction.tiers[1].name` is "auction, tiers 2, name".
fn words(path: &str) -> String {
    let part = |part: &str| match part.split_once('[') {
        Some((name, row)) => {
            let row =
                row.trim_end_matches(']').parse::<usize>().map_or_else(|_| row.to_owned(), |row| (row + 1).to_string());
            format!("{} {row}", name.replace('_', " "))
        }
        None => part.replace('_', " "),
    };
    path.split('.').map(part).collect::<Vec<_>>().join(", ")
}

/// A section of a form with its heading.
pub fn section(id: &'static str, title: &'static str, intro: Option<&'static str>, body: AnyView) -> AnyView {
    view! {
        <section class="card form-section" id=id aria-labelledby=format!("{id}-title")>
            <h2 id=format!("{id}-title")>{title}</h2>
            {intro.map(|text| view! { <p class="hint lead-in">{text}</p> })}
            {body}
        </section>
    }
    .into_any()
}

/// What Enter in a text field presses: the first submit button of a form. Put it first, before any row's buttons.
pub fn enter(word: &'static str) -> AnyView {
    view! { <button class="enter" type="submit" name="do" value=word tabindex="-1" aria-hidden="true">"Save"</button> }
        .into_any()
}

/// The bar with a form's buttons that stays in sight: word, text; the first is the main one.
pub fn save_bar(buttons: &[(&'static str, &'static str)], beside: AnyView) -> AnyView {
    let button = |(at, (word, text)): (usize, &(&'static str, &'static str))| {
        let class = if at == 0 { "button primary" } else { "button" };
        view! { <button class=class type="submit" name="do" value=*word>{*text}</button> }
    };
    let buttons = buttons.iter().enumerate().map(button).collect_view();
    view! { <div class="save-bar">{beside}<span class="grow"></span>{buttons}</div> }.into_any()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn paths_in_words() {
        assert_eq!(words("auction.tiers[1].name"), "auction, tiers 2, name");
        assert_eq!(words("fallback_url"), "fallback url");
    }
}
