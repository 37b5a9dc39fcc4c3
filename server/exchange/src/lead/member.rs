//! A personal value as it is sealed: with its kind, so that it can be read without the schema it was read by.

use super::{
    BadPersonal, Reading,
    closed::{Month, Span},
    normalise,
    value::{Band, Choice, Value},
};
use model::{Micros, field::FieldKind};
use serde::{Deserialize, Serialize};

#[derive(Serialize, Deserialize)]
pub(super) struct Member {
    kind: Kind,
    value: String,
    raw: String,
}

#[derive(Serialize, Deserialize, Clone, Copy)]
#[serde(rename_all = "snake_case")]
enum Kind {
    Text,
    Integer,
    Decimal,
    Money,
    Range,
    Band,
    Flag,
    Date,
    Month,
    Phone,
    Email,
    Zip,
    Postal,
    State,
    Country,
    Address,
    Url,
    Ip,
    UserAgent,
    Certificate,
}

impl Member {
    pub(super) fn of(reading: &Reading) -> Self {
        let kind = match &reading.value {
            // A personal choice is sent and shown as text only; parts are never personal.
            Value::Text(_) | Value::Choice(_) | Value::Code(_) | Value::Word(_) => Kind::Text,
            Value::Integer(_) => Kind::Integer,
            Value::Decimal(_) => Kind::Decimal,
            Value::Money(_) => Kind::Money,
            Value::Range(_) => Kind::Range,
            Value::Band(_) => Kind::Band,
            Value::Flag(_) => Kind::Flag,
            Value::Date(_) => Kind::Date,
            Value::Month(_) => Kind::Month,
            Value::Phone(_) => Kind::Phone,
            Value::Email(_) => Kind::Email,
            Value::Zip(_) => Kind::Zip,
            Value::Postal(_) => Kind::Postal,
            Value::State(_) => Kind::State,
            Value::Country(_) => Kind::Country,
            Value::Address(_) => Kind::Address,
            Value::Url(_) => Kind::Url,
            Value::Ip(_) => Kind::Ip,
            Value::UserAgent(_) => Kind::UserAgent,
            Value::Certificate(_) => Kind::Certificate,
        };
        let value = match &reading.value {
            Value::Range(span) => ends(*span),
            Value::Band(band) => format!("{}\n{}", ends(band.span), band.name.as_str()),
            value => value.text(),
        };
        Self { kind, value, raw: reading.raw.clone() }
    }

    pub(super) fn into_reading(self) -> Result<Reading, BadPersonal> {
        let text = self.value;
        let value = match self.kind {
            Kind::Text => Value::Text(text),
            Kind::Integer => Value::Integer(text.parse().map_err(|_| BadPersonal)?),
            Kind::Money => Value::Money(text.parse::<Micros>().map_err(|_| BadPersonal)?),
            Kind::Flag => Value::Flag(text == "yes"),
            Kind::Phone => Value::Phone(text),
            Kind::Email => Value::Email(text),
            Kind::Zip => Value::Zip(fixed(&text)?),
            Kind::Postal => Value::Postal(fixed(&text)?),
            Kind::State => Value::State(fixed(&text)?),
            Kind::Country => Value::Country(fixed(&text)?),
            Kind::Address => Value::Address(text),
            Kind::Url => Value::Url(text),
            Kind::Ip => Value::Ip(text),
            Kind::UserAgent => Value::UserAgent(text),
            Kind::Certificate => Value::Certificate(text),
            Kind::Date => again(&FieldKind::Date, &text)?,
            Kind::Month => {
                let (year, month) = text.split_once('-').ok_or(BadPersonal)?;
                let number = |text: &str| text.parse().map_err(|_| BadPersonal);
                Value::Month(Month::new(number(year)?, number(month)?).ok_or(BadPersonal)?)
            }
            Kind::Decimal => again(&FieldKind::Decimal { min: i64::MIN, max: i64::MAX, places: 6 }, &text)?,
            Kind::Range => Value::Range(span(&text)?),
            Kind::Band => {
                let (ends, name) = text.split_once('\n').ok_or(BadPersonal)?;
                Value::Band(Band { name: Choice::new(name.into()), span: span(ends)? })
            }
        };
        Ok(Reading { value, raw: self.raw })
    }
}

fn fixed<const N: usize>(text: &str) -> Result<[u8; N], BadPersonal> {
    text.as_bytes().try_into().map_err(|_| BadPersonal)
}

/// What was written by a value is read by its reader.
fn again(kind: &FieldKind, text: &str) -> Result<Value, BadPersonal> {
    normalise::read(kind, &[], text).map_err(|_| BadPersonal)
}

fn ends(span: Span) -> String {
    let end = |end: Option<i64>| end.map(|end| end.to_string()).unwrap_or_default();
    format!("{}..{}", end(span.low), end(span.high))
}

fn span(text: &str) -> Result<Span, BadPersonal> {
    let (low, high) = text.split_once("..").ok_or(BadPersonal)?;
    let end = |text: &str| if text.is_empty() { Ok(None) } else { text.parse().map(Some).map_err(|_| BadPersonal) };
    Ok(Span { low: end(low)?, high: end(high)? })
}
