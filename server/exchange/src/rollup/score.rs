//! What each contract did with the leads it was considered for, and how quickly: what a buyer's scorecard is made of.

use super::{ContractFact, Latencies, LeadFact, latency::bucket};
use model::{
    BuyerId, ContractId, Micros, Reason, Timestamp,
    trace::{Stage, Standing},
};
use std::{collections::BTreeMap, ops::AddAssign};

/// What one row of scores is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct ScoreKey {
    /// Start of the UTC hour in which the leads came.
    pub hour: Timestamp,
    /// The contract.
    pub contract: ContractId,
    /// Its buyer.
    pub buyer: BuyerId,
}

/// Counts of one contract over some time.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Score {
    /// Leads it was considered for, whether or not it was asked.
    pub considered: i64,
    /// Those that it could not have because a cap was full.
    pub full: i64,
    /// Pings sent.
    pub pinged: i64,
    /// Bids in time, those below the floor among them.
    pub bids: i64,
    /// Those bids together.
    pub bid_sum: Micros,
    /// Pings it said no to.
    pub declined: i64,
    /// Bids that came too late.
    pub late: i64,
    /// Pings that were not answered in time.
    pub silent: i64,
    /// Pings that did not reach it, or whose answer could not be read.
    pub broken: i64,
    /// Posts it took.
    pub accepted: i64,
    /// Posts it refused.
    pub refused: i64,
    /// Posts whose outcome was not known: not answered in time, or not readably.
    pub doubtful: i64,
    /// Posts that never left: no connection could be made.
    pub unsent: i64,
    /// Leads it gave back.
    pub returned: i64,
    /// How long pings took.
    pub pings: Latencies,
    /// How long posts took.
    pub posts: Latencies,
}

impl AddAssign<&Self> for Score {
    fn add_assign(&mut self, other: &Self) {
        self.considered += other.considered;
        self.full += other.full;
        self.pinged += other.pinged;
        self.bids += other.bids;
        self.bid_sum += other.bid_sum;
        self.declined += other.declined;
        self.late += other.late;
        self.silent += other.silent;
        self.broken += other.broken;
        self.accepted += other.accepted;
        self.refused += other.refused;
        self.doubtful += other.doubtful;
        self.unsent += other.unsent;
        self.returned += other.returned;
        self.pings += &other.pings;
        self.posts += &other.posts;
    }
}

/// Folds events into hours of scores, `at` being when each happened. Folding two batches and adding them equals folding them
/// together. Test leads and copies are not among it, nor what was recorded before contracts were named.
#[must_use]
pub fn scores<'a>(events: impl IntoIterator<Item = (Timestamp, &'a LeadFact)>) -> BTreeMap<ScoreKey, Score> {
    let mut hours = BTreeMap::<ScoreKey, Score>::new();
    for (at, fact) in events.into_iter().filter(|(_, fact)| !fact.test && !fact.copy) {
        let key = |contract, buyer| ScoreKey { hour: fact.hour(at), contract, buyer };
        if let Some((contract, back)) = fact.back.and_then(|back| back.contract.zip(Some(back))) {
            hours.entry(key(contract, back.buyer)).or_default().returned += 1;
        }
        for one in &fact.contracts {
            if let Some(contract) = one.contract {
                hours.entry(key(contract, one.buyer)).or_default().count(one);
            }
        }
    }
    hours
}

/// The scores of UTC days: as those of hours, with the start of the day in the place of the hour.
#[must_use]
pub fn score_days(hours: &BTreeMap<ScoreKey, Score>) -> BTreeMap<ScoreKey, Score> {
    let mut days = BTreeMap::<ScoreKey, Score>::new();
    for (key, score) in hours {
        *days.entry(ScoreKey { hour: key.hour.day(), ..*key }).or_default() += score;
    }
    days
}

impl Score {
    /// Takes in how a lead came out at the contract.
    fn count(&mut self, fact: &ContractFact) {
        let found = |stage: Stage, of: &[Reason]| fact.reasons.iter().any(|(at, why)| *at == stage && of.contains(why));
        let full = fact
            .reasons
            .iter()
            .any(|(_, why)| matches!(why, Reason::Cap | Reason::Budget | Reason::CapFilledMeanwhile));
        self.considered += 1;
        self.full += i64::from(full);
        let posted = fact.reasons.iter().any(|(at, _)| *at == Stage::Post);
        if fact.pinged {
            self.pinged += 1;
            // What became of the ping: one of these, or another took the lead before it answered.
            if let Some(bid) = fact.bid {
                self.bids += 1;
                self.bid_sum += bid;
            } else if found(Stage::Ping, &[Reason::LateBid]) {
                self.late += 1;
            } else if found(Stage::Ping, &[Reason::Timeout]) {
                self.silent += 1;
            } else if fact.standing == Standing::Rejected {
                self.declined += 1;
            } else if fact.standing == Standing::Failed {
                self.broken += 1;
            }
        }
        match fact.standing {
            Standing::Sold => self.accepted += 1,
            Standing::Unknown => self.doubtful += 1,
            Standing::Rejected if posted => self.refused += 1,
            Standing::Failed if posted => self.unsent += 1,
            _ => {}
        }
        if let Some(us) = fact.ping_us {
            self.pings.add(bucket(us), 1);
        }
        if let Some(us) = fact.post_us {
            self.posts.add(bucket(us), 1);
        }
    }
}
