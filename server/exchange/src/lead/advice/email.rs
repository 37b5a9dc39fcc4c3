//! E-mail addresses: the shape every mailbox in use has, and slips in the domains of large providers.

use super::{Advice, Doubt, Wrong, domains};
use crate::lead::{normalise, value::Value};
use model::field::FieldKind;

const CHECKED: &[&str] = &["syntax", "common_domains"];
const NOT_CHECKED: &[&str] = &["domain", "mailbox", "disposable"];

/// Mailboxes of an office and not of a person.
const OFFICES: [&str; 10] =
    ["admin", "billing", "contact", "help", "hostmaster", "info", "noreply", "no-reply", "postmaster", "webmaster"];

/// What can be said of an e-mail address.
#[must_use]
pub fn email(text: &str) -> Advice<String> {
    let mut advice = Advice {
        value: None,
        wrong: Vec::new(),
        suggestion: None,
        doubts: Vec::new(),
        checked: CHECKED,
        not_checked: NOT_CHECKED,
    };
    let mut wrong = |code, message: String| advice.wrong.push(Wrong { field: "email", code, message });
    let address = match normalise::read(&FieldKind::Email, &[], text) {
        _ if text.trim().is_empty() => {
            wrong("missing", "Enter an e-mail address.".to_owned());
            return advice;
        }
        Ok(Value::Email(address)) => address,
        Ok(_) => return advice,
        Err(fault) => {
            wrong(fault.code, fault.message);
            return advice;
        }
    };
    let (local, domain) = address.rsplit_once('@').unwrap_or_default();
    if let Some(meant) = domains::meant(domain) {
        let suggestion = format!("{local}@{meant}");
        advice.doubts.push(Doubt::new("likely_slip", format!("Did you mean {suggestion}?")));
        advice.suggestion = Some(suggestion);
    }
    if OFFICES.contains(&local.to_ascii_lowercase().as_str()) {
        advice.doubts.push(Doubt::new("office", "This looks like the mailbox of an office, not of a person."));
    }
    advice.value = Some(address);
    advice
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn slips_are_suggested_and_never_put_right_in_silence() {
        let advice = email(" Dana@GMIAL.com ");
        assert_eq!(advice.value.as_deref(), Some("Dana@gmial.com"));
        assert_eq!(advice.suggestion.as_deref(), Some("Dana@gmail.com"));
        assert_eq!(advice.doubts[0].message, "Did you mean Dana@gmail.com?");
        assert_eq!(email("dana@example.com").doubts, []);
        assert_eq!(email("info@example.com").doubts[0].code, "office");
        for (text, code) in
            [("", "missing"), ("dana", "not_an_email"), ("dana@", "not_an_email"), ("a b@c.de", "not_an_email")]
        {
            let advice = email(text);
            assert_eq!((advice.value, advice.wrong[0].code), (None, code), "{text}");
        }
        assert!(email("dana@example.com").not_checked.contains(&"mailbox"));
    }
}
