//! The one place that asks for the time and for randomness. Everything else receives them as values, so tests move time
//! instead of sleeping.

use model::{Timestamp, id::uuid_v7};
use std::{
    sync::{
        Arc,
        atomic::{AtomicI64, Ordering},
    },
    time::{SystemTime, UNIX_EPOCH},
};

/// Tells the time in UTC.
pub trait Clock: Send + Sync + 'static {
    /// The present instant.
    fn now(&self) -> Timestamp;
}

/// The machine's clock.
#[derive(Debug, Clone, Copy, Default)]
pub struct SystemClock;

impl Clock for SystemClock {
    fn now(&self) -> Timestamp {
        #[allow(clippy::disallowed_methods)] // the one place
        let since = SystemTime::now().duration_since(UNIX_EPOCH).unwrap_or_default();
        Timestamp(i64::try_from(since.as_micros()).unwrap_or(i64::MAX))
    }
}

/// A clock that stands still until a test moves it.
#[derive(Debug)]
pub struct ManualClock(AtomicI64);

impl ManualClock {
    /// A clock showing `at`.
    #[must_use]
    pub fn at(at: Timestamp) -> Arc<Self> {
        Arc::new(Self(AtomicI64::new(at.0)))
    }

    /// Moves the clock forward (back when negative).
    pub fn advance_millis(&self, millis: i64) {
        self.0.fetch_add(millis * 1000, Ordering::SeqCst);
    }
}

impl Clock for ManualClock {
    fn now(&self) -> Timestamp {
        Timestamp(self.0.load(Ordering::SeqCst))
    }
}

/// Fills a buffer with bytes nobody can guess.
///
/// # Panics
/// When the operating system has no randomness to give: nothing here can go on without it.
pub fn random<const N: usize>() -> [u8; N] {
    let mut bytes = [0_u8; N];
    #[cfg(test)]
    if seeded::fill(&mut bytes) {
        return bytes;
    }
    getrandom::fill(&mut bytes).expect("the operating system gives random bytes");
    bytes
}

/// The bits of a new id made at `now`: `LeadId::from_bits(new_id(now))`.
#[must_use]
pub fn new_id(now: Timestamp) -> u128 {
    uuid_v7(now.unix_millis(), random())
}

/// Randomness that can be had again: the simulation's. It does not exist in the product.
#[cfg(test)]
pub(crate) mod seeded {
    use std::cell::Cell;

    thread_local! {
        static STATE: Cell<Option<u64>> = const { Cell::new(None) };
    }

    /// From now on, everything random on this thread follows from the seed.
    pub(crate) fn plant(seed: u64) {
        STATE.set(Some(seed));
    }

    /// The next number of a sequence (SplitMix64, Steele and others 2014).
    pub(crate) const fn next(state: u64) -> (u64, u64) {
        let state = state.wrapping_add(0x9e37_79b9_7f4a_7c15);
        let z = (state ^ (state >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
        let z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
        (state, z ^ (z >> 31))
    }

    pub(super) fn fill(bytes: &mut [u8]) -> bool {
        let Some(mut state) = STATE.get() else { return false };
        for chunk in bytes.chunks_mut(8) {
            let (new, number) = next(state);
            state = new;
            chunk.copy_from_slice(&number.to_le_bytes()[..chunk.len()]);
        }
        STATE.set(Some(state));
        true
    }
}
