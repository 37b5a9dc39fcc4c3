//! The breaker on posts of unknown outcome. Each of them keeps a lead from being sold to anybody else and a place in every
//! cap taken until somebody says what became of it: a buyer that leaves us in doubt again and again is not asked for a
//! while.

use super::Pause;
use model::{
    Reason, Timestamp,
    campaign::Doubts,
    trace::{Finding, Stage},
};

/// How long the first opening lasts, in milliseconds; each further one lasts twice as long.
const FIRST_PAUSE_MS: i64 = 60_000;
/// The longest opening, in milliseconds.
const LONGEST_PAUSE_MS: i64 = 3_600_000;

/// How the last posts of one contract ended: as it stood when their time was over. A late answer does not change it, for
/// the lead has waited all the same.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Posts {
    /// The newest in the lowest bit; 1 is unknown.
    ended: u64,
    pause: Pause,
}

impl Posts {
    /// Whether to ask this contract now; otherwise why not. Letting a lead through while the breaker is half open marks it
    /// as the probe.
    pub fn admit(&mut self, now: Timestamp, limit: Doubts) -> Option<Finding> {
        if limit.most == 0 {
            return None;
        }
        let again = self.pause.admit(now).err()?;
        let have = format!("{} unknown, tried again at {again}", self.unknown(limit));
        let want = format!("fewer than {} of the last {}", limit.most, limit.of);
        Some(Finding::about(Stage::Eligibility, Reason::TooManyUnknown, "posts", have, want))
    }

    /// Takes in how a post ended. One that was never sent says nothing and is not given here.
    pub fn record(&mut self, now: Timestamp, limit: Doubts, unknown: bool) {
        self.ended = (self.ended << 1) | u64::from(unknown);
        if limit.most == 0 || self.pause.holds(now) {
            return;
        }
        let half_open = self.pause.until.is_some();
        if unknown && (half_open || self.unknown(limit) >= u32::from(limit.most)) {
            self.pause.open(now, FIRST_PAUSE_MS, LONGEST_PAUSE_MS);
        } else if half_open {
            // It answers again: what was before is settled.
            *self = Self::default();
        }
    }

    fn unknown(&self, limit: Doubts) -> u32 {
        let beyond = u64::BITS.saturating_sub(u32::from(limit.of));
        self.ended.checked_shl(beyond).unwrap_or(0).count_ones()
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    const LIMIT: Doubts = Doubts { most: 5, of: 20 };
    const START: Timestamp = Timestamp(0);

    fn ended(posts: &mut Posts, now: Timestamp, unknown: bool, times: u32) {
        (0..times).for_each(|_| posts.record(now, LIMIT, unknown));
    }

    fn opened() -> Posts {
        let mut posts = Posts::default();
        ended(&mut posts, START, true, 5);
        posts
    }

    #[test]
    fn five_of_the_last_twenty_open_it() {
        let mut posts = Posts::default();
        ended(&mut posts, START, true, 4);
        ended(&mut posts, START, false, 15);
        assert_eq!(posts.admit(START, LIMIT), None, "four of nineteen");
        posts.record(START, LIMIT, true);
        let found = posts.admit(START, LIMIT).expect("five of twenty");
        assert_eq!((found.stage, found.reason), (Stage::Eligibility, Reason::TooManyUnknown));
        assert_eq!(found.want.as_deref(), Some("fewer than 5 of the last 20"));
        assert!(found.have.is_some_and(|have| have.starts_with("5 unknown, tried again at 1970-01-01T00:01:00")));
    }

    #[test]
    fn what_is_longer_ago_does_not_count() {
        let mut posts = Posts::default();
        ended(&mut posts, START, true, 4);
        ended(&mut posts, START, false, 17);
        // Of the four, three are among the last twenty, and one of these leaves with each further post.
        ended(&mut posts, START, true, 1);
        assert_eq!(posts.admit(START, LIMIT), None);
        for _ in 0..10 {
            ended(&mut posts, START, false, 20);
            ended(&mut posts, START, true, 4);
        }
        assert_eq!(posts.admit(START, LIMIT), None, "a fifth that are in doubt, never five of twenty");
    }

    #[test]
    fn one_lead_probes_and_a_clear_answer_closes_it() {
        let mut posts = opened();
        assert!(posts.admit(START.plus_millis(FIRST_PAUSE_MS - 1), LIMIT).is_some());
        let later = START.plus_millis(FIRST_PAUSE_MS);
        assert_eq!(posts.admit(later, LIMIT), None, "one probe");
        assert!(posts.admit(later, LIMIT).is_some(), "only one");
        posts.record(later, LIMIT, false);
        assert_eq!(posts.admit(later, LIMIT), None);
        ended(&mut posts, later, true, 4);
        assert_eq!(posts.admit(later, LIMIT), None, "what was before is forgotten");
    }

    #[test]
    fn a_probe_in_doubt_opens_it_for_twice_as_long_up_to_an_hour() {
        let (mut posts, mut now, mut pause) = (opened(), START, FIRST_PAUSE_MS);
        for _ in 0..20 {
            assert!(posts.admit(now.plus_millis(pause - 1), LIMIT).is_some(), "{pause}");
            now = now.plus_millis(pause);
            assert_eq!(posts.admit(now, LIMIT), None, "{pause}");
            posts.record(now, LIMIT, true);
            pause = (pause * 2).min(LONGEST_PAUSE_MS);
        }
        assert_eq!(pause, LONGEST_PAUSE_MS);
    }

    #[test]
    fn posts_that_were_under_way_when_it_opened_change_nothing() {
        let mut posts = opened();
        ended(&mut posts, START, true, 30);
        ended(&mut posts, START, false, 1);
        assert!(posts.admit(START.plus_millis(FIRST_PAUSE_MS - 1), LIMIT).is_some(), "still open");
        assert_eq!(posts.admit(START.plus_millis(FIRST_PAUSE_MS), LIMIT), None, "for the first pause");
    }

    #[test]
    fn a_probe_whose_lead_went_elsewhere_is_given_up() {
        let mut posts = opened();
        let later = START.plus_millis(FIRST_PAUSE_MS);
        assert_eq!(posts.admit(later, LIMIT), None);
        assert!(posts.admit(later.plus_millis(super::super::PROBE_MS - 1), LIMIT).is_some());
        assert_eq!(posts.admit(later.plus_millis(super::super::PROBE_MS), LIMIT), None);
    }

    #[test]
    fn nothing_is_spared_where_it_is_switched_off() {
        let off = Doubts { most: 0, of: 20 };
        let mut posts = opened();
        assert_eq!(posts.admit(START, off), None, "even when it was open");
        (0..64).for_each(|_| posts.record(START, off, true));
        assert_eq!(posts.admit(START, off), None);
    }

    #[test]
    fn the_whole_memory_can_be_looked_at_and_no_more() {
        let mut posts = Posts::default();
        let limit = Doubts { most: 64, of: 64 };
        (0..63).for_each(|_| posts.record(START, limit, true));
        assert_eq!(posts.admit(START, limit), None);
        posts.record(START, limit, true);
        assert!(posts.admit(START, limit).is_some());
        assert_eq!(posts.unknown(Doubts { most: 1, of: 0 }), 0);
    }
}
