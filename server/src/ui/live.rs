//! `GET /ui/live`: what happens to leads at this moment, as Server-Sent Events, for the signed-in tenant only.
//!
//! An event says that something happened and no more; what is shown is read from the page, by its own rights. So nothing has
//! to be sent again: who comes back after a break names the last event it has (`Last-Event-ID`), is told `gap`, and reads
//! its page anew.

use super::session;
use crate::{problem::Problem, state::AppState};
use axum::{
    extract::State,
    http::{HeaderMap, StatusCode},
    response::{
        Sse,
        sse::{Event, KeepAlive},
    },
};
use futures::{Stream, stream};
use model::TenantId;
use serde_json::json;
use std::{convert::Infallible, time::Duration};
use tokio::{
    sync::broadcast::{Receiver, error::RecvError},
    time::{Instant, sleep_until},
};
use tokio_util::sync::CancellationToken;
use tower_sessions::Session;

/// A silent line keeps proxies from closing the stream.
const HEARTBEAT: Duration = Duration::from_secs(15);
/// The browser connects again after this long: that is when a session that has ended is noticed.
const LONGEST: Duration = Duration::from_secs(300);

/// So many pages may follow the leads at one moment; each costs a connection.
const MOST: usize = 2_000;
/// Something may have happened that the page was not told.
const GAP: &str = "gap";
/// After so many seconds who found no room may try again.
const RETRY_S: u32 = 5;

/// Streams `lead` events until the server stops or five minutes are over.
///
/// # Errors
/// 401 when nobody is signed in, 403 for a role that does not see leads, 503 when too many pages follow already.
pub async fn handle(
    State(app): State<AppState>,
    session: Session,
    headers: HeaderMap,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let found = session::signed_in(&session, &app.services, app.clock.now()).await;
    let actor = found.map_err(|why| {
        tracing::error!(%why, "a session could not be read");
        Problem::internal()
    })?;
    let signed_out = || Problem::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in again.");
    let actor = actor.ok_or_else(signed_out)?;
    if app.services.listeners() >= MOST {
        return Err(Problem::unavailable("unavailable", RETRY_S));
    }
    let events = app.services.live(&actor).ok_or_else(|| Problem::forbidden("Your role does not see leads."))?;
    let first = Some(if headers.contains_key("last-event-id") { GAP } else { "hello" });
    let (tenant, stop, until) = (actor.tenant.id, app.stop.clone(), Instant::now() + LONGEST);
    let listener = Listener { events, first, tenant, stop, until };
    let stream = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Listener {
    events: Receiver<crate::service::LiveEvent>,
    /// What it is told first. It has an id, so that the browser has one to name after a break.
    first: Option<&'static str>,
    tenant: TenantId,
    stop: CancellationToken,
    until: Instant,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        if let Some(first) = self.first.take() {
            return Some(Event::default().event(first).id("0").data("{}"));
        }
        loop {
            let received = tokio::select! {
                received = self.events.recv() => received,
                () = self.stop.cancelled() => return None,
                () = sleep_until(self.until) => return None,
            };
            match received {
                Ok(event) if event.tenant == self.tenant => {
                    let data = json!({ "lead": event.lead, "state": event.state.name() });
                    return Some(Event::default().event("lead").id(event.lead.to_string()).data(data.to_string()));
                }
                Ok(_) => {}
                // Somebody who reads too slowly misses some events, and is told so.
                Err(RecvError::Lagged(_)) => return Some(Event::default().event(GAP).data("{}")),
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
