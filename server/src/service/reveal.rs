//! Unmasking the personal values of one lead. It is written to the lead's history before anything is shown.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor};
use exchange::lead::{Opened, Viewing};
use model::{EventId, LeadId, user::Right};

impl Services {
    /// The personal values of a lead: name, value.
    ///
    /// # Errors
    /// Without [`Right::SeePersonal`]; not found for another tenant's lead or when the person was forgotten.
    pub async fn reveal(&self, actor: &Actor, id: LeadId) -> Result<Vec<(String, String)>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeePersonal)?;
        let sealed = tenant.sealed(id).await?;
        let row = self.store.tenant_by_id(actor.tenant.id).await?;
        let keys = self.vault.tenant(actor.tenant.id, &row.key_sealed);
        let keys = keys.map_err(|error| ServiceError::Broken(error.to_string()))?;
        let plain = keys.open_lead(id, &sealed.key, &sealed.body).map_err(|_| ServiceError::NotFound)?;
        let event = EventId::from_bits(new_id(self.clock.now()));
        let note = format!("Personal values shown to {}", actor.user.name);
        let by = actor.user.id.to_string();
        tenant.append_history(event, id, "personal_viewed", &note, &by, self.clock.now()).await?;
        let opened = Opened::by(Viewing::recorded(event), &plain);
        opened.map(|opened| opened.values()).map_err(|error| ServiceError::Broken(error.to_string()))
    }
}
