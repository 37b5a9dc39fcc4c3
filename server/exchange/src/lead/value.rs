//! A field's value after normalising.

use std::{fmt, sync::Arc};

/// One of the values of a closed list. Only a schema makes one, from its own list, so it can never carry free text.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Choice(Arc<str>);

impl Choice {
    pub(super) const fn new(text: Arc<str>) -> Self {
        Self(text)
    }

    /// The value as the schema writes it.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

/// A field's value, by kind. Texts are normalised (see [`model::field::FieldKind`]).
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Free text.
    Text(String),
    /// A whole number.
    Integer(i64),
    /// Yes or no.
    Flag(bool),
    /// One of a closed list.
    Choice(Choice),
    /// `YYYY-MM-DD`.
    Date(String),
    /// `+1` and ten digits.
    Phone(String),
    /// With its domain in lower case.
    Email(String),
    /// Five digits.
    Zip([u8; 5]),
    /// Two letters.
    State([u8; 2]),
    /// `http` or `https`.
    Url(String),
    /// IPv4 or IPv6.
    Ip(String),
}

impl Value {
    /// The value as text, as filters compare it and people read it.
    #[must_use]
    pub fn text(&self) -> String {
        match self {
            Self::Text(text) | Self::Date(text) | Self::Phone(text) | Self::Email(text) => text.clone(),
            Self::Url(text) | Self::Ip(text) => text.clone(),
            Self::Integer(number) => number.to_string(),
            Self::Flag(flag) => if *flag { "yes" } else { "no" }.to_owned(),
            Self::Choice(choice) => choice.as_str().to_owned(),
            Self::Zip(digits) => ascii(digits).to_owned(),
            Self::State(letters) => ascii(letters).to_owned(),
        }
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Integer(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            other => other.text().into(),
        }
    }
}

impl fmt::Debug for Value {
    /// The kind alone: a value may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(match self {
            Self::Text(_) => "Text",
            Self::Integer(_) => "Integer",
            Self::Flag(_) => "Flag",
            Self::Choice(_) => "Choice",
            Self::Date(_) => "Date",
            Self::Phone(_) => "Phone",
            Self::Email(_) => "Email",
            Self::Zip(_) => "Zip",
            Self::State(_) => "State",
            Self::Url(_) => "Url",
            Self::Ip(_) => "Ip",
        })
    }
}

/// Bytes that were checked to be ASCII digits or letters when the value was read.
pub(super) fn ascii(bytes: &[u8]) -> &str {
    std::str::from_utf8(bytes).unwrap_or_default()
}
