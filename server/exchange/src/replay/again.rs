//! Feeding a tape to a machine.

use super::{Difference, PostEnd, words::Words};
use crate::auction::{
    Auction, Decision, Event, Machine,
    tape::{Input, Said, Tape},
};
use model::{Micros, trace::Trace};

/// A post that the machine ordered and that left.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Post {
    pub(super) entrant: usize,
    pub(super) ordinal: u8,
    pub(super) price: Micros,
    /// How it came out as far as the tape goes.
    pub(super) end: PostEnd,
    pub(super) paid: Option<Micros>,
}

/// An auction that was run again, to the end of its tape.
pub(super) struct Again {
    pub(super) machine: Machine,
    pub(super) words: Words,
    /// Who was asked.
    pub(super) asked: Vec<usize>,
    pub(super) posts: Vec<Post>,
    /// What was offered altogether, by every post it ordered.
    pub(super) offered: Option<Micros>,
    pub(super) ends: Vec<Decision>,
    /// The first step at which the machine said something else than then. What comes after it follows from it.
    pub(super) first: Option<Difference>,
}

impl Again {
    pub(super) fn run(tape: &Tape, trace: &Trace) -> Self {
        Self::fed(tape, Words::of(&tape.auction, &trace.verdicts))
    }

    /// Without knowing anybody's name.
    pub(super) fn unnamed(tape: &Tape) -> Self {
        Self::fed(tape, Words::of(&tape.auction, &[]))
    }

    fn fed(tape: &Tape, words: Words) -> Self {
        let (machine, commands) = Machine::start(tape.auction.clone());
        let mut again =
            Self { machine, words, asked: Vec::new(), posts: Vec::new(), offered: None, ends: Vec::new(), first: None };
        let said: Vec<Said> = commands.iter().map(Said::from).collect();
        again.judge("at the start", &tape.begun, &said);
        again.heed(&said);
        for Input { at, event, said: then } in &tape.inputs {
            again.note(event);
            let now: Vec<Said> = again.machine.step(*at, event.clone()).iter().map(Said::from).collect();
            if *then != now {
                let what = again.words.moment(*at, event);
                again.judge(&what, then, &now);
            }
            again.heed(&now);
        }
        again
    }

    fn judge(&mut self, what: &str, then: &[Said], now: &[Said]) {
        if self.first.is_none() && then != now {
            let words = |said| self.words.said(said);
            self.first = Some(Difference { what: what.to_owned(), then: words(then), now: words(now) });
        }
    }

    /// Takes down what the machine said.
    fn heed(&mut self, said: &[Said]) {
        for said in said {
            match said {
                Said::Ping { entrant, .. } => self.asked.push(*entrant),
                Said::Post { again: true, .. } => {}
                Said::Post { entrant, price, ordinal, .. } => {
                    self.offered = Some(self.offered.unwrap_or_default() + *price);
                    let (entrant, ordinal, price) = (*entrant, *ordinal, *price);
                    self.posts.push(Post { entrant, ordinal, price, end: PostEnd::Open, paid: None });
                }
                Said::Done { decision } => self.ends.push(decision.clone()),
            }
        }
    }

    /// Takes down what became of a post.
    fn note(&mut self, event: &Event) {
        let (entrant, end, paid) = match event {
            Event::PostAccepted { entrant, price } => {
                let asked = self.bid(*entrant);
                (*entrant, PostEnd::Accepted, price.or(asked))
            }
            Event::PostRejected { entrant, .. } => (*entrant, PostEnd::Rejected, None),
            Event::PostNotSent { entrant, .. } => (*entrant, PostEnd::NotSent, None),
            Event::PostUnknown { entrant } => (*entrant, PostEnd::Unknown, None),
            // It never left, and is stored nowhere.
            Event::PostWithheld { entrant, .. } => return self.posts.retain(|post| post.entrant != *entrant),
            Event::Bid { .. } | Event::NoBid { .. } | Event::PingFailed { .. } | Event::Tick => return,
        };
        if let Some(post) = self.posts.iter_mut().find(|post| post.entrant == entrant) {
            (post.end, post.paid) = (end, paid);
        }
    }

    /// The price of an entrant; a tape may name one that does not exist.
    fn bid(&self, entrant: usize) -> Option<Micros> {
        (entrant < self.auction().entrants.len()).then(|| self.machine.price(entrant)).flatten()
    }

    pub(super) fn auction(&self) -> &Auction {
        self.machine.auction()
    }
}
