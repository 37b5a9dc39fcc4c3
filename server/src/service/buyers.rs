//! Buyers for operators.

use super::{ServiceError, Services, admin::Expected};
use crate::context::Actor;
use model::{BuyerId, Timestamp, document::DocumentId, report::BuyerRow, time::HOUR, user::Right};

impl Services {
    /// Every buyer with today's counts.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn buyers(&self, actor: &Actor) -> Result<Vec<BuyerRow>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let end = Timestamp(self.clock.now().hour().0 + HOUR);
        Ok(tenant.buyer_figures(self.today(actor).hour(), end).await?)
    }

    /// The names for filters.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn buyer_names(&self, actor: &Actor) -> Result<Vec<(BuyerId, String)>, ServiceError> {
        let buyers = self.tenant(actor, Right::SeeExchange)?.buyers().await?;
        Ok(buyers.into_iter().map(|buyer| (buyer.id, buyer.name)).collect())
    }

    /// Pauses or resumes a buyer.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's.
    pub async fn set_buyer_active(&self, actor: &Actor, id: BuyerId, active: bool) -> Result<(), ServiceError> {
        self.admin().set_active(actor, DocumentId::Buyer(id), active, Expected::Any, "").await.map(|_| ())
    }
}
