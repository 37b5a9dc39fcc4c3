//! What a contract does on its usual day, and whether it does otherwise now.
//!
//! The usual is the *median* of the last seven spans of 24 hours, of those with enough in them, and there must be three such
//! spans: so one bad day, or a day of the week that is always quiet, moves nothing. What counts as otherwise has to be beyond
//! all of three margins:
//!
//! * the one that people set;
//! * three times the robust spread of the days: 1.4826 times the median distance from the median, which is the standard
//!   deviation where days are normally distributed (Rousseeuw and Croux 1993);
//! * for shares, three standard errors of a share of so few: a refused post or two in twenty is chance.
//!
//! Integers throughout: a share is in parts per million, a bid in micros.

use super::{ContractFigures, of_contract, share};
use crate::rollup::Activity;
use model::{
    Micros,
    alert::{AlertKind, AlertSettings, Quantity, Sighting},
};

/// So many spans of 24 hours are looked back.
pub const DAYS: i64 = 7;
/// So many of them must have enough in them.
const LEAST_DAYS: usize = 3;
/// Posts or bids that a day must have to count.
const LEAST_IN_A_DAY: i64 = 20;
/// Posts or bids that the last hours must have.
const LEAST_LATELY: i64 = 20;
/// The spread that normally distributed days would have, for a median distance of one, in parts per million.
const NORMAL: i128 = 1_482_600;
/// A share of one.
const WHOLE: i64 = 1_000_000;

/// The middle of some days, and how far they lie apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Usual {
    /// Their median.
    pub median: i64,
    /// Their robust spread.
    pub spread: i64,
}

impl Usual {
    /// The usual of these days; none when they are too few to know.
    #[must_use]
    pub fn of(days: impl IntoIterator<Item = i64>) -> Option<Self> {
        let mut days: Vec<i64> = days.into_iter().collect();
        if days.len() < LEAST_DAYS {
            return None;
        }
        let median = middle(&mut days);
        let mut apart: Vec<i64> = days.iter().map(|day| (day - median).abs()).collect();
        let spread = i128::from(middle(&mut apart)) * NORMAL / 1_000_000;
        Some(Self { median, spread: i64::try_from(spread).unwrap_or(i64::MAX) })
    }
}

/// The median; of an even number the lower of the two in the middle.
fn middle(values: &mut [i64]) -> i64 {
    values.sort_unstable();
    values.get(values.len().saturating_sub(1) / 2).copied().unwrap_or(0)
}

/// More posts are refused than usual. Fewer are no news.
pub(super) fn rejects(settings: &AlertSettings, of: &ContractFigures) -> Option<Sighting> {
    let refused = |activity: &Activity| share(activity.refused, activity.posts());
    let posts = of.recent.posts();
    let days = of.days.iter().filter(|day| day.posts() >= LEAST_IN_A_DAY);
    let usual = Usual::of(days.map(|day| i64::from(refused(day))))?;
    if posts < LEAST_LATELY {
        return None;
    }
    let margin =
        i64::from(settings.reject_margin).max(usual.spread.saturating_mul(3)).max(3 * error(usual.median, posts));
    let (now, most) = (refused(&of.recent), usual.median.saturating_add(margin).min(WHOLE));
    if i64::from(now) < most {
        return None;
    }
    let ppm = |value: i64| Quantity::Share(u32::try_from(value.clamp(0, WHOLE)).unwrap_or(1_000_000));
    let most_often = of.most.map(|reason| format!(" Most often: {}", reason.meaning())).unwrap_or_default();
    let cause = format!(
        "It refused {} of its {posts} posts of the last two hours, {} on its usual day.{most_often}",
        Quantity::Share(now),
        ppm(usual.median)
    );
    Some(of_contract(AlertKind::Rejects, of, (Quantity::Share(now), ppm(most)), cause))
}

/// The standard error of a share among so many.
fn error(ppm: i64, of: i64) -> i64 {
    // Of a share that is usually nothing, one in so many is still no news.
    let ppm = i128::from(ppm.clamp(WHOLE / 100, WHOLE - WHOLE / 100));
    let variance = ppm * (i128::from(WHOLE) - ppm) / i128::from(of.max(1));
    i64::try_from(variance.isqrt()).unwrap_or(WHOLE)
}

/// Bids are higher or lower than usual.
pub(super) fn bids(settings: &AlertSettings, of: &ContractFigures) -> Option<Sighting> {
    let mean = |activity: &Activity| activity.bid_sum.0.checked_div(activity.bids);
    let days = of.days.iter().filter(|day| day.bids >= LEAST_IN_A_DAY);
    let usual = Usual::of(days.filter_map(mean))?;
    if of.recent.bids < LEAST_LATELY {
        return None;
    }
    let now = mean(&of.recent)?;
    let set = i128::from(usual.median) * i128::from(settings.bid_margin) / i128::from(WHOLE);
    let margin = i64::try_from(set).unwrap_or(i64::MAX).max(usual.spread.saturating_mul(3));
    if (now - usual.median).abs() < margin.max(1) {
        return None;
    }
    let (edge, which, advice) = if now < usual.median {
        (usual.median - margin, "lower", "Its prices, its coverage or what it is sent has changed: ask the buyer.")
    } else {
        (
            usual.median + margin,
            "higher",
            "It wants more, or an amount in its answer is read wrongly: look at its answers.",
        )
    };
    let cause = format!(
        "Its bids of the last two hours are {which} than on its usual day: {} on average, usually {}. {advice}",
        Micros(now),
        Micros(usual.median)
    );
    let held = (Quantity::Money(Micros(now)), Quantity::Money(Micros(edge)));
    Some(of_contract(AlertKind::BidLevel, of, held, cause))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn the_usual_is_not_moved_by_one_bad_day() {
        assert_eq!(Usual::of([10, 11]), None);
        let calm = Usual::of([100, 104, 98, 102, 100]).expect("enough days");
        let with_one = Usual::of([100, 104, 98, 102, 9_000]).expect("enough days");
        assert_eq!((calm.median, with_one.median), (100, 102));
        assert_eq!(
            (calm.spread, with_one.spread),
            (2, 2),
            "1.4826 times a median distance of two, cut to whole micros"
        );
    }

    #[test]
    fn few_of_something_may_vary_more() {
        assert!(error(200_000, 20) > error(200_000, 2_000));
        assert_eq!(error(500_000, 100), 50_000);
        assert!(error(0, 20) > 0);
    }
}
