//! Roll-ups: a pure fold of the append-only event table into hourly counters. Exact and rebuildable.

mod activity;
mod coarse;
mod labels;
mod latency;
mod missed;
mod score;

pub use activity::{Activity, activity};
pub use coarse::{Place, Tally, days, tallies};
pub use labels::{Known, Label, LabelKey, MOST_SUBS, bounded, label_days, labels};
pub use latency::{BUCKETS, Latencies};
pub use missed::{MissedChange, MissedKey, missed};
pub use score::{Score, ScoreKey, score_days, scores};

use model::{
    BuyerId, CampaignId, ContractId, Micros, Reason, SourceId, Timestamp,
    lead::LeadState,
    trace::{Stage, Standing},
};
use serde::{Deserialize, Serialize};
use std::{collections::BTreeMap, ops::AddAssign, str::FromStr};

/// How one contract came out of a lead's auction, as far as figures need it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ContractFact {
    /// The buyer.
    pub buyer: BuyerId,
    /// The contract; none in what was recorded before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    /// What it bid in time when it was pinged.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub bid: Option<Micros>,
    /// How it came out.
    pub standing: Standing,
    /// Whether it was pinged.
    pub pinged: bool,
    /// What stood against it.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<(Stage, Reason)>,
    /// How long its ping took, in microseconds: until it was answered, or as long as was waited for an answer in vain.
    /// None when none was sent or reached it, when another took the lead before it had to answer, and in what was recorded
    /// before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub ping_us: Option<u32>,
    /// The same of its post.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub post_us: Option<u32>,
}

/// What happened to one lead: the document of one event. A lead whose unknown outcome is resolved later gets a second
/// event with the *change* (`state` sold, `was` unknown).
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct LeadFact {
    /// The campaign.
    pub campaign: CampaignId,
    /// The source.
    pub source: SourceId,
    /// Where the lead stands now.
    pub state: LeadState,
    /// When the lead came in: it is counted, with everything that became of it later, in that hour. (Events of before this
    /// was kept count in their own.)
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub came: Option<Timestamp>,
    /// Where an earlier event of this lead said it stood.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<LeadState>,
    /// The buyer it was counted with until now, where that was one.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was_with: Option<BuyerId>,
    /// A buyer gave it back.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub back: Option<Back>,
    /// A silent contract's copy of a lead that has come out before, and nothing else.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub copy: bool,
    /// A test lead: it is in no figure.
    #[serde(default, skip_serializing_if = "std::ops::Not::not")]
    pub test: bool,
    /// Why it was not sold.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub reason: Option<Reason>,
    /// The buyer that took it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub buyer: Option<BuyerId>,
    /// Further buyers that share it, with what each pays; it is part of `revenue`.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub also: Vec<(BuyerId, Micros)>,
    /// Change of revenue, of all buyers together.
    pub revenue: Micros,
    /// Change of payout.
    pub payout: Micros,
    /// The sale it missed, where that is new or another than before.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub missed: Option<MissedChange>,
    /// How each contract came out; empty in a change.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub contracts: Vec<ContractFact>,
}

/// That a buyer gave the lead back. `revenue` is what it had paid, negative; `payout` what the source loses, negative.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Back {
    /// Who gave it back.
    pub buyer: BuyerId,
    /// By which contract it had it; none in what was recorded before it was kept.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub contract: Option<ContractId>,
    /// Of a lead that others still have: with whom it is counted from now on, if that changes.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub heir: Option<BuyerId>,
}

impl LeadFact {
    /// The UTC hour in which an event of `at` counts.
    #[must_use]
    pub fn hour(&self, at: Timestamp) -> Timestamp {
        self.came.unwrap_or(at).hour()
    }
}

/// What a counter counts.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub enum Measure {
    /// Leads, by the state they are in.
    Lead(LeadState),
    /// Leads of a buyer that another has as well and is counted with.
    Shared,
    /// Leads that a buyer gave back.
    Returned,
    /// Copies that a silent contract of a buyer took.
    Copied,
    /// Leads taken in, refused ones included.
    Received,
    /// Pings sent to a buyer.
    Pinged,
    /// Money, in the hour in which it moved. All other measures have it in the hour in which the lead came.
    Moved,
    /// Contracts of a buyer, by how they came out.
    Contract(Standing),
    /// What stood against a lead (no stage) or a contract (its stage).
    Reason(Option<Stage>, Reason),
}

impl Measure {
    /// The text in the database: `lead.sold`, `shared`, `returned`, `copied`, `received`, `pinged`, `moved`, `contract.lost`, `reason.ping.geo`, `reason..no_bid`.
    #[must_use]
    pub fn code(self) -> String {
        match self {
            Self::Lead(state) => format!("lead.{}", state.name()),
            Self::Shared => "shared".into(),
            Self::Returned => "returned".into(),
            Self::Copied => "copied".into(),
            Self::Received => "received".into(),
            Self::Pinged => "pinged".into(),
            Self::Moved => "moved".into(),
            Self::Contract(standing) => format!("contract.{}", standing.name()),
            Self::Reason(stage, reason) => format!("reason.{}.{}", stage.map_or("", Stage::name), reason.code()),
        }
    }
}

impl FromStr for Measure {
    type Err = String;
    fn from_str(code: &str) -> Result<Self, Self::Err> {
        let unknown = || format!("{code:?} is no measure");
        let standing = |name| Standing::ALL.into_iter().find(|standing| standing.name() == name).ok_or_else(unknown);
        let stage = |name| Stage::ALL.into_iter().find(|stage| stage.name() == name).ok_or_else(unknown);
        Ok(match code.split_once('.') {
            None => {
                let plain = [Self::Shared, Self::Returned, Self::Copied, Self::Received, Self::Pinged, Self::Moved];
                plain.into_iter().find(|measure| measure.code() == code).ok_or_else(unknown)?
            }
            Some(("lead", state)) => Self::Lead(state.parse().map_err(|_| unknown())?),
            Some(("contract", name)) => Self::Contract(standing(name)?),
            Some(("reason", rest)) => {
                let (name, reason) = rest.split_once('.').ok_or_else(unknown)?;
                let stage = if name.is_empty() { None } else { Some(stage(name)?) };
                Self::Reason(stage, reason.parse().map_err(|_| unknown())?)
            }
            Some(_) => return Err(unknown()),
        })
    }
}

/// One counter of one hour.
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Key {
    /// Start of the UTC hour.
    pub hour: Timestamp,
    /// The campaign.
    pub campaign: CampaignId,
    /// The source.
    pub source: SourceId,
    /// The buyer; none for figures of the lead as a whole that nobody bought.
    pub buyer: Option<BuyerId>,
    /// What is counted.
    pub measure: Measure,
}

/// What a counter holds.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Sums {
    /// How many.
    pub count: i64,
    /// Revenue with them.
    pub revenue: Micros,
    /// Payout with them.
    pub payout: Micros,
}

impl AddAssign for Sums {
    fn add_assign(&mut self, other: Self) {
        self.count += other.count;
        self.revenue += other.revenue;
        self.payout += other.payout;
    }
}

/// Folds events into counters, `at` being when each happened. Folding two batches and adding their counters equals
/// folding them together.
#[must_use]
pub fn fold<'a>(events: impl IntoIterator<Item = (Timestamp, &'a LeadFact)>) -> BTreeMap<Key, Sums> {
    let mut counters = BTreeMap::<Key, Sums>::new();
    for (at, fact) in events.into_iter().filter(|(_, fact)| !fact.test) {
        let mut add = |buyer, measure, count, revenue, payout| {
            let key = Key { hour: fact.hour(at), campaign: fact.campaign, source: fact.source, buyer, measure };
            if (revenue, payout) != (Micros::ZERO, Micros::ZERO) {
                let moved = Key { hour: at.hour(), measure: Measure::Moved, ..key };
                *counters.entry(moved).or_default() += Sums { count: 1, revenue, payout };
            }
            *counters.entry(key).or_default() += Sums { count, revenue, payout };
        };
        let nothing = Micros::ZERO;
        if let Some(back) = fact.back {
            for (buyer, measure, count) in give_back(fact, back) {
                add(Some(buyer), measure, count, nothing, nothing);
            }
            // The money leaves where it was counted: the revenue with who gave back, the payout with the lead.
            add(Some(back.buyer), Measure::Returned, 1, fact.revenue, nothing);
            add(fact.was_with, Measure::Returned, 0, nothing, fact.payout);
            continue;
        }
        if fact.copy {
            let took = fact.contracts.iter().any(|contract| contract.standing == Standing::Copied);
            add(fact.buyer, Measure::Copied, i64::from(took), fact.revenue, nothing);
            contracts(fact, &mut add);
            continue;
        }
        // A lead is counted once, with the buyer whose redirect it got; the money of each buyer is its own.
        let others: Micros = fact.also.iter().map(|(_, revenue)| *revenue).sum();
        let again = i64::from(fact.was != Some(fact.state));
        add(fact.buyer, Measure::Lead(fact.state), again, fact.revenue - others, fact.payout);
        for (buyer, revenue) in &fact.also {
            add(Some(*buyer), Measure::Shared, 1, *revenue, nothing);
        }
        match fact.was {
            // One buyer more of a lead that was sold already.
            Some(was) if was == fact.state => {}
            Some(was) => add(fact.was_with, Measure::Lead(was), -1, nothing, nothing),
            None => add(None, Measure::Received, 1, nothing, nothing),
        }
        if let Some(reason) = fact.reason {
            add(None, Measure::Reason(None, reason), 1, nothing, nothing);
        }
        contracts(fact, &mut add);
    }
    counters
}

/// How the contracts came out.
fn contracts(fact: &LeadFact, add: &mut impl FnMut(Option<BuyerId>, Measure, i64, Micros, Micros)) {
    let mut count = |buyer, measure| add(Some(buyer), measure, 1, Micros::ZERO, Micros::ZERO);
    for contract in &fact.contracts {
        count(contract.buyer, Measure::Contract(contract.standing));
        if contract.pinged {
            count(contract.buyer, Measure::Pinged);
        }
        for (stage, reason) in &contract.reasons {
            count(contract.buyer, Measure::Reason(Some(*stage), *reason));
        }
    }
}

/// How the counts of leads change when a buyer gives one back: it is returned when nobody else has it, and otherwise stays
/// sold and counted with somebody who has it still.
fn give_back(fact: &LeadFact, back: Back) -> Vec<(BuyerId, Measure, i64)> {
    let sold = Measure::Lead(LeadState::Sold);
    match (fact.state, back.heir) {
        (LeadState::Returned, _) => vec![(back.buyer, sold, -1), (back.buyer, Measure::Lead(LeadState::Returned), 1)],
        (_, Some(heir)) => vec![(back.buyer, sold, -1), (heir, sold, 1), (heir, Measure::Shared, -1)],
        (_, None) => vec![(back.buyer, Measure::Shared, -1)],
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn measures_are_read_back_from_their_code() {
        let mut measures = vec![
            Measure::Shared,
            Measure::Returned,
            Measure::Copied,
            Measure::Received,
            Measure::Pinged,
            Measure::Moved,
        ];
        measures.extend(LeadState::ALL.map(Measure::Lead));
        measures.extend(Standing::ALL.map(Measure::Contract));
        for stage in Stage::ALL.into_iter().map(Some).chain([None]) {
            measures.push(Measure::Reason(stage, Reason::BuyerGeo));
        }
        for measure in measures {
            assert_eq!(measure.code().parse(), Ok(measure));
        }
        for odd in ["", "lead", "lead.gone", "contract.", "reason.ping", "reason.pong.geo", "a.b"] {
            assert!(odd.parse::<Measure>().is_err(), "{odd}");
        }
    }
}
