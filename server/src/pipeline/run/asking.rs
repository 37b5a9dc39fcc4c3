//! Asking buyers: pings, what comes back, and a price for an affiliate that asks before the person is known.

use super::{Heard, Run, Screened, elapsed};
use crate::pipeline::{
    Pipeline,
    intake::Admitted,
    outbound::{Failure, Reply},
    verdicts::{Seen, trace_us},
};
use connectors::PingReading;
use exchange::{
    auction::{Command, Decision, Elapsed, Event},
    breaker::Call,
};
use model::{ContractId, Micros, Reason, mapping::Carried, ping::Held, trace::Standing};
use std::{sync::Arc, time::Duration};
use tokio::time::Instant;

/// A ping that came too late is read on for so long: to keep the connection, and to learn what the time-out cost.
const READ_LATE: Duration = Duration::from_secs(2);

impl Run {
    pub(super) fn ping(&mut self, entrant: usize, give_up_at: Elapsed) -> Vec<Command> {
        if let Some(event) = self.held(entrant) {
            return self.machine.step(self.elapsed(), event);
        }
        let slot = self.slots[entrant];
        let campaign = Arc::clone(&self.admitted.campaign);
        let Some((contract, endpoint)) = campaign.slots[slot].live().and_then(|l| Some((l, l.ping.as_ref()?))) else {
            return self.machine.step(self.elapsed(), Event::PingFailed { entrant, reason: Reason::Misconfigured });
        };
        let (id, buyer) = (contract.compiled.contract.id, contract.compiled.buyer.id);
        let hashes = endpoint.call.contact_hashes().then(|| self.admitted.lead.contact_hashes());
        let Ok(request) = endpoint.call.ping(&self.view, hashes.as_ref()) else {
            return self.machine.step(self.elapsed(), Event::PingFailed { entrant, reason: Reason::Misconfigured });
        };
        let start = self.elapsed();
        self.pages[slot].ping = Some(Seen::begun(trace_us(start), trace_us(give_up_at)));
        self.pings_out += 1;
        let (pipeline, heard) = (self.pipeline.clone(), self.heard.0.clone());
        tokio::spawn(async move {
            let Some(endpoint) = campaign.slots[slot].live().and_then(|live| live.ping.as_ref()) else { return };
            let began = Instant::now();
            let left = Duration::from_micros(give_up_at.saturating_sub(start));
            let Some(place) = pipeline.0.outbound.place(buyer, left).await else {
                let result = Err(Failure::NotSent(Reason::PingBudget));
                let _ = heard.send(Heard::Ping { entrant, took: elapsed(began), result });
                return;
            };
            let limit = left.saturating_sub(began.elapsed()) + READ_LATE;
            let result = pipeline.0.outbound.send(endpoint, request, limit).await;
            drop(place);
            let took = elapsed(began);
            pipeline.note_ping(id, result.as_ref().err().copied(), took, start + took <= give_up_at);
            let read = |reply: Reply| {
                (reply.status, endpoint.call.read_ping(reply.status, reply.content_type.as_deref(), &reply.body))
            };
            // The auction may be over.
            let _ = heard.send(Heard::Ping { entrant, took, result: result.map(read) });
        });
        Vec::new()
    }

    /// What the contract said when the source pinged, if it was asked then.
    fn held(&mut self, entrant: usize) -> Option<Event> {
        let contract = self.machine.auction().entrants[entrant].contract;
        let held = self.admitted.held.as_ref()?.iter().find(|held| held.contract_id == contract)?;
        Some(match held.price {
            Some(price) => {
                let left = held.good_until.map(|until| until.0 - self.pipeline.0.clock.now().0);
                let good_for = left.map(|left| Elapsed::try_from(left).unwrap_or_default());
                let (token, values, good_until) = (held.token.clone(), held.carried.clone(), held.good_until);
                self.carried[entrant] = Carried { token, values, good_until };
                Event::Bid { entrant, price, good_for }
            }
            None => Event::NoBid { entrant, reason: held.reason },
        })
    }

    /// Asks buyers for a lead whose person is not known yet: who would be posted to first, for how much in all, and what
    /// each said; and the tape. Nothing is stored and nothing reserved.
    pub(in crate::pipeline) async fn ask(
        pipeline: Pipeline,
        admitted: Admitted,
    ) -> (Result<Micros, Reason>, Vec<Held>, Vec<u8>) {
        let screened = Screened::nobody(&admitted);
        let (mut run, mut commands) = Self::prepare(pipeline, admitted, screened, None, &[]);
        let offer = loop {
            let mut offered = Vec::new();
            let mut ended = None;
            while let Some(command) = commands.pop_front() {
                match command {
                    Command::Ping { entrant, give_up_at } => commands.extend(run.ping(entrant, give_up_at)),
                    Command::Post(award) => offered.push(award.price()),
                    Command::Done(Decision::Unsold { reason }) => ended = Some(reason),
                    Command::Done(_) => ended = Some(Reason::NoBid),
                }
            }
            if !offered.is_empty() {
                break Ok(offered.into_iter().sum());
            }
            if let Some(reason) = ended {
                break Err(run.why_unsold(reason).1);
            }
            match run.wait().await {
                Some(more) => commands.extend(more),
                None => break Err(Reason::NoBid),
            }
        };
        let said = (0..run.slots.len()).filter_map(|entrant| run.said(entrant)).collect();
        (offer, said, run.machine.tape().to_vec())
    }

    /// What a contract that was asked said, as it is held.
    fn said(&self, entrant: usize) -> Option<Held> {
        self.pages[self.slots[entrant]].ping.as_ref()?;
        let (standing, findings) = self.machine.standing(entrant);
        let contract_id = self.machine.auction().entrants[entrant].contract;
        let bid = self.machine.price(entrant).filter(|_| !matches!(standing, Standing::Failed));
        let reason = findings.last().map(|finding| finding.reason).filter(|_| bid.is_none());
        let Carried { token, values, good_until } = self.carried[entrant].clone();
        Some(Held { contract_id, price: bid, token, carried: values, good_until, reason })
    }

    pub(super) fn heard_ping(
        &mut self,
        entrant: usize,
        took: Elapsed,
        result: Result<(u16, PingReading), Failure>,
    ) -> Option<Event> {
        let lead = &self.admitted.lead;
        let seen = self.pages[self.slots[entrant]].ping.as_mut()?;
        seen.took_us = Some(trace_us(took));
        seen.status = result.as_ref().ok().map(|(status, _)| *status);
        match result {
            Ok((_, PingReading::Bid { price, token, carried, good_for_ms })) => {
                seen.reference = token.clone().map(|token| lead.redact(&token));
                let good_until = good_for_ms.map(|ms| self.pipeline.0.clock.now().plus_millis(ms.into()));
                self.carried[entrant] = Carried { token, values: carried, good_until };
                let good_for = good_for_ms.map(|ms| Elapsed::from(ms) * 1000);
                Some(Event::Bid { entrant, price, good_for })
            }
            Ok((_, PingReading::NoBid { reason, said })) => {
                seen.said = said.map(|said| lead.redact(&said));
                Some(Event::NoBid { entrant, reason })
            }
            Ok((_, PingReading::Invalid { why })) => {
                seen.said = Some(lead.redact(&why));
                Some(Event::PingFailed { entrant, reason: Reason::InvalidResponse })
            }
            Err(Failure::NotSent(reason)) => Some(Event::PingFailed { entrant, reason }),
            Err(Failure::Lost) => Some(Event::PingFailed { entrant, reason: Reason::InvalidResponse }),
            Err(Failure::TimedOut) => None,
        }
    }
}

impl Pipeline {
    fn note_ping(&self, contract: ContractId, failure: Option<Failure>, took: Elapsed, in_time: bool) {
        let pings = &self.0.stats.pings;
        let call = match failure {
            Some(Failure::NotSent(_)) => {
                pings.unreachable.count();
                Call::Unreachable
            }
            Some(Failure::Lost) if in_time => {
                pings.unreadable.count();
                Call::InTime
            }
            None if in_time => {
                pings.answered.count();
                pings.took.record(took);
                Call::InTime
            }
            None | Some(Failure::Lost | Failure::TimedOut) => {
                pings.late.count();
                Call::Late
            }
        };
        self.0.outbound.record(contract, self.0.clock.now(), call);
    }
}
