//! A field's value after normalising.

use super::closed::{Civil, Code, Decimal, Month, Span};
use model::Micros;
use std::{borrow::Cow, fmt, sync::Arc};

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

/// One of a schema's named ranges.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Band {
    /// The name.
    pub name: Choice,
    /// What it spans.
    pub span: Span,
}

/// A field's value, by kind. Texts are normalised (see [`model::field::FieldKind`]).
#[derive(Clone, PartialEq, Eq)]
pub enum Value {
    /// Free text.
    Text(String),
    /// A whole number, or how many records a list has.
    Integer(i64),
    /// A number with decimals.
    Decimal(Decimal),
    /// An amount in the campaign's currency.
    Money(Micros),
    /// From one number to another.
    Range(Span),
    /// A named range.
    Band(Band),
    /// Yes or no.
    Flag(bool),
    /// One of a closed list.
    Choice(Choice),
    /// `YYYY-MM-DD`.
    Date(Civil),
    /// `YYYY-MM`.
    Month(Month),
    /// `+`, the calling code and the number.
    Phone(String),
    /// With its domain in lower case.
    Email(String),
    /// Five digits.
    Zip([u8; 5]),
    /// A Canadian postal code, `K1A 0B1`.
    Postal([u8; 7]),
    /// Two letters of a state or province.
    State([u8; 2]),
    /// Two letters of a country.
    Country([u8; 2]),
    /// A street line.
    Address(String),
    /// `http` or `https`.
    Url(String),
    /// IPv4 or IPv6.
    Ip(String),
    /// What a browser says of itself.
    UserAgent(String),
    /// A TrustedForm certificate's address or a Jornaya LeadiD.
    Certificate(String),
    /// A shared part of a personal value: an area code, the beginning of a postal code.
    Code(Code),
    /// A shared part of a personal value, one of the words this program knows.
    Word(&'static str),
}

impl Value {
    /// The value as text, as filters compare it and people read it.
    #[must_use]
    pub fn text(&self) -> String {
        self.as_text().into_owned()
    }

    /// The same without a copy, where there is a text.
    #[must_use]
    pub fn as_text(&self) -> Cow<'_, str> {
        self.sent().text()
    }

    pub(super) fn to_json(&self) -> serde_json::Value {
        match self {
            Self::Integer(number) => (*number).into(),
            Self::Flag(flag) => (*flag).into(),
            other => other.as_text().into(),
        }
    }

    const fn kind(&self) -> &'static str {
        match self {
            Self::Text(_) => "Text",
            Self::Integer(_) => "Integer",
            Self::Decimal(_) => "Decimal",
            Self::Money(_) => "Money",
            Self::Range(_) => "Range",
            Self::Band(_) => "Band",
            Self::Flag(_) => "Flag",
            Self::Choice(_) => "Choice",
            Self::Date(_) => "Date",
            Self::Month(_) => "Month",
            Self::Phone(_) => "Phone",
            Self::Email(_) => "Email",
            Self::Zip(_) => "Zip",
            Self::Postal(_) => "Postal",
            Self::State(_) => "State",
            Self::Country(_) => "Country",
            Self::Address(_) => "Address",
            Self::Url(_) => "Url",
            Self::Ip(_) => "Ip",
            Self::UserAgent(_) => "UserAgent",
            Self::Certificate(_) => "Certificate",
            Self::Code(_) => "Code",
            Self::Word(_) => "Word",
        }
    }
}

/// A flag as people read it.
pub(super) const fn yes_no(flag: bool) -> &'static str {
    if flag { "yes" } else { "no" }
}

impl fmt::Debug for Value {
    /// The kind alone: a value may be personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(self.kind())
    }
}
