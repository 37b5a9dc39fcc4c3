//! The affiliate's portal. Whoever belongs to a source sees what that source sent and earns, and nothing else: no buyer, no
//! bid, nothing of another source.

use super::{
    ServiceError, Services,
    endpoints::{self, EndpointWanted, Fired},
    keys::{self, KeyWanted, Use},
    sign_in::limit_key,
    spec::Spec,
    zone,
};
use crate::context::Actor;
use model::{
    CampaignId, Currency, EndpointId, KeyId, SourceId, Timestamp,
    affiliate::{AffiliateHome, AffiliateLead, Earned, OpenCampaign, Postback},
    cap::Window,
    endpoint::{Endpoint, Event, Method, Target},
    intake::KeyUse,
    page::{Cursor, Page},
    tenant::{ApiKey, Mode},
    time::Day,
    user::Right,
};
use std::collections::BTreeSet;
use store::{By, LeadFilter, Only, TenantStore};
use url::Url;

/// Leads on the first page.
const LATEST: u16 = 8;
/// The time that reasons and labels are counted in, in milliseconds: 30 days.
const RECENT_MS: i64 = 30 * 86_400_000;
const MINUTE_MS: i64 = 60_000;
/// Labels on the first page.
const SUBS: u16 = 50;
/// Keys that a source may have at a time, made by itself.
const KEYS: usize = 20;
/// Postbacks that a source may have.
const POSTBACKS: usize = 10;
/// Invented messages of a source in one minute: they go wherever its people say.
const TESTS_A_MINUTE: i64 = 10;

impl Services {
    pub(super) fn own_source(&self, actor: &Actor) -> Result<(TenantStore, SourceId), ServiceError> {
        let tenant = self.tenant(actor, Right::SeeSource)?;
        actor.user.source_id.map(|source| (tenant, source)).ok_or(ServiceError::Forbidden)
    }

    /// The first page of the portal.
    ///
    /// # Errors
    /// Without [`Right::SeeSource`], or for somebody who belongs to no source.
    pub async fn affiliate_home(&self, actor: &Actor) -> Result<AffiliateHome, ServiceError> {
        let (tenant, id) = self.own_source(actor)?;
        let source = tenant.source(id).await?;
        let (zone, now) = (zone(actor), self.clock.now());
        let (today, month) = (zone.window_start(Window::Day, now), zone.window_start(Window::Month, now));
        let before = zone.window_start(Window::Month, month.plus_millis(-1));
        let end = Timestamp(now.hour().0 + model::time::HOUR);
        let recent = now.plus_millis(-RECENT_MS);
        let only = Only { source: Some(id), ..Only::default() };
        // What stood between a contract and a lead is the tenant's business; why the lead was not sold is the source's.
        let reasons = tenant.reasons_of(only, recent.hour(), end).await?.into_iter();
        let reasons = reasons.filter(|(buyer, stage, _, _)| buyer.is_none() && stage.is_none());
        Ok(AffiliateHome {
            today: earned(&tenant, only, today, end).await?,
            month: earned(&tenant, only, month, end).await?,
            before: earned(&tenant, only, before, month).await?,
            reasons: reasons.map(|(_, _, reason, count)| (reason, count)).collect(),
            subs: tenant.sub_sources(id, recent, Timestamp(now.0 + 1), SUBS).await?,
            latest: self.affiliate_leads(actor, None, Cursor::Newest, LATEST).await?.rows,
            currency: tenant.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency),
            zone: actor.tenant.zone.clone(),
            active: source.active,
            source: source.name,
        })
    }

    /// One page of the leads the source sent, newest first; `days` in the tenant's zone, both included.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`].
    pub async fn affiliate_leads(
        &self,
        actor: &Actor,
        days: Option<(Day, Day)>,
        cursor: Cursor,
        limit: u16,
    ) -> Result<Page<AffiliateLead>, ServiceError> {
        let (tenant, source) = self.own_source(actor)?;
        let span = days.map(|(first, last)| self.between(actor, first, last)).transpose()?;
        let (from, to) = (span.map(|(from, _)| from), span.map(|(_, to)| to));
        let filter = LeadFilter { source: Some(source), from, to, ..LeadFilter::default() };
        let page = tenant.leads_page(&filter, &cursor, limit).await?;
        let rows = page.rows.into_iter().map(AffiliateLead::from).collect();
        Ok(Page { rows, newer: page.newer, older: page.older })
    }

    /// The source's API keys, newest first. Hooks and other platforms' credentials are the tenant's.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`].
    pub async fn affiliate_keys(&self, actor: &Actor) -> Result<Vec<ApiKey>, ServiceError> {
        let (tenant, source) = self.own_source(actor)?;
        let own = |key: &ApiKey| key.source_id == source && key.used_as == KeyUse::Api;
        Ok(tenant.keys().await?.into_iter().filter(own).collect())
    }

    /// Makes a key of the source, for every campaign; also the whole key, which is never shown again.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`]; refused without a name, and for too many.
    pub async fn make_affiliate_key(
        &self,
        actor: &Actor,
        name: &str,
        mode: Mode,
    ) -> Result<(ApiKey, String), ServiceError> {
        let (tenant, source_id) = self.own_source(actor)?;
        let name = name.trim();
        if name.is_empty() || name.chars().count() > 80 {
            return Err(ServiceError::Refused("A key needs a name of 1 to 80 characters.".to_owned()));
        }
        let keys = self.affiliate_keys(actor).await?;
        let live: Vec<_> = keys.iter().filter(|key| key.revoked_at.is_none()).collect();
        if live.len() >= KEYS {
            return Err(ServiceError::Refused(format!("You have {KEYS} keys: revoke one first.")));
        }
        // No key opens more than those the source was given.
        let campaigns = if live.iter().any(|key| key.campaigns.is_empty()) {
            Vec::new()
        } else {
            let given: BTreeSet<_> = live.iter().flat_map(|key| key.campaigns.iter().copied()).collect();
            if given.is_empty() {
                return Err(ServiceError::Refused("Ask your contact for a first key.".to_owned()));
            }
            given.into_iter().collect()
        };
        let row = self.store.tenant_by_id(tenant.id()).await?;
        let sealing = self.vault.tenant(tenant.id(), &row.key_sealed);
        let sealing = sealing.map_err(|error| ServiceError::Broken(error.to_string()))?;
        let wanted = KeyWanted { source_id, name: name.to_owned(), mode, campaigns, used_as: Use::Api };
        let made = keys::open_door((&self.store, &sealing), self.clock.now(), tenant.id(), wanted).await?;
        self.put_down(actor, "key_made", &made.0.id.to_string(), name).await?;
        self.admin().changed().await;
        Ok(made)
    }

    /// Revokes a key of the source at once.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`]; not found for another source's.
    pub async fn revoke_affiliate_key(&self, actor: &Actor, id: KeyId) -> Result<(), ServiceError> {
        let (tenant, _) = self.own_source(actor)?;
        let keys = self.affiliate_keys(actor).await?;
        let key = keys.iter().find(|key| key.id == id).ok_or(ServiceError::NotFound)?;
        tenant.revoke_key(id, self.clock.now()).await?;
        self.put_down(actor, "key_revoked", &id.to_string(), &key.name).await?;
        self.admin().changed().await;
        Ok(())
    }

    /// The campaigns that the source may send into, by name: all of them, or those that its keys are narrowed to.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`].
    pub async fn affiliate_campaigns(&self, actor: &Actor) -> Result<Vec<OpenCampaign>, ServiceError> {
        let (tenant, _) = self.own_source(actor)?;
        let keys = self.affiliate_keys(actor).await?;
        let live: Vec<_> = keys.iter().filter(|key| key.revoked_at.is_none()).collect();
        let open = |id: CampaignId| live.iter().any(|key| key.campaigns.is_empty() || key.campaigns.contains(&id));
        let all = tenant.campaigns().await?.into_iter().filter(|campaign| open(campaign.id));
        let mut all: Vec<_> = all.map(|one| OpenCampaign { id: one.id, name: one.name, active: one.active }).collect();
        all.sort_by(|a, b| a.name.cmp(&b.name));
        Ok(all)
    }

    /// Posting instructions for a campaign that the source may send into.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`]; not found for a campaign that it may not send into.
    pub async fn affiliate_instructions(
        &self,
        actor: &Actor,
        id: CampaignId,
        public_url: &Url,
    ) -> Result<Spec, ServiceError> {
        if self.affiliate_campaigns(actor).await?.iter().all(|open| open.id != id) {
            return Err(ServiceError::NotFound);
        }
        let (tenant, _) = self.own_source(actor)?;
        self.spec_of(&tenant, id, public_url).await
    }

    /// The postbacks that are told of this source's leads, by name.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`].
    pub async fn affiliate_postbacks(&self, actor: &Actor) -> Result<Vec<Postback>, ServiceError> {
        Ok(self.own_postbacks(actor).await?.1.into_iter().filter_map(postback).collect())
    }

    async fn own_postbacks(&self, actor: &Actor) -> Result<(TenantStore, Vec<Endpoint>), ServiceError> {
        let (tenant, source) = self.own_source(actor)?;
        let own = |one: &Endpoint| one.source_id == Some(source) && matches!(one.target, Target::Postback { .. });
        let own = tenant.endpoints().await?.into_iter().filter(own).collect();
        Ok((tenant, own))
    }

    /// Makes a postback of the source, or changes the one with this id.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`]; not found for another source's; refused naming every fault, and for too many.
    pub async fn save_affiliate_postback(
        &self,
        actor: &Actor,
        id: Option<EndpointId>,
        (name, url, on): (String, String, Vec<Event>),
    ) -> Result<(), ServiceError> {
        let (tenant, own) = self.own_postbacks(actor).await?;
        let target = Target::Postback { method: Method::Get, url };
        let id = match id {
            Some(id) => {
                let was = own.into_iter().find(|one| one.id == id).ok_or(ServiceError::NotFound)?;
                let method = match was.target {
                    Target::Postback { method, .. } => method,
                    Target::Webhook { .. } => Method::Get,
                };
                let Target::Postback { url, .. } = target else { return Err(ServiceError::NotFound) };
                let changed = Endpoint {
                    name,
                    on,
                    // What went off by itself comes back; what the company switched off does not.
                    active: was.active || was.disabled_reason.is_some(),
                    disabled_reason: None,
                    target: Target::Postback { method, url },
                    ..was
                };
                endpoints::check(&changed)?;
                tenant.update_endpoint(&changed).await?;
                id
            }
            None if own.len() >= POSTBACKS => {
                return Err(ServiceError::Refused(format!("You have {POSTBACKS} postbacks: change one of them.")));
            }
            None => {
                let source_id = actor.user.source_id;
                let wanted = EndpointWanted { name, test: false, source_id, campaign_id: None, on, target };
                endpoints::create((&self.store, &self.vault), self.clock.now(), tenant.id(), wanted).await?.0.id
            }
        };
        self.put_down(actor, "postback_saved", &id.to_string(), "").await?;
        self.admin().changed().await;
        Ok(())
    }

    /// Sends an invented message to a postback of the source now and says what came back.
    ///
    /// # Errors
    /// As [`Services::affiliate_home`]; not found for another source's; refused for too many in a minute.
    pub async fn fire_affiliate_postback(&self, actor: &Actor, id: EndpointId) -> Result<Fired, ServiceError> {
        let (tenant, own) = self.own_postbacks(actor).await?;
        if own.iter().all(|one| one.id != id) {
            return Err(ServiceError::NotFound);
        }
        let bucket = limit_key(&format!("test message {}", self.own_source(actor)?.1));
        let counted = self.store.count_attempt(&bucket, self.clock.now(), MINUTE_MS).await?;
        if counted.count > TESTS_A_MINUTE {
            let most = format!("{TESTS_A_MINUTE} tests a minute are the most: wait a little and test again.");
            return Err(ServiceError::Refused(most));
        }
        let with = (&self.store, &self.vault);
        endpoints::fire(with, self.pipeline.courier(), self.clock.now(), tenant.id(), id).await
    }
}

async fn earned(tenant: &TenantStore, only: Only, from: Timestamp, to: Timestamp) -> Result<Earned, ServiceError> {
    let found = tenant.breakdown(By::Nothing, only, from.hour(), to).await?;
    Ok(found.into_iter().next().map(|(_, tally)| Earned::from(tally.totals)).unwrap_or_default())
}

fn postback(endpoint: Endpoint) -> Option<Postback> {
    let Target::Postback { url, .. } = endpoint.target else { return None };
    let Endpoint { id, name, on, active, disabled_reason, .. } = endpoint;
    Some(Postback { id, name, url, on, active, disabled_reason })
}
