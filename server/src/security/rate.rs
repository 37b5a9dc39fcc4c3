//! Token buckets in memory: how often something may be done by one party, with room for a burst.

use model::Timestamp;
use std::{
    collections::HashMap,
    hash::Hash,
    net::{IpAddr, Ipv6Addr},
    sync::{Mutex, PoisonError},
};

/// Parties that are remembered before full buckets are thrown out.
const SWEEP_AT: usize = 4096;

/// How often, and how many at once.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Rate {
    /// Lasting rate.
    pub per_minute: u32,
    /// How many may come at once after a pause.
    pub burst: u32,
}

/// One bucket per party. Counts in parts of a token of which a minute has as many as microseconds, so that the clock's step
/// is exact.
#[derive(Debug)]
pub struct Buckets<K> {
    rate: Rate,
    buckets: Mutex<HashMap<K, Bucket>>,
}

#[derive(Debug, Clone, Copy)]
struct Bucket {
    parts: i64,
    at: Timestamp,
}

const TOKEN: i64 = 60_000_000;

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
        let bucket = buckets.entry(party).or_insert(Bucket { parts: rate.full(), at: now });
        let have = rate.filled(*bucket, now);
        let taken = have >= TOKEN;
        *bucket = Bucket { parts: if taken { have - TOKEN } else { have }, at: now.max(bucket.at) };
        if taken { Ok(()) } else { Err(rate.seconds(TOKEN - have)) }
    }

    /// Whether a party has a token left; none is taken.
    ///
    /// # Errors
    /// As [`Buckets::take`].
    pub fn look(&self, party: &K, now: Timestamp) -> Result<(), u32> {
        let buckets = self.buckets.lock().unwrap_or_else(PoisonError::into_inner);
        let have = buckets.get(party).map_or(self.rate.full(), |bucket| self.rate.filled(*bucket, now));
        if have >= TOKEN { Ok(()) } else { Err(self.rate.seconds(TOKEN - have)) }
    }
}

impl Rate {
    fn full(self) -> i64 {
        i64::from(self.burst) * TOKEN
    }

    fn filled(self, bucket: Bucket, now: Timestamp) -> i64 {
        let passed = (now.0 - bucket.at.0).max(0);
        let gained = passed.saturating_mul(i64::from(self.per_minute));
        bucket.parts.saturating_add(gained).min(self.full())
    }

    fn seconds(self, missing: i64) -> u32 {
        let per_second = i64::from(self.per_minute.max(1)) * 1_000_000;
        u32::try_from((missing + per_second - 1) / per_second).unwrap_or(u32::MAX).max(1)
    }
}

/// How often one address may do what everybody may do who opens a page with a form. Of IPv6 the first 64 bits count: who has
/// one address has them all.
#[derive(Debug)]
pub struct PublicRates {
    leads: Buckets<IpAddr>,
    checks: Buckets<IpAddr>,
    guesses: Buckets<IpAddr>,
}

/// What an address does.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Public {
    /// Sending a lead from a page. A household sends one.
    Lead,
    /// Having a value checked while somebody types.
    Check,
    /// Presenting a credential that nothing has.
    Guess,
}

impl Default for PublicRates {
    fn default() -> Self {
        Self {
            leads: Buckets::new(Rate { per_minute: 6, burst: 10 }),
            checks: Buckets::new(Rate { per_minute: 30, burst: 30 }),
            guesses: Buckets::new(Rate { per_minute: 6, burst: 20 }),
        }
    }
}

impl PublicRates {
    /// Counts what an address does.
    ///
    /// # Errors
    /// With the whole seconds (at least 1) to wait.
    pub fn take(&self, what: Public, address: IpAddr, now: Timestamp) -> Result<(), u32> {
        self.of(what).take(neighbourhood(address), now)
    }

    /// Whether it may do it at present; nothing is counted.
    ///
    /// # Errors
    /// As [`PublicRates::take`].
    pub fn look(&self, what: Public, address: IpAddr, now: Timestamp) -> Result<(), u32> {
        self.of(what).look(&neighbourhood(address), now)
    }

    const fn of(&self, what: Public) -> &Buckets<IpAddr> {
        match what {
            Public::Lead => &self.leads,
            Public::Check => &self.checks,
            Public::Guess => &self.guesses,
        }
    }
}

/// The network that is one customer's: an IPv4 address, or the first 64 bits of an IPv6 address.
pub(crate) fn neighbourhood(address: IpAddr) -> IpAddr {
    match address.to_canonical() {
        IpAddr::V6(long) => IpAddr::V6(Ipv6Addr::from_bits(long.to_bits() >> 64 << 64)),
        short @ IpAddr::V4(_) => short,
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_burst_passes_and_then_the_rate_holds() {
        let buckets = Buckets::new(Rate { per_minute: 600, burst: 3 });
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
    fn less_than_one_in_a_second_is_counted_too() {
        let buckets = Buckets::new(Rate { per_minute: 6, burst: 2 });
        let start = Timestamp(0);
        assert_eq!(
            (buckets.look(&"a", start), buckets.take("a", start), buckets.take("a", start)),
            (Ok(()), Ok(()), Ok(()))
        );
        assert_eq!((buckets.look(&"a", start), buckets.take("a", start)), (Err(10), Err(10)));
        let later = start.plus_millis(9_500);
        assert_eq!((buckets.look(&"a", later), buckets.take("a", later)), (Err(1), Err(1)));
        assert_eq!(buckets.look(&"a", start.plus_millis(10_000)), Ok(()), "looking takes nothing");
        assert_eq!(buckets.take("a", start.plus_millis(10_000)), Ok(()));
    }

    #[test]
    fn a_party_may_have_a_rate_of_its_own() {
        let buckets = Buckets::new(Rate { per_minute: 600, burst: 10 });
        let (start, own) = (Timestamp(1_000_000), Rate { per_minute: 60, burst: 1 });
        assert_eq!(buckets.take_at(own, "a", start), Ok(()));
        assert_eq!(buckets.take_at(own, "a", start.plus_millis(500)), Err(1));
        assert_eq!(buckets.take("b", start.plus_millis(500)), Ok(()));
    }

    #[test]
    fn a_clock_that_goes_back_gives_nothing() {
        let buckets = Buckets::new(Rate { per_minute: 60, burst: 1 });
        assert!(buckets.take((), Timestamp(10_000_000)).is_ok());
        assert!(buckets.take((), Timestamp(0)).is_err());
        assert!(buckets.take((), Timestamp(10_500_000)).is_err());
    }

    #[test]
    fn a_network_has_one_bucket() {
        let rates = PublicRates::default();
        let take = |text: &str| rates.take(Public::Lead, text.parse().unwrap(), Timestamp(0));
        let network = |host: u16| format!("2001:db8:1:2::{host:x}");
        assert_eq!((0..12).filter(|host| take(&network(*host)).is_ok()).count(), 10);
        assert_eq!(
            (take("2001:db8:1:3::1"), take("203.0.113.9"), take("::ffff:203.0.113.9")),
            (Ok(()), Ok(()), Ok(()))
        );
        assert_eq!(rates.look(Public::Lead, network(99).parse().unwrap(), Timestamp(0)), Err(10));
        assert_eq!(rates.look(Public::Check, network(99).parse().unwrap(), Timestamp(0)), Ok(()));
    }

    #[test]
    fn idle_parties_are_forgotten() {
        let buckets = Buckets::new(Rate { per_minute: 60, burst: 1 });
        for party in 0..2 * SWEEP_AT {
            let later = Timestamp(i64::try_from(party).unwrap() * 2_000_000);
            assert!(buckets.take(party, later).is_ok());
        }
        assert!(buckets.buckets.lock().unwrap().len() <= SWEEP_AT);
    }
}
