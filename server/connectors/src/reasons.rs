//! A buyer's words for a rejection, normalised.

use model::{Reason, mapping::ReasonRule};

/// Words that mean the same with most buyers, looked for in this order; the contract's own rules come first.
const VOCABULARY: &[(Reason, &[&str])] = &[
    (Reason::BuyerDuplicate, &["duplicate", "dupe", "already"]),
    (Reason::BuyerExpiredPing, &["expired", "ping id", "ping_id", "unknown token"]),
    (Reason::BuyerAuth, &["auth", "credential", "api key", "forbidden", "token invalid"]),
    (Reason::BuyerDnc, &["dnc", "do not call", "do-not-call", "litigator"]),
    (Reason::BuyerConsent, &["consent", "tcpa", "trustedform", "jornaya", "certificate"]),
    (Reason::BuyerCap, &["cap", "limit", "quota", "volume"]),
    (Reason::BuyerPaused, &["paused", "inactive", "disabled"]),
    (Reason::BuyerOffHours, &["hours", "closed", "schedule"]),
    (Reason::BuyerPrice, &["price", "bid", "budget"]),
    (Reason::BuyerPhone, &["phone"]),
    (Reason::BuyerEmail, &["email", "e-mail"]),
    (Reason::BuyerGeo, &["geo", "zip", "state", "coverage", "area"]),
    (Reason::BuyerInvalidField, &["invalid", "missing", "required", "format", "field"]),
    (Reason::BuyerCriteria, &["criteria", "filter", "qualif", "age", "requirement"]),
    (Reason::BuyerNoMatch, &["no match", "unmatched", "no buyer", "not found"]),
];

/// What the text means; [`Reason::BuyerOther`] when it says nothing we know.
pub(crate) fn normalise(rules: &[ReasonRule], said: Option<&str>) -> Reason {
    let Some(said) = said else { return Reason::BuyerOther };
    let said = said.to_ascii_lowercase();
    let own = rules.iter().find(|rule| said.contains(&rule.contains.to_ascii_lowercase())).map(|rule| rule.reason);
    let known = || VOCABULARY.iter().find(|(_, words)| words.iter().any(|word| said.contains(word))).map(|(r, _)| *r);
    own.or_else(known).unwrap_or(Reason::BuyerOther)
}
