//! What stands in a sample answer, flat.

use crate::answer::Answer;
use model::{import::SampleAnswer, mapping::AnswerFormat};
use serde_json::Value;

/// A scalar in an answer with its path.
pub(super) struct Found {
    pub(super) path: String,
    pub(super) name: String,
    pub(super) text: String,
}

/// Every scalar of an answer.
pub(super) fn flat(answer: &SampleAnswer) -> Vec<Found> {
    let found = flat_as(answer, None);
    if found.is_empty() { flat_as(answer, Some(AnswerFormat::Lines)) } else { found }
}

fn flat_as(answer: &SampleAnswer, format: Option<AnswerFormat>) -> Vec<Found> {
    let mut found = Vec::new();
    if let Ok(read) = Answer::new(format, answer.status, None, answer.body.as_bytes()) {
        walk(&read.tree, "", "", 0, &mut found);
    }
    found
}

/// Whether all that was pasted is lines of names with values.
pub(super) fn are_lines(answers: &[SampleAnswer]) -> bool {
    let mut told = answers.iter().filter(|answer| !answer.body.trim().is_empty()).peekable();
    let lines = |answer: &SampleAnswer| {
        flat_as(answer, None).is_empty() && !flat_as(answer, Some(AnswerFormat::Lines)).is_empty()
    };
    told.peek().is_some() && told.all(lines)
}

fn walk(value: &Value, path: &str, name: &str, depth: usize, found: &mut Vec<Found>) {
    // What stands deeper says nothing of the whole.
    if depth > 6 || found.len() > 300 {
        return;
    }
    let below = |step: &str| if path.is_empty() { step.to_owned() } else { format!("{path}.{step}") };
    match value {
        Value::Object(members) => {
            for (own, value) in members {
                let name = if own == "#text" { name } else { own.trim_start_matches('@') };
                walk(value, &below(own), name, depth + 1, found);
            }
        }
        Value::Array(items) => {
            for (nth, item) in items.iter().enumerate().take(2) {
                walk(item, &below(&nth.to_string()), name, depth + 1, found);
            }
        }
        Value::Null => {}
        scalar => {
            let text = scalar.as_str().map_or_else(|| scalar.to_string(), |text| text.trim().to_owned());
            found.push(Found { path: path.to_owned(), name: name.to_owned(), text });
        }
    }
}
