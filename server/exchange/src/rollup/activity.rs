//! What each contract did, hour by hour: what its own usual day is known from.

use super::LeadFact;
use model::{
    ContractId, Micros, Reason, Timestamp,
    trace::{Stage, Standing},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::AddAssign};

/// Counts of one contract over some time.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
#[serde(default)]
pub struct Activity {
    /// Pings sent.
    pub pinged: i64,
    /// Pings that were answered late or not at all.
    pub timed_out: i64,
    /// Bids in time, those below the floor among them.
    pub bids: i64,
    /// Those bids together.
    pub bid_sum: Micros,
    /// Posts it took.
    pub accepted: i64,
    /// Posts it refused.
    pub refused: i64,
}

impl Activity {
    /// Posts with a known outcome.
    #[must_use]
    pub const fn posts(&self) -> i64 {
        self.accepted + self.refused
    }
}

impl AddAssign for Activity {
    fn add_assign(&mut self, other: Self) {
        self.pinged += other.pinged;
        self.timed_out += other.timed_out;
        self.bids += other.bids;
        self.bid_sum += other.bid_sum;
        self.accepted += other.accepted;
        self.refused += other.refused;
    }
}

/// Folds events into the hours of contracts, `at` being when each happened. Folding two batches and adding them equals
/// folding them together. Test leads and copies are not among it, nor what was recorded before contracts were named.
#[must_use]
pub fn activity<'a>(
    events: impl IntoIterator<Item = (Timestamp, &'a LeadFact)>,
) -> BTreeMap<(Timestamp, ContractId), Activity> {
    let mut hours = BTreeMap::<_, Activity>::new();
    for (at, fact) in events.into_iter().filter(|(_, fact)| !fact.test && !fact.copy) {
        for one in &fact.contracts {
            let Some(contract) = one.contract else { continue };
            let late = |(stage, reason): &(Stage, Reason)| {
                *stage == Stage::Ping && matches!(reason, Reason::Timeout | Reason::LateBid)
            };
            let posted = one.reasons.iter().any(|(stage, _)| *stage == Stage::Post);
            let seen = Activity {
                pinged: i64::from(one.pinged),
                timed_out: i64::from(one.pinged && one.reasons.iter().any(late)),
                bids: i64::from(one.bid.is_some()),
                bid_sum: one.bid.unwrap_or(Micros::ZERO),
                accepted: i64::from(one.standing == Standing::Sold),
                refused: i64::from(one.standing == Standing::Rejected && posted),
            };
            if seen != Activity::default() {
                *hours.entry((fact.hour(at), contract)).or_default() += seen;
            }
        }
    }
    hours
}
