//! Everything around the doors: router, session, headers, limits, health, the packed site.

mod client;
mod csrf;
mod headers;
mod limits;
mod observe;
mod site;

pub use limits::BODY_LIMIT;
pub use site::{Site, SiteError};
