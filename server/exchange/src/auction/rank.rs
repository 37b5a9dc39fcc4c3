//! The order in which the members of a step are posted to.

use super::{
    Auction,
    ahead::best_order,
    ladder::{Rung, Step},
    worth,
};
use model::{
    Micros,
    campaign::{LookAhead, Strategy},
};
use std::cmp::Reverse;

/// Where a member stands: the lower, the earlier. First what the strategy goes by, then the price, then priority, then a
/// draw that depends on the lead and the contract alone, so that it can be repeated and favours nobody over many leads.
pub(super) type Key = (i128, Reverse<Micros>, i32, u64);

/// The key of a member at a price.
pub(super) fn key(auction: &Auction, rung: &Rung, index: usize, price: Micros) -> Key {
    let entrant = &auction.entrants[index];
    let draw = draw(auction.seed, entrant.contract.bits());
    let first = match (rung.step, rung.strategy) {
        (Step::Exclusive, _) => i128::from(entrant.routing.exclusive_rank.unwrap_or(u32::MAX)),
        (_, Strategy::NetValue) => -i128::from(worth::net(auction, index, price).0),
        (_, Strategy::Priority) => i128::from(entrant.priority),
        (_, Strategy::Weighted) => -deficit(auction, rung, index),
        (_, Strategy::RoundRobin) => i128::from(entrant.served.last),
    };
    (first, Reverse(price), entrant.priority, draw)
}

/// How far a member is below its share of one sale more, times the sum of all weights.
fn deficit(auction: &Auction, rung: &Rung, index: usize) -> i128 {
    let weight = |i: usize| i128::from(auction.entrants[i].routing.weight.unwrap_or(1));
    let today = |i: usize| i128::from(auction.entrants[i].served.today);
    let all: i128 = rung.members.iter().map(|i| weight(*i)).sum();
    let sold: i128 = rung.members.iter().map(|i| today(*i)).sum();
    weight(index) * (sold + 1) - today(index) * all
}

/// The members with a price, in the order in which they are posted to, at most `posts` of them.
pub(super) fn order(auction: &Auction, rung: &Rung, ready: &[(usize, Micros)], posts: usize) -> Vec<usize> {
    let mut plain = plain(auction, rung, ready);
    if auction.look_ahead == LookAhead::On && looks(rung) {
        return ahead(auction, &plain, ready, posts);
    }
    plain.truncate(posts);
    plain
}

/// What looking ahead would do, when that is something else.
pub(super) fn advice(auction: &Auction, rung: &Rung, ready: &[(usize, Micros)], posts: usize) -> Option<Vec<usize>> {
    if auction.look_ahead != LookAhead::Advise || !looks(rung) {
        return None;
    }
    let mut plain = plain(auction, rung, ready);
    let advised = ahead(auction, &plain, ready, posts);
    plain.truncate(posts);
    (advised != plain).then_some(advised)
}

/// Only an order by value can look ahead at value.
pub(super) fn looks(rung: &Rung) -> bool {
    rung.step != Step::Exclusive && rung.strategy == Strategy::NetValue
}

fn plain(auction: &Auction, rung: &Rung, ready: &[(usize, Micros)]) -> Vec<usize> {
    let mut keyed: Vec<(Key, usize)> =
        ready.iter().map(|(index, price)| (key(auction, rung, *index, *price), *index)).collect();
    keyed.sort_unstable();
    keyed.into_iter().map(|(_, index)| index).collect()
}

fn ahead(auction: &Auction, plain: &[usize], ready: &[(usize, Micros)], posts: usize) -> Vec<usize> {
    let price = |index: usize| ready.iter().find(|(i, _)| *i == index).map_or(Micros::ZERO, |(_, price)| *price);
    let offers: Vec<_> = plain
        .iter()
        .map(|index| (worth::net(auction, *index, price(*index)).0, auction.entrants[*index].odds))
        .collect();
    best_order(&offers, posts).into_iter().map(|place| plain[place]).collect()
}

/// A fixed shuffle of 64 bits (the finaliser of SplitMix64, G. Steele et al., 2014).
#[allow(clippy::cast_possible_truncation)] // both halves of the id are folded in
fn draw(seed: u64, contract: u128) -> u64 {
    let mut z = seed ^ (contract as u64) ^ ((contract >> 64) as u64).rotate_left(32);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
