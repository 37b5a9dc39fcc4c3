//! One look at a tenant: figures are gathered, what is wrong is decided, and what has changed is kept together with the
//! messages that are told because of it.

use super::{gather::figures, letters};
use crate::{clock::new_id, security::Vault};
use exchange::alert::{Change, change, decide};
use model::{
    AlertId, JobId, MessageId, Timestamp, UserId,
    alert::{Alert, AlertFacts},
    endpoint::{Endpoint, Event, Facts, Message, Target},
};
use store::{DELIVER, Look, NewJob, Saw, Store, StoreError, TenantStore};
use url::Url;

/// How often a tenant's alerts are looked for, in milliseconds.
const EVERY_MS: i64 = 60_000;
/// How long a look is one server's, in milliseconds.
const LEASE_MS: i64 = 120_000;
/// No window but a total is longer than a month: so long it is known what was told in it, in milliseconds.
const LONGEST_EPISODE_MS: i64 = 33 * 24 * 3_600_000;

/// What letters are sealed with, and where their links lead.
pub struct Stationery {
    /// The keys of tenants.
    pub vault: Vault,
    /// The address people know us by.
    pub public_url: Url,
}

/// Looks at every tenant that is due; whether anybody outside is told of something.
///
/// # Errors
/// When the store cannot be asked. A tenant that cannot be looked at holds up no other, and comes again when its lease is
/// over.
pub async fn look_at_all(store: &Store, paper: &Stationery, now: Timestamp) -> Result<bool, StoreError> {
    let mut told = false;
    for look in store.take_looks(now, now.plus_millis(LEASE_MS)).await? {
        match look_at(store, paper, look, now).await {
            Ok(messages) => told |= messages > 0,
            Err(error) => tracing::warn!(tenant = %look.tenant_id, %error, "alerts are looked for again later"),
        }
    }
    Ok(told)
}

/// Looks at one tenant; how many messages wait because of it.
async fn look_at(store: &Store, paper: &Stationery, look: Look, now: Timestamp) -> Result<usize, StoreError> {
    let rows = store.tenant(look.tenant_id);
    let seen = decide(&rows.alert_settings().await?, &figures(store, &rows, now).await?);
    let known = rows.known_alerts(now.plus_millis(-LONGEST_EPISODE_MS)).await?;
    let changes = change(known, seen, now, || AlertId::from_bits(new_id(now)));
    let endpoints = rows.endpoints().await?;
    let mut messages: Vec<_> = changes.iter().flat_map(|change| messages(change, &endpoints, now)).collect();
    let count = messages.len();
    let written = write(store, paper, &rows, &changes, now, &mut messages).await?;
    for change in &changes {
        let (alert, what) = match change {
            Change::Opened(alert) => (alert, "opened"),
            Change::Resolved(alert) => (alert, "resolved"),
            Change::Seen(_) => continue,
        };
        let (tenant, kind) = (look.tenant_id, alert.seen.kind.name());
        tracing::info!(%tenant, alert = %alert.id, kind, subject = alert.seen.subject, what, "alert");
    }
    let kept = rows.keep_look(look, (now, now.plus_millis(EVERY_MS)), Saw { changes, messages, written }).await?;
    Ok(if kept { count } else { 0 })
}

/// Adds the letters that are due; to whom they go.
async fn write(
    store: &Store,
    paper: &Stationery,
    rows: &TenantStore,
    changes: &[Change],
    now: Timestamp,
    into: &mut Vec<NewJob>,
) -> Result<Vec<UserId>, StoreError> {
    let readers = rows.alert_readers().await?;
    let open: Vec<_> = changes.iter().map(Change::alert).filter(|alert| alert.calls()).collect();
    if readers.is_empty() || open.is_empty() {
        return Ok(Vec::new());
    }
    let letters = letters::due(&readers, &rows.users().await?, &open, now);
    if letters.is_empty() {
        return Ok(Vec::new());
    }
    let row = store.tenant_by_id(rows.id()).await?;
    let keys = paper.vault.tenant(rows.id(), &row.key_sealed);
    let keys = keys.map_err(|error| StoreError::Broken(error.to_string()))?;
    let written = letters.into_iter().map(|(person, words)| {
        into.push(letters::job(&keys, &paper.public_url, words, now));
        person
    });
    Ok(written.collect())
}

/// One message for each of the tenant's own webhooks that wants it.
fn messages(change: &Change, endpoints: &[Endpoint], now: Timestamp) -> Vec<NewJob> {
    let (event, alert) = match change {
        Change::Opened(alert) => (Event::AlertOpened, alert),
        Change::Resolved(alert) => (Event::AlertResolved, alert),
        Change::Seen(_) => return Vec::new(),
    };
    // Asked again here, whatever was checked when it was saved: a source never hears of buyers.
    let wants = |endpoint: &&Endpoint| {
        let own = endpoint.source_id.is_none() && matches!(endpoint.target, Target::Webhook { .. });
        own && endpoint.active && endpoint.on.contains(&event)
    };
    endpoints.iter().filter(wants).filter_map(|endpoint| job(endpoint, event, alert, now)).collect()
}

fn job(endpoint: &Endpoint, event: Event, alert: &Alert, now: Timestamp) -> Option<NewJob> {
    let bits = new_id(now);
    let data = Facts::Alert(AlertFacts::from(alert));
    let message = Message { id: MessageId::from_bits(bits), event, at: now, data };
    Some(NewJob {
        // As with messages about leads, the job has the message's number.
        id: JobId::from_bits(bits),
        kind: DELIVER.to_owned(),
        lane: Some(endpoint.id),
        payload: serde_json::to_string(&message).ok()?,
        run_at: now,
    })
}
