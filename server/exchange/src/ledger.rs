//! Double entry: every movement is a set of entries that sum to zero, per currency.

use model::{BuyerId, Currency, Micros, SourceId};
use serde::{Deserialize, Serialize};
use std::{fmt, str::FromStr};

/// Whose money it is. A positive balance is money that is theirs: a source's is what it is still to be paid, margin is what
/// the tenant earned; a buyer's is negative while it has still to pay.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
pub enum Account {
    /// What a buyer owes.
    Buyer(BuyerId),
    /// What a source is owed.
    Source(SourceId),
    /// What stays with the tenant.
    Margin,
}

impl fmt::Display for Account {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::Buyer(id) => write!(f, "{id}"),
            Self::Source(id) => write!(f, "{id}"),
            Self::Margin => f.write_str("margin"),
        }
    }
}

impl FromStr for Account {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        if text == "margin" {
            return Ok(Self::Margin);
        }
        text.parse()
            .map(Self::Buyer)
            .or_else(|_| text.parse().map(Self::Source))
            .map_err(|_| "an account is a buyer, a source or margin")
    }
}

/// Why money moved.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Kind {
    /// A lead was sold.
    Sale,
    /// A buyer gave a lead back.
    Return,
    /// A silent contract took a copy of a lead that has come out.
    Copy,
}

impl Kind {
    /// The word in the database.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Sale => "sale",
            Self::Return => "return",
            Self::Copy => "copy",
        }
    }
}

/// One line of a movement.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entry {
    /// Whose account.
    pub account: Account,
    /// Why.
    pub kind: Kind,
    /// Positive into the account, negative out of it.
    pub amount: Micros,
    /// Of what.
    pub currency: Currency,
}

/// The movement of a lead's sales: each buyer owes what it pays, the source is owed the payout, the rest is margin.
#[must_use]
pub fn sales(paid: &[(BuyerId, Micros)], source: SourceId, payout: Micros, currency: Currency) -> Vec<Entry> {
    let entry = |account, amount| Entry { account, kind: Kind::Sale, amount, currency };
    let revenue: Micros = paid.iter().map(|(_, amount)| *amount).sum();
    let mut entries: Vec<Entry> = paid.iter().map(|(buyer, amount)| entry(Account::Buyer(*buyer), -*amount)).collect();
    entries.push(entry(Account::Source(source), payout));
    entries.push(entry(Account::Margin, revenue - payout));
    entries
}

/// The movement of a copy: who took it owes what it pays, and all of that is margin. A source is paid for the sale.
#[must_use]
pub fn copied(buyer: BuyerId, paid: Micros, currency: Currency) -> Vec<Entry> {
    if paid == Micros::ZERO {
        return Vec::new();
    }
    let entry = |account, amount| Entry { account, kind: Kind::Copy, amount, currency };
    vec![entry(Account::Buyer(buyer), -paid), entry(Account::Margin, paid)]
}

/// The movement of a lead that a buyer gives back: it gets back what it paid, the source loses `taken_back`, margin bears the
/// rest.
#[must_use]
pub fn returned(
    (buyer, paid): (BuyerId, Micros),
    source: SourceId,
    taken_back: Micros,
    currency: Currency,
) -> Vec<Entry> {
    let entry = |account, amount| Entry { account, kind: Kind::Return, amount, currency };
    vec![
        entry(Account::Buyer(buyer), paid),
        entry(Account::Source(source), -taken_back),
        entry(Account::Margin, taken_back - paid),
    ]
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn sales_sum_to_zero(paid in proptest::collection::vec(0_i64..1 << 50, 1..5), payout in 0_i64..1 << 50) {
            let paid: Vec<_> = paid.into_iter().zip(1..).map(|(p, id)| (BuyerId::from_bits(id), Micros(p))).collect();
            let entries = sales(&paid, SourceId::from_bits(2), Micros(payout), Currency::USD);
            prop_assert_eq!(entries.iter().map(|e| e.amount).sum::<Micros>(), Micros::ZERO);
        }
    }

    proptest! {
        #[test]
        fn a_return_undoes_a_sale(paid in 0_i64..1 << 50, payout in 0_i64..1 << 50) {
            let (buyer, source) = (BuyerId::from_bits(1), SourceId::from_bits(2));
            let (paid, payout) = (Micros(paid), Micros(payout));
            let mut both = sales(&[(buyer, paid)], source, payout, Currency::USD);
            both.extend(returned((buyer, paid), source, payout, Currency::USD));
            for account in [Account::Buyer(buyer), Account::Source(source), Account::Margin] {
                let moved = both.iter().filter(|entry| entry.account == account);
                prop_assert_eq!(moved.map(|entry| entry.amount).sum::<Micros>(), Micros::ZERO);
            }
        }
    }

    #[test]
    fn a_copy_costs_its_buyer_and_is_all_margin() {
        let buyer = BuyerId::from_bits(1);
        let entries = copied(buyer, Micros::units(2), Currency::USD);
        let moved: Vec<_> = entries.iter().map(|entry| (entry.account, entry.amount)).collect();
        assert_eq!(moved, [(Account::Buyer(buyer), -Micros::units(2)), (Account::Margin, Micros::units(2))]);
        assert_eq!(copied(buyer, Micros::ZERO, Currency::USD), []);
    }

    #[test]
    fn accounts_read_back() {
        for account in [Account::Buyer(BuyerId::from_bits(9)), Account::Source(SourceId::from_bits(8)), Account::Margin]
        {
            assert_eq!(account.to_string().parse::<Account>(), Ok(account));
        }
    }
}
