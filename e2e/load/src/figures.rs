//! Percentiles.

use std::{fmt, time::Duration};

/// What a set of durations looks like.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Figures {
    /// How many there were.
    pub count: usize,
    /// Half of them were no longer than this.
    pub p50: Duration,
    /// Nine of ten.
    pub p90: Duration,
    /// Ninety-nine of a hundred.
    pub p99: Duration,
    /// The longest.
    pub max: Duration,
}

impl Figures {
    /// Nearest-rank percentiles; none of nothing.
    pub fn of(mut durations: Vec<Duration>) -> Option<Self> {
        durations.sort_unstable();
        let count = durations.len();
        let rank = |percent: usize| durations.get((count * percent).div_ceil(100).saturating_sub(1)).copied();
        Some(Self { count, p50: rank(50)?, p90: rank(90)?, p99: rank(99)?, max: rank(100)? })
    }
}

impl fmt::Display for Figures {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        let [p50, p90, p99, max] = [self.p50, self.p90, self.p99, self.max].map(millis);
        write!(f, "p50 {p50}   p90 {p90}   p99 {p99}   max {max}   ({} leads)", self.count)
    }
}

/// A duration as milliseconds with two decimals.
pub fn millis(duration: Duration) -> String {
    let micros = duration.as_micros();
    format!("{}.{:02} ms", micros / 1000, micros % 1000 / 10)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nearest_rank() {
        let figures = Figures::of((1..=200).rev().map(Duration::from_millis).collect()).unwrap();
        let [p50, p90, p99, max] = [100, 180, 198, 200].map(Duration::from_millis);
        assert_eq!(figures, Figures { count: 200, p50, p90, p99, max });
        assert_eq!(Figures::of(Vec::new()), None);
        assert_eq!(Figures::of(vec![Duration::from_micros(7)]).unwrap().p99, Duration::from_micros(7));
    }

    #[test]
    fn written_in_milliseconds() {
        assert_eq!(millis(Duration::from_micros(1234)), "1.23 ms");
        assert_eq!(millis(Duration::from_micros(50)), "0.05 ms");
    }
}
