//! Links in mail that let a person choose a password. Each works once and until it expires; the newest ends those before.

use super::{activities::Activity, people::PersonChange};
use crate::{NewJob, Store, StoreError, TenantStore, Tx, read::Read, sql::sql};
use model::{TenantId, Timestamp, UserId, user::User};

/// What a link is for.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum LinkPurpose {
    /// Taking up an invitation.
    Invitation,
    /// Choosing another password.
    Reset,
}

impl LinkPurpose {
    const fn name(self) -> &'static str {
        match self {
            Self::Invitation => "invitation",
            Self::Reset => "reset",
        }
    }
}

/// A link as it is stored.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PersonLink {
    /// Whose password it is.
    pub user_id: UserId,
    /// What for.
    pub purpose: LinkPurpose,
    /// SHA-256 of what stands in the link, in hexadecimal digits.
    pub hash: String,
    /// When it ends.
    pub expires_at: Timestamp,
}

impl TenantStore {
    /// Invites somebody: the person, the link and the mail with it are stored together.
    ///
    /// # Errors
    /// As [`TenantStore::create_user`].
    pub async fn invite(
        &self,
        user: &User,
        link: &PersonLink,
        mail: &NewJob,
        line: &Activity,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        self.put_link(&mut tx, link, mail).await?;
        // Last: it takes the end of the audit's chain, which all servers want.
        self.insert(&mut tx, user, "", line).await?;
        Ok(tx.commit().await?)
    }

    /// Stores a link and the mail with it; earlier links of the person end.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a person of another tenant.
    pub async fn issue_link(&self, link: &PersonLink, mail: &NewJob, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        self.put_link(&mut tx, link, mail).await?;
        self.record(&mut tx, link.user_id, line).await?;
        Ok(tx.commit().await?)
    }

    async fn put_link(&self, tx: &mut Tx, link: &PersonLink, mail: &NewJob) -> Result<(), StoreError> {
        self.end_links(tx, link.user_id).await?;
        sql("INSERT INTO people_links (tenant_id, id, user_id, purpose, hash, expires_at) \
             VALUES ($1, $2, $3, $4, $5, $6)")
        .bind(self.tenant)
        .bind(mail.id)
        .bind(link.user_id)
        .bind(link.purpose.name())
        .bind(&link.hash)
        .bind(link.expires_at)
        .run(&mut **tx)
        .await?;
        sql("INSERT INTO jobs (tenant_id, id, kind, payload, run_at, leased_until, tries) \
             VALUES ($1, $2, $3, $4, $5, 0, 0)")
        .bind(self.tenant)
        .bind(mail.id)
        .bind(&mail.kind)
        .bind(&mail.payload)
        .bind(mail.run_at)
        .run(&mut **tx)
        .await?;
        Ok(())
    }

    pub(super) async fn end_links(&self, tx: &mut Tx, user: UserId) -> Result<(), StoreError> {
        let statement = "DELETE FROM people_links WHERE tenant_id = $1 AND user_id = $2";
        sql(statement).bind(self.tenant).bind(user).run(&mut **tx).await?;
        Ok(())
    }

    /// Takes a link: its person has this password from now on, and every session and link of the person ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is unknown, was used, or has expired at `now`.
    pub async fn take_link(
        &self,
        hash: &str,
        now: Timestamp,
        password_hash: &str,
        line: &Activity,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        // Only one of two that come at once touches the row.
        let taken = sql("UPDATE people_links SET used_at = $3 WHERE tenant_id = $1 AND hash = $2 \
             AND used_at IS NULL AND expires_at > $3 RETURNING user_id")
        .bind(self.tenant)
        .bind(hash)
        .bind(now)
        .one(&mut *tx)
        .await?;
        let user = taken.parsed("user_id")?;
        self.end_links(&mut tx, user).await?;
        self.change(&mut tx, user, PersonChange::Password(password_hash), line).await?;
        Ok(tx.commit().await?)
    }
}

impl Store {
    /// Whose link it is, and what for, if it still works at `now`.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn link(&self, hash: &str, now: Timestamp) -> Result<(TenantId, PersonLink), StoreError> {
        let row = sql("SELECT tenant_id, user_id, purpose, expires_at FROM people_links \
             WHERE hash = $1 AND used_at IS NULL AND expires_at > $2")
        .bind(hash)
        .bind(now)
        .one(self.reader())
        .await?;
        let purpose = match row.text("purpose")?.as_str() {
            "invitation" => LinkPurpose::Invitation,
            _ => LinkPurpose::Reset,
        };
        let (user_id, expires_at) = (row.parsed("user_id")?, row.at("expires_at")?);
        Ok((row.parsed("tenant_id")?, PersonLink { user_id, purpose, hash: hash.to_owned(), expires_at }))
    }

    /// Removes links that have expired at `now`; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_expired_links(&self, now: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM people_links WHERE expires_at <= $1").bind(now).run(self.writer()).await
    }
}
