//! Looking for alerts: rung when somebody wants a look now, and until when everything was looked at.

use model::Timestamp;
use tokio::sync::{Notify, watch};

/// The looks of this process.
#[derive(Debug)]
pub struct Looks {
    bell: Notify,
    done: watch::Sender<Timestamp>,
}

impl Default for Looks {
    fn default() -> Self {
        Self { bell: Notify::new(), done: watch::channel(Timestamp(i64::MIN)).0 }
    }
}

impl Looks {
    /// Asks for a look now instead of when it is time to.
    pub fn ring(&self) {
        self.bell.notify_one();
    }

    /// Waits until somebody asks.
    pub async fn rung(&self) {
        self.bell.notified().await;
    }

    /// Takes down that everything that was due at `now` has been looked at.
    pub fn done(&self, now: Timestamp) {
        self.done.send_replace(now);
    }

    /// The instant of the last look that has ended.
    #[must_use]
    pub fn last(&self) -> watch::Receiver<Timestamp> {
        self.done.subscribe()
    }
}
