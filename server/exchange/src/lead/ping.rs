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

    /// The value of a pingable field.
    #[must_use]
    pub fn get(&self, field: &str) -> Option<&PingValue> {
        self.values.get(field)
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
