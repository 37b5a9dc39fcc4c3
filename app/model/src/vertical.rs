//! Verticals: industries with a field schema, from which campaigns are made.

use crate::{VerticalId, field::Field};
use serde::{Deserialize, Serialize};

/// An industry with a field schema.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Vertical {
    /// Identity.
    pub id: VerticalId,
    /// Short name, unique in the tenant.
    pub slug: String,
    /// What people call it.
    pub name: String,
    /// Whether campaigns can be made from it.
    pub active: bool,
    /// The schema a campaign made from it begins with.
    pub fields: Vec<Field>,
}
