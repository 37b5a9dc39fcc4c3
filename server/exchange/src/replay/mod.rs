//! An auction is run again: its tape is fed to the rules of this program, and whatever they say is held against what was
//! recorded of it at the time, by the tape itself and by everything that was stored beside it: the verdicts on the lead's page,
//! the posts, and what came of it in money.
//!
//! What the tape begins with is taken as it was: which contracts could be asked (filters, caps, schedules, duplicates, as
//! they stood at that moment), on what terms, and what buyers answered. What is decided anew is everything from there to
//! the end. What was decided *after* the tape's end (somebody resolved a post in doubt, a buyer gave the lead back, another
//! server closed it) is counted as later, and not judged.

mod again;
mod anew;
mod compare;
mod pings;
mod words;

pub use anew::{Anew, Answers, anew, beside};
pub use pings::{RecordedPing, replay_ping};

use crate::{
    auction::tape::{FORMAT, Tape, Unreadable},
    rollup::LeadFact,
};
use again::Again;
use model::{ContractId, LeadId, Micros, lead::LeadState, trace::Trace};
use std::fmt;

/// How a post came out, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PostEnd {
    /// It may be on its way.
    Open,
    /// The buyer took the lead.
    Accepted,
    /// The buyer refused it.
    Rejected,
    /// It never left.
    NotSent,
    /// It left, and what became of it is not known.
    Unknown,
}

/// A post, as it is stored.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Posted {
    /// To which contract.
    pub contract: ContractId,
    /// Its number among the posts of its auction, from 1.
    pub ordinal: u8,
    /// The price that was reserved.
    pub price: Micros,
    /// How it came out, to this day.
    pub end: PostEnd,
    /// What the buyer pays, when it took the lead.
    pub paid: Option<Micros>,
}

/// Everything that was recorded of one lead's auction.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Recorded {
    /// The lead.
    pub lead: LeadId,
    /// Which of its auctions: 0, or one more for each time it was auctioned again.
    pub round: u8,
    /// Where it stands today; of an earlier round, where that left it.
    pub state: LeadState,
    /// The bytes of the auction's tape; none before auctions were taped.
    pub tape: Option<Vec<u8>>,
    /// The verdicts, as the lead's page shows them; none when it was closed without an auction.
    pub trace: Option<Trace>,
    /// Its posts, by ordinal.
    pub posts: Vec<Posted>,
    /// Every outcome it had, in no particular order.
    pub facts: Vec<LeadFact>,
}

/// Something that was decided otherwise.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Difference {
    /// What it is about.
    pub what: String,
    /// What was decided at the time.
    pub then: String,
    /// What this program decides.
    pub now: String,
}

impl fmt::Display for Difference {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "{}: then {}; now {}", self.what, self.then, self.now)
    }
}

/// Why an auction cannot be run again.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Cannot {
    /// It was run before auctions were taped.
    NotTaped,
    /// Its tape is in a format that this program does not know (any more, or yet).
    Format(u8),
}

impl fmt::Display for Cannot {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        match self {
            Self::NotTaped => f.write_str("it was run before auctions were recorded"),
            Self::Format(format) => {
                write!(f, "its recording is in format {format}, and this program replays format {FORMAT}")
            }
        }
    }
}

/// What came of running an auction again.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Replayed {
    /// Everything was decided as it was then.
    Same {
        /// So many decisions came after the auction's end and are not the auction's.
        later: usize,
    },
    /// Something was not.
    Different(Vec<Difference>),
    /// It cannot be run again.
    Cannot(Cannot),
    /// There was no auction that came to an end: a server died, and another closed the lead without one.
    NoAuction,
    /// It is being auctioned at this moment.
    UnderWay,
}

/// The first step of a tape at which this program's rules say something else than is on it.
#[must_use]
pub fn first_difference(tape: &Tape) -> Option<Difference> {
    Again::unnamed(tape).first
}

/// Runs a lead's auction again.
#[must_use]
pub fn replay(recorded: &Recorded) -> Replayed {
    if recorded.state == LeadState::Processing {
        return Replayed::UnderWay;
    }
    let Some(trace) = &recorded.trace else { return Replayed::NoAuction };
    match read(recorded.tape.as_deref()) {
        Ok(tape) => {
            let again = Again::run(&tape, trace);
            let (differences, later) = compare::all(&again, recorded, trace);
            if differences.is_empty() { Replayed::Same { later } } else { Replayed::Different(differences) }
        }
        Err(why) => why,
    }
}

/// The tape, or what there is to say without one.
fn read(tape: Option<&[u8]>) -> Result<Tape, Replayed> {
    let Some(bytes) = tape.filter(|bytes| !bytes.is_empty()) else { return Err(Replayed::Cannot(Cannot::NotTaped)) };
    Tape::read(bytes).map_err(|why| match why {
        Unreadable::Format(format) => Replayed::Cannot(Cannot::Format(format)),
        Unreadable::Damaged => Replayed::Different(vec![Difference {
            what: "its recording".into(),
            then: "written whole".into(),
            now: "its bytes make no recording".into(),
        }]),
    })
}

#[cfg(test)]
mod tests;
