//! The operators' user interface of Gavel: pages that are rendered on the server, work with script off, and carry a
//! few small islands that the browser brings to life.
//!
//! # How a server mounts it
//!
//! Both handlers, the one that renders pages and the one that runs server functions, provide the same contexts:
//!
//! | context | what |
//! |---|---|
//! | [`backend::Ui`] | `Ui(Arc<dyn Backend>)`, made for this request: it knows the request's session |
//! | [`context::Assets`] | names of the packed files, read from `manifest.json` |
//! | [`context::Theme`] | `Theme::from_cookies(cookie header)` |
//! | [`context::Keys`] | `Keys::from_cookies(cookie header)` |
//! | [`context::RequestId`] | the id that stands in the log |
//! | [`form::Sent`] | what was posted to one of [`FORM_PAGES`]; nothing for a GET |
//!
//! ```text
//! let routes = leptos_axum::generate_route_list(app::App);
//! // server functions: POST on every path of `server_fn::axum::server_fn_paths()` (all begin with /ui/)
//! leptos_axum::handle_server_fns_with_context(provide, request)
//! // pages: async rendering, so that they are whole without script
//! leptos_axum::render_app_async_with_context(provide, move || app::shell::shell(options.clone()))
//! ```
//!
//! Besides, the server answers `GET` [`LIVE_PATH`] with Server-Sent Events named `lead` and data
//! `{"lead":"led_…","state":"sold"}`, and serves the bundle's directory under `/pkg/` (hashed names) and `/` (the rest
//! of it: favicon, robots.txt). The nonce of the content security policy is Leptos' own (`leptos::nonce::use_nonce`).

// Views are types as deep as the page is nested.
#![recursion_limit = "512"]
// Components own their properties: that is how the view macro calls them.
#![allow(clippy::needless_pass_by_value)]

/// Where the live overview listens.
pub const LIVE_PATH: &str = "/ui/live";

#[cfg(feature = "ssr")]
pub mod backend;
#[cfg(feature = "ssr")]
pub mod calls;
#[cfg(feature = "ssr")]
mod components;
pub mod context;
pub mod error;
#[cfg(feature = "ssr")]
pub mod form;
#[cfg(feature = "ssr")]
mod format;
pub mod islands;
#[cfg(feature = "ssr")]
mod pages;
pub mod query;
#[cfg(feature = "ssr")]
mod routes;
#[cfg(feature = "ssr")]
pub mod shell;
#[cfg(feature = "ssr")]
pub mod testing;
pub mod week;

#[cfg(feature = "ssr")]
pub use routes::{App, FORM_PAGES};
