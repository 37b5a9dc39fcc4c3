//! What can be said of a phone number, an e-mail address or a postal address without asking anybody: whether it can be one,
//! what looks like a slip, and, as plainly, what was not looked at. A form asks before it is sent.
//!
//! Whether a value *can* be one is decided by the same reading as at intake, so that what is called right here is taken there.

mod address;
mod domains;
mod email;
mod phone;
mod places;

pub use address::{Address, address};
pub use email::email;
pub use phone::phone;

use serde::Serialize;

/// Something that is possible and looks wrong, or that whoever sends the lead may want to know.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Doubt {
    /// A stable word.
    pub code: &'static str,
    /// A sentence for the person who typed it.
    pub message: String,
}

impl Doubt {
    fn new(code: &'static str, message: impl Into<String>) -> Self {
        Self { code, message: message.into() }
    }
}

/// What is wrong with a value or a part of one.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Wrong {
    /// Which member of the request.
    pub field: &'static str,
    /// A stable word: `missing`, `not_a_phone`, …
    pub code: &'static str,
    /// What would be right.
    pub message: String,
}

/// What can be said of a value.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Advice<T> {
    /// The value in its one form; none when it cannot be one.
    pub value: Option<T>,
    /// Why it cannot be one: everything that is wrong.
    pub wrong: Vec<Wrong>,
    /// What it should probably be.
    pub suggestion: Option<T>,
    /// What looks wrong.
    pub doubts: Vec<Doubt>,
    /// What was looked at.
    pub checked: &'static [&'static str],
    /// What was not: nobody was asked.
    pub not_checked: &'static [&'static str],
}
