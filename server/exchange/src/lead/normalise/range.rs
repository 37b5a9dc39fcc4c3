//! Ranges as forms offer them: `10k-20k`, `$500 to $599`, `under 500`, `10+`. The ends are the numbers that are written.

use super::{Fault, chosen, fault, number};
use crate::lead::{
    closed::Span,
    value::{Band, Choice, Value},
};
use model::field;
use std::sync::Arc;

/// Words before a number that has nothing below it.
const UP_TO: [&str; 13] = [
    "under",
    "below",
    "less than",
    "fewer than",
    "lower than",
    "up to",
    "at most",
    "no more than",
    "not more than",
    "maximum",
    "max",
    "<=",
    "<",
];
/// Words before a number that has nothing above it.
const FROM: [&str; 11] = [
    "over",
    "above",
    "more than",
    "greater than",
    "higher than",
    "at least",
    "no less than",
    "minimum",
    "min",
    ">=",
    ">",
];
/// Words after a number that has nothing below it.
const OR_LESS: [&str; 6] = ["or less", "or fewer", "or under", "or below", "and under", "and below"];
/// Words after a number that has nothing above it.
const OR_MORE: [&str; 12] = [
    "or more",
    "or over",
    "or above",
    "or higher",
    "or greater",
    "and more",
    "and over",
    "and above",
    "and up",
    "and higher",
    "plus",
    "+",
];

/// Reads a range without looking at bounds; none when it is none.
fn span(text: &str) -> Option<Span> {
    let dashes = |c: char| if matches!(c, '–' | '—' | '−' | '‑' | '‐') { '-' } else { c };
    let text: String = text.chars().map(dashes).flat_map(char::to_lowercase).collect();
    // Between words `_` is a blank; between digits it could be anything.
    let signs: Vec<char> = text.chars().collect();
    let digit = |at: Option<usize>| at.and_then(|at| signs.get(at)).is_some_and(char::is_ascii_digit);
    let apart = |(at, sign): (usize, &char)| match sign {
        '_' if !(digit(at.checked_sub(1)) && digit(Some(at + 1))) => ' ',
        sign => *sign,
    };
    let text: String = signs.iter().enumerate().map(apart).collect();
    let text = text.split_whitespace().collect::<Vec<_>>().join(" ").replace('≤', "<=").replace('≥', ">=");
    let text = text.as_str();
    if let Some(rest) = UP_TO.iter().find_map(|word| after(text, word)) {
        return Some(Span { low: None, high: Some(whole(rest)?) });
    }
    if let Some(rest) = FROM.iter().find_map(|word| after(text, word)) {
        return Some(Span { low: Some(whole(rest)?), high: None });
    }
    if let Some(rest) = OR_LESS.iter().find_map(|word| before(text, word)) {
        return Some(Span { low: None, high: Some(whole(rest)?) });
    }
    if let Some(rest) = OR_MORE.iter().find_map(|word| before(text, word)) {
        return Some(Span { low: Some(whole(rest)?), high: None });
    }
    if let Some((low, high)) = after(text, "between").and_then(|rest| rest.split_once(" and ")) {
        return both(low, high);
    }
    let text = after(text, "from").unwrap_or(text);
    match text.split_once(" to ").or_else(|| text.split_once('-')) {
        Some((low, high)) => both(low, high),
        None => whole(text).map(|number| Span { low: Some(number), high: Some(number) }),
    }
}

/// What follows a word: `<500`, `under 500`.
fn after<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_prefix(word)?;
    let sign = !word.ends_with(|c: char| c.is_alphabetic());
    (sign || rest.starts_with([' ', '$'])).then(|| rest.trim_start())
}

fn before<'a>(text: &'a str, word: &str) -> Option<&'a str> {
    let rest = text.strip_suffix(word)?;
    (word == "+" || rest.ends_with(' ')).then(|| rest.trim_end())
}

/// `10-20k` could be 10 to 20000 as well as 10000 to 20000, so it is neither.
fn both(low: &str, high: &str) -> Option<Span> {
    let suffix = |text: &str| number::suffixed(text.trim()).1;
    if suffix(low) < suffix(high) && whole(low)? != 0 {
        return None;
    }
    let (low, high) = (whole(low)?, whole(high)?);
    (low <= high).then_some(Span { low: Some(low), high: Some(high) })
}

/// One whole number, without sign: `500`, `$1,250`, `10k`, `1.5m`, `599.00`.
fn whole(text: &str) -> Option<i64> {
    let (number, times) = number::suffixed(number::bare_amount(text.trim()));
    let millionths = number::millionths(number, if times == 1 { 2 } else { 6 })?.checked_mul(times)?;
    (millionths % 1_000_000 == 0).then_some(millionths / 1_000_000)
}

pub(super) fn range(text: &str, min: i64, max: i64) -> Result<Value, Fault> {
    let wanted = || {
        format!(
            "Enter a range within {min} to {max}, such as 500-599, under 500 or 500 or more, with both ends in full."
        )
    };
    let Some(span) = span(text) else { return fault("not_a_range", wanted()) };
    let fits = |end: Option<i64>| end.is_none_or(|end| (min..=max).contains(&end));
    if fits(span.low) && fits(span.high) { Ok(Value::Range(span)) } else { fault("out_of_range", wanted()) }
}

/// `names` are those of `bands`, in the same order.
pub(super) fn band(text: &str, bands: &[field::Band], names: &[Arc<str>]) -> Result<Value, Fault> {
    let spans = |band: &field::Band| Span { low: band.from, high: band.to };
    let made = |(band, name): (&field::Band, &Arc<str>)| {
        Value::Band(Band { name: Choice::new(Arc::clone(name)), span: spans(band) })
    };
    if let Some(name) = chosen(text, names) {
        let mut all = bands.iter().zip(names);
        if let Some(found) = all.find(|(_, own)| Arc::ptr_eq(own, name)) {
            return Ok(made(found));
        }
    }
    // A number or a range belongs to the band it lies in as a whole.
    let inside = |span: Span, band: &field::Band| {
        let low = band.from.is_none_or(|from| span.low.is_some_and(|low| low >= from));
        low && band.to.is_none_or(|to| span.high.is_some_and(|high| high <= to))
    };
    let found = span(text).and_then(|span| bands.iter().zip(names).find(|(band, _)| inside(span, band)));
    match found {
        Some(found) => Ok(made(found)),
        None => fault("not_allowed", format!("Enter one of: {}; or a number or range inside one.", names.join(", "))),
    }
}
