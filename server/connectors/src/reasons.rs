//! A buyer's words for a rejection, normalised.

use crate::{
    answer::Answer,
    rules::{Words, scalar},
};
use model::Reason;

/// Words that mean the same with most buyers, looked for in this order; the contract's own rules come first. A space
/// stands for the edge of a word, so that a `message` is no `age` and a `statement` no `state`.
const VOCABULARY: &[(Reason, &[&str])] = &[
    (Reason::BuyerDuplicate, &["duplicat", " dupe", "already"]),
    (Reason::BuyerExpiredPing, &["expired", " ping id", " ping token", "unknown token"]),
    (
        Reason::BuyerAuth,
        &[" auth", "unauthor", "credential", " api key", "forbidden", "invalid token", "token invalid"],
    ),
    (Reason::BuyerDnc, &[" dnc", "do not call", "litigat"]),
    (Reason::BuyerConsent, &["consent", " tcpa", "trustedform", "trusted form", "jornaya", "certificate"]),
    (Reason::BuyerInvalidField, &["missing", " is required", " required field"]),
    (Reason::BuyerCap, &[" cap ", " caps ", " capped", "capacity", " limit", " quota", "volume"]),
    (Reason::BuyerPaused, &["paused", "inactive", "not active", "disabled"]),
    (Reason::BuyerOffHours, &[" hours", " closed", "schedule"]),
    (Reason::BuyerNoMatch, &[" no bid", " no match", " no buyer", "unmatched"]),
    (Reason::BuyerPrice, &[" price", " bid ", " budget"]),
    (Reason::BuyerPhone, &["phone"]),
    (Reason::BuyerEmail, &["email", " e mail"]),
    (Reason::BuyerGeo, &[" geo", " zip", " state ", " states ", "coverage", " area "]),
    (Reason::BuyerInvalidField, &["invalid", " required ", " format ", " field"]),
    (Reason::BuyerCriteria, &["criteria", "filter", "qualif", "eligib", " age ", "requirement"]),
    (Reason::BuyerNoMatch, &["not found"]),
];

/// What the answer means; [`Reason::BuyerOther`] when it says nothing we know.
pub(crate) fn normalise(rules: &[Words], answer: &Answer<'_>, said: Option<&str>) -> Reason {
    let own = rules.iter().find(|rule| match &rule.path {
        Some(path) => path.look(answer).is_some_and(|found| scalar(&found).is_some_and(|text| matches(rule, &text))),
        None => said.is_some_and(|said| matches(rule, said)),
    });
    own.map_or_else(|| said.map_or(Reason::BuyerOther, known), |rule| rule.reason)
}

fn matches(rule: &Words, text: &str) -> bool {
    let text = text.to_lowercase();
    if rule.whole { text.trim() == rule.text.trim() } else { text.contains(&rule.text) }
}

fn known(said: &str) -> Reason {
    let words = words(said);
    let found = VOCABULARY.iter().find(|(_, parts)| parts.iter().any(|part| words.contains(part)));
    found.map_or(Reason::BuyerOther, |(reason, _)| *reason)
}

/// Lower-case words between single spaces: `DailyCapReached`, `daily_cap-reached` are ` daily cap reached `.
fn words(said: &str) -> String {
    let mut out = String::with_capacity(said.len() + 8);
    out.push(' ');
    let mut after_lower = false;
    for letter in said.chars() {
        let edge = !letter.is_alphanumeric() || (after_lower && letter.is_uppercase());
        if edge && !out.ends_with(' ') {
            out.push(' ');
        }
        if letter.is_alphanumeric() {
            out.extend(letter.to_lowercase());
        }
        after_lower = letter.is_lowercase();
    }
    if !out.ends_with(' ') {
        out.push(' ');
    }
    out
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn words_are_words_and_not_parts_of_others() {
        for (said, reason) in [
            ("Duplicate", Reason::BuyerDuplicate),
            ("DUPE_LEAD", Reason::BuyerDuplicate),
            ("lead already in system", Reason::BuyerDuplicate),
            ("ping_id expired", Reason::BuyerExpiredPing),
            ("Unauthorized", Reason::BuyerAuth),
            ("403 Forbidden", Reason::BuyerAuth),
            ("DNC", Reason::BuyerDnc),
            ("known litigator", Reason::BuyerDnc),
            ("TCPA consent missing", Reason::BuyerConsent),
            ("DailyCapReached", Reason::BuyerCap),
            ("over cap", Reason::BuyerCap),
            ("daily limit reached", Reason::BuyerCap),
            ("captcha failed", Reason::BuyerOther),
            ("campaign is paused", Reason::BuyerPaused),
            ("outside business hours", Reason::BuyerOffHours),
            ("No bid", Reason::BuyerNoMatch),
            ("price too low", Reason::BuyerPrice),
            ("phone disconnected", Reason::BuyerPhone),
            ("bad e-mail", Reason::BuyerEmail),
            ("invalid zip", Reason::BuyerGeo),
            ("State not covered", Reason::BuyerGeo),
            ("see our statement", Reason::BuyerOther),
            ("missing zip", Reason::BuyerInvalidField),
            ("unqualified", Reason::BuyerCriteria),
            ("age out of range", Reason::BuyerCriteria),
            ("message: the manager said so", Reason::BuyerOther),
            ("", Reason::BuyerOther),
        ] {
            assert_eq!(known(said), reason, "{said}");
        }
    }

    #[test]
    fn the_contracts_own_rules_come_first() {
        let rule = |text: &str, whole, path: Option<&str>, reason| Words {
            path: path.map(|path| crate::path::Path::new(path).unwrap()),
            text: text.to_lowercase(),
            whole,
            reason,
        };
        let rules = [
            rule("-2", true, Some("code"), Reason::BuyerPhone),
            rule("E-17", false, None, Reason::BuyerGeo),
            rule("duplicate", false, None, Reason::BuyerCap),
        ];
        let read = |body: &str, said: Option<&str>| {
            normalise(&rules, &Answer::new(None, 200, None, body.as_bytes()).unwrap(), said)
        };
        assert_eq!(read("{}", Some("error e-17: duplicate")), Reason::BuyerGeo);
        assert_eq!(read("{}", Some("Duplicate")), Reason::BuyerCap);
        assert_eq!(read("{}", Some("dupe")), Reason::BuyerDuplicate);
        assert_eq!(read("{\"code\":-2}", Some("Duplicate")), Reason::BuyerPhone);
        assert_eq!(read("{\"code\":-20}", None), Reason::BuyerOther);
    }
}
