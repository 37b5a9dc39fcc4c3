//! What a source may do: send leads and ask what became of them.

use super::{ServiceError, Services};
use model::{FieldError, LeadId, lead::Answer, ping::PingAnswer};
use serde_json::Value;

pub use crate::pipeline::{Caller, Hook, PingFault, Publishable, Refusal};

/// Reads an `application/x-www-form-urlencoded` body; dotted and `[]` names nest.
///
/// # Errors
/// When it is not one.
pub fn read_form(body: &[u8]) -> Result<Value, FieldError> {
    exchange::lead::form_to_json(body)
}

impl Services {
    /// Who a presented API key belongs to; none when it is unknown, revoked, or its source or tenant is not active.
    #[must_use]
    pub fn authenticate(&self, presented: &str) -> Option<Caller> {
        self.pipeline.snapshot().authenticate(presented)
    }

    /// What a presented publishable key stands for; none when it is unknown, revoked, or its source or tenant is not active.
    #[must_use]
    pub fn publishable(&self, presented: &str) -> Option<Publishable> {
        self.pipeline.snapshot().publishable(presented)
    }

    /// Whether any publishable key may be used from pages of this origin.
    #[must_use]
    pub fn is_origin(&self, origin: &str) -> bool {
        self.pipeline.snapshot().is_origin(origin)
    }

    /// Takes a lead in and sells it.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing was stored then.
    pub async fn submit(&self, caller: Caller, body: Value, key: Option<String>) -> Result<Answer, Refusal> {
        self.pipeline.submit(caller, body, key).await
    }

    /// Asks buyers what they would pay for a lead whose person is not known yet.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing was stored then.
    pub async fn ping(&self, caller: Caller, body: Value) -> Result<PingAnswer, Refusal> {
        self.pipeline.ping(caller, body).await
    }

    /// Takes a lead in and answers as soon as it is stored; it is sold afterwards.
    ///
    /// # Errors
    /// See [`Refusal`]; nothing was stored then.
    pub async fn accept(&self, caller: Caller, body: Value, key: Option<String>) -> Result<Answer, Refusal> {
        self.pipeline.accept(caller, body, key).await
    }

    /// What became of a lead, as its source may know it.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anything that is not a lead of this source.
    pub async fn status(&self, caller: &Caller, lead: LeadId) -> Result<Answer, ServiceError> {
        Ok(self.store.tenant(caller.tenant_id).answer(caller.source_id, lead).await?)
    }

    /// The same by the source's own id; the newest when it sent several under one.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for anything that is not a lead of this source.
    pub async fn status_by_external_id(&self, caller: &Caller, id: &str) -> Result<Answer, ServiceError> {
        Ok(self.store.tenant(caller.tenant_id).answer_by_external_id(caller.source_id, id).await?)
    }
}
