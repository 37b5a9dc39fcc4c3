//! Second factors: the sealed secret that codes are made from, and codes for whoever lost it.

use super::activities::Activity;
use crate::{StoreError, TenantStore, Tx, read::Read, sql::sql};
use model::{Timestamp, UserId};

/// A person's second factor.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SecondFactor {
    /// The secret, sealed by the server.
    pub secret: Vec<u8>,
    /// When the person showed that the codes are right; none while it is being set up.
    pub confirmed_at: Option<Timestamp>,
    /// The step of the last code that was taken.
    pub last_step: i64,
}

impl TenantStore {
    /// A person's second factor, confirmed or not.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn second_factor(&self, user: UserId) -> Result<SecondFactor, StoreError> {
        let statement =
            "SELECT secret, confirmed_at, last_step FROM second_factors WHERE tenant_id = $1 AND user_id = $2";
        let row = sql(statement).bind(self.tenant).bind(user).one(self.store.reader()).await?;
        let (secret, confirmed_at) = (row.bytes("secret")?, row.at_opt("confirmed_at")?);
        Ok(SecondFactor { secret, confirmed_at, last_step: row.int("last_step")? })
    }

    /// Keeps a secret that is to be confirmed, in the place of one that was not.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the person has a second factor already.
    pub async fn begin_second_factor(&self, user: UserId, secret: &[u8]) -> Result<(), StoreError> {
        let touched = sql("INSERT INTO second_factors (tenant_id, user_id, secret, last_step) VALUES ($1, $2, $3, 0) \
             ON CONFLICT (tenant_id, user_id) DO UPDATE SET secret = excluded.secret \
             WHERE second_factors.confirmed_at IS NULL")
        .bind(self.tenant)
        .bind(user)
        .bind(secret)
        .run(self.store.writer())
        .await?;
        if touched == 0 { Err(StoreError::Conflict) } else { Ok(()) }
    }

    /// Confirms the secret with the step of the first code, and gives the person recovery codes (their hashes).
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when there is nothing to confirm.
    pub async fn confirm_second_factor(
        &self,
        user: UserId,
        step: i64,
        codes: &[String],
        line: &Activity,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let touched = sql("UPDATE second_factors SET confirmed_at = $3, last_step = $4 \
             WHERE tenant_id = $1 AND user_id = $2 AND confirmed_at IS NULL")
        .bind(self.tenant)
        .bind(user)
        .bind(line.at)
        .bind(step)
        .run(&mut *tx)
        .await?;
        if touched == 0 {
            return Err(StoreError::NotFound);
        }
        self.put_codes(&mut tx, user, codes).await?;
        self.record(&mut tx, user, line).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a code of a step. No step is taken twice, nor one before the last.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it was taken, or there is no confirmed second factor.
    pub async fn take_step(&self, user: UserId, step: i64) -> Result<(), StoreError> {
        let touched = sql("UPDATE second_factors SET last_step = $3 WHERE tenant_id = $1 AND user_id = $2 \
             AND confirmed_at IS NOT NULL AND last_step < $3")
        .bind(self.tenant)
        .bind(user)
        .bind(step)
        .run(self.store.writer())
        .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Takes a recovery code, once.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] when it is none of the person's, or was taken.
    pub async fn take_recovery_code(&self, user: UserId, hash: &str, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let touched = sql("UPDATE recovery_codes SET used_at = $4 WHERE tenant_id = $1 AND user_id = $2 \
             AND hash = $3 AND used_at IS NULL")
        .bind(self.tenant)
        .bind(user)
        .bind(hash)
        .bind(line.at)
        .run(&mut *tx)
        .await?;
        if touched == 0 {
            return Err(StoreError::NotFound);
        }
        self.record(&mut tx, user, line).await?;
        Ok(tx.commit().await?)
    }

    /// How many recovery codes a person still has.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn recovery_codes(&self, user: UserId) -> Result<i64, StoreError> {
        let statement =
            "SELECT COUNT(*) AS n FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2 AND used_at IS NULL";
        sql(statement).bind(self.tenant).bind(user).one(self.store.reader()).await?.int("n")
    }

    /// Gives a person other recovery codes; the ones before are worth nothing.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a person of another tenant.
    pub async fn replace_recovery_codes(
        &self,
        user: UserId,
        codes: &[String],
        line: &Activity,
    ) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        self.put_codes(&mut tx, user, codes).await?;
        self.record(&mut tx, user, line).await?;
        Ok(tx.commit().await?)
    }

    /// Takes a person's second factor and recovery codes away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a person of another tenant.
    pub async fn remove_second_factor(&self, user: UserId, line: &Activity) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let gone = "DELETE FROM second_factors WHERE tenant_id = $1 AND user_id = $2";
        sql(gone).bind(self.tenant).bind(user).run(&mut *tx).await?;
        self.put_codes(&mut tx, user, &[]).await?;
        self.record(&mut tx, user, line).await?;
        Ok(tx.commit().await?)
    }

    async fn put_codes(&self, tx: &mut Tx, user: UserId, codes: &[String]) -> Result<(), StoreError> {
        let gone = "DELETE FROM recovery_codes WHERE tenant_id = $1 AND user_id = $2";
        sql(gone).bind(self.tenant).bind(user).run(&mut **tx).await?;
        if codes.is_empty() {
            return Ok(());
        }
        let statement = sql("INSERT INTO recovery_codes (tenant_id, user_id, hash) VALUES ");
        let statement = statement.rows(codes, |row, code| {
            row.cell(self.tenant).cell(user).cell(code);
        });
        statement.run(&mut **tx).await?;
        Ok(())
    }
}
