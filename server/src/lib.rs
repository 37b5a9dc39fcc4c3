//! The Gavel server: HTTP, the live pipeline, jobs and the command line around the pure crates.
//!
//! Who may know whom: `cli` sees all; `api`, `ui` and `web` know `service`; `service` knows `store`, `exchange`, `model`;
//! `pipeline` knows `store`, `exchange`, `connectors`; nobody imports `api`, `ui`, `web` or `cli`.

pub mod clock;
pub mod pipeline;
pub mod sandbox;
pub mod security;
