//! The states of an auction and what moves it from one to the next.

use super::{Auction, Award, Command, Decision, Elapsed, Event, rank};
use model::{
    Micros, Reason,
    contract::{ContractKind, OnUnknown},
    trace::{Finding, Stage, Standing},
};

/// Where one entrant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seat {
    /// Pinged and not answered yet.
    Asked { give_up_at: Elapsed },
    /// In the running at this price.
    Ready(Micros),
    /// Out, one way or another.
    Out(Standing),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Waiting for bids.
    Asking,
    /// Waiting for the answer to the post at this place of the plan.
    Posting(usize),
    /// The post at this place of the plan has no known outcome.
    InDoubt(usize),
    /// Over for good.
    Over,
}

/// One running auction.
#[derive(Debug, Clone)]
pub struct Machine {
    auction: Auction,
    seats: Vec<Seat>,
    findings: Vec<Vec<Finding>>,
    prices: Vec<Option<Micros>>,
    plan: Vec<usize>,
    phase: Phase,
    decided_at: Option<Elapsed>,
    resumed: bool,
    rejected_posts: bool,
}

impl Machine {
    /// Starts an auction at its time zero and says what to do first.
    #[must_use]
    pub fn start(auction: Auction) -> (Self, Vec<Command>) {
        let count = auction.entrants.len();
        let mut machine = Self {
            auction,
            seats: Vec::with_capacity(count),
            findings: vec![Vec::new(); count],
            prices: vec![None; count],
            plan: Vec::new(),
            phase: Phase::Asking,
            decided_at: None,
            resumed: false,
            rejected_posts: false,
        };
        let mut commands = Vec::with_capacity(count);
        let pings_end = machine.auction.deadline.saturating_sub(machine.auction.post_reserve);
        for index in 0..count {
            let entrant = &machine.auction.entrants[index];
            let give_up_at = entrant.ping_timeout.min(pings_end);
            match entrant.kind {
                ContractKind::Direct => {
                    machine.seats.push(Seat::Out(Standing::Excluded));
                    let price = entrant.fixed.unwrap_or(Micros::ZERO);
                    machine.offer(index, price, Stage::Plan);
                }
                ContractKind::Auction if give_up_at == 0 => {
                    machine.seats.push(Seat::Out(Standing::Excluded));
                    machine.findings[index].push(Finding::plain(Stage::Eligibility, Reason::PingBudget));
                }
                ContractKind::Auction => {
                    machine.seats.push(Seat::Asked { give_up_at });
                    commands.push(Command::Ping { entrant: index, give_up_at });
                }
            }
        }
        machine.decide_if_ready(0, &mut commands);
        (machine, commands)
    }

    /// Takes in what happened and says what to do. Events that no longer matter (an answer after the time-out, an index
    /// that does not exist) change at most what is recorded.
    pub fn step(&mut self, at: Elapsed, event: Event) -> Vec<Command> {
        let mut commands = Vec::new();
        match event {
            Event::Bid { entrant, price } => self.bid(entrant, price),
            Event::NoBid { entrant, reason } => {
                self.leave(entrant, Standing::Rejected, reason.unwrap_or(Reason::NoBid));
            }
            Event::PingFailed { entrant, reason } => self.leave(entrant, Standing::Failed, reason),
            Event::PostAccepted { entrant, price } => self.accepted(entrant, price, &mut commands),
            Event::PostRejected { entrant, reason } => {
                let finding = Finding::plain(Stage::Post, reason);
                self.post_failed(at, entrant, Standing::Rejected, finding, &mut commands);
            }
            Event::PostNotSent { entrant, reason } => {
                let finding = Finding::plain(Stage::Post, reason);
                self.post_failed(at, entrant, Standing::Failed, finding, &mut commands);
            }
            Event::PostWithheld { entrant, finding } => {
                self.post_failed(at, entrant, Standing::Lost, finding, &mut commands);
            }
            Event::PostUnknown { entrant } => self.in_doubt(at, entrant, &mut commands),
            Event::Tick => {}
        }
        if self.phase == Phase::Asking {
            self.time_out(at);
            self.decide_if_ready(at, &mut commands);
        }
        commands
    }

    /// When a [`Event::Tick`] is due, if one is.
    #[must_use]
    pub fn wake_at(&self) -> Option<Elapsed> {
        if self.phase != Phase::Asking {
            return None;
        }
        self.seats
            .iter()
            .filter_map(|seat| match seat {
                Seat::Asked { give_up_at } => Some(*give_up_at),
                Seat::Ready(_) | Seat::Out(_) => None,
            })
            .min()
    }

    /// The auction this machine runs.
    #[must_use]
    pub const fn auction(&self) -> &Auction {
        &self.auction
    }

    /// When the plan was made.
    #[must_use]
    pub const fn decided_at(&self) -> Option<Elapsed> {
        self.decided_at
    }

    /// How an entrant stands now, with everything that stood against it.
    #[must_use]
    pub fn standing(&self, entrant: usize) -> (Standing, Vec<Finding>) {
        let mut findings = self.findings[entrant].clone();
        let standing = match self.seats[entrant] {
            Seat::Out(standing) => standing,
            // Not waited for: whatever it could have bid would not have changed the plan.
            Seat::Asked { .. } => {
                findings.push(Finding::plain(Stage::Ping, Reason::Outbid));
                Standing::Lost
            }
            Seat::Ready(_) => {
                let taken = self.seats.contains(&Seat::Out(Standing::Sold));
                let reason = if taken { Reason::Outbid } else { Reason::NotReached };
                findings.push(Finding::plain(Stage::Plan, reason));
                Standing::Lost
            }
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

    fn bid(&mut self, index: usize, price: Micros) {
        match self.seats.get(index) {
            Some(Seat::Asked { .. }) => self.offer(index, price, Stage::Ping),
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

    /// Puts an entrant into the running if its price reaches the floors.
    fn offer(&mut self, index: usize, price: Micros, stage: Stage) {
        let floor = self.floor_of(index);
        self.prices[index] = Some(price);
        if price >= floor {
            self.seats[index] = Seat::Ready(price);
        } else {
            let finding = Finding::about(stage, Reason::BelowFloor, "price", price.to_decimal(), floor.to_decimal());
            self.findings[index].push(finding);
            self.seats[index] = Seat::Out(Standing::Lost);
        }
    }

    fn floor_of(&self, index: usize) -> Micros {
        let own = self.auction.entrants[index].floor.unwrap_or(Micros::ZERO);
        self.auction.floor.max(own)
    }

    fn leave(&mut self, index: usize, standing: Standing, reason: Reason) {
        if matches!(self.seats.get(index), Some(Seat::Asked { .. })) {
            self.seats[index] = Seat::Out(standing);
            self.findings[index].push(Finding::plain(Stage::Ping, reason));
        }
    }

    fn time_out(&mut self, at: Elapsed) {
        for index in 0..self.seats.len() {
            if matches!(self.seats[index], Seat::Asked { give_up_at } if give_up_at <= at) {
                self.leave(index, Standing::Failed, Reason::Timeout);
            }
        }
    }

    fn decide_if_ready(&mut self, at: Elapsed, commands: &mut Vec<Command>) {
        if self.phase == Phase::Asking && self.nothing_outstanding_matters() {
            self.plan = rank::plan(&self.auction, &self.ready_prices());
            self.decided_at = Some(at);
            self.post_from(at, 0, commands);
        }
    }

    fn ready_prices(&self) -> Vec<Option<Micros>> {
        let price = |seat: &Seat| match seat {
            Seat::Ready(price) => Some(*price),
            Seat::Asked { .. } | Seat::Out(_) => None,
        };
        self.seats.iter().map(price).collect()
    }

    /// Early close: nobody is waited for who could not change the plan. An outstanding contract cannot change it when it
    /// may not bid enough for its floor, or when the plan is already full of prices above the most it may bid. (At equal
    /// prices priority and the draw could still put it ahead, so equal is not enough.)
    fn nothing_outstanding_matters(&self) -> bool {
        let outstanding: Vec<usize> =
            (0..self.seats.len()).filter(|i| matches!(self.seats[*i], Seat::Asked { .. })).collect();
        if outstanding.is_empty() {
            return true;
        }
        let places = usize::from(self.auction.posts);
        outstanding.into_iter().all(|index| {
            let entrant = &self.auction.entrants[index];
            let Some(most) = entrant.max_bid else { return false };
            let better = self.seats.iter().zip(&self.auction.entrants).filter(
                |(seat, other)| matches!(seat, Seat::Ready(price) if *price > most && other.backup == entrant.backup),
            );
            most < self.floor_of(index) || better.count() >= places
        })
    }

    /// Posts to the next in the plan that still can be, or ends.
    fn post_from(&mut self, at: Elapsed, place: usize, commands: &mut Vec<Command>) {
        // A post that has begun gets its full time even beyond the deadline: cutting it short would only turn answers
        // into unknown outcomes. After a late rejection the source has its answer already, and the rest of the plan is
        // still worth trying.
        let in_time = self.resumed || at < self.auction.deadline;
        let Some(&index) = self.plan.get(place).filter(|_| in_time) else {
            self.phase = Phase::Over;
            commands.push(Command::Done(self.ending()));
            return;
        };
        let Seat::Ready(price) = self.seats[index] else {
            return self.post_from(at, place + 1, commands);
        };
        self.phase = Phase::Posting(place);
        let entrant = &self.auction.entrants[index];
        commands.push(Command::Post(Award {
            entrant: index,
            contract: entrant.contract,
            price,
            ordinal: u8::try_from(place + 1).unwrap_or(u8::MAX),
            give_up_at: at + entrant.post_timeout,
        }));
    }

    fn ending(&self) -> Decision {
        // A contract that was in doubt and passed over (`on_unknown: continue`) still leaves the lead in doubt.
        if let Some(entrant) = self.seats.iter().position(|seat| *seat == Seat::Out(Standing::Unknown)) {
            return Decision::Unknown { entrant };
        }
        let reason = if self.auction.entrants.is_empty() {
            Reason::NoEligibleBuyer
        } else if self.rejected_posts {
            Reason::AllRejected
        } else if self.prices.iter().any(Option::is_some) && self.plan.is_empty() {
            Reason::BelowFloor
        } else {
            Reason::NoBid
        };
        Decision::Unsold { reason }
    }

    /// Whether the post now waited for (or in doubt) is this entrant's.
    fn is_current(&self, index: usize) -> bool {
        match self.phase {
            Phase::Posting(place) | Phase::InDoubt(place) => self.plan.get(place) == Some(&index),
            Phase::Asking | Phase::Over => false,
        }
    }

    fn accepted(&mut self, index: usize, price: Option<Micros>, commands: &mut Vec<Command>) {
        if !self.is_current(index) {
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
        self.phase = Phase::Over;
        commands.push(Command::Done(Decision::Sold { entrant: index, revenue }));
    }

    fn post_failed(
        &mut self,
        at: Elapsed,
        index: usize,
        standing: Standing,
        finding: Finding,
        commands: &mut Vec<Command>,
    ) {
        let place = match self.phase {
            Phase::Posting(place) | Phase::InDoubt(place) if self.is_current(index) => place,
            _ => return,
        };
        self.resumed |= matches!(self.phase, Phase::InDoubt(_));
        self.rejected_posts = true;
        self.seats[index] = Seat::Out(standing);
        self.findings[index].push(finding);
        self.post_from(at, place + 1, commands);
    }

    fn in_doubt(&mut self, at: Elapsed, index: usize, commands: &mut Vec<Command>) {
        let Phase::Posting(place) = self.phase else { return };
        if !self.is_current(index) {
            return;
        }
        self.seats[index] = Seat::Out(Standing::Unknown);
        self.findings[index].push(Finding::plain(Stage::Post, Reason::PostUnknown));
        match self.auction.entrants[index].on_unknown {
            OnUnknown::Hold => {
                self.phase = Phase::InDoubt(place);
                commands.push(Command::Done(Decision::Unknown { entrant: index }));
            }
            OnUnknown::Continue => self.post_from(at, place + 1, commands),
        }
    }
}
