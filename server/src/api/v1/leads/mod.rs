//! Leads as their source may see them.

pub mod find;
pub mod show;
pub mod submit;
