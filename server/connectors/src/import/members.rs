//! The members of a sample body, flat, with the names rows write.

use model::mapping::Place;
use serde_json::Value;

/// A member of a call as a document shows it.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub(super) struct Member {
    /// The name as rows write it: `lead.drivers[0].name`.
    pub(super) to: String,
    /// The name people read: its last part without places in lists.
    pub(super) name: String,
    /// The sample's value, as text.
    pub(super) sample: String,
    /// Whether the value stands in JSON without quotes.
    pub(super) bare: bool,
    /// Where it goes.
    pub(super) place: Place,
    /// Whether the document says it is needed.
    pub(super) required: bool,
    /// The values the buyer takes.
    pub(super) allowed: Vec<String>,
    /// What else the document says of it: its type and description.
    pub(super) about: String,
}

impl Member {
    /// A member with a name without places.
    pub(super) fn flat(name: &str, sample: &str) -> Self {
        Self { to: name.to_owned(), name: name.to_owned(), sample: sample.trim().to_owned(), ..Self::default() }
    }
}

/// The members of a JSON or XML tree. Of a list only the first items: the sample shows how one looks.
pub(super) fn of_tree(value: &Value) -> Vec<Member> {
    let mut found = Vec::new();
    walk(value, "", "", &mut found);
    found
}

fn walk(value: &Value, to: &str, name: &str, found: &mut Vec<Member>) {
    match value {
        Value::Object(members) => {
            for (own, value) in members {
                let step = own.replace('\\', "\\\\").replace('.', "\\.").replace('[', "\\[").replace(']', "\\]");
                let to = if to.is_empty() { step } else { format!("{to}.{step}") };
                // The text of an element and its attributes are called as the element is.
                let name = if own == "#text" && !name.is_empty() { name } else { own.trim_start_matches('@') };
                walk(value, &to, name, found);
            }
        }
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate().take(3) {
                walk(item, &format!("{to}[{nth}]"), name, found);
            }
        }
        scalar => {
            let sample = match scalar {
                Value::String(text) => text.trim().to_owned(),
                Value::Null => String::new(),
                other => other.to_string(),
            };
            let bare = matches!(scalar, Value::Bool(_) | Value::Number(_));
            found.push(Member { to: to.to_owned(), name: name.to_owned(), sample, bare, ..Member::default() });
        }
    }
}
