//! What a ping may say. No variant can hold free text, so no personal value can be in one.

use super::{
    LeadMeta,
    closed::{Civil, Code, Decimal, Month, Span, ascii},
    parts::{date_part, month_part, span_part},
    post::{Sent, split_part},
    value::{Band, Choice, Value},
};
use model::{LeadId, Micros, part::Part};
use std::collections::BTreeMap;

/// A value that may be sent in a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PingValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number within the bounds of its field.
    Integer(i64),
    /// A number within the bounds of its field.
    Decimal(Decimal),
    /// An amount within the bounds of its field.
    Money(Micros),
    /// From one number to another.
    Range(Span),
    /// One of the schema's own ranges.
    Band(Band),
    /// One of the schema's own values.
    Choice(Choice),
    /// A date that is not personal.
    Date(Civil),
    /// A month of a year.
    Month(Month),
    /// A ZIP code.
    Zip([u8; 5]),
    /// A Canadian postal code.
    Postal([u8; 7]),
    /// A state or province.
    State([u8; 2]),
    /// A country.
    Country([u8; 2]),
    /// An area code, or the beginning of a postal code.
    Code(Code),
    /// One of the words this program knows.
    Word(&'static str),
}

impl PingValue {
    pub(super) fn of(value: &Value) -> Option<Self> {
        Some(match value {
            Value::Flag(flag) => Self::Flag(*flag),
            Value::Integer(number) => Self::Integer(*number),
            Value::Decimal(number) => Self::Decimal(*number),
            Value::Money(amount) => Self::Money(*amount),
            Value::Range(span) => Self::Range(*span),
            Value::Band(band) => Self::Band(band.clone()),
            Value::Choice(choice) => Self::Choice(choice.clone()),
            Value::Date(date) => Self::Date(*date),
            Value::Month(month) => Self::Month(*month),
            Value::Zip(digits) => Self::Zip(*digits),
            Value::Postal(signs) => Self::Postal(*signs),
            Value::State(letters) => Self::State(*letters),
            Value::Country(letters) => Self::Country(*letters),
            Value::Code(code) => Self::Code(*code),
            Value::Word(word) => Self::Word(word),
            Value::Text(_) | Value::Phone(_) | Value::Email(_) | Value::Address(_) | Value::Url(_) => return None,
            Value::Ip(_) | Value::UserAgent(_) | Value::Certificate(_) => return None,
        })
    }

    /// The value as it is sent.
    #[must_use]
    pub fn sent(&self) -> Sent<'_> {
        match self {
            Self::Flag(flag) => Sent::Flag(*flag),
            Self::Integer(number) => Sent::Integer(*number),
            Self::Decimal(number) => Sent::Decimal(*number),
            Self::Money(amount) => Sent::Money(*amount),
            Self::Range(span) => Sent::Range(*span),
            Self::Band(band) => Sent::Band(band),
            Self::Choice(choice) => Sent::Text(choice.as_str()),
            Self::Date(date) => Sent::Text(date.as_str()),
            Self::Month(month) => Sent::Text(month.as_str()),
            Self::Zip(digits) => Sent::Text(ascii(digits)),
            Self::Postal(signs) => Sent::Text(ascii(signs)),
            Self::State(letters) | Self::Country(letters) => Sent::Text(ascii(letters)),
            Self::Code(code) => Sent::Text(code.as_str()),
            Self::Word(word) => Sent::Text(word),
        }
    }

    fn part(&self, part: Part) -> Option<Sent<'_>> {
        match (self, part) {
            (Self::Integer(count), Part::Count) => Some(Sent::Integer(*count)),
            (Self::Range(span), _) => span_part(*span, part),
            (Self::Band(band), _) => span_part(band.span, part),
            (Self::Date(date), _) => date_part(*date, part),
            (Self::Month(month), _) => month_part(*month, part),
            (Self::Zip(digits), Part::Zip3) => Some(Sent::Text(ascii(&digits[..3]))),
            (Self::Postal(signs), Part::Fsa) => Some(Sent::Text(ascii(&signs[..3]))),
            _ => None,
        }
    }
}

/// Everything a ping may say about a lead.
#[derive(Debug, Clone)]
pub struct PingView {
    meta: LeadMeta,
    values: BTreeMap<String, PingValue>,
    trustedform: bool,
    jornaya: bool,
}

impl PingView {
    pub(super) const fn new(
        meta: LeadMeta,
        values: BTreeMap<String, PingValue>,
        trustedform: bool,
        jornaya: bool,
    ) -> Self {
        Self { meta, values, trustedform, jornaya }
    }

    /// The value of a pingable field, of a pingable member of a list's record (`drivers[0].gender`), or a part of either.
    /// Of a personal field only the parts that many people share are there (`phone.area`).
    #[must_use]
    pub fn get(&self, path: &str) -> Option<Sent<'_>> {
        if let Some(value) = self.values.get(path) {
            return Some(value.sent());
        }
        let (whole, part) = split_part(path)?;
        self.values.get(whole)?.part(part)
    }

    /// A shared part of a personal field, such as the area code of a phone number.
    #[must_use]
    pub fn shared(&self, field: &str, part: Part) -> Option<Sent<'_>> {
        self.get(&format!("{field}.{}", part.name()))
    }

    /// The lead.
    #[must_use]
    pub const fn lead_id(&self) -> LeadId {
        self.meta.lead_id
    }

    /// The campaign's slug.
    #[must_use]
    pub fn campaign(&self) -> &str {
        &self.meta.campaign
    }

    /// Whether it is a test lead.
    #[must_use]
    pub const fn test(&self) -> bool {
        self.meta.test
    }

    /// Whether a TrustedForm certificate is there.
    #[must_use]
    pub const fn has_trustedform(&self) -> bool {
        self.trustedform
    }

    /// Whether a Jornaya LeadiD is there.
    #[must_use]
    pub const fn has_jornaya(&self) -> bool {
        self.jornaya
    }
}
