//! A buyer gives a lead back: money, caps, figures, audit and messages in one durable record.

use super::{
    LiveEvent, Pipeline,
    outbox::{self, Told},
};
use crate::clock::new_id;
use exchange::{
    ledger,
    rollup::{Back, LeadFact},
};
use model::{
    Currency, EventId, LeadId, Micros, Money, Reason, TenantId,
    lead::{Answer, LeadState},
    returns::{Return, ReturnState},
    tenant::Mode,
};
use store::{AttemptRow, GivenBack, LeadStands, Outcome, OutcomeReceipt, Receipt, Record, StoreError};

/// How often a return is worked out anew when the lead moved meanwhile.
const TRIES: usize = 3;

/// Why a lead was not taken back.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum GiveBackError {
    /// The post did not bring the lead to the buyer, or it was given back before.
    #[error("the buyer does not have this lead (any more)")]
    NotTheirs,
    /// There is no money to give back.
    #[error("a test lead costs nothing and is not given back")]
    Test,
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Pipeline {
    /// Takes a lead back from the buyer that has it by the post of `decided`. The buyer gets back what it paid; the source
    /// loses its payout, or the part of it that depended on this buyer, unless it keeps it by its terms.
    ///
    /// # Errors
    /// [`GiveBackError`].
    pub async fn give_back(
        &self,
        tenant: TenantId,
        decided: Return,
        frees_caps: bool,
    ) -> Result<LeadState, GiveBackError> {
        let lead = decided.lead_id;
        for _ in 0..TRIES {
            let stands = self.0.store.tenant(tenant).lead_stands(lead).await?;
            if stands.mode == Mode::Test {
                return Err(GiveBackError::Test);
            }
            let theirs = |row: &&AttemptRow| row.id == decided.attempt_id && row.stands();
            let post = stands.attempts.iter().find(theirs).filter(|_| stands.state == LeadState::Sold);
            let Some(post) = post else { return Err(GiveBackError::NotTheirs) };
            let back = self.given_back(tenant, lead, &stands, post, decided.clone(), frees_caps);
            let state = back.outcome.state;
            let receipt = self.0.recorder.write(Record::Return(Box::new(back))).await?;
            if receipt == Receipt::Outcome(OutcomeReceipt::Done) {
                self.0.counters.give_back(tenant, &post.caps, post.paid.unwrap_or(post.price), frees_caps);
                // Nobody may be looking.
                let _ = self.0.live.send(LiveEvent { tenant, lead, state });
                return Ok(state);
            }
        }
        Err(GiveBackError::NotTheirs)
    }

    fn given_back(
        &self,
        tenant: TenantId,
        lead: LeadId,
        stands: &LeadStands,
        post: &AttemptRow,
        decided: Return,
        frees_caps: bool,
    ) -> GivenBack {
        let now = self.0.clock.now();
        let snapshot = self.snapshot();
        let campaign = snapshot.campaign_by_id(tenant, stands.campaign_id);
        let currency = campaign.map_or(Currency::USD, |campaign| campaign.campaign.currency);
        let money = |amount| Money { amount, currency };
        let source = snapshot.tenant(tenant).and_then(|tenant| tenant.sources.get(&stands.source_id));
        let paid = post.paid.unwrap_or(post.price);
        let before = (stands.revenue.unwrap_or_default(), stands.payout.unwrap_or_default());
        let revenue = before.0 - paid;
        let others: Vec<&AttemptRow> = stands.attempts.iter().filter(|row| row.id != post.id && row.stands()).collect();
        let payout = match source {
            Some(source) if source.keeps_payout => before.1,
            // What is paid for the others, by the terms of today, is kept; never more than was paid.
            Some(source) if !others.is_empty() => {
                let less = source.payout.of(before.0) - source.payout.of(revenue);
                (before.1 - less).clamp(Micros::ZERO, before.1)
            }
            None if !others.is_empty() => before.1,
            _ => Micros::ZERO,
        };
        let taken_back = before.1 - payout;
        let counted = stands.buyer_id == Some(post.buyer_id);
        let heir = others.first().filter(|_| counted);
        let state = if others.is_empty() { LeadState::Returned } else { LeadState::Sold };
        let reason = (state == LeadState::Returned).then_some(Reason::GivenBack);
        let fact = LeadFact {
            campaign: stands.campaign_id,
            source: stands.source_id,
            state,
            came: Some(stands.received_at),
            was: Some(stands.state),
            was_with: stands.buyer_id,
            back: Some(Back {
                buyer: post.buyer_id,
                contract: Some(post.contract_id),
                heir: heir.map(|row| row.buyer_id),
            }),
            copy: false,
            test: false,
            reason: None,
            buyer: Some(post.buyer_id),
            also: Vec::new(),
            revenue: -paid,
            payout: -taken_back,
            missed: None,
            contracts: Vec::new(),
        };
        let answer = Answer {
            lead_id: lead,
            status: state.public().to_owned(),
            reason,
            redirect_url: stands.redirect_url.clone(),
            payout: Some(money(payout)),
            duration_ms: stands.duration_ms.unwrap_or_default(),
            test: false,
        };
        let told = Told {
            tenant,
            lead,
            sequence: stands.changes + 1,
            state,
            reason,
            campaign: stands.campaign_id,
            source: stands.source_id,
            external_id: stands.external_id.as_deref(),
            tracking: &stands.tracking,
            revenue: Some(money(revenue)),
            payout: Some(money(payout)),
            buyer: Some((post.buyer_id, post.contract_id)),
            mode: stands.mode,
            at: now,
        };
        // A lead that others still have is told of again when it earns less now.
        let tells = state == LeadState::Returned || taken_back != Micros::ZERO;
        let outcome = Outcome {
            tenant_id: tenant,
            campaign_id: stands.campaign_id,
            source_id: stands.source_id,
            lead_id: lead,
            owner: self.0.me,
            state,
            reason,
            buyer_id: heir.map_or(stands.buyer_id, |row| Some(row.buyer_id)),
            contract_id: heir.map_or(stands.contract_id, |row| Some(row.contract_id)),
            revenue: Some(money(revenue)),
            payout: Some(money(payout)),
            answer: serde_json::to_string(&answer).ok(),
            redirect_url: None,
            duration_ms: None,
            trace: None,
            settles: Vec::new(),
            entries: ledger::returned((post.buyer_id, paid), stands.source_id, taken_back, currency),
            fact,
            event_id: EventId::from_bits(new_id(now)),
            at: now,
            config_version: snapshot.version(),
            jobs: if tells { outbox::jobs(&snapshot, &told) } else { Vec::new() },
        };
        let standing = others.iter().map(|row| row.id).chain([post.id]).collect();
        let decided = Return { state: ReturnState::Approved, decided_at: Some(now), ..decided };
        GivenBack { standing, frees_caps, decided, outcome }
    }
}
