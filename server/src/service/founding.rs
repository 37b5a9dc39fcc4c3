//! Founding a company: the tenant and the invitation of its first administrator.

use super::{ServiceError, Services, people};
use crate::{clock::new_id, context::Actor};
use exchange::zone::Zone;
use model::{
    FieldError, UserId,
    founding::Founding,
    tenant::Tenant,
    user::{Role, User},
};
use store::{LinkPurpose, StoreError};
use url::Url;

/// Characters in a name.
const NAME: usize = 120;

impl Services {
    /// Makes a tenant and invites its first administrator. Both logs say so: its own, and that of who founded it.
    ///
    /// # Errors
    /// Without [`model::user::Right::RunServer`]; every fault of what was entered at once.
    pub async fn found(&self, actor: &Actor, wanted: &Founding, base: &Url) -> Result<Tenant, ServiceError> {
        self.server(actor)?;
        let (slug, email) = (wanted.slug.trim(), people::address(&wanted.email));
        let faults = self.faults(wanted, slug, email.as_deref().ok()).await?;
        if !faults.is_empty() {
            return Err(ServiceError::Invalid(faults));
        }
        let (email, now) = (email?, self.clock.now());
        let (name, person, zone) = (wanted.name.trim(), wanted.person.trim(), wanted.zone.trim());
        let tenant = people::create_tenant(&self.store, &self.vault, now, slug, name, zone).await?;
        let first = (tenant.id, email.as_str(), person, Role::Admin);
        let user = User { invited: true, ..people::person(UserId::from_bits(new_id(now)), first) };
        let (link, job) = self.link_for(&user, LinkPurpose::Invitation, &actor.user.name, base).await?;
        let line = self.line(actor, "founded", &tenant.id.to_string(), &format!("{name}, with {person}"));
        self.store.tenant(tenant.id).invite(&user, &link, &job, &line).await?;
        self.put_down(actor, "founded", &tenant.id.to_string(), name).await?;
        tracing::info!(tenant = %tenant.id, by = %actor.by(), "a company was founded");
        self.admin().changed().await;
        Ok(tenant)
    }

    async fn faults(
        &self,
        wanted: &Founding,
        slug: &str,
        email: Option<&str>,
    ) -> Result<Vec<FieldError>, ServiceError> {
        let mut faults = Vec::new();
        let mut wrong = |field: &str, code: &str, message: &str| faults.push(FieldError::new(field, code, message));
        for (field, name) in [("name", &wanted.name), ("person", &wanted.person)] {
            let (name, code) = (name.trim(), if name.trim().is_empty() { "missing" } else { "invalid" });
            if name.is_empty() || name.chars().count() > NAME || name.chars().any(char::is_control) {
                wrong(field, code, "A name has 1 to 120 characters.");
            }
        }
        if !people::is_slug(slug) {
            wrong("slug", "invalid", "A short name has 1 to 40 lower case letters, digits and hyphens.");
        } else if is_there(self.store.tenant_by_slug(slug).await)? {
            wrong("slug", "taken", "Another company here has this short name.");
        }
        if let Err(error) = Zone::named(wanted.zone.trim()) {
            wrong("zone", "invalid", &error.to_string());
        }
        match email {
            None => wrong("email", "invalid", "That is not an e-mail address."),
            Some(email) if is_there(self.store.user_by_email(email).await)? => {
                wrong("email", "taken", "Somebody on this server signs in with this address.");
            }
            Some(_) => {}
        }
        Ok(faults)
    }
}

fn is_there<T>(found: Result<T, StoreError>) -> Result<bool, ServiceError> {
    match found {
        Ok(_) => Ok(true),
        Err(StoreError::NotFound) => Ok(false),
        Err(error) => Err(error.into()),
    }
}
