//! Sparing buyers that are down, slow, or leave us in doubt: a breaker on connection errors, a skip that grows with the
//! share of late answers, and a breaker on posts of unknown outcome. All are visible as verdicts.
//!
//! An open breaker lets one lead through after its pause, as a probe. What became of it closes the breaker, or opens it for
//! twice as long.

mod doubt;

pub use doubt::Posts;

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
/// A probe that says nothing for so long is given up, in milliseconds: its lead never came to this buyer.
const PROBE_MS: i64 = 10_000;

/// How long an opening lasts, and who may look whether it is over.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
struct Pause {
    openings: u32,
    until: Option<Timestamp>,
    /// When the probe that is under way is given up.
    probing: Option<Timestamp>,
}

impl Pause {
    /// Lets a call through, or says when to try again. When the pause is over, the call is the probe.
    fn admit(&mut self, now: Timestamp) -> Result<(), Timestamp> {
        let Some(until) = self.until else { return Ok(()) };
        if now < until {
            return Err(until);
        }
        if let Some(given_up) = self.probing.filter(|given_up| now < *given_up) {
            return Err(given_up);
        }
        self.probing = Some(now.plus_millis(PROBE_MS));
        Ok(())
    }

    /// Whether calls are held back. Those that were under way when it opened say nothing new.
    fn holds(&self, now: Timestamp) -> bool {
        self.until.is_some_and(|until| now < until)
    }

    fn open(&mut self, now: Timestamp, first_ms: i64, longest_ms: i64) {
        let pause = first_ms << self.openings.min(16);
        self.until = Some(now.plus_millis(pause.min(longest_ms)));
        self.openings = self.openings.saturating_add(1);
        self.probing = None;
    }
}

/// How one contract's endpoint has been doing.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Health {
    failures: u32,
    pause: Pause,
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
        if let Err(again) = self.pause.admit(now) {
            let have = format!("{} connection errors in a row", self.failures);
            let want = format!("tried again at {again}");
            return Some(Finding::about(Stage::Eligibility, Reason::BreakerOpen, "connection", have, want));
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
        if call == Call::Unreachable {
            self.failures = self.failures.saturating_add(1);
            if self.failures >= FAILURES && !self.pause.holds(now) {
                self.pause.open(now, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
            }
            return;
        }
        (self.failures, self.pause) = (0, Pause::default());
        self.answers = self.answers.saturating_add(1);
        let now_late = if call == Call::Late { 1000 } else { 0 };
        self.late_per_mille = (self.late_per_mille * (WEIGHT - 1) + now_late) / WEIGHT;
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn down(health: &mut Health, now: Timestamp, times: u32) {
        (0..times).for_each(|_| health.record(now, Call::Unreachable));
    }

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
    fn a_probe_whose_lead_went_elsewhere_does_not_keep_it_open() {
        let mut health = Health::default();
        down(&mut health, Timestamp(0), FAILURES);
        let later = Timestamp(0).plus_millis(FIRST_PAUSE_MS);
        assert_eq!(health.admit(later, 0), None);
        assert!(health.admit(later.plus_millis(PROBE_MS - 1), 0).is_some());
        assert_eq!(health.admit(later.plus_millis(PROBE_MS), 0), None, "the next probe");
    }

    #[test]
    fn calls_that_were_under_way_when_it_opened_do_not_make_the_pause_longer() {
        let mut health = Health::default();
        down(&mut health, Timestamp(0), FAILURES + 40);
        assert_eq!(
            health.admit(Timestamp(0).plus_millis(FIRST_PAUSE_MS), 0),
            None,
            "the first pause, not the fortieth"
        );
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
