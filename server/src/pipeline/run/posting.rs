//! Posting: the reservation, the full record, its answer, and what becomes of the reservation.

use super::{Ended, Heard, Posting, READ_DOUBT, Run, elapsed};
use crate::{
    clock::new_id,
    pipeline::{
        Pipeline,
        enter::trace_time,
        outbound::{Failure, Outbound, Reply},
        snapshot::{Endpoint, LiveContract},
        verdicts::{Seen, trace_us},
    },
};
use connectors::{PostReading, Request, Unsendable};
use exchange::{
    auction::{Award, Command, Elapsed, Event},
    caps::Demand,
    eligibility::duplicates,
};
use model::{
    AttemptId, ContractId, LeadId, Micros, Reason,
    contract::Sharing,
    mapping::PostPrice,
    tenant::Mode,
    trace::{Finding, Stage},
};
use std::{sync::Arc, time::Duration};
use store::{AttemptState, Intent, IntentReceipt, Receipt, Record, Settle};
use tokio::time::Instant;

impl Run {
    /// Reserves, then sends the full record. What comes back at once is what the machine says to a withheld post.
    pub(super) async fn post(&mut self, award: &Award) -> Result<Vec<Command>, Ended> {
        let entrant = award.entrant();
        let slot = self.slots[entrant];
        let campaign = Arc::clone(&self.admitted.campaign);
        let Some(contract) = campaign.slots[slot].live() else { return Err(Ended::Unavailable) };
        if award.again() {
            self.send(award, contract);
            return Ok(Vec::new());
        }
        let (intent, demands) = self.intent(award, contract);
        let attempt = intent.attempt_id;
        match self.write(Record::Intent(Box::new(intent))).await? {
            Receipt::Intent(IntentReceipt::Reserved) => {}
            Receipt::Intent(withheld) => {
                let Some(finding) = self.withheld(&withheld) else { return Err(Ended::Unavailable) };
                return Ok(self.machine.step(self.elapsed(), Event::PostWithheld { entrant, finding }));
            }
            _ => return Err(Ended::Unavailable),
        }
        self.pipeline.0.counters.hold(self.tenant_id(), &demands);
        let contract_id = award.contract();
        let (give_up_at, in_doubt) = (award.give_up_at(), false);
        let posting = Posting { entrant, attempt, contract: contract_id, demands, give_up_at, in_doubt, sending: 0 };
        self.postings.push(posting);
        self.send(award, contract);
        Ok(Vec::new())
    }

    /// Sends the full record to a buyer whose place is reserved.
    fn send(&mut self, award: &Award, contract: &LiveContract) {
        let entrant = award.entrant();
        let slot = self.slots[entrant];
        let request = {
            let view = self.admitted.lead.post_view(&self.admitted.meta, award);
            contract.post.call.post(&view, &self.carried[entrant])
        };
        let start = self.elapsed();
        let give_up_at = award.give_up_at().max(start + trace_time(contract.post.timeout));
        let Some(posting) = self.postings.iter_mut().find(|posting| posting.entrant == entrant) else { return };
        let request = request.map(|request| request.known_as(&posting.attempt.to_string()));
        posting.give_up_at = give_up_at;
        posting.in_doubt = false;
        posting.sending += 1;
        let sending = posting.sending;
        self.pages[slot].post = Some(Seen::begun(trace_us(start), trace_us(give_up_at)));
        let (pipeline, heard) = (self.pipeline.clone(), self.heard.0.clone());
        let campaign = Arc::clone(&self.admitted.campaign);
        tokio::spawn(async move {
            let Some(live) = campaign.slots[slot].live() else { return };
            let began = Instant::now();
            let limit = Duration::from_micros(give_up_at.saturating_sub(start) + READ_DOUBT);
            let result = match request {
                Ok(request) => converse(&pipeline.0.outbound, &live.post, request, limit).await,
                // The reservation is given back as for a buyer that could not be reached.
                Err(Unsendable) => Err(Failure::NotSent(Reason::Misconfigured)),
            };
            let took = elapsed(began);
            pipeline.note_post(result.as_ref().err().copied(), took);
            let _ = heard.send(Heard::Post { entrant, sending, took, result });
        });
    }

    fn intent(&mut self, award: &Award, contract: &LiveContract) -> (Intent, Vec<Demand>) {
        let now = self.pipeline.0.clock.now();
        let caller = &self.admitted.caller;
        // A test lead uses up nothing and marks nobody as sold.
        let demands: Vec<Demand> = match caller.mode {
            Mode::Live => contract.compiled.demands(now, award.price(), &self.admitted.lead, self.admitted.source.id),
            Mode::Test => Vec::new(),
        };
        let windows = &self.admitted.campaign.campaign.duplicates;
        let intent = Intent {
            tenant_id: caller.tenant_id,
            campaign_id: self.admitted.campaign.campaign.id,
            lead_id: self.admitted.meta.lead_id,
            attempt_id: AttemptId::from_bits(new_id(now)),
            contract_id: award.contract(),
            buyer_id: contract.compiled.buyer.id,
            ordinal: award.ordinal(),
            price: award.price(),
            at: now,
            demands: demands.clone(),
            shared: contract.compiled.contract.routing.sharing == Sharing::Shared
                && self.machine.auction().max_buyers > 1,
            prints: self.prints.clone(),
            same_buyer_since: duplicates::since(now, windows.same_buyer_days),
            cross_buyer_since: duplicates::since(now, windows.cross_buyer_days),
            release: std::mem::take(&mut self.settles),
            owner: self.pipeline.0.me,
        };
        (intent, demands)
    }

    fn withheld(&self, receipt: &IntentReceipt) -> Option<Finding> {
        let person = |reason, lead: LeadId| {
            Finding::about(Stage::Post, reason, "person", format!("being sold as {lead}"), "not sold meanwhile")
        };
        match receipt {
            IntentReceipt::CapFull { demand, counter } => {
                self.pipeline.0.counters.learn(self.tenant_id(), demand.key, *counter);
                Some(demand.finding(Stage::Post, counter))
            }
            IntentReceipt::DuplicateSameBuyer { lead_id } => Some(person(Reason::DuplicateSameBuyer, *lead_id)),
            IntentReceipt::DuplicateCrossBuyer { lead_id } => Some(person(Reason::DuplicateCrossBuyer, *lead_id)),
            IntentReceipt::Reserved | IntentReceipt::Fenced => None,
        }
    }

    pub(super) fn heard_post(
        &mut self,
        entrant: usize,
        sending: u8,
        took: Elapsed,
        result: Result<(u16, PostReading), Failure>,
    ) -> Option<Event> {
        // A late answer to a post that the waterfall has left behind (`on_unknown: continue`) stays unknown until a
        // person resolves it: the lead may be sold to another by now.
        if !self.machine.expects(entrant) {
            return None;
        }
        let latest = self.postings.iter().find(|posting| posting.entrant == entrant)?.sending;
        let silent = matches!(&result, Err(_) | Ok((_, PostReading::Unclear { .. } | PostReading::Pending { .. })));
        if silent && sending < latest {
            return None;
        }
        let rule = self.post_price(entrant);
        let seen = self.pages[self.slots[entrant]].post.as_mut()?;
        seen.took_us = Some(trace_us(took));
        seen.status = result.as_ref().ok().map(|(status, _)| *status);
        let lead = &self.admitted.lead;
        match result {
            Ok((_, PostReading::Accepted { price, reference, redirect, redirect_refused })) => {
                seen.reference = reference.map(|reference| lead.redact(&reference));
                seen.said =
                    redirect_refused.map(|why| format!("the address it names for the consumer is not used: {why}"));
                let Ok(price) = agreed(rule, price, self.machine.price(entrant)) else {
                    seen.said = Some("the price it answered is below its bid".to_owned());
                    return self.doubt(entrant);
                };
                let paid = price.or_else(|| self.machine.price(entrant)).unwrap_or(Micros::ZERO);
                self.redirects.extend(redirect.map(|redirect| (entrant, redirect)));
                self.settle(entrant, AttemptState::Accepted, Some(paid));
                Some(Event::PostAccepted { entrant, price })
            }
            Ok((_, PostReading::Rejected { reason, said })) => {
                seen.said = said.map(|said| lead.redact(&said));
                self.settle(entrant, AttemptState::Rejected, None);
                Some(Event::PostRejected { entrant, reason })
            }
            Ok((_, PostReading::Pending { reference })) => {
                seen.reference = reference.map(|reference| lead.redact(&reference));
                seen.said = Some("it will say later".to_owned());
                self.doubt(entrant)
            }
            Ok((_, PostReading::Unclear { why })) => {
                seen.said = Some(lead.redact(&why));
                self.doubt(entrant)
            }
            // This sending did not get there, but an earlier one may have: the buyer may own the lead.
            Err(Failure::NotSent(_)) if latest > 1 => self.doubt(entrant),
            Err(Failure::NotSent(reason)) => {
                self.settle(entrant, AttemptState::NotSent, None);
                let reason = if reason == Reason::Unreachable { Reason::NotSent } else { reason };
                Some(Event::PostNotSent { entrant, reason })
            }
            Err(Failure::Lost | Failure::TimedOut) => self.doubt(entrant),
        }
    }

    /// What a price in the answer of a contract's buyer means.
    pub(super) fn post_price(&self, entrant: usize) -> PostPrice {
        let live = self.admitted.campaign.slots[self.slots[entrant]].live();
        live.map(|live| live.post.call.post_price()).unwrap_or_default()
    }

    /// Notes that the post's outcome is not known: its reservation stays.
    pub(super) fn doubt(&mut self, entrant: usize) -> Option<Event> {
        let posting = self.postings.iter_mut().find(|posting| posting.entrant == entrant)?;
        if std::mem::replace(&mut posting.in_doubt, true) {
            return None;
        }
        let settle = self.settle_of(self.postings.iter().find(|p| p.entrant == entrant)?, AttemptState::Unknown, None);
        self.ended(settle.contract_id, true);
        self.came_out(settle);
        Some(Event::PostUnknown { entrant })
    }

    /// Notes how a post came out, and what becomes of its reservation.
    fn settle(&mut self, entrant: usize, state: AttemptState, paid: Option<Micros>) {
        let Some(at) = self.postings.iter().position(|posting| posting.entrant == entrant) else { return };
        let posting = self.postings.swap_remove(at);
        let counters = &self.pipeline.0.counters;
        match paid {
            Some(paid) => counters.confirm(self.tenant_id(), &posting.demands, paid),
            None => counters.release(self.tenant_id(), &posting.demands),
        }
        // A late answer changes nothing: the lead has waited all the same.
        if state != AttemptState::NotSent && !posting.in_doubt {
            self.ended(posting.contract, false);
        }
        self.came_out(self.settle_of(&posting, state, paid));
    }

    fn ended(&self, contract: ContractId, unknown: bool) {
        let limit = self.admitted.campaign.campaign.auction.doubts;
        self.pipeline.0.track.ended(contract, unknown, limit, self.pipeline.0.clock.now());
    }

    /// Remembers how a post came out until it is written. One in doubt may be known later, and one that is sent once more
    /// may be in doubt again: the latest is what counts.
    fn came_out(&mut self, settle: Settle) {
        if self.admitted.caller.mode == Mode::Live {
            let campaign = self.admitted.campaign.campaign.id;
            self.pipeline.0.track.posted(campaign, settle.contract_id, settle.state, settle.at);
        }
        self.settles.retain(|earlier| earlier.attempt_id != settle.attempt_id);
        self.settles.push(settle);
    }

    fn settle_of(&self, posting: &Posting, state: AttemptState, paid: Option<Micros>) -> Settle {
        let seen = self.pages[self.slots[posting.entrant]].post.as_ref();
        Settle {
            attempt_id: posting.attempt,
            lead_id: self.admitted.meta.lead_id,
            contract_id: posting.contract,
            state,
            paid,
            reference: seen.and_then(|seen| seen.reference.clone()),
            at: self.pipeline.0.clock.now(),
        }
    }
}

/// Sends a post, and asks again while the buyer says that the outcome comes later.
pub(in crate::pipeline) async fn converse(
    outbound: &Outbound,
    to: &Endpoint,
    request: Request,
    limit: Duration,
) -> Result<(u16, PostReading), Failure> {
    let read = |reply: &Reply| to.call.read_post(reply.status, reply.content_type.as_deref(), &reply.body);
    let until = Instant::now() + limit;
    let reply = outbound.send(to, request, limit).await?;
    let mut outcome = (reply.status, read(&reply));
    while let (_, PostReading::Pending { reference: Some(reference) }) = &outcome {
        let Some((request, every_ms)) = to.call.poll(reference) else { break };
        let next = Instant::now() + Duration::from_millis(every_ms.into());
        if next >= until {
            break;
        }
        tokio::time::sleep_until(next).await;
        let left = until.saturating_duration_since(Instant::now());
        // A question that fails says nothing about the lead: the buyer has it.
        if let Ok(reply) = outbound.send(to, request, left).await {
            match read(&reply) {
                PostReading::Pending { reference: None } | PostReading::Unclear { .. } => {}
                known => outcome = (reply.status, known),
            }
        }
    }
    Ok(outcome)
}

/// The price of a sale by the contract's rule, none for the bid itself.
///
/// # Errors
/// When a person has to decide.
pub(super) fn agreed(rule: PostPrice, said: Option<Micros>, bid: Option<Micros>) -> Result<Option<Micros>, ()> {
    match (rule, said, bid) {
        (PostPrice::KeepBid, ..) => Ok(None),
        (PostPrice::HoldWhenLower, Some(said), Some(bid)) if said < bid => Err(()),
        _ => Ok(said),
    }
}

impl Pipeline {
    pub(in crate::pipeline) fn note_post(&self, failure: Option<Failure>, took: Elapsed) {
        let posts = &self.0.stats.posts;
        match failure {
            None => {
                posts.answered.count();
                posts.took.record(took);
            }
            Some(Failure::NotSent(_)) => posts.unreachable.count(),
            Some(Failure::Lost) => posts.unreadable.count(),
            // Counted when it was given up.
            Some(Failure::TimedOut) => {}
        }
    }
}
