//! `GET /ui/live`: what happens to leads at this moment, as Server-Sent Events, for the signed-in tenant only.

use super::session;
use crate::{problem::Problem, state::AppState};
use axum::{
    extract::State,
    http::StatusCode,
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

/// Streams `lead` events until the server stops or five minutes are over.
///
/// # Errors
/// 401 when nobody is signed in, 403 for a role that does not see leads.
pub async fn handle(
    State(app): State<AppState>,
    session: Session,
) -> Result<Sse<impl Stream<Item = Result<Event, Infallible>>>, Problem> {
    let found = session::signed_in(&session, &app.services, app.clock.now()).await;
    let actor = found.map_err(|why| {
        tracing::error!(%why, "a session could not be read");
        Problem::internal()
    })?;
    let signed_out = || Problem::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in again.");
    let actor = actor.ok_or_else(signed_out)?;
    let events = app.services.live(&actor).ok_or_else(|| Problem::forbidden("Your role does not see leads."))?;
    let listener =
        Listener { events, tenant: actor.tenant.id, stop: app.stop.clone(), until: Instant::now() + LONGEST };
    let stream = stream::unfold(listener, |mut listener| async move {
        let event = listener.next().await?;
        Some((Ok(event), listener))
    });
    Ok(Sse::new(stream).keep_alive(KeepAlive::new().interval(HEARTBEAT)))
}

struct Listener {
    events: Receiver<crate::service::LiveEvent>,
    tenant: TenantId,
    stop: CancellationToken,
    until: Instant,
}

impl Listener {
    async fn next(&mut self) -> Option<Event> {
        loop {
            let received = tokio::select! {
                received = self.events.recv() => received,
                () = self.stop.cancelled() => return None,
                () = sleep_until(self.until) => return None,
            };
            match received {
                Ok(event) if event.tenant == self.tenant => {
                    let data = json!({ "lead": event.lead, "state": event.state.name() });
                    return Some(Event::default().event("lead").data(data.to_string()));
                }
                // Somebody who reads too slowly misses some events; the next one refreshes the figures all the same.
                Ok(_) | Err(RecvError::Lagged(_)) => {}
                Err(RecvError::Closed) => return None,
            }
        }
    }
}
