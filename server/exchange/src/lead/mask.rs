//! What may be shown of a personal value to somebody who may not see it.

use super::{parts::ten_digits, value::Value};

/// What stands for hidden characters.
pub(super) const DOTS: &str = "•••";
/// Longest text kept of a buyer's words, in characters.
const LONGEST: usize = 300;

/// A value with most of it hidden.
pub(super) fn mask(value: &Value) -> String {
    match value {
        Value::Phone(phone) => match ten_digits(phone) {
            Some(ten) => format!("({}) {DOTS}-{}", &ten[..3], &ten[6..]),
            None => format!("+{DOTS}{}", phone.get(phone.len().saturating_sub(2)..).unwrap_or_default()),
        },
        Value::Email(email) => match email.split_once('@') {
            Some((local, _)) => format!("{}{DOTS}@{DOTS}", first(local)),
            None => DOTS.to_owned(),
        },
        Value::Text(text) => format!("{}{DOTS}", first(text)),
        _ => DOTS.to_owned(),
    }
}

fn first(text: &str) -> String {
    text.chars().next().filter(|c| c.is_alphabetic()).map(String::from).unwrap_or_default()
}

/// The ways in which people write a phone number.
pub(super) fn spellings(phone: &str) -> Vec<String> {
    let Some(ten) = ten_digits(phone) else { return vec![phone.trim_start_matches('+').to_owned()] };
    let (area, exchange, line) = (&ten[..3], &ten[3..6], &ten[6..]);
    vec![ten.to_owned(), format!("({area}) {exchange}-{line}"), format!("{area}-{exchange}-{line}")]
}

/// A text of which parts are to be hidden.
pub(super) struct Redacting {
    text: String,
    needles: Vec<String>,
}

impl Redacting {
    pub(super) fn new(text: &str) -> Self {
        // Cut generously: what lies beyond cannot be shown anyway.
        let text = text.chars().filter(|c| !c.is_control()).take(LONGEST * 8).collect();
        Self { text, needles: Vec::new() }
    }

    /// Hides a value of three or more characters, without regard to ASCII case. Shorter ones would blank out half of any
    /// sentence and tell nobody anything. Nearly always there is nothing to hide, so that is found out without an allocation.
    pub(super) fn hide(&mut self, value: &str) {
        let value = value.trim();
        let mut places = self.text.as_bytes().windows(value.len().max(1));
        let there = places.any(|place| place.eq_ignore_ascii_case(value.as_bytes()));
        if there && value.chars().count() >= 3 {
            self.needles.push(value.to_ascii_lowercase());
        }
    }

    /// The text without what was to be hidden, the longest first.
    pub(super) fn done(mut self) -> String {
        self.needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
        self.needles.dedup();
        for needle in self.needles {
            while let Some(at) = self.text.to_ascii_lowercase().find(&needle) {
                self.text.replace_range(at..at + needle.len(), DOTS);
            }
        }
        self.text.chars().take(LONGEST).collect()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_tell_a_colleague_which_but_not_what() {
        assert_eq!(mask(&Value::Phone("+13135550142".into())), "(313) •••-0142");
        assert_eq!(mask(&Value::Phone("+442079460958".into())), "+•••58");
        assert_eq!(mask(&Value::Email("dana@example.com".into())), "d•••@•••");
        assert_eq!(mask(&Value::Text("Dana".into())), "D•••");
        assert_eq!(mask(&Value::Text("1 Main St".into())), "•••");
    }

    #[test]
    fn words_of_a_buyer_lose_what_is_personal() {
        let mut text = Redacting::new("Duplicate: DANA@example.com (Dana, MI)");
        for value in ["Dana", " dana@example.com", "MI", "", "Reyes"] {
            text.hide(value);
        }
        assert_eq!(text.done(), "Duplicate: ••• (•••, MI)");
    }
}
