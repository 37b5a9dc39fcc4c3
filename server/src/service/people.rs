//! Tenants and people, for whoever runs the server: only the command line calls this, so nobody's rights are checked.

use super::{ServiceError, activity::at_the_command_line};
use crate::{
    clock::new_id,
    security::{
        Vault,
        password::{self, BadPassword},
    },
};
use exchange::zone::Zone;
use model::{
    BuyerId, SourceId, TenantId, Timestamp, UserId,
    tenant::{Settings, Tenant},
    user::{Right, Role, User},
};
use store::{PersonChange, Store};

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
        settings: Settings::default(),
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
    create(store, now, of(now, tenant, (email, name, role))?, password).await
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
    let user = User { buyer_id: Some(buyer), ..of(now, tenant, (email, name, Role::Buyer))? };
    create(store, now, user, password).await
}

/// Makes a person of a source, who may sign in to the affiliate's portal.
///
/// # Errors
/// As [`create_user`]; [`ServiceError::NotFound`] when the tenant has no such source.
pub async fn create_affiliate(
    store: &Store,
    now: Timestamp,
    tenant: TenantId,
    (email, name): (&str, &str),
    source: SourceId,
    password: String,
) -> Result<User, ServiceError> {
    store.tenant(tenant).source(source).await?;
    let user = User { source_id: Some(source), ..of(now, tenant, (email, name, Role::Affiliate))? };
    create(store, now, user, password).await
}

async fn create(store: &Store, now: Timestamp, user: User, password: String) -> Result<User, ServiceError> {
    if (user.role == Role::Buyer) != user.buyer_id.is_some() {
        return Err(refused("the role buyer belongs to a buyer, and no other role does"));
    }
    if (user.role == Role::Affiliate) != user.source_id.is_some() {
        return Err(refused("the role affiliate belongs to a source, and no other role does"));
    }
    let hash = password::hash(password).await?;
    let about = format!("{}, {}", user.name, user.role.name());
    let line = at_the_command_line(now, "person_made", &user.id.to_string(), &about);
    store.tenant(user.tenant_id).create_user(&user, &hash, &line).await?;
    Ok(user)
}

fn of(now: Timestamp, tenant: TenantId, about: (&str, &str, Role)) -> Result<User, ServiceError> {
    let id = UserId::from_bits(new_id(now));
    let email = address(about.0)?;
    Ok(person(id, (tenant, &email, about.1, about.2)))
}

/// Somebody with nothing but a role.
pub(super) fn person(id: UserId, (tenant, email, name, role): (TenantId, &str, &str, Role)) -> User {
    User {
        id,
        tenant_id: tenant,
        email: email.to_owned(),
        name: name.to_owned(),
        role,
        buyer_id: None,
        source_id: None,
        rights: None,
        superadmin: false,
        second_factor: false,
        invited: false,
        active: true,
    }
}

/// An address that mail can be sent to, in lower case.
pub(super) fn address(text: &str) -> Result<String, ServiceError> {
    let email = text.trim().to_lowercase();
    let shaped = email.split_once('@').is_some_and(|(local, domain)| !local.is_empty() && domain.contains('.'));
    let whole = email.parse::<lettre::Address>().is_ok();
    if !shaped || !whole || email.len() > 254 {
        return Err(refused("that is not an e-mail address"));
    }
    Ok(email)
}

/// The extra rights that somebody in a role can be given; those of the role are none.
pub(super) fn extra(role: Role, rights: Option<Vec<Right>>) -> Option<Vec<Right>> {
    let given = rights.filter(|_| role.may(Right::SeeExchange))?;
    let usual: Vec<_> = Right::EXTRA.into_iter().filter(|right| role.may(*right)).collect();
    let given: Vec<_> = Right::EXTRA.into_iter().filter(|right| given.contains(right)).collect();
    (given != usual).then_some(given)
}

/// Gives a person another password and ends the person's sessions.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Refused`] for a bad password.
pub async fn set_password(store: &Store, now: Timestamp, email: &str, password: String) -> Result<(), ServiceError> {
    let hash = password::hash(password).await?;
    change(store, now, email, PersonChange::Password(&hash), "password_given").await
}

/// Lets a person sign in or not; the person's sessions end.
///
/// # Errors
/// [`ServiceError::NotFound`].
pub async fn set_active(store: &Store, now: Timestamp, email: &str, active: bool) -> Result<(), ServiceError> {
    let word = if active { "switched_on" } else { "switched_off" };
    change(store, now, email, PersonChange::Active(active), word).await
}

/// Lets a person look after all tenants of the server, or no longer; the person's sessions end.
///
/// # Errors
/// [`ServiceError::NotFound`]; [`ServiceError::Refused`] for people of a portal.
pub async fn set_superadmin(store: &Store, now: Timestamp, email: &str, on: bool) -> Result<(), ServiceError> {
    let user = store.user_by_email(email).await?.user;
    if on && !user.role.may(Right::SeeExchange) {
        return Err(refused("people of a portal cannot look after the server"));
    }
    let word = if on { "superadmin_on" } else { "superadmin_off" };
    change(store, now, email, PersonChange::Superadmin(on), word).await
}

async fn change(
    store: &Store,
    now: Timestamp,
    email: &str,
    change: PersonChange<'_>,
    word: &str,
) -> Result<(), ServiceError> {
    let user = store.user_by_email(email).await?.user;
    let line = at_the_command_line(now, word, &user.id.to_string(), &user.name);
    Ok(store.tenant(user.tenant_id).change_user(user.id, change, &line).await?)
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
    fn addresses() {
        assert_eq!(address(" Ada@Acme.example "), Ok("ada@acme.example".to_owned()));
        for bad in ["", "ada", "ada@acme", "@acme.example", "a b@acme.example", "a@b.example, c@d.example"] {
            assert!(address(bad).is_err(), "{bad}");
        }
    }

    #[test]
    fn rights_that_are_the_roles_own_are_not_kept() {
        let all = || Some(Right::EXTRA.to_vec());
        assert_eq!((extra(Role::Admin, all()), extra(Role::Buyer, all())), (None, None));
        assert_eq!(extra(Role::Viewer, Some(Vec::new())), Some(Vec::new()));
        assert_eq!(extra(Role::Viewer, None), None);
    }

    #[test]
    fn short_names() {
        assert!(is_slug("acme-2"));
        for bad in ["", "Acme", "a b", "-a", "ä", &"a".repeat(41)] {
            assert!(!is_slug(bad), "{bad}");
        }
    }
}
