//! What the fake shares.

use super::{Fake, NOW};
use crate::{
    backend::{
        Configuring,
        sharing::{ShareLine, Shared, Sharing, Tried},
    },
    error::UiError,
};
use async_trait::async_trait;
use model::{CampaignId, FieldError, ShareId, SourceId};
use serde_json::{Map, Value};

/// What stands in the address of the link that [`Fake`] knows.
pub const SHARED: &str = "gvl_share_known";

/// The link that [`Fake`] knows.
#[must_use]
pub const fn share_id() -> ShareId {
    ShareId::from_bits(16)
}

#[async_trait]
impl Sharing for Fake {
    async fn shares(&self, _: SourceId, _: CampaignId) -> Result<Vec<ShareLine>, UiError> {
        let line = ShareLine {
            id: share_id(),
            author: "Dana".into(),
            created_at: NOW,
            expires_at: NOW.plus_millis(86_400_000),
            used_at: None,
            works: true,
            revoked: false,
        };
        let ended = ShareLine { works: false, used_at: Some(NOW), ..line.clone() };
        self.answer(vec![line, ended], Vec::new())
    }

    async fn share(&self, _: SourceId, _: CampaignId, days: u16) -> Result<String, UiError> {
        if days == 0 {
            return Err(UiError::Refused("A link works for 7, 30 or 90 days".into()));
        }
        let address = format!("https://gavel.example/instructions/{SHARED}");
        self.answer(address.clone(), address)
    }

    async fn unshare(&self, _: ShareId) -> Result<(), UiError> {
        self.answer((), ())
    }

    async fn shared(&self, token: String) -> Result<Shared, UiError> {
        if token != SHARED {
            return Err(UiError::NotFound);
        }
        let told = self.instructions(SourceId::from_bits(3), CampaignId::from_bits(2)).await?;
        let expires_at = NOW.plus_millis(86_400_000);
        let shared = Shared { tenant: "Northwind Leads".into(), zone: "UTC".into(), expires_at, told };
        self.answer(shared.clone(), shared)
    }

    async fn try_lead(&self, _: Option<SourceId>, _: CampaignId, fields: Map<String, Value>) -> Result<Tried, UiError> {
        let faults: Vec<_> = (fields.get("zip") != Some(&"48226".into()))
            .then(|| FieldError::new("zip", "not_a_zip", "Send five digits."))
            .into_iter()
            .collect();
        let status = if faults.is_empty() { 200 } else { 422 };
        let tried = Tried { curl: "curl -d '{}'".into(), status, body: "{\"status\": \"unsold\"}".into(), faults };
        self.answer(tried.clone(), tried)
    }
}
