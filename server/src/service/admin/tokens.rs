//! Operator tokens: who a program is, and making and revoking its token.

use super::{Admin, ServiceError};
use crate::{clock::new_id, context::Actor, security::keys, service::activity::line};
use model::{
    BuyerId, KeyId,
    tenant::OperatorToken,
    user::{Right, Role},
};
use store::StoreError;

impl Admin {
    /// Who a presented operator token belongs to; none when it is unknown or revoked, or its tenant is not active. The
    /// store is asked each time, so that a revoked token is refused from the next request on, by every server.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn operator(&self, presented: &str) -> Result<Option<Actor>, ServiceError> {
        let Some(hash) = keys::operator_hash(presented) else { return Ok(None) };
        let row = match self.store.find_operator_token(&hash).await {
            Ok(row) => row,
            Err(StoreError::NotFound) => return Ok(None),
            Err(error) => return Err(error.into()),
        };
        let tenant = self.store.tenant_by_id(row.tenant_id).await?.tenant;
        let valid = tenant.active && row.token.revoked_at.is_none();
        Ok(valid.then(|| Actor::program(&row.token, tenant)))
    }

    /// Makes an operator token; also the whole token, which is never shown again.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; refused without a name, or when a buyer goes with another role than a buyer's.
    /// Not found for a buyer that is not there.
    pub async fn create_token(
        &self,
        actor: &Actor,
        name: &str,
        role: Role,
        buyer: Option<BuyerId>,
    ) -> Result<(OperatorToken, String), ServiceError> {
        let rows = self.rows(actor, Right::ManagePeople)?;
        if (role == Role::Buyer) != buyer.is_some() {
            return Err(ServiceError::Refused("the token of a buyer names the buyer, and no other does".to_owned()));
        }
        if let Some(buyer) = buyer {
            rows.buyer(buyer).await?;
        }
        if role == Role::Affiliate {
            return Err(ServiceError::Refused("programs of a source use its API keys".to_owned()));
        }
        if name.trim().is_empty() {
            return Err(ServiceError::Refused("an operator token needs a name".to_owned()));
        }
        let (made, now) = (keys::new_operator_token(), self.clock.now());
        let token = OperatorToken {
            id: KeyId::from_bits(new_id(now)),
            name: name.trim().to_owned(),
            hint: made.hint,
            role,
            buyer_id: buyer,
            created_at: now,
            revoked_at: None,
        };
        let about = format!("{}, {}", token.name, role.name());
        let line = line(actor, &*self.clock, "token_made", &token.id.to_string(), &about);
        rows.create_operator_token(&token, &made.hash, &line).await?;
        tracing::info!(token = %token.id, by = %actor.by(), "operator token made");
        Ok((token, made.shown))
    }

    /// Every operator token, revoked ones included.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`].
    pub async fn tokens(&self, actor: &Actor) -> Result<Vec<OperatorToken>, ServiceError> {
        Ok(self.rows(actor, Right::ManagePeople)?.operator_tokens().await?)
    }

    /// Revokes an operator token at once.
    ///
    /// # Errors
    /// Without [`Right::ManagePeople`]; not found.
    pub async fn revoke_token(&self, actor: &Actor, id: KeyId) -> Result<(), ServiceError> {
        let rows = self.rows(actor, Right::ManagePeople)?;
        let line = line(actor, &*self.clock, "token_revoked", &id.to_string(), "");
        rows.revoke_operator_token(id, self.clock.now(), &line).await?;
        tracing::info!(token = %id, by = %actor.by(), "operator token revoked");
        Ok(())
    }
}
