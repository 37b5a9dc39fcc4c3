//! Works off what follows outcomes: copies for silent contracts, and further rounds of leads that nobody bought.

use crate::pipeline::Pipeline;
use std::time::Duration;
use tokio::{task::JoinSet, time::sleep};
use tokio_util::sync::CancellationToken;

/// How often it is looked for what is due when nothing rings.
const POLL: Duration = Duration::from_secs(1);
/// Outcomes that come within this time are looked after together: each look costs a turn of the writer.
const GATHER: Duration = Duration::from_millis(20);
/// At most so many jobs at once.
const AT_ONCE: usize = 256;

/// Runs until it is stopped, and ends when what was under way has been written down.
pub async fn run(pipeline: Pipeline, stop: CancellationToken) {
    let bell = pipeline.after();
    let mut under_way = JoinSet::new();
    while !stop.is_cancelled() {
        while under_way.try_join_next().is_some() {}
        let room = u32::try_from(AT_ONCE.saturating_sub(under_way.len())).unwrap_or(0);
        match pipeline.due_after(room).await {
            Ok(jobs) => {
                for job in jobs {
                    let pipeline = pipeline.clone();
                    under_way.spawn(async move { pipeline.follow(job).await });
                }
            }
            Err(error) => tracing::warn!(%error, "what follows outcomes could not be taken; it is looked for again"),
        }
        tokio::select! {
            () = stop.cancelled() => {}
            () = bell.notified() => sleep(GATHER).await,
            Some(_) = under_way.join_next(), if under_way.len() >= AT_ONCE => {}
            () = sleep(POLL) => {}
        }
    }
    while under_way.join_next().await.is_some() {}
}
