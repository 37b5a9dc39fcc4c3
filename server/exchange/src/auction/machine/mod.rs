//! The states of an auction and what moves it from one to the next.
//!
//! The ladder's steps are tried from the top. A step is decided when nobody who is still outstanding could change what it
//! would post; then its members are posted to, one after the other, or at once when they share the lead; and when none took
//! it, the next step is tried.

mod choosing;
mod hearing;
mod telling;

use super::{
    Auction, Award, Command, Decision, Elapsed, Event, Sale,
    ladder::{Rung, Step, ladder},
    rank,
};
use model::{
    Micros, Reason,
    contract::{ContractKind, OnUnknown},
    trace::{Finding, Stage, Standing},
};

/// Where one entrant stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Seat {
    /// Not pinged yet.
    Waiting,
    /// Pinged and not answered yet.
    Asked { give_up_at: Elapsed },
    /// In the running at this price.
    Ready(Micros),
    /// Posted to at this price.
    Posting { price: Micros, again: bool },
    /// Posted to, and what became of it is not known.
    Doubt,
    /// Out, one way or another.
    Out(Standing),
}

#[derive(Debug, Clone, Copy, PartialEq, Eq)]
enum Phase {
    /// Waiting until the step can be decided.
    Deciding,
    /// Posting to the step's members.
    Posting,
    /// Stopped at a post without a known outcome.
    InDoubt,
    /// Over for good.
    Over,
}

/// What is left of the posts of a class.
#[derive(Debug, Clone, Copy)]
struct Left {
    exclusive: usize,
    tiers: usize,
    backup: usize,
}

/// One running auction.
#[derive(Debug, Clone)]
pub struct Machine {
    auction: Auction,
    ladder: Vec<Rung>,
    rung: usize,
    phase: Phase,
    /// Whether the pings have been sent.
    asked: bool,
    seats: Vec<Seat>,
    findings: Vec<Vec<Finding>>,
    prices: Vec<Option<Micros>>,
    /// Until when each bid stands.
    good_until: Vec<Option<Elapsed>>,
    /// Everybody planned so far, in order.
    plan: Vec<usize>,
    advice: Option<Vec<usize>>,
    left: Left,
    /// Whether the lead is being shared.
    shared: bool,
    /// How many posts were begun.
    posts: u8,
    /// Whether this step has posted to somebody.
    tried: bool,
    sales: Vec<Sale>,
    decided_at: Option<Elapsed>,
    resumed: bool,
    refused: bool,
}

impl Machine {
    /// Starts an auction at its time zero and says what to do first.
    #[must_use]
    pub fn start(auction: Auction) -> (Self, Vec<Command>) {
        let count = auction.entrants.len();
        let posts = usize::from(auction.posts);
        let mut machine = Self {
            ladder: ladder(&auction),
            rung: 0,
            phase: Phase::Deciding,
            asked: false,
            seats: vec![Seat::Waiting; count],
            findings: vec![Vec::new(); count],
            prices: vec![None; count],
            good_until: vec![None; count],
            plan: Vec::new(),
            advice: None,
            left: Left { exclusive: posts, tiers: posts, backup: posts },
            shared: false,
            posts: 0,
            tried: false,
            sales: Vec::new(),
            decided_at: None,
            resumed: false,
            refused: false,
            auction,
        };
        for index in 0..count {
            let entrant = &machine.auction.entrants[index];
            if entrant.kind == ContractKind::Direct {
                let price = entrant.fixed.unwrap_or(Micros::ZERO);
                machine.offer(index, price, Stage::Plan);
            }
        }
        let mut commands = Vec::with_capacity(count);
        machine.advance(0, &mut commands);
        (machine, commands)
    }

    /// Takes in what happened and says what to do. Events that no longer matter (an answer after the time-out, an index
    /// that does not exist) change at most what is recorded.
    pub fn step(&mut self, at: Elapsed, event: Event) -> Vec<Command> {
        let mut commands = Vec::new();
        // Whoever's time was over before this moment was late, even if nobody looked at the clock then.
        self.time_out(at.saturating_sub(1));
        match event {
            Event::Bid { entrant, price, good_for } => self.bid(at, entrant, price, good_for),
            Event::NoBid { entrant, reason } => {
                self.leave(entrant, Standing::Rejected, reason.unwrap_or(Reason::NoBid));
            }
            Event::PingFailed { entrant, reason } => self.leave(entrant, Standing::Failed, reason),
            Event::PostAccepted { entrant, price } => self.accepted(entrant, price),
            Event::PostRejected { entrant, reason } => {
                self.post_failed(entrant, Standing::Rejected, Finding::plain(Stage::Post, reason));
            }
            Event::PostNotSent { entrant, reason } => {
                self.post_failed(entrant, Standing::Failed, Finding::plain(Stage::Post, reason));
            }
            Event::PostWithheld { entrant, finding } => self.post_failed(entrant, Standing::Lost, finding),
            Event::PostUnknown { entrant } => self.in_doubt(at, entrant, &mut commands),
            Event::Tick => {}
        }
        self.time_out(at);
        self.expire(at);
        self.advance(at, &mut commands);
        commands
    }

    /// When a [`Event::Tick`] is due, if one is.
    #[must_use]
    pub fn wake_at(&self) -> Option<Elapsed> {
        if self.phase != Phase::Deciding {
            return None;
        }
        let due = |seat: &Seat| match seat {
            Seat::Asked { give_up_at } => Some(*give_up_at),
            _ => None,
        };
        self.seats.iter().filter_map(due).min()
    }

    /// The auction this machine runs.
    #[must_use]
    pub const fn auction(&self) -> &Auction {
        &self.auction
    }

    /// Goes on as far as it can without hearing more.
    fn advance(&mut self, at: Elapsed, commands: &mut Vec<Command>) {
        loop {
            match self.phase {
                Phase::InDoubt | Phase::Over => return,
                Phase::Deciding => {
                    let Some(step) = self.ladder.get(self.rung).map(|rung| rung.step) else {
                        return self.end(commands);
                    };
                    if step != Step::Exclusive && !self.asked {
                        self.ask(at, commands);
                    }
                    if !self.decidable() {
                        return;
                    }
                    self.decide(at);
                }
                Phase::Posting => {
                    if !self.post_more(at, commands) {
                        return;
                    }
                }
            }
        }
    }

    /// Sends every ping at once; who has no time left is not pinged.
    fn ask(&mut self, at: Elapsed, commands: &mut Vec<Command>) {
        self.asked = true;
        let end = self.auction.deadline.saturating_sub(self.auction.post_reserve);
        for (index, entrant) in self.auction.entrants.iter().enumerate() {
            if entrant.kind != ContractKind::Auction {
                continue;
            }
            let give_up_at = (at + entrant.ping_timeout).min(end);
            if give_up_at <= at {
                self.seats[index] = Seat::Out(Standing::Excluded);
                self.findings[index].push(Finding::plain(Stage::Eligibility, Reason::PingBudget));
            } else {
                self.seats[index] = Seat::Asked { give_up_at };
                commands.push(Command::Ping { entrant: index, give_up_at });
            }
        }
    }

    fn decide(&mut self, at: Elapsed) {
        let rung = &self.ladder[self.rung];
        let ready = self.ready();
        let posts = self.posts_left(rung.step);
        let (set, alone) = self.offers(rung, &ready);
        let order = rank::order(&self.auction, rung, &alone, posts);
        let foreseen: Vec<usize> = if self.set_wins(&set, &alone) {
            set.into_iter().chain(order).take(posts + usize::from(self.auction.max_buyers.saturating_sub(1))).collect()
        } else {
            order
        };
        self.advice = self.advice.take().or_else(|| rank::advice(&self.auction, rung, &alone, posts));
        for index in foreseen {
            if !self.plan.contains(&index) {
                self.plan.push(index);
            }
        }
        // A step that posts to nobody made no plan, unless it is the last there is.
        if self.decided_at.is_none() && (!ready.is_empty() || self.rung + 1 == self.ladder.len()) {
            self.decided_at = Some(at);
        }
        self.tried = false;
        self.phase = Phase::Posting;
    }

    /// Posts to whoever comes next. False when there is nothing to do but wait, or it is over.
    fn post_more(&mut self, at: Elapsed, commands: &mut Vec<Command>) -> bool {
        let under_way = self.seats.iter().any(|seat| matches!(seat, Seat::Posting { .. }));
        if under_way && !self.shared {
            return false;
        }
        if !self.sales.is_empty() && !self.shared {
            self.end(commands);
            return false;
        }
        // A post that has begun gets its full time even beyond the deadline: cutting it short would only turn answers
        // into unknown outcomes. After a late rejection the source has its answer already, and the rest of the plan is
        // still worth trying.
        let in_time = self.resumed || at < self.auction.deadline;
        let step = self.ladder[self.rung].step;
        let next = if in_time { self.next() } else { Vec::new() };
        if !next.is_empty() {
            for index in next {
                self.post(at, step, index, commands);
            }
            return false;
        }
        if under_way {
            return false;
        }
        if !self.sales.is_empty() || !in_time {
            self.end(commands);
            return false;
        }
        if let Some(entrant) = self.holding() {
            self.phase = Phase::InDoubt;
            commands.push(Command::Done(Decision::Unknown { entrant }));
            return false;
        }
        if !self.falls() {
            self.end(commands);
            return false;
        }
        self.shared = false;
        self.rung += 1;
        self.phase = Phase::Deciding;
        true
    }

    /// Who is posted to next, at once.
    fn next(&mut self) -> Vec<usize> {
        let rung = &self.ladder[self.rung];
        let left = self.posts_left(rung.step);
        let ready = self.ready();
        let (set, alone) = self.offers(rung, &ready);
        if self.shared && (!set.is_empty() || self.sharing_now() > 0) {
            return set.into_iter().take(left).collect();
        }
        if left > 0 && self.set_wins(&set, &alone) {
            // As many posts more as there are buyers more.
            if !std::mem::replace(&mut self.shared, true) {
                self.left.tiers += usize::from(self.auction.max_buyers) - 1;
            }
            return set.into_iter().take(self.left.tiers).collect();
        }
        let next = rank::order(&self.auction, rung, &alone, left).into_iter().take(1).collect();
        self.shared = false;
        next
    }

    fn post(&mut self, at: Elapsed, step: Step, index: usize, commands: &mut Vec<Command>) {
        let Seat::Ready(price) = self.seats[index] else { return };
        match step {
            Step::Exclusive => self.left.exclusive -= 1,
            Step::FirstRefusal | Step::Tier => self.left.tiers -= 1,
            Step::Backup => self.left.backup -= 1,
        }
        if !self.plan.contains(&index) {
            self.plan.push(index);
        }
        self.tried = true;
        self.posts = self.posts.saturating_add(1);
        self.seats[index] = Seat::Posting { price, again: false };
        commands.push(Command::Post(self.award(at, index, price, self.posts, false)));
    }

    fn award(&self, at: Elapsed, index: usize, price: Micros, ordinal: u8, again: bool) -> Award {
        let entrant = &self.auction.entrants[index];
        let give_up_at = at + entrant.post_timeout;
        Award { entrant: index, contract: entrant.contract, price, ordinal, give_up_at, again }
    }

    /// Somebody in doubt whose contract says that the waterfall stops there, or who shares the lead.
    fn holding(&self) -> Option<usize> {
        let holds = |i: usize| self.shared || self.auction.entrants[i].on_unknown != OnUnknown::Continue;
        (0..self.seats.len()).find(|i| self.seats[*i] == Seat::Doubt && holds(*i))
    }

    fn end(&mut self, commands: &mut Vec<Command>) {
        self.phase = Phase::Over;
        commands.push(Command::Done(self.ending()));
    }
}
