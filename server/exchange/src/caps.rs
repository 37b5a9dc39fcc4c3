//! Caps that never overshoot: which counters a sale would touch, and whether it still fits.
//!
//! `used + held <= limit` holds at every instant, where *held* are reservations of posts that are under way or whose
//! outcome is unknown. A reservation belongs to the window in which it was taken, for ever.

use model::{
    BuyerId, ContractId, Micros, Reason, SourceId, Timestamp,
    cap::{Limit, Window},
    trace::{Finding, Stage},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, fmt, str::FromStr};

/// Whose limit it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Scope {
    /// One contract.
    Contract(ContractId),
    /// A buyer over all its contracts.
    Buyer(BuyerId),
    /// One contract's leads of one source.
    ContractSource(ContractId, SourceId),
    /// A buyer's leads of one source.
    BuyerSource(BuyerId, SourceId),
    /// One contract's leads with one value of a field, named by a hash of both.
    ContractValue(ContractId, u64),
    /// A buyer's leads with one value of a field, named by a hash of both.
    BuyerValue(BuyerId, u64),
}

impl fmt::Display for Scope {
    /// The text in the database: `con_…`, `buy_…/src_…`, `con_…/v0123456789abcdef`.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Contract(id) => write!(f, "{id}"),
            Self::Buyer(id) => write!(f, "{id}"),
            Self::ContractSource(id, source) => write!(f, "{id}/{source}"),
            Self::BuyerSource(id, source) => write!(f, "{id}/{source}"),
            Self::ContractValue(id, value) => write!(f, "{id}/v{value:016x}"),
            Self::BuyerValue(id, value) => write!(f, "{id}/v{value:016x}"),
        }
    }
}

impl FromStr for Scope {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        const BAD: &str = "a scope is a contract or a buyer, by itself or with a source or a value";
        let (owner, part) = text.split_once('/').map_or((text, None), |(owner, part)| (owner, Some(part)));
        let owner = owner.parse().map(Ok).or_else(|_| owner.parse().map(Err)).map_err(|_| BAD)?;
        let value = |part: &str| u64::from_str_radix(part.strip_prefix('v')?, 16).ok();
        match (owner, part) {
            (Ok(contract), None) => Ok(Self::Contract(contract)),
            (Err(buyer), None) => Ok(Self::Buyer(buyer)),
            (owner, Some(part)) => match (owner, part.parse(), value(part)) {
                (Ok(contract), Ok(source), _) => Ok(Self::ContractSource(contract, source)),
                (Err(buyer), Ok(source), _) => Ok(Self::BuyerSource(buyer, source)),
                (Ok(contract), _, Some(value)) => Ok(Self::ContractValue(contract, value)),
                (Err(buyer), _, Some(value)) => Ok(Self::BuyerValue(buyer, value)),
                _ => Err(BAD),
            },
        }
    }
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
        write!(f, "{}/{}/{}", self.scope, self.window.name(), self.start.0)
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

/// What kind of limit a demand meets.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Bound {
    /// A cap of the configuration.
    #[default]
    Cap,
    /// The part of a cap that its pace allows by now.
    Pace,
    /// What the buyer has paid in and may owe.
    Balance,
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
    /// What kind of limit it is.
    #[serde(default)]
    pub bound: Bound,
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

    /// Takes back what a lead that was given back used: its money, and with `count` its place.
    pub fn give_back(&mut self, paid: Micros, count: bool) {
        self.used -= i64::from(count);
        self.used_money -= paid;
    }
}

/// Which counters a lead that is given back leaves, and whether it leaves its place in them too. What the buyer has paid in
/// and may owe is its again in any case; the places in its caps only when its terms say so.
#[must_use]
pub fn freed(demands: &[Demand], frees_caps: bool) -> BTreeMap<CapKey, bool> {
    let left = demands.iter().filter(|demand| frees_caps || demand.bound == Bound::Balance);
    left.map(|demand| (demand.key, frees_caps)).collect()
}

impl Demand {
    /// What is said when this demand does not fit.
    #[must_use]
    pub fn finding(&self, stage: Stage, counter: &Counter) -> Finding {
        let scope = match self.key.scope {
            Scope::Contract(_) => "contract",
            Scope::Buyer(_) => "buyer",
            Scope::ContractSource(..) => "contract and source",
            Scope::BuyerSource(..) => "buyer and source",
            Scope::ContractValue(..) => "contract and value",
            Scope::BuyerValue(..) => "buyer and value",
        };
        let subject = match self.bound {
            Bound::Cap => format!("{scope} {}", self.key.window.name()),
            Bound::Pace => format!("{scope} {} pace", self.key.window.name()),
            Bound::Balance => "balance and credit".to_owned(),
        };
        let (have, want, full) = match self.limit {
            Limit::Count(limit) => ((counter.used + counter.held).to_string(), limit.to_string(), Reason::Cap),
            Limit::Money(limit) => {
                let used = counter.used_money + counter.held_money;
                (used.to_decimal(), limit.to_decimal(), Reason::Budget)
            }
        };
        let reason = match self.bound {
            _ if stage == Stage::Post => Reason::CapFilledMeanwhile,
            Bound::Balance => Reason::Balance,
            Bound::Cap | Bound::Pace => full,
        };
        Finding::about(stage, reason, subject, have, want)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_return_leaves_the_balance_always_and_the_caps_by_choice() {
        let buyer = BuyerId::from_bits(2);
        let demand = |window, bound| {
            let key = CapKey { scope: Scope::Buyer(buyer), window, start: Timestamp(0) };
            Demand { key, limit: Limit::Count(5), price: Micros::units(9), bound }
        };
        let demands = [demand(Window::Day, Bound::Pace), demand(Window::Total, Bound::Balance)];
        assert_eq!(freed(&demands, false), BTreeMap::from([(demands[1].key, false)]));
        assert_eq!(freed(&demands, true).into_values().collect::<Vec<_>>(), [true, true]);
        let mut counter = Counter::default();
        counter.hold(Micros::units(9));
        counter.confirm(Micros::units(9), Micros::units(8));
        counter.give_back(Micros::units(8), false);
        assert_eq!((counter.used, counter.used_money), (1, Micros::ZERO));
        counter.give_back(Micros::ZERO, true);
        assert_eq!(counter, Counter::default());
    }

    #[test]
    fn scopes_read_back() {
        let (contract, buyer, source) = (ContractId::from_bits(1), BuyerId::from_bits(2), SourceId::from_bits(3));
        for scope in [
            Scope::Contract(contract),
            Scope::Buyer(buyer),
            Scope::ContractSource(contract, source),
            Scope::BuyerSource(buyer, source),
            Scope::ContractValue(contract, 7),
            Scope::BuyerValue(buyer, u64::MAX),
        ] {
            assert_eq!(scope.to_string().parse(), Ok(scope));
        }
        assert!("src_x".parse::<Scope>().is_err() && "".parse::<Scope>().is_err());
    }

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
