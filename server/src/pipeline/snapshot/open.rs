//! What is open to everybody who has a page in front of them: publishable keys, and forms of ours.

use super::{Caller, CampaignSnapshot, Snapshot};
use crate::security::{TenantKeys, keys};
use exchange::lead::faults_of;
use model::{FieldError, SourceId, Timestamp, tenant::Tenant};
use serde_json::{Map, Value};
use std::sync::Arc;

/// A key that stands in pages everybody can read.
#[derive(Debug, Clone)]
pub struct Publishable {
    /// Whose leads it sends.
    pub caller: Caller,
    /// From pages of which origins.
    pub origins: Arc<[String]>,
}

/// A form of ours that is open.
pub struct Hosted {
    /// Whose it is.
    pub tenant: Tenant,
    /// Whose leads it sends.
    pub source_id: SourceId,
    /// What it asks for.
    pub campaign: Arc<CampaignSnapshot>,
    /// What its stamps are signed with.
    pub keys: TenantKeys,
}

impl CampaignSnapshot {
    /// What is wrong with some fields of a lead that is still being entered.
    #[must_use]
    pub fn faults_of(&self, names: &[&str], fields: &Map<String, Value>, now: Timestamp) -> Vec<FieldError> {
        faults_of(&self.schema, names, fields, now)
    }
}

impl Snapshot {
    /// What a presented publishable key stands for; none when it is unknown or revoked, or its source or tenant is not active.
    #[must_use]
    pub fn publishable(&self, presented: &str) -> Option<Publishable> {
        self.publishable.get(&keys::publishable_hash(presented)?).cloned()
    }

    /// Whether any publishable key may be used from pages of this origin.
    #[must_use]
    pub fn is_origin(&self, origin: &str) -> bool {
        self.origins.contains(origin)
    }

    /// The form of a campaign, by the short names in its address; none when it is switched off, or its source or tenant is
    /// not active.
    #[must_use]
    pub fn hosted(&self, tenant: &str, campaign: &str) -> Option<Hosted> {
        let tenant = self.tenants.values().find(|have| have.tenant.slug == tenant && have.tenant.active)?;
        let campaign = tenant.campaigns.get(campaign)?;
        let form = &campaign.campaign.hosted_form;
        let source = tenant.sources.get(&form.source_id.filter(|_| form.active)?)?;
        source.active.then(|| Hosted {
            tenant: tenant.tenant.clone(),
            source_id: source.id,
            campaign: Arc::clone(campaign),
            keys: tenant.keys.clone(),
        })
    }
}
