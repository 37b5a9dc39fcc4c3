//! When a contract buys: opening spans per weekday in its zone, with holidays.

use crate::Timestamp;
use serde::{Deserialize, Serialize};

/// A span of one weekday, in minutes since local midnight. `end` is exclusive; 1440 is midnight at the day's end.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Span {
    /// 0 is Monday, 6 is Sunday (ISO 8601 order).
    pub weekday: u8,
    /// First open minute of the day.
    pub start: u16,
    /// First closed minute after it.
    pub end: u16,
}

/// A time in which nothing is bought.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Pause {
    /// From this instant on.
    pub from: Timestamp,
    /// Until this instant; none means until further notice.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
}

/// Dayparting. No spans at all means always open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schedule {
    /// Open spans; they may touch but not overlap.
    #[serde(default)]
    pub spans: Vec<Span>,
    /// Closed all day, as `YYYY-MM-DD` in the contract's zone.
    #[serde(default)]
    pub holidays: Vec<String>,
    /// Nothing is bought before this instant.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub from: Option<Timestamp>,
    /// Nothing is bought from this instant on.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub until: Option<Timestamp>,
    /// Planned pauses.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub pauses: Vec<Pause>,
}
