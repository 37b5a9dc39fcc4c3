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

/// What has to be hidden in a text about a lead: made once, used for every answer about it.
pub(super) struct Needles(Vec<String>);

impl Needles {
    /// Values of three or more characters, the longest first. Shorter ones would blank out half of any sentence and tell
    /// nobody anything.
    pub(super) fn new(values: impl IntoIterator<Item = String>) -> Self {
        let values = values.into_iter().map(|value| value.trim().to_ascii_lowercase());
        let mut needles: Vec<_> = values.filter(|value| value.chars().count() >= 3).collect();
        needles.sort_by(|a, b| b.len().cmp(&a.len()).then_with(|| a.cmp(b)));
        needles.dedup();
        Self(needles)
    }

    /// The text without any of them, whatever its ASCII case, cut to 300 characters. Nearly always there is nothing to hide,
    /// so that is found out without an allocation.
    pub(super) fn hide(&self, text: &str) -> String {
        // Cut generously: what lies beyond cannot be shown anyway.
        let mut text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST * 8).collect();
        for needle in &self.0 {
            while let Some(at) = place(&text, needle) {
                text.replace_range(at..at + needle.len(), DOTS);
            }
        }
        if text.len() > LONGEST { text.chars().take(LONGEST).collect() } else { text }
    }
}

/// Where a text in lower case stands in another of any case. What is found is text as well: letters that are not ASCII have
/// one case each here.
fn place(text: &str, needle: &str) -> Option<usize> {
    let places = text.as_bytes().windows(needle.len().max(1));
    places.into_iter().position(|place| place.eq_ignore_ascii_case(needle.as_bytes()))
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
        let needles = Needles::new(["Dana", " dana@example.com", "MI", "", "Reyes"].map(str::to_owned));
        assert_eq!(needles.hide("Duplicate: DANA@example.com (Dana, MI)"), "Duplicate: ••• (•••, MI)");
        assert_eq!(needles.hide(&"é".repeat(400)), "é".repeat(300));
    }
}
