//! Postal codes, states, provinces and street lines.

use super::{Fault, fault, free_text};
use crate::lead::value::Value;

/// Longest street line, in characters.
const ADDRESS_MAX: usize = 200;

/// A street address so that two spellings of one place are alike: lower case, letters and digits only, and the usual words
/// abbreviated (USPS Publication 28, appendix C1 and section 23).
pub fn street(text: &str) -> String {
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

/// Five digits, or nine of which the first five are kept.
fn five(text: &str) -> Option<[u8; 5]> {
    let (five, four) = match text.split_once(['-', ' ']) {
        Some((five, four)) => (five, Some(four)),
        None if text.len() == 9 && text.is_ascii() => (&text[..5], Some(&text[5..])),
        None => (text, None),
    };
    let digits = |s: &str| s.bytes().all(|b| b.is_ascii_digit());
    let fits = digits(five) && four.is_none_or(|four| four.len() == 4 && digits(four));
    five.as_bytes().try_into().ok().filter(|_| fits)
}

/// `K1A 0B1`: letters and digits in turn. Canada Post uses no D, F, I, O, Q, U, and no W or Z in front.
fn six(text: &str) -> Option<[u8; 7]> {
    let signs = text.bytes().filter(|byte| !matches!(byte, b' ' | b'-')).map(|byte| byte.to_ascii_uppercase());
    let six: [u8; 6] = signs.collect::<Vec<_>>().try_into().ok()?;
    let letter = |byte: u8| byte.is_ascii_uppercase() && !b"DFIOQU".contains(&byte);
    let fits = |at: usize| if at.is_multiple_of(2) { letter(six[at]) } else { six[at].is_ascii_digit() };
    if !(0..6).all(fits) || matches!(six[0], b'W' | b'Z') {
        return None;
    }
    Some([six[0], six[1], six[2], b' ', six[3], six[4], six[5]])
}

pub(super) fn zip(text: &str) -> Result<Value, Fault> {
    five(text)
        .map_or_else(|| fault("not_a_zip", "Enter a ZIP code of five digits such as 48226."), |zip| Ok(Value::Zip(zip)))
}

pub(super) fn canadian(text: &str) -> Result<Value, Fault> {
    let wanted = "Enter a Canadian postal code such as K1A 0B1.";
    six(text).map_or_else(|| fault("not_a_postal_code", wanted), |code| Ok(Value::Postal(code)))
}

pub(super) fn postal_code(text: &str) -> Result<Value, Fault> {
    let wanted = "Enter a ZIP code of five digits such as 48226, or a Canadian postal code such as K1A 0B1.";
    let found = five(text).map(Value::Zip).or_else(|| six(text).map(Value::Postal));
    found.map_or_else(|| fault("not_a_postal_code", wanted), Ok)
}

/// By the two letters or the whole name; points and doubled blanks do not count (`N.Y.`), an abbreviation of a name is none.
fn find(table: &[(&str, &str)], text: &str) -> Option<Value> {
    let plain: String;
    let text = if text.contains(['.', ',']) || text.contains("  ") {
        plain = text.replace(['.', ','], "").split_whitespace().collect::<Vec<_>>().join(" ");
        &plain
    } else {
        text
    };
    let same = |(code, name): &&(&str, &str)| code.eq_ignore_ascii_case(text) || name.eq_ignore_ascii_case(text);
    let (code, _) = table.iter().find(same)?;
    code.as_bytes().try_into().ok().map(Value::State)
}

pub(super) fn state(text: &str) -> Result<Value, Fault> {
    let wanted = "Enter a state by its two letters or its full name, such as MI or Michigan.";
    american(text).map_or_else(|| fault("not_a_state", wanted), Ok)
}

fn american(text: &str) -> Option<Value> {
    find(&STATES, text).or_else(|| find(&[("DC", "Washington DC"), ("DC", "Washington D C")], text))
}

pub(super) fn province(text: &str) -> Result<Value, Fault> {
    let wanted = "Enter a Canadian province or territory by its two letters or its full name, such as ON or Ontario.";
    find(&PROVINCES, text).map_or_else(|| fault("not_a_province", wanted), Ok)
}

pub(super) fn state_or_province(text: &str) -> Result<Value, Fault> {
    let wanted = "Enter a state or a Canadian province by its two letters or its full name, such as MI or Ontario.";
    american(text).or_else(|| find(&PROVINCES, text)).map_or_else(|| fault("not_a_state", wanted), Ok)
}

/// A street line in one line; it has a letter, and an e-mail address is none.
pub(super) fn address(text: &str) -> Result<Value, Fault> {
    let lines = text.split(['\n', '\r']).map(|line| line.split_whitespace().collect::<Vec<_>>().join(" "));
    let line = lines.filter(|line| !line.is_empty()).collect::<Vec<_>>().join(", ");
    let line = free_text(&line, ADDRESS_MAX)?;
    if line.contains('@') || !line.chars().any(char::is_alphabetic) {
        return fault("not_an_address", "Enter the street line of an address, such as 1 Main St.");
    }
    Ok(Value::Address(line))
}

/// The name of a state or province by its two letters, in any case.
#[must_use]
pub fn state_name(code: &str) -> Option<&'static str> {
    STATES.iter().chain(&PROVINCES).find(|(own, _)| own.eq_ignore_ascii_case(code)).map(|(_, name)| *name)
}

/// Every state and the District of Columbia: two letters and the name, by name.
pub fn states() -> impl Iterator<Item = (&'static str, &'static str)> {
    STATES.into_iter()
}

/// The provinces and territories of Canada (ISO 3166-2:CA), Quebec with its accent as well.
const PROVINCES: [(&str, &str); 14] = [
    ("AB", "Alberta"),
    ("BC", "British Columbia"),
    ("MB", "Manitoba"),
    ("NB", "New Brunswick"),
    ("NL", "Newfoundland and Labrador"),
    ("NS", "Nova Scotia"),
    ("NT", "Northwest Territories"),
    ("NU", "Nunavut"),
    ("ON", "Ontario"),
    ("PE", "Prince Edward Island"),
    ("QC", "Quebec"),
    ("QC", "Québec"),
    ("SK", "Saskatchewan"),
    ("YT", "Yukon"),
];

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
