//! What a sale is worth, and whether it may be made at all.

use super::Auction;
use model::Micros;

const WHOLE: u32 = 1_000_000;

/// What stays with us of a sale at `price`: (price - delivery) x (1 - expected returns) - the payout that depends on it. A
/// fixed payout is the same whoever buys, and weighs nothing.
pub(super) fn net(auction: &Auction, index: usize, price: Micros) -> Micros {
    let entrant = &auction.entrants[index];
    let kept = (price - entrant.delivery_cost).share(WHOLE.saturating_sub(entrant.return_share));
    kept - auction.payout.of_price(price)
}

/// The price a contract must reach: the auction's floor or its own, whichever is higher.
pub(super) fn floor(auction: &Auction, index: usize) -> Micros {
    auction.floor.max(auction.entrants[index].floor.unwrap_or(Micros::ZERO))
}

/// The price from which on a contract with first refusal goes first; none when it has none.
pub(super) fn refusal(auction: &Auction, index: usize) -> Option<Micros> {
    let above = auction.entrants[index].routing.first_refusal?;
    Some(floor(auction, index).share(WHOLE.saturating_add(above)))
}

/// Why a price is not enough.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum TooLow {
    /// Below this floor.
    Floor(Micros),
    /// After payout and delivery so much would stay.
    Margin(Micros),
}

/// Whether a sale at this price may be made: never below the floors, never for less than it costs.
pub(super) fn admits(auction: &Auction, index: usize, price: Micros) -> Result<(), TooLow> {
    let floor = floor(auction, index);
    if price < floor {
        return Err(TooLow::Floor(floor));
    }
    let stays = price - auction.entrants[index].delivery_cost - auction.payout.of(price);
    if stays < auction.min_margin.max(Micros::ZERO) { Err(TooLow::Margin(stays)) } else { Ok(()) }
}

/// Whether a higher price of this contract is never worth less. Where it may be, no conclusion is drawn from the most it may
/// bid.
pub(super) fn grows(auction: &Auction, index: usize) -> bool {
    let share = match auction.payout {
        model::source::Payout::Share(share) => share,
        _ => 0,
    };
    auction.payout.is_even() && share <= WHOLE.saturating_sub(auction.entrants[index].return_share)
}
