//! Which elements a consent text should have, and which are there. It reads English phrases and nothing of the law: that an
//! element was found does not mean that the text is right, and a text in another language is not read at all.
//!
//! The rules carry the numbers that the field's own check lists use, so that somebody who knows one finds them again.

use super::{Part, has, parts, reading, rules};
use model::consent::{Finding, Severity, Wording};

/// A finding's rule, how bad it is, what it says and what to do.
pub(super) fn finding(code: &str, severity: Severity, message: &str, fix: &str, words: &str) -> Finding {
    Finding {
        code: code.to_owned(),
        severity,
        message: message.to_owned(),
        fix: fix.to_owned(),
        words: words.to_owned(),
    }
}

/// What is missing in a text, or should not be in it; errors first. `names` are the legal names of the tenant's buyers.
#[must_use]
pub fn lint(wording: &Wording, locale: &str, names: &[String]) -> Vec<Finding> {
    if wording.body.trim().is_empty() {
        let (message, fix) = ("There are no words.", "Write what the consumer agrees to.");
        return vec![finding("E000", Severity::Error, message, fix, "")];
    }
    let mut found = Vec::new();
    marks(&wording.body, &mut found);
    if locale.to_lowercase().starts_with("en") {
        // A placeholder is a word of its own, which no rule takes for another.
        let body = wording.body.replace("{{", " {{").replace("}}", "}} ");
        let (reading, said) = (reading::read(&body), reading::read(&reading::unquoted(&body)));
        let read = rules::Read { wording, names, reading: &reading, said: &said };
        rules::elements(&read, &mut found);
        rules::doubts(&read, &mut found);
    } else {
        let message = "The check reads English only: in this language only placeholders and letters were looked at.";
        let fix = "Have somebody who knows the law and the language read it.";
        found.push(finding("W028", Severity::Warning, message, fix, ""));
    }
    found.sort_by(|a, b| a.severity.cmp(&b.severity).then_with(|| a.code.cmp(&b.code)));
    found
}

/// Whether a text with these findings can be published.
#[must_use]
pub fn may_publish(findings: &[Finding]) -> bool {
    findings.iter().all(|finding| finding.severity != Severity::Error)
}

/// What can be seen in any language.
fn marks(body: &str, found: &mut Vec<Finding>) {
    let known = |name: &str| super::PLACEHOLDERS.iter().any(|(known, _)| *known == name);
    for part in parts(body) {
        match part {
            Part::Placeholder(name) if !known(name) => {
                let fix = "The placeholders are sellers.inline, publisher.legal_name and button.label.";
                let words = format!("{{{{{name}}}}}");
                found.push(finding("E024", Severity::Error, "There is no such placeholder.", fix, &words));
            }
            Part::Words(words) if words.contains("{{") || words.contains("}}") => {
                let fix = "A placeholder is a name between two pairs of braces.";
                found.push(finding("E024", Severity::Error, "Braces are open or closed alone.", fix, ""));
            }
            _ => {}
        }
    }
    for place in to_fill_in(body) {
        let message = "A place is still to be filled in.";
        let fix = "Fill in what stands in square brackets: a template's words are a beginning.";
        found.push(finding("E024", Severity::Error, message, fix, &format!("[{place}]")));
    }
    let tagged = body.split('<').skip(1).any(|rest| rest.starts_with(|next: char| next.is_alphabetic() || next == '/'));
    if tagged {
        let message = "Markup is shown as it is typed, and who stands behind a link is not named.";
        let fix = "Leave tags and links out, and write the names into the text.";
        found.push(finding("E006", Severity::Error, message, fix, ""));
    }
    let strange = |letter: char| matches!(letter, '\u{370}'..='\u{3ff}' | '\u{400}'..='\u{4ff}');
    let mixed = body.chars().any(strange) && body.chars().any(|letter| letter.is_ascii_alphabetic());
    if mixed || body.chars().any(|letter| reading::INVISIBLE.contains(&letter)) {
        let message = "There are letters that cannot be seen, or of several alphabets.";
        let fix = "Type the words anew: what is copied may carry marks that change what a machine reads.";
        found.push(finding("W033", Severity::Warning, message, fix, ""));
    }
    let length = body.chars().count();
    if length > 1_200 {
        let (message, fix) =
            (format!("It has {length} characters."), "Nobody reads so much at a button: say it shorter.");
        found.push(finding("W023", Severity::Warning, &message, fix, ""));
    }
}

/// Places such as `[COMPANY NAME]`, as templates have them.
pub(super) fn to_fill_in(text: &str) -> impl Iterator<Item = &str> {
    text.split('[')
        .skip(1)
        .filter_map(|rest| rest.split_once(']'))
        .map(|(inside, _)| inside.trim())
        .filter(|words| !words.is_empty() && !words.contains('\n') && words.chars().any(char::is_alphabetic))
}

/// Whether the sellers come from the campaign.
pub(super) fn names_all(wording: &Wording) -> bool {
    has(&wording.body, "sellers.inline")
}
