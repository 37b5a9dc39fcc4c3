//! Whether a step can be decided, who could be posted to in it, and whether it gives way to the next.

use super::{Machine, Seat};
use crate::auction::{
    ladder::{Rung, Step},
    rank,
    share::best_set,
    worth,
};
use model::{
    Micros, Reason,
    campaign::{LookAhead, Strategy},
    contract::Sharing,
    trace::Standing,
};

impl Machine {
    /// Early close: nobody is waited for who could not change what this step posts.
    pub(super) fn decidable(&self) -> bool {
        let rung = &self.ladder[self.rung];
        if self.posts_left(rung.step) == 0 {
            return true;
        }
        let outstanding = |i: &&usize| matches!(self.seats[**i], Seat::Asked { .. });
        let ready = self.ready();
        // Whether nobody bid or somebody was late can make the difference for what comes next.
        // So does it where all who bid share, and no set of them is worth a post.
        let (set, alone) = self.offers(rung, &ready);
        let silence_counts = rung.falls.no_bid != rung.falls.timeout && set.is_empty() && alone.is_empty();
        rung.members.iter().filter(outstanding).all(|index| !silence_counts && !self.could_matter(rung, &ready, *index))
    }

    pub(super) fn could_matter(&self, rung: &Rung, ready: &[(usize, Micros)], index: usize) -> bool {
        let entrant = &self.auction.entrants[index];
        let Some(most) = entrant.max_bid else { return true };
        if most < worth::floor(&self.auction, index) {
            return false;
        }
        if rung.step == Step::FirstRefusal && worth::refusal(&self.auction, index).is_some_and(|from| most < from) {
            return false;
        }
        let grows = worth::grows(&self.auction, index);
        if grows && worth::admits(&self.auction, index, most).is_err() {
            return false;
        }
        // Where several bids decide together, any of them may.
        let together = self.shares(rung) || (self.auction.look_ahead == LookAhead::On && rank::looks(rung));
        if together || (rung.strategy == Strategy::NetValue && !grows) {
            return true;
        }
        let best = rank::key(&self.auction, rung, index, most);
        let before = ready.iter().filter(|(i, price)| rank::key(&self.auction, rung, *i, *price) < best).count();
        before < self.posts_left(rung.step)
    }

    /// The members of the step that could be posted to, with their prices.
    pub(super) fn ready(&self) -> Vec<(usize, Micros)> {
        let rung = &self.ladder[self.rung];
        let price = |index: &usize| match self.seats[*index] {
            Seat::Ready(price) if rung.step != Step::FirstRefusal || self.goes_first(*index, price) => {
                Some((*index, price))
            }
            _ => None,
        };
        rung.members.iter().filter_map(price).collect()
    }

    pub(super) fn goes_first(&self, index: usize, price: Micros) -> bool {
        worth::refusal(&self.auction, index).is_some_and(|from| price >= from)
    }

    pub(super) fn shares(&self, rung: &Rung) -> bool {
        self.auction.max_buyers > 1
            && rung.step == Step::Tier
            && rung.members.iter().any(|i| self.auction.entrants[*i].routing.sharing == Sharing::Shared)
    }

    /// The best set of shared offers, and the offers that stand alone. Where nothing is shared, all stand alone.
    pub(super) fn offers(&self, rung: &Rung, ready: &[(usize, Micros)]) -> (Vec<usize>, Vec<(usize, Micros)>) {
        if !self.shares(rung) {
            return (Vec::new(), ready.to_vec());
        }
        let (shared, alone): (Vec<_>, Vec<_>) = ready.iter().copied().partition(|(index, _)| self.is_shared(*index));
        // In the step's order first, so that ties are settled as everywhere.
        let shared = rank::order(&self.auction, rung, &shared, shared.len());
        let taken = |group: &Option<String>| {
            group.is_some()
                && self.seats.iter().zip(&self.auction.entrants).any(|(seat, entrant)| {
                    let holds = matches!(seat, Seat::Posting { .. } | Seat::Doubt | Seat::Out(Standing::Sold));
                    holds && entrant.routing.competitor_group == *group
                })
        };
        let free: Vec<usize> =
            shared.into_iter().filter(|i| !taken(&self.auction.entrants[*i].routing.competitor_group)).collect();
        let offers: Vec<_> = free
            .iter()
            .map(|i| (self.net(*i), self.auction.entrants[*i].routing.competitor_group.as_deref()))
            .collect();
        let room = usize::from(self.auction.max_buyers).saturating_sub(self.sharing_now());
        (best_set(&offers, room).into_iter().map(|place| free[place]).collect(), alone)
    }

    pub(super) fn net(&self, index: usize) -> i64 {
        worth::net(&self.auction, index, self.prices[index].unwrap_or(Micros::ZERO)).0
    }

    pub(super) fn is_shared(&self, index: usize) -> bool {
        self.auction.entrants[index].routing.sharing == Sharing::Shared
    }

    /// Buyers that have the lead, are being posted, or may have it.
    pub(super) fn sharing_now(&self) -> usize {
        let holds = |seat: &&Seat| matches!(seat, Seat::Posting { .. } | Seat::Doubt | Seat::Out(Standing::Sold));
        self.seats.iter().filter(holds).count()
    }

    /// Whether the set brings more than the best offer that stands alone. Of equal ones the single buyer gets it.
    pub(super) fn set_wins(&self, set: &[usize], alone: &[(usize, Micros)]) -> bool {
        let sum: i128 = set.iter().map(|index| i128::from(self.net(*index))).sum();
        let best = alone.iter().map(|(index, _)| i128::from(self.net(*index))).max();
        !set.is_empty() && best.is_none_or(|best| sum > best)
    }

    pub(super) const fn posts_left(&self, step: Step) -> usize {
        match step {
            Step::Exclusive => self.left.exclusive,
            Step::FirstRefusal | Step::Tier => self.left.tiers,
            Step::Backup => self.left.backup,
        }
    }

    /// Whether the step gives way to the next.
    pub(super) fn falls(&self) -> bool {
        let rung = &self.ladder[self.rung];
        if rung.step != Step::Tier {
            return true;
        }
        // Without a post left the bids of the step decide nothing: what stands is that others refused.
        if self.tried || self.posts_left(rung.step) == 0 {
            return rung.falls.rejected;
        }
        let late = |i: &usize| {
            self.seats[*i] == Seat::Out(Standing::Failed)
                && self.findings[*i].iter().any(|f| matches!(f.reason, Reason::Timeout | Reason::LateBid))
        };
        if rung.members.iter().any(late) { rung.falls.timeout } else { rung.falls.no_bid }
    }
}
