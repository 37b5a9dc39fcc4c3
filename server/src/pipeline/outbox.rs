//! The outbox: what must be told to others because of an outcome. The messages are stored in the transaction of the
//! outcome, so that none is lost and none is sent of what did not happen.

use super::{
    run::Run,
    snapshot::{Snapshot, TenantSnapshot},
};
use crate::clock::new_id;
use connectors::postback::{Macro, Template};
use model::{
    BuyerId, CampaignId, ContractId, JobId, LeadId, MessageId, Money, Reason, SourceId, TenantId, Timestamp,
    endpoint::{Endpoint, Event, Facts, LeadFacts, Message, Target},
    lead::{LeadState, Tracking},
    tenant::Mode,
};
use store::{DELIVER, NewJob};

/// What became of a lead.
pub(super) struct Told<'a> {
    pub(super) tenant: TenantId,
    pub(super) lead: LeadId,
    /// 1 for the first outcome of the lead, one more for each change after it.
    pub(super) sequence: u32,
    pub(super) state: LeadState,
    pub(super) reason: Option<Reason>,
    pub(super) campaign: CampaignId,
    pub(super) source: SourceId,
    pub(super) external_id: Option<&'a str>,
    pub(super) tracking: &'a Tracking,
    pub(super) revenue: Option<Money>,
    pub(super) payout: Option<Money>,
    pub(super) buyer: Option<(BuyerId, ContractId)>,
    pub(super) mode: Mode,
    pub(super) at: Timestamp,
}

/// One message for every endpoint that is to be told.
pub(super) fn jobs(snapshot: &Snapshot, told: &Told<'_>) -> Vec<NewJob> {
    let (Some(tenant), Some(event)) = (snapshot.tenant(told.tenant), Event::of(told.state)) else { return Vec::new() };
    let wanting = tenant.endpoints.iter().filter(|endpoint| wants(endpoint, event, told));
    wanting.filter_map(|endpoint| job(endpoint, event, told, tenant, snapshot)).collect()
}

fn wants(endpoint: &Endpoint, event: Event, told: &Told<'_>) -> bool {
    endpoint.active
        && endpoint.on.contains(&event)
        && (endpoint.test || told.mode == Mode::Live)
        && endpoint.source_id.is_none_or(|source| source == told.source)
        && endpoint.campaign_id.is_none_or(|campaign| campaign == told.campaign)
        && traceable(endpoint, told.tracking)
}

/// A tracker that knows clicks can do nothing with a lead that came without one.
fn traceable(endpoint: &Endpoint, tracking: &Tracking) -> bool {
    let Target::Postback { url, .. } = &endpoint.target else { return true };
    tracking.click_id.is_some() || !Template::new(url).is_ok_and(|template| template.has(Macro::ClickId))
}

fn job(
    endpoint: &Endpoint,
    event: Event,
    told: &Told<'_>,
    tenant: &TenantSnapshot,
    snapshot: &Snapshot,
) -> Option<NewJob> {
    // What a source must not know is not in its message at all, so no later change of a template can bring it out.
    let ours = endpoint.source_id.is_none();
    let state = if ours { told.state.name() } else { told.state.public() };
    let campaign = snapshot.campaign_by_id(told.tenant, told.campaign);
    let bits = new_id(told.at);
    let message = Message {
        id: MessageId::from_bits(bits),
        event,
        at: told.at,
        data: Facts::Lead(LeadFacts {
            lead_id: told.lead,
            sequence: told.sequence,
            state: state.to_owned(),
            reason: told.reason,
            campaign_id: told.campaign,
            campaign: campaign.map(|campaign| campaign.slug.to_string()).unwrap_or_default(),
            source_id: told.source,
            source: tenant.sources.get(&told.source).map(|source| source.slug.clone()).unwrap_or_default(),
            external_id: told.external_id.map(str::to_owned),
            tracking: told.tracking.clone(),
            payout: told.payout,
            revenue: told.revenue.filter(|_| ours),
            buyer_id: told.buyer.filter(|_| ours).map(|(buyer, _)| buyer),
            contract_id: told.buyer.filter(|_| ours).map(|(_, contract)| contract),
            test: told.mode == Mode::Test,
        }),
    };
    Some(NewJob {
        // The job of a message has its number: it can wait once only, however often it is asked for.
        id: JobId::from_bits(bits),
        kind: DELIVER.to_owned(),
        lane: Some(endpoint.id),
        payload: serde_json::to_string(&message).ok()?,
        run_at: told.at,
    })
}

impl Run {
    /// What is told because of an outcome of this lead. An outcome that leaves the lead where it was told to be (a second
    /// post of unknown outcome) changes nothing, and nothing is told.
    pub(super) fn outbox(
        &self,
        (state, reason): (LeadState, Option<Reason>),
        buyer: Option<(BuyerId, ContractId)>,
        (revenue, payout): (Option<Money>, Option<Money>),
        at: Timestamp,
    ) -> Vec<NewJob> {
        if self.told == Some(state) {
            return Vec::new();
        }
        let told = Told {
            tenant: self.tenant_id(),
            lead: self.admitted.meta.lead_id,
            sequence: self.changes.saturating_add(1),
            state,
            reason,
            campaign: self.admitted.campaign.campaign.id,
            source: self.admitted.source.id,
            external_id: self.admitted.external_id.as_deref(),
            tracking: &self.admitted.tracking,
            revenue,
            payout,
            buyer,
            mode: self.admitted.caller.mode,
            at,
        };
        jobs(&self.pipeline.snapshot(), &told)
    }
}
