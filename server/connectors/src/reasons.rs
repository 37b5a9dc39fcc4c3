//! A buyer's words for a rejection, normalised.

use model::{Reason, mapping::ReasonRule};

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

/// What the text means; [`Reason::BuyerOther`] when it says nothing we know.
pub(crate) fn normalise(rules: &[ReasonRule], said: Option<&str>) -> Reason {
    let Some(said) = said else { return Reason::BuyerOther };
    let (lower, words) = (said.to_lowercase(), words(said));
    let own = rules.iter().find(|rule| lower.contains(&rule.contains.to_lowercase())).map(|rule| rule.reason);
    let known = || VOCABULARY.iter().find(|(_, parts)| parts.iter().any(|part| words.contains(part))).map(|(r, _)| *r);
    own.or_else(known).unwrap_or(Reason::BuyerOther)
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
            assert_eq!(normalise(&[], Some(said)), reason, "{said}");
        }
        assert_eq!(normalise(&[], None), Reason::BuyerOther);
    }

    #[test]
    fn the_contracts_own_rules_come_first() {
        let rule = |contains: &str, reason| ReasonRule { contains: contains.into(), reason };
        let rules = [rule("E-17", Reason::BuyerGeo), rule("duplicate", Reason::BuyerCap)];
        assert_eq!(normalise(&rules, Some("error e-17: duplicate")), Reason::BuyerGeo);
        assert_eq!(normalise(&rules, Some("Duplicate")), Reason::BuyerCap);
        assert_eq!(normalise(&rules, Some("dupe")), Reason::BuyerDuplicate);
    }
}
