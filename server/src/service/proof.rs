//! What proves how a lead came out.

use super::{ServiceError, Services};
use crate::context::Actor;
use exchange::audit::Proof;
use model::{LeadId, user::Right};

impl Services {
    /// The proof of the latest record of a lead: [`Proof::file`] is what is given away. It holds no personal value, but what
    /// was paid.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`]; [`ServiceError::NotFound`] for another tenant's lead and for one that is still being
    /// auctioned; [`ServiceError::Broken`] when what is stored is not what was sealed.
    pub async fn proof(&self, actor: &Actor, id: LeadId) -> Result<Proof, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.proof(id).await?)
    }
}
