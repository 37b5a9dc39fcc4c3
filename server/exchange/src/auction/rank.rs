//! The order in which an auction posts.

use super::Auction;
use model::Micros;
use std::cmp::Reverse;

/// The plan: entrants in the order in which they are posted to. `prices` holds what each entrant pays, none for those
/// that are out. At most [`Auction::posts`] contracts that are not backups come first, then as many backups.
///
/// Order inside each group: price, highest first; then priority, lowest first; then a draw that depends on the lead and
/// the contract alone, so that it can be repeated and favours nobody over many leads.
pub(super) fn plan(auction: &Auction, prices: &[Option<Micros>]) -> Vec<usize> {
    let group = |backup: bool| {
        let mut members: Vec<_> = auction
            .entrants
            .iter()
            .zip(prices)
            .enumerate()
            .filter(|(_, (entrant, _))| entrant.backup == backup)
            .filter_map(|(index, (entrant, price))| {
                let draw = draw(auction.seed, entrant.contract.bits());
                price.map(|price| (Reverse(price), entrant.priority, draw, index))
            })
            .collect();
        members.sort_unstable();
        members.truncate(usize::from(auction.posts));
        members.into_iter().map(|(.., index)| index)
    };
    group(false).chain(group(true)).collect()
}

/// A fixed shuffle of 64 bits (the finaliser of SplitMix64, G. Steele et al., 2014).
#[allow(clippy::cast_possible_truncation)] // both halves of the id are folded in
fn draw(seed: u64, contract: u128) -> u64 {
    let mut z = seed ^ (contract as u64) ^ ((contract >> 64) as u64).rotate_left(32);
    z = (z ^ (z >> 30)).wrapping_mul(0xbf58_476d_1ce4_e5b9);
    z = (z ^ (z >> 27)).wrapping_mul(0x94d0_49bb_1331_11eb);
    z ^ (z >> 31)
}
