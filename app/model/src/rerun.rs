//! A lead of the past by the configuration in force: what would come of it now, beside what came of it then. Nobody is asked
//! for it and nothing of it counts.

use crate::{ContractId, Currency, Micros, Reason, Timestamp, lead::LeadState, trace::Verdict};
use serde::{Deserialize, Serialize};

/// How it would go now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Rerun {
    /// As of when: schedules, caps and windows are those of this moment.
    pub at: Timestamp,
    /// How it would come out, if every buyer answered as it did then.
    pub state: LeadState,
    /// Why it would not be sold.
    pub reason: Option<Reason>,
    /// What buyers would pay together; none when it would not be sold.
    pub revenue: Option<Micros>,
    /// The campaign's currency.
    pub currency: Currency,
    /// The least revenue asked for it now.
    pub floor: Micros,
    /// Whether it was recorded what buyers answered then. Without, only who would be asked can be told.
    pub recorded: bool,
    /// One for every contract that had a verdict then or would have one now.
    pub contracts: Vec<Beside>,
}

/// One contract, then and now.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Beside {
    /// The contract.
    pub contract_id: ContractId,
    /// Its name; as it is now, if it is still there.
    pub contract: String,
    /// The buyer's name.
    pub buyer: String,
    /// The verdict of then; none when the campaign had no such contract.
    pub then: Option<Verdict>,
    /// What it would be now; none when the campaign has no such contract any more. Where nobody knows what the buyer would answer
    /// ([`Rests::Unheard`]) its standing is `waiting`.
    pub now: Option<Verdict>,
    /// What the verdict of now rests on.
    pub rests: Rests,
}

/// What a verdict of now rests on.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Rests {
    /// On terms of ours, and on what the buyer answered then.
    Known,
    /// It would be asked, and nobody knows what it would answer: it was not asked then.
    Unheard,
    /// It would be posted to, and is taken to accept: it was not posted to then.
    Assumed,
}
