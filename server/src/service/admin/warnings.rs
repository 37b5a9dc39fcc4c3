//! What is right and will probably not do what is meant.

use super::{Admin, Desk, ServiceError};
use crate::context::Actor;
use connectors::unreachable_values;
use model::{
    document::{Document, DocumentId},
    user::Right,
};

impl Admin {
    /// What a document as it is published will probably not do as it is meant.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; not found.
    pub async fn warnings(&self, actor: &Actor, id: DocumentId) -> Result<Vec<String>, ServiceError> {
        let desk = self.desk(actor, Right::SeeExchange).await?;
        desk.warnings(&desk.find(id)?.document).await
    }
}

impl Desk {
    /// Values of ours that the buyer does not take, and kept answers that read differently.
    pub(super) async fn warnings(&self, document: &Document) -> Result<Vec<String>, ServiceError> {
        let Document::Contract(contract) = document else { return Ok(Vec::new()) };
        let campaign = self.whole.documents.iter().find_map(|have| match &have.document {
            Document::Campaign(campaign) if campaign.id == contract.campaign_id => Some(campaign),
            _ => None,
        });
        let found = campaign.map(|campaign| unreachable_values(&campaign.fields, &contract.delivery));
        let mut told: Vec<_> = found.unwrap_or_default().iter().map(ToString::to_string).collect();
        told.extend(self.misread(document).await?);
        Ok(told)
    }
}
