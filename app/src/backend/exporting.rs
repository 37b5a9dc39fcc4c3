//! What the leads list asks about personal values in files.

use crate::{error::UiError, query::LeadsQuery};
use async_trait::async_trait;
use model::{CampaignId, ExportId};

/// What somebody wants to take away.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct PersonalFile {
    /// The names of the personal columns.
    pub fields: Vec<String>,
    /// Why.
    pub reason: String,
    /// `csv` or `jsonl`.
    pub format: String,
}

/// Personal values of many leads in a file.
#[async_trait]
pub trait Exporting {
    /// Whether the person may take them away.
    async fn may_take_personal(&self) -> Result<bool, UiError>;
    /// The personal columns of a campaign, or of all: name, label. Needs the rights.
    async fn personal_columns(&self, campaign: Option<CampaignId>) -> Result<Vec<(String, String)>, UiError>;
    /// Lets the person take the leads of a list away for ten minutes, and writes it to the audit log. Needs the rights;
    /// [`UiError::Invalid`] by `fields` and `reason`; [`UiError::Refused`] for no lead, or too many.
    async fn allow_personal(&self, query: LeadsQuery, wanted: PersonalFile) -> Result<ExportId, UiError>;
}
