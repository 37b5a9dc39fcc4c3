//! Filters: nested all/any/none conditions over the fields of a lead.

use serde::{Deserialize, Serialize};

/// A condition tree. An empty `All` passes everything.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Filter {
    /// Every part must pass.
    All(Vec<Filter>),
    /// At least one part must pass.
    Any(Vec<Filter>),
    /// No part may pass.
    None(Vec<Filter>),
    /// One condition.
    Is(Condition),
}

impl Default for Filter {
    fn default() -> Self {
        Self::All(Vec::new())
    }
}

/// One field compared with what is required. A missing field fails every test but [`Test::Absent`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Condition {
    /// The field's name.
    pub field: String,
    /// What its value must satisfy.
    pub test: Test,
}

/// What a value must satisfy.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Test {
    /// Equal to one of these (texts compare without regard to case).
    In(Vec<String>),
    /// Equal to none of these.
    NotIn(Vec<String>),
    /// A number between the bounds, both included; an absent bound is open.
    Between {
        /// Smallest that passes.
        min: Option<i64>,
        /// Largest that passes.
        max: Option<i64>,
    },
    /// A flag with this value.
    Flag(bool),
    /// A text (a ZIP code, say) that begins with one of these.
    Prefix(Vec<String>),
    /// Some value is there.
    Present,
    /// No value is there.
    Absent,
}
