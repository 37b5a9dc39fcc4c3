//! The recording of an auction: what it began with, everything that was fed to its machine and when, and what the machine
//! said each time. Feeding the same again to the same rules has to give the same; [`crate::replay`] does that.
//!
//! There is one way to run a machine that is recorded, [`Taped`], and it does not let anybody step the machine past the tape.
//! A tape holds prices, times, reasons and terms of contracts. What buyers wrote and what sources sent never reach a machine, so
//! they cannot be on its tape.
//!
//! The bytes: the format's number, the auction, what it said at its start, and then for every step until the end of the
//! bytes the elapsed microseconds, the event and what was said. `shapes` lists the members of everything in their order.
//! Who adds a member to one of them is stopped by the compiler there: it is another format then, and [`FORMAT`] another
//! number.

mod pack;
mod shapes;

use super::{Auction, Command, Decision, Elapsed, Event, Machine};
use model::Micros;
use pack::{Bytes, Pack};
use std::ops::Deref;

/// The number of the format that is written.
pub const FORMAT: u8 = 1;

/// Room for an auction of a dozen contracts: a tape seldom has to grow.
const USUAL: usize = 2_048;

/// What a machine said, without the right that an [`super::Award`] is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Said {
    /// Ask a buyer.
    Ping {
        /// Index into [`Auction::entrants`].
        entrant: usize,
        /// When its answer has come too late.
        give_up_at: Elapsed,
    },
    /// Post to a buyer.
    Post {
        /// Index into [`Auction::entrants`].
        entrant: usize,
        /// For how much.
        price: Micros,
        /// Its number among the posts of the lead, from 1.
        ordinal: u8,
        /// When an answer has come too late.
        give_up_at: Elapsed,
        /// Whether it is the same post once more.
        again: bool,
    },
    /// How it ended.
    Done {
        /// For now, when it is unknown.
        decision: Decision,
    },
}

impl From<&Command> for Said {
    fn from(command: &Command) -> Self {
        match command {
            Command::Ping { entrant, give_up_at } => Self::Ping { entrant: *entrant, give_up_at: *give_up_at },
            Command::Post(award) => Self::Post {
                entrant: award.entrant(),
                price: award.price(),
                ordinal: award.ordinal(),
                give_up_at: award.give_up_at(),
                again: award.again(),
            },
            Command::Done(decision) => Self::Done { decision: decision.clone() },
        }
    }
}

/// A running auction that is recorded. It can be looked at as the machine it is, and only be stepped here.
#[derive(Debug, Clone)]
pub struct Taped {
    machine: Machine,
    tape: Vec<u8>,
}

impl Taped {
    /// [`Machine::start`], recorded.
    #[must_use]
    pub fn start(auction: Auction) -> (Self, Vec<Command>) {
        let mut tape = Vec::with_capacity(USUAL);
        tape.push(FORMAT);
        auction.put(&mut tape);
        let (machine, commands) = Machine::start(auction);
        put_said(&commands, &mut tape);
        (Self { machine, tape }, commands)
    }

    /// [`Machine::step`], recorded.
    pub fn step(&mut self, at: Elapsed, event: Event) -> Vec<Command> {
        at.put(&mut self.tape);
        event.put(&mut self.tape);
        let commands = self.machine.step(at, event);
        put_said(&commands, &mut self.tape);
        commands
    }

    /// Everything so far, as it is stored.
    #[must_use]
    pub fn tape(&self) -> &[u8] {
        &self.tape
    }
}

impl Deref for Taped {
    type Target = Machine;
    fn deref(&self) -> &Machine {
        &self.machine
    }
}

fn put_said(commands: &[Command], out: &mut Vec<u8>) {
    commands.len().put(out);
    for command in commands {
        Said::from(command).put(out);
    }
}

/// Something that was fed to a machine, and what it said to it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Input {
    /// When.
    pub at: Elapsed,
    /// What had happened.
    pub event: Event,
    /// What the machine said.
    pub said: Vec<Said>,
}

/// A recording that was read.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Tape {
    /// What it began with.
    pub auction: Auction,
    /// What the machine said at its start.
    pub begun: Vec<Said>,
    /// Everything after that, in order.
    pub inputs: Vec<Input>,
}

/// Why a tape cannot be read.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Unreadable {
    /// It was written in another format.
    #[error("it is in format {0}, and this program replays format {FORMAT}")]
    Format(u8),
    /// It is in this format, and its bytes make no tape.
    #[error("its bytes make no recording")]
    Damaged,
}

impl Tape {
    /// Reads the bytes of a tape.
    ///
    /// # Errors
    /// [`Unreadable`].
    pub fn read(bytes: &[u8]) -> Result<Self, Unreadable> {
        match bytes.split_first() {
            Some((&FORMAT, rest)) => Self::take_all(&mut Bytes(rest)).ok_or(Unreadable::Damaged),
            Some((other, _)) => Err(Unreadable::Format(*other)),
            None => Err(Unreadable::Damaged),
        }
    }

    /// The bytes of a tape, as [`Taped::tape`] has them.
    #[must_use]
    pub fn bytes(&self) -> Vec<u8> {
        let mut out = vec![FORMAT];
        self.auction.put(&mut out);
        self.begun.put(&mut out);
        for Input { at, event, said } in &self.inputs {
            at.put(&mut out);
            event.put(&mut out);
            said.put(&mut out);
        }
        out
    }

    fn take_all(from: &mut Bytes<'_>) -> Option<Self> {
        let (auction, begun): (Auction, Vec<Said>) = (Pack::take(from)?, Pack::take(from)?);
        let mut inputs = Vec::new();
        while !from.0.is_empty() {
            inputs.push(Input { at: Pack::take(from)?, event: Pack::take(from)?, said: Pack::take(from)? });
        }
        Some(Self { auction, begun, inputs })
    }
}

#[cfg(test)]
mod tests;
