//! People, for administrators of a tenant: who may sign in and as what, and where they are signed in. And one's own
//! password.

use super::{SESSION_IDLE_MS, ServiceError, Services, people};
use crate::{clock::random, context::Actor, security::password};
use model::{
    BuyerId, Timestamp, UserId,
    document::DocumentId,
    user::{Right, Role, User},
};

/// Letters and digits that nobody mistakes for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
/// How often one's own password may be said wrongly in [`WINDOW_MS`].
const TRIES: i64 = 10;
/// The time in which tries are counted, in milliseconds: 15 minutes.
const WINDOW_MS: i64 = 15 * 60_000;

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
}

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

/// 80 random bits in four groups of four.
fn temporary() -> String {
    let letters = random::<16>().map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
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
    /// Without [`Right::ManagePeople`]; refused for a bad or taken address, or a buyer's person without a buyer.
    pub async fn add_colleague(&self, actor: &Actor, wanted: PersonWanted) -> Result<(User, String), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        let PersonWanted { email, name, role, buyer_id } = wanted;
        let buyer_id = self.buyer_of(actor, role, buyer_id).await?;
        if name.trim().is_empty() || name.chars().count() > 120 {
            return Err(ServiceError::Refused("A name has 1 to 120 characters.".to_owned()));
        }
        let secret = temporary();
        let about = (email.as_str(), name.trim(), role);
        let mut user = people::create_user(&self.store, self.clock.now(), tenant.id(), about, secret.clone()).await?;
        if buyer_id.is_some() {
            tenant.set_user_role(user.id, role, buyer_id).await?;
            user.buyer_id = buyer_id;
        }
        tracing::info!(user = %user.id, by = %actor.by(), role = role.name(), "person made");
        Ok((user, secret))
    }

    /// Gives a person another role. The person has to sign in again.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself: somebody has to stay an administrator.
    pub async fn set_colleague_role(
        &self,
        actor: &Actor,
        id: UserId,
        role: Role,
        buyer_id: Option<BuyerId>,
    ) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        not_oneself(actor, id)?;
        let buyer_id = self.buyer_of(actor, role, buyer_id).await?;
        tenant.set_user_role(id, role, buyer_id).await?;
        tracing::info!(user = %id, by = %actor.by(), role = role.name(), "person has another role");
        Ok(())
    }

    /// Lets a person sign in or not; the person's sessions end.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found; refused for oneself.
    pub async fn set_colleague_active(&self, actor: &Actor, id: UserId, active: bool) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::ManagePeople)?;
        not_oneself(actor, id)?;
        tenant.set_user_active(id, active).await?;
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
        let secret = temporary();
        tenant.set_password(id, &password::hash(secret.clone()).await?).await?;
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
        self.store.tenant(actor.tenant.id).set_password(actor.user.id, &hash).await?;
        self.store.forget_attempts(&bucket).await?;
        tracing::info!(user = %actor.user.id, "own password changed");
        Ok(())
    }

    /// The buyer of a person in this role: needed for a buyer's, and none for everybody else's.
    async fn buyer_of(
        &self,
        actor: &Actor,
        role: Role,
        buyer: Option<BuyerId>,
    ) -> Result<Option<BuyerId>, ServiceError> {
        if role != Role::Buyer {
            return Ok(None);
        }
        let none = || ServiceError::Refused("A buyer's person belongs to a buyer: choose one.".to_owned());
        let buyer = buyer.ok_or_else(none)?;
        let rows = self.tenant(actor, Right::ManagePeople)?;
        rows.document(DocumentId::Buyer(buyer)).await.map_err(|_| none())?;
        Ok(Some(buyer))
    }
}

fn not_oneself(actor: &Actor, id: UserId) -> Result<(), ServiceError> {
    if actor.user.id != id {
        return Ok(());
    }
    Err(ServiceError::Refused("You cannot do this to yourself: ask another administrator.".to_owned()))
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn passwords_to_begin_with_are_long_and_differ() {
        let (one, two) = (temporary(), temporary());
        assert_eq!(one.len(), 19);
        assert_ne!(one, two);
        assert!(one.bytes().all(|byte| byte == b'-' || LETTERS.contains(&byte)), "{one}");
    }
}
