//! Which version a lead's words are.

use super::{Part, code, parts};
use crate::lead::Consent;
use model::{
    ConsentTextId,
    consent::{ConsentSeen, Standing},
};

/// Longest text in the place of a placeholder, in bytes.
const FILLED: usize = 2_000;

/// A published version, made ready to be recognised.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Known {
    text_id: ConsentTextId,
    n: u32,
    code: String,
    /// The words between the placeholders, each line break and run of spaces one space: with a text before, between and after.
    words: Vec<String>,
}

impl Known {
    /// A version of a text.
    #[must_use]
    pub fn new(text_id: ConsentTextId, n: u32, body: &str) -> Self {
        let mut words = vec![String::new()];
        for part in parts(body.trim()) {
            match (part, words.last_mut()) {
                (Part::Words(more), Some(last)) => last.push_str(more),
                _ => words.push(String::new()),
            }
        }
        let words = words.iter().map(|words| spaced(words)).collect();
        Self { text_id, n, code: code(body), words }
    }

    /// Whether these words are this version with something in the place of each placeholder.
    fn says(&self, text: &str) -> bool {
        let Some((first, others)) = self.words.split_first() else { return false };
        let Some(mut rest) = text.strip_prefix(first.as_str()) else { return false };
        let Some((last, between)) = others.split_last() else { return rest.is_empty() };
        for words in between {
            // Two placeholders side by side have nothing between them to be told apart by.
            if words.is_empty() {
                continue;
            }
            let Some(at) = found_after(rest, words) else { return false };
            rest = &rest[at + words.len()..];
        }
        rest.len() > last.len() && rest.len() - last.len() <= FILLED && rest.ends_with(last.as_str())
    }
}

/// Where words stand in a text, after at least one character and not too far.
fn found_after(text: &str, words: &str) -> Option<usize> {
    let first = text.chars().next()?.len_utf8();
    let at = text[first..].find(words)? + first;
    (at <= FILLED).then_some(at)
}

/// Each run of white space as one space, so that a line break in a page is no other text.
fn spaced(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    for letter in text.chars() {
        if !letter.is_whitespace() {
            out.push(letter);
        } else if !out.ends_with(' ') {
            out.push(' ');
        }
    }
    out
}

/// Which of the published versions a lead's consent came with; nothing when nobody asks, because the lead has no consent or
/// because neither the campaign nor the words name a text. `known` stands in the order the versions were published: of equal
/// words the newest counts, unless the form says which it means. A form's own word for a version that is none of ours says
/// nothing; one of ours with other words is unknown.
#[must_use]
pub fn recognise(known: &[Known], wanted: Option<ConsentTextId>, consent: Option<&Consent>) -> Option<ConsentSeen> {
    let consent = consent?;
    let given =
        |text: &Option<String>| text.as_deref().map(str::trim).filter(|text| !text.is_empty()).map(str::to_owned);
    let (text, said) = (given(&consent.text).map(|text| spaced(&text)), given(&consent.text_version));
    let named: Vec<_> = known.iter().filter(|version| Some(&version.code) == said.as_ref()).collect();
    let among: Vec<_> = if named.is_empty() { known.iter().collect() } else { named };
    let fits = |version: &&&Known| match &text {
        Some(text) => version.says(text),
        None => said.as_ref() == Some(&version.code),
    };
    let found: Vec<_> = among.iter().filter(fits).collect();
    let own = found.iter().rev().find(|version| Some(version.text_id) == wanted);
    match own.or(found.last()) {
        Some(version) => {
            let standing = match wanted {
                Some(wanted) if wanted != version.text_id => Standing::OtherText,
                _ => Standing::Published,
            };
            Some(ConsentSeen { text_id: version.text_id, version: Some(version.n), standing })
        }
        None => {
            let standing = if text.is_some() { Standing::Unknown } else { Standing::Absent };
            wanted.map(|text_id| ConsentSeen { text_id, version: None, standing })
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    const AUTO: ConsentTextId = ConsentTextId::from_bits(1);
    const SOLAR: ConsentTextId = ConsentTextId::from_bits(2);
    const BODY: &str = "By selecting \"{{button.label}}\" I authorize {{sellers.inline}} to call me.";

    fn known() -> Vec<Known> {
        vec![
            Known::new(AUTO, 1, "I agree to calls."),
            Known::new(AUTO, 2, BODY),
            Known::new(SOLAR, 1, "Call me about solar."),
            Known::new(AUTO, 3, "I agree to calls."),
        ]
    }

    fn seen(text: Option<&str>, version: Option<&str>, wanted: Option<ConsentTextId>) -> Option<(u32, Standing)> {
        let own = |text: Option<&str>| text.map(str::to_owned);
        let consent = Consent { text: own(text), text_version: own(version), ..Consent::default() };
        recognise(&known(), wanted, Some(&consent)).map(|seen| (seen.version.unwrap_or(0), seen.standing))
    }

    #[test]
    fn words_are_recognised_with_whatever_fills_the_placeholders() {
        let filled = "By selecting \"I agree\" I authorize\n  Acme LLC and Beta Inc. to call me.";
        assert_eq!(seen(Some(filled), None, Some(AUTO)), Some((2, Standing::Published)));
        assert_eq!(
            seen(Some("By selecting \"\" I authorize A to call me."), None, Some(AUTO)),
            Some((0, Standing::Unknown))
        );
        assert_eq!(seen(Some(&filled.replace("call", "text")), None, Some(AUTO)), Some((0, Standing::Unknown)));
        assert_eq!(seen(Some(&format!("{filled} And more.")), None, Some(AUTO)), Some((0, Standing::Unknown)));
    }

    #[test]
    fn of_equal_words_the_newest_counts_unless_the_form_says_which() {
        assert_eq!(seen(Some(" I agree to\tcalls. "), None, Some(AUTO)), Some((3, Standing::Published)));
        let code = code("I agree to calls.");
        assert_eq!(seen(None, Some(&code), Some(AUTO)), Some((3, Standing::Published)));
        // A word of the form's own is none of ours.
        assert_eq!(seen(Some("I agree to calls."), Some("2026-05"), Some(AUTO)), Some((3, Standing::Published)));
        assert_eq!(seen(None, Some("2026-05"), Some(AUTO)), Some((0, Standing::Absent)));
        assert_eq!(seen(None, None, Some(AUTO)), Some((0, Standing::Absent)));
    }

    #[test]
    fn a_version_that_says_other_words_than_it_has_is_unknown() {
        let code = code("Call me about solar.");
        assert_eq!(seen(Some("I agree to calls."), Some(&code), Some(SOLAR)), Some((0, Standing::Unknown)));
    }

    #[test]
    fn another_text_is_told_and_nothing_is_asked_where_no_text_was_chosen() {
        assert_eq!(seen(Some("Call me about solar."), None, Some(AUTO)), Some((1, Standing::OtherText)));
        assert_eq!(seen(Some("Call me about solar."), None, None), Some((1, Standing::Published)));
        assert_eq!(seen(Some("Our own words."), None, None), None);
        assert_eq!(recognise(&known(), Some(AUTO), None), None);
    }

    proptest! {
        #[test]
        fn whatever_is_filled_in_is_recognised(button in "[A-Za-z][A-Za-z ,]{0,20}[a-z]", sellers in "[A-Z][A-Za-z., ]{0,60}[a-z]") {
            let filling = crate::consent::Filling { sellers: vec![sellers], button, ..Default::default() };
            let text = crate::consent::filled(BODY, &filling);
            prop_assert_eq!(seen(Some(&text), None, Some(AUTO)), Some((2, Standing::Published)));
        }

        #[test]
        fn no_text_does_harm(text in ".{0,200}", body in ".{0,60}") {
            let _ = Known::new(AUTO, 1, &body).says(&text);
        }
    }
}
