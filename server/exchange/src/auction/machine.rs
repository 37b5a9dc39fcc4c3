//! The states of an auction and what moves it from one to the next.
//!
//! The ladder's steps are tried from the top. A step is decided when nobody who is still outstanding could change what it
//! would post; then its members are posted to, one after the other, or at once when they share the lead; and when none took
//! it, the next step is tried.

use super::{
    Auction, Award, Command, Decision, Elapsed, Event, Sale,
    ladder::{Rung, Step, ladder},
    rank,
    share::best_set,
    worth::{self, TooLow},
};
use model::{
    Micros, Reason,
    campaign::{LookAhead, Strategy},
    contract::{ContractKind, OnUnknown, Sharing},
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

    /// Early close: nobody is waited for who could not change what this step posts.
    fn decidable(&self) -> bool {
        let rung = &self.ladder[self.rung];
        if self.posts_left(rung.step) == 0 {
            return true;
        }
        let outstanding = |i: &&usize| matches!(self.seats[**i], Seat::Asked { .. });
        let ready = self.ready();
        // Whether nobody bid or somebody was late can make the difference for what comes next.
        let silence_counts = rung.falls.no_bid != rung.falls.timeout && ready.is_empty();
        rung.members.iter().filter(outstanding).all(|index| !silence_counts && !self.could_matter(rung, &ready, *index))
    }

    fn could_matter(&self, rung: &Rung, ready: &[(usize, Micros)], index: usize) -> bool {
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
    fn ready(&self) -> Vec<(usize, Micros)> {
        let rung = &self.ladder[self.rung];
        let price = |index: &usize| match self.seats[*index] {
            Seat::Ready(price) if rung.step != Step::FirstRefusal || self.goes_first(*index, price) => {
                Some((*index, price))
            }
            _ => None,
        };
        rung.members.iter().filter_map(price).collect()
    }

    fn goes_first(&self, index: usize, price: Micros) -> bool {
        worth::refusal(&self.auction, index).is_some_and(|from| price >= from)
    }

    fn shares(&self, rung: &Rung) -> bool {
        self.auction.max_buyers > 1
            && rung.step == Step::Tier
            && rung.members.iter().any(|i| self.auction.entrants[*i].routing.sharing == Sharing::Shared)
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

    /// The best set of shared offers, and the offers that stand alone. Where nothing is shared, all stand alone.
    fn offers(&self, rung: &Rung, ready: &[(usize, Micros)]) -> (Vec<usize>, Vec<(usize, Micros)>) {
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

    fn net(&self, index: usize) -> i64 {
        worth::net(&self.auction, index, self.prices[index].unwrap_or(Micros::ZERO)).0
    }

    fn is_shared(&self, index: usize) -> bool {
        self.auction.entrants[index].routing.sharing == Sharing::Shared
    }

    /// Buyers that have the lead, are being posted, or may have it.
    fn sharing_now(&self) -> usize {
        let holds = |seat: &&Seat| matches!(seat, Seat::Posting { .. } | Seat::Doubt | Seat::Out(Standing::Sold));
        self.seats.iter().filter(holds).count()
    }

    /// Whether the set brings more than the best offer that stands alone. Of equal ones the single buyer gets it.
    fn set_wins(&self, set: &[usize], alone: &[(usize, Micros)]) -> bool {
        let sum: i128 = set.iter().map(|index| i128::from(self.net(*index))).sum();
        let best = alone.iter().map(|(index, _)| i128::from(self.net(*index))).max();
        !set.is_empty() && best.is_none_or(|best| sum > best)
    }

    const fn posts_left(&self, step: Step) -> usize {
        match step {
            Step::Exclusive => self.left.exclusive,
            Step::FirstRefusal | Step::Tier => self.left.tiers,
            Step::Backup => self.left.backup,
        }
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

    /// Whether the step gives way to the next.
    fn falls(&self) -> bool {
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

    fn end(&mut self, commands: &mut Vec<Command>) {
        self.phase = Phase::Over;
        commands.push(Command::Done(self.ending()));
    }

    fn ending(&mut self) -> Decision {
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
    fn only_too_low(&self) -> bool {
        let too_low = |findings: &Vec<Finding>| findings.iter().any(|finding| finding.reason == Reason::BelowFloor);
        self.findings.iter().any(too_low) && !self.seats.iter().any(|seat| matches!(seat, Seat::Ready(_)))
    }

    fn bid(&mut self, at: Elapsed, index: usize, price: Micros, good_for: Option<Elapsed>) {
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
    fn offer(&mut self, index: usize, price: Micros, stage: Stage) {
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

    /// A bid that no longer stands is not posted to.
    fn expire(&mut self, at: Elapsed) {
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

    fn accepted(&mut self, index: usize, price: Option<Micros>) {
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

    fn post_failed(&mut self, index: usize, standing: Standing, finding: Finding) {
        if !self.expects(index) {
            return;
        }
        self.resumed |= self.phase == Phase::InDoubt;
        self.refused = true;
        self.seats[index] = Seat::Out(standing);
        self.findings[index].push(finding);
        self.go_on();
    }

    fn go_on(&mut self) {
        if self.phase == Phase::InDoubt {
            self.phase = Phase::Posting;
        }
    }

    fn in_doubt(&mut self, at: Elapsed, index: usize, commands: &mut Vec<Command>) {
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
