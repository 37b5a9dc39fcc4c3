//! What reports ask of the server.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    breakdown::{Breakdown, Reasons, Wanted},
    lost::Lost,
    scorecard::Scorecards,
};

/// Figures of a span of days. Needs `Right::SeeExchange`; [`UiError::Refused`] for days that make no span.
#[async_trait]
pub trait Reporting: Send + Sync {
    /// Counts and money, with a row for each thing that is wanted.
    async fn breakdown(&self, wanted: Wanted) -> Result<Breakdown, UiError>;
    /// What stood in the way, of whom and where.
    async fn reasons(&self, wanted: Wanted) -> Result<Reasons, UiError>;
    /// What that probably cost.
    async fn lost(&self, wanted: Wanted) -> Result<Lost, UiError>;
    /// What each buyer did, or each contract of one, and how quickly.
    async fn scorecards(&self, wanted: Wanted) -> Result<Scorecards, UiError>;
}
