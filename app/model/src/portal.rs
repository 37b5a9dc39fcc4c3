//! What a buyer sees of itself: the leads it took, what it pays, and the contracts it takes them under. Nothing of sources,
//! other buyers or their bids is in here.

use crate::{
    AttemptId, ContractId, Currency, LeadId, Micros, Money, Timestamp,
    feedback::LastWord,
    returns::Returnable,
    time::{as_text, as_text_if_any},
};
use serde::{Deserialize, Serialize};

/// One lead that the buyer took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct DeliveredRow {
    /// The lead.
    pub lead_id: LeadId,
    /// Under which contract.
    pub contract_id: ContractId,
    /// By which post.
    pub attempt_id: AttemptId,
    /// When it was given back.
    #[serde(serialize_with = "as_text_if_any")]
    pub returned_at: Option<Timestamp>,
    /// When it was taken.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// What kind of lead.
    pub campaign: String,
    /// Under which contract, as people call it.
    pub contract: String,
    /// What the buyer pays.
    pub pays: Money,
    /// The buyer's own id for it.
    pub reference: Option<String>,
    /// Fields that are not personal and were delivered: name, value.
    pub fields: Vec<(String, String)>,
    /// Personal fields that were delivered, masked: name, mask.
    pub masks: Vec<(String, String)>,
}

/// What moved on the buyer's account in a span.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct MonthRow {
    /// How many leads it took.
    pub entries: i64,
    /// How many it gave back, whenever it took them.
    pub returned: i64,
    /// What the leads it took cost.
    pub cost: Micros,
    /// What the buyer owes: that, less what it got back.
    pub pays: Micros,
    /// In which currency.
    pub currency: Currency,
}

/// What a buyer owes for a span of its days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Statement {
    /// The buyer.
    pub buyer: String,
    /// From this instant.
    #[serde(serialize_with = "as_text")]
    pub from: Timestamp,
    /// Until before this one.
    #[serde(serialize_with = "as_text")]
    pub to: Timestamp,
    /// The zone whose days these are.
    pub zone: String,
    /// What moved, by currency.
    pub rows: Vec<MonthRow>,
}

/// A contract as its buyer sees it.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct PortalContract {
    /// The contract.
    pub id: ContractId,
    /// What people call it.
    pub name: String,
    /// What kind of lead.
    pub campaign: String,
    /// Whether it buys.
    pub active: bool,
    /// Its limits in words: `25 a day`, `$500.00 a month`.
    pub caps: Vec<String>,
}

/// A change that waits for an operator.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct TermsWaiting {
    /// When it was asked for.
    #[serde(serialize_with = "as_text")]
    pub at: Timestamp,
    /// What would change.
    pub sentences: Vec<String>,
}

/// What became of a change that a buyer wanted.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum TermsDone {
    /// It works.
    Done,
    /// An operator decides.
    Asked,
    /// It was so already, or cannot be.
    Unchanged,
}

/// The buyer's first page.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct PortalHome {
    /// The buyer's name.
    pub buyer: String,
    /// Whether it buys at all.
    pub active: bool,
    /// Its zone: days and months are those of it.
    pub zone: String,
    /// Today so far.
    pub today: Vec<MonthRow>,
    /// This month so far.
    pub month: Vec<MonthRow>,
    /// The month before.
    pub before: Vec<MonthRow>,
    /// Everything it takes leads under.
    pub contracts: Vec<PortalContract>,
    /// The newest leads.
    pub latest: Vec<DeliveredRow>,
}

/// One lead with the personal values that the buyer was sent.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub struct Delivered {
    /// The same as in the list.
    pub row: DeliveredRow,
    /// Personal values: name, value.
    pub personal: Vec<(String, String)>,
    /// Whether it may be given back.
    pub returnable: Returnable,
    /// What the buyer said last of what became of it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub feedback: Option<LastWord>,
}
