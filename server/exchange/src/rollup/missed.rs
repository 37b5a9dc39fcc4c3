//! What leads missed, hour by hour, by what stood in which contract's way.

use super::LeadFact;
use model::{
    BuyerId, CampaignId, ContractId, Reason, SourceId, Timestamp,
    lost::{LostSum, Missed},
};
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;

/// A lead's missed sale is another than was said before.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MissedChange {
    /// What was said of it.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub was: Option<Missed>,
    /// What is true now.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub now: Option<Missed>,
}

impl MissedChange {
    /// None where nothing changed.
    #[must_use]
    pub fn between(was: Option<Missed>, now: Option<Missed>) -> Option<Self> {
        (was != now).then_some(Self { was, now })
    }
}

/// What one sum is about.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct MissedKey {
    /// Start of the UTC hour in which the leads came.
    pub hour: Timestamp,
    /// Their campaign.
    pub campaign: CampaignId,
    /// Their source.
    pub source: SourceId,
    /// The contract in whose way something stood.
    pub contract: ContractId,
    /// Its buyer.
    pub buyer: BuyerId,
    /// What stood there.
    pub reason: Reason,
}

/// Folds events into hours of missed sales, `at` being when each happened. Folding two batches and adding them equals
/// folding them together. Test leads are not among it.
#[must_use]
pub fn missed<'a>(events: impl IntoIterator<Item = (Timestamp, &'a LeadFact)>) -> BTreeMap<MissedKey, LostSum> {
    let mut hours = BTreeMap::<_, LostSum>::new();
    for (at, fact) in events.into_iter().filter(|(_, fact)| !fact.test) {
        let Some(change) = fact.missed else { continue };
        let key = |one: &Missed| MissedKey {
            hour: fact.hour(at),
            campaign: fact.campaign,
            source: fact.source,
            contract: one.contract,
            buyer: one.buyer,
            reason: one.reason,
        };
        if let Some(was) = &change.was {
            *hours.entry(key(was)).or_default() += LostSum { leads: -1, amount: -was.amount.amount };
        }
        if let Some(now) = &change.now {
            *hours.entry(key(now)).or_default() += LostSum { leads: 1, amount: now.amount.amount };
        }
    }
    hours
}
