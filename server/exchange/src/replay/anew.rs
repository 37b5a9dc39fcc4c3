//! A lead of the past in an auction of today: the contracts and terms are those in force, buyers answer as they did then.
//!
//! Nobody is asked. What a buyer would answer that was not asked then is not known, so it is left out of the running and said to
//! be; who would be posted to and was not then is taken to accept. An award that the machine makes here opens nothing: it
//! never leaves this file.

use crate::auction::{
    Auction, Award, Command, Decision, Elapsed, Event, Machine,
    tape::{Said, Tape},
};
use model::{
    ContractId, Reason,
    contract::ContractKind,
    rerun::{Beside, Rests},
    trace::Verdict,
};
use std::collections::{BTreeMap, HashMap};

/// What buyers answered in a recorded auction, and after how long.
#[derive(Debug, Clone, Default, PartialEq, Eq)]
pub struct Answers {
    /// Who was asked; none for one that said nothing before the recording's end.
    pings: HashMap<ContractId, Option<(Elapsed, Event)>>,
    /// The last that was heard of each post.
    posts: HashMap<ContractId, (Elapsed, Event)>,
}

/// When calls of a recorded auction were begun, by entrant.
#[derive(Default)]
struct Begun {
    pings: HashMap<usize, Elapsed>,
    posts: HashMap<usize, Elapsed>,
}

impl Begun {
    fn note(&mut self, at: Elapsed, said: &[Said]) {
        for said in said {
            match said {
                Said::Ping { entrant, .. } => self.pings.insert(*entrant, at),
                // What is sent once more is the same post.
                Said::Post { entrant, again: false, .. } => self.posts.insert(*entrant, at),
                Said::Post { again: true, .. } | Said::Done { .. } => None,
            };
        }
    }
}

impl Answers {
    /// Those of a tape.
    #[must_use]
    pub fn of(tape: &Tape) -> Self {
        let contract = |entrant: usize| tape.auction.entrants.get(entrant).map(|entrant| entrant.contract);
        let (mut answers, mut begun) = (Self::default(), Begun::default());
        begun.note(0, &tape.begun);
        for input in &tape.inputs {
            if let Some((entrant, contract)) = about(&input.event).and_then(|one| Some((one, contract(one)?))) {
                let calls = if is_ping(&input.event) { &begun.pings } else { &begun.posts };
                let took = calls.get(&entrant).map_or(0, |began| input.at.saturating_sub(*began));
                answers.note(contract, took, &input.event);
            }
            begun.note(input.at, &input.said);
        }
        for contract in begun.pings.keys().filter_map(|entrant| contract(*entrant)) {
            answers.pings.entry(contract).or_insert(None);
        }
        answers
    }

    fn note(&mut self, contract: ContractId, took: Elapsed, event: &Event) {
        match event {
            // We did not post after all: that is no answer of the buyer.
            Event::PostWithheld { .. } | Event::Tick => {}
            Event::Bid { .. } | Event::NoBid { .. } | Event::PingFailed { .. } => {
                self.pings.insert(contract, Some((took, event.clone())));
            }
            _ => {
                self.posts.insert(contract, (took, event.clone()));
            }
        }
    }
}

const fn is_ping(event: &Event) -> bool {
    matches!(event, Event::Bid { .. } | Event::NoBid { .. } | Event::PingFailed { .. })
}

/// Whom an event is about.
fn about(event: &Event) -> Option<usize> {
    let mut event = event.clone();
    subject(&mut event).copied()
}

/// The same event about another entrant.
fn of_entrant(event: &Event, now: usize) -> Event {
    let mut event = event.clone();
    if let Some(entrant) = subject(&mut event) {
        *entrant = now;
    }
    event
}

const fn subject(event: &mut Event) -> Option<&mut usize> {
    match event {
        Event::Bid { entrant, .. }
        | Event::NoBid { entrant, .. }
        | Event::PingFailed { entrant, .. }
        | Event::PostAccepted { entrant, .. }
        | Event::PostRejected { entrant, .. }
        | Event::PostNotSent { entrant, .. }
        | Event::PostUnknown { entrant }
        | Event::PostWithheld { entrant, .. } => Some(entrant),
        Event::Tick => None,
    }
}

/// How an auction of today would end.
#[derive(Debug, Clone)]
pub struct Anew {
    /// The machine at its end.
    pub machine: Machine,
    /// What it decided.
    pub decision: Decision,
    /// By entrant, what is known of its answers.
    pub rests: Vec<Rests>,
}

/// Runs an auction on the answers of another one.
#[must_use]
pub fn anew(auction: Auction, answers: &Answers) -> Anew {
    let rests = vec![Rests::Known; auction.entrants.len()];
    let (machine, commands) = Machine::start(auction);
    let mut running = Running { machine, answers, due: BTreeMap::new(), order: 0, rests };
    let mut ended = running.heed(0, &commands);
    let decision = loop {
        if let Some(decision) = ended {
            break decision;
        }
        let Some((at, event)) = running.next() else { break Decision::Unsold { reason: Reason::NoBid } };
        let commands = running.machine.step(at, event);
        ended = running.heed(at, &commands);
    };
    Anew { machine: running.machine, decision, rests: running.rests }
}

struct Running<'a> {
    machine: Machine,
    answers: &'a Answers,
    /// What will happen, by time and in the order it was begun.
    due: BTreeMap<(Elapsed, usize), Event>,
    order: usize,
    rests: Vec<Rests>,
}

impl Running<'_> {
    /// The next thing that happens: an answer, or the end of somebody's time.
    fn next(&mut self) -> Option<(Elapsed, Event)> {
        let answer = self.due.keys().next().copied();
        let wake = self.machine.wake_at();
        match (answer, wake) {
            (Some((at, _)), Some(wake)) if wake < at => Some((wake, Event::Tick)),
            (Some(key), _) => self.due.remove(&key).map(|event| (key.0, event)),
            (None, wake) => wake.map(|wake| (wake, Event::Tick)),
        }
    }

    /// Lets buyers answer what the machine says; the decision, when it made one.
    fn heed(&mut self, at: Elapsed, commands: &[Command]) -> Option<Decision> {
        let mut ended = None;
        for command in commands {
            match command {
                Command::Ping { entrant, .. } => self.ping(at, *entrant),
                Command::Post(award) => self.post(at, award),
                Command::Done(decision) => ended = Some(decision.clone()),
            }
        }
        ended
    }

    fn ping(&mut self, at: Elapsed, entrant: usize) {
        let contract = self.machine.auction().entrants[entrant].contract;
        match self.answers.pings.get(&contract) {
            Some(Some((took, event))) => self.will(at + took, of_entrant(event, entrant)),
            // It said nothing then, and its time runs out now.
            Some(None) => {}
            None => {
                self.rests[entrant] = Rests::Unheard;
                self.will(at, Event::NoBid { entrant, reason: None });
            }
        }
    }

    fn post(&mut self, at: Elapsed, award: &Award) {
        let (entrant, contract) = (award.entrant(), award.contract());
        match self.answers.posts.get(&contract) {
            // Sent once more, it comes out as it did: one that stays in doubt is given up by the machine.
            Some((took, event)) => self.will(at + took, of_entrant(event, entrant)),
            None => {
                self.rests[entrant] = Rests::Assumed;
                self.will(at, Event::PostAccepted { entrant, price: None });
            }
        }
    }

    fn will(&mut self, at: Elapsed, event: Event) {
        self.order += 1;
        self.due.insert((at, self.order), event);
    }
}

/// The verdicts of then and of now side by side. Silent contracts do not compete, and are left out.
#[must_use]
pub fn beside(then: &[Verdict], now: Vec<(Verdict, Rests)>) -> Vec<Beside> {
    let competes = |verdict: &Verdict| verdict.kind != ContractKind::Silent;
    let mut gone: Vec<&Verdict> = then.iter().filter(|verdict| competes(verdict)).collect();
    let mut rows: Vec<Beside> = Vec::new();
    for (verdict, rests) in now.into_iter().filter(|(verdict, _)| competes(verdict)) {
        let before = gone.iter().position(|old| old.contract_id == verdict.contract_id).map(|at| gone.remove(at));
        rows.push(Beside {
            contract_id: verdict.contract_id,
            contract: verdict.contract.clone(),
            buyer: verdict.buyer.clone(),
            then: before.cloned(),
            now: Some(verdict),
            rests,
        });
    }
    rows.extend(gone.into_iter().map(|verdict| Beside {
        contract_id: verdict.contract_id,
        contract: verdict.contract.clone(),
        buyer: verdict.buyer.clone(),
        then: Some(verdict.clone()),
        now: None,
        rests: Rests::Known,
    }));
    rows
}
