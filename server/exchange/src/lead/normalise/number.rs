//! Whole numbers, decimals and amounts of money. An exponent, a comma in the wrong place or a second point is never put right.

use super::{Fault, fault};
use crate::lead::{closed::Decimal, value::Value};
use model::Micros;

/// Digits without the commas between thousands: `1,250` is 1250, `4,1` and `12,50` are nothing.
pub(super) fn digits(text: &str) -> Option<String> {
    let mut groups = text.split(',');
    let first = groups.next()?;
    let all = |group: &str| !group.is_empty() && group.bytes().all(|byte| byte.is_ascii_digit());
    let mut whole = all(first).then(|| first.to_owned())?;
    for group in groups {
        if first.len() > 3 || group.len() != 3 || !all(group) {
            return None;
        }
        whole.push_str(group);
    }
    Some(whole)
}

pub(super) fn integer(text: &str, min: i64, max: i64) -> Result<Value, Fault> {
    let (sign, rest) = signed(text);
    let number = digits(rest).and_then(|digits| format!("{sign}{digits}").parse::<i64>().ok());
    let Some(number) = number else {
        return fault("not_an_integer", format!("Enter a whole number from {min} to {max}."));
    };
    if (min..=max).contains(&number) {
        Ok(Value::Integer(number))
    } else {
        fault("out_of_range", format!("Enter a whole number from {min} to {max}."))
    }
}

fn signed(text: &str) -> (&'static str, &str) {
    match text.strip_prefix('-') {
        Some(rest) => ("-", rest),
        None => ("", text.strip_prefix('+').unwrap_or(text)),
    }
}

/// Digits with at most `places` decimals, in millionths.
pub(super) fn millionths(text: &str, places: usize) -> Option<i64> {
    let (whole, part) = text.split_once('.').unwrap_or((text, ""));
    let point = text.contains('.');
    let whole = if whole.is_empty() && point { "0".to_owned() } else { digits(whole)? };
    let fits = part.len() <= places.min(6) && part.bytes().all(|byte| byte.is_ascii_digit());
    if !fits || (point && part.is_empty()) {
        return None;
    }
    format!("{whole}{part:0<6}").parse().ok()
}

/// Whether millionths are between whole bounds.
fn within(millionths: i64, min: i64, max: i64) -> bool {
    let number = i128::from(millionths);
    let whole = |bound: i64| i128::from(bound) * i128::from(Decimal::ONE);
    (whole(min)..=whole(max)).contains(&number)
}

pub(super) fn decimal(text: &str, (min, max): (i64, i64), places: u8) -> Result<Value, Fault> {
    let wanted = || format!("Enter a number from {min} to {max} with at most {places} decimals.");
    let (sign, rest) = signed(text);
    let Some(number) = millionths(rest, usize::from(places)) else { return fault("not_a_decimal", wanted()) };
    let number = if sign.is_empty() { number } else { -number };
    if within(number, min, max) {
        Ok(Value::Decimal(Decimal::from_millionths(number)))
    } else {
        fault("out_of_range", wanted())
    }
}

/// An amount without its sign of dollars, which is all that is known of its currency.
pub(super) fn bare_amount(text: &str) -> &str {
    let text = text.strip_prefix("US").filter(|rest| rest.starts_with('$')).unwrap_or(text);
    text.strip_prefix('$').unwrap_or(text).trim_start()
}

/// A number and what its suffix multiplies it by: `k` is a thousand, `m` a million.
pub(super) fn suffixed(text: &str) -> (&str, i64) {
    match text.char_indices().next_back() {
        Some((at, 'k' | 'K')) => (text[..at].trim_end(), 1_000),
        Some((at, 'm' | 'M')) => (text[..at].trim_end(), 1_000_000),
        _ => (text, 1),
    }
}

pub(super) fn money(text: &str, min: i64, max: i64) -> Result<Value, Fault> {
    let wanted = || format!("Enter one amount from {min} to {max}, such as 1250 or $1,250.50.");
    let (sign, rest) = signed(text);
    let rest = rest.strip_suffix("USD").or_else(|| rest.strip_prefix("USD")).unwrap_or(rest).trim();
    let (number, times) = suffixed(bare_amount(rest));
    // With a suffix the decimals are of thousands or millions.
    let places = if times == 1 { 2 } else { 6 };
    let amount = millionths(number, places).and_then(|number| number.checked_mul(times));
    // Whatever is smaller than a cent is no amount that anybody has.
    let Some(amount) = amount.filter(|amount| amount % 10_000 == 0) else { return fault("not_money", wanted()) };
    let amount = if sign.is_empty() { amount } else { -amount };
    if within(amount, min, max) { Ok(Value::Money(Micros(amount))) } else { fault("out_of_range", wanted()) }
}
