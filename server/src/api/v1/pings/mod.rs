//! Prices before the person is known.

pub mod submit;
