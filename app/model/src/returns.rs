//! Returns: a buyer gives a lead back that it paid for, within the terms of its contract.

use crate::{
    AttemptId, BuyerId, ContractId, LeadId, Money, Timestamp,
    time::{DAY, as_text, as_text_if_any},
};
use serde::{Deserialize, Serialize};
use std::str::FromStr;

macro_rules! reasons {
    ($($name:ident $code:literal $title:literal $meaning:literal)+) => {
        /// Why a buyer gives a lead back.
        #[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
        #[serde(rename_all = "snake_case")]
        pub enum ReturnReason {
            $(#[doc = $meaning] $name,)+
        }

        impl ReturnReason {
            /// Every reason there is.
            pub const ALL: &'static [Self] = &[$(Self::$name,)+];

            /// The word in the database and the API.
            #[must_use]
            pub const fn code(self) -> &'static str {
                match self { $(Self::$name => $code,)+ }
            }

            /// What people call it.
            #[must_use]
            pub const fn title(self) -> &'static str {
                match self { $(Self::$name => $title,)+ }
            }

            /// When it applies, in one sentence.
            #[must_use]
            pub const fn meaning(self) -> &'static str {
                match self { $(Self::$name => $meaning,)+ }
            }
        }

        impl FromStr for ReturnReason {
            type Err = String;
            fn from_str(text: &str) -> Result<Self, String> {
                match text {
                    $($code => Ok(Self::$name),)+
                    _ => Err(format!("a reason is one of {}", [$($code,)+].join(", "))),
                }
            }
        }
    };
}

reasons! {
    BadPhone "bad_phone" "Phone is wrong" "The number is disconnected, does not exist or belongs to somebody else."
    BadEmail "bad_email" "E-mail is wrong" "Mail to the address bounces."
    WrongPerson "wrong_person" "Wrong person" "The person reached is not the one in the lead."
    NeverAsked "never_asked" "Never asked" "The person says that they asked for nothing, or withdrew their consent."
    Duplicate "duplicate" "Known already" "You had this person before it was sold to you."
    Criteria "criteria" "Outside the terms" "The lead does not meet the filters of your contract."
    Fraud "fraud" "Made up" "The lead is a test, a joke or made by a machine."
    Other "other" "Something else" "Say in the note what it is."
}

/// On which terms a buyer may give leads of a contract back.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct ReturnTerms {
    /// Within so many days of 24 hours after it was taken.
    pub days: u16,
    /// For these reasons; empty for any.
    #[serde(default, skip_serializing_if = "Vec::is_empty")]
    pub reasons: Vec<ReturnReason>,
    /// Accepted at once while the share of the contract's leads of the last 30 days that came back, with this one, is at
    /// most so many parts per million. None: a person decides about each.
    #[serde(default, skip_serializing_if = "Option::is_none")]
    pub automatic_up_to: Option<u32>,
    /// Whether the place in the caps is free again. The money always is in the buyer's balance and credit.
    #[serde(default)]
    pub frees_caps: bool,
}

/// The span over which the share of returned leads is taken: 30 days, in microseconds.
pub const SHARE_SPAN: i64 = 30 * DAY;

impl ReturnTerms {
    /// Until when a lead that was taken at `taken` may be given back.
    #[must_use]
    pub fn until(&self, taken: Timestamp) -> Timestamp {
        Timestamp(taken.0.saturating_add(i64::from(self.days).saturating_mul(DAY)))
    }

    /// Whether it may be given back for this reason.
    #[must_use]
    pub fn admits(&self, reason: ReturnReason) -> bool {
        self.reasons.is_empty() || self.reasons.contains(&reason)
    }

    /// The reasons it may be given back for.
    #[must_use]
    pub fn open_to(&self) -> Vec<ReturnReason> {
        ReturnReason::ALL.iter().copied().filter(|reason| self.admits(*reason)).collect()
    }

    /// Whether one more return is accepted without a person, `returned` of `taken` leads having come back so far.
    #[must_use]
    pub fn at_once(&self, taken: u64, returned: u64) -> bool {
        let Some(share) = self.automatic_up_to else { return false };
        u128::from(returned + 1) * 1_000_000 <= u128::from(share) * u128::from(taken.max(1))
    }
}

/// Where a return stands.
#[derive(Debug, Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum ReturnState {
    /// The buyer asked for it; a person has to decide.
    Requested,
    /// The lead is back, and its money with it.
    Approved,
    /// The buyer keeps the lead and pays for it.
    Denied,
}

impl ReturnState {
    /// Every state.
    pub const ALL: [Self; 3] = [Self::Requested, Self::Approved, Self::Denied];

    /// The word in the database and the API.
    #[must_use]
    pub const fn name(self) -> &'static str {
        match self {
            Self::Requested => "requested",
            Self::Approved => "approved",
            Self::Denied => "denied",
        }
    }
}

impl FromStr for ReturnState {
    type Err = &'static str;
    fn from_str(text: &str) -> Result<Self, Self::Err> {
        Self::ALL.into_iter().find(|state| state.name() == text).ok_or("a return is one of requested, approved, denied")
    }
}

/// A return that somebody asked for.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Return {
    /// The lead.
    pub lead_id: LeadId,
    /// The post by which the buyer has it.
    pub attempt_id: AttemptId,
    /// The buyer.
    pub buyer_id: BuyerId,
    /// Under which contract.
    pub contract_id: ContractId,
    /// Where it stands.
    pub state: ReturnState,
    /// Why.
    pub reason: ReturnReason,
    /// What the buyer adds. It may name a person: it is shown to nobody but the tenant's people and the buyer.
    pub note: String,
    /// When it was asked for.
    #[serde(serialize_with = "as_text")]
    pub asked_at: Timestamp,
    /// By whom: a person's or a token's name.
    pub asked_by: String,
    /// When it was decided.
    #[serde(serialize_with = "as_text_if_any")]
    pub decided_at: Option<Timestamp>,
    /// By whom; empty when the contract's terms did.
    pub decided_by: String,
    /// What was said with the decision.
    pub answer: String,
}

/// A return as the operators' queue shows it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct ReturnRow {
    /// The return.
    #[serde(flatten)]
    pub asked: Return,
    /// The buyer's name.
    pub buyer: String,
    /// The contract's.
    pub contract: String,
    /// The campaign's.
    pub campaign: String,
    /// The source's.
    pub source: String,
    /// When the buyer took the lead.
    #[serde(serialize_with = "as_text")]
    pub taken_at: Timestamp,
    /// What the buyer paid, and gets back.
    pub paid: Money,
    /// Leads the buyer took in the last 30 days.
    pub taken: u64,
    /// Leads of the last 30 days that came back from it.
    pub returned: u64,
}

/// What a buyer may do about a lead that it took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
#[serde(tag = "may", rename_all = "snake_case")]
pub enum Returnable {
    /// Its contract has no returns.
    No,
    /// It may be given back until then, for these reasons.
    Yes {
        /// The last instant.
        #[serde(serialize_with = "as_text")]
        until: Timestamp,
        /// For which reasons.
        reasons: Vec<ReturnReason>,
    },
    /// The time to give it back is over.
    Over {
        /// When it ended.
        #[serde(serialize_with = "as_text")]
        until: Timestamp,
    },
    /// It was asked for already.
    Asked {
        /// How that stands.
        asked: Return,
    },
}

#[cfg(test)]
mod tests {
    use super::*;

    fn terms(share: Option<u32>) -> ReturnTerms {
        ReturnTerms { days: 7, reasons: vec![ReturnReason::BadPhone], automatic_up_to: share, frees_caps: true }
    }

    #[test]
    fn every_reason_reads_back() {
        for reason in ReturnReason::ALL {
            assert_eq!(reason.code().parse(), Ok(*reason));
            assert_eq!(serde_json::to_value(reason).unwrap(), reason.code());
        }
        assert!("phone".parse::<ReturnReason>().unwrap_err().starts_with("a reason is one of bad_phone"));
    }

    #[test]
    fn a_return_is_accepted_at_once_while_the_share_is_small() {
        assert!(!terms(None).at_once(1000, 0));
        let tenth = terms(Some(100_000));
        assert!(tenth.at_once(10, 0), "one of ten is a tenth");
        assert!(!tenth.at_once(10, 1));
        assert!(!tenth.at_once(9, 0));
        assert!(!tenth.at_once(0, 0));
        assert!(terms(Some(1_000_000)).at_once(0, 0));
    }

    #[test]
    fn the_window_ends_days_after_the_lead_was_taken() {
        assert_eq!(terms(None).until(Timestamp(5)), Timestamp(5 + 7 * 24 * 3_600_000_000));
        assert_eq!(terms(None).open_to(), [ReturnReason::BadPhone]);
    }
}
