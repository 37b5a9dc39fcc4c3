//! Reads what people type into one canonical form, or says why it cannot be read. Nothing is guessed.

mod contact;
mod countries;
mod number;
mod place;
mod range;
mod time;
mod web;

pub(super) use contact::calling_code;
pub(super) use place::street;
pub use place::{state_name, states};

use super::value::{Choice, Value};
use model::field::FieldKind;
use std::sync::Arc;

/// Why a value could not be read: a stable code and a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
}

fn fault<T>(code: &'static str, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { code, message: message.into() })
}

/// Reads `raw` as a value of `kind`; `choices` is the kind's closed list (the values of a choice, the names of bands), shared
/// with the schema.
pub(super) fn read(kind: &FieldKind, choices: &[Arc<str>], raw: &str) -> Result<Value, Fault> {
    let text = raw.trim();
    match kind {
        FieldKind::Text { max } => free_text(text, usize::from(*max)).map(Value::Text),
        FieldKind::Integer { min, max } => number::integer(text, *min, *max),
        FieldKind::Decimal { min, max, places } => number::decimal(text, (*min, *max), *places),
        FieldKind::Money { min, max } => number::money(text, *min, *max),
        FieldKind::Range { min, max } => range::range(text, *min, *max),
        FieldKind::Band { bands } => range::band(text, bands, choices),
        FieldKind::Boolean => boolean(text),
        FieldKind::Choice { .. } => match chosen(text, choices) {
            Some(choice) => Ok(Value::Choice(Choice::new(Arc::clone(choice)))),
            None => fault("not_allowed", format!("Enter one of: {}.", choices.join(", "))),
        },
        FieldKind::Date => time::date(text).map(Value::Date),
        FieldKind::YearMonth => time::year_month(text),
        FieldKind::Phone => contact::phone(text),
        FieldKind::PhoneInternational => contact::international(text),
        FieldKind::Email => contact::email(text),
        FieldKind::Zip => place::zip(text),
        FieldKind::PostalCode => place::postal_code(text),
        FieldKind::PostalCodeCa => place::canadian(text),
        FieldKind::State => place::state(text),
        FieldKind::Province => place::province(text),
        FieldKind::StateOrProvince => place::state_or_province(text),
        FieldKind::Country => countries::country(text),
        FieldKind::Address => place::address(text),
        FieldKind::Url => web::url(text),
        FieldKind::Ip => web::ip(text),
        FieldKind::UserAgent => free_text(text, web::AGENT_MAX).map(Value::UserAgent),
        FieldKind::Certificate => web::certificate(text),
        // How many records there are; the records are read one by one.
        FieldKind::List { max, .. } => number::integer(text, 0, i64::from(*max)),
    }
}

fn free_text(text: &str, max: usize) -> Result<String, Fault> {
    if text.chars().count() > max {
        return fault("too_long", format!("Enter at most {max} characters."));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return fault("not_text", "Enter text without control characters.");
    }
    Ok(text.to_owned())
}

fn boolean(text: &str) -> Result<Value, Fault> {
    const YES: [&str; 6] = ["true", "yes", "y", "1", "on", "t"];
    const NO: [&str; 6] = ["false", "no", "n", "0", "off", "f"];
    let is = |words: &[&str]| words.iter().any(|word| word.eq_ignore_ascii_case(text));
    match () {
        () if is(&YES) => Ok(Value::Flag(true)),
        () if is(&NO) => Ok(Value::Flag(false)),
        () => fault("not_a_boolean", "Enter yes or no."),
    }
}

/// The one of a closed list that is meant: the same text in any case, or else the only one that differs in blanks, `_`, `-` and
/// the like alone.
fn chosen<'a>(text: &str, choices: &'a [Arc<str>]) -> Option<&'a Arc<str>> {
    if let Some(choice) = choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
        return Some(choice);
    }
    let wanted = bare(text);
    let mut alike = choices.iter().filter(|choice| !wanted.is_empty() && bare(choice) == wanted);
    alike.next().filter(|_| alike.next().is_none())
}

/// Letters and digits in lower case, and the signs that make another value: `10+` is not `10`. What separates two digits
/// counts as well: `1-3` is not `13`.
fn bare(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut apart = false;
    for sign in text.chars() {
        if !sign.is_alphanumeric() && !matches!(sign, '+' | '<' | '>' | '$' | '%' | '.') {
            apart = true;
            continue;
        }
        let digits = sign.is_numeric() && out.ends_with(char::is_numeric);
        if apart && digits {
            out.push('_');
        }
        apart = false;
        out.extend(sign.to_lowercase());
    }
    out
}
