//! The Gavel server: HTTP, the live pipeline, jobs and the command line around the pure crates.
//!
//! Who may know whom: `cli` sees all; `api`, `ui` and `web` know `service`, and `files`, which writes for both doors; `service` knows `pipeline`'s front, `store`,
//! `exchange`, `model`; `jobs` knows `pipeline` and `store`; `pipeline` knows `store`, `exchange`, `connectors`; nobody
//! imports `api`, `ui`, `web` or `cli` (but the router in `web`, which mounts them).

pub mod api;
pub mod boot;
pub mod cli;
pub mod clock;
pub mod config;
pub mod context;
pub mod files;
pub mod jobs;
pub mod mail;
pub mod pipeline;
pub mod problem;
pub mod sandbox;
pub mod security;
pub mod service;
#[cfg(test)]
mod simulation;
pub mod state;
pub mod telemetry;
pub mod ui;
pub mod web;
