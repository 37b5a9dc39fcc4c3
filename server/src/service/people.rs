//! Tenants and people, for whoever runs the server: only the command line calls this, so nobody's rights are checked.

use super::ServiceError;
use crate::{
    clock::new_id,
    security::{
        Vault,
        password::{self, BadPassword},
    },
};
use exchange::zone::Zone;
use model::{
    BuyerId, TenantId, Timestamp, UserId,
    tenant::Tenant,
    user::{Role, User},
};
use store::Store;

impl From<BadPassword> for ServiceError {
    fn from(error: BadPassword) -> Self {
        match error {
            BadPassword::Failed => Self::Broken(error.to_string()),
            BadPassword::Short | BadPassword::Long => Self::Refused(error.to_string()),
        }
    }
}

/// Makes a tenant with a key of its own.
///
/// # Errors
/// [`ServiceError::Refused`] for a bad short name or zone, or when the short name is taken.
pub async fn create_tenant(
    store: &Store,
    vault: &Vault,
    now: Timestamp,
    slug: &str,
    name: &str,
    zone: &str,
) -> Result<Tenant, ServiceError> {
    if !is_slug(slug) {
        return Err(refused("a short name has 1 to 40 lower case letters, digits and hyphens"));
    }
    Zone::named(zone).map_err(|error| ServiceError::Refused(error.to_string()))?;
    let tenant = Tenant {
        id: TenantId::from_bits(new_id(now)),
        slug: slug.to_owned(),
        name: name.to_owned(),
        zone: zone.to_owned(),
        active: true,
    };
    store.create_tenant(&tenant, &vault.new_tenant_key()).await?;
    Ok(tenant)
}

/// Makes a person who may sign in.
///
/// # Errors
/// [`ServiceError::Refused`] for a bad e-mail or password, or when the e-mail is taken on this server.
pub async fn create_user(
    store: &Store,
    now: Timestamp,
    tenant: TenantId,
    (email, name, role): (&str, &str, Role),
    password: String,
) -> Result<User, ServiceError> {
    create(store, now, tenant, (email, name, role), None, password).await
}

/// Makes a person of a buyer, who may sign in to its portal.
///
/// # Errors
/// As [`create_user`]; [`ServiceError::NotFound`] when the tenant has no such buyer.
pub async fn create_portal_user(
    store: &Store,
    now: Timestamp,
    tenant: TenantId,
    (email, name): (&str, &str),
    buyer: BuyerId,
    password: String,
) -> Result<User, ServiceError> {
    store.tenant(tenant).buyer(buyer).await?;
    create(store, now, tenant, (email, name, Role::Buyer), Some(buyer), password).await
}

async fn create(
    store: &Store,
    now: Timestamp,
    tenant: TenantId,
    (email, name, role): (&str, &str, Role),
    buyer_id: Option<BuyerId>,
    password: String,
) -> Result<User, ServiceError> {
    if (role == Role::Buyer) != buyer_id.is_some() {
        return Err(refused("the role buyer belongs to a buyer, and no other role does"));
    }
    let email = email.trim().to_lowercase();
    let shaped = email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    if !shaped || email.len() > 254 || email.contains(char::is_whitespace) {
        return Err(refused("that is not an e-mail address"));
    }
    let id = UserId::from_bits(new_id(now));
    let user = User { id, tenant_id: tenant, email, name: name.to_owned(), role, buyer_id, active: true };
    let hash = password::hash(password).await?;
    store.tenant(tenant).create_user(&user, &hash).await?;
    Ok(user)
}

/// Gives a person another password and ends the person's sessions.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Refused`] for a bad password.
pub async fn set_password(store: &Store, email: &str, password: String) -> Result<(), ServiceError> {
    let user = store.user_by_email(email).await?.user;
    let hash = password::hash(password).await?;
    Ok(store.tenant(user.tenant_id).set_password(user.id, &hash).await?)
}

/// Lets a person sign in or not; the person's sessions end.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn set_active(store: &Store, email: &str, active: bool) -> Result<(), ServiceError> {
    let user = store.user_by_email(email).await?.user;
    Ok(store.tenant(user.tenant_id).set_user_active(user.id, active).await?)
}

fn refused(why: &str) -> ServiceError {
    ServiceError::Refused(why.to_owned())
}

pub(super) fn is_slug(text: &str) -> bool {
    let allowed = |byte: u8| byte.is_ascii_lowercase() || byte.is_ascii_digit() || byte == b'-';
    !text.is_empty() && text.len() <= 40 && text.bytes().all(allowed) && !text.starts_with('-')
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn short_names() {
        assert!(is_slug("acme-2"));
        for bad in ["", "Acme", "a b", "-a", "ä", &"a".repeat(41)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
