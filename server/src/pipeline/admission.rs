//! How many auctions there is room for. A machine that is given more than it can do must not do all of it late: it does as
//! much as it can in time, and tells the others at once to come back.
//!
//! The hard limit is the operator's. Below it stands one that follows what the machine can do (ADR 19): while more than a
//! few auctions are under way, a task looks how late the runtime wakes it and how much waits for the writer.

use super::{Pipeline, Refusal};
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, AtomicUsize, Ordering},
    },
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::{Instant, sleep_until},
};

/// So many auctions are always let in, however busy the machine is.
const FREE: usize = 16;
/// Between two looks.
const LOOK_EVERY: Duration = Duration::from_millis(10);
/// So many looks decide together: that one of them is late is the operating system's doing.
const LOOKS: usize = 10;
/// But no longer than this: where a look is that late, it speaks for itself.
const DECIDE_WITHIN: Duration = Duration::from_millis(200);
/// A runtime that is this late has more to do than it can. A refusal waits as long as everything else.
const LATE: Duration = Duration::from_millis(5);
/// One that is this late has far more, and nine tenths of it would still be too much.
const FAR_BEHIND: Duration = Duration::from_millis(50);
/// With more records waiting than it takes in one transaction, the writer falls behind.
const WAITING: usize = super::record::BATCH;
/// After so long without more than [`FREE`] auctions nobody looks any more.
const QUIET: usize = 100;

/// The places.
#[derive(Debug)]
pub(super) struct Admission {
    places: Arc<Semaphore>,
    most: usize,
    limit: AtomicUsize,
    watched: AtomicBool,
}

/// What one look saw.
#[derive(Debug, Clone, Copy, Default)]
struct Look {
    late: Duration,
    waiting: usize,
    in_flight: usize,
}

/// The limit after these looks. It shrinks to what is under way and less while every one of them saw the machine behind,
/// and grows again where it is what holds auctions back.
fn next(limit: usize, most: usize, looks: &[Look]) -> usize {
    let behind = looks.iter().all(|look| look.late > LATE || look.waiting > WAITING);
    let in_flight = looks.iter().map(|look| look.in_flight).max().unwrap_or_default();
    if behind {
        let far = looks.iter().all(|look| look.late > FAR_BEHIND);
        let tenths = if far { 5 } else { 9 };
        (in_flight.min(limit) * tenths / 10).max(FREE).min(most)
    } else if in_flight * 10 >= limit * 9 {
        (limit + (limit / 16).max(1)).min(most)
    } else {
        limit
    }
}

impl Admission {
    pub(super) fn new(most: usize) -> Self {
        let (places, limit) = (Arc::new(Semaphore::new(most)), AtomicUsize::new(most));
        Self { places, most, limit, watched: AtomicBool::new(false) }
    }

    /// Auctions at this moment.
    pub(super) fn in_flight(&self) -> usize {
        self.most.saturating_sub(self.places.available_permits())
    }

    /// Auctions that there is room for at this moment.
    pub(super) fn limit(&self) -> usize {
        self.limit.load(Ordering::Relaxed)
    }

    /// Waits until nothing is under way; nothing is let in afterwards.
    pub(super) async fn drained(&self) {
        let all = u32::try_from(self.most).unwrap_or(u32::MAX);
        // Nobody closes the semaphore.
        drop(self.places.acquire_many(all).await);
    }

    fn take(&self) -> Option<OwnedSemaphorePermit> {
        if self.in_flight() >= self.limit() {
            return None;
        }
        Arc::clone(&self.places).try_acquire_owned().ok()
    }
}

impl Pipeline {
    /// A place for one more auction; at the door, before anything is read.
    pub(super) fn room(&self) -> Result<OwnedSemaphorePermit, Refusal> {
        if !self.ready() {
            return Err(Refusal::Overloaded { retry_after_s: 5 });
        }
        let admission = &self.0.admission;
        let place = admission.take().ok_or_else(|| {
            self.0.stats.overloaded.count();
            Refusal::Overloaded { retry_after_s: 1 }
        })?;
        if admission.in_flight() > FREE && !admission.watched.swap(true, Ordering::AcqRel) {
            tokio::spawn(watch(self.clone()));
        }
        Ok(place)
    }
}

/// Follows what the machine can do for as long as there is much to do.
async fn watch(pipeline: Pipeline) {
    let inner = &pipeline.0;
    let admission = &inner.admission;
    let (mut looks, mut quiet, mut since) = (Vec::with_capacity(LOOKS), 0, Instant::now());
    while quiet < QUIET {
        let due = Instant::now() + LOOK_EVERY;
        sleep_until(due).await;
        let in_flight = admission.in_flight();
        quiet = if in_flight > FREE { 0 } else { quiet + 1 };
        looks.push(Look { late: due.elapsed(), waiting: inner.recorder.waiting(), in_flight });
        if looks.len() == LOOKS || since.elapsed() >= DECIDE_WITHIN {
            admission.limit.store(next(admission.limit(), admission.most, &looks), Ordering::Relaxed);
            looks.clear();
            since = Instant::now();
        }
    }
    admission.limit.store(admission.most, Ordering::Relaxed);
    admission.watched.store(false, Ordering::Release);
}

#[cfg(test)]
mod tests {
    use super::*;

    fn looks(late_ms: u64, waiting: usize, in_flight: usize) -> Vec<Look> {
        vec![Look { late: Duration::from_millis(late_ms), waiting, in_flight }; LOOKS]
    }

    #[test]
    fn a_machine_that_is_behind_lets_fewer_in_and_never_fewer_than_a_few() {
        assert_eq!(next(512, 512, &looks(20, 0, 200)), 180, "from what is under way, not from the hard limit");
        assert_eq!(next(180, 512, &looks(20, 0, 200)), 162, "and on from there");
        assert_eq!(next(512, 512, &looks(1, WAITING + 1, 200)), 180, "the writer is behind");
        assert_eq!(next(512, 512, &looks(60, 0, 200)), 100, "far behind");
        let mut limit = 512;
        (0..100).for_each(|_| limit = next(limit, 512, &looks(50, 5000, limit)));
        assert_eq!(limit, FREE);
        assert_eq!(next(3, 3, &looks(50, 0, 3)), 3, "what the operator allows is less");
    }

    #[test]
    fn one_look_in_time_says_that_it_keeps_up() {
        let mut seen = looks(20, 0, 200);
        seen[4].late = Duration::from_millis(2);
        assert_eq!(next(200, 512, &seen), 212);
    }

    #[test]
    fn it_grows_only_where_it_holds_somebody_back() {
        assert_eq!(next(100, 512, &looks(1, 10, 89)), 100);
        assert_eq!(next(100, 512, &looks(1, 10, 90)), 106);
        assert_eq!(next(510, 512, &looks(1, 10, 510)), 512);
        let mut limit = FREE;
        let turns = (0..).take_while(|_| {
            limit = next(limit, 512, &looks(1, 0, limit));
            limit < 512
        });
        assert!(turns.count() < 70, "seven seconds from the least to the most");
    }

    #[test]
    fn places_come_back() {
        let admission = Admission::new(2);
        let (one, two) = (admission.take(), admission.take());
        assert!(one.is_some() && two.is_some() && admission.take().is_none());
        assert_eq!(admission.in_flight(), 2);
        drop(one);
        admission.limit.store(1, Ordering::Relaxed);
        assert!(admission.take().is_none(), "the lower limit holds");
        drop(two);
        assert!(admission.take().is_some());
    }
}
