//! What the buyer's portal asks of the server.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    ContractId, Currency, LeadId,
    contract::PortalRights,
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, PortalHome, TermsDone, TermsWaiting},
    time::Day,
};
use serde_json::Value;

/// What a buyer may change of a contract of its own, and how it stands.
#[derive(Debug, Clone, PartialEq)]
pub struct OwnTerms {
    /// The contract.
    pub id: ContractId,
    /// What people call it.
    pub name: String,
    /// What kind of lead.
    pub campaign: String,
    /// Of its amounts.
    pub currency: Currency,
    /// The zone whose hours its schedule has.
    pub zone: String,
    /// What a change names as what it was made from.
    pub version: i64,
    /// Whether it buys.
    pub active: bool,
    /// Whether the buyer can resume it: it buys, or the buyer paused it itself.
    pub resumable: bool,
    /// What may be changed.
    pub may: PortalRights,
    /// Its caps, as the API has them.
    pub caps: Value,
    /// The spans of its schedule, as the API has them.
    pub spans: Value,
    /// What the buyer asked for and nobody decided yet.
    pub waiting: Option<TermsWaiting>,
}

/// What a buyer sees of itself. Needs `Right::SeePortal`; another buyer's lead is [`UiError::NotFound`].
#[async_trait]
pub trait Portal: Send + Sync {
    /// The first page.
    async fn portal_home(&self) -> Result<PortalHome, UiError>;
    /// One page of the leads it took, newest first; `days` in its own zone, both included.
    async fn portal_leads(&self, days: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<DeliveredRow>, UiError>;
    /// One lead, with the personal values it was sent. Every call is written to the lead's history.
    async fn portal_lead(&self, id: LeadId) -> Result<Delivered, UiError>;
    /// What may be changed of a contract of its own.
    async fn own_terms(&self, id: ContractId) -> Result<OwnTerms, UiError>;
    /// Pauses or resumes it.
    async fn pause_own(&self, id: ContractId, active: bool) -> Result<TermsDone, UiError>;
    /// Changes its caps and the spans of its schedule, each where it is given.
    async fn change_own(
        &self,
        id: ContractId,
        version: i64,
        caps: Option<Value>,
        spans: Option<Value>,
    ) -> Result<TermsDone, UiError>;
    /// Takes back what was asked for.
    async fn withdraw_own(&self, id: ContractId) -> Result<(), UiError>;
    /// Says what became of a lead: the word, an amount or nothing, and something in words or nothing.
    async fn say(&self, id: LeadId, kind: String, value: String, note: String) -> Result<(), UiError>;
}
