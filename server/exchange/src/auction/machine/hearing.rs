//! What happened: bids, answers to posts, and time.

use super::{Machine, Phase, Seat};
use crate::auction::{
    Command, Decision, Elapsed, Sale,
    worth::{self, TooLow},
};
use model::{
    Micros, Reason,
    contract::OnUnknown,
    trace::{Finding, Stage, Standing},
};

impl Machine {
    pub(super) fn bid(&mut self, at: Elapsed, index: usize, price: Micros, good_for: Option<Elapsed>) {
        match self.seats.get(index) {
            Some(Seat::Asked { .. }) => {
                self.good_until[index] = good_for.map(|good_for| at.saturating_add(good_for));
                self.offer(index, price, Stage::Ping);
            }
            // Too late to count, but worth knowing what the time-out cost.
            Some(Seat::Out(Standing::Failed)) if self.prices[index].is_none() => {
                self.prices[index] = Some(price);
                let best = self.plan.first().and_then(|first| self.prices[*first]);
                let want = best.map_or_else(|| "in time".into(), |best| format!("in time, against {best}"));
                self.findings[index] =
                    vec![Finding::about(Stage::Ping, Reason::LateBid, "bid", price.to_decimal(), want)];
            }
            _ => {}
        }
    }

    /// Puts an entrant into the running if its price may be taken.
    pub(super) fn offer(&mut self, index: usize, price: Micros, stage: Stage) {
        self.prices[index] = Some(price);
        let (subject, have, want) = match worth::admits(&self.auction, index, price) {
            Ok(()) => {
                self.seats[index] = Seat::Ready(price);
                return;
            }
            Err(TooLow::Floor(floor)) => ("price", price, floor),
            Err(TooLow::Margin(stays)) => ("margin", stays, self.auction.min_margin.max(Micros::ZERO)),
        };
        let finding = Finding::about(stage, Reason::BelowFloor, subject, have.to_decimal(), want.to_decimal());
        self.findings[index].push(finding);
        self.seats[index] = Seat::Out(Standing::Lost);
    }

    pub(super) fn leave(&mut self, index: usize, standing: Standing, reason: Reason) {
        if matches!(self.seats.get(index), Some(Seat::Asked { .. })) {
            self.seats[index] = Seat::Out(standing);
            self.findings[index].push(Finding::plain(Stage::Ping, reason));
        }
    }

    pub(super) fn time_out(&mut self, at: Elapsed) {
        for index in 0..self.seats.len() {
            if matches!(self.seats[index], Seat::Asked { give_up_at } if give_up_at <= at) {
                self.leave(index, Standing::Failed, Reason::Timeout);
            }
        }
    }

    /// A bid that no longer stands is not posted to.
    pub(super) fn expire(&mut self, at: Elapsed) {
        for index in 0..self.seats.len() {
            if matches!(self.seats[index], Seat::Ready(_)) && self.good_until[index].is_some_and(|until| until <= at) {
                self.seats[index] = Seat::Out(Standing::Lost);
                self.findings[index].push(Finding::plain(Stage::Plan, Reason::Expired));
            }
        }
    }

    /// Whether an answer to this entrant's post still counts.
    #[must_use]
    pub fn expects(&self, index: usize) -> bool {
        match self.seats.get(index) {
            Some(Seat::Posting { .. }) => true,
            Some(Seat::Doubt) => {
                let others = (0..self.seats.len()).any(|i| i != index && matches!(self.seats[i], Seat::Posting { .. }));
                self.phase == Phase::InDoubt || (self.shared && self.phase == Phase::Posting && others)
            }
            _ => false,
        }
    }

    pub(super) fn accepted(&mut self, index: usize, price: Option<Micros>) {
        if !self.expects(index) {
            return;
        }
        let asked = self.prices[index].unwrap_or(Micros::ZERO);
        let revenue = price.unwrap_or(asked);
        if revenue < asked {
            let finding =
                Finding::about(Stage::Post, Reason::PriceDropped, "price", revenue.to_decimal(), asked.to_decimal());
            self.findings[index].push(finding);
        }
        self.seats[index] = Seat::Out(Standing::Sold);
        self.sales.push(Sale { entrant: index, revenue });
        self.go_on();
    }

    pub(super) fn post_failed(&mut self, index: usize, standing: Standing, finding: Finding) {
        if !self.expects(index) {
            return;
        }
        self.resumed |= self.phase == Phase::InDoubt;
        self.refused = true;
        self.seats[index] = Seat::Out(standing);
        self.findings[index].push(finding);
        self.go_on();
    }

    pub(super) fn go_on(&mut self) {
        if self.phase == Phase::InDoubt {
            self.phase = Phase::Posting;
        }
    }

    pub(super) fn in_doubt(&mut self, at: Elapsed, index: usize, commands: &mut Vec<Command>) {
        let Some(Seat::Posting { price, again }) = self.seats.get(index).copied() else { return };
        let on_unknown = self.auction.entrants[index].on_unknown;
        if on_unknown == OnUnknown::Retry && !again {
            self.seats[index] = Seat::Posting { price, again: true };
            commands.push(Command::Post(self.award(at, index, price, self.posts, true)));
            return;
        }
        self.seats[index] = Seat::Doubt;
        self.findings[index].push(Finding::plain(Stage::Post, Reason::PostUnknown));
        if !self.shared && on_unknown != OnUnknown::Continue {
            self.phase = Phase::InDoubt;
            commands.push(Command::Done(Decision::Unknown { entrant: index }));
        }
    }
}
