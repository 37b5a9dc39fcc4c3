//! Leads for operators: the list, and one lead with its trace.

use super::{ServiceError, Services};
use crate::context::Actor;
use model::{
    LeadId,
    lead::{LeadDetail, LeadRow},
    page::{Cursor, Page},
    user::Right,
};
use store::LeadFilter;

impl Services {
    /// One page of leads, newest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn leads(
        &self,
        actor: &Actor,
        filter: LeadFilter,
        cursor: Cursor,
        limit: u16,
    ) -> Result<Page<LeadRow>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        Ok(tenant.leads_page(&filter, &cursor, limit).await?)
    }

    /// One lead with everything that is not personal.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anything that is not a lead of this tenant.
    pub async fn lead(&self, actor: &Actor, id: LeadId) -> Result<LeadDetail, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.lead_detail(id).await?)
    }
}
