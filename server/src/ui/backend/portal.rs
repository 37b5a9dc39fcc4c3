//! The portal for the request's buyer.

use super::RequestBackend;
use crate::service::{ServiceError, admin::TermsWanted, feedback::Said};
use app::{
    backend::{OwnTerms, Portal},
    error::UiError,
    query::DEFAULT_LIMIT,
};
use async_trait::async_trait;
use model::{
    ContractId, LeadId,
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, PortalHome, TermsDone},
    time::Day,
};
use serde_json::Value;

#[async_trait]
impl Portal for RequestBackend {
    async fn portal_home(&self) -> Result<PortalHome, UiError> {
        self.services.portal_home(self.actor().await?).await.map_err(|error| self.told(error))
    }

    async fn portal_leads(&self, days: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<DeliveredRow>, UiError> {
        let actor = self.actor().await?;
        self.services.portal_leads(actor, days, cursor, DEFAULT_LIMIT).await.map_err(|error| self.told(error))
    }

    async fn own_terms(&self, id: ContractId) -> Result<OwnTerms, UiError> {
        let found = self.services.admin().own_terms(self.actor().await?, id).await;
        let found = found.map_err(|error| self.told(error))?;
        Ok(OwnTerms {
            id: found.id,
            name: found.name,
            campaign: found.campaign,
            currency: found.currency,
            zone: found.zone,
            version: found.version,
            active: found.active,
            resumable: found.resumable,
            may: found.may,
            caps: found.caps,
            spans: found.spans,
            waiting: found.waiting,
        })
    }

    async fn pause_own(&self, id: ContractId, active: bool) -> Result<TermsDone, UiError> {
        self.services.admin().pause_own(self.actor().await?, id, active).await.map_err(|error| self.told(error))
    }

    async fn change_own(
        &self,
        id: ContractId,
        version: i64,
        caps: Option<Value>,
        spans: Option<Value>,
    ) -> Result<TermsDone, UiError> {
        let wanted = TermsWanted { caps, spans };
        let changed = self.services.admin().change_own(self.actor().await?, id, version, wanted).await;
        changed.map_err(|error| self.told(error))
    }

    async fn withdraw_own(&self, id: ContractId) -> Result<(), UiError> {
        self.services.admin().withdraw_own(self.actor().await?, id).await.map_err(|error| self.told(error))
    }

    async fn say(&self, id: LeadId, kind: String, value: String, note: String) -> Result<(), UiError> {
        let value = Some(value.trim().trim_start_matches('$')).filter(|value| !value.is_empty());
        let said = Said::read(&kind, value, note).map_err(|faults| self.told(ServiceError::Invalid(faults)))?;
        self.services.feedback(self.actor().await?, id, &said).await.map_err(|error| self.told(error))
    }

    async fn portal_lead(&self, id: LeadId) -> Result<Delivered, UiError> {
        self.services.portal_lead(self.actor().await?, id).await.map_err(|error| self.told(error))
    }
}
