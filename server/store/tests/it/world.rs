//! A small exchange to test with: one tenant, one source, one campaign, two buyers with one contract each.

use exchange::{
    caps::{Bound, CapKey, Demand, Scope},
    ledger::sales,
    rollup::{ContractFact, LeadFact},
};
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, Currency, EventId, KeyId, LeadId, Micros, Money, ProcessId, Reason,
    SourceId, TenantId, Timestamp, VerticalId,
    buyer::Buyer,
    campaign::{Auction, Campaign, Duplicates},
    cap::{Limit, Window},
    contract::{Contract, ContractKind, OnUnknown, PingLimits, Price, Routing, SourceRule},
    filter::Filter,
    id::uuid_v7,
    lead::{Answer, LeadState, Tracking},
    mapping::{BodyFormat, Call, Delivery, ResponseRules, Sign},
    schedule::Schedule,
    source::{Payout, Source},
    tenant::{ApiKey, Mode, Tenant},
    trace::{Stage, Standing},
};
use std::sync::atomic::{AtomicU64, Ordering};
use store::{
    AttemptState, Idempotency, Intent, IntentReceipt, Known, Newcomer, Outcome, OutcomeReceipt, Receipt, Received,
    ReceivedReceipt, Record, Settle, SoldPrint, Store, TenantStore,
};

/// When the tests take place.
pub const NOW: Timestamp = Timestamp(1_778_180_651_250_000);

static COUNT: AtomicU64 = AtomicU64::new(1);

/// The bits of an id later than every earlier one.
pub fn next() -> u128 {
    let n = COUNT.fetch_add(1, Ordering::SeqCst);
    let mut random = [0; 10];
    random[2..].copy_from_slice(&n.to_be_bytes());
    uuid_v7(NOW.unix_millis() + n / 1000, random)
}

/// A small exchange.
#[derive(Debug, Clone)]
pub struct World {
    pub tenant: TenantId,
    pub source: SourceId,
    pub campaign: CampaignId,
    pub key: KeyId,
    pub buyers: [BuyerId; 2],
    pub contracts: [ContractId; 2],
    pub me: ProcessId,
}

/// What is recorded of something that a person did.
pub fn line(action: &str) -> store::Activity {
    store::Activity {
        id: EventId::from_bits(next()),
        at: NOW,
        actor: "usr_someone".to_owned(),
        actor_name: "Ada".to_owned(),
        action: action.to_owned(),
        object: "usr_other".to_owned(),
        detail: "said so".to_owned(),
    }
}

impl World {
    /// Makes it, configuration and all.
    pub async fn new(store: &Store) -> Self {
        let world = Self {
            tenant: TenantId::from_bits(next()),
            source: SourceId::from_bits(next()),
            campaign: CampaignId::from_bits(next()),
            key: KeyId::from_bits(next()),
            buyers: [BuyerId::from_bits(next()), BuyerId::from_bits(next())],
            contracts: [ContractId::from_bits(next()), ContractId::from_bits(next())],
            me: ProcessId::from_bits(next()),
        };
        store.create_tenant(&tenant(world.tenant, &format!("t{}", next())), b"sealed").await.unwrap();
        let tables = world.tables(store);
        tables.put_source(&source(world.source, "web")).await.unwrap();
        tables.put_campaign(&campaign(world.campaign, "auto")).await.unwrap();
        for (n, (buyer_id, contract_id)) in world.buyers.iter().zip(&world.contracts).enumerate() {
            tables.put_buyer(&buyer(*buyer_id, &format!("buyer-{n}"))).await.unwrap();
            tables.put_contract(&contract(*contract_id, world.campaign, *buyer_id)).await.unwrap();
        }
        tables.create_key(&api_key(world.key, world.source), &hash_of(world.key)).await.unwrap();
        store.register_process(world.me, NOW).await.unwrap();
        world
    }

    /// What is known of a lead with this key and these prints that comes in at `now`.
    pub async fn known(
        &self,
        store: &Store,
        key: Option<&str>,
        prints: &[&str],
        since: Timestamp,
        now: Timestamp,
    ) -> Known {
        let newcomer = Newcomer {
            tenant: self.tenant,
            source: self.source,
            key: key.map(str::to_owned),
            campaign: self.campaign,
            prints: prints.iter().map(|&print| print.to_owned()).collect(),
            since: Some(since),
            now,
        };
        store.known(&[newcomer]).await.unwrap().remove(0)
    }

    /// The claims on these prints after `since`.
    pub async fn sold_to(&self, store: &Store, prints: &[&str], since: Timestamp) -> Vec<SoldPrint> {
        self.known(store, None, prints, since, NOW).await.sold
    }

    pub fn tables(&self, store: &Store) -> TenantStore {
        store.tenant(self.tenant)
    }

    /// A lead that comes in now.
    pub fn received(&self) -> Received {
        Received {
            tenant_id: self.tenant,
            lead_id: LeadId::from_bits(next()),
            campaign_id: self.campaign,
            source_id: self.source,
            key_id: self.key,
            mode: Mode::Live,
            received_at: NOW,
            idempotency: None,
            external_id: None,
            open: r#"{"age":41,"insured":true}"#.to_owned(),
            tracking: Tracking { sub1: Some("a".to_owned()), ..Tracking::default() },
            sealed_key: vec![0, 1, 2],
            sealed_body: vec![255, 0],
            personal_mask: vec![("first_name".to_owned(), "D•••".to_owned())],
            prints: Vec::new(),
            consent: None,
            owner: self.me,
        }
    }

    /// The same under an idempotency key.
    pub fn received_as(&self, key: &str, body: u8) -> Received {
        let mut received = self.received();
        let expires_at = NOW.plus_millis(1000);
        received.idempotency = Some(Idempotency { key: key.to_owned(), body_hash: [body; 32], expires_at });
        received
    }

    /// A post of a lead to one of the two contracts, without caps or prints.
    pub fn intent(&self, lead: LeadId, nth: usize, price: Micros) -> Intent {
        Intent {
            tenant_id: self.tenant,
            campaign_id: self.campaign,
            lead_id: lead,
            attempt_id: AttemptId::from_bits(next()),
            contract_id: self.contracts[nth],
            buyer_id: self.buyers[nth],
            ordinal: 1,
            price,
            at: NOW,
            demands: Vec::new(),
            shared: false,
            prints: Vec::new(),
            same_buyer_since: None,
            cross_buyer_since: None,
            release: Vec::new(),
            owner: self.me,
        }
    }

    /// A demand on the daily cap of one of the two contracts.
    pub fn daily(&self, nth: usize, limit: Limit, price: Micros) -> Demand {
        Demand { key: self.daily_key(nth), limit, price, bound: Bound::Cap }
    }

    pub fn daily_key(&self, nth: usize) -> CapKey {
        CapKey { scope: Scope::Contract(self.contracts[nth]), window: Window::Day, start: NOW.hour() }
    }

    /// A lead that nobody bought.
    pub fn unsold(&self, lead: LeadId, settles: Vec<Settle>) -> Outcome {
        self.outcome(lead, LeadState::Unsold, settles)
    }

    /// A lead in some state, with an answer.
    pub fn outcome(&self, lead: LeadId, state: LeadState, settles: Vec<Settle>) -> Outcome {
        let reason = (state != LeadState::Sold).then_some(Reason::NoBid);
        let answer = Answer {
            lead_id: lead,
            status: state.public().to_owned(),
            reason,
            redirect_url: None,
            payout: None,
            duration_ms: 12,
            test: false,
        };
        Outcome {
            tenant_id: self.tenant,
            campaign_id: self.campaign,
            source_id: self.source,
            lead_id: lead,
            owner: self.me,
            state,
            reason,
            buyer_id: None,
            contract_id: None,
            revenue: None,
            payout: None,
            answer: Some(serde_json::to_string(&answer).unwrap()),
            redirect_url: None,
            duration_ms: Some(12),
            trace: None,
            settles,
            entries: Vec::new(),
            fact: LeadFact {
                campaign: self.campaign,
                source: self.source,
                state,
                came: None,
                was: None,
                was_with: None,
                back: None,
                copy: false,
                test: false,
                reason,
                buyer: None,
                also: Vec::new(),
                revenue: Micros::ZERO,
                payout: Micros::ZERO,
                missed: None,
                contracts: vec![ContractFact {
                    buyer: self.buyers[0],
                    contract: Some(self.contracts[0]),
                    bid: None,
                    standing: Standing::Rejected,
                    pinged: true,
                    reasons: vec![(Stage::Ping, Reason::BuyerGeo)],
                    ping_us: Some(84_000),
                    post_us: None,
                }],
            },
            event_id: EventId::from_bits(next()),
            at: NOW,
            jobs: Vec::new(),
            config_version: 7,
        }
    }

    /// A lead that was sold by a post; the source earns half.
    pub fn sold(&self, intent: &Intent) -> Outcome {
        let (revenue, payout) = (intent.price, Micros(intent.price.0 / 2));
        let money = |amount| Some(Money { amount, currency: Currency::USD });
        let mut outcome = self.outcome(intent.lead_id, LeadState::Sold, vec![settle(intent, AttemptState::Accepted)]);
        outcome.buyer_id = Some(intent.buyer_id);
        outcome.contract_id = Some(intent.contract_id);
        outcome.revenue = money(revenue);
        outcome.payout = money(payout);
        outcome.entries = sales(&[(intent.buyer_id, revenue)], self.source, payout, Currency::USD);
        outcome.fact.buyer = Some(intent.buyer_id);
        outcome.fact.revenue = revenue;
        outcome.fact.payout = payout;
        outcome.fact.contracts.clear();
        outcome
    }

    /// Stores a lead and gives its id.
    pub async fn lead(&self, store: &Store) -> LeadId {
        let received = self.received();
        let lead = received.lead_id;
        assert_eq!(receive(store, received).await, ReceivedReceipt::Fresh);
        lead
    }

    /// Stores a lead and sells it to one of the two contracts.
    pub async fn sale(&self, store: &Store, nth: usize, price: Micros) -> LeadId {
        let lead = self.lead(store).await;
        let intent = self.intent(lead, nth, price);
        assert_eq!(reserve(store, intent.clone()).await, IntentReceipt::Reserved);
        assert_eq!(finish(store, self.sold(&intent)).await, OutcomeReceipt::Done);
        lead
    }
}

/// How a post came out.
pub fn settle(intent: &Intent, state: AttemptState) -> Settle {
    Settle {
        attempt_id: intent.attempt_id,
        lead_id: intent.lead_id,
        contract_id: intent.contract_id,
        state,
        paid: None,
        reference: Some("ref".to_owned()),
        at: NOW.plus_millis(5),
    }
}

pub async fn receive(store: &Store, received: Received) -> ReceivedReceipt {
    match store.commit(&[Record::Received(Box::new(received))]).await.unwrap().remove(0) {
        Receipt::Received(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

pub async fn reserve(store: &Store, intent: Intent) -> IntentReceipt {
    match store.commit(&[Record::Intent(Box::new(intent))]).await.unwrap().remove(0) {
        Receipt::Intent(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

pub async fn finish(store: &Store, outcome: Outcome) -> OutcomeReceipt {
    match store.commit(&[Record::Outcome(Box::new(outcome))]).await.unwrap().remove(0) {
        Receipt::Outcome(receipt) => receipt,
        other => panic!("{other:?}"),
    }
}

pub fn tenant(id: TenantId, slug: &str) -> Tenant {
    Tenant {
        id,
        slug: slug.to_owned(),
        name: "Acme".to_owned(),
        zone: "America/Detroit".to_owned(),
        active: true,
        settings: model::tenant::Settings::default(),
    }
}

pub fn source(id: SourceId, slug: &str) -> Source {
    Source {
        id,
        slug: slug.to_owned(),
        name: format!("Source {slug}"),
        active: true,
        payout: Payout::Share(500_000),
        floor: None,
        pings: model::source::PingTerms::default(),
        keeps_payout: false,
        intake: model::intake::Intake::default(),
    }
}

pub fn campaign(id: CampaignId, slug: &str) -> Campaign {
    Campaign {
        id,
        slug: slug.to_owned(),
        name: format!("Campaign {slug}"),
        vertical_id: VerticalId::from_bits(next()),
        active: true,
        currency: Currency::USD,
        fields: Vec::new(),
        consent_required: false,
        duplicates: Duplicates::default(),
        auction: Auction::default(),
        fallback_url: "https://example.com/thanks".to_owned(),
        consent: model::consent::ConsentTerms::default(),
        hosted_form: model::campaign::HostedForm::default(),
        reoffer: None,
    }
}

pub fn buyer(id: BuyerId, slug: &str) -> Buyer {
    Buyer {
        id,
        slug: slug.to_owned(),
        name: format!("Buyer {slug}"),
        legal_name: "Buyer Inc.".to_owned(),
        active: true,
        zone: "America/Detroit".to_owned(),
        caps: Vec::new(),
        credit: None,
        sandbox: false,
    }
}

pub fn contract(id: ContractId, campaign_id: CampaignId, buyer_id: BuyerId) -> Contract {
    let sign = |path: &str| Sign { path: path.to_owned(), ..Sign::default() };
    let response = ResponseRules { accept: sign("ok"), reject: sign("no"), ..ResponseRules::default() };
    Contract {
        id,
        campaign_id,
        buyer_id,
        name: "Standard".to_owned(),
        kind: ContractKind::Direct,
        silent_on: Default::default(),
        active: true,
        priority: 0,
        backup: false,
        routing: Routing::default(),
        pings: PingLimits::default(),
        price: Price::default(),
        filter: Filter::default(),
        sources: SourceRule::All,
        caps: Vec::new(),
        schedule: Schedule::default(),
        certificate_required: false,
        on_unknown: OnUnknown::Hold,
        returns: None,
        portal: Default::default(),
        delivery: Delivery {
            ping: None,
            post: Call {
                url: "https://buyer.example/post".to_owned(),
                format: BodyFormat::Json,
                headers: Vec::new(),
                rows: Vec::new(),
                response,
                timeout_ms: 1000,
                ..Call::default()
            },
        },
    }
}

pub fn api_key(id: KeyId, source_id: SourceId) -> ApiKey {
    ApiKey {
        id,
        source_id,
        name: "Main".to_owned(),
        hint: "gvl_live_ab".to_owned(),
        mode: Mode::Live,
        campaigns: Vec::new(),
        used_as: model::intake::KeyUse::Api,
        origins: Vec::new(),
        created_at: NOW,
        revoked_at: None,
    }
}

pub fn hash_of(key: KeyId) -> [u8; 32] {
    let mut hash = [0xff; 32];
    hash[..16].copy_from_slice(&key.bits().to_be_bytes());
    hash
}
