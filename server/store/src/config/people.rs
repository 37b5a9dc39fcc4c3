//! People who sign in. An e-mail address belongs to one person on the whole server, so sign-in needs no tenant.

use crate::{Store, StoreError, TenantStore, read::Read, sql::sql};
use model::{
    BuyerId, UserId,
    user::{Role, User},
};
use sqlx::any::AnyRow;

/// A person with the hash of the password. Only sign-in asks for it.
#[derive(Clone, PartialEq, Eq)]
pub struct UserSecret {
    /// The person.
    pub user: User,
    /// argon2id in PHC form.
    pub password_hash: String,
}

impl std::fmt::Debug for UserSecret {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.debug_struct("UserSecret").field("user", &self.user.id).finish_non_exhaustive()
    }
}

const COLUMNS: &str = "SELECT tenant_id, id, email, name, role, buyer_id, password_hash, active FROM users";

impl Store {
    /// Who signs in with an e-mail address, in any letter case.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user_by_email(&self, email: &str) -> Result<UserSecret, StoreError> {
        let row = sql(COLUMNS).text(" WHERE email = $1").bind(email.to_lowercase()).one(self.reader()).await?;
        Ok(UserSecret { user: read(&row)?, password_hash: row.text("password_hash")? })
    }

    /// One person by the id that a session carries; it says of which tenant the person is.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        read(&sql(COLUMNS).text(" WHERE id = $1").bind(id).one(self.reader()).await?)
    }
}

impl TenantStore {
    /// Adds a person. The address is kept in lower case.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the address is taken, here or in another tenant; [`StoreError::Broken`] when the
    /// person belongs to another tenant.
    pub async fn create_user(&self, user: &User, password_hash: &str) -> Result<(), StoreError> {
        if user.tenant_id != self.tenant {
            return Err(StoreError::broken("a person of another tenant"));
        }
        sql("INSERT INTO users (tenant_id, id, email, name, role, buyer_id, password_hash, active) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8)")
        .bind(self.tenant)
        .bind(user.id)
        .bind(user.email.to_lowercase())
        .bind(&user.name)
        .bind(user.role)
        .bind(user.buyer_id)
        .bind(password_hash)
        .bind(user.active)
        .run(self.store.writer())
        .await?;
        Ok(())
    }

    /// One person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn user(&self, id: UserId) -> Result<User, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE tenant_id = $1 AND id = $2").bind(self.tenant).bind(id);
        read(&statement.one(self.store.reader()).await?)
    }

    /// Everybody, by address.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn users(&self) -> Result<Vec<User>, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE tenant_id = $1 ORDER BY email").bind(self.tenant);
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// Changes the password and ends every session of the person.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_password(&self, id: UserId, password_hash: &str) -> Result<(), StoreError> {
        let statement = sql("UPDATE users SET password_hash = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .bind(password_hash);
        self.change_user(id, statement).await
    }

    /// Lets the person sign in or not; every session of the person ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_user_active(&self, id: UserId, active: bool) -> Result<(), StoreError> {
        let statement = sql("UPDATE users SET active = $3 WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .bind(active);
        self.change_user(id, statement).await
    }

    /// Gives the person another role, and a buyer's person the buyer; every session of the person ends.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn set_user_role(&self, id: UserId, role: Role, buyer: Option<BuyerId>) -> Result<(), StoreError> {
        let statement = sql("UPDATE users SET role = $3, buyer_id = $4 WHERE tenant_id = $1 AND id = $2")
            .bind(self.tenant)
            .bind(id)
            .bind(role)
            .bind(buyer);
        self.change_user(id, statement).await
    }

    async fn change_user(&self, id: UserId, statement: crate::sql::Sql) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        if statement.run(&mut *tx).await? == 0 {
            return Err(StoreError::NotFound);
        }
        sql("DELETE FROM sessions WHERE user_id = $1").bind(id).run(&mut *tx).await?;
        Ok(tx.commit().await?)
    }
}

fn read(row: &AnyRow) -> Result<User, StoreError> {
    Ok(User {
        id: row.parsed("id")?,
        tenant_id: row.parsed("tenant_id")?,
        email: row.text("email")?,
        name: row.text("name")?,
        role: row.parsed("role")?,
        buyer_id: row.parsed_opt("buyer_id")?,
        active: row.flag("active")?,
    })
}
