//! Consent texts as pure functions: what a version says once its placeholders are filled in, which version a lead's words
//! are, what a text does not say that it should, and how two versions differ.

mod difference;
mod known;
mod lint;
mod reading;
mod rules;

pub use difference::difference;
pub use known::{Known, recognise};
pub use lint::{lint, may_publish};

use model::{ConsentTextId, buyer::Buyer, consent::ConsentVersion, contract::Contract};
use sha2::{Digest, Sha256};
use std::collections::BTreeSet;

/// A placeholder, and what stands in its place.
pub const PLACEHOLDERS: [(&str, &str); 3] = [
    ("sellers.inline", "the legal names of the buyers that may have the lead, as a list"),
    ("publisher.legal_name", "your company's name"),
    ("button.label", "what the button says"),
];

/// Longest text, in characters.
pub const LONGEST: usize = 4_000;

/// What a form sends as the version of these words: other words, other code.
#[must_use]
pub fn code(words: &str) -> String {
    format!("ctv_{}", &hex::encode(Sha256::digest(words.trim().as_bytes()))[..26])
}

/// What fills the placeholders.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Filling {
    /// The legal names of the buyers that may have the lead.
    pub sellers: Vec<String>,
    /// The name of the company that runs the campaign.
    pub publisher: String,
    /// What the button says.
    pub button: String,
}

impl Filling {
    fn of(&self, name: &str) -> Option<String> {
        match name {
            "sellers.inline" => Some(serial(&self.sellers)),
            "publisher.legal_name" => Some(self.publisher.clone()),
            "button.label" => Some(self.button.clone()),
            _ => None,
        }
    }
}

/// A list as a sentence has it: "A, B and C".
fn serial(names: &[String]) -> String {
    match names {
        [] => String::new(),
        [one] => one.clone(),
        [before @ .., last] => format!("{} and {last}", before.join(", ")),
    }
}

/// A text with its placeholders filled in; those that nobody knows stay as they are.
#[must_use]
pub fn filled(body: &str, filling: &Filling) -> String {
    let part = |part: Part<'_>| match part {
        Part::Words(words) => words.to_owned(),
        Part::Placeholder(name) => filling.of(name).unwrap_or_else(|| format!("{{{{{name}}}}}")),
    };
    parts(body.trim()).into_iter().map(part).collect()
}

/// Whether a text has this placeholder.
#[must_use]
pub fn has(body: &str, placeholder: &str) -> bool {
    parts(body).contains(&Part::Placeholder(placeholder))
}

/// The legal names of the buyers that may have a campaign's leads, in alphabetical order.
pub fn sellers<'a>(contracts: impl IntoIterator<Item = (&'a Contract, &'a Buyer)>) -> Vec<String> {
    let open = contracts.into_iter().filter(|(contract, buyer)| contract.active && buyer.active);
    let names: BTreeSet<_> = open.map(|(_, buyer)| buyer.legal_name.trim().to_owned()).collect();
    names.into_iter().filter(|name| !name.is_empty()).collect()
}

/// What the consumers of a campaign are shown.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Shown {
    /// The text.
    pub text_id: ConsentTextId,
    /// Its version.
    pub n: u32,
    /// What a form sends as `consent.text_version`.
    pub code: String,
    /// The words, with their placeholders filled in.
    pub words: String,
    /// What the button says; empty: the version names none.
    pub button: String,
}

/// What a version says to the consumers of a campaign. A button of the campaign's own goes before the version's.
#[must_use]
pub fn shown(text_id: ConsentTextId, version: &ConsentVersion, mut filling: Filling) -> Shown {
    if filling.button.trim().is_empty() {
        filling.button.clone_from(&version.wording.button);
    }
    let words = filled(&version.wording.body, &filling);
    Shown { text_id, n: version.n, code: version.code.clone(), words, button: filling.button }
}

/// A part of a text.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Part<'a> {
    Words(&'a str),
    Placeholder(&'a str),
}

/// A text in its parts. Braces that are not closed are words.
fn parts(body: &str) -> Vec<Part<'_>> {
    let (mut found, mut rest) = (Vec::new(), body);
    while let Some((before, inside)) = rest.split_once("{{") {
        let Some((name, after)) = inside.split_once("}}") else { break };
        if !before.is_empty() {
            found.push(Part::Words(before));
        }
        found.push(Part::Placeholder(name.trim()));
        rest = after;
    }
    if !rest.is_empty() {
        found.push(Part::Words(rest));
    }
    found
}

#[cfg(test)]
mod tests {
    use super::*;

    fn filling(sellers: &[&str]) -> Filling {
        Filling {
            sellers: sellers.iter().map(|name| (*name).to_owned()).collect(),
            publisher: "Harbor Leads".to_owned(),
            button: "I agree".to_owned(),
        }
    }

    #[test]
    fn placeholders_are_filled_in_and_unknown_ones_stay() {
        let body = " By selecting \"{{button.label}}\" I authorize {{ sellers.inline }} to call me. {{x}} {{";
        let two = filled(body, &filling(&["Acme LLC", "Beta Inc."]));
        assert_eq!(two, "By selecting \"I agree\" I authorize Acme LLC and Beta Inc. to call me. {{x}} {{");
        assert!(filled("{{sellers.inline}}", &filling(&["A", "B", "C"])).contains("A, B and C"));
        assert!(has(body, "sellers.inline") && !has(body, "publisher.legal_name"));
    }

    #[test]
    fn other_words_have_another_code() {
        assert_eq!(code("I agree."), code(" I agree.\n"));
        assert_ne!(code("I agree."), code("I agree"));
        assert_eq!(code("I agree.").len(), "ctv_".len() + 26);
    }
}
