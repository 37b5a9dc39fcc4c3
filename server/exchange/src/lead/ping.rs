//! What a ping may say. No variant can hold free text, so no personal value can be in one.

use super::{
    LeadMeta,
    value::{Choice, Value, ascii},
};
use model::LeadId;
use std::collections::BTreeMap;

/// A value that may be sent in a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum PingValue {
    /// Yes or no.
    Flag(bool),
    /// A whole number within the bounds of its field.
    Integer(i64),
    /// One of the schema's own values.
    Choice(Choice),
    /// A ZIP code.
    Zip([u8; 5]),
    /// A state.
    State([u8; 2]),
}

impl PingValue {
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Flag(flag) => Some(Self::Flag(*flag)),
            Value::Integer(number) => Some(Self::Integer(*number)),
            Value::Choice(choice) => Some(Self::Choice(choice.clone())),
            Value::Zip(digits) => Some(Self::Zip(*digits)),
            Value::State(letters) => Some(Self::State(*letters)),
            Value::Text(_) | Value::Date(_) | Value::Phone(_) | Value::Email(_) | Value::Url(_) | Value::Ip(_) => None,
        }
    }

    /// The value when it is written as text; numbers and flags have none.
    #[must_use]
    pub fn as_text(&self) -> Option<&str> {
        match self {
            Self::Choice(choice) => Some(choice.as_str()),
            Self::Zip(digits) => Some(ascii(digits)),
            Self::State(letters) => Some(ascii(letters)),
            Self::Flag(_) | Self::Integer(_) => None,
        }
    }
}

/// What a ping may say of a personal value: a part that many people share.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PingPart {
    /// The area code of a phone number.
    AreaCode([u8; 3]),
    /// A date of birth as year, month, day. It leaves as an age only: see [`PingView::age`].
    Birth(Birth),
}

/// A date that cannot be read, only counted from.
#[derive(Clone, Copy, PartialEq, Eq)]
pub struct Birth(i32, u8, u8);

impl std::fmt::Debug for Birth {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("Birth(•••)")
    }
}

impl PingPart {
    pub(super) fn of(value: &Value) -> Option<Self> {
        match value {
            Value::Phone(phone) => phone.get(2..5)?.as_bytes().try_into().ok().map(Self::AreaCode),
            Value::Date(date) => {
                let (year, month, day) = (date.get(..4)?, date.get(5..7)?, date.get(8..10)?);
                Some(Self::Birth(Birth(year.parse().ok()?, month.parse().ok()?, day.parse().ok()?)))
            }
            _ => None,
        }
    }
}

/// Everything a ping may say about a lead.
#[derive(Debug, Clone)]
pub struct PingView {
    meta: LeadMeta,
    values: BTreeMap<String, PingValue>,
    parts: BTreeMap<String, PingPart>,
    trustedform: bool,
    jornaya: bool,
}

impl PingView {
    pub(super) const fn new(
        meta: LeadMeta,
        values: BTreeMap<String, PingValue>,
        parts: BTreeMap<String, PingPart>,
        trustedform: bool,
        jornaya: bool,
    ) -> Self {
        Self { meta, values, parts, trustedform, jornaya }
    }

    /// The value of a pingable field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&PingValue> {
        self.values.get(field)
    }

    /// The area code of a phone number.
    #[must_use]
    pub fn area_code(&self, field: &str) -> Option<&str> {
        match self.parts.get(field)? {
            PingPart::AreaCode(digits) => Some(ascii(digits)),
            PingPart::Birth(_) => None,
        }
    }

    /// Full years from a date to another, given as year, month, day.
    #[must_use]
    pub fn age(&self, field: &str, on: (i32, u8, u8)) -> Option<i64> {
        match self.parts.get(field)? {
            PingPart::Birth(Birth(year, month, day)) => {
                let years = on.0 - year - i32::from((on.1, on.2) < (*month, *day));
                (0..=130).contains(&years).then_some(i64::from(years))
            }
            PingPart::AreaCode(_) => None,
        }
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
