//! Reads what people type into one canonical form, or says why it cannot be read. Nothing is guessed.

use super::value::{Choice, Value};
use model::field::FieldKind;
use std::{net::IpAddr, sync::Arc};

/// Why a value could not be read: a stable code and a sentence that says what would be right.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Fault {
    pub code: &'static str,
    pub message: String,
}

fn fault<T>(code: &'static str, message: impl Into<String>) -> Result<T, Fault> {
    Err(Fault { code, message: message.into() })
}

/// Reads `raw` as a value of `kind`; `choices` is the kind's closed list, shared with the schema.
pub(super) fn read(kind: &FieldKind, choices: &[Arc<str>], raw: &str) -> Result<Value, Fault> {
    let text = raw.trim();
    match kind {
        FieldKind::Text { max } => free_text(text, usize::from(*max)),
        FieldKind::Integer { min, max } => integer(text, *min, *max),
        FieldKind::Boolean => boolean(text),
        FieldKind::Choice { .. } => choice(text, choices),
        FieldKind::Date => date(text),
        FieldKind::Phone => phone(text),
        FieldKind::Email => email(text),
        FieldKind::Zip => zip(text),
        FieldKind::State => state(text),
        FieldKind::Url => url(text),
        FieldKind::Ip => match text.parse::<IpAddr>() {
            Ok(ip) => Ok(Value::Ip(ip.to_string())),
            Err(_) => fault("not_an_ip", "Enter an IPv4 or IPv6 address."),
        },
    }
}

/// A street address so that two spellings of one place are alike: lower case, letters and digits only, and the usual words
/// abbreviated (USPS Publication 28, appendix C1 and section 23).
pub(super) fn street(text: &str) -> String {
    let lower = text.to_lowercase();
    let words = lower.split(|c: char| !c.is_alphanumeric()).filter(|word| !word.is_empty());
    words.map(|word| ABBREVIATIONS.iter().find(|(long, _)| *long == word).map_or(word, |(_, short)| *short)).fold(
        String::new(),
        |mut all, word| {
            if !all.is_empty() {
                all.push(' ');
            }
            all.push_str(word);
            all
        },
    )
}

const ABBREVIATIONS: [(&str, &str); 24] = [
    ("street", "st"),
    ("avenue", "ave"),
    ("av", "ave"),
    ("boulevard", "blvd"),
    ("road", "rd"),
    ("drive", "dr"),
    ("lane", "ln"),
    ("court", "ct"),
    ("place", "pl"),
    ("terrace", "ter"),
    ("circle", "cir"),
    ("highway", "hwy"),
    ("parkway", "pkwy"),
    ("square", "sq"),
    ("trail", "trl"),
    ("north", "n"),
    ("south", "s"),
    ("east", "e"),
    ("west", "w"),
    ("apartment", "apt"),
    ("unit", "apt"),
    ("suite", "ste"),
    ("floor", "fl"),
    ("saint", "st"),
];

fn free_text(text: &str, max: usize) -> Result<Value, Fault> {
    if text.chars().count() > max {
        return fault("too_long", format!("Enter at most {max} characters."));
    }
    if text.chars().any(|c| c.is_control() && c != '\n' && c != '\t') {
        return fault("not_text", "Enter text without control characters.");
    }
    Ok(Value::Text(text.to_owned()))
}

fn integer(text: &str, min: i64, max: i64) -> Result<Value, Fault> {
    // Rust's own reading takes a leading plus and nothing else: no exponent, no separator, no point.
    let Ok(number) = text.parse::<i64>() else {
        return fault("not_an_integer", format!("Enter a whole number from {min} to {max}."));
    };
    if (min..=max).contains(&number) {
        Ok(Value::Integer(number))
    } else {
        fault("out_of_range", format!("Enter a whole number from {min} to {max}."))
    }
}

fn boolean(text: &str) -> Result<Value, Fault> {
    match text.to_ascii_lowercase().as_str() {
        "true" | "yes" | "y" | "1" | "on" | "t" => Ok(Value::Flag(true)),
        "false" | "no" | "n" | "0" | "off" | "f" => Ok(Value::Flag(false)),
        _ => fault("not_a_boolean", "Enter yes or no."),
    }
}

fn choice(text: &str, choices: &[Arc<str>]) -> Result<Value, Fault> {
    match choices.iter().find(|choice| choice.eq_ignore_ascii_case(text)) {
        Some(choice) => Ok(Value::Choice(Choice::new(Arc::clone(choice)))),
        None => fault("not_allowed", format!("Enter one of: {}.", choices.join(", "))),
    }
}

/// `YYYY-MM-DD` or `MM/DD/YYYY`, the two that cannot be confused with each other.
fn date(text: &str) -> Result<Value, Fault> {
    let civil = if let [month, day, year] = text.split('/').collect::<Vec<_>>()[..] {
        format!("{year:0>4}-{month:0>2}-{day:0>2}")
    } else {
        text.to_owned()
    };
    match civil.parse::<jiff::civil::Date>() {
        Ok(date) if civil.len() == 10 && (1900..=2200).contains(&date.year()) => Ok(Value::Date(date.to_string())),
        _ => fault("not_a_date", "Enter a date such as 1984-05-31."),
    }
}

/// North American Numbering Plan: area code and exchange begin with 2 to 9, and neither is an N11 service code.
fn phone(text: &str) -> Result<Value, Fault> {
    let wrong = || fault("not_a_phone", "Enter a phone number of ten digits such as (313) 555-0142.");
    if text.chars().any(|c| !(c.is_ascii_digit() || " ()-.+/\u{a0}".contains(c))) {
        return wrong();
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let ten = match digits.len() {
        10 => digits.as_str(),
        11 if digits.starts_with('1') => &digits[1..],
        _ => return wrong(),
    };
    let bytes = ten.as_bytes();
    let real = |code: &[u8]| code[0] >= b'2' && &code[1..] != b"11";
    if !real(&bytes[..3]) || !real(&bytes[3..6]) {
        return wrong();
    }
    Ok(Value::Phone(format!("+1{ten}")))
}

/// The shape every mailbox in use has: the full grammar of RFC 5321 allows addresses that no one can receive mail at.
fn email(text: &str) -> Result<Value, Fault> {
    let wrong = || fault("not_an_email", "Enter an e-mail address such as dana@example.com.");
    let Some((local, domain)) = text.rsplit_once('@') else { return wrong() };
    let local_ok = !local.is_empty()
        && local.len() <= 64
        && local.bytes().all(|b| b.is_ascii_alphanumeric() || b"!#$%&'*+/=?^_`{|}~.-".contains(&b))
        && !local.starts_with('.')
        && !local.ends_with('.')
        && !local.contains("..");
    let label_ok = |label: &str| {
        !label.is_empty()
            && label.len() <= 63
            && label.bytes().all(|b| b.is_ascii_alphanumeric() || b == b'-')
            && !label.starts_with('-')
            && !label.ends_with('-')
    };
    let last = domain.rsplit('.').next().unwrap_or_default();
    let domain_ok = domain.len() <= 253
        && domain.contains('.')
        && domain.split('.').all(label_ok)
        && last.len() >= 2
        && !last.bytes().all(|b| b.is_ascii_digit());
    if local_ok && domain_ok { Ok(Value::Email(format!("{local}@{}", domain.to_ascii_lowercase()))) } else { wrong() }
}

/// Five digits, or nine of which the first five are kept.
fn zip(text: &str) -> Result<Value, Fault> {
    let (five, four) = match text.split_once('-') {
        Some((five, four)) => (five, Some(four)),
        None if text.len() == 9 && text.is_ascii() => (&text[..5], Some(&text[5..])),
        None => (text, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    match <[u8; 5]>::try_from(five.as_bytes()) {
        Ok(zip) if digits(five) && four.is_none_or(|four| four.len() == 4 && digits(four)) => Ok(Value::Zip(zip)),
        _ => fault("not_a_zip", "Enter a ZIP code of five digits such as 48226."),
    }
}

fn state(text: &str) -> Result<Value, Fault> {
    let found = STATES.iter().find(|(code, name)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text));
    match found {
        Some((code, _)) => Ok(Value::State([code.as_bytes()[0], code.as_bytes()[1]])),
        None => fault("not_a_state", "Enter a state by its two letters or its full name, such as MI or Michigan."),
    }
}

fn url(text: &str) -> Result<Value, Fault> {
    let rest = text.strip_prefix("https://").or_else(|| text.strip_prefix("http://"));
    let host = rest.and_then(|rest| rest.split(['/', '?', '#']).next()).unwrap_or_default();
    let clean = text.len() <= 2000 && !text.chars().any(|c| c.is_whitespace() || c.is_control());
    if clean && !host.is_empty() && !host.contains('@') {
        Ok(Value::Url(text.to_owned()))
    } else {
        fault("not_a_url", "Enter an address that begins with https://.")
    }
}

/// The name of a state by its two letters, in any case.
#[must_use]
pub fn state_name(code: &str) -> Option<&'static str> {
    STATES.iter().find(|(own, _)| own.eq_ignore_ascii_case(code)).map(|(_, name)| *name)
}

/// Every state and the District of Columbia: two letters and the name, by name.
pub fn states() -> impl Iterator<Item = (&'static str, &'static str)> {
    STATES.into_iter()
}

/// The states and the District of Columbia (ANSI INCITS 38).
const STATES: [(&str, &str); 51] = [
    ("AL", "Alabama"),
    ("AK", "Alaska"),
    ("AZ", "Arizona"),
    ("AR", "Arkansas"),
    ("CA", "California"),
    ("CO", "Colorado"),
    ("CT", "Connecticut"),
    ("DE", "Delaware"),
    ("DC", "District of Columbia"),
    ("FL", "Florida"),
    ("GA", "Georgia"),
    ("HI", "Hawaii"),
    ("ID", "Idaho"),
    ("IL", "Illinois"),
    ("IN", "Indiana"),
    ("IA", "Iowa"),
    ("KS", "Kansas"),
    ("KY", "Kentucky"),
    ("LA", "Louisiana"),
    ("ME", "Maine"),
    ("MD", "Maryland"),
    ("MA", "Massachusetts"),
    ("MI", "Michigan"),
    ("MN", "Minnesota"),
    ("MS", "Mississippi"),
    ("MO", "Missouri"),
    ("MT", "Montana"),
    ("NE", "Nebraska"),
    ("NV", "Nevada"),
    ("NH", "New Hampshire"),
    ("NJ", "New Jersey"),
    ("NM", "New Mexico"),
    ("NY", "New York"),
    ("NC", "North Carolina"),
    ("ND", "North Dakota"),
    ("OH", "Ohio"),
    ("OK", "Oklahoma"),
    ("OR", "Oregon"),
    ("PA", "Pennsylvania"),
    ("RI", "Rhode Island"),
    ("SC", "South Carolina"),
    ("SD", "South Dakota"),
    ("TN", "Tennessee"),
    ("TX", "Texas"),
    ("UT", "Utah"),
    ("VT", "Vermont"),
    ("VA", "Virginia"),
    ("WA", "Washington"),
    ("WV", "West Virginia"),
    ("WI", "Wisconsin"),
    ("WY", "Wyoming"),
];
