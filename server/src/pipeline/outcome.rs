//! The end of an auction: outcome, ledger, figures and trace in one durable record, and then the answer.

use super::{
    LiveEvent,
    run::{Ended, Run},
    verdicts::{facts, trace_us, verdicts},
};
use crate::clock::new_id;
use exchange::{auction::Decision, ledger, rollup::LeadFact};
use model::{
    BuyerId, ContractId, EventId, Micros, Money, Reason,
    lead::{Answer, LeadState},
    tenant::Mode,
    trace::Trace,
};
use store::{AttemptState, Outcome, OutcomeReceipt, Receipt, Record};

/// What an outcome means for lead and money.
struct Result {
    state: LeadState,
    reason: Option<Reason>,
    buyer: Option<(BuyerId, ContractId)>,
    revenue: Option<Micros>,
}

impl Run {
    /// Writes the outcome; when it is durable, says what the source is told.
    pub(super) async fn finish(&mut self, decision: Decision) -> Ended {
        if let Err(ended) = self.durable().await {
            return ended;
        }
        let result = self.result(decision);
        let answer = self.answer(&result);
        let outcome = self.outcome(&result, &answer);
        let lead = self.admitted.meta.lead_id;
        match self.pipeline.0.recorder.write(Record::Outcome(Box::new(outcome))).await {
            Ok(Receipt::Outcome(OutcomeReceipt::Done)) => {}
            Ok(_) => {
                tracing::warn!(%lead, "another server has taken this lead over");
                return Ended::Unavailable;
            }
            Err(error) => {
                tracing::error!(%error, %lead, "an outcome could not be stored; the lead is taken up again at the next start");
                return Ended::Unavailable;
            }
        }
        self.settles.clear();
        if self.told.replace(result.state).is_none() {
            self.pipeline.0.stats.took.record(self.elapsed());
        }
        self.pipeline.0.stats.ended(result.state);
        // Nobody may be looking.
        let _ = self.pipeline.0.live.send(LiveEvent { tenant: self.tenant_id(), lead, state: result.state });
        Ended::Answered(answer)
    }

    /// What a source is told that does not wait.
    pub(super) fn pending(&self) -> Answer {
        Answer {
            lead_id: self.admitted.meta.lead_id,
            status: LeadState::Processing.public().to_owned(),
            reason: None,
            redirect_url: None,
            payout: None,
            duration_ms: trace_us(self.elapsed() / 1000),
            test: self.admitted.caller.mode == Mode::Test,
        }
    }

    fn result(&mut self, decision: Decision) -> Result {
        match decision {
            Decision::Sold { entrant, revenue } => {
                self.settle(AttemptState::Accepted, Some(revenue));
                let buyer = Some(self.party(entrant));
                Result { state: LeadState::Sold, reason: None, buyer, revenue: Some(revenue) }
            }
            Decision::Unknown { .. } => {
                Result { state: LeadState::Unknown, reason: Some(Reason::PostUnknown), buyer: None, revenue: None }
            }
            Decision::Unsold { reason } => {
                let (state, reason) = self.why_unsold(reason);
                Result { state, reason: Some(reason), buyer: None, revenue: None }
            }
        }
    }

    /// A lead is a duplicate when nothing but earlier sales kept some contract from being asked.
    fn why_unsold(&self, reason: Reason) -> (LeadState, Reason) {
        let duplicate = |r: Reason| matches!(r, Reason::DuplicateSameBuyer | Reason::DuplicateCrossBuyer);
        let only_sold_before = |page: &super::verdicts::Page| {
            page.entrant.is_none() && !page.excluded.is_empty() && page.excluded.iter().all(|f| duplicate(f.reason))
        };
        match reason {
            Reason::NoEligibleBuyer if self.pages.is_empty() => (LeadState::Unsold, Reason::NoContracts),
            Reason::NoEligibleBuyer if self.pages.iter().any(only_sold_before) => {
                (LeadState::Duplicate, Reason::DuplicateLead)
            }
            reason => (LeadState::Unsold, reason),
        }
    }

    fn party(&self, entrant: usize) -> (BuyerId, ContractId) {
        let contract = self.admitted.campaign.slots[self.slots[entrant]].contract();
        (contract.buyer_id, contract.id)
    }

    fn money(&self, amount: Micros) -> Money {
        Money { amount, currency: self.admitted.campaign.campaign.currency }
    }

    fn answer(&self, result: &Result) -> Answer {
        let fallback = &self.admitted.campaign.campaign.fallback_url;
        let bought = self.redirect.as_ref().filter(|_| result.state == LeadState::Sold);
        Answer {
            lead_id: self.admitted.meta.lead_id,
            status: result.state.public().to_owned(),
            reason: result.reason,
            redirect_url: Some(bought.unwrap_or(fallback).clone()),
            payout: result.revenue.map(|revenue| self.money(self.admitted.source.payout.of(revenue))),
            duration_ms: trace_us(self.elapsed() / 1000),
            test: self.admitted.caller.mode == Mode::Test,
        }
    }

    fn outcome(&self, result: &Result, answer: &Answer) -> Outcome {
        let now = self.pipeline.0.clock.now();
        let now_us = trace_us(self.elapsed());
        let campaign = &self.admitted.campaign.campaign;
        let source = self.admitted.source.id;
        let verdicts = verdicts(&self.admitted.campaign, &self.pages, &self.machine, now_us);
        // The money of a test lead is not money.
        let revenue = result.revenue.filter(|_| self.admitted.caller.mode == Mode::Live);
        let payout = revenue.map(|revenue| self.admitted.source.payout.of(revenue));
        let fact = LeadFact {
            campaign: campaign.id,
            source,
            state: result.state,
            was: self.told,
            test: self.admitted.caller.mode == Mode::Test,
            reason: result.reason,
            buyer: result.buyer.map(|(buyer, _)| buyer),
            revenue: revenue.unwrap_or_default(),
            payout: payout.unwrap_or_default(),
            // An earlier outcome of this lead has counted them.
            contracts: if self.told.is_some() { Vec::new() } else { facts(&verdicts) },
        };
        let entries = match (result.buyer, revenue, payout) {
            (Some((buyer, _)), Some(revenue), Some(payout)) => {
                ledger::sale(buyer, source, revenue, payout, campaign.currency).to_vec()
            }
            _ => Vec::new(),
        };
        let trace = Trace {
            started_at: self.admitted.started_at,
            deadline_ms: campaign.auction.deadline_ms,
            decided_us: self.machine.decided_at().map(trace_us),
            done_us: now_us,
            floor: self.machine.auction().floor,
            steps: self.steps.clone(),
            verdicts,
        };
        Outcome {
            tenant_id: self.tenant_id(),
            campaign_id: campaign.id,
            source_id: source,
            lead_id: self.admitted.meta.lead_id,
            owner: self.pipeline.0.me,
            state: result.state,
            reason: result.reason,
            buyer_id: result.buyer.map(|(buyer, _)| buyer),
            contract_id: result.buyer.map(|(_, contract)| contract),
            revenue: revenue.map(|amount| self.money(amount)),
            payout: payout.map(|amount| self.money(amount)),
            answer: serde_json::to_string(answer).ok(),
            redirect_url: answer.redirect_url.clone(),
            duration_ms: Some(answer.duration_ms),
            trace: serde_json::to_string(&trace).ok(),
            settles: self.settles.clone(),
            entries,
            fact,
            event_id: EventId::from_bits(new_id(now)),
            at: now,
            jobs: Vec::new(),
            config_version: self.admitted.campaign.version,
        }
    }
}
