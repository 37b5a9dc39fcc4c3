//! Phone numbers and e-mail addresses.

use super::{Fault, fault};
use crate::lead::value::Value;

/// Calling codes of two digits (ITU E.164, list of assigned codes). 1 and 7 are the only ones of one digit.
const TWO_DIGITS: &str = " 20 27 30 31 32 33 34 36 39 40 41 43 44 45 46 47 48 49 51 52 53 54 55 56 57 58 60 61 62 63 64 65 66 \
    81 82 84 86 90 91 92 93 94 95 98 ";
/// The first two digits of calling codes of three.
const THREE_DIGITS: &str = " 21 22 23 24 25 26 29 35 37 38 42 50 59 67 68 69 80 85 87 88 96 97 99 ";

/// How many of these digits are the calling code; none when there is no such country.
pub fn calling_code(digits: &str) -> Option<usize> {
    if digits.starts_with(['1', '7']) {
        return Some(1);
    }
    let first = format!(" {} ", digits.get(..2)?);
    match () {
        () if TWO_DIGITS.contains(&first) => Some(2),
        () if THREE_DIGITS.contains(&first) && digits.len() > 3 => Some(3),
        () => None,
    }
}

/// The number as `+` and digits or digits alone; none when something else is in it.
fn dialled(text: &str) -> Option<String> {
    let text = text.strip_prefix("tel:").unwrap_or(text).trim();
    let mut out = String::with_capacity(text.len());
    for (at, sign) in text.chars().enumerate() {
        match sign {
            '0'..='9' => out.push(sign),
            '+' if at == 0 || (at == 1 && text.starts_with('(')) => out.push('+'),
            ' ' | '(' | ')' | '-' | '.' | '/' | '\u{a0}' | '\u{2010}' | '\u{2011}' | '\u{2013}' | '\u{2014}' => {}
            _ => return None,
        }
    }
    Some(out)
}

/// The ten digits of the North American Numbering Plan: area code and exchange begin with 2 to 9, and neither is an N11 service
/// code.
fn north_american(dialled: &str) -> Option<&str> {
    let digits = dialled.strip_prefix('+').map_or(Some(dialled), |rest| rest.starts_with('1').then_some(rest))?;
    let ten = match digits.len() {
        10 if !dialled.starts_with('+') => digits,
        11 => digits.strip_prefix('1')?,
        _ => return None,
    };
    let bytes = ten.as_bytes();
    let real = |code: &[u8]| code[0] >= b'2' && &code[1..] != b"11";
    (real(&bytes[..3]) && real(&bytes[3..6])).then_some(ten)
}

pub(super) fn phone(text: &str) -> Result<Value, Fault> {
    let dialled = dialled(text);
    match dialled.as_deref().and_then(north_american) {
        Some(ten) => Ok(Value::Phone(format!("+1{ten}"))),
        None => {
            fault("not_a_phone", "Enter a phone number of ten digits such as (313) 555-0142, without an extension.")
        }
    }
}

/// With `+` or one of the prefixes `00` and `011` any country; without them North America, because nothing else can be known.
pub(super) fn international(text: &str) -> Result<Value, Fault> {
    let wanted = "Enter a phone number with + and the country's code, such as +44 20 7946 0958.";
    // `+44 (0)20 …`: the zero in brackets is dialled inside of the country only.
    let Some(dialled) = dialled(&text.replace("(0)", "")) else { return fault("not_a_phone", wanted) };
    let abroad = ["+", "011", "00"].into_iter().find_map(|prefix| dialled.strip_prefix(prefix));
    let number = match abroad {
        Some(digits) if digits.starts_with('1') => north_american(digits).map(|ten| format!("+1{ten}")),
        // E.164: at most 15 digits. The shortest numbers in use have seven with the code.
        Some(digits) => {
            let fits = (7..=15).contains(&digits.len()) && calling_code(digits).is_some();
            fits.then(|| format!("+{digits}"))
        }
        None => north_american(&dialled).map(|ten| format!("+1{ten}")),
    };
    number.map_or_else(|| fault("not_a_phone", wanted), |number| Ok(Value::Phone(number)))
}

/// The shape every mailbox in use has: the full grammar of RFC 5321 allows addresses that no one can receive mail at.
pub(super) fn email(text: &str) -> Result<Value, Fault> {
    let wrong = || fault("not_an_email", "Enter an e-mail address such as dana@example.com.");
    let text = text.strip_prefix("mailto:").unwrap_or(text);
    let text = text.strip_prefix('<').and_then(|inner| inner.strip_suffix('>')).unwrap_or(text);
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
