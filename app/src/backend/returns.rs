//! What the pages about returns ask of the server.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    AttemptId, LeadId,
    report::Waiting,
    returns::{Return, ReturnRow, ReturnState},
};

/// Returns with the place of the next page: what comes after this one in the list.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ReturnPage {
    /// The returns.
    pub rows: Vec<ReturnRow>,
    /// Where the next page begins; none on the last.
    pub after: Option<String>,
}

/// Returns, for operators and in the portal. Every fault of what was entered comes back as [`UiError::Invalid`].
#[async_trait]
pub trait Returning: Send + Sync {
    /// Returns that stand so: those that wait oldest first, others newest first. Needs `Right::SeeExchange`.
    async fn returns(&self, state: ReturnState, after: Option<String>) -> Result<ReturnPage, UiError>;
    /// What waits for a person, for the menu. Needs `Right::SeeExchange`.
    async fn waiting(&self) -> Result<Waiting, UiError>;
    /// Agrees to a return or does not. Needs `Right::Configure`.
    async fn decide_return(
        &self,
        lead: LeadId,
        attempt: AttemptId,
        approve: bool,
        answer: String,
    ) -> Result<(), UiError>;
    /// Who has a lead: the post, and the buyer's name. Needs `Right::SeeExchange`.
    async fn standing(&self, lead: LeadId) -> Result<Vec<(AttemptId, String)>, UiError>;
    /// Takes a lead back whatever the terms say. Needs `Right::Configure`.
    async fn credit(&self, lead: LeadId, attempt: AttemptId, reason: String, note: String) -> Result<(), UiError>;
    /// Asks, as its buyer, to give a lead back. Needs `Right::SeePortal`.
    async fn ask_return(&self, lead: LeadId, reason: String, note: String) -> Result<Return, UiError>;
    /// What the buyer asked for, newest first. Needs `Right::SeePortal`.
    async fn own_returns(&self, after: Option<String>) -> Result<ReturnPage, UiError>;
}
