//! Posting instructions for whoever has their address, and trying them: a lead in test, sent as the source would.

use super::{
    ServiceError, Services,
    intake::{Caller, Refusal},
    sign_in::{SignInError, limit_key},
    spec::{Spec, sending},
};
use crate::{
    clock::new_id,
    context::{Actor, ClientIp},
    security::{keys, rate::neighbourhood},
};
use model::{
    CampaignId, KeyId, ShareId, SourceId, Timestamp,
    document::{Document, DocumentId},
    lead::Answer,
    share::Share,
    tenant::Mode,
    user::Right,
};
use serde_json::{Map, Value};
use std::sync::Arc;
use store::TenantStore;
use url::Url;

/// For how many days a link may work.
pub const DAYS: [u16; 3] = [7, 30, 90];
/// Links of one source for one campaign that work at a time.
const MOST: usize = 20;
/// How often an address of the network may open links in an hour.
const OPENED_PER_ADDRESS: i64 = 240;
/// The time in which these count, in milliseconds.
const HOUR_MS: i64 = 3_600_000;
const DAY_MS: i64 = 86_400_000;

/// Instructions that somebody opened by their address.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct SharedSpec {
    /// The source's name.
    pub source: String,
    /// The company's name.
    pub tenant: String,
    /// The zone of its times.
    pub zone: String,
    /// When the link ends.
    pub expires_at: Timestamp,
    /// What to send.
    pub spec: Spec,
}

/// A lead that was sent to try it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TriedLead {
    /// The request as a command line for a shell; the key is left to be put in.
    pub curl: String,
    /// What was answered.
    pub told: Result<Answer, Refusal>,
}

impl Services {
    /// The links to a source's instructions for a campaign, newest first.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn shares(
        &self,
        actor: &Actor,
        source: SourceId,
        campaign: CampaignId,
    ) -> Result<Vec<Share>, ServiceError> {
        Ok(self.tenant(actor, Right::SeeExchange)?.shares(source, campaign).await?)
    }

    /// Makes a link, and what stands in its address, which is never shown again.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's; refused for another number of days or too many links.
    pub async fn share(
        &self,
        actor: &Actor,
        (source, campaign): (SourceId, CampaignId),
        days: u16,
    ) -> Result<(Share, String), ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?;
        let found = tenant.document(DocumentId::Source(source)).await?.document;
        tenant.document(DocumentId::Campaign(campaign)).await?;
        if !DAYS.contains(&days) {
            return Err(ServiceError::Refused("A link works for 7, 30 or 90 days".to_owned()));
        }
        let now = self.clock.now();
        if tenant.shares(source, campaign).await?.iter().filter(|share| share.works(now)).count() >= MOST {
            return Err(ServiceError::Refused("There are twenty links: take one back first".to_owned()));
        }
        let (shown, hash) = keys::new_share();
        let share = Share {
            id: ShareId::from_bits(new_id(now)),
            source_id: source,
            campaign_id: campaign,
            author: actor.by(),
            created_at: now,
            expires_at: now.plus_millis(i64::from(days) * DAY_MS),
            revoked_at: None,
            used_at: None,
        };
        let said = format!("{}, for {days} days", found.name());
        let line = self.line(actor, "instructions_shared", &share.id.to_string(), &said);
        tenant.add_share(&share, &hash, &line).await?;
        Ok((share, shown))
    }

    /// Takes a link back: it opens nothing any more.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's.
    pub async fn unshare(&self, actor: &Actor, id: ShareId) -> Result<(), ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?;
        let line = self.line(actor, "instructions_unshared", &id.to_string(), "");
        Ok(tenant.revoke_share(id, self.clock.now(), &line).await?)
    }

    /// Counts that an address of the network opens a link.
    ///
    /// # Errors
    /// When it does so too often.
    pub async fn opening(&self, from: ClientIp) -> Result<(), SignInError> {
        let bucket = limit_key(&format!("share {}", neighbourhood(from.0)));
        self.limited(&bucket, OPENED_PER_ADDRESS, HOUR_MS).await
    }

    /// The instructions behind an address, for everybody who has it. No buyer and no secret is in them.
    ///
    /// # Errors
    /// [`ServiceError::NotFound`] for every link that does not work, whatever the reason.
    pub async fn shared(&self, token: &str, public_url: &Url) -> Result<SharedSpec, ServiceError> {
        let hash = keys::share_hash(token).ok_or(ServiceError::NotFound)?;
        let (id, share) = self.store.open_share(&hash, self.clock.now()).await?;
        let tenant = self.store.tenant_by_id(id).await?.tenant;
        let rows = self.store.tenant(id);
        let source = rows.document(DocumentId::Source(share.source_id)).await?.document;
        if !tenant.active || !source.active() {
            return Err(ServiceError::NotFound);
        }
        let spec = self.spec_of(&rows, share.campaign_id, public_url).await?;
        let (name, zone) = (tenant.name, tenant.zone);
        Ok(SharedSpec { source: source.name().to_owned(), tenant: name, zone, expires_at: share.expires_at, spec })
    }

    /// Sends a lead in test, as a test key of the source would: it reaches sandbox buyers only.
    ///
    /// # Errors
    /// Without [`Right::Configure`]; not found for another tenant's; refused when the source is paused. What the lead is
    /// answered is no error.
    pub async fn try_lead(
        &self,
        actor: &Actor,
        (source, campaign): (SourceId, CampaignId),
        fields: Map<String, Value>,
        public_url: &Url,
    ) -> Result<TriedLead, ServiceError> {
        let tenant = self.tenant(actor, Right::Configure)?;
        let spec = self.spec_of(&tenant, campaign, public_url).await?;
        self.tried(&tenant, (source, campaign), spec, fields).await
    }

    /// The same for an affiliate, of its own source.
    ///
    /// # Errors
    /// As [`Services::affiliate_instructions`]; refused when the source is paused.
    pub async fn try_own_lead(
        &self,
        actor: &Actor,
        campaign: CampaignId,
        fields: Map<String, Value>,
        public_url: &Url,
    ) -> Result<TriedLead, ServiceError> {
        let spec = self.affiliate_instructions(actor, campaign, public_url).await?;
        let (tenant, source) = self.own_source(actor)?;
        self.tried(&tenant, (source, campaign), spec, fields).await
    }

    async fn tried(
        &self,
        tenant: &TenantStore,
        (source, campaign): (SourceId, CampaignId),
        spec: Spec,
        fields: Map<String, Value>,
    ) -> Result<TriedLead, ServiceError> {
        let Document::Source(found) = tenant.document(DocumentId::Source(source)).await?.document else {
            return Err(ServiceError::NotFound);
        };
        if !found.active {
            return Err(ServiceError::Refused("The source is paused: its keys open nothing".to_owned()));
        }
        let mut body = spec.example;
        if let Some(members) = body.as_object_mut() {
            // Sent twice it is two leads: with an id the second would be the first again.
            members.remove("external_id");
            members.insert("fields".to_owned(), fields.into());
        }
        let text = serde_json::to_string_pretty(&body).unwrap_or_default();
        let curl = sending(&spec.url, "YOUR_TEST_KEY", text).curl().unwrap_or_default();
        let caller = Caller {
            tenant_id: tenant.id(),
            source_id: source,
            // No key: whoever is signed in tries it.
            key_id: KeyId::from_bits(0),
            mode: Mode::Test,
            campaigns: Arc::from([campaign]),
            requests: None,
        };
        Ok(TriedLead { curl, told: self.submit(caller, body, None).await })
    }
}
