//! What a lead that nobody took is said to be.

use model::{Reason, lead::LeadState, trace::Finding};

/// The state and reason of a lead whose auction ended unsold. `contracts` is how many its campaign has, `excluded` what
/// stood against each of those that were not in the auction. A lead is a duplicate when nothing but earlier sales kept some
/// contract from being asked.
#[must_use]
pub fn unsold<'a>(
    reason: Reason,
    contracts: usize,
    mut excluded: impl Iterator<Item = &'a [Finding]>,
) -> (LeadState, Reason) {
    let duplicate = |r: Reason| matches!(r, Reason::DuplicateSameBuyer | Reason::DuplicateCrossBuyer);
    let only_sold_before = |found: &[Finding]| !found.is_empty() && found.iter().all(|f| duplicate(f.reason));
    match reason {
        Reason::NoEligibleBuyer if contracts == 0 => (LeadState::Unsold, Reason::NoContracts),
        Reason::NoEligibleBuyer if excluded.any(only_sold_before) => (LeadState::Duplicate, Reason::DuplicateLead),
        reason => (LeadState::Unsold, reason),
    }
}
