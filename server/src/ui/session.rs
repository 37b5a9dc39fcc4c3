//! What is in a browser session, and how long it lives.

use crate::{
    context::Actor,
    service::{SESSION_IDLE_MS, SESSION_USER, Services},
};
use model::{TenantId, Timestamp, UserId};
use serde::{Deserialize, Serialize};
use tower_sessions::{Session, session::Error};

/// Longest life of a session, in milliseconds, however busy it is.
const LONGEST_MS: i64 = 7 * 24 * 3_600_000;
/// How often a session in use is written back, in milliseconds, so that its idle time begins again.
const TOUCH_MS: i64 = 10 * 60_000;
/// The member of the session with everything in it.
const SIGNED: &str = "signed";

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Signed {
    tenant: TenantId,
    user: UserId,
    at: Timestamp,
    seen: Timestamp,
}

/// Starts a signed-in session under a new id, so that an id planted before is worth nothing.
pub(super) async fn begin(session: &Session, actor: &Actor, now: Timestamp) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(SESSION_USER, actor.user.id).await?;
    session.insert(SIGNED, Signed { tenant: actor.tenant.id, user: actor.user.id, at: now, seen: now }).await
}

/// Who a session belongs to; none when nobody is signed in, or no longer.
///
/// # Errors
/// When the store cannot be asked; the text is for the log.
pub async fn signed_in(session: &Session, services: &Services, now: Timestamp) -> Result<Option<Actor>, String> {
    let found = session.get::<Signed>(SIGNED).await.map_err(|error| error.to_string())?;
    let Some(signed) = found.filter(|signed| alive(signed, now)) else { return Ok(None) };
    if now.millis_since(signed.seen) > TOUCH_MS {
        session.insert(SIGNED, Signed { seen: now, ..signed }).await.map_err(|error| error.to_string())?;
    }
    services.actor(signed.tenant, signed.user).await.map_err(|error| error.to_string())
}

fn alive(signed: &Signed, now: Timestamp) -> bool {
    now.millis_since(signed.at) <= LONGEST_MS && now.millis_since(signed.seen) <= SESSION_IDLE_MS
}
