//! Copies for silent contracts. A copy is sent once: its intent is durable before the first byte leaves, and an outcome that
//! is not known stays unknown until a person says what it was.

use super::{
    Pipeline,
    after::{LEASE_MS, Step},
    enter::trace_time,
    intake::Admitted,
    outbound::Failure,
    recover::admit,
    resolve::{ResolveError, Verdict as Said},
    run::{READ_DOUBT, converse},
    snapshot::{LiveContract, Slot},
    verdicts::{misconfigured, trace_us},
};
use crate::clock::new_id;
use connectors::PostReading;
use exchange::{
    after::{CameOut, Due, Permit, due, permit},
    caps::Demand,
    eligibility::{Facts, Reach},
    ledger,
    rollup::{ContractFact, LeadFact},
};
use model::{
    AttemptId, Currency, EventId, LeadId, Micros, Reason, TenantId,
    contract::ContractKind,
    lead::LeadState,
    mapping::Carried,
    tenant::Mode,
    trace::{CallTrace, Finding, Stage, Standing, Verdict},
};
use std::time::Duration;
use store::{
    AttemptState, Copied, CopyReceipt, CopyRow, LeadStands, NewCopy, OutcomeReceipt, Receipt, Record, StoreError,
    Unfinished,
};
use tokio::time::Instant;

/// A lead that has come out, opened for its copies.
struct Original<'a> {
    lead: &'a Unfinished,
    admitted: Admitted,
    state: LeadState,
}

/// How a copy came out.
struct End {
    state: AttemptState,
    paid: Option<Micros>,
    reference: Option<String>,
    verdict: Verdict,
}

impl Pipeline {
    /// Sends every silent contract of a lead's campaign its copy, when its turn has come.
    pub(super) async fn copy(&self, tenant: TenantId, lead: LeadId, out: CameOut) -> Result<Step, StoreError> {
        match self.0.store.tenant(tenant).whole_lead(lead).await {
            Err(StoreError::NotFound) => Ok(Step::Done),
            found => self.copy_of(&found?, out).await,
        }
    }

    pub(super) async fn copy_of(&self, lead: &Unfinished, out: CameOut) -> Result<Step, StoreError> {
        let earlier = self.0.store.tenant(lead.tenant_id).copies(lead.lead_id).await?;
        let mut step = Step::Done;
        for row in earlier.iter().filter(|row| row.state == Some(AttemptState::Open)) {
            // Whoever sent it is at it still, or died: then nobody knows what became of it.
            let until = row.at.plus_millis(LEASE_MS);
            if self.0.clock.now() < until {
                step = Step::Later(until);
            } else {
                self.lost_sight(lead, row).await?;
            }
        }
        // Its person is forgotten, or its campaign is gone: there is nothing to send.
        let Some(admitted) = admit(self, lead) else { return Ok(step) };
        let original = Original { lead, admitted, state: out.state };
        let sent =
            |slot: &&Slot| earlier.iter().any(|row| row.contract_id == slot.contract().id && row.state.is_some());
        let slots = original.admitted.campaign.slots.iter();
        let silent = slots.filter(|slot| slot.contract().kind == ContractKind::Silent && !sent(slot));
        let all = futures::future::join_all(silent.map(|slot| self.copy_to(&original, slot, out))).await;
        all.into_iter().collect::<Result<(), _>>()?;
        Ok(step)
    }

    async fn copy_to(&self, original: &Original<'_>, slot: &Slot, out: CameOut) -> Result<(), StoreError> {
        let found = match due(slot.contract().silent_on, out) {
            Due::Waits => return Ok(()),
            Due::Never(finding) => vec![finding],
            Due::Now => match slot.live() {
                None => vec![misconfigured(slot.faults())],
                Some(live) => match self.permitted(original, live) {
                    Ok(permit) => return self.send_copy(original, slot, live, &permit).await,
                    Err(found) => found,
                },
            },
        };
        self.write_against(original, slot, found).await
    }

    /// By the rules of every contract, as things stand now.
    fn permitted(&self, original: &Original<'_>, live: &LiveContract) -> Result<Permit, Vec<Finding>> {
        let admitted = &original.admitted;
        let tenant = admitted.caller.tenant_id;
        let facts = Facts {
            lead: &admitted.lead,
            source: &admitted.source,
            now: admitted.started_at,
            campaign_active: admitted.campaign.campaign.active,
            sold: &[],
            duplicates: &admitted.campaign.campaign.duplicates,
            counter: &|key| self.0.counters.get(tenant, key),
        };
        let reach = Reach::of(admitted.caller.mode, &live.compiled).map_err(|unreachable| vec![unreachable])?;
        permit(reach, &facts)
    }

    /// Writes down why a contract gets none.
    async fn write_against(&self, original: &Original<'_>, slot: &Slot, found: Vec<Finding>) -> Result<(), StoreError> {
        let verdict = Verdict { findings: found, ..blank(slot, Standing::Excluded) };
        let now = self.0.clock.now();
        let fact = original.fact(&verdict, Micros::ZERO);
        let against = Some((EventId::from_bits(new_id(now)), fact));
        let copy = NewCopy { against, ..original.new_copy(self, slot, &verdict)? };
        self.0.recorder.write(Record::Copy(Box::new(copy))).await.map(|_| ())
    }

    /// Reserves, sends, and writes down what became of it.
    async fn send_copy(
        &self,
        original: &Original<'_>,
        slot: &Slot,
        live: &LiveContract,
        permit: &Permit,
    ) -> Result<(), StoreError> {
        let admitted = &original.admitted;
        let tenant = admitted.caller.tenant_id;
        let now = self.0.clock.now();
        // The copy of a test lead uses up nothing.
        let demands: Vec<Demand> = match admitted.caller.mode {
            Mode::Live => live.compiled.demands(now, permit.price(), &admitted.lead, admitted.source.id),
            Mode::Test => Vec::new(),
        };
        let waiting = Verdict { price: Some(permit.price()), ..blank(slot, Standing::Waiting) };
        let copy =
            NewCopy { demands: demands.clone(), price: permit.price(), ..original.new_copy(self, slot, &waiting)? };
        let id = copy.copy_id;
        match self.0.recorder.write(Record::Copy(Box::new(copy))).await? {
            Receipt::Copy(CopyReceipt::Reserved) => {}
            Receipt::Copy(CopyReceipt::CapFull { demand, counter }) => {
                self.0.counters.learn(tenant, demand.key, counter);
                return self.write_against(original, slot, vec![demand.finding(Stage::Post, &counter)]).await;
            }
            // Another worker was there first.
            _ => return Ok(()),
        }
        self.0.counters.hold(tenant, &demands);
        let end = self.post_copy(original, live, (id, permit), waiting).await;
        match end.paid {
            Some(paid) => self.0.counters.confirm(tenant, &demands, paid),
            None if end.state == AttemptState::Unknown => {}
            None => self.0.counters.release(tenant, &demands),
        }
        let live_lead = admitted.caller.mode == Mode::Live;
        let paid = end.paid.filter(|_| live_lead).unwrap_or_default();
        let at = self.0.clock.now();
        let copied = Copied {
            tenant_id: tenant,
            lead_id: original.lead.lead_id,
            copy_id: id,
            state: end.state,
            paid: end.paid,
            reference: end.reference,
            at,
            verdict: Some(text(&end.verdict)?),
            entries: ledger::copied(live.compiled.buyer.id, paid, admitted.campaign.campaign.currency),
            fact: original.fact(&end.verdict, paid),
            event_id: EventId::from_bits(new_id(at)),
            config_version: admitted.campaign.version,
        };
        self.0.recorder.write(Record::Copied(Box::new(copied))).await.map(|_| ())
    }

    /// Sends the full record and reads the answer.
    async fn post_copy(
        &self,
        original: &Original<'_>,
        live: &LiveContract,
        (id, permit): (AttemptId, &Permit),
        waiting: Verdict,
    ) -> End {
        let admitted = &original.admitted;
        let request = {
            let view = admitted.lead.copy_view(&admitted.meta, permit);
            live.post.call.post(&view, &Carried::default())
        };
        let began = Instant::now();
        let limit = live.post.timeout + Duration::from_micros(READ_DOUBT);
        let result = match request {
            Ok(request) => tokio::select! {
                result = converse(&self.0.outbound, &live.post, request.known_as(&id.to_string()), limit) => result,
                // The server stops: what became of it is not known.
                () = self.0.stop.cancelled() => Err(Failure::TimedOut),
            },
            Err(_) => Err(Failure::NotSent(Reason::Misconfigured)),
        };
        let took = u64::try_from(began.elapsed().as_micros()).unwrap_or(u64::MAX);
        self.note_post(result.as_ref().err().copied(), took);
        let status = result.as_ref().ok().map(|(status, _)| *status);
        let (said, reference) = words(&result);
        let redact = |text: String| admitted.lead.redact(&text);
        let (state, standing, reason) = outcome(&result);
        // A copy has its price by the contract, whatever is answered.
        let paid = (state == AttemptState::Accepted).then_some(permit.price());
        let reference = reference.map(redact);
        let call = CallTrace {
            start_us: 0,
            took_us: trace_us(took.min(trace_time(limit))),
            status,
            said: said.map(redact),
            reference: reference.clone(),
        };
        let findings = reason.map(|reason| Finding::plain(Stage::Post, reason)).into_iter().collect();
        End { state, paid, reference, verdict: Verdict { standing, findings, post: Some(call), ..waiting } }
    }

    /// Takes down that nobody knows what became of a copy whose server died.
    async fn lost_sight(&self, lead: &Unfinished, row: &CopyRow) -> Result<(), StoreError> {
        let found = vec![Finding::plain(Stage::Post, Reason::PostUnknown)];
        let verdict = Verdict { standing: Standing::Unknown, findings: found, ..row.verdict.clone() };
        let (at, test) = (self.0.clock.now(), lead.mode == Mode::Test);
        let whose = Whose {
            campaign: lead.campaign_id,
            source: lead.source_id,
            state: lead.state,
            came: lead.received_at,
            test,
        };
        let copied = Copied {
            tenant_id: lead.tenant_id,
            lead_id: lead.lead_id,
            copy_id: row.id,
            state: AttemptState::Unknown,
            paid: None,
            reference: None,
            at,
            verdict: Some(text(&verdict)?),
            entries: Vec::new(),
            fact: whose.fact(&verdict, Micros::ZERO),
            event_id: EventId::from_bits(new_id(at)),
            config_version: self.snapshot().version(),
        };
        self.0.recorder.write(Record::Copied(Box::new(copied))).await.map(|_| ())
    }

    /// Takes down what a person says became of a copy in doubt. The lead stays where it is.
    pub(super) async fn resolve_copy(
        &self,
        (tenant, lead): (TenantId, LeadId),
        stands: &LeadStands,
        attempt: AttemptId,
        said: Said,
    ) -> Result<LeadState, ResolveError> {
        let copies = self.0.store.tenant(tenant).copies(lead).await?;
        let in_doubt = |row: &&CopyRow| row.id == attempt && row.state == Some(AttemptState::Unknown);
        let row = copies.iter().find(in_doubt).ok_or(ResolveError::NotInDoubt)?;
        let (state, standing, paid) = match said {
            Said::Accepted { paid } => (AttemptState::Accepted, Standing::Copied, Some(paid.unwrap_or(row.price))),
            Said::Rejected => (AttemptState::Rejected, Standing::Rejected, None),
        };
        let (at, test) = (self.0.clock.now(), stands.mode == Mode::Test);
        let counted = paid.filter(|_| !test).unwrap_or_default();
        let snapshot = self.snapshot();
        let campaign = snapshot.campaign_by_id(tenant, stands.campaign_id);
        let currency = campaign.map_or(Currency::USD, |campaign| campaign.campaign.currency);
        let verdict =
            Verdict { standing, findings: Vec::new(), price: paid.or(row.verdict.price), ..row.verdict.clone() };
        let whose = Whose {
            campaign: stands.campaign_id,
            source: stands.source_id,
            state: stands.state,
            came: stands.received_at,
            test,
        };
        let copied = Copied {
            tenant_id: tenant,
            lead_id: lead,
            copy_id: row.id,
            state,
            paid,
            reference: None,
            at,
            verdict: Some(text(&verdict).map_err(ResolveError::Store)?),
            entries: ledger::copied(row.buyer_id, counted, currency),
            fact: whose.fact(&verdict, counted),
            event_id: EventId::from_bits(new_id(at)),
            config_version: snapshot.version(),
        };
        let receipt = self.0.recorder.write(Record::Copied(Box::new(copied))).await?;
        if receipt != Receipt::Outcome(OutcomeReceipt::Done) {
            return Err(ResolveError::NotInDoubt);
        }
        match paid {
            Some(paid) => self.0.counters.confirm(tenant, &row.caps, paid),
            None => self.0.counters.release(tenant, &row.caps),
        }
        Ok(stands.state)
    }
}

/// What became of it, in the words of the store and of the lead's page, and why.
fn outcome(result: &Result<(u16, PostReading), Failure>) -> (AttemptState, Standing, Option<Reason>) {
    match result {
        Ok((_, PostReading::Accepted { .. })) => (AttemptState::Accepted, Standing::Copied, None),
        Ok((_, PostReading::Rejected { reason, .. })) => (AttemptState::Rejected, Standing::Rejected, Some(*reason)),
        Err(Failure::NotSent(reason)) => {
            let reason = if *reason == Reason::Unreachable { Reason::NotSent } else { *reason };
            (AttemptState::NotSent, Standing::Failed, Some(reason))
        }
        Ok((_, PostReading::Pending { .. } | PostReading::Unclear { .. })) | Err(Failure::Lost | Failure::TimedOut) => {
            (AttemptState::Unknown, Standing::Unknown, Some(Reason::PostUnknown))
        }
    }
}

/// The buyer's words, and its id for the lead.
fn words(result: &Result<(u16, PostReading), Failure>) -> (Option<String>, Option<String>) {
    match result {
        Ok((_, PostReading::Accepted { reference, .. } | PostReading::Pending { reference })) => {
            (None, reference.clone())
        }
        Ok((_, PostReading::Rejected { said, .. })) => (said.clone(), None),
        Ok((_, PostReading::Unclear { why })) => (Some(why.clone()), None),
        Err(_) => (None, None),
    }
}

fn text(verdict: &Verdict) -> Result<String, StoreError> {
    serde_json::to_string(verdict).map_err(|error| StoreError::Broken(error.to_string()))
}

fn blank(slot: &Slot, standing: Standing) -> Verdict {
    let (contract, buyer) = (slot.contract(), slot.buyer());
    Verdict {
        contract_id: contract.id,
        contract: contract.name.clone(),
        buyer_id: buyer.id,
        buyer: buyer.name.clone(),
        kind: contract.kind,
        standing,
        findings: Vec::new(),
        price: None,
        rank: None,
        ping: None,
        post: None,
    }
}

impl Original<'_> {
    fn new_copy(&self, pipeline: &Pipeline, slot: &Slot, verdict: &Verdict) -> Result<NewCopy, StoreError> {
        let now = pipeline.0.clock.now();
        Ok(NewCopy {
            tenant_id: self.admitted.caller.tenant_id,
            campaign_id: self.admitted.campaign.campaign.id,
            lead_id: self.lead.lead_id,
            copy_id: AttemptId::from_bits(new_id(now)),
            contract_id: slot.contract().id,
            buyer_id: slot.buyer().id,
            price: Micros::ZERO,
            demands: Vec::new(),
            at: now,
            verdict: text(verdict)?,
            against: None,
        })
    }

    fn fact(&self, verdict: &Verdict, paid: Micros) -> LeadFact {
        let test = self.admitted.caller.mode == Mode::Test;
        let (campaign, source) = (self.admitted.campaign.campaign.id, self.admitted.source.id);
        Whose { campaign, source, state: self.state, came: self.lead.received_at, test }.fact(verdict, paid)
    }
}

/// Whose copy it is.
struct Whose {
    campaign: model::CampaignId,
    source: model::SourceId,
    state: LeadState,
    came: model::Timestamp,
    test: bool,
}

impl Whose {
    /// What figures count of a copy: it changes nothing about its lead.
    fn fact(&self, verdict: &Verdict, paid: Micros) -> LeadFact {
        LeadFact {
            campaign: self.campaign,
            source: self.source,
            state: self.state,
            came: Some(self.came),
            was: Some(self.state),
            was_with: None,
            back: None,
            copy: true,
            test: self.test,
            reason: None,
            buyer: Some(verdict.buyer_id),
            also: Vec::new(),
            revenue: paid,
            payout: Micros::ZERO,
            missed: None,
            contracts: vec![ContractFact {
                buyer: verdict.buyer_id,
                contract: Some(verdict.contract_id),
                bid: None,
                standing: verdict.standing,
                pinged: false,
                reasons: verdict.findings.iter().map(|finding| (finding.stage, finding.reason)).collect(),
                ping_us: None,
                post_us: None,
            }],
        }
    }
}
