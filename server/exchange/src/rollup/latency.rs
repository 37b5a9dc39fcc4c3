//! How long calls took, as a histogram: so many calls of each length, where lengths within a fifth of each other are one.
//! Histograms of any two spans add up to that of both, so the percentiles of a span are as exact as those of a day.

use std::{collections::BTreeMap, ops::AddAssign};

/// How many buckets there are.
pub const BUCKETS: usize = 66;

/// Where each bucket begins, in microseconds: the first holds what took less than a millisecond, each further one is a fifth
/// wider than the one before, and the last, from 117 seconds, has no end. No call is waited for longer than two minutes.
const FROM: [u32; BUCKETS] = {
    let mut from = [0; BUCKETS];
    let (mut nth, mut at) = (1, 1000_u32);
    while nth < BUCKETS {
        from[nth] = at;
        at = at * 6 / 5;
        nth += 1;
    }
    from
};

/// The bucket of a length.
#[must_use]
pub fn bucket(us: u32) -> u8 {
    u8::try_from(FROM.partition_point(|from| *from <= us).saturating_sub(1)).unwrap_or(u8::MAX)
}

/// What is said of lengths in a bucket, in microseconds: between its ends, so that it is off by less than a tenth of
/// whatever lies in it. Of the first, which has no shortest length to be a tenth of, its end.
#[must_use]
pub fn length(bucket: u8) -> u32 {
    match usize::from(bucket) {
        0 => FROM[1],
        last if last + 1 >= BUCKETS => FROM[BUCKETS - 1],
        // The mean of reciprocals is as far from both ends by share.
        nth => {
            u32::try_from(2 * u64::from(FROM[nth]) * u64::from(FROM[nth + 1]) / u64::from(FROM[nth] + FROM[nth + 1]))
                .unwrap_or(u32::MAX)
        }
    }
}

/// How many calls took how long.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Latencies(BTreeMap<u8, i64>);

impl Latencies {
    /// Takes in calls of a bucket.
    pub fn add(&mut self, bucket: u8, calls: i64) {
        if calls != 0 {
            *self.0.entry(bucket).or_default() += calls;
        }
    }

    /// How many calls of a bucket there are.
    #[must_use]
    pub fn of(&self, bucket: u8) -> i64 {
        self.0.get(&bucket).copied().unwrap_or(0)
    }

    /// How many calls there are.
    #[must_use]
    pub fn calls(&self) -> i64 {
        self.0.values().sum()
    }

    /// The buckets in which there is something, the shortest first.
    pub fn buckets(&self) -> impl Iterator<Item = (u8, i64)> + '_ {
        self.0.iter().map(|(bucket, calls)| (*bucket, *calls))
    }

    /// How long so many per cent of the calls took at most, in microseconds; none where there are no calls. It is off by
    /// less than a tenth ([`length`]).
    #[must_use]
    pub fn percentile(&self, percent: u8) -> Option<u32> {
        let all = self.calls();
        // The nearest rank: the smallest length with that share of the calls at or below it.
        let rank = (all.max(0).unsigned_abs() * u64::from(percent)).div_ceil(100).max(1);
        let mut seen = 0;
        self.buckets()
            .find(|(_, calls)| {
                seen += calls.max(&0).unsigned_abs();
                seen >= rank
            })
            .map(|(bucket, _)| length(bucket))
    }
}

impl AddAssign<&Self> for Latencies {
    fn add_assign(&mut self, other: &Self) {
        for (bucket, calls) in other.buckets() {
            self.add(bucket, calls);
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn of(lengths: &[u32]) -> Latencies {
        let mut all = Latencies::default();
        lengths.iter().for_each(|us| all.add(bucket(*us), 1));
        all
    }

    #[test]
    fn buckets_follow_each_other() {
        assert_eq!((bucket(0), bucket(999), bucket(1000), bucket(1199), bucket(1200)), (0, 0, 1, 1, 2));
        assert_eq!(usize::from(bucket(120_000_000)), BUCKETS - 1, "the longest time-out there is");
        assert_eq!(usize::from(bucket(u32::MAX)), BUCKETS - 1);
        assert!(FROM.windows(2).all(|pair| pair[0] < pair[1]));
        assert_eq!(Latencies::default().percentile(50), None);
        assert_eq!(of(&[10]).percentile(99), Some(1000), "a millisecond at most");
        // One of a hundred is beyond the 99th.
        let mut lengths = vec![10_000; 99];
        lengths.push(5_000_000);
        assert_eq!(of(&lengths).percentile(99), Some(length(bucket(10_000))));
        assert_eq!(of(&lengths[9..]).percentile(99), Some(length(bucket(5_000_000))));
    }

    proptest! {
        /// Against the percentile of the lengths themselves, and however they are put together.
        #[test]
        fn a_percentile_is_off_by_less_than_a_tenth(
            mut lengths in proptest::collection::vec(1000_u32..110_000_000, 1..200),
            percent in 1_u8..=100,
            cut in 0_usize..200,
        ) {
            let cut = cut.min(lengths.len());
            let mut all = of(&lengths[..cut]);
            all += &of(&lengths[cut..]);
            prop_assert_eq!(&all, &of(&lengths));
            lengths.sort_unstable();
            let rank = (lengths.len() * usize::from(percent)).div_ceil(100).max(1);
            let (exact, said) = (i64::from(lengths[rank - 1]), i64::from(all.percentile(percent).expect("calls")));
            prop_assert!((said - exact).abs() * 10 < exact, "{said} for {exact}");
        }
    }
}
