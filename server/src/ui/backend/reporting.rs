//! Reports for the request's tenant.

use super::RequestBackend;
use app::{backend::Reporting, error::UiError};
use async_trait::async_trait;
use model::{
    breakdown::{Breakdown, Reasons, Wanted},
    lost::Lost,
    scorecard::Scorecards,
};

#[async_trait]
impl Reporting for RequestBackend {
    async fn breakdown(&self, wanted: Wanted) -> Result<Breakdown, UiError> {
        self.services.breakdown(self.actor().await?, wanted).await.map_err(|error| self.told(error))
    }

    async fn reasons(&self, wanted: Wanted) -> Result<Reasons, UiError> {
        self.services.reasons(self.actor().await?, wanted).await.map_err(|error| self.told(error))
    }

    async fn lost(&self, wanted: Wanted) -> Result<Lost, UiError> {
        self.services.lost(self.actor().await?, wanted).await.map_err(|error| self.told(error))
    }

    async fn scorecards(&self, wanted: Wanted) -> Result<Scorecards, UiError> {
        self.services.scorecards(self.actor().await?, wanted).await.map_err(|error| self.told(error))
    }
}
