//! Dates and months. Of numbers with slashes or dashes and the year last, the month comes first, as in the United States; a
//! year of two digits is a guess and refused.

use super::{Fault, fault};
use crate::lead::{
    closed::{Civil, Month},
    value::Value,
};

const MONTHS: [&str; 12] = [
    "january",
    "february",
    "march",
    "april",
    "may",
    "june",
    "july",
    "august",
    "september",
    "october",
    "november",
    "december",
];

/// The number of a month's name, in full or by three letters (or `sept`).
fn month_named(word: &str) -> Option<i64> {
    let word = word.trim_end_matches('.').to_ascii_lowercase();
    let word = if word == "sept" { "sep" } else { word.as_str() };
    let found = |name: &str| name == word || (word.len() == 3 && name.starts_with(word));
    MONTHS.iter().position(|name| found(name)).and_then(|at| i64::try_from(at + 1).ok())
}

/// A number of one or two digits.
fn short(text: &str) -> Option<i64> {
    ((1..=2).contains(&text.len()) && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn year(text: &str) -> Option<i64> {
    (text.len() == 4 && text.bytes().all(|byte| byte.is_ascii_digit())).then(|| text.parse().ok())?
}

fn civil(year: i64, month: i64, day: i64) -> Option<Civil> {
    let date = jiff::civil::Date::new(i16::try_from(year).ok()?, i8::try_from(month).ok()?, i8::try_from(day).ok()?);
    Civil::new(date.ok()?)
}

/// The day of a date with or without a time behind it.
fn day_of(text: &str) -> &str {
    let time = |rest: &str| rest.len() >= 5 && rest.as_bytes()[0].is_ascii_digit() && rest.contains(':');
    match text.split_once(['T', 't', ' ']) {
        Some((day, rest)) if time(rest) => day,
        _ => text,
    }
}

pub(super) fn date(text: &str) -> Result<Civil, Fault> {
    let wanted = "Enter a date such as 1984-05-31 or 05/31/1984 (month first), with all four digits of the year.";
    numbers(day_of(text)).or_else(|| words(text)).map_or_else(|| fault("not_a_date", wanted), Ok)
}

fn numbers(text: &str) -> Option<Civil> {
    if text.len() == 8 && text.bytes().all(|byte| byte.is_ascii_digit()) {
        return civil(year(&text[..4])?, short(&text[4..6])?, short(&text[6..])?);
    }
    let sign = text.chars().find(|c| matches!(c, '-' | '/'))?;
    let mut parts = text.split(sign).map(str::trim);
    let (one, two, three) = (parts.next()?, parts.next()?, parts.next()?);
    match parts.next() {
        Some(_) => None,
        None if one.len() == 4 => civil(year(one)?, short(two)?, short(three)?),
        None => civil(year(three)?, short(one)?, short(two)?),
    }
}

/// `May 31, 1984` and `31 May 1984`, maybe with a weekday before.
fn words(text: &str) -> Option<Civil> {
    let mut words: Vec<&str> = text.split([' ', ',', '-']).filter(|word| !word.is_empty()).collect();
    const WEEKDAYS: [&str; 7] = ["mon", "tue", "wed", "thu", "fri", "sat", "sun"];
    let weekday =
        |word: &str| word.get(..3).is_some_and(|three| WEEKDAYS.iter().any(|day| day.eq_ignore_ascii_case(three)));
    if words.len() == 4 && weekday(words[0]) {
        words.remove(0);
    }
    let [one, two, three] = words[..] else { return None };
    let day = |word: &str| short(word.trim_end_matches(|c: char| c.is_ascii_alphabetic()));
    match month_named(one) {
        Some(month) => civil(year(three)?, month, day(two)?),
        None => civil(year(three)?, month_named(two)?, day(one)?),
    }
}

pub(super) fn year_month(text: &str) -> Result<Value, Fault> {
    match month_of(text) {
        Some(month) => Ok(Value::Month(month)),
        None => fault("not_a_month", "Enter a month such as 2021-05, 05/2021 or May 2021."),
    }
}

fn month_of(text: &str) -> Option<Month> {
    let parts: Vec<&str> = text.split(['-', '/', ' ', ',']).filter(|part| !part.is_empty()).collect();
    match parts[..] {
        [one, two] if year(one).is_some() => Month::new(year(one)?, short(two).or_else(|| month_named(two))?),
        [one, two] => Month::new(year(two)?, short(one).or_else(|| month_named(one))?),
        // A whole date names a month as well.
        _ => numbers(day_of(text)).or_else(|| words(text)).and_then(|date| {
            let (year, month, _) = date.ymd();
            Month::new(year, month)
        }),
    }
}
