//! The master field schema: what a lead of a campaign consists of.

use serde::{Deserialize, Serialize};

/// Who may ever see a field.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Visibility {
    /// May be sent in a ping. Only closed kinds can be (see [`FieldKind::can_ping`]).
    Pingable,
    /// Personal: sealed at rest, sent only in the post to the buyer that is being awarded the lead.
    Personal,
    /// Not personal, but never sent in a ping.
    Internal,
}

/// What a field holds.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "type", rename_all = "snake_case")]
pub enum FieldKind {
    /// Free text of at most `max` characters.
    Text {
        /// Longest accepted text, in characters.
        max: u16,
    },
    /// A whole number between two bounds, both included.
    Integer {
        /// Smallest.
        min: i64,
        /// Largest.
        max: i64,
    },
    /// Yes or no, in any usual spelling.
    Boolean,
    /// One of a closed list; compared without regard to case.
    Choice {
        /// The allowed values as they are stored.
        values: Vec<String>,
    },
    /// A civil date, stored `YYYY-MM-DD`.
    Date,
    /// A phone number of the North American plan, stored as `+1` and ten digits.
    Phone,
    /// An e-mail address, stored with its domain in lower case.
    Email,
    /// A United States ZIP code, stored as five digits.
    Zip,
    /// A United States state or the District of Columbia, stored as two letters.
    State,
    /// An `http` or `https` address.
    Url,
    /// An IPv4 or IPv6 address.
    Ip,
}

impl FieldKind {
    /// Whether a ping may carry this kind at all: no kind that can hold free text may.
    #[must_use]
    pub const fn can_ping(&self) -> bool {
        matches!(self, Self::Integer { .. } | Self::Boolean | Self::Choice { .. } | Self::Zip | Self::State)
    }

    /// The kind in words, as posting instructions show it.
    #[must_use]
    pub const fn name(&self) -> &'static str {
        match self {
            Self::Text { .. } => "text",
            Self::Integer { .. } => "integer",
            Self::Boolean => "boolean",
            Self::Choice { .. } => "choice",
            Self::Date => "date",
            Self::Phone => "phone",
            Self::Email => "email",
            Self::Zip => "zip",
            Self::State => "state",
            Self::Url => "url",
            Self::Ip => "ip",
        }
    }
}

/// One field of the schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Field {
    /// The name in JSON and forms: lower case letters, digits and underscores.
    pub name: String,
    /// What people call it.
    pub label: String,
    /// What it holds.
    pub kind: FieldKind,
    /// Whether a lead without it is refused.
    #[serde(default)]
    pub required: bool,
    /// Who may see it.
    pub visibility: Visibility,
    /// A value for examples and test leads, in the form a sender would write it.
    #[serde(default)]
    pub example: String,
}

/// The schema an industry starts from; a campaign copies it and may change its copy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vertical {
    /// Identity.
    pub id: crate::VerticalId,
    /// Short name in URLs.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// The fields, in the order a form would ask.
    pub fields: Vec<Field>,
}
