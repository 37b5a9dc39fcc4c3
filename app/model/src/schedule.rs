//! When a contract buys: opening spans per weekday in its zone, with holidays.

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

/// Dayparting. No spans at all means always open.
#[derive(Debug, Clone, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Schedule {
    /// Open spans; they may touch but not overlap.
    #[serde(default)]
    pub spans: Vec<Span>,
    /// Closed all day, as `YYYY-MM-DD` in the contract's zone.
    #[serde(default)]
    pub holidays: Vec<String>,
}
