//! Keyset paging: a list is continued after (or before) a row, never at an offset.

use serde::{Deserialize, Serialize};

/// One page of a list, newest first.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Page<T> {
    /// The rows.
    pub rows: Vec<T>,
    /// Where the next older page begins; none on the last page.
    pub older: Option<String>,
    /// Where the next newer page begins; none on the newest page.
    pub newer: Option<String>,
}

/// Where a page begins. The cursor is the id of a row of the neighbouring page.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub enum Cursor {
    /// The newest rows.
    #[default]
    Newest,
    /// Rows older than this id.
    OlderThan(String),
    /// Rows newer than this id.
    NewerThan(String),
}
