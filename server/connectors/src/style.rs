//! How a value is written: one function from a value and a style to a value.

use crate::{
    price::read_price,
    view::{Out, date_of, hash_kind},
};
use exchange::lead::state_name;
use model::{
    Micros, Timestamp,
    mapping::{Scale, Style},
};
use serde_json::Value;
use std::borrow::Cow;

/// The value as text.
pub(crate) fn plain<'a>(out: &'a Out<'_>) -> Cow<'a, str> {
    match out {
        Out::Flag(flag) => if *flag { "true" } else { "false" }.into(),
        Out::Integer(number) => number.to_string().into(),
        Out::Phone(phone) => (*phone).into(),
        Out::Decimal(text) | Out::Text(text) | Out::Done(text) => text.as_ref().into(),
        Out::List(list) => list.join(",").into(),
    }
}

fn owned<'a>(text: impl Into<String>) -> Out<'a> {
    Out::Text(Cow::Owned(text.into()))
}

/// Writes a value in a style; `today` is the day ages are counted to. None when the part that is asked for is not there.
pub(crate) fn apply<'a>(style: Style, out: Out<'a>, today: (i32, u8, u8)) -> Option<Out<'a>> {
    if matches!(out, Out::Done(_)) || style == Style::Plain {
        return Some(out);
    }
    Some(match style {
        Style::Plain => out,
        Style::Text => owned(plain(&out)),
        Style::Number => number(out),
        Style::Upper => owned(plain(&out).to_uppercase()),
        Style::Lower => owned(plain(&out).to_lowercase()),
        Style::Title => owned(title(&plain(&out))),
        Style::Digits => owned(plain(&out).chars().filter(char::is_ascii_digit).collect::<String>()),
        Style::FirstWord => owned(plain(&out).split_whitespace().next()?),
        Style::OtherWords => part(plain(&out).split_whitespace().skip(1).collect::<Vec<_>>().join(" "))?,
        Style::YesNo => flag(out, "Yes", "No"),
        Style::YesNoUpper => flag(out, "YES", "NO"),
        Style::YesNoLower => flag(out, "yes", "no"),
        Style::YN => flag(out, "Y", "N"),
        Style::TrueFalse => flag(out, "True", "False"),
        Style::OneZero => coded(out, 0),
        Style::OneTwo => coded(out, 2),
        Style::PhoneDigits
        | Style::PhoneNational
        | Style::PhoneDashes
        | Style::PhoneE164
        | Style::PhoneArea
        | Style::PhoneExchange
        | Style::PhoneLine => return phone(style, out),
        Style::Zip3 => part(plain(&out).get(..3)?)?,
        Style::StateName => match state_name(&plain(&out)) {
            Some(name) => Out::Text(name.into()),
            None => out,
        },
        Style::DateIso
        | Style::DateUs
        | Style::DateUsDashes
        | Style::DateDayFirst
        | Style::DateCompact
        | Style::DateYear
        | Style::DateMonth
        | Style::DateDay
        | Style::Age => return date(style, out, today),
        Style::DateTime | Style::Unix => return time(style, out),
        Style::Decimal | Style::Cents | Style::Whole => amount(style, out),
        Style::Domain => part(domain(&plain(&out))?)?,
        Style::Mailbox => part(plain(&out).rsplit_once('@')?.0)?,
        Style::LastSegment => part(plain(&out).trim_end_matches('/').rsplit('/').next()?)?,
        Style::Md5 | Style::Sha1 | Style::Sha256 => {
            let text = match phone_digits(&out) {
                Some(digits) if matches!(out, Out::Phone(_)) => digits,
                _ => plain(&out).trim().to_lowercase(),
            };
            owned(hash_kind(style)?.hex(&text))
        }
    })
}

fn part<'a>(text: impl Into<String>) -> Option<Out<'a>> {
    let text = text.into();
    (!text.is_empty()).then_some(Out::Text(Cow::Owned(text)))
}

fn flag<'a>(out: Out<'a>, yes: &'static str, no: &'static str) -> Out<'a> {
    match out {
        Out::Flag(flag) => Out::Text(if flag { yes } else { no }.into()),
        other => other,
    }
}

fn coded(out: Out<'_>, no: i64) -> Out<'_> {
    match out {
        Out::Flag(true) => Out::Integer(1),
        Out::Flag(false) => Out::Integer(no),
        other => other,
    }
}

/// Bare in JSON, when it is a number as JSON writes one; leading zeros go.
fn number(out: Out<'_>) -> Out<'_> {
    let bare = {
        let text = plain(&out);
        let digits = text.trim();
        let (sign, rest) = digits.strip_prefix('-').map_or(("", digits), |rest| ("-", rest));
        let (whole, decimals) = rest.split_once('.').map_or((rest, None), |(whole, decimals)| (whole, Some(decimals)));
        let all = |text: &str| !text.is_empty() && text.len() <= 18 && text.bytes().all(|byte| byte.is_ascii_digit());
        (all(whole) && decimals.is_none_or(all)).then(|| {
            let whole = whole.trim_start_matches('0');
            let whole = if whole.is_empty() { "0" } else { whole };
            let decimals = decimals.map(|decimals| format!(".{decimals}")).unwrap_or_default();
            format!("{sign}{whole}{decimals}")
        })
    };
    bare.map_or(out, |bare| Out::Decimal(bare.into()))
}

fn title(text: &str) -> String {
    let mut out = String::with_capacity(text.len());
    let mut start = true;
    for letter in text.chars() {
        if start {
            out.extend(letter.to_uppercase());
        } else {
            out.extend(letter.to_lowercase());
        }
        start = !letter.is_alphanumeric() && letter != '\'';
    }
    out
}

fn phone_digits(out: &Out<'_>) -> Option<String> {
    let text = plain(out);
    let punctuation = |letter: char| letter.is_ascii_digit() || "+-(). ".contains(letter);
    if !text.chars().all(punctuation) {
        return None;
    }
    let digits: String = text.chars().filter(char::is_ascii_digit).collect();
    let ten = if digits.len() == 11 { digits.strip_prefix('1')? } else { &digits };
    (ten.len() == 10).then(|| ten.to_owned())
}

fn phone(style: Style, out: Out<'_>) -> Option<Out<'_>> {
    let Some(ten) = phone_digits(&out) else {
        let of_a_phone = matches!(style, Style::PhoneArea | Style::PhoneExchange | Style::PhoneLine);
        return (!of_a_phone).then_some(out);
    };
    let (area, exchange, line) = (&ten[..3], &ten[3..6], &ten[6..]);
    Some(owned(match style {
        Style::PhoneNational => format!("({area}) {exchange}-{line}"),
        Style::PhoneDashes => format!("{area}-{exchange}-{line}"),
        Style::PhoneE164 => format!("+1{ten}"),
        Style::PhoneArea => area.to_owned(),
        Style::PhoneExchange => exchange.to_owned(),
        Style::PhoneLine => line.to_owned(),
        _ => ten,
    }))
}

fn date(style: Style, out: Out<'_>, today: (i32, u8, u8)) -> Option<Out<'_>> {
    let Some((y, m, d)) = date_of(&plain(&out)) else {
        let of_a_date = matches!(style, Style::DateYear | Style::DateMonth | Style::DateDay | Style::Age);
        // What is an age already stays one.
        return (!of_a_date || matches!(out, Out::Integer(_))).then_some(out);
    };
    Some(match style {
        Style::DateUs => owned(format!("{m:02}/{d:02}/{y:04}")),
        Style::DateUsDashes => owned(format!("{m:02}-{d:02}-{y:04}")),
        Style::DateDayFirst => owned(format!("{d:02}/{m:02}/{y:04}")),
        Style::DateCompact => owned(format!("{y:04}{m:02}{d:02}")),
        Style::DateYear => Out::Integer(y.into()),
        Style::DateMonth => Out::Integer(m.into()),
        Style::DateDay => Out::Integer(d.into()),
        Style::Age => {
            let years = today.0 - y - i32::from((today.1, today.2) < (m, d));
            Out::Integer((0..=130).contains(&years).then_some(years)?.into())
        }
        _ => owned(format!("{y:04}-{m:02}-{d:02}")),
    })
}

fn time(style: Style, out: Out<'_>) -> Option<Out<'_>> {
    let Some(seconds) = seconds_of(&plain(&out)) else { return Some(out) };
    Some(match style {
        Style::Unix => Out::Integer(seconds),
        _ => {
            let (y, mo, d, h, mi, s) = Timestamp(seconds.checked_mul(1_000_000)?).civil();
            owned(format!("{y:04}-{mo:02}-{d:02} {h:02}:{mi:02}:{s:02}"))
        }
    })
}

/// Seconds since 1970 of a time as RFC 3339 writes it; without an offset it is UTC.
fn seconds_of(text: &str) -> Option<i64> {
    let (year, month, day) = date_of(text)?;
    let clock = text.get(11..19)?;
    let two = |at: usize, most: i64| clock.get(at..at + 2)?.parse().ok().filter(|number| (0..=most).contains(number));
    let colons = clock.as_bytes()[2] == b':' && clock.as_bytes()[5] == b':';
    let (hour, minute, second) = (two(0, 23)?, two(3, 59)?, two(6, 60)?);
    let rest = text[19..].trim_start_matches(|c: char| c == '.' || c.is_ascii_digit());
    let offset = match rest {
        "" | "Z" | "z" => 0,
        _ => {
            let sign = if rest.starts_with('-') { -1 } else { 1 };
            let (hours, minutes) = (rest.get(1..3)?.parse::<i64>().ok()?, rest.get(4..6)?.parse::<i64>().ok()?);
            sign * (hours * 3600 + minutes * 60)
        }
    };
    // Days since 1970 in the Gregorian calendar: years begin in March, so that a leap day ends one.
    let (year, month) = (i64::from(year) - i64::from(month <= 2), i64::from(month));
    let (era, of_era) = (year.div_euclid(400), year.rem_euclid(400));
    let of_year = (153 * (month + if month > 2 { -3 } else { 9 }) + 2) / 5 + i64::from(day) - 1;
    let days = era * 146_097 + of_era * 365 + of_era / 4 - of_era / 100 + of_year - 719_468;
    colons.then_some(days * 86_400 + hour * 3600 + minute * 60 + second - offset)
}

fn amount(style: Style, out: Out<'_>) -> Out<'_> {
    let Some(Micros(micros)) = read_price(&Value::String(plain(&out).into_owned())) else { return out };
    let cents = micros / 10_000;
    match style {
        Style::Cents => Out::Integer(cents),
        Style::Whole => Out::Integer(micros / 1_000_000),
        _ => owned(format!("{}.{:02}", cents / 100, cents % 100)),
    }
}

fn domain(text: &str) -> Option<String> {
    if let Some((_, domain)) = text.rsplit_once('@') {
        return Some(domain.to_lowercase());
    }
    Some(url::Url::parse(text).ok()?.host_str()?.to_owned())
}

/// Another unit; what is no number stays.
pub(crate) fn scaled(scale: Scale, out: Out<'_>) -> Out<'_> {
    let number = match &out {
        Out::Integer(number) => Some(*number),
        Out::Text(text) => text.trim().parse().ok(),
        _ => None,
    };
    let scaled =
        number.and_then(|number: i64| number.checked_mul(scale.times.into())?.checked_div_euclid(scale.per.into()));
    scaled.map_or(out, Out::Integer)
}
