//! The steps of an auction's routing, from the top down.

use super::Auction;
use model::{
    campaign::{Falls, Strategy},
    contract::ContractKind,
};

/// What kind of step it is.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// Direct contracts that take the lead before any auction, by their rank.
    Exclusive,
    /// Contracts that go first when they pay well enough.
    FirstRefusal,
    /// A tier of the campaign.
    Tier,
    /// Contracts for leads that no other took.
    Backup,
}

/// One step.
#[derive(Debug, Clone)]
pub(super) struct Rung {
    pub(super) step: Step,
    pub(super) strategy: Strategy,
    pub(super) falls: Falls,
    pub(super) members: Vec<usize>,
}

/// The steps that have members. A contract with first refusal is in its tier too; a backup is nowhere else.
pub(super) fn ladder(auction: &Auction) -> Vec<Rung> {
    let all = || 0..auction.entrants.len();
    let exclusive = |i: &usize| {
        let entrant = &auction.entrants[*i];
        !entrant.backup && entrant.kind == ContractKind::Direct && entrant.routing.exclusive_rank.is_some()
    };
    let plain =
        |step, members: Vec<usize>| Rung { step, strategy: Strategy::NetValue, falls: Falls::default(), members };
    let mut rungs = vec![plain(Step::Exclusive, all().filter(exclusive).collect())];
    let refusal = |i: &usize| !auction.entrants[*i].backup && auction.entrants[*i].routing.first_refusal.is_some();
    rungs.push(plain(Step::FirstRefusal, all().filter(refusal).filter(|i| !exclusive(i)).collect()));
    let last = auction.tiers.len().saturating_sub(1);
    for tier in 0..=last {
        let inside = |i: &usize| usize::from(auction.entrants[*i].routing.tier).min(last) == tier;
        let members = all().filter(|i| !auction.entrants[*i].backup && !exclusive(i)).filter(inside).collect();
        let (strategy, falls) = auction.tiers.get(tier).map(|tier| (tier.strategy, tier.falls)).unwrap_or_default();
        rungs.push(Rung { step: Step::Tier, strategy, falls, members });
    }
    rungs.push(plain(Step::Backup, all().filter(|i| auction.entrants[*i].backup).collect()));
    rungs.retain(|rung| !rung.members.is_empty());
    rungs
}
