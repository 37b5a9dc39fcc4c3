//! Which buyers share a lead.

use std::collections::BTreeSet;

/// The set of at most `most` shared offers (value in micro-units, competitor group) that brings the most, as indices, best
/// first: no two of one group, none that loses money. Values add up, so the best of each group in order of value is best.
/// Of equal ones the earlier goes first.
#[must_use]
pub fn best_set(offers: &[(i64, Option<&str>)], most: usize) -> Vec<usize> {
    let mut order: Vec<usize> = (0..offers.len()).filter(|index| offers[*index].0 >= 0).collect();
    order.sort_by_key(|index| std::cmp::Reverse(offers[*index].0));
    let mut groups = BTreeSet::new();
    order.retain(|index| offers[*index].1.is_none_or(|group| groups.insert(group)));
    order.truncate(most);
    order
}
