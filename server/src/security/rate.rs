//! Token buckets in memory: how often something may be done by one party, with room for a burst.

use model::Timestamp;
use std::{
    collections::HashMap,
    hash::Hash,
    sync::{Mutex, PoisonError},
};

/// Parties that are remembered before full buckets are thrown out.
const SWEEP_AT: usize = 4096;

/// How often, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Lasting rate.
    pub per_second: u32,
    /// How many may come at once after a pause.
    pub burst: u32,
}

/// One bucket per party. Counts in millionths of a token, so that the microseconds of the clock are the exact step.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    millionths: i64,
    at: Timestamp,
}

const TOKEN: i64 = 1_000_000;

impl<K: Hash + Eq> Buckets<K> {
    /// Buckets that all start full.
    #[must_use]
    pub fn new(rate: Rate) -> Self {
        Self { rate, buckets: Mutex::default() }
    }

    /// Takes one token of a party.
    ///
    /// # Errors
    /// With the whole seconds (at least 1) after which the next will be there.
    pub fn take(&self, party: K, now: Timestamp) -> Result<(), u32> {
        self.take_at(self.rate, party, now)
    }

    /// The same for a party with a rate of its own.
    ///
    /// # Errors
    /// As [`Buckets::take`].
    pub fn take_at(&self, rate: Rate, party: K, now: Timestamp) -> Result<(), u32> {
        let mut buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        if buckets.len() >= SWEEP_AT {
            // By the rate of all: somebody with a smaller one who is forgotten early has a full bucket again.
            buckets.retain(|_, bucket| self.rate.filled(*bucket, now) < self.rate.full());
        }
        let bucket = buckets.entry(party).or_insert(Bucket { millionths: rate.full(), at: now });
        let have = rate.filled(*bucket, now);
        let taken = have >= TOKEN;
        *bucket = Bucket { millionths: if taken { have - TOKEN } else { have }, at: now.max(bucket.at) };
        if taken { Ok(()) } else { Err(rate.seconds(TOKEN - have)) }
    }
}

impl Rate {
    fn full(self) -> i64 {
        i64::from(self.burst) * TOKEN
    }

    fn filled(self, bucket: Bucket, now: Timestamp) -> i64 {
        let passed = (now.0 - bucket.at.0).max(0);
        let gained = passed.saturating_mul(i64::from(self.per_second));
        bucket.millionths.saturating_add(gained).min(self.full())
    }

    fn seconds(self, missing: i64) -> u32 {
        let per_second = i64::from(self.per_second.max(1)) * TOKEN;
        u32::try_from((missing + per_second - 1) / per_second).unwrap_or(u32::MAX).max(1)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let buckets = Buckets::new(Rate { per_second: 10, burst: 3 });
        let start = Timestamp(1_000_000);
        let took = (0..5).filter(|_| buckets.take("a", start).is_ok()).count();
        assert_eq!(took, 3);
        assert_eq!(buckets.take("a", start), Err(1));
        assert_eq!(buckets.take("b", start), Ok(()), "another party has its own bucket");
        assert!(buckets.take("a", start.plus_millis(99)).is_err());
        assert_eq!(buckets.take("a", start.plus_millis(100)), Ok(()));
        assert!(buckets.take("a", start.plus_millis(100)).is_err());
        assert_eq!((0..9).filter(|_| buckets.take("a", start.plus_millis(60_000)).is_ok()).count(), 3);
    }

    #[test]
    fn a_party_may_have_a_rate_of_its_own() {
        let buckets = Buckets::new(Rate { per_second: 10, burst: 10 });
        let (start, own) = (Timestamp(1_000_000), Rate { per_second: 1, burst: 1 });
        assert_eq!(buckets.take_at(own, "a", start), Ok(()));
        assert_eq!(buckets.take_at(own, "a", start.plus_millis(500)), Err(1));
        assert_eq!(buckets.take("b", start.plus_millis(500)), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let buckets = Buckets::new(Rate { per_second: 1, burst: 1 });
        assert!(buckets.take((), Timestamp(10_000_000)).is_ok());
        assert!(buckets.take((), Timestamp(0)).is_err());
        assert!(buckets.take((), Timestamp(10_500_000)).is_err());
    }

    #[test]
    fn idle_parties_are_forgotten() {
        let buckets = Buckets::new(Rate { per_second: 1, burst: 1 });
        for party in 0..2 * SWEEP_AT {
            let later = Timestamp(i64::try_from(party).unwrap() * 2_000_000);
            assert!(buckets.take(party, later).is_ok());
        }
        assert!(buckets.buckets.lock().unwrap().len() <= SWEEP_AT);
    }
}
