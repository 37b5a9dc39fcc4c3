//! Sends the mails that use cases left in the store: at least once, a few tries over a day.

use crate::{
    clock::Clock,
    mail::{Letter, Mailer, Unsent},
    security::{Vault, letters},
};
use futures::future::join_all;
use std::{sync::Arc, time::Duration};
use store::{Job, MAIL, Store, StoreError};
use tokio::time::{sleep, timeout};
use tokio_util::sync::CancellationToken;

/// How often mails that are due are looked for.
const POLL: Duration = Duration::from_millis(500);
/// How long a mail is ours, in milliseconds: longer than the longest conversation with a server may be set to.
const LEASE_MS: i64 = 300_000;
/// Whatever holds a mail up, it ends well within the lease.
const LONGEST: Duration = Duration::from_secs(150);
/// Mails taken at once. They go beside each other: one that is not answered holds up none of the others.
const AT_ONCE: u32 = 8;
/// After which waits a mail is tried again, in milliseconds; after the last it is given up. A link in it has expired by then,
/// or nearly.
const WAITS_MS: [i64; 7] = [5_000, 60_000, 300_000, 1_800_000, 7_200_000, 21_600_000, 43_200_000];

/// What it works with.
pub(super) struct Post {
    pub store: Store,
    pub vault: Vault,
    pub mailer: Mailer,
    pub clock: Arc<dyn Clock>,
}

/// Sends until it is stopped. A mail that is under way is finished first.
pub(super) async fn run(post: Post, stop: CancellationToken) {
    loop {
        match post.due().await {
            // There may be more.
            Ok(sent) if sent > 0 => continue,
            Ok(_) => {}
            Err(error) => tracing::warn!(%error, "mails are looked for again later"),
        }
        tokio::select! {
            () = stop.cancelled() => return,
            () = sleep(POLL) => {}
        }
    }
}

impl Post {
    async fn due(&self) -> Result<usize, StoreError> {
        let now = self.clock.now();
        let jobs = self.store.take_jobs(&[MAIL], now, now.plus_millis(LEASE_MS), AT_ONCE).await?;
        let settled = join_all(jobs.iter().map(async |job| {
            let sent = timeout(LONGEST, self.send(job)).await;
            let sent = sent.unwrap_or_else(|_| Err(Unsent::Unknown("it took too long".to_owned())));
            self.settle(job, sent).await
        }));
        settled.await.into_iter().collect::<Result<(), _>>()?;
        Ok(jobs.len())
    }

    async fn send(&self, job: &Job) -> Result<(), Unsent> {
        let broken = |why: String| Unsent::NotTaken(why);
        let row = self.store.tenant_by_id(job.tenant_id).await.map_err(|error| broken(error.to_string()))?;
        let keys = self.vault.tenant(job.tenant_id, &row.key_sealed).map_err(|error| broken(error.to_string()))?;
        let words = letters::open(&keys, job.id, &job.payload);
        let words = words.map_err(|_| Unsent::Malformed("it cannot be opened".to_owned()))?;
        let letter = Letter { id: job.id, at: job.run_at, to: words.to, subject: words.subject, text: words.text };
        self.mailer.send(&letter).await
    }

    async fn settle(&self, job: &Job, sent: Result<(), Unsent>) -> Result<(), StoreError> {
        let again = usize::try_from(job.tries - 1).ok().and_then(|tries| WAITS_MS.get(tries));
        let settled = match (sent, again) {
            (Ok(()), _) => self.store.finish_job(job).await,
            (Err(why @ (Unsent::NotTaken(_) | Unsent::Unknown(_))), Some(wait)) => {
                tracing::warn!(job = %job.id, %why, "a mail is tried again later");
                self.store.retry_job(job, self.clock.now().plus_millis(*wait), &why.to_string()).await
            }
            (Err(why), _) => {
                tracing::error!(job = %job.id, tenant = %job.tenant_id, %why, "a mail was given up");
                self.store.finish_job(job).await
            }
        };
        match settled {
            // Another server has it.
            Err(StoreError::NotFound) => Ok(()),
            other => other,
        }
    }
}
