//! People who sign in. An e-mail address belongs to one person on the whole server, so sign-in needs no tenant.

use super::activities::{self, Activity};
use crate::{
    Store, StoreError, TenantStore, Tx,
    audit::{Changed, seal_changes},
    read::Read,
    sql::{Sql, json, sql},
};
use exchange::audit::{Digest, Thing};
use model::{
    BuyerId, SourceId, TenantId, UserId,
    user::{Right, Role, User},
};
use sqlx::any::AnyRow;

/// A person with the hash of the password. Only sign-in asks for it.
#[derive(Clone, PartialEq, Eq)]
pub struct UserSecret {
    /// The person.
    pub user: User,
    /// argon2id in PHC form; empty for somebody who was invited and has not chosen a password yet.
    pub password_hash: String,
}

impl std::fmt::Debug for UserSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserSecret").field("user", &self.user.id).finish_non_exhaustive()
    }
}

/// What is changed of a person.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum PersonChange<'a> {
    /// The role, and whose person it is.
    Role(Role, Option<BuyerId>, Option<SourceId>),
    /// The extra rights; none: those of the role.
    Rights(Option<&'a [Right]>),
    /// Whether the person may sign in.
    Active(bool),
    /// The hash of the password.
    Password(&'a str),
    /// Whether the person looks after all tenants of the server.
    Superadmin(bool),
}

const COLUMNS: &str = "SELECT p.tenant_id, p.id, p.email, p.name, p.role, p.buyer_id, p.source_id, p.rights, \
     p.superadmin, p.password_hash, p.active, f.secret AS factor FROM people p LEFT JOIN second_factors f \
     ON f.tenant_id = p.tenant_id AND f.user_id = p.id AND f.confirmed_at IS NOT NULL";

impl Store {
    /// Who signs in with an e-mail address, in any letter case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user_by_email(&self, email: &str) -> Result<UserSecret, StoreError> {
        let row = sql(COLUMNS).text(" WHERE p.email = $1").bind(email.to_lowercase()).one(self.reader()).await?;
        Ok(UserSecret { user: read(&row)?, password_hash: row.text("password_hash")? })
    }

    /// One person by the id that a session carries; it says of which tenant the person is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        read(&sql(COLUMNS).text(" WHERE p.id = $1").bind(id).one(self.reader()).await?)
    }
}

impl TenantStore {
    /// Adds a person, and what is recorded of it. The address is kept in lower case; somebody without a password hash is
    /// invited.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken, here or in another tenant; [`StoreError::Broken`] when the
    /// person belongs to another tenant.
    pub async fn create_user(&self, user: &User, password_hash: &str, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        self.insert(&mut tx, user, password_hash, line).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn insert(
        &self,
        tx: &mut Tx,
        user: &User,
        password_hash: &str,
        line: &Activity,
    ) -> Result<(), StoreError> {
        if user.tenant_id != self.tenant {
            return Err(StoreError::broken("a person of another tenant"));
        }
        sql("INSERT INTO people (tenant_id, id, email, name, role, buyer_id, source_id, rights, superadmin, \
             password_hash, active) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(self.tenant)
        .bind(user.id)
        .bind(user.email.to_lowercase())
        .bind(&user.name)
        .bind(user.role)
        .bind(user.buyer_id)
        .bind(user.source_id)
        .bind(user.rights.as_deref().map(words))
        .bind(user.superadmin)
        .bind(password_hash)
        .bind(user.active)
        .run(&mut **tx)
        .await?;
        self.record(tx, user.id, line).await
    }

    /// One person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE p.tenant_id = $1 AND p.id = $2").bind(self.tenant).bind(id);
        read(&statement.one(self.store.reader()).await?)
    }

    /// Everybody, by address.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE p.tenant_id = $1 ORDER BY p.email").bind(self.tenant);
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// Changes a person and ends every session of the person, with what is recorded of it.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn change_user(&self, id: UserId, change: PersonChange<'_>, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        self.change(&mut tx, id, change, line).await?;
        Ok(tx.commit().await?)
    }

    pub(super) async fn change(
        &self,
        tx: &mut Tx,
        id: UserId,
        change: PersonChange<'_>,
        line: &Activity,
    ) -> Result<(), StoreError> {
        let set = |what: &str| -> Sql {
            let start = sql("UPDATE people SET ").text(what).text(" WHERE tenant_id = $1 AND id = $2");
            start.bind(self.tenant).bind(id)
        };
        let ends_links = matches!(change, PersonChange::Password(_) | PersonChange::Active(false));
        let statement = match change {
            PersonChange::Role(role, buyer, source) => {
                // The extra rights are those of the new role.
                set("role = $3, buyer_id = $4, source_id = $5, rights = NULL").bind(role).bind(buyer).bind(source)
            }
            PersonChange::Rights(rights) => set("rights = $3").bind(rights.map(words)),
            PersonChange::Active(active) => set("active = $3").bind(active),
            PersonChange::Password(hash) => set("password_hash = $3").bind(hash),
            PersonChange::Superadmin(on) => set("superadmin = $3").bind(on),
        };
        if statement.run(&mut **tx).await? == 0 {
            return Err(StoreError::NotFound);
        }
        sql("DELETE FROM sessions WHERE user_id = $1").bind(id).run(&mut **tx).await?;
        // A link that still lies in a mailbox is not to undo it.
        if ends_links {
            self.end_links(tx, id).await?;
        }
        self.record(tx, id, line).await
    }

    /// Records what was done, and the person as it is now; both are sealed.
    pub(super) async fn record(&self, tx: &mut Tx, id: UserId, line: &Activity) -> Result<(), StoreError> {
        let person = sql(COLUMNS).text(" WHERE p.tenant_id = $1 AND p.id = $2").bind(self.tenant).bind(id);
        let person = changed(&person.one(&mut **tx).await?)?;
        let line = activities::insert(tx, self.tenant, line).await?;
        seal_changes(&self.store, tx, vec![person, line]).await
    }
}

/// Everybody on the server, as the audit knows them.
pub(crate) async fn people(tx: &mut Tx) -> Result<Vec<Changed>, StoreError> {
    sql(COLUMNS).all(&mut **tx).await?.iter().map(changed).collect()
}

/// A person has no document: the columns stand for one, password and second factor by their hashes.
fn changed(row: &AnyRow) -> Result<Changed, StoreError> {
    let factor = row.bytes_opt("factor")?.map(|secret| Digest::of(&secret));
    let (email, name, role) = (row.text("email")?, row.text("name")?, row.text("role")?);
    let whose = (row.text_opt("buyer_id")?, row.text_opt("source_id")?);
    let may = (row.text_opt("rights")?, row.flag("superadmin")?, row.flag("active")?);
    let password = Digest::of(row.text("password_hash")?.as_bytes());
    let document = json(&(1, email, name, role, whose, may, password, factor))?;
    let tenant: TenantId = row.parsed("tenant_id")?;
    Ok(Changed { tenant, thing: Thing::Person, id: row.text("id")?, document: Some(Digest::of(document.as_bytes())) })
}

fn words(rights: &[Right]) -> String {
    rights.iter().map(|right| right.name()).collect::<Vec<_>>().join(",")
}

/// A word that this program does not know is a right that it cannot give.
fn rights(text: &str) -> Vec<Right> {
    text.split(',').filter_map(Right::extra).collect()
}

fn read(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        id: row.parsed("id")?,
        tenant_id: row.parsed("tenant_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        buyer_id: row.parsed_opt("buyer_id")?,
        source_id: row.parsed_opt("source_id")?,
        rights: row.text_opt("rights")?.as_deref().map(rights),
        superadmin: row.flag("superadmin")?,
        second_factor: row.bytes_opt("factor")?.is_some(),
        invited: row.text("password_hash")?.is_empty(),
        active: row.flag("active")?,
    })
}
