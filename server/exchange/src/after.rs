//! What follows when a lead has come out: copies for silent contracts, and further rounds for a lead that nobody bought.
//!
//! A copy is not a sale. It is sent after the outcome, whatever that was; it claims nobody, and no duplicate window stands
//! against it, for the person of a lead that was just sold has always just been sold.

use crate::eligibility::{Facts, Reach, findings};
use model::{
    ContractId, Micros, Reason, Timestamp,
    campaign::Reoffer,
    contract::SilentOn,
    lead::LeadState,
    trace::{Finding, Stage},
};

/// Microseconds of a minute.
const MINUTE: i64 = 60_000_000;

/// How a lead came out, as silent contracts see it.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct CameOut {
    /// Where it stands.
    pub state: LeadState,
    /// Whether no further round follows.
    pub last: bool,
}

/// What follows an outcome.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Follows {
    /// When the lead is auctioned again.
    pub round_at: Option<Timestamp>,
    /// What silent contracts are told; none while nothing is known, and of what is no outcome of an auction.
    pub copies: Option<CameOut>,
}

/// What follows when a lead comes out in `state`, after `done` rounds beside the first. It came in at `came`.
#[must_use]
pub fn follows(
    (state, reason): (LeadState, Option<Reason>),
    terms: Option<&Reoffer>,
    done: u8,
    came: Timestamp,
    now: Timestamp,
) -> Follows {
    let known = |state, round_at: Option<Timestamp>| Follows {
        round_at,
        copies: Some(CameOut { state, last: round_at.is_none() }),
    };
    match state {
        // Whoever could take the person has it by now, by another lead: there is nothing to offer and nobody to call.
        LeadState::Unsold if reason == Some(Reason::DuplicateLead) => known(LeadState::Duplicate, None),
        LeadState::Unsold => known(state, next_round(terms, done, came, now)),
        LeadState::Sold | LeadState::Duplicate => known(state, None),
        LeadState::Processing | LeadState::Rejected | LeadState::Unknown | LeadState::Returned => {
            Follows { round_at: None, copies: None }
        }
    }
}

/// When the next round begins; none when there is none any more.
#[must_use]
pub fn next_round(terms: Option<&Reoffer>, done: u8, came: Timestamp, now: Timestamp) -> Option<Timestamp> {
    let terms = terms.filter(|terms| done < terms.times)?;
    let at = Timestamp(now.0.saturating_add(i64::from(terms.after_minutes) * MINUTE));
    is_fresh(terms, came, at).then_some(at)
}

/// Whether a round may begin at an instant.
#[must_use]
pub fn is_fresh(terms: &Reoffer, came: Timestamp, at: Timestamp) -> bool {
    at.0 <= came.0.saturating_add(i64::from(terms.fresh_minutes) * MINUTE)
}

/// Whether a silent contract's turn has come.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Due {
    /// It gets its copy if nothing else stands against it.
    Now,
    /// What the lead comes to is not settled for it yet.
    Waits,
    /// It gets none of this lead.
    Never(Finding),
}

/// Whether the turn of a contract that gets copies of such leads has come.
#[must_use]
pub fn due(on: SilentOn, out: CameOut) -> Due {
    let turn = match (on, out.state) {
        (SilentOn::Always, _) | (SilentOn::Sold, LeadState::Sold) => Some(true),
        (SilentOn::Unsold, LeadState::Unsold) => out.last.then_some(true),
        _ => out.last.then_some(false),
    };
    match turn {
        Some(true) => Due::Now,
        None => Due::Waits,
        Some(false) => {
            Due::Never(Finding::about(Stage::Eligibility, Reason::OtherOutcome, "outcome", out.state.name(), on.name()))
        }
    }
}

/// The right to send one silent contract a copy, and so to open the personal part of the lead. Only [`permit`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Permit {
    contract: ContractId,
    price: Micros,
}

impl Permit {
    /// Which contract may have the copy.
    #[must_use]
    pub const fn contract(&self) -> ContractId {
        self.contract
    }

    /// What it pays for it.
    #[must_use]
    pub const fn price(&self) -> Micros {
        self.price
    }
}

/// The permit for a silent contract, by the rules that hold for every contract but the duplicate windows.
///
/// # Errors
/// Everything that stands against it.
pub fn permit(reach: Reach<'_>, facts: &Facts<'_>) -> Result<Permit, Vec<Finding>> {
    let found = findings(reach, &Facts { sold: &[], ..*facts });
    let contract = &reach.contract().contract;
    let price = contract.price.fixed.unwrap_or(Micros::ZERO);
    if found.is_empty() { Ok(Permit { contract: contract.id, price }) } else { Err(found) }
}

#[cfg(test)]
mod tests {
    use super::*;

    const CAME: Timestamp = Timestamp(1_778_155_200_000_000);

    fn minutes(after: i64) -> Timestamp {
        Timestamp(CAME.0 + after * MINUTE)
    }

    const TERMS: Reoffer = Reoffer { after_minutes: 30, times: 3, fresh_minutes: 100 };

    #[test]
    fn rounds_end_by_their_number_and_by_the_leads_age() {
        let next = |done, now| next_round(Some(&TERMS), done, CAME, now);
        assert_eq!(next(0, minutes(0)), Some(minutes(30)));
        assert_eq!(next(2, minutes(70)), Some(minutes(100)), "at the limit is still fresh");
        assert_eq!(next(2, Timestamp(minutes(70).0 + 1)), None, "a moment more is not");
        assert_eq!(next(3, minutes(1)), None, "as often as agreed");
        assert_eq!(next_round(None, 0, CAME, minutes(0)), None);
        assert!(is_fresh(&TERMS, CAME, minutes(100)) && !is_fresh(&TERMS, CAME, minutes(101)));
    }

    #[test]
    fn only_an_unsold_lead_comes_again() {
        let of = |state, reason, done| follows((state, reason), Some(&TERMS), done, CAME, minutes(1));
        let copies = |state, last| Some(CameOut { state, last });
        let unsold = of(LeadState::Unsold, Some(Reason::NoBid), 0);
        assert_eq!(unsold, Follows { round_at: Some(minutes(31)), copies: copies(LeadState::Unsold, false) });
        let last = of(LeadState::Unsold, Some(Reason::NoBid), 3);
        assert_eq!(last, Follows { round_at: None, copies: copies(LeadState::Unsold, true) });
        let meanwhile = of(LeadState::Unsold, Some(Reason::DuplicateLead), 1);
        assert_eq!(meanwhile, Follows { round_at: None, copies: copies(LeadState::Duplicate, true) });
        for state in [LeadState::Sold, LeadState::Duplicate] {
            assert_eq!(of(state, None, 0), Follows { round_at: None, copies: copies(state, true) });
        }
        for state in [LeadState::Unknown, LeadState::Returned, LeadState::Rejected, LeadState::Processing] {
            assert_eq!(of(state, None, 0), Follows { round_at: None, copies: None }, "{state:?}");
        }
    }

    #[test]
    fn each_kind_of_silent_contract_has_its_turn() {
        let turn = |on, state, last| match due(on, CameOut { state, last }) {
            Due::Now => "now",
            Due::Waits => "waits",
            Due::Never(found) => {
                assert_eq!((found.reason, found.want.as_deref()), (Reason::OtherOutcome, Some(on.name())));
                "never"
            }
        };
        use LeadState::{Duplicate, Sold, Unsold};
        for (on, state, last, expected) in [
            (SilentOn::Sold, Sold, true, "now"),
            (SilentOn::Sold, Unsold, false, "waits"),
            (SilentOn::Sold, Unsold, true, "never"),
            (SilentOn::Sold, Duplicate, true, "never"),
            (SilentOn::Unsold, Sold, true, "never"),
            (SilentOn::Unsold, Unsold, false, "waits"),
            (SilentOn::Unsold, Unsold, true, "now"),
            (SilentOn::Unsold, Duplicate, true, "never"),
            (SilentOn::Always, Sold, true, "now"),
            (SilentOn::Always, Unsold, false, "now"),
            (SilentOn::Always, Duplicate, true, "now"),
        ] {
            assert_eq!(turn(on, state, last), expected, "{on:?} {state:?} {last}");
        }
    }
}
