//! Invitations and resets: links in mail that let a person choose a password. Nobody learns from an answer whether an
//! address is known.

use super::{
    ServiceError, Services,
    activity::entry,
    letters::{self, About},
    people,
    sign_in::{SignInError, limit_key},
};
use crate::{
    clock::new_id,
    context::{Actor, ClientIp},
    security::{keys, password, rate::neighbourhood},
};
use model::{
    BuyerId, SourceId, Timestamp, UserId,
    document::DocumentId,
    tenant::Tenant,
    user::{Right, Role, User},
};
use store::{LinkPurpose, PersonLink, StoreError};
use url::Url;

/// How long an invitation works, in milliseconds: 7 days.
const INVITATION_MS: i64 = 7 * 24 * 3_600_000;
/// How long a reset works, in milliseconds: an hour.
const RESET_MS: i64 = 3_600_000;
/// Resets that one address of the network may ask for in an hour.
const ASKED_PER_ADDRESS: i64 = 20;
/// Mails with a reset that one person gets in an hour.
const MAILS_PER_PERSON: i64 = 3;
/// Links that one address of the network may try in an hour.
const TRIED_PER_ADDRESS: i64 = 60;
/// The time in which these count, in milliseconds.
const HOUR_MS: i64 = 3_600_000;

/// Who a new person is to be.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonWanted {
    /// What the person signs in with.
    pub email: String,
    /// What colleagues see.
    pub name: String,
    /// What the person may do.
    pub role: Role,
    /// The buyer a portal person belongs to.
    pub buyer_id: Option<BuyerId>,
    /// The source an affiliate belongs to.
    pub source_id: Option<SourceId>,
    /// The extra rights; none: those of the role.
    pub rights: Option<Vec<Right>>,
}

/// Whose link it is.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Joining {
    /// The person.
    pub user: User,
    /// The company.
    pub tenant: Tenant,
    /// Whether it is an invitation, or a reset.
    pub invited: bool,
}

impl Services {
    /// Makes a person and sends an invitation, which works for seven days.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; refused for a bad or taken address, a portal person without a buyer or source, or
    /// more people than the tenant may have.
    pub async fn invite(&self, actor: &Actor, wanted: PersonWanted, base: &Url) -> Result<User, ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        let user = self.new_person(actor, wanted).await?;
        let (link, job) = self.link_for(&user, LinkPurpose::Invitation, &actor.user.name, base).await?;
        let about = format!("{}, {}", user.name, user.role.name());
        let line = self.line(actor, "person_invited", &user.id.to_string(), &about);
        tenant.invite(&user, &link, &job, &line).await?;
        tracing::info!(user = %user.id, by = %actor.by(), role = user.role.name(), "person invited");
        Ok(user)
    }

    /// Who a new person would be, everything checked but whether the address is taken.
    pub(super) async fn new_person(&self, actor: &Actor, wanted: PersonWanted) -> Result<User, ServiceError> {
        let PersonWanted { email, name, role, buyer_id, source_id, rights } = wanted;
        let (buyer_id, source_id) = self.whose(actor, role, buyer_id, source_id).await?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 120 || name.chars().any(char::is_control) {
            return Err(ServiceError::Refused("A name has 1 to 120 characters.".to_owned()));
        }
        self.room_for_one_more(actor).await?;
        let id = UserId::from_bits(new_id(self.clock.now()));
        let email = people::address(&email)?;
        let (rights, tenant_id) = (people::extra(role, rights), actor.tenant.id);
        let about = (tenant_id, email.as_str(), name, role);
        Ok(User { buyer_id, source_id, rights, invited: true, ..people::person(id, about) })
    }

    /// Whether the tenant may have another person who signs in.
    pub(super) async fn room_for_one_more(&self, actor: &Actor) -> Result<(), ServiceError> {
        let Some(most) = actor.tenant.settings.people else { return Ok(()) };
        let have = self.store.tenant(actor.tenant.id).users().await?.iter().filter(|user| user.active).count();
        if have < most as usize {
            return Ok(());
        }
        Err(ServiceError::Refused(format!("Your company may have {most} people. Switch somebody off first.")))
    }

    /// The buyer or source of a person in this role: needed for portal people, and none for everybody else.
    pub(super) async fn whose(
        &self,
        actor: &Actor,
        role: Role,
        buyer: Option<BuyerId>,
        source: Option<SourceId>,
    ) -> Result<(Option<BuyerId>, Option<SourceId>), ServiceError> {
        let rows = self.tenant(actor, Right::ManagePeople)?;
        let (id, whose) = match role {
            Role::Buyer => {
                let none = || ServiceError::Refused("A buyer's person belongs to a buyer: choose one.".to_owned());
                let buyer = buyer.ok_or_else(none)?;
                (DocumentId::Buyer(buyer), (Some(buyer), None))
            }
            Role::Affiliate => {
                let none = || ServiceError::Refused("An affiliate belongs to a source: choose one.".to_owned());
                let source = source.ok_or_else(none)?;
                (DocumentId::Source(source), (None, Some(source)))
            }
            Role::Admin | Role::Operator | Role::Viewer => return Ok((None, None)),
        };
        rows.document(id).await?;
        Ok(whose)
    }

    /// Sends a person another link: the invitation again, or a reset. Links from before end.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for somebody who is switched off.
    pub async fn send_link(&self, actor: &Actor, id: UserId, base: &Url) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        let user = tenant.user(id).await?;
        if !user.active {
            return Err(ServiceError::Refused("The person is switched off.".to_owned()));
        }
        let (purpose, word) =
            if user.invited { (LinkPurpose::Invitation, "person_invited") } else { (LinkPurpose::Reset, "reset_sent") };
        let (link, job) = self.link_for(&user, purpose, &actor.user.name, base).await?;
        let line = self.line(actor, word, &id.to_string(), &user.name);
        Ok(tenant.issue_link(&link, &job, &line).await?)
    }

    pub(super) async fn link_for(
        &self,
        user: &User,
        purpose: LinkPurpose,
        by: &str,
        base: &Url,
    ) -> Result<(PersonLink, store::NewJob), ServiceError> {
        let (token, hash) = keys::new_link();
        let tenant = self.store.tenant_by_id(user.tenant_id).await?.tenant;
        let address = letters::address(base, &token);
        let about = |lasts| About { tenant: &tenant.name, name: &user.name, by, lasts };
        let (words, lasts) = match purpose {
            LinkPurpose::Invitation => (letters::invitation(&user.email, &about("7 days"), &address), INVITATION_MS),
            LinkPurpose::Reset => (letters::reset(&user.email, &about("one hour"), &address), RESET_MS),
        };
        let job = self.posted(user.tenant_id, &words).await?;
        let expires_at = self.clock.now().plus_millis(lasts);
        Ok((PersonLink { user_id: user.id, purpose, hash, expires_at }, job))
    }

    /// Somebody forgot a password. A person with this address gets a mail; the answer and the time it takes are the same for
    /// every address.
    ///
    /// # Errors
    /// [`SignInError::TooMany`] for an address of the network that asks too often.
    pub async fn forgot(&self, email: &str, from: ClientIp, base: Url) -> Result<(), SignInError> {
        let now = self.clock.now();
        self.limited(&limit_key(&format!("forgot {}", neighbourhood(from.0))), ASKED_PER_ADDRESS, HOUR_MS).await?;
        let (services, email) = (self.clone(), email.trim().to_lowercase());
        // What there is to do depends on whether the address is known; nobody waits for it.
        tokio::spawn(async move {
            if let Err(error) = services.mail_reset(&email, now, &base).await {
                tracing::warn!(%error, "a reset was not sent");
            }
        });
        Ok(())
    }

    async fn mail_reset(&self, email: &str, now: Timestamp, base: &Url) -> Result<(), ServiceError> {
        let user = match self.store.user_by_email(email).await {
            Ok(row) => row.user,
            Err(StoreError::NotFound) => return Ok(()),
            Err(error) => return Err(error.into()),
        };
        let tenant = self.store.tenant_by_id(user.tenant_id).await?.tenant;
        let bucket = limit_key(&format!("reset {}", user.id));
        let often = self.store.count_attempt(&bucket, now, HOUR_MS).await?.count > MAILS_PER_PERSON;
        if !user.active || !tenant.active || often {
            return Ok(());
        }
        let purpose = if user.invited { LinkPurpose::Invitation } else { LinkPurpose::Reset };
        let (link, job) = self.link_for(&user, purpose, &tenant.name, base).await?;
        let id = user.id.to_string();
        let line = entry(now, (&id, &user.name), ("reset_asked", &id, ""));
        Ok(self.store.tenant(user.tenant_id).issue_link(&link, &job, &line).await?)
    }

    /// Whose link it is, if it still works.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for every link that does not, whatever the reason.
    pub async fn joining(&self, token: &str) -> Result<Joining, ServiceError> {
        let hash = keys::link_hash(token).ok_or(ServiceError::NotFound)?;
        let (tenant, link) = self.store.link(&hash, self.clock.now()).await?;
        let (user, tenant) =
            (self.store.tenant(tenant).user(link.user_id).await?, self.store.tenant_by_id(tenant).await?.tenant);
        if !user.active || !tenant.active {
            return Err(ServiceError::NotFound);
        }
        Ok(Joining { user, tenant, invited: link.purpose == LinkPurpose::Invitation })
    }

    /// Takes a link: its person has this password from now on, and is signed out everywhere.
    ///
    /// # Errors
    /// As [`Services::joining`]; refused for a bad password, and for an address of the network that tries too often.
    pub async fn join(&self, token: &str, password: String, from: ClientIp) -> Result<(), ServiceError> {
        let bucket = limit_key(&format!("join {}", neighbourhood(from.0)));
        self.limited(&bucket, TRIED_PER_ADDRESS, HOUR_MS).await.map_err(|error| match error {
            SignInError::Broken(why) => ServiceError::Broken(why),
            _ => ServiceError::Refused("Too many attempts. Try again in an hour.".to_owned()),
        })?;
        let Joining { user, tenant, invited } = self.joining(token).await?;
        let hash = keys::link_hash(token).ok_or(ServiceError::NotFound)?;
        let chosen = password::hash(password).await?;
        let now = self.clock.now();
        let (id, word) = (user.id.to_string(), if invited { "joined" } else { "password_reset" });
        let line = entry(now, (&id, &user.name), (word, &id, ""));
        self.store.tenant(tenant.id).take_link(&hash, now, &chosen, &line).await?;
        tracing::info!(user = %user.id, word, "a link was taken");
        Ok(())
    }
}
