//! Forms that keep everything typed and name every fault beside its field, with script off.
//!
//! # The pattern
//!
//! 1. A page takes [`Sent::take`] before its first `await`: none for GET, the entries of the form for POST.
//! 2. It asks the backend for the document as JSON, as the API shows it (amounts are decimals in quotes), and puts it into
//!    [`Form::new`]. What the form does not show stays as it is.
//! 3. [`Form::submit`] lays the entries over it and says what the person wants ([`Act`]). Adding, removing and moving a row
//!    ([`Act::Edit`]) only changes the form: the page is drawn again and nothing is saved.
//! 4. For [`Act::Do`] the page calls the backend. When that answers [`UiError::Invalid`](crate::error::UiError::Invalid) the
//!    page puts the faults into [`Form::faults`] and is drawn again with status 422
//!    (`pages::Reply::faulty`); when it worked, the browser is sent on (303) to where the result is seen.
//! 5. The components of `components::form` draw the form. Each writes the *path* of its value and how its text is
//!    read into the input's name (`auction.tiers[0].name:text`, see [`Reading`]), so a page needs no parser: the document that
//!    is sent has the shape the API takes, faults come back with the same paths, and a value that cannot be read stays as it
//!    was typed.
//!
//! ```text
//! <form method="post" novalidate>                    the page's own path
//!   <FaultSummary form/>                             links to the fields
//!   <TextField form path="name" label="Name"/>
//!   <Rows form path="auction.tiers" …/>              add, remove, up and down are submit buttons
//!   <SaveBar …/>                                     <button name="do" value="save">
//! </form>
//! ```
//!
//! A path that takes POST stands in [`crate::FORM_PAGES`]; the server registers the door and puts [`Sent`] into the context.

mod place;
mod read;

pub use place::{get, id};
pub use read::Reading;

use leptos::prelude::use_context;
use model::FieldError;
use serde_json::Value;

/// What a POST carried, in order: names with values.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Sent(pub Vec<(String, String)>);

impl Sent {
    /// The form of the current request; none when it is a GET. Take it before the first `await`.
    #[must_use]
    pub fn take() -> Option<Self> {
        use_context()
    }

    /// The first value under exactly this name.
    #[must_use]
    pub fn text(&self, name: &str) -> &str {
        self.0.iter().find(|(have, _)| have == name).map_or("", |(_, value)| value)
    }

    /// The version a page's hidden `version` names.
    #[must_use]
    pub fn version(&self) -> i64 {
        self.text("version").parse().unwrap_or_default()
    }
}

/// What a person wants with a form.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Act {
    /// A row was added, removed or moved: draw the page again.
    Edit,
    /// The word of the button: `save`, `publish`, …
    Do(String),
}

/// A form: the document as it stands in it, and what is wrong with it.
#[derive(Debug, Clone, PartialEq, Default)]
pub struct Form {
    /// The document, as the API takes it.
    pub value: Value,
    /// What is wrong, by path.
    pub faults: Vec<FieldError>,
}

impl Form {
    /// A form that shows a document.
    #[must_use]
    pub fn new(value: Value) -> Self {
        Self { value, faults: Vec::new() }
    }

    /// Lays what was sent over the document and says what the person wants. Names without a reading are the page's own.
    pub fn submit(&mut self, sent: &Sent) -> Act {
        read::lay(&mut self.value, &sent.0);
        // The last one: Enter in a text field presses the first button of a form, which is a hidden save.
        let button = sent.0.iter().rev().find(|(name, _)| name == "do").map_or("save", |(_, value)| value.as_str());
        if read::edit(&mut self.value, button) { Act::Edit } else { Act::Do(button.to_owned()) }
    }

    /// The value at a path; null when there is none.
    #[must_use]
    pub fn at(&self, path: &str) -> &Value {
        get(&self.value, path).unwrap_or(&Value::Null)
    }

    /// The value at a path as the input shows it.
    #[must_use]
    pub fn shown(&self, path: &str, reading: Reading) -> String {
        reading.write(self.at(path))
    }

    /// How many rows the list at a path has.
    #[must_use]
    pub fn rows(&self, path: &str) -> usize {
        self.at(path).as_array().map_or(0, Vec::len)
    }

    /// What is wrong with exactly this value.
    #[must_use]
    pub fn fault(&self, path: &str) -> Option<String> {
        let found: Vec<_> =
            self.faults.iter().filter(|fault| fault.field == path).map(|f| f.message.as_str()).collect();
        (!found.is_empty()).then(|| found.join(" "))
    }

    /// What is wrong with this value or anything in it.
    pub fn faults_under<'a>(&'a self, path: &'a str) -> impl Iterator<Item = &'a FieldError> {
        self.faults.iter().filter(move |fault| {
            fault.field.strip_prefix(path).is_some_and(|rest| rest.is_empty() || rest.starts_with(['.', '[']))
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use serde_json::json;

    fn sent(pairs: &[(&str, &str)]) -> Sent {
        Sent(pairs.iter().map(|(name, value)| ((*name).to_owned(), (*value).to_owned())).collect())
    }

    #[test]
    fn what_is_not_in_the_form_stays() {
        let mut form = Form::new(json!({ "name": "A", "auction": { "posts": 3, "floor": "1.00" } }));
        let act = form.submit(&sent(&[("auction.posts:number", "5"), ("note", "x"), ("do", "publish")]));
        assert_eq!(act, Act::Do("publish".into()));
        assert_eq!(form.value, json!({ "name": "A", "auction": { "posts": 5, "floor": "1.00" } }));
    }

    #[test]
    fn without_a_button_it_is_saved_and_faults_are_found_by_path() {
        let mut form = Form::new(json!({}));
        assert_eq!(form.submit(&sent(&[("name:text", " Home ")])), Act::Do("save".into()));
        assert_eq!(form.at("name"), "Home");
        form.faults = vec![FieldError::new("caps[0].limit", "missing", "This is required.")];
        assert_eq!(form.fault("caps[0].limit").as_deref(), Some("This is required."));
        assert_eq!((form.faults_under("caps").count(), form.faults_under("cap").count()), (1, 0));
    }
}
