//! What the pages about one lead's requests ask, and trying it again on paper.

use crate::error::UiError;
use async_trait::async_trait;
use model::{LeadId, requests::LeadRequests, rerun::Rerun};

/// Looking closer at one lead. Nothing is sent to anybody.
#[async_trait]
pub trait Inspecting {
    /// How a lead came and what was sent for it, secrets masked. The person's own values need `Right::SeePersonal` and are
    /// written down.
    async fn requests(&self, id: LeadId, personal: bool) -> Result<LeadRequests, UiError>;
    /// What would come of a lead now. Needs `Right::Configure` and is written down; [`UiError::Refused`] when it cannot be put
    /// together any more.
    async fn rerun(&self, id: LeadId) -> Result<Rerun, UiError>;
}
