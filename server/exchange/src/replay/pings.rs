//! A source's ping is run again: what it was offered, and what every buyer said.

use super::{Difference, Replayed, again::Again, read};
use crate::auction::Decision;
use model::{
    ContractId, Micros, PingId, Reason,
    trace::{Finding, Standing},
};

/// Everything that was recorded of a ping.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct RecordedPing {
    /// The ping.
    pub ping: PingId,
    /// The bytes of its auction's tape; none before auctions were taped.
    pub tape: Option<Vec<u8>>,
    /// What its source was offered.
    pub payout: Option<Micros>,
    /// Why it was offered nothing.
    pub reason: Option<Reason>,
    /// The contracts that were asked, with their bids.
    pub bids: Vec<(ContractId, Option<Micros>)>,
}

/// Runs the auction of a source's ping again, up to the first post it would have made.
#[must_use]
pub fn replay_ping(recorded: &RecordedPing) -> Replayed {
    let tape = match read(recorded.tape.as_deref()) {
        Ok(tape) => tape,
        Err(why) => return why,
    };
    let again = Again::unnamed(&tape);
    let mut found: Vec<Difference> = again.first.iter().cloned().collect();
    let payout = again.offered.map(|revenue| again.auction().payout.of(revenue));
    let reason = match (payout, again.ends.last()) {
        (Some(_), _) => None,
        (None, Some(Decision::Unsold { reason })) => Some(*reason),
        (None, _) => Some(Reason::NoBid),
    };
    let offer = |payout: Option<Micros>, reason: Option<Reason>| match payout {
        Some(payout) => format!("payout {payout}"),
        None => format!("no bid ({})", reason.map_or("no reason", Reason::code)),
    };
    if (recorded.payout, recorded.reason.map(known)) != (payout, reason) {
        let (then, now) = (offer(recorded.payout, recorded.reason), offer(payout, reason));
        found.push(Difference { what: "the offer".into(), then, now });
    }
    for (contract, then) in &recorded.bids {
        let now = bid(&again, *contract);
        if *then != now {
            let words = |bid: Option<Micros>| bid.map_or_else(|| "none".to_owned(), Micros::to_decimal);
            found.push(Difference { what: format!("the bid of {contract}"), then: words(*then), now: words(now) });
        }
    }
    if found.is_empty() { Replayed::Same { later: 0 } } else { Replayed::Different(found) }
}

/// The bid that was held.
fn bid(again: &Again, contract: ContractId) -> Option<Micros> {
    let entrant = again.auction().entrants.iter().position(|entrant| entrant.contract == contract)?;
    let (standing, _): (Standing, Vec<Finding>) = again.machine.standing(entrant);
    again.machine.price(entrant).filter(|_| standing != Standing::Failed)
}

/// A ping stores no verdicts, so that there were no contracts at all is not told from none that could be asked.
const fn known(reason: Reason) -> Reason {
    match reason {
        Reason::NoContracts | Reason::DuplicateLead => Reason::NoEligibleBuyer,
        reason => reason,
    }
}
