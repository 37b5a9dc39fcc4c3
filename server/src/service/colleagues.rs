//! People, for administrators of a tenant: who may sign in and as what, and where they are signed in. And one's own
//! password.

use super::{PersonWanted, SESSION_IDLE_MS, ServiceError, Services};
use crate::{
    context::Actor,
    security::{password, second_factor::words},
};
use model::{
    BuyerId, SourceId, Timestamp, UserId,
    user::{Right, Role, User},
};
use store::PersonChange;

/// How often one's own password may be said wrongly in [`WINDOW_MS`].
const TRIES: i64 = 10;
/// The time in which tries are counted, in milliseconds: 15 minutes.
const WINDOW_MS: i64 = 15 * 60_000;

/// Where somebody is signed in.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SignedIn {
    /// What the session is ended by.
    pub id: String,
    /// Who.
    pub user_id: UserId,
    /// When it was last used, to within ten minutes.
    pub seen: Timestamp,
}

impl Services {
    /// Everybody of the tenant, by address.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`].
    pub async fn colleagues(&self, actor: &Actor) -> Result<Vec<User>, ServiceError> {
        Ok(self.tenant(actor, Right::ManagePeople)?.users().await?)
    }

    /// Makes a person; also the password to begin with, which is never shown again.
    ///
    /// # Errors
    /// As [`Services::invite`].
    pub async fn add_colleague(&self, actor: &Actor, wanted: PersonWanted) -> Result<(User, String), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        let user = User { invited: false, ..self.new_person(actor, wanted).await? };
        let secret = words();
        let hash = password::hash(secret.clone()).await?;
        let about = format!("{}, {}", user.name, user.role.name());
        tenant.create_user(&user, &hash, &self.line(actor, "person_made", &user.id.to_string(), &about)).await?;
        tracing::info!(user = %user.id, by = %actor.by(), role = user.role.name(), "person made");
        Ok((user, secret))
    }

    /// Gives a person another role. The person has to sign in again, with the extra rights of the new role.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself: somebody has to stay an administrator.
    pub async fn set_colleague_role(
        &self,
        actor: &Actor,
        id: UserId,
        role: Role,
        whose: (Option<BuyerId>, Option<SourceId>),
    ) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        not_oneself(actor, id)?;
        let (buyer, source) = self.whose(actor, role, whose.0, whose.1).await?;
        let user = tenant.user(id).await?;
        not_above(actor, &user)?;
        if user.superadmin && !role.may(Right::SeeExchange) {
            return Err(ServiceError::Refused("Who looks after the server is nobody of a portal.".to_owned()));
        }
        let name = user.name;
        let line = self.line(actor, "role_changed", &id.to_string(), &format!("{name}, {}", role.name()));
        tenant.change_user(id, PersonChange::Role(role, buyer, source), &line).await?;
        tracing::info!(user = %id, by = %actor.by(), role = role.name(), "person has another role");
        Ok(())
    }

    /// Switches a person's extra rights; none: those of the role. The person has to sign in again.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself.
    pub async fn set_colleague_rights(
        &self,
        actor: &Actor,
        id: UserId,
        rights: Option<&[Right]>,
    ) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        not_oneself(actor, id)?;
        let user = tenant.user(id).await?;
        not_above(actor, &user)?;
        if rights.is_some() && !user.role.may(Right::SeeExchange) {
            return Err(ServiceError::Refused("People of a portal have no such rights.".to_owned()));
        }
        let said = match rights {
            None => "those of the role".to_owned(),
            Some([]) => "none".to_owned(),
            Some(rights) => rights.iter().map(|right| right.name()).collect::<Vec<_>>().join(", "),
        };
        let line = self.line(actor, "rights_changed", &id.to_string(), &format!("{}: {said}", user.name));
        Ok(tenant.change_user(id, PersonChange::Rights(rights), &line).await?)
    }

    /// Lets a person sign in or not; the person's sessions end.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself, and for more people than the tenant may have.
    pub async fn set_colleague_active(&self, actor: &Actor, id: UserId, active: bool) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        not_oneself(actor, id)?;
        let user = tenant.user(id).await?;
        not_above(actor, &user)?;
        if active && !user.active {
            self.room_for_one_more(actor).await?;
        }
        let word = if active { "switched_on" } else { "switched_off" };
        let line = self.line(actor, word, &id.to_string(), &user.name);
        tenant.change_user(id, PersonChange::Active(active), &line).await?;
        tracing::info!(user = %id, active, by = %actor.by(), "person switched");
        Ok(())
    }

    /// Gives a person another password to begin with, which is never shown again; the person's sessions end.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself.
    pub async fn reset_colleague(&self, actor: &Actor, id: UserId) -> Result<String, ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        not_oneself(actor, id)?;
        let user = tenant.user(id).await?;
        not_above(actor, &user)?;
        let (name, secret) = (user.name, words());
        let hash = password::hash(secret.clone()).await?;
        let line = self.line(actor, "password_given", &id.to_string(), &name);
        tenant.change_user(id, PersonChange::Password(&hash), &line).await?;
        tracing::info!(user = %id, by = %actor.by(), "person has another password");
        Ok(secret)
    }

    /// Where people of the tenant are signed in, the latest used first.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`].
    pub async fn signed_in(&self, actor: &Actor) -> Result<Vec<SignedIn>, ServiceError> {
        let open = self.tenant(actor, Right::ManagePeople)?.open_sessions(self.clock.now()).await?;
        let shown = open.into_iter().map(|session| SignedIn {
            id: session.id,
            user_id: session.user_id,
            // It lives that long after its last use.
            seen: session.expires_at.plus_millis(-SESSION_IDLE_MS),
        });
        Ok(shown.collect())
    }

    /// Ends a session.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found for another tenant's.
    pub async fn end_session(&self, actor: &Actor, id: &str) -> Result<(), ServiceError> {
        self.tenant(actor, Right::ManagePeople)?.end_session(id).await?;
        self.put_down(actor, "session_ended", "", "").await?;
        tracing::info!(by = %actor.by(), "session ended");
        Ok(())
    }

    /// Changes one's own password; every session of the person ends.
    ///
    /// # Errors
    /// Refused when the old one is wrong or the new one is bad, and after too many tries.
    pub async fn change_password(&self, actor: &Actor, old: String, new: String) -> Result<(), ServiceError> {
        let bucket = format!("password {}", actor.user.id);
        if self.store.count_attempt(&bucket, self.clock.now(), WINDOW_MS).await?.count > TRIES {
            return Err(ServiceError::Refused("Too many attempts. Try again in 15 minutes.".to_owned()));
        }
        let row = self.store.user_by_email(&actor.user.email).await?;
        if row.user.id != actor.user.id || !password::verify(old, Some(row.password_hash)).await {
            return Err(ServiceError::Refused("The present password is not right.".to_owned()));
        }
        let hash = password::hash(new).await?;
        let line = self.line(actor, "password_changed", &actor.user.id.to_string(), "");
        let tenant = self.store.tenant(actor.tenant.id);
        tenant.change_user(actor.user.id, PersonChange::Password(&hash), &line).await?;
        self.store.forget_attempts(&bucket).await?;
        tracing::info!(user = %actor.user.id, "own password changed");
        Ok(())
    }

    /// Where one is signed in oneself, the latest used first.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn own_sessions(&self, actor: &Actor) -> Result<Vec<SignedIn>, ServiceError> {
        let open = self.store.tenant(actor.tenant.id).open_sessions(self.clock.now()).await?;
        let own = open.into_iter().filter(|session| session.user_id == actor.user.id);
        let seen = |expires: Timestamp| expires.plus_millis(-SESSION_IDLE_MS);
        Ok(own.map(|one| SignedIn { id: one.id, user_id: one.user_id, seen: seen(one.expires_at) }).collect())
    }

    /// Ends one of one's own sessions.
    ///
    /// # Errors
    /// Not found for somebody else's.
    pub async fn end_own_session(&self, actor: &Actor, id: &str) -> Result<(), ServiceError> {
        let own = self.own_sessions(actor).await?;
        if own.iter().all(|session| session.id != id) {
            return Err(ServiceError::NotFound);
        }
        Ok(self.store.tenant(actor.tenant.id).end_session(id).await?)
    }
}

/// Nobody reaches for the whole server through a colleague: whoever looks after it is changed only by another who does.
pub(super) fn not_above(actor: &Actor, user: &User) -> Result<(), ServiceError> {
    if !user.superadmin || actor.may(Right::RunServer) {
        return Ok(());
    }
    Err(ServiceError::Refused("This person looks after the server: ask another who does.".to_owned()))
}

pub(super) fn not_oneself(actor: &Actor, id: UserId) -> Result<(), ServiceError> {
    if actor.user.id != id {
        return Ok(());
    }
    Err(ServiceError::Refused("You cannot do this to yourself: ask another administrator.".to_owned()))
}
