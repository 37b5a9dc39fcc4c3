//! Caps that never overshoot: which counters a sale would touch, and whether it still fits.
//!
//! `used + held <= limit` holds at every instant, where *held* are reservations of posts that are under way or whose
//! outcome is unknown. A reservation belongs to the window in which it was taken, for ever.

use model::{
    BuyerId, ContractId, Micros, Reason, Timestamp,
    cap::{Cap, Limit, Window},
    trace::{Finding, Stage},
};
use serde::{Deserialize, Serialize};
use std::fmt;

use crate::zone::Zone;

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One contract.
    Contract(ContractId),
    /// A buyer over all its contracts.
    Buyer(BuyerId),
}

/// One counter: a scope, a window and the instant at which the window began.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub struct CapKey {
    /// Whose limit.
    pub scope: Scope,
    /// Over which span.
    pub window: Window,
    /// When the span began.
    pub start: Timestamp,
}

impl fmt::Display for CapKey {
    /// The key of the counter's row: `con_…/day/1778126400000000`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self.scope {
            Scope::Contract(id) => write!(f, "{id}")?,
            Scope::Buyer(id) => write!(f, "{id}")?,
        }
        write!(f, "/{}/{}", self.window.name(), self.start.0)
    }
}

/// What one counter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Counter {
    /// Sold leads.
    pub used: i64,
    /// Posts under way or of unknown outcome.
    pub held: i64,
    /// Revenue of the sold leads.
    pub used_money: Micros,
    /// Prices of the posts under way or of unknown outcome.
    pub held_money: Micros,
}

/// What one sale asks of one counter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Demand {
    /// Which counter.
    pub key: CapKey,
    /// How much fits into it.
    pub limit: Limit,
    /// The price of the sale.
    pub price: Micros,
}

impl Counter {
    /// Whether one more sale at `price` fits under `limit`.
    #[must_use]
    pub fn fits(&self, limit: Limit, price: Micros) -> bool {
        match limit {
            Limit::Count(limit) => self.used + self.held < i64::from(limit),
            Limit::Money(limit) => self.used_money + self.held_money + price <= limit,
        }
    }

    /// Takes a reservation.
    pub fn hold(&mut self, price: Micros) {
        self.held += 1;
        self.held_money += price;
    }

    /// Gives a reservation back: the post was rejected or never left.
    pub fn release(&mut self, price: Micros) {
        self.held -= 1;
        self.held_money -= price;
    }

    /// Turns a reservation at `held` into a sale at `paid`.
    pub fn confirm(&mut self, held: Micros, paid: Micros) {
        self.release(held);
        self.used += 1;
        self.used_money += paid;
    }
}

/// The counters that a sale at `price` by this contract of this buyer would touch.
pub fn demands<'a>(
    contract: (ContractId, &'a [Cap]),
    buyer: (BuyerId, &'a [Cap]),
    zone: &'a Zone,
    at: Timestamp,
    price: Micros,
) -> impl Iterator<Item = Demand> + 'a {
    let of_contract = contract.1.iter().map(move |cap| (Scope::Contract(contract.0), cap));
    let of_buyer = buyer.1.iter().map(move |cap| (Scope::Buyer(buyer.0), cap));
    of_contract.chain(of_buyer).map(move |(scope, cap)| Demand {
        key: CapKey { scope, window: cap.window, start: zone.window_start(cap.window, at) },
        limit: cap.limit,
        price,
    })
}

impl Demand {
    /// What is said when this demand does not fit.
    #[must_use]
    pub fn finding(&self, stage: Stage, counter: &Counter) -> Finding {
        let scope = match self.key.scope {
            Scope::Contract(_) => "contract",
            Scope::Buyer(_) => "buyer",
        };
        let subject = format!("{scope} {}", self.key.window.name());
        match self.limit {
            Limit::Count(limit) => {
                let reason = if stage == Stage::Post { Reason::CapFilledMeanwhile } else { Reason::Cap };
                Finding::about(stage, reason, subject, (counter.used + counter.held).to_string(), limit.to_string())
            }
            Limit::Money(limit) => {
                let reason = if stage == Stage::Post { Reason::CapFilledMeanwhile } else { Reason::Budget };
                let used = counter.used_money + counter.held_money;
                Finding::about(stage, reason, subject, used.to_decimal(), limit.to_decimal())
            }
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn counts_and_money_stop_at_the_limit() {
        let mut counter = Counter::default();
        for _ in 0..2 {
            assert!(counter.fits(Limit::Count(2), Micros::ZERO));
            counter.hold(Micros::units(10));
        }
        assert!(!counter.fits(Limit::Count(2), Micros::ZERO));
        assert!(counter.fits(Limit::Money(Micros::units(30)), Micros::units(10)));
        assert!(!counter.fits(Limit::Money(Micros::units(30)), Micros(10_000_001)));
        counter.confirm(Micros::units(10), Micros::units(9));
        counter.release(Micros::units(10));
        assert_eq!(counter, Counter { used: 1, held: 0, used_money: Micros::units(9), held_money: Micros::ZERO });
    }
}
