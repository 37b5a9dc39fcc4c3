//! What an auction says of itself: how it ends, and how each entrant stands.

use super::{Machine, Seat};
use crate::auction::{Decision, Elapsed};
use model::{
    Micros, Reason,
    trace::{Finding, Stage, Standing},
};

impl Machine {
    /// When the plan that led to the first post was made.
    #[must_use]
    pub const fn decided_at(&self) -> Option<Elapsed> {
        self.decided_at
    }

    /// What looking ahead would have done instead, where that was asked for and is something else.
    #[must_use]
    pub fn advice(&self) -> Option<&[usize]> {
        self.advice.as_deref()
    }

    /// How an entrant stands now, with everything that stood against it.
    #[must_use]
    pub fn standing(&self, entrant: usize) -> (Standing, Vec<Finding>) {
        let mut findings = self.findings[entrant].clone();
        let mut lost = |stage, reason| {
            findings.push(Finding::plain(stage, reason));
            Standing::Lost
        };
        let sold = !self.sales.is_empty();
        let standing = match self.seats[entrant] {
            Seat::Out(standing) => standing,
            Seat::Doubt | Seat::Posting { .. } => Standing::Unknown,
            // Never asked: somebody with precedence took the lead before.
            Seat::Waiting if sold => lost(Stage::Plan, Reason::Outranked),
            Seat::Waiting => lost(Stage::Plan, Reason::NotReached),
            // Not waited for: whatever it could have bid would not have changed the plan.
            Seat::Asked { .. } => lost(Stage::Ping, Reason::Outbid),
            Seat::Ready(_) if sold && !self.asked => lost(Stage::Plan, Reason::Outranked),
            Seat::Ready(_) if sold => lost(Stage::Plan, Reason::Outbid),
            Seat::Ready(_) => lost(Stage::Plan, Reason::NotReached),
        };
        (standing, findings)
    }

    /// What an entrant bid or would pay.
    #[must_use]
    pub fn price(&self, entrant: usize) -> Option<Micros> {
        self.prices[entrant]
    }

    /// An entrant's place in the plan, from 1.
    #[must_use]
    pub fn rank(&self, entrant: usize) -> Option<u8> {
        let place = self.plan.iter().position(|index| *index == entrant)?;
        u8::try_from(place + 1).ok()
    }

    pub(super) fn ending(&mut self) -> Decision {
        if !self.sales.is_empty() {
            // The best payer's redirect is the one that counts.
            self.sales.sort_by_key(|sale| std::cmp::Reverse(sale.revenue));
            return Decision::Sold { sales: self.sales.clone() };
        }
        // A contract that was in doubt and passed over (`on_unknown: continue`) still leaves the lead in doubt.
        if let Some(entrant) = self.seats.iter().position(|seat| *seat == Seat::Doubt) {
            return Decision::Unknown { entrant };
        }
        let reason = if self.auction.entrants.is_empty() {
            Reason::NoEligibleBuyer
        } else if self.refused {
            Reason::AllRejected
        } else if self.only_too_low() {
            Reason::BelowFloor
        } else {
            Reason::NoBid
        };
        Decision::Unsold { reason }
    }

    /// Whether prices were named, and none of them could be taken.
    pub(super) fn only_too_low(&self) -> bool {
        let too_low = |findings: &Vec<Finding>| findings.iter().any(|finding| finding.reason == Reason::BelowFloor);
        self.findings.iter().any(too_low) && !self.seats.iter().any(|seat| matches!(seat, Seat::Ready(_)))
    }
}
