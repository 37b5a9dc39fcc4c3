//! What leads would probably have brought more, had nothing of ours stood in a contract's way.

use crate::{BuyerId, ContractId, Currency, Micros, Money, Reason, time::Day};
use serde::{Deserialize, Serialize};
use std::{fmt, ops::AddAssign, str::FromStr};

/// The best sale that a lead missed. A lead misses at most one: whatever else stood in other contracts' way, it could have
/// been sold to one more only.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Missed {
    /// The contract that would have bought.
    pub contract: ContractId,
    /// Its buyer.
    pub buyer: BuyerId,
    /// What stood in its way.
    pub reason: Reason,
    /// How much more the lead would probably have brought; above zero.
    pub amount: Money,
}

/// Which leads a list shows of those that missed a sale.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LostOnly {
    /// Every one of them.
    Any,
    /// Those that missed it for this reason.
    Reason(Reason),
}

/// The word for [`LostOnly::Any`].
const ANY: &str = "any";

impl fmt::Display for LostOnly {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Any => f.write_str(ANY),
            Self::Reason(reason) => reason.fmt(f),
        }
    }
}

impl FromStr for LostOnly {
    type Err = crate::reason::BadReason;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == ANY { Ok(Self::Any) } else { text.parse().map(Self::Reason) }
    }
}

/// Leads and the money they did not bring.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct LostSum {
    /// How many leads.
    pub leads: i64,
    /// How much more they would probably have brought.
    pub amount: Micros,
}

impl AddAssign for LostSum {
    fn add_assign(&mut self, other: Self) {
        self.leads += other.leads;
        self.amount += other.amount;
    }
}

/// What one reason cost at one contract.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LostRow {
    /// The reason.
    pub reason: Reason,
    /// The contract in whose way it stood.
    pub contract: ContractId,
    /// What people call the contract.
    pub contract_name: String,
    /// Its buyer.
    pub buyer: BuyerId,
    /// What people call the buyer.
    pub buyer_name: String,
    /// How much.
    #[serde(flatten)]
    pub lost: LostSum,
}

/// What was probably lost in a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Lost {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// The currency of its money.
    pub currency: Currency,
    /// By reason and contract, what cost most first.
    pub rows: Vec<LostRow>,
    /// Everything together: the sum of the rows, since no lead is in two of them.
    pub total: LostSum,
    /// The same of the days it is compared with, if it is.
    pub before: Option<LostSum>,
    /// The first and the last of those days.
    pub compared: Option<(Day, Day)>,
}

impl Lost {
    /// What each reason cost over all contracts, what cost most first.
    #[must_use]
    pub fn reasons(&self) -> Vec<(Reason, LostSum)> {
        let mut found: Vec<(Reason, LostSum)> = Vec::new();
        for row in &self.rows {
            match found.iter_mut().find(|(reason, _)| *reason == row.reason) {
                Some((_, sum)) => *sum += row.lost,
                None => found.push((row.reason, row.lost)),
            }
        }
        found.sort_by_key(|(reason, sum)| (std::cmp::Reverse(sum.amount), *reason));
        found
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn what_a_list_is_asked_for_reads_back() {
        for only in [LostOnly::Any, LostOnly::Reason(Reason::Cap)] {
            assert_eq!(only.to_string().parse(), Ok(only));
        }
        assert!("gone".parse::<LostOnly>().is_err());
    }
}
