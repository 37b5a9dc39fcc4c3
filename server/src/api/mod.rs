//! The machines' door: JSON under `/api`, API keys, versioned. Every handler ends in `service`.

mod auth;
mod body;
pub mod openapi;
pub mod v1;
