//! The machines' door: JSON under `/api`, API keys, versioned. Every handler ends in `service`.

pub mod auth;
mod body;
pub mod compat;
pub mod hooks;
pub mod openapi;
pub mod v1;
