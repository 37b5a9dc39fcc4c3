//! The configuration as the hot path uses it: read once per version, compiled, and never changed afterwards.

mod consents;
mod open;

use consents::{Consents, Texts};
pub use open::{Hosted, Publishable};

use crate::security::{BadSeal, TenantKeys, Vault, keys, secrets};
use connectors::Prepared;
use exchange::{eligibility::CompiledContract, lead::Schema};
use model::{
    CampaignId, KeyId, SourceId, TenantId,
    buyer::Buyer,
    campaign::Campaign,
    contract::Contract,
    endpoint,
    intake::{HookFormat, Intake, KeyUse, Platform},
    mapping::Call,
    source::Source,
    tenant::{Mode, Tenant},
};
use reqwest::header::{CONTENT_TYPE, HeaderMap, HeaderName, HeaderValue};
use std::{
    collections::{HashMap, HashSet},
    sync::Arc,
    time::Duration,
};
use store::{Config, TenantRow};

/// Who sends: what an API key stands for.
#[derive(Debug, Clone)]
pub struct Caller {
    /// The tenant.
    pub tenant_id: TenantId,
    /// The source whose leads it sends.
    pub source_id: SourceId,
    /// The key.
    pub key_id: KeyId,
    /// Live or test.
    pub mode: Mode,
    /// The campaigns it may send into; empty means all.
    pub campaigns: Arc<[CampaignId]>,
    /// Requests a second that all keys of the tenant may make together for long; none: no such limit.
    pub requests: Option<u32>,
}

/// Where a call goes, with its headers.
#[derive(Debug)]
pub(crate) struct Endpoint {
    pub(super) headers: HeaderMap,
    pub(super) timeout: Duration,
    pub(super) call: Prepared,
    /// Where its token is fetched, if it carries one.
    pub(super) token: Option<Box<Endpoint>>,
}

impl Endpoint {
    pub(super) fn new(call: &Call) -> Result<Self, Vec<String>> {
        let prepared = Prepared::new(call)?;
        let mut headers = HeaderMap::new();
        headers.insert(CONTENT_TYPE, HeaderValue::from_static(prepared.content_type()));
        for (name, value) in prepared.headers() {
            let name: HeaderName = name.parse().map_err(|_| vec![format!("header name {name:?} is not valid")])?;
            let mut value: HeaderValue =
                value.parse().map_err(|_| vec![format!("the value of header {name} is not valid")])?;
            value.set_sensitive(true);
            headers.insert(name, value);
        }
        let timeout = Duration::from_millis(u64::from(prepared.timeout_ms()));
        // Whatever a token's request needs stands in the request itself.
        let bare = |call: Prepared| Self { headers: HeaderMap::new(), timeout, call, token: None };
        let token = prepared.token().map(|_| Box::new(bare(prepared.clone())));
        Ok(Self { headers, timeout, call: prepared, token })
    }
}

/// A contract ready to be asked and posted to.
#[derive(Debug)]
pub(super) struct LiveContract {
    pub(super) compiled: CompiledContract,
    pub(super) ping: Option<Endpoint>,
    pub(super) post: Endpoint,
}

/// A contract as a campaign has it: ready, or with what has to be mended. Nothing is silently missing.
#[derive(Debug)]
pub(super) enum Slot {
    /// Ready.
    Live(Box<LiveContract>),
    /// Its configuration cannot be used.
    Broken { contract: Box<Contract>, buyer: Box<Buyer>, faults: String },
}

impl Slot {
    pub(super) fn contract(&self) -> &Contract {
        match self {
            Self::Live(live) => &live.compiled.contract,
            Self::Broken { contract, .. } => contract,
        }
    }

    pub(super) fn buyer(&self) -> &Buyer {
        match self {
            Self::Live(live) => &live.compiled.buyer,
            Self::Broken { buyer, .. } => buyer,
        }
    }

    /// What has to be mended; nothing of a contract that is ready.
    pub(super) fn faults(&self) -> &str {
        match self {
            Self::Live(_) => "",
            Self::Broken { faults, .. } => faults,
        }
    }

    pub(super) fn live(&self) -> Option<&LiveContract> {
        match self {
            Self::Live(live) => Some(live),
            Self::Broken { .. } => None,
        }
    }
}

/// A campaign with its contracts.
#[derive(Debug)]
pub struct CampaignSnapshot {
    /// The campaign.
    pub campaign: Campaign,
    /// The version of the configuration it was compiled from.
    pub version: i64,
    pub(super) slug: Arc<str>,
    pub(super) schema: Schema,
    pub(super) slots: Vec<Slot>,
    pub(super) consent: Consents,
}

/// A tenant with everything of it.
pub(super) struct TenantSnapshot {
    pub(super) tenant: Tenant,
    pub(super) keys: TenantKeys,
    pub(super) sources: HashMap<SourceId, Source>,
    pub(super) endpoints: Vec<endpoint::Endpoint>,
    campaigns: HashMap<String, Arc<CampaignSnapshot>>,
}

impl TenantSnapshot {
    /// The contracts of all campaigns.
    pub(super) fn contracts(&self) -> impl Iterator<Item = &Contract> {
        self.campaigns.values().flat_map(|campaign| campaign.slots.iter().map(Slot::contract))
    }
}

/// Everything, of one version.
#[derive(Default)]
pub struct Snapshot {
    version: i64,
    tenants: HashMap<TenantId, Arc<TenantSnapshot>>,
    callers: HashMap<[u8; 32], Caller>,
    /// Credentials of other platforms.
    adopted: HashMap<[u8; 32], Caller>,
    hooks: HashMap<[u8; 32], Hook>,
    publishable: HashMap<[u8; 32], Publishable>,
    /// Every origin from which any publishable key may be used.
    origins: HashSet<String>,
}

/// Where a tool sends what people entered.
#[derive(Clone)]
pub struct Hook {
    /// Whose leads they are.
    pub caller: Caller,
    /// Which tool.
    pub format: HookFormat,
    /// What it signs with; empty when it does not sign.
    pub secret: Arc<[u8]>,
}

impl Snapshot {
    /// Which version of the configuration this is.
    #[must_use]
    pub const fn version(&self) -> i64 {
        self.version
    }

    /// Who a presented key belongs to; none when it is unknown or revoked, or its source or tenant is not active.
    #[must_use]
    pub fn authenticate(&self, presented: &str) -> Option<Caller> {
        let (mode, hash) = keys::hash(presented)?;
        self.callers.get(&hash).filter(|caller| caller.mode == mode).cloned()
    }

    /// The same at a platform's routes, where also a credential counts that the platform gave.
    #[must_use]
    pub fn authenticate_from(&self, platform: Platform, presented: &str) -> Option<Caller> {
        let adopted = || self.adopted.get(&keys::adopted_hash(platform, presented)).cloned();
        self.authenticate(presented).or_else(adopted)
    }

    /// The hook of a token; none when it is unknown or revoked, or its source or tenant is not active.
    #[must_use]
    pub fn hook(&self, format: HookFormat, token: &str) -> Option<Hook> {
        self.hooks.get(&keys::hook_hash(token)?).filter(|hook| hook.format == format).cloned()
    }

    /// The campaign that one of these words of a source means, of those its key may send into: by the source's own list, by
    /// its slug, or because the key is for one alone. With it the source.
    #[must_use]
    pub fn meant(&self, caller: &Caller, words: &[String]) -> Option<(&Campaign, &Source)> {
        let tenant = self.tenants.get(&caller.tenant_id)?;
        let source = tenant.sources.get(&caller.source_id)?;
        let allowed = |campaign: &&Arc<CampaignSnapshot>| {
            caller.campaigns.is_empty() || caller.campaigns.contains(&campaign.campaign.id)
        };
        let named = words.iter().find_map(|word| tenant.campaigns.get(slug(&source.intake, word)).filter(allowed));
        let only = || match &*caller.campaigns {
            [id] => tenant.campaigns.values().find(|campaign| campaign.campaign.id == *id),
            _ => None,
        };
        named.or_else(only).map(|campaign| (&campaign.campaign, source))
    }

    /// A campaign by its slug.
    #[must_use]
    pub fn campaign(&self, tenant: TenantId, slug: &str) -> Option<&Arc<CampaignSnapshot>> {
        self.tenants.get(&tenant)?.campaigns.get(slug)
    }

    pub(super) fn campaign_by_id(&self, tenant: TenantId, id: CampaignId) -> Option<&Arc<CampaignSnapshot>> {
        self.tenants.get(&tenant)?.campaigns.values().find(|campaign| campaign.campaign.id == id)
    }

    pub(super) fn tenant_ids(&self) -> Vec<TenantId> {
        self.tenants.keys().copied().collect()
    }

    pub(super) fn tenant(&self, id: TenantId) -> Option<&Arc<TenantSnapshot>> {
        self.tenants.get(&id)
    }

    pub(super) fn compile(config: Config, vault: &Vault) -> Self {
        let mut tenants: HashMap<TenantId, TenantSnapshot> =
            config.tenants.into_iter().filter_map(|row| Some((row.tenant.id, open(row, vault)?))).collect();
        for (tenant, source) in config.sources {
            if let Some(tenant) = tenants.get_mut(&tenant) {
                tenant.sources.insert(source.id, source);
            }
        }
        for (tenant, endpoint) in config.endpoints {
            if let Some(tenant) = tenants.get_mut(&tenant) {
                tenant.endpoints.push(endpoint);
            }
        }
        let mut contracts: HashMap<(TenantId, CampaignId), Vec<Contract>> = HashMap::new();
        for (tenant, contract) in config.contracts {
            contracts.entry((tenant, contract.campaign_id)).or_default().push(contract);
        }
        let buyers: HashMap<_, _> =
            config.buyers.into_iter().map(|(tenant, buyer)| ((tenant, buyer.id), buyer)).collect();
        let texts = consents::texts(config.texts);
        for (id, campaign) in config.campaigns {
            let mut own = contracts.remove(&(id, campaign.id)).unwrap_or_default();
            own.sort_by_key(|contract| contract.id);
            let own = own.into_iter().filter_map(|c| Some((buyers.get(&(id, c.buyer_id))?.clone(), c)));
            let Some(tenant) = tenants.get_mut(&id) else { continue };
            let texts = texts.get(&id).cloned().unwrap_or_default();
            if let Some(compiled) =
                compile_campaign(campaign, own, (&tenant.keys, config.version), (&tenant.tenant, &texts))
            {
                tenant.campaigns.insert(compiled.campaign.slug.clone(), Arc::new(compiled));
            }
        }
        let (mut callers, mut adopted, mut hooks) = (HashMap::new(), HashMap::new(), HashMap::new());
        let (mut publishable, mut origins) = (HashMap::new(), HashSet::new());
        for row in config.keys {
            let Some(tenant) = tenants.get(&row.tenant_id) else { continue };
            let active = tenant.sources.get(&row.key.source_id).is_some_and(|source| source.active);
            if !active || !tenant.tenant.active || row.key.revoked_at.is_some() {
                continue;
            }
            let caller = Caller {
                tenant_id: row.tenant_id,
                source_id: row.key.source_id,
                key_id: row.key.id,
                mode: row.key.mode,
                campaigns: row.key.campaigns.into(),
                requests: tenant.tenant.settings.requests,
            };
            match row.key.used_as {
                KeyUse::Api => drop(callers.insert(row.hash, caller)),
                KeyUse::Platform(_) => drop(adopted.insert(row.hash, caller)),
                KeyUse::Publishable => {
                    origins.extend(row.key.origins.iter().cloned());
                    publishable.insert(row.hash, Publishable { caller, origins: row.key.origins.into() });
                }
                KeyUse::Hook(format) => match hook_secret(&tenant.keys, row.key.id, &row.secret) {
                    Ok(secret) => drop(hooks.insert(row.hash, Hook { caller, format, secret })),
                    // Without its secret nobody could be told from a stranger.
                    Err(error) => {
                        tracing::error!(key = %row.key.id, %error, "a hook's secret does not open; it is closed");
                    }
                },
            }
        }
        let tenants = tenants.into_iter().map(|(id, tenant)| (id, Arc::new(tenant))).collect();
        Self { version: config.version, tenants, callers, adopted, hooks, publishable, origins }
    }
}

/// The short name of the campaign that a source's word means.
fn slug<'a>(intake: &'a Intake, word: &'a str) -> &'a str {
    let route = intake.campaigns.iter().find(|route| route.theirs.eq_ignore_ascii_case(word));
    route.map_or(word, |route| route.campaign.as_str())
}

fn hook_secret(keys: &TenantKeys, id: KeyId, sealed: &[u8]) -> Result<Arc<[u8]>, BadSeal> {
    if sealed.is_empty() { Ok(Arc::default()) } else { keys.open_secret(&secrets::hook(id), sealed).map(Arc::from) }
}

/// A tenant whose key does not open takes no leads: nothing of it could be sealed.
fn open(row: TenantRow, vault: &Vault) -> Option<TenantSnapshot> {
    match vault.tenant(row.tenant.id, &row.key_sealed) {
        Ok(keys) => {
            let (sources, campaigns, endpoints) = (HashMap::new(), HashMap::new(), Vec::new());
            Some(TenantSnapshot { tenant: row.tenant, keys, sources, endpoints, campaigns })
        }
        Err(error) => {
            tracing::error!(tenant = %row.tenant.id, %error, "the tenant's key does not open; its leads are refused");
            None
        }
    }
}

fn compile_campaign(
    campaign: Campaign,
    contracts: impl Iterator<Item = (Buyer, Contract)>,
    (keys, version): (&TenantKeys, i64),
    (tenant, texts): (&Tenant, &Texts),
) -> Option<CampaignSnapshot> {
    let schema = match Schema::new(&campaign) {
        Ok(schema) => schema,
        Err(faults) => {
            tracing::error!(campaign = %campaign.id, ?faults, "the campaign's fields cannot be used; its leads are refused");
            return None;
        }
    };
    let slots: Vec<_> = contracts.map(|(buyer, contract)| slot(buyer, contract, &schema, keys)).collect();
    let consent = Consents::new(&campaign, &slots, &tenant.name, texts);
    Some(CampaignSnapshot { slug: campaign.slug.as_str().into(), campaign, version, schema, slots, consent })
}

fn slot(buyer: Buyer, contract: Contract, schema: &Schema, keys: &TenantKeys) -> Slot {
    match live(&buyer, &contract, schema, keys) {
        Ok(live) => Slot::Live(Box::new(live)),
        Err(faults) => {
            tracing::warn!(contract = %contract.id, ?faults, "the contract cannot be used");
            Slot::Broken { contract: Box::new(contract), buyer: Box::new(buyer), faults: faults.join("; ") }
        }
    }
}

fn live(buyer: &Buyer, contract: &Contract, schema: &Schema, keys: &TenantKeys) -> Result<LiveContract, Vec<String>> {
    let mut faults = Vec::new();
    // Only the endpoints hold the secrets in clear; the contract itself stays sealed.
    let delivery = secrets::open(keys, contract.id, &contract.delivery)
        .map_err(|_| vec!["a secret of the delivery does not open with the tenant's key".to_owned()])?;
    faults.extend(connectors::delivery_faults(&delivery).into_iter().map(|fault| fault.message));
    let ping = delivery.ping.as_ref().and_then(|call| keep("ping", Endpoint::new(call), &mut faults));
    let post = keep("post", Endpoint::new(&delivery.post), &mut faults);
    let compiled = CompiledContract::new(contract.clone(), buyer.clone(), schema);
    let compiled = keep("contract", compiled, &mut faults);
    match (post, compiled) {
        (Some(post), Some(compiled)) if faults.is_empty() => Ok(LiveContract { compiled, ping, post }),
        _ => Err(faults),
    }
}

/// What is right of a part; what is wrong goes to `faults` with the part's name.
fn keep<T>(part: &str, made: Result<T, Vec<String>>, faults: &mut Vec<String>) -> Option<T> {
    match made {
        Ok(made) => Some(made),
        Err(wrong) => {
            faults.extend(wrong.into_iter().map(|fault| format!("{part}: {fault}")));
            None
        }
    }
}
