//! Everything around the doors: router, session, headers, limits, health, the packed site.

mod accept;
mod client;
mod cors;
mod csrf;
mod doors;
mod headers;
mod health;
mod hosted;
mod limits;
mod metrics;
mod observe;
mod pages;
mod router;
mod session_layer;
mod site;

pub use accept::{Open, serve};
pub use doors::{Auth, Door};
pub use limits::BODY_LIMIT;
pub use metrics::metrics_router;
pub use router::{router, table};
pub use site::{Site, SiteError};
