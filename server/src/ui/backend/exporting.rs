//! [`Exporting`]: the pages' way to personal values in files.

use super::RequestBackend;
use crate::{
    files::{self, Format},
    service::may_take_personal,
};
use app::{
    backend::exporting::{Exporting, PersonalFile},
    error::UiError,
    query::LeadsQuery,
};
use async_trait::async_trait;
use model::{CampaignId, ExportId};

#[async_trait]
impl Exporting for RequestBackend {
    async fn may_take_personal(&self) -> Result<bool, UiError> {
        Ok(may_take_personal(self.actor().await?))
    }

    async fn personal_columns(&self, campaign: Option<CampaignId>) -> Result<Vec<(String, String)>, UiError> {
        let columns = self.services.personal_columns(self.actor().await?, campaign).await;
        columns.map_err(|error| self.told(error))
    }

    async fn allow_personal(&self, query: LeadsQuery, wanted: PersonalFile) -> Result<ExportId, UiError> {
        let PersonalFile { fields, reason, format } = wanted;
        let format = Format::named(&format).unwrap_or(Format::Csv);
        let allowed = files::allow(&self.services, self.actor().await?, &query, (fields, reason), format).await;
        allowed.map(|one| one.id).map_err(|error| self.told(error))
    }
}
