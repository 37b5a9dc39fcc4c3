//! Company for what goes to the store: going there costs nearly the same for one as for ten, so under load a few gather. How
//! long follows from how many came together the last time: a lonely one waits for nobody.

use std::time::Duration;
use tokio::{
    sync::mpsc,
    time::{Instant, timeout_at},
};

/// How patient one way to the store is.
#[derive(Debug, Clone, Copy)]
pub(super) struct Company {
    /// At most so many go together.
    pub(super) most: usize,
    /// So much longer for each beyond the first that went together the last time.
    pub(super) each: Duration,
    /// But never longer than this.
    pub(super) longest: Duration,
}

impl Company {
    /// How long the next gather after so many went together.
    pub(super) fn after(self, together: usize) -> Duration {
        let others = u32::try_from(together.saturating_sub(1)).unwrap_or(u32::MAX);
        self.each.saturating_mul(others).min(self.longest)
    }

    /// Takes in what comes until `until`, which may move with what is there.
    pub(super) async fn gather<T>(
        self,
        waiting: &mut mpsc::Receiver<T>,
        batch: &mut Vec<T>,
        until: impl Fn(&[T]) -> Instant,
    ) {
        while batch.len() < self.most {
            let room = self.most - batch.len();
            // Over, or nobody is left who could send.
            if !matches!(timeout_at(until(batch), waiting.recv_many(batch, room)).await, Ok(1..)) {
                break;
            }
        }
    }
}
