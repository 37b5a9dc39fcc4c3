//! What the fake lets be taken away.

use super::Fake;
use crate::{
    backend::exporting::{Exporting, PersonalFile},
    error::UiError,
    query::LeadsQuery,
};
use async_trait::async_trait;
use model::{CampaignId, ExportId, FieldError, user::Right};

#[async_trait]
impl Exporting for Fake {
    async fn may_take_personal(&self) -> Result<bool, UiError> {
        self.answer(self.role.may(Right::ExportPersonal), self.role.may(Right::ExportPersonal))
    }

    async fn personal_columns(&self, _: Option<CampaignId>) -> Result<Vec<(String, String)>, UiError> {
        let columns = [("email", "E-mail"), ("phone", "Phone")].map(|(name, label)| (name.into(), label.into()));
        self.answer(columns.to_vec(), columns.to_vec())
    }

    async fn allow_personal(&self, _: LeadsQuery, wanted: PersonalFile) -> Result<ExportId, UiError> {
        if wanted.reason.len() < 5 {
            let message = "Say why in 5 to 200 characters: it is kept in the audit log.";
            return Err(UiError::Invalid(vec![FieldError::new("reason", "missing", message)]));
        }
        self.answer(ExportId::from_bits(1), ExportId::from_bits(1))
    }
}
