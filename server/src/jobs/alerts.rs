//! Looks for alerts, for each tenant every minute of the server's clock, whichever server gets to it.

mod gather;
mod letters;
mod look;

pub use look::Stationery;

use crate::{clock::Clock, pipeline::Pipeline};
use look::look_at_all;
use std::time::Duration;
use store::Store;
use tokio::time::sleep;
use tokio_util::sync::CancellationToken;

/// How often it is looked who is due.
const POLL: Duration = Duration::from_secs(5);

/// Runs until it is stopped.
pub async fn run(store: &Store, pipeline: &Pipeline, paper: &Stationery, clock: &dyn Clock, stop: &CancellationToken) {
    let looks = pipeline.looks();
    while !stop.is_cancelled() {
        let now = clock.now();
        match look_at_all(store, paper, now).await {
            Ok(told) => {
                if told {
                    pipeline.outbox().notify_one();
                }
                looks.done(now);
            }
            Err(error) => tracing::warn!(%error, "alerts could not be looked for; it is tried again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = looks.rung() => {}
            () = sleep(POLL) => {}
        }
    }
}
