//! What a server does beside answering: folds events into counters, delivers messages, sends mail, works off what follows
//! outcomes, looks for alerts, and removes what has expired.

pub mod after;
mod alerts;
mod deliver;
mod mail;

use crate::{clock::Clock, mail::Mailer, pipeline::Pipeline, security::Vault};
use alerts::Stationery;
use std::{sync::Arc, time::Duration};
use store::{Store, StoreError};
use tokio::time::{MissedTickBehavior, interval};
use tokio_util::sync::CancellationToken;
use url::Url;

/// How often events are folded. Figures read the unfolded tail as well, so this is about speed, not about truth.
const FOLD_EVERY: Duration = Duration::from_secs(2);
/// Events folded in one transaction.
const FOLD_AT_ONCE: u32 = 500;
/// How often expired rows are removed.
const SWEEP_EVERY: Duration = Duration::from_secs(600);
/// Counts of sign-ins older than this are of no use, in milliseconds.
const SIGN_INS_KEPT_MS: i64 = 24 * 3_600_000;
/// Affiliates' pings are kept for so long after they expired, in milliseconds: a day.
const PINGS_KEPT_MS: i64 = 24 * 3_600_000;
/// What was told to whom is kept for so long, in milliseconds: 30 days. So long it can be told again.
const DELIVERIES_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Letters that were written as files are kept for so long, in milliseconds: 30 days. Nobody reads them any more; a link in one
/// ended long before.
const LETTERS_KEPT_MS: i64 = 30 * 24 * 3_600_000;
/// Alerts that are over are kept for so long, in milliseconds: 90 days.
const ALERTS_KEPT_MS: i64 = 90 * 24 * 3_600_000;

/// Runs until it is stopped. Several servers on one store share the work.
pub async fn run(
    store: Store,
    pipeline: Pipeline,
    (vault, mailer, public_url): (Vault, Mailer, Url),
    clock: Arc<dyn Clock>,
    stop: CancellationToken,
) {
    let paper = Stationery { vault: vault.clone(), public_url };
    let post = mail::Post { store: store.clone(), vault, mailer: mailer.clone(), clock: Arc::clone(&clock) };
    tokio::join!(
        keep_house(&store, &mailer, &*clock, &stop),
        mail::run(post, stop.clone()),
        deliver::run(store.clone(), pipeline.clone(), Arc::clone(&clock), stop.clone()),
        alerts::run(&store, &pipeline, &paper, &*clock, &stop),
        after::run(pipeline.clone(), stop.clone())
    );
}

async fn keep_house(store: &Store, mailer: &Mailer, clock: &dyn Clock, stop: &CancellationToken) {
    let mut fold = interval(FOLD_EVERY);
    let mut sweep = interval(SWEEP_EVERY);
    fold.set_missed_tick_behavior(MissedTickBehavior::Delay);
    sweep.set_missed_tick_behavior(MissedTickBehavior::Delay);
    loop {
        let done = tokio::select! {
            () = stop.cancelled() => return,
            _ = fold.tick() => fold_all(store).await,
            _ = sweep.tick() => remove_expired(store, mailer, clock).await,
        };
        if let Err(error) = done {
            tracing::warn!(%error, "background work is tried again later");
        }
    }
}

/// Folds every event that is not folded yet.
///
/// # Errors
/// When the store cannot be asked.
pub async fn fold_all(store: &Store) -> Result<(), StoreError> {
    while store.fold_events(FOLD_AT_ONCE).await? > 0 {}
    Ok(())
}

async fn remove_expired(store: &Store, mailer: &Mailer, clock: &dyn Clock) -> Result<(), StoreError> {
    let now = clock.now();
    // Files beside the store: what is wrong with them keeps nothing else from being removed.
    match mailer.remove_before(now.plus_millis(-LETTERS_KEPT_MS)).await {
        Ok(letters) => tracing::debug!(letters, "old letters removed"),
        Err(error) => tracing::warn!(%error, "old letters are removed later"),
    }
    let sessions = store.delete_expired_sessions(now).await?;
    let sign_ins = store.delete_attempts_before(now.plus_millis(-SIGN_INS_KEPT_MS)).await?;
    let deliveries = store.delete_deliveries_before(now.plus_millis(-DELIVERIES_KEPT_MS)).await?;
    let keys = store.delete_expired_idempotency(now).await?;
    // Whoever sends a lead against an old ping is told that it has expired, not that there was none.
    let pings = store.delete_pings_before(now.plus_millis(-PINGS_KEPT_MS)).await?;
    let alerts = store.delete_alerts_before(now.plus_millis(-ALERTS_KEPT_MS)).await?;
    let links = store.delete_expired_links(now).await?;
    tracing::debug!(sessions, sign_ins, deliveries, keys, pings, alerts, links, "expired rows removed");
    Ok(())
}
