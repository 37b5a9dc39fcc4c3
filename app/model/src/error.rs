//! What a caller is told when something went wrong.

use serde::{Deserialize, Serialize};

/// One bad field of a request.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct FieldError {
    /// The field's name as the caller wrote it, dotted when nested.
    pub field: String,
    /// A stable machine code: `missing`, `not_a_number`, `not_allowed`, …
    pub code: String,
    /// What is wrong and what would be right.
    pub message: String,
}

impl FieldError {
    /// A fault of one field.
    #[must_use]
    pub fn new(field: impl Into<String>, code: &str, message: impl Into<String>) -> Self {
        Self { field: field.into(), code: code.into(), message: message.into() }
    }
}

/// The body of every error answer: `{"error":{"code","message","fields":[…],"request_id"}}` carries this.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize, thiserror::Error)]
#[error("{code}: {message}")]
pub struct ApiError {
    /// A stable machine code.
    pub code: String,
    /// One sentence for a person. Never carries personal values or internals.
    pub message: String,
    /// Every fault found, not only the first.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub fields: Vec<FieldError>,
    /// Quoted to support; also in `X-Request-Id`.
    #[serde(default)]
    pub request_id: String,
}
