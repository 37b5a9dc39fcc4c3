//! The session cookie: `__Host-` and secure when browsers come over TLS, never readable to scripts, same site only.

use crate::service::SessionRows;
use time::Duration;
use tower_sessions::{Expiry, SessionManagerLayer, cookie::SameSite};

/// How long a session lives without use.
const IDLE: Duration = Duration::hours(12);

/// The layer that loads and saves sessions.
pub fn layer(rows: SessionRows, secure: bool) -> SessionManagerLayer<SessionRows> {
    SessionManagerLayer::new(rows)
        .with_name(if secure { "__Host-gavel" } else { "gavel" })
        .with_secure(secure)
        .with_http_only(true)
        .with_same_site(SameSite::Lax)
        .with_path("/")
        .with_expiry(Expiry::OnInactivity(IDLE))
}
