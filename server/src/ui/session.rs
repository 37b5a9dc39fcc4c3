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
/// The member of a session of somebody whose password was right and whose code is missing.
const HALF: &str = "half";
/// How long the code may be missing, in milliseconds: ten minutes.
const HALF_MS: i64 = 10 * 60_000;

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Signed {
    tenant: TenantId,
    user: UserId,
    at: Timestamp,
    seen: Timestamp,
    /// The tenant that a superadmin acts for, and until when.
    #[serde(default)]
    acting: Option<(TenantId, Timestamp)>,
}

#[derive(Clone, Copy, Serialize, Deserialize)]
struct Half {
    tenant: TenantId,
    user: UserId,
    at: Timestamp,
}

/// Starts a signed-in session under a new id, so that an id planted before is worth nothing.
pub(super) async fn begin(session: &Session, actor: &Actor, now: Timestamp) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(SESSION_USER, actor.user.id).await?;
    let signed = Signed { tenant: actor.tenant.id, user: actor.user.id, at: now, seen: now, acting: None };
    session.insert(SIGNED, signed).await
}

/// Remembers that the password of somebody was right; nothing is open yet.
pub(super) async fn begin_half(session: &Session, actor: &Actor, now: Timestamp) -> Result<(), Error> {
    session.clear().await;
    session.cycle_id().await?;
    session.insert(HALF, Half { tenant: actor.tenant.id, user: actor.user.id, at: now }).await
}

/// Whose password was right a moment ago.
pub(super) async fn half(session: &Session, now: Timestamp) -> Result<Option<(TenantId, UserId)>, Error> {
    let found = session.get::<Half>(HALF).await?.filter(|half| now.millis_since(half.at) <= HALF_MS);
    Ok(found.map(|half| (half.tenant, half.user)))
}

/// Lets a superadmin act for a tenant until then, or no longer.
pub(super) async fn act(session: &Session, acting: Option<(TenantId, Timestamp)>) -> Result<(), Error> {
    if let Some(signed) = session.get::<Signed>(SIGNED).await? {
        session.insert(SIGNED, Signed { acting, ..signed }).await?;
    }
    Ok(())
}

/// Who acts in a session, and until when as somebody else.
pub(super) struct Known {
    /// Who.
    pub actor: Actor,
    /// When a superadmin stops acting for this tenant.
    pub until: Option<Timestamp>,
}

/// Who a session belongs to, whatever is missing to go on; none when nobody is signed in, or no longer.
///
/// # Errors
/// When the store cannot be asked; the text is for the log.
pub(super) async fn known(session: &Session, services: &Services, now: Timestamp) -> Result<Option<Known>, String> {
    let found = session.get::<Signed>(SIGNED).await.map_err(|error| error.to_string())?;
    let Some(signed) = found.filter(|signed| alive(signed, now)) else { return Ok(None) };
    if now.millis_since(signed.seen) > TOUCH_MS {
        session.insert(SIGNED, Signed { seen: now, ..signed }).await.map_err(|error| error.to_string())?;
    }
    let own = services.actor(signed.tenant, signed.user).await.map_err(|error| error.to_string())?;
    let Some(own) = own else { return Ok(None) };
    if let Some((tenant, until)) = signed.acting.filter(|(_, until)| now < *until) {
        let support = services.support(&own, tenant).await.map_err(|error| error.to_string())?;
        if let Some(actor) = support.filter(|_| !own.lacks_second_factor()) {
            return Ok(Some(Known { actor, until: Some(until) }));
        }
    }
    Ok(Some(Known { actor: own, until: None }))
}

/// Who a session belongs to; none when nobody is signed in, no longer, or not with all that the tenant asks for.
///
/// # Errors
/// When the store cannot be asked; the text is for the log.
pub async fn signed_in(session: &Session, services: &Services, now: Timestamp) -> Result<Option<Actor>, String> {
    let known = known(session, services, now).await?.map(|known| known.actor);
    Ok(known.filter(|actor| !actor.lacks_second_factor()))
}

fn alive(signed: &Signed, now: Timestamp) -> bool {
    now.millis_since(signed.at) <= LONGEST_MS && now.millis_since(signed.seen) <= SESSION_IDLE_MS
}
