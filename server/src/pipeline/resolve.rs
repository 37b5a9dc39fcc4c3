//! A post whose outcome was not known turns out to be accepted or refused: a person says so, or a late answer does.

use super::{
    LiveEvent, Pipeline,
    after::{self, After},
    outbox::{self, Told},
};
use crate::clock::new_id;
use exchange::{ledger, rollup::LeadFact};
use model::{
    AttemptId, EventId, LeadId, Micros, Money, Reason, TenantId,
    lead::{Answer, LeadState},
    source::Payout,
    tenant::Mode,
};
use store::{
    AttemptRow, AttemptState, LeadStands, Outcome, OutcomeReceipt, Receipt, Record, Resolution, Settle, StoreError,
};

/// How often a resolution is worked out anew when the lead moved meanwhile.
const TRIES: usize = 3;

/// What became of the post.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The buyer took the lead.
    Accepted {
        /// What it pays; none is what was reserved.
        paid: Option<Micros>,
    },
    /// The buyer did not take it.
    Rejected,
}

/// Why a post was not resolved.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
pub enum ResolveError {
    /// There is no such post, or its outcome is known already.
    #[error("this post is not in doubt (any more)")]
    NotInDoubt,
    /// The lead is being auctioned: whatever is said now would cross its outcome.
    #[error("the lead is being auctioned at this moment; say it again when that is over")]
    UnderWay,
    /// The store does not answer.
    #[error(transparent)]
    Store(#[from] StoreError),
}

impl Pipeline {
    /// Takes down what became of a post of unknown outcome, with its money. A lead that was sold to another meanwhile is
    /// then sold twice, which is what happened; the figures show both.
    ///
    /// # Errors
    /// [`ResolveError`].
    pub async fn resolve(
        &self,
        tenant: TenantId,
        lead: LeadId,
        attempt: AttemptId,
        verdict: Verdict,
    ) -> Result<LeadState, ResolveError> {
        for _ in 0..TRIES {
            let rows = self.0.store.tenant(tenant);
            let stands = rows.lead_stands(lead).await?;
            let in_doubt = |row: &&AttemptRow| row.id == attempt && row.state == AttemptState::Unknown;
            let Some(post) = stands.attempts.iter().find(in_doubt) else {
                return self.resolve_copy((tenant, lead), &stands, attempt, verdict).await;
            };
            if stands.state == LeadState::Processing {
                return Err(ResolveError::UnderWay);
            }
            let resolution = self.resolution(tenant, lead, &stands, post, verdict);
            let state = resolution.outcome.state;
            let receipt = self.0.recorder.write(Record::Resolution(Box::new(resolution))).await?;
            if receipt == Receipt::Outcome(OutcomeReceipt::Done) {
                match verdict {
                    Verdict::Accepted { paid } => {
                        self.0.counters.confirm(tenant, &post.caps, paid.unwrap_or(post.price));
                    }
                    Verdict::Rejected => self.0.counters.release(tenant, &post.caps),
                }
                self.0.after.notify_one();
                // Nobody may be looking.
                let _ = self.0.live.send(LiveEvent { tenant, lead, state });
                return Ok(state);
            }
        }
        Err(ResolveError::NotInDoubt)
    }

    fn resolution(
        &self,
        tenant: TenantId,
        lead: LeadId,
        stands: &LeadStands,
        post: &AttemptRow,
        verdict: Verdict,
    ) -> Resolution {
        let now = self.0.clock.now();
        let snapshot = self.snapshot();
        let campaign = snapshot.campaign_by_id(tenant, stands.campaign_id);
        let source = snapshot.tenant(tenant).and_then(|tenant| tenant.sources.get(&stands.source_id));
        // A source that is gone is owed nothing more.
        let payout = |revenue| source.map_or(Payout::Fixed(Micros::ZERO), |source| source.payout.clone()).of(revenue);
        let test = stands.mode == Mode::Test;
        // A lead that was given back meanwhile was sold as well: it stays where it is unless this buyer has it now.
        let sold = stands.state == LeadState::Sold;
        let back = stands.state == LeadState::Returned;
        let others = stands.attempts.iter().any(|row| row.id != post.id && row.state == AttemptState::Unknown);
        let before = (stands.revenue.unwrap_or_default(), stands.payout.unwrap_or_default());
        let (state, paid) = match verdict {
            Verdict::Accepted { paid } => (LeadState::Sold, Some(paid.unwrap_or(post.price))),
            Verdict::Rejected if sold || back => (stands.state, None),
            Verdict::Rejected if others => (LeadState::Unknown, None),
            Verdict::Rejected => (LeadState::Unsold, None),
        };
        let counted = paid.filter(|_| !test);
        let revenue = before.0 + counted.unwrap_or_default();
        // What a lead costs depends on all it brought.
        let pays = if counted.is_some() { payout(revenue) } else { before.1 };
        let more = pays - before.1;
        let currency = campaign.map_or(model::Currency::USD, |campaign| campaign.campaign.currency);
        let money = |amount| Money { amount, currency };
        let reason = match state {
            LeadState::Sold => None,
            LeadState::Unknown => Some(Reason::PostUnknown),
            LeadState::Returned => Some(Reason::GivenBack),
            _ => Some(Reason::AllRejected),
        };
        let fact = LeadFact {
            campaign: stands.campaign_id,
            source: stands.source_id,
            state,
            came: Some(stands.received_at),
            was: Some(stands.state),
            was_with: stands.buyer_id,
            back: None,
            copy: false,
            test,
            reason: reason.filter(|_| state != stands.state),
            buyer: counted.filter(|_| !sold).map(|_| post.buyer_id),
            also: counted.filter(|_| sold).map(|paid| (post.buyer_id, paid)).into_iter().collect(),
            revenue: counted.unwrap_or_default(),
            payout: more,
            missed: None,
            contracts: Vec::new(),
        };
        let first = sold || paid.is_none();
        let known = revenue != Micros::ZERO || counted.is_some() || sold || back;
        let answer = Answer {
            lead_id: lead,
            status: state.public().to_owned(),
            reason,
            redirect_url: stands.redirect_url.clone(),
            payout: known.then(|| money(pays)),
            duration_ms: stands.duration_ms.unwrap_or_default(),
            test,
        };
        let settle = Settle {
            attempt_id: post.id,
            lead_id: lead,
            contract_id: post.contract_id,
            state: if paid.is_some() { AttemptState::Accepted } else { AttemptState::Rejected },
            paid,
            reference: None,
            at: now,
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
            revenue: known.then(|| money(revenue)),
            payout: known.then(|| money(pays)),
            buyer: paid.map(|_| (post.buyer_id, post.contract_id)),
            mode: stands.mode,
            at: now,
        };
        // One buyer more is told as a sale again; a lead that stays where it was is not told.
        let tells = state != stands.state || paid.is_some();
        let follows = after::jobs(
            &snapshot,
            &After {
                tenant,
                campaign: stands.campaign_id,
                lead,
                round: stands.round,
                came: stands.received_at,
                state,
                reason,
                at: now,
            },
        );
        let outcome = Outcome {
            tenant_id: tenant,
            campaign_id: stands.campaign_id,
            source_id: stands.source_id,
            lead_id: lead,
            owner: self.0.me,
            state,
            reason,
            buyer_id: if first { stands.buyer_id } else { Some(post.buyer_id) },
            contract_id: if first { stands.contract_id } else { Some(post.contract_id) },
            revenue: known.then(|| money(revenue)),
            payout: known.then(|| money(pays)),
            answer: serde_json::to_string(&answer).ok(),
            redirect_url: None,
            duration_ms: None,
            trace: None,
            settles: vec![settle],
            entries: counted.map_or_else(Vec::new, |paid| {
                ledger::sales(&[(post.buyer_id, paid)], stands.source_id, more, currency)
            }),
            fact,
            event_id: EventId::from_bits(new_id(now)),
            at: now,
            config_version: snapshot.version(),
            jobs: if tells { outbox::jobs(&snapshot, &told).into_iter().chain(follows).collect() } else { Vec::new() },
        };
        Resolution { expected: stands.state, outcome }
    }
}
