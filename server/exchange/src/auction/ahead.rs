//! Looking ahead: which posts in which order bring the most, when not every buyer accepts.
//!
//! A post that is accepted brings its value and ends the waterfall; a refused one goes on; one of unknown outcome ends it
//! with nothing. For a given choice of posts the best order is by value x accept / (accept + unknown): swapping two
//! neighbours that stand otherwise never loses (compare `a + q b` with `b + p a`). So only the choice of at most W posts is
//! left, which dynamic programming over that order finds. Plain value x accept would be wrong: it prefers a sure small sale
//! to a larger one that can be tried before it at no cost.

use serde::{Deserialize, Serialize};

const WHOLE: u32 = 1_000_000;

/// How a contract's posts come out, in parts per million of its posts. What is left is refused.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Odds {
    /// Accepted.
    pub accept: u32,
    /// Of unknown outcome.
    pub unknown: u32,
}

impl Default for Odds {
    fn default() -> Self {
        Self { accept: WHOLE, unknown: 0 }
    }
}

impl Odds {
    fn ends(self) -> i128 {
        i128::from(self.accept) + i128::from(self.unknown)
    }

    fn goes_on(self) -> i128 {
        (i128::from(WHOLE) - self.ends()).max(0)
    }
}

/// What an order of posts is expected to bring, in millionths of a micro-unit.
#[must_use]
pub fn expected(order: impl DoubleEndedIterator<Item = (i64, Odds)>) -> i128 {
    order.rev().fold(0, |rest, (value, odds)| one(value, odds, rest))
}

fn one(value: i64, odds: Odds, rest: i128) -> i128 {
    i128::from(value) * i128::from(odds.accept) + rest * odds.goes_on() / i128::from(WHOLE)
}

/// Which of `posts` (value in micro-units and odds), at most `most` of them, in which order: their indices. Of equal ones
/// the earlier in `posts` goes first.
#[must_use]
pub fn best_order(posts: &[(i64, Odds)], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..posts.len()).collect();
    // a.value * a.accept / a.ends, as cross products; what is never accepted comes last.
    order.sort_by(|a, b| {
        let ((a, x), (b, y)) = (posts[*a], posts[*b]);
        let left = i128::from(a) * i128::from(x.accept) * y.ends().max(1);
        let right = i128::from(b) * i128::from(y.accept) * x.ends().max(1);
        right.cmp(&left)
    });
    // best[i][w]: what the posts from place i on bring when w may be tried.
    let width = most + 1;
    let mut best = vec![0_i128; (order.len() + 1) * width];
    let take = |best: &[i128], place: usize, left: usize| {
        let (value, odds) = posts[order[place]];
        one(value, odds, best[(place + 1) * width + left - 1])
    };
    for place in (0..order.len()).rev() {
        for left in 1..width {
            best[place * width + left] = take(&best, place, left).max(best[(place + 1) * width + left]);
        }
    }
    let (mut chosen, mut left) = (Vec::with_capacity(most.min(order.len())), most);
    for (place, index) in order.iter().enumerate() {
        // Of equal worth is rather tried than not.
        if left > 0 && take(&best, place, left) >= best[(place + 1) * width + left] {
            chosen.push(*index);
            left -= 1;
        }
    }
    chosen
}
