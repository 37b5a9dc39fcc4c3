//! Sparing buyers that are down or slow: a breaker on connection errors with half-open probing, and a skip that grows
//! with the share of late answers. Both are visible as verdicts.

use model::{
    Reason, Timestamp,
    trace::{Finding, Stage},
};

/// Connection errors in a row that open the breaker.
const FAILURES: u32 = 5;
/// How long the first opening lasts, in milliseconds; each further one lasts twice as long.
const FIRST_PAUSE_MS: i64 = 5_000;
/// The longest opening, in milliseconds.
const LONGEST_PAUSE_MS: i64 = 300_000;
/// From this share of late answers on (parts per thousand) some leads skip the buyer.
const LATE_PER_MILLE: u32 = 150;
/// At most this share of leads skips a late buyer (parts per thousand), so that it is noticed when it gets faster.
const MOST_SKIPPED_PER_MILLE: u32 = 750;
/// The weight of one answer in the moving average is one part in this many.
const WEIGHT: u32 = 16;
/// No skip before so many answers were seen.
const MIN_ANSWERS: u32 = 20;

/// How one contract's endpoint has been doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    failures: u32,
    openings: u32,
    open_until: Option<Timestamp>,
    probing: bool,
    answers: u32,
    late_per_mille: u32,
}

/// How a call went, as far as health is concerned.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Call {
    /// Answered in time, with whatever.
    InTime,
    /// Answered late or not at all.
    Late,
    /// No connection could be made.
    Unreachable,
}

impl Health {
    /// Whether to ask this contract now; otherwise why not. `draw` is any number that differs from lead to lead. Letting
    /// a call through while the breaker is half open marks it as the probe.
    pub fn admit(&mut self, now: Timestamp, draw: u64) -> Option<Finding> {
        if let Some(until) = self.open_until {
            if now < until || self.probing {
                let have = format!("{} connection errors in a row", self.failures);
                let want = format!("tried again at {until}");
                return Some(Finding::about(Stage::Eligibility, Reason::BreakerOpen, "connection", have, want));
            }
            self.probing = true;
            return None;
        }
        let late = self.late_per_mille;
        let skip = late.min(MOST_SKIPPED_PER_MILLE);
        if self.answers >= MIN_ANSWERS && late >= LATE_PER_MILLE && draw % 1000 < u64::from(skip) {
            let have = format!("{} % late", late / 10);
            let want = format!("less than {} % late", LATE_PER_MILLE / 10);
            return Some(Finding::about(Stage::Eligibility, Reason::BreakerOpen, "answers", have, want));
        }
        None
    }

    /// Takes in how a call went.
    pub fn record(&mut self, now: Timestamp, call: Call) {
        self.probing = false;
        if call == Call::Unreachable {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= FAILURES {
                let pause = FIRST_PAUSE_MS << self.openings.min(10);
                self.open_until = Some(now.plus_millis(pause.min(LONGEST_PAUSE_MS)));
                self.openings = self.openings.saturating_add(1);
            }
            return;
        }
        (self.failures, self.openings, self.open_until) = (0, 0, None);
        self.answers = self.answers.saturating_add(1);
        let now_late = if call == Call::Late { 1000 } else { 0 };
        self.late_per_mille = (self.late_per_mille * (WEIGHT - 1) + now_late) / WEIGHT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_probes_and_closes() {
        let mut health = Health::default();
        let now = Timestamp(0);
        for _ in 0..FAILURES {
            assert_eq!(health.admit(now, 0), None);
            health.record(now, Call::Unreachable);
        }
        assert_eq!(health.admit(now, 0).map(|f| f.reason), Some(Reason::BreakerOpen));
        let later = now.plus_millis(FIRST_PAUSE_MS);
        assert_eq!(health.admit(later, 0), None, "one probe");
        assert!(health.admit(later, 0).is_some(), "only one");
        health.record(later, Call::Unreachable);
        assert!(health.admit(later.plus_millis(FIRST_PAUSE_MS), 0).is_some(), "the second pause is longer");
        let much_later = later.plus_millis(2 * FIRST_PAUSE_MS);
        assert_eq!(health.admit(much_later, 0), None);
        health.record(much_later, Call::InTime);
        assert_eq!(health.admit(much_later, 0), None);
        assert_eq!(health.admit(much_later, 0), None);
    }

    #[test]
    fn late_buyers_are_skipped_in_part_and_recover() {
        let mut health = Health::default();
        for _ in 0..40 {
            health.record(Timestamp(0), Call::Late);
        }
        let asked = (0..1000).filter(|draw| health.admit(Timestamp(0), *draw).is_none()).count();
        assert_eq!(asked, 250, "three of four leads skip it");
        for _ in 0..40 {
            health.record(Timestamp(0), Call::InTime);
        }
        assert!((0..1000).all(|draw| health.admit(Timestamp(0), draw).is_none()));
    }
}
