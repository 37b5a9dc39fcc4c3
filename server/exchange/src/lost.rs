//! What a lead would probably have brought more, had nothing of ours stood in a contract's way.
//!
//! Of each contract that was kept from buying: its bid (the one it made too late, or what it usually bids) less what the
//! lead did bring, times how often its posts are accepted. `a x bid + (1 - a) x brought - brought`: had it refused, the
//! waterfall would have gone on to what happened. Only the best of them counts, because a lead is sold once.

use model::{BuyerId, ContractId, Micros, Money, Reason, lost::Missed};

/// What keeps a contract from buying though it might have wanted to, and that somebody here can change. Where several
/// stand against one contract, the first of this list is the one to blame: those behind it would have kept it from nothing
/// as long as the first stands. Whoever is to be changed for good (configuration, rules) comes before what passes by itself.
///
/// What is not in it costs nothing that was ours to have: buyers' own refusals, persons already sold, test leads, a better
/// bid, and our own floor, which is a price and no obstacle.
const BLAMED: [Reason; 24] = [
    Reason::Misconfigured,
    Reason::Paused,
    Reason::SourceNotAllowed,
    Reason::Filter,
    Reason::NotNamedInConsent,
    Reason::CertificateMissing,
    Reason::Balance,
    Reason::Budget,
    Reason::Cap,
    Reason::ScheduleClosed,
    Reason::TooManyUnknown,
    Reason::BreakerOpen,
    Reason::PingBudget,
    Reason::EgressRefused,
    Reason::Unreachable,
    Reason::InvalidResponse,
    Reason::LateBid,
    Reason::Timeout,
    Reason::Expired,
    Reason::BuyerExpiredPing,
    Reason::NotSent,
    Reason::CapFilledMeanwhile,
    Reason::BuyerInvalidField,
    Reason::BuyerAuth,
];

/// Which of the things that stood against a contract is to blame; none when anything among them was not ours to change,
/// and when nothing stood against it.
#[must_use]
pub fn blamed(against: impl IntoIterator<Item = Reason>) -> Option<Reason> {
    let place = |reason: Reason| BLAMED.iter().position(|known| *known == reason);
    let mut first = None;
    for reason in against {
        let place = place(reason)?;
        first = Some(first.map_or(place, |least: usize| least.min(place)));
    }
    first.map(|place| BLAMED[place])
}

/// Bids made lately.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Bids {
    /// How many.
    pub count: u64,
    /// All of them together.
    pub sum: Micros,
}

impl Bids {
    /// Takes in one more.
    pub fn add(&mut self, bid: Micros) {
        self.count += 1;
        self.sum += bid;
    }

    /// Takes in many.
    pub fn merge(&mut self, other: Self) {
        self.count += other.count;
        self.sum += other.sum;
    }

    fn mean(self) -> Option<i128> {
        i128::from(self.sum.0).checked_div(i128::from(self.count))
    }
}

/// What a contract's own bids weigh against the campaign's: as much when there are so many of them.
const PRIOR: i128 = 20;

/// What a contract usually bids: the mean of its own bids, shrunk to the campaign's. None of a contract that has not bid
/// lately: nothing is known of it, and what is not known is not lost.
#[must_use]
pub fn usual(own: Bids, campaign: Bids) -> Option<Micros> {
    let (own_mean, count) = (own.mean()?, i128::from(own.count));
    let mean = campaign.mean().unwrap_or(own_mean);
    let shrunk = (i128::from(own.sum.0) + PRIOR * mean) / (count + PRIOR);
    i64::try_from(shrunk).ok().map(Micros)
}

/// What is known of the price of a contract that did not buy.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Worth {
    /// What it did bid for this lead, too late.
    pub late: Option<Micros>,
    /// What a direct contract pays.
    pub fixed: Option<Micros>,
    /// What it usually bids ([`usual`]).
    pub usual: Option<Micros>,
    /// The most that is taken as a bid of it.
    pub most: Option<Micros>,
}

impl Worth {
    /// What it bid, or would have, but for this; none when nothing is known.
    #[must_use]
    pub fn bid(self, but_for: Reason) -> Option<Micros> {
        let held = |bid: Micros| self.most.map_or(bid, |most| bid.min(most));
        // Bids fade when a contract is switched off or broken for good. A fixed price never would, and every lead would be
        // said to have missed it.
        let fixed = self.fixed.filter(|_| !matches!(but_for, Reason::Paused | Reason::Misconfigured));
        self.late.map(held).or(fixed).or(self.usual.map(held))
    }
}

/// A contract that did not buy a lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Kept {
    /// The contract.
    pub contract: ContractId,
    /// Its buyer.
    pub buyer: BuyerId,
    /// What is to blame ([`blamed`]).
    pub reason: Reason,
    /// What it bid, or would have.
    pub bid: Micros,
    /// The least for which it may buy.
    pub floor: Micros,
    /// How many of its posts are accepted, in parts per million.
    pub accept: u32,
}

/// The best sale that a lead missed which brought `brought`; none when nobody would have paid more.
#[must_use]
pub fn missed(kept: impl IntoIterator<Item = Kept>, brought: Money) -> Option<Missed> {
    let of = |one: Kept| {
        let amount = (one.bid - brought.amount).share(one.accept);
        let missed = Missed {
            contract: one.contract,
            buyer: one.buyer,
            reason: one.reason,
            amount: Money { amount, currency: brought.currency },
        };
        (one.bid >= one.floor && amount > Micros::ZERO).then_some(missed)
    };
    // Of equal ones the contract that is older, so that the same lead always comes out alike.
    kept.into_iter().filter_map(of).max_by_key(|one| (one.amount.amount, std::cmp::Reverse(one.contract)))
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::Currency;

    #[test]
    fn what_it_would_have_bid_is_what_is_known_best() {
        let (late, fixed, usual) = (Some(Micros::units(30)), Some(Micros::units(20)), Some(Micros::units(10)));
        let all = Worth { late, fixed, usual, most: None };
        assert_eq!(all.bid(Reason::LateBid), late);
        assert_eq!(Worth { late: None, ..all }.bid(Reason::Cap), fixed);
        assert_eq!(Worth { late: None, fixed: None, ..all }.bid(Reason::Cap), usual);
        assert_eq!(Worth::default().bid(Reason::Cap), None);
        // One wild answer is no loss of millions.
        let most = Some(Micros::units(5));
        assert_eq!(Worth { most, ..all }.bid(Reason::LateBid), most);
        assert_eq!(Worth { late: None, fixed: None, most, ..all }.bid(Reason::Cap), most);
        for off in [Reason::Paused, Reason::Misconfigured] {
            assert_eq!(Worth { late: None, usual: None, ..all }.bid(off), None, "it would be missed for ever");
            assert_eq!(Worth { late: None, ..all }.bid(off), usual, "while it is known from its bids");
        }
    }

    #[test]
    fn the_first_thing_to_change_is_to_blame() {
        use Reason as R;
        let table: &[(&[Reason], Option<Reason>)] = &[
            (&[], None),
            (&[R::Cap], Some(R::Cap)),
            (&[R::ScheduleClosed, R::Cap], Some(R::Cap)),
            (&[R::Cap, R::Filter], Some(R::Filter)),
            (&[R::Timeout], Some(R::Timeout)),
            (&[R::LateBid], Some(R::LateBid)),
            // Nothing that we could have changed would have sold this person to it once more.
            (&[R::Cap, R::DuplicateSameBuyer], None),
            (&[R::TestOnly], None),
            // Its own no is its own.
            (&[R::BuyerGeo], None),
            (&[R::BuyerCap], None),
            // Others were better, or it bid less than we take.
            (&[R::Outbid], None),
            (&[R::NotReached], None),
            (&[R::BelowFloor], None),
        ];
        for (against, expected) in table {
            assert_eq!(blamed(against.iter().copied()), *expected, "{against:?}");
        }
    }

    fn bids(each: &[i64]) -> Bids {
        let mut bids = Bids::default();
        each.iter().for_each(|bid| bids.add(Micros::units(*bid)));
        bids
    }

    #[test]
    fn usual_bids_are_shrunk_to_the_campaigns() {
        assert_eq!(usual(Bids::default(), bids(&[10])), None, "of who never bid nothing is known");
        assert_eq!(usual(bids(&[10; 40]), Bids::default()), Some(Micros::units(10)));
        // Twenty of its own weigh as much as the campaign.
        assert_eq!(usual(bids(&[30; 20]), bids(&[10; 500])), Some(Micros::units(20)));
        let one = usual(bids(&[31]), bids(&[10; 500])).expect("an estimate");
        assert_eq!(one, Micros::units(11));
        let mut both = bids(&[1, 2]);
        both.merge(bids(&[3]));
        assert_eq!(both, bids(&[1, 2, 3]));
    }

    /// Contracts that were kept, what the lead brought, and who is missed for how much.
    type Case<'a> = (&'a [Kept], i64, Option<(u128, i64)>);

    #[test]
    fn only_the_best_missed_sale_counts() {
        let kept = |number: u128, bid: i64, accept: u32| Kept {
            contract: ContractId::from_bits(number),
            buyer: BuyerId::from_bits(number),
            reason: Reason::Cap,
            bid: Micros::units(bid),
            floor: Micros::units(2),
            accept,
        };
        let table: &[Case<'_>] = &[
            (&[], 0, None),
            (&[kept(1, 20, 1_000_000)], 0, Some((1, 20))),
            (&[kept(1, 20, 1_000_000)], 15, Some((1, 5))),
            (&[kept(1, 20, 500_000)], 10, Some((1, 5))),
            // As much as it brought is nothing more, and less is no loss below zero.
            (&[kept(1, 20, 1_000_000)], 20, None),
            (&[kept(1, 20, 1_000_000)], 30, None),
            // A sure small sale against a larger that is mostly refused.
            (&[kept(1, 12, 1_000_000), kept(2, 30, 100_000)], 0, Some((1, 12))),
            (&[kept(2, 12, 1_000_000), kept(1, 12, 1_000_000)], 0, Some((1, 12))),
            // Never accepted, and below the floor.
            (&[kept(1, 20, 0), kept(2, 1, 1_000_000)], 0, None),
        ];
        for (all, brought, expected) in table {
            let brought = Money { amount: Micros::units(*brought), currency: Currency::USD };
            let found = missed(all.iter().copied(), brought).map(|one| (one.contract, one.amount.amount));
            let expected = expected.map(|(contract, amount)| (ContractId::from_bits(contract), Micros::units(amount)));
            assert_eq!(found, expected, "{all:?} {brought}");
        }
    }
}
