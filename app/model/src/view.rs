//! Views of the leads list that people keep.

use crate::{UserId, ViewId};
use serde::{Deserialize, Serialize};

/// A view: filters and columns under a name.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct SavedView {
    /// Identity.
    pub id: ViewId,
    /// Who made it.
    pub user_id: UserId,
    /// What people call it.
    pub name: String,
    /// The query of the list's address, without the question mark; empty for every lead.
    pub query: String,
    /// Whether everybody of the tenant has it.
    pub shared: bool,
}
