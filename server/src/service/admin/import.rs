//! A delivery proposed from a buyer's posting document. Nothing is stored and nothing sent.

use super::{Admin, ServiceError};
use crate::context::Actor;
use model::{
    FieldError,
    document::{Document, DocumentId},
    import::{ImportAsked, Proposal},
    user::Right,
};
use store::StoreError;

impl Admin {
    /// What a posting document is taken to mean for a campaign. Credentials in it are recognised and forgotten.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; every fault, an unknown campaign included.
    pub async fn import(&self, actor: &Actor, asked: &ImportAsked) -> Result<Proposal, ServiceError> {
        let rows = self.rows(actor, Right::SeeExchange)?;
        let unknown = || {
            let message = "There is no such campaign.";
            ServiceError::Invalid(vec![FieldError::new("campaign_id", "not_found", message)])
        };
        let found = rows.document(DocumentId::Campaign(asked.campaign_id)).await.map_err(|error| match error {
            StoreError::NotFound => unknown(),
            other => other.into(),
        })?;
        let Document::Campaign(campaign) = found.document else { return Err(unknown()) };
        connectors::import::propose(&campaign.fields, asked).map_err(ServiceError::Invalid)
    }
}
