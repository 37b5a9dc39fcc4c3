//! Campaigns as a source may see them.

pub mod spec;
