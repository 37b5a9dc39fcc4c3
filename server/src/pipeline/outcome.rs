//! The end of an auction: outcome, ledger, figures and trace in one durable record, and then the answer.

use super::{
    LiveEvent,
    missed::Learned,
    run::{Ended, Run, competing},
    verdicts::{facts, trace_us, verdicts},
};
use crate::clock::new_id;
use exchange::{
    auction::{Decision, Sale, unsold},
    ledger,
    rollup::LeadFact,
};
use model::{
    BuyerId, ContractId, EventId, Micros, Money, Reason,
    lead::{Answer, LeadState},
    tenant::Mode,
    trace::{OwnStep, Trace},
};
use store::{Outcome, OutcomeReceipt, Receipt, Record, Traced};

/// What an outcome means for lead and money.
struct Result {
    state: LeadState,
    reason: Option<Reason>,
    /// Who bought it, for how much; the first is the one the lead is said to be sold to.
    sales: Vec<Bought>,
    /// What a post in doubt brings if it turns out to be accepted.
    doubt: Option<Micros>,
}

/// One sale.
#[derive(Clone, Copy)]
struct Bought {
    entrant: usize,
    buyer: BuyerId,
    contract: ContractId,
    paid: Micros,
}

impl Result {
    fn revenue(&self) -> Option<Micros> {
        (!self.sales.is_empty()).then(|| self.sales.iter().map(|sale| sale.paid).sum())
    }

    /// What the lead brings, in doubt or not.
    fn brought(&self) -> Micros {
        self.revenue().or(self.doubt).unwrap_or_default()
    }
}

impl Run {
    /// Writes the outcome; when it is durable, says what the source is told.
    pub(super) async fn finish(&mut self, decision: Decision) -> Ended {
        let mut result = self.result(decision);
        let came_out = (result.state, result.reason);
        let before = &self.admitted.before;
        let stays = before.stays(self.told, result.state);
        if stays {
            (result.state, result.reason) = (LeadState::Unsold, before.reason);
        }
        let answer = self.answer(&result);
        let mut outcome = self.outcome(&result, &answer);
        outcome.jobs = self.and_after(outcome.jobs, came_out, outcome.at);
        if stays {
            // Its source was told that already, in the words that are stored.
            (outcome.answer, outcome.redirect_url, outcome.duration_ms) = (None, None, None);
            outcome.fact.reason = None;
        }
        let lead = self.admitted.meta.lead_id;
        let learned = Learned::of(&outcome.fact);
        match self.write(Record::Outcome(Box::new(outcome))).await {
            Ok(Receipt::Outcome(OutcomeReceipt::Done)) => self.learn(learned),
            Ok(_) => {
                tracing::warn!(%lead, "another server has taken this lead over");
                return Ended::Unavailable;
            }
            // It is taken up again, by this server or the next.
            Err(ended) => return ended,
        }
        self.settles.clear();
        (self.said, self.changes) = (true, self.changes.saturating_add(1));
        self.pipeline.0.after.notify_one();
        if self.told.replace(result.state).is_none() {
            self.pipeline.0.stats.took.record(self.elapsed());
        }
        if !stays {
            self.pipeline.0.stats.ended(result.state);
        }
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
            Decision::Sold { sales } => {
                let sales = sales.iter().map(|sale| self.bought(*sale)).collect();
                Result { state: LeadState::Sold, reason: None, sales, doubt: None }
            }
            Decision::Unknown { entrant } => Result {
                state: LeadState::Unknown,
                reason: Some(Reason::PostUnknown),
                sales: Vec::new(),
                doubt: self.machine.price(entrant),
            },
            Decision::Unsold { reason } => {
                let (state, reason) = self.why_unsold(reason);
                Result { state, reason: Some(reason), sales: Vec::new(), doubt: None }
            }
        }
    }

    pub(super) fn why_unsold(&self, reason: Reason) -> (LeadState, Reason) {
        let excluded = self.pages.iter().filter(|page| page.entrant.is_none());
        unsold(reason, competing(&self.admitted), excluded.map(|page| page.excluded.as_slice()))
    }

    fn bought(&self, Sale { entrant, revenue }: Sale) -> Bought {
        let contract = self.admitted.campaign.slots[self.slots[entrant]].contract();
        Bought { entrant, buyer: contract.buyer_id, contract: contract.id, paid: revenue }
    }

    fn money(&self, amount: Micros) -> Money {
        Money { amount, currency: self.admitted.campaign.campaign.currency }
    }

    fn answer(&self, result: &Result) -> Answer {
        let before = &self.admitted.before;
        let fallback = Some(&self.admitted.campaign.campaign.fallback_url).filter(|url| !url.is_empty());
        let named = |sale: &Bought| self.redirects.iter().find(|(entrant, _)| *entrant == sale.entrant);
        // The best payer that names one.
        let bought = result.sales.iter().find_map(named).map(|(_, redirect)| redirect);
        Answer {
            lead_id: self.admitted.meta.lead_id,
            status: result.state.public().to_owned(),
            reason: result.reason,
            // A consumer that was sent somewhere is there already.
            redirect_url: before.redirect_url.as_ref().or(bought).or(fallback).cloned(),
            payout: result.revenue().map(|revenue| self.money(self.admitted.source.payout.of(revenue))),
            duration_ms: before.duration_ms.unwrap_or_else(|| trace_us(self.elapsed() / 1000)),
            test: self.admitted.caller.mode == Mode::Test,
        }
    }

    /// What looking ahead would have done, where somebody wants to know and it is something else.
    fn advice(&self) -> Option<OwnStep> {
        let name = |index: &usize| self.admitted.campaign.slots[self.slots[*index]].buyer().name.clone();
        let order = self.machine.advice()?.iter().map(name).collect::<Vec<_>>().join(", then ");
        let start_us = self.machine.decided_at().map(trace_us).unwrap_or_default();
        let note = format!("looking ahead would have posted to {order}");
        Some(OwnStep { name: "advice".to_owned(), start_us, took_us: 0, note })
    }

    fn outcome(&self, result: &Result, answer: &Answer) -> Outcome {
        let now = self.pipeline.0.clock.now();
        let now_us = trace_us(self.elapsed());
        let campaign = &self.admitted.campaign.campaign;
        let source = self.admitted.source.id;
        let verdicts = verdicts(&self.admitted.campaign, &self.pages, &self.machine, now_us);
        // The money of a test lead is not money.
        let live = self.admitted.caller.mode == Mode::Live;
        let revenue = result.revenue().filter(|_| live);
        let first = result.sales.first();
        let payout = revenue.map(|revenue| self.admitted.source.payout.of(revenue));
        let fact = LeadFact {
            campaign: campaign.id,
            source,
            state: result.state,
            came: Some(self.admitted.before.came),
            was: self.told,
            was_with: None,
            back: None,
            copy: false,
            test: !live,
            reason: result.reason,
            buyer: first.map(|sale| sale.buyer),
            also: result.sales.iter().skip(1).filter(|_| live).map(|sale| (sale.buyer, sale.paid)).collect(),
            revenue: revenue.unwrap_or_default(),
            payout: payout.unwrap_or_default(),
            missed: self.missed_change(&verdicts, self.money(result.brought())),
            // An earlier outcome of this auction has counted them.
            contracts: if self.said { Vec::new() } else { facts(&verdicts) },
        };
        let paid: Vec<_> = result.sales.iter().map(|sale| (sale.buyer, sale.paid)).collect();
        let entries = payout.map_or_else(Vec::new, |payout| ledger::sales(&paid, source, payout, campaign.currency));
        let mut steps = self.steps.clone();
        steps.extend(self.advice());
        let trace = Trace {
            started_at: self.admitted.started_at,
            deadline_ms: campaign.auction.deadline_ms,
            decided_us: self.machine.decided_at().map(trace_us),
            done_us: now_us,
            floor: self.machine.auction().floor,
            steps,
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
            buyer_id: first.map(|sale| sale.buyer),
            contract_id: first.map(|sale| sale.contract),
            revenue: revenue.map(|amount| self.money(amount)),
            payout: payout.map(|amount| self.money(amount)),
            answer: serde_json::to_string(answer).ok(),
            redirect_url: answer.redirect_url.clone(),
            duration_ms: Some(answer.duration_ms),
            trace: serde_json::to_string(&trace).ok().map(|doc| Traced { doc, tape: self.machine.tape().to_vec() }),
            settles: self.settles.clone(),
            entries,
            fact,
            event_id: EventId::from_bits(new_id(now)),
            at: now,
            jobs: self.outbox(
                (result.state, result.reason),
                first.map(|sale| (sale.buyer, sale.contract)),
                (revenue.map(|amount| self.money(amount)), payout.map(|amount| self.money(amount))),
                now,
            ),
            config_version: self.admitted.campaign.version,
        }
    }
}
