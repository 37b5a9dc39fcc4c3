//! Leads for operators: the list, and one lead with its trace.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor};
use model::{
    EventId, LeadId,
    lead::{LeadDetail, LeadRow},
    page::{Cursor, Page},
    rerun::{Rerun, Rests},
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

    /// What would come of a lead by the configuration of now, on the answers that its buyers gave then. Nobody is asked and
    /// nothing counts; that somebody tried is written to the lead's history.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found; refused for a lead that cannot be put together any more.
    pub async fn rerun(&self, actor: &Actor, id: LeadId) -> Result<Rerun, ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?;
        let why = "It cannot be tried again: its person is forgotten, or its campaign or source is gone.";
        let found = self.pipeline.rerun(actor.tenant.id, id).await?;
        let rerun = found.ok_or_else(|| ServiceError::Refused(why.to_owned()))?;
        let now = self.clock.now();
        let known = if rerun.contracts.iter().any(|row| row.rests == Rests::Unheard) {
            ", as far as answers are known"
        } else {
            ""
        };
        let note = format!("Tried again in test by {}: it would be {}{known}.", actor.user.name, rerun.state.name());
        tenant.append_history(EventId::from_bits(new_id(now)), id, "tried_again", &note, &actor.by(), now).await?;
        Ok(rerun)
    }
}
