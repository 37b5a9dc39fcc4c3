//! What may be shown of a personal value to somebody who may not see it.

use super::value::Value;

/// What stands for hidden characters.
pub(super) const DOTS: &str = "•••";
/// Longest text kept of a buyer's words, in characters.
const LONGEST: usize = 300;

/// A value with most of it hidden.
pub(super) fn mask(value: &Value) -> String {
    match value {
        Value::Phone(phone) => format!("({}) {DOTS}-{}", &phone[2..5], &phone[8..]),
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

/// `(313) 555-0142` for `+13135550142`.
pub(super) fn national(phone: &str) -> String {
    format!("({}) {}-{}", &phone[2..5], &phone[5..8], &phone[8..])
}

/// Replaces every needle of three or more characters, without regard to ASCII case, longest first. Shorter ones would
/// blank out half of any sentence and tell nobody anything.
pub(super) fn redact(text: &str, mut needles: Vec<String>) -> String {
    needles.retain(|needle| needle.trim().chars().count() >= 3);
    needles.sort_by_key(|needle| std::cmp::Reverse(needle.len()));
    needles.dedup();
    // Cut generously first: what lies beyond cannot be shown anyway.
    let mut text: String = text.chars().filter(|c| !c.is_control()).take(LONGEST * 8).collect();
    for needle in needles {
        let needle = needle.trim().to_ascii_lowercase();
        while let Some(at) = text.to_ascii_lowercase().find(&needle) {
            text.replace_range(at..at + needle.len(), DOTS);
        }
    }
    text.chars().take(LONGEST).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn masks_tell_a_colleague_which_but_not_what() {
        assert_eq!(mask(&Value::Phone("+13135550142".into())), "(313) •••-0142");
        assert_eq!(mask(&Value::Email("dana@example.com".into())), "d•••@•••");
        assert_eq!(mask(&Value::Text("Dana".into())), "D•••");
        assert_eq!(mask(&Value::Text("1 Main St".into())), "•••");
    }

    #[test]
    fn words_of_a_buyer_lose_what_is_personal() {
        let needles = vec!["dana@example.com".to_owned(), "Dana".to_owned(), "MI".to_owned()];
        assert_eq!(redact("Duplicate: DANA@example.com (Dana, MI)", needles), "Duplicate: ••• (•••, MI)");
    }
}
