//! Where intents and outcomes are decided, in memory and in order, over rows that are locked. Nothing here waits.

use super::{
    AttemptState, GivenBack, Intent, IntentReceipt, NewJob, NewPing, Note, Outcome, OutcomeReceipt, Refused, Reopen,
    Resolution, Settle, copies::StoredCopy,
};
use crate::StoreError;
use exchange::{
    audit::Digest,
    caps::{CapKey, Counter, Demand, freed},
    ledger::{Account, Entry},
    rollup::LeadFact,
};
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, Currency, EventId, LeadId, Micros, ProcessId, TenantId, Timestamp,
    lead::LeadState, returns::Return,
};
use std::collections::{BTreeMap, BTreeSet, HashMap};

/// A lead of a tenant.
pub type LeadKey = (TenantId, LeadId);
/// A person in a campaign of a tenant.
pub type PrintKey = (TenantId, CampaignId, String);

/// What guards a lead.
#[derive(Debug, Clone)]
pub struct Guard {
    pub state: LeadState,
    pub owner: ProcessId,
    /// Its sealed personal values.
    pub sealed: Vec<u8>,
    /// How often it was auctioned again.
    pub round: u8,
}

/// A post, stored or to be stored.
#[derive(Debug, Clone)]
pub struct Attempt {
    pub id: AttemptId,
    pub campaign_id: CampaignId,
    pub contract_id: ContractId,
    pub buyer_id: BuyerId,
    pub ordinal: u8,
    pub price: Micros,
    pub caps: Vec<Demand>,
    pub prints: Vec<String>,
    pub state: AttemptState,
    pub paid: Option<Micros>,
    pub reference: Option<String>,
    pub at: Timestamp,
    pub settled_at: Option<Timestamp>,
    pub shared: bool,
    /// When it was given back, and whether its places in the caps are free again.
    pub returned: Option<(Timestamp, bool)>,
    pub due: Due,
}

/// What is to be done with the row of a post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Due {
    /// It stands in the store as it is here.
    Nothing,
    /// It is there with an earlier state.
    Update,
    /// It is not there yet.
    Insert,
}

impl Attempt {
    /// Notes that it is another than it was.
    fn changed(&mut self) {
        if self.due == Due::Nothing {
            self.due = Due::Update;
        }
    }
}

/// Who claimed a person for which lead.
#[derive(Debug, Clone, Copy)]
pub struct Claim {
    pub buyer_id: BuyerId,
    pub lead_id: LeadId,
    pub at: Timestamp,
}

/// What is to be done with the row of a claim.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum ClaimChange {
    Held(Timestamp),
    Sold(Timestamp),
    Gone,
}

/// What is to be written into the row of a lead. `None` keeps what is there where [`Outcome`] says so.
#[derive(Debug, Clone)]
pub struct LeadChange {
    pub outcome: Outcome,
}

/// An event to be appended.
#[derive(Debug, Clone)]
pub struct NewEvent {
    pub tenant_id: TenantId,
    pub id: EventId,
    pub at: Timestamp,
    pub lead_id: Option<LeadId>,
    pub fact: LeadFact,
}

impl NewEvent {
    /// The kind in the table.
    pub const fn kind(&self) -> &'static str {
        if self.fact.copy { "copy" } else { "lead" }
    }
}

/// Everything that was read, and everything that changed.
#[derive(Debug, Default)]
pub struct Desk {
    pub guards: HashMap<LeadKey, Guard>,
    pub attempts: BTreeMap<LeadKey, Vec<Attempt>>,
    pub copies: BTreeMap<LeadKey, Vec<StoredCopy>>,
    pub claims: HashMap<PrintKey, Vec<Claim>>,
    pub counters: BTreeMap<(TenantId, CapKey), Counter>,

    pub dirty: BTreeSet<(TenantId, CapKey)>,
    pub claim_changes: BTreeMap<(PrintKey, BuyerId, LeadId), ClaimChange>,
    pub leads: BTreeMap<LeadKey, LeadChange>,
    pub events: Vec<NewEvent>,
    pub notes: Vec<Note>,
    pub pings: Vec<NewPing>,
    pub entries: Vec<(LeadKey, EventId, Timestamp, Vec<Entry>)>,
    pub balances: BTreeMap<(TenantId, Account, Currency), Micros>,
    pub jobs: Vec<(TenantId, NewJob)>,
    pub returns: Vec<(TenantId, Return)>,
    pub reopened: Vec<Reopen>,
}

impl Desk {
    /// Takes a reservation, all of it or nothing.
    pub fn intent(&mut self, intent: &Intent) -> IntentReceipt {
        let lead = (intent.tenant_id, intent.lead_id);
        if !self.owned(lead, intent.owner) || !self.knows(lead, &intent.release) {
            return IntentReceipt::Fenced;
        }
        self.settle_all(lead, &intent.release);
        let attempts = self.attempts.entry(lead).or_default();
        if let Some(earlier) = attempts.iter().find(|attempt| attempt.contract_id == intent.contract_id) {
            // The same intent again (its first receipt was lost) is reserved still.
            let again = earlier.id == intent.attempt_id && earlier.state == AttemptState::Open;
            return if again { IntentReceipt::Reserved } else { IntentReceipt::Fenced };
        }
        // Somebody has it, or may be taking it at this moment. (A post in doubt was passed over on purpose.)
        let taken = |other: &Attempt| {
            matches!(other.state, AttemptState::Open | AttemptState::Accepted) && !(other.shared && intent.shared)
        };
        if attempts.iter().any(taken) {
            return IntentReceipt::Fenced;
        }
        if let Some(conflict) = self.conflict(intent) {
            return conflict;
        }
        for demand in &intent.demands {
            let counter = self.counters.get(&(intent.tenant_id, demand.key)).copied().unwrap_or_default();
            if !counter.fits(demand.limit, intent.price) {
                return IntentReceipt::CapFull { demand: *demand, counter };
            }
        }
        self.reserve(lead, intent);
        IntentReceipt::Reserved
    }

    fn reserve(&mut self, lead: LeadKey, intent: &Intent) {
        for key in keys(&intent.demands) {
            self.counter(intent.tenant_id, key).hold(intent.price);
        }
        for print in &intent.prints {
            let key = (intent.tenant_id, intent.campaign_id, print.clone());
            let claim = Claim { buyer_id: intent.buyer_id, lead_id: intent.lead_id, at: intent.at };
            self.claims.entry(key.clone()).or_default().push(claim);
            self.claim_changes.insert((key, intent.buyer_id, intent.lead_id), ClaimChange::Held(intent.at));
        }
        self.attempts.entry(lead).or_default().push(Attempt {
            id: intent.attempt_id,
            campaign_id: intent.campaign_id,
            contract_id: intent.contract_id,
            buyer_id: intent.buyer_id,
            ordinal: intent.ordinal,
            price: intent.price,
            caps: intent.demands.clone(),
            prints: intent.prints.clone(),
            state: AttemptState::Open,
            paid: None,
            reference: None,
            at: intent.at,
            settled_at: None,
            returned: None,
            shared: intent.shared,
            due: Due::Insert,
        });
    }

    /// A claim of another lead inside the duplicate windows.
    fn conflict(&self, intent: &Intent) -> Option<IntentReceipt> {
        let claims = intent
            .prints
            .iter()
            .filter_map(|print| self.claims.get(&(intent.tenant_id, intent.campaign_id, print.clone())))
            .flatten()
            .filter(|claim| claim.lead_id != intent.lead_id);
        let mut cross = None;
        for claim in claims {
            let (since, same) = if claim.buyer_id == intent.buyer_id {
                (intent.same_buyer_since, true)
            } else {
                (intent.cross_buyer_since, false)
            };
            if since.is_some_and(|since| claim.at > since) {
                if same {
                    return Some(IntentReceipt::DuplicateSameBuyer { lead_id: claim.lead_id });
                }
                cross = Some(IntentReceipt::DuplicateCrossBuyer { lead_id: claim.lead_id });
            }
        }
        cross
    }

    /// Takes down how a lead came out, all of it or nothing.
    pub fn outcome(&mut self, outcome: &Outcome) -> OutcomeReceipt {
        let lead = (outcome.tenant_id, outcome.lead_id);
        if !self.owned(lead, outcome.owner) || !self.knows(lead, &outcome.settles) {
            return OutcomeReceipt::Fenced;
        }
        self.take_down(lead, outcome)
    }

    /// Takes down what a post in doubt turned out to be, all of it or nothing.
    pub fn resolution(&mut self, resolution: &Resolution) -> OutcomeReceipt {
        let outcome = &resolution.outcome;
        let lead = (outcome.tenant_id, outcome.lead_id);
        let stands = self.guards.get(&lead).is_some_and(|guard| guard.state == resolution.expected);
        let attempts = self.attempts.get(&lead).map_or(&[][..], Vec::as_slice);
        let in_doubt =
            |settle: &Settle| attempts.iter().any(|a| a.id == settle.attempt_id && a.state == AttemptState::Unknown);
        if !stands || !outcome.settles.iter().all(in_doubt) {
            return OutcomeReceipt::Fenced;
        }
        self.take_down(lead, outcome)
    }

    /// Takes a lead back from a buyer, all of it or nothing.
    pub fn give_back(&mut self, back: &GivenBack) -> OutcomeReceipt {
        let (tenant, lead_id) = (back.outcome.tenant_id, back.outcome.lead_id);
        let lead = (tenant, lead_id);
        let sold = self.guards.get(&lead).is_some_and(|guard| guard.state == LeadState::Sold);
        let attempts = self.attempts.get_mut(&lead).map_or(&mut [][..], Vec::as_mut_slice);
        let stands = |attempt: &&mut Attempt| attempt.state == AttemptState::Accepted && attempt.returned.is_none();
        let mut standing: Vec<_> = attempts.iter_mut().filter(stands).collect();
        let known = standing.len() == back.standing.len() && standing.iter().all(|a| back.standing.contains(&a.id));
        let given = standing.iter_mut().find(|attempt| attempt.id == back.decided.attempt_id);
        let Some(given) = given.filter(|_| sold && known) else { return OutcomeReceipt::Fenced };
        given.returned = Some((back.outcome.at, back.frees_caps));
        given.changed();
        let (caps, paid) = (given.caps.clone(), given.paid.unwrap_or(given.price));
        for (key, count) in freed(&caps, back.frees_caps) {
            self.counter(tenant, key).give_back(paid, count);
        }
        self.returns.push((tenant, back.decided.clone()));
        self.take_down(lead, &back.outcome)
    }

    fn take_down(&mut self, lead: LeadKey, outcome: &Outcome) -> OutcomeReceipt {
        self.settle_all(lead, &outcome.settles);
        if let Some(guard) = self.guards.get_mut(&lead) {
            guard.state = outcome.state;
        }
        for entry in &outcome.entries {
            let key = (outcome.tenant_id, entry.account, entry.currency);
            *self.balances.entry(key).or_default() += entry.amount;
        }
        if !outcome.entries.is_empty() {
            self.entries.push((lead, outcome.event_id, outcome.at, outcome.entries.clone()));
        }
        self.events.push(NewEvent {
            tenant_id: outcome.tenant_id,
            id: outcome.event_id,
            at: outcome.at,
            lead_id: Some(outcome.lead_id),
            fact: outcome.fact.clone(),
        });
        self.jobs.extend(outcome.jobs.iter().map(|job| (outcome.tenant_id, job.clone())));
        self.change(lead, outcome.clone());
        OutcomeReceipt::Done
    }

    /// Two outcomes of one lead in one batch (unknown, then known) become one change of its row.
    fn change(&mut self, lead: LeadKey, mut outcome: Outcome) {
        if let Some(LeadChange { outcome: earlier }) = self.leads.remove(&lead) {
            outcome.answer = outcome.answer.or(earlier.answer);
            outcome.redirect_url = outcome.redirect_url.or(earlier.redirect_url);
            outcome.duration_ms = outcome.duration_ms.or(earlier.duration_ms);
            outcome.trace = outcome.trace.or(earlier.trace);
            outcome.fact.missed = outcome.fact.missed.or(earlier.fact.missed);
        }
        self.leads.insert(lead, LeadChange { outcome });
    }

    /// Takes down a lead that was refused at the door.
    pub fn refused(&mut self, refused: &Refused) {
        self.events.push(NewEvent {
            tenant_id: refused.tenant_id,
            id: refused.event_id,
            at: refused.at,
            lead_id: None,
            fact: LeadFact {
                campaign: refused.campaign_id,
                source: refused.source_id,
                state: LeadState::Rejected,
                was: None,
                came: None,
                was_with: None,
                back: None,
                copy: false,
                test: false,
                reason: Some(refused.reason),
                buyer: None,
                also: Vec::new(),
                revenue: Micros::ZERO,
                payout: Micros::ZERO,
                missed: None,
                contracts: Vec::new(),
            },
        });
    }

    /// The hash of the sealed personal values of an outcome's lead.
    pub fn sealed(&self, outcome: &Outcome) -> Result<Digest, StoreError> {
        let guard = self.guards.get(&(outcome.tenant_id, outcome.lead_id));
        guard
            .map(|guard| Digest::of(&guard.sealed))
            .ok_or_else(|| StoreError::broken("an outcome was taken down without its lead"))
    }

    fn owned(&self, lead: LeadKey, owner: ProcessId) -> bool {
        self.guards.get(&lead).is_some_and(|guard| {
            guard.owner == owner && matches!(guard.state, LeadState::Processing | LeadState::Unknown)
        })
    }

    /// Whether every post that is to be settled is one of this lead.
    fn knows(&self, lead: LeadKey, settles: &[Settle]) -> bool {
        let attempts = self.attempts.get(&lead).map_or(&[][..], Vec::as_slice);
        let known = settles.iter().all(|settle| attempts.iter().any(|attempt| attempt.id == settle.attempt_id));
        if !known {
            tracing::error!(tenant = %lead.0, lead = %lead.1, "a post was to be settled that this lead does not have");
        }
        known
    }

    fn settle_all(&mut self, lead: LeadKey, settles: &[Settle]) {
        for settle in settles {
            self.settle(lead, settle);
        }
    }

    fn settle(&mut self, lead: LeadKey, settle: &Settle) {
        let Some(attempts) = self.attempts.get_mut(&lead) else { return };
        let Some(at) = attempts.iter().position(|attempt| attempt.id == settle.attempt_id) else { return };
        let attempt = &mut attempts[at];
        if !attempt.state.holds() || settle.state == AttemptState::Open {
            return;
        }
        attempt.state = settle.state;
        attempt.changed();
        attempt.settled_at = Some(settle.at);
        if settle.reference.is_some() {
            attempt.reference.clone_from(&settle.reference);
        }
        if settle.state == AttemptState::Accepted {
            attempt.paid = Some(settle.paid.unwrap_or(attempt.price));
        }
        let attempt = attempt.clone();
        // The claim goes only when no other post of this lead to this buyer still stands.
        let stands = attempts.iter().any(|other| {
            other.id != attempt.id
                && other.buyer_id == attempt.buyer_id
                && (other.state.holds() || other.state == AttemptState::Accepted)
        });
        match settle.state {
            AttemptState::Open | AttemptState::Unknown => {}
            AttemptState::Accepted => {
                let paid = attempt.paid.unwrap_or(attempt.price);
                for key in keys(&attempt.caps) {
                    self.counter(lead.0, key).confirm(attempt.price, paid);
                }
                self.change_claims(lead, &attempt, ClaimChange::Sold(settle.at));
            }
            AttemptState::Rejected | AttemptState::NotSent => {
                for key in keys(&attempt.caps) {
                    self.counter(lead.0, key).release(attempt.price);
                }
                if !stands {
                    self.change_claims(lead, &attempt, ClaimChange::Gone);
                }
            }
        }
    }

    fn change_claims(&mut self, lead: LeadKey, attempt: &Attempt, change: ClaimChange) {
        for print in &attempt.prints {
            let key = (lead.0, attempt.campaign_id, print.clone());
            let claims = self.claims.entry(key.clone()).or_default();
            if change == ClaimChange::Gone {
                claims.retain(|claim| claim.buyer_id != attempt.buyer_id || claim.lead_id != lead.1);
            }
            self.claim_changes.insert((key, attempt.buyer_id, lead.1), change);
        }
    }

    pub(super) fn counter(&mut self, tenant: TenantId, key: CapKey) -> &mut Counter {
        self.dirty.insert((tenant, key));
        self.counters.entry((tenant, key)).or_default()
    }
}

/// Each counter once: a cap by count and one by money over the same window share one.
pub fn keys(demands: &[Demand]) -> BTreeSet<CapKey> {
    demands.iter().map(|demand| demand.key).collect()
}
