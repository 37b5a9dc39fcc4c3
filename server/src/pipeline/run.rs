//! One auction: feeds the machine what happens and does what it says. Everything that needs thinking is in `exchange`.

use super::{
    Pipeline,
    enter::{enter, trace_time},
    intake::Admitted,
    outbound::{Failure, Reply},
    record::{Pending, receipt},
    resolve::Verdict,
    snapshot::LiveContract,
    verdicts::{Page, Seen, floor_note, trace_us},
};
use crate::clock::new_id;
use connectors::{PingReading, PostReading};
use exchange::{
    auction::{Award, Command, Decision, Elapsed, Event, Machine},
    breaker::Call,
    caps::Demand,
    eligibility::{SoldClaim, duplicates},
    lead::PingView,
};
use model::{
    AttemptId, ContractId, EventId, LeadId, Micros, Reason, TenantId,
    contract::Sharing,
    lead::{Answer, LeadState},
    ping::Held,
    tenant::Mode,
    trace::{Finding, OwnStep, Stage, Standing},
};
use std::{collections::VecDeque, sync::Arc, time::Duration};
use store::{AttemptState, Intent, IntentReceipt, Receipt, Received, ReceivedReceipt, Record, Settle};
use tokio::{sync::mpsc, time::Instant};

/// A ping that came too late is read on for so long: to keep the connection, and to learn what the time-out cost.
const READ_LATE: Duration = Duration::from_secs(2);
/// A post whose outcome is not known is read on for so long.
const READ_DOUBT: Elapsed = 30_000_000;

/// How it came to an end, as far as the source is concerned.
#[derive(Debug)]
pub(super) enum Ended {
    /// With an answer that is durable.
    Answered(Answer),
    /// It is a repeat of an earlier lead; nothing of this one is stored.
    Repeat { lead_id: LeadId, same_body: bool },
    /// The store does not answer, or another server has the lead.
    Unavailable,
}

/// The answer to a call. `entrant` is the index in the auction.
pub(super) enum Heard {
    Ping { entrant: usize, took: Elapsed, result: Result<(u16, PingReading), Failure> },
    Post { entrant: usize, sending: u8, took: Elapsed, result: Result<(u16, PostReading), Failure> },
}

/// A post under way or in doubt.
pub(super) struct Posting {
    pub(super) entrant: usize,
    pub(super) attempt: AttemptId,
    pub(super) contract: ContractId,
    pub(super) demands: Vec<Demand>,
    pub(super) give_up_at: Elapsed,
    pub(super) in_doubt: bool,
    /// Which sending of it is waited for: an answer to an earlier one counts too, its silence does not.
    pub(super) sending: u8,
}

/// One lead's way through the exchange.
pub(super) struct Run {
    pub(super) pipeline: Pipeline,
    pub(super) admitted: Admitted,
    pub(super) machine: Machine,
    /// Slot of the campaign by index in the auction.
    pub(super) slots: Vec<usize>,
    pub(super) pages: Vec<Page>,
    pub(super) steps: Vec<OwnStep>,
    pub(super) postings: Vec<Posting>,
    /// Posts that came out and are not written as such yet.
    pub(super) settles: Vec<Settle>,
    /// What an earlier outcome of this lead said.
    pub(super) told: Option<LeadState>,
    /// Where each accepting buyer sends the consumer.
    pub(super) redirects: Vec<(usize, String)>,
    tokens: Vec<Option<String>>,
    prints: Vec<String>,
    view: PingView,
    received: Option<Pending>,
    /// Pings that have not come back.
    pings_out: usize,
    heard: (mpsc::UnboundedSender<Heard>, mpsc::UnboundedReceiver<Heard>),
}

impl Run {
    /// Starts an auction for a lead that is not stored yet. While the pings fly, it becomes durable.
    pub(super) async fn begin(pipeline: Pipeline, admitted: Admitted) -> (Self, VecDeque<Command>) {
        let prints = prints(&admitted);
        let received = Some(pipeline.0.recorder.queue(record(&pipeline, &admitted, &prints)).await);
        Self::prepare(pipeline, admitted, prints, received, &[]).await
    }

    /// Starts an auction again for a lead that another process, or this one before a crash, left behind. Contracts in
    /// `posted` have had it already.
    pub(super) async fn again(
        pipeline: Pipeline,
        admitted: Admitted,
        posted: &[ContractId],
    ) -> (Self, VecDeque<Command>) {
        let prints = prints(&admitted);
        Self::prepare(pipeline, admitted, prints, None, posted).await
    }

    async fn prepare(
        pipeline: Pipeline,
        admitted: Admitted,
        prints: Vec<String>,
        received: Option<Pending>,
        posted: &[ContractId],
    ) -> (Self, VecDeque<Command>) {
        let mut steps =
            vec![step("receive", 0, &admitted, format!("{} from {}", admitted.campaign.slug, admitted.source.name))];
        let screened = elapsed(admitted.started);
        let sold = sold_before(&pipeline, &admitted, &prints).await;
        steps.push(step("screen", screened, &admitted, screen_note(&sold)));
        let chosen = elapsed(admitted.started);
        let (pages, slots, auction) = enter(&pipeline, &admitted, &sold, posted);
        let note = floor_note(&auction, pages.len());
        steps.push(step("eligibility", chosen, &admitted, note));
        let (machine, commands) = Machine::start(auction);
        let view = admitted.lead.ping_view(admitted.meta.clone());
        let tokens = vec![None; slots.len()];
        let run = Self {
            pipeline,
            admitted,
            machine,
            slots,
            pages,
            steps,
            postings: Vec::new(),
            settles: Vec::new(),
            told: None,
            redirects: Vec::new(),
            tokens,
            prints,
            view,
            received,
            pings_out: 0,
            heard: mpsc::unbounded_channel(),
        };
        (run, commands.into())
    }

    pub(super) fn tenant_id(&self) -> TenantId {
        self.admitted.caller.tenant_id
    }

    pub(super) fn elapsed(&self) -> Elapsed {
        elapsed(self.admitted.started)
    }

    /// Does what the machine says until the auction ends.
    pub(super) async fn drive(&mut self, mut commands: VecDeque<Command>) -> Ended {
        loop {
            while let Some(command) = commands.pop_front() {
                match command {
                    Command::Ping { entrant, give_up_at } => commands.extend(self.ping(entrant, give_up_at)),
                    Command::Post(award) => match self.post(&award).await {
                        Ok(more) => commands.extend(more),
                        Err(ended) => return ended,
                    },
                    Command::Done(decision) => return self.finish(decision).await,
                }
            }
            let wake = self.wake_at();
            tokio::select! {
                Some(heard) = self.heard.1.recv() => commands.extend(self.hear(heard)),
                () = tokio::time::sleep_until(wake) => commands.extend(self.tick()),
            }
        }
    }

    /// After an unknown outcome: a late accept becomes a sale, a late reject goes on down the waterfall.
    pub(super) async fn see_doubt_through(mut self) {
        loop {
            let doubt = self.postings.iter().map(|posting| posting.give_up_at + READ_DOUBT).max();
            // Pings end by themselves; until they do their bids are worth knowing.
            let Some(until) = doubt.or((self.pings_out > 0).then_some(READ_DOUBT)) else { return };
            let until = self.admitted.started + Duration::from_micros(until);
            let stop = self.pipeline.0.stop.clone();
            let heard = tokio::select! {
                heard = self.heard.1.recv() => heard,
                () = tokio::time::sleep_until(until) => None,
                () = stop.cancelled() => None,
            };
            let Some(heard) = heard else { return };
            if let Some(resolved) = self.late_sharer(&heard) {
                self.resolve_late(resolved).await;
                continue;
            }
            let commands = self.hear(heard);
            if !commands.is_empty() {
                self.drive(commands.into()).await;
            }
        }
    }

    fn wake_at(&self) -> Instant {
        let posts = self.postings.iter().filter(|posting| !posting.in_doubt).map(|posting| posting.give_up_at).min();
        let at = posts.into_iter().chain(self.machine.wake_at()).min();
        self.admitted.started + Duration::from_micros(at.unwrap_or(READ_DOUBT))
    }

    fn tick(&mut self) -> Vec<Command> {
        let now = self.elapsed();
        let over = |posting: &&mut Posting| !posting.in_doubt && posting.give_up_at <= now;
        let late = self.postings.iter_mut().find(over).map(|posting| posting.entrant);
        match late {
            Some(entrant) => {
                self.pipeline.0.stats.posts.late.count();
                self.doubt(entrant).map_or_else(Vec::new, |event| self.machine.step(now, event))
            }
            None => self.machine.step(now, Event::Tick),
        }
    }

    fn ping(&mut self, entrant: usize, give_up_at: Elapsed) -> Vec<Command> {
        if let Some(event) = self.held(entrant) {
            return self.machine.step(self.elapsed(), event);
        }
        let slot = self.slots[entrant];
        let campaign = Arc::clone(&self.admitted.campaign);
        let Some((contract, endpoint)) = campaign.slots[slot].live().and_then(|l| Some((l, l.ping.as_ref()?))) else {
            return self.machine.step(self.elapsed(), Event::PingFailed { entrant, reason: Reason::Misconfigured });
        };
        let (id, buyer) = (contract.compiled.contract.id, contract.compiled.buyer.id);
        let body = endpoint.call.render_ping(&self.view);
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
            let result = pipeline.0.outbound.send(endpoint, body, limit).await;
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
                self.tokens[entrant].clone_from(&held.token);
                Event::Bid { entrant, price, good_for: None }
            }
            None => Event::NoBid { entrant, reason: held.reason },
        })
    }

    /// Asks buyers for a lead whose person is not known yet: who would be posted to first, for how much in all, and what
    /// each said. Nothing is stored and nothing reserved.
    pub(super) async fn ask(pipeline: Pipeline, admitted: Admitted) -> (Result<Micros, Reason>, Vec<Held>) {
        let (mut run, mut commands) = Self::prepare(pipeline, admitted, Vec::new(), None, &[]).await;
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
            let wake = run.wake_at();
            tokio::select! {
                Some(heard) = run.heard.1.recv() => commands.extend(run.hear(heard)),
                () = tokio::time::sleep_until(wake) => commands.extend(run.tick()),
            }
        };
        let said = (0..run.slots.len()).filter_map(|entrant| run.said(entrant)).collect();
        (offer, said)
    }

    /// What a contract that was asked said, as it is held.
    fn said(&self, entrant: usize) -> Option<Held> {
        self.pages[self.slots[entrant]].ping.as_ref()?;
        let (standing, findings) = self.machine.standing(entrant);
        let contract_id = self.machine.auction().entrants[entrant].contract;
        let bid = self.machine.price(entrant).filter(|_| !matches!(standing, Standing::Failed));
        let reason = findings.last().map(|finding| finding.reason).filter(|_| bid.is_none());
        Some(Held { contract_id, price: bid, token: self.tokens[entrant].clone(), reason })
    }

    /// Reserves, then sends the full record. What comes back at once is what the machine says to a withheld post.
    async fn post(&mut self, award: &Award) -> Result<Vec<Command>, Ended> {
        self.durable().await?;
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
        match self.pipeline.0.recorder.write(Record::Intent(Box::new(intent))).await {
            Ok(Receipt::Intent(IntentReceipt::Reserved)) => {}
            Ok(Receipt::Intent(withheld)) => {
                let Some(finding) = self.withheld(&withheld) else { return Err(Ended::Unavailable) };
                return Ok(self.machine.step(self.elapsed(), Event::PostWithheld { entrant, finding }));
            }
            Ok(_) => return Err(Ended::Unavailable),
            Err(error) => {
                tracing::error!(%error, lead = %self.admitted.meta.lead_id, "no post without a stored intent");
                return Err(Ended::Unavailable);
            }
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
        let body = {
            let view = self.admitted.lead.post_view(&self.admitted.meta, award);
            contract.post.call.render_post(&view, self.tokens[entrant].as_deref())
        };
        let start = self.elapsed();
        let give_up_at = award.give_up_at().max(start + trace_time(contract.post.timeout));
        let Some(posting) = self.postings.iter_mut().find(|posting| posting.entrant == entrant) else { return };
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
            let result = pipeline.0.outbound.send(&live.post, body, limit).await;
            let took = elapsed(began);
            pipeline.note_post(result.as_ref().err().copied(), took);
            let read = |reply: Reply| {
                (reply.status, live.post.call.read_post(reply.status, reply.content_type.as_deref(), &reply.body))
            };
            let _ = heard.send(Heard::Post { entrant, sending, took, result: result.map(read) });
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

    /// Waits until the lead is durable; otherwise how the run ends.
    pub(super) async fn durable(&mut self) -> Result<(), Ended> {
        let Some(pending) = self.received.take() else { return Ok(()) };
        match receipt(pending).await {
            Ok(Receipt::Received(ReceivedReceipt::Fresh)) => Ok(()),
            Ok(Receipt::Received(ReceivedReceipt::Repeat { lead_id, same_body })) => {
                Err(Ended::Repeat { lead_id, same_body })
            }
            Ok(_) => Err(Ended::Unavailable),
            Err(error) => {
                tracing::error!(%error, lead = %self.admitted.meta.lead_id, "a lead could not be stored");
                Err(Ended::Unavailable)
            }
        }
    }

    fn hear(&mut self, heard: Heard) -> Vec<Command> {
        let now = self.elapsed();
        match heard {
            Heard::Ping { entrant, took, result } => {
                self.pings_out = self.pings_out.saturating_sub(1);
                let Some(event) = self.heard_ping(entrant, took, result) else { return Vec::new() };
                let commands = self.machine.step(now, event);
                if self.told.is_some() {
                    self.note_late_bid(entrant);
                }
                commands
            }
            Heard::Post { entrant, sending, took, result } => {
                let event = self.heard_post(entrant, sending, took, result);
                event.map_or_else(Vec::new, |event| self.machine.step(now, event))
            }
        }
    }

    fn heard_ping(
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
            Ok((_, PingReading::Bid { price, token })) => {
                seen.reference = token.clone().map(|token| lead.redact(&token));
                self.tokens[entrant] = token;
                Some(Event::Bid { entrant, price, good_for: None })
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

    fn heard_post(
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
        let silent = matches!(&result, Err(_) | Ok((_, PostReading::Unclear { .. })));
        if silent && sending < latest {
            return None;
        }
        let seen = self.pages[self.slots[entrant]].post.as_mut()?;
        seen.took_us = Some(trace_us(took));
        seen.status = result.as_ref().ok().map(|(status, _)| *status);
        let lead = &self.admitted.lead;
        match result {
            Ok((_, PostReading::Accepted { price, reference, redirect })) => {
                seen.reference = reference.map(|reference| lead.redact(&reference));
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
            Ok((_, PostReading::Unclear { why })) => {
                seen.said = Some(lead.redact(&why));
                self.doubt(entrant)
            }
            Err(Failure::NotSent(reason)) => {
                self.settle(entrant, AttemptState::NotSent, None);
                let reason = if reason == Reason::Unreachable { Reason::NotSent } else { reason };
                Some(Event::PostNotSent { entrant, reason })
            }
            Err(Failure::Lost | Failure::TimedOut) => self.doubt(entrant),
        }
    }

    /// A bid that came after the answer was written: what the time-out cost is worth a line of history.
    fn note_late_bid(&self, entrant: usize) {
        let (_, findings) = self.machine.standing(entrant);
        let Some(late) = findings.iter().find(|finding| finding.reason == Reason::LateBid) else { return };
        let now = self.pipeline.0.clock.now();
        let buyer = &self.admitted.campaign.slots[self.slots[entrant]].buyer().name;
        let bid = late.have.as_deref().unwrap_or_default();
        let note =
            format!("{buyer} bid {bid} after its time was over; wanted {}.", late.want.as_deref().unwrap_or("in time"));
        let note = store::Note {
            tenant_id: self.tenant_id(),
            lead_id: self.admitted.meta.lead_id,
            event_id: EventId::from_bits(new_id(now)),
            at: now,
            kind: "late_bid",
            note,
        };
        let recorder = self.pipeline.0.recorder.clone();
        // Nobody waits for this.
        tokio::spawn(async move { drop(recorder.queue(Record::Note(note)).await) });
    }

    /// A late answer to a post of a lead that others share and have already: the waterfall is over, but it is one sale more
    /// or a place less.
    fn late_sharer(&self, heard: &Heard) -> Option<(AttemptId, Verdict)> {
        let Heard::Post { entrant, result: Ok((_, reading)), .. } = heard else { return None };
        let posting = self.postings.iter().find(|posting| posting.entrant == *entrant && posting.in_doubt)?;
        let shared = self.machine.auction().entrants[*entrant].routing.sharing == Sharing::Shared;
        if !shared || self.told != Some(LeadState::Sold) || self.machine.expects(*entrant) {
            return None;
        }
        match reading {
            PostReading::Accepted { price, .. } => Some((posting.attempt, Verdict::Accepted { paid: *price })),
            PostReading::Rejected { .. } => Some((posting.attempt, Verdict::Rejected)),
            PostReading::Unclear { .. } => None,
        }
    }

    async fn resolve_late(&mut self, (attempt, verdict): (AttemptId, Verdict)) {
        self.postings.retain(|posting| posting.attempt != attempt);
        let lead = self.admitted.meta.lead_id;
        if let Err(error) = self.pipeline.resolve(self.tenant_id(), lead, attempt, verdict).await {
            tracing::warn!(%error, %lead, "a late answer could not be taken down; the post stays in doubt");
        }
    }

    /// Notes that the post's outcome is not known: its reservation stays.
    fn doubt(&mut self, entrant: usize) -> Option<Event> {
        let posting = self.postings.iter_mut().find(|posting| posting.entrant == entrant)?;
        if std::mem::replace(&mut posting.in_doubt, true) {
            return None;
        }
        // Sent once more it may become doubtful once more: one settling of it is enough.
        let (attempt, contract) = (posting.attempt, posting.contract);
        self.settles.retain(|earlier| earlier.attempt_id != attempt);
        let posting = self.postings.iter().find(|posting| posting.attempt == attempt)?;
        self.settles.push(self.settle_of(posting, AttemptState::Unknown, None));
        if self.admitted.caller.mode == Mode::Live {
            self.pipeline.0.track.posted(contract, AttemptState::Unknown, self.pipeline.0.clock.now());
        }
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
        if self.admitted.caller.mode == Mode::Live {
            self.pipeline.0.track.posted(posting.contract, state, self.pipeline.0.clock.now());
        }
        let settle = self.settle_of(&posting, state, paid);
        self.settles.retain(|earlier| earlier.attempt_id != posting.attempt);
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

    fn note_post(&self, failure: Option<Failure>, took: Elapsed) {
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

fn elapsed(since: Instant) -> Elapsed {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn step(name: &str, start: Elapsed, admitted: &Admitted, note: String) -> OwnStep {
    let took_us = trace_us(elapsed(admitted.started).saturating_sub(start));
    OwnStep { name: name.to_owned(), start_us: trace_us(start), took_us, note }
}

fn screen_note(sold: &[SoldClaim]) -> String {
    match sold.len() {
        0 => "this person was not sold before".to_owned(),
        count => format!("this person was sold {count} times inside the longest window"),
    }
}

/// A test lead marks nobody and is recognised as nobody.
fn prints(admitted: &Admitted) -> Vec<String> {
    if admitted.caller.mode == Mode::Test {
        return Vec::new();
    }
    let by = &admitted.campaign.campaign.duplicates.by;
    let prints = admitted.lead.prints(by, admitted.tenant.keys.print_key());
    prints.into_iter().map(|print| print.to_string()).collect()
}

fn record(pipeline: &Pipeline, admitted: &Admitted, prints: &[String]) -> Record {
    let lead_id = admitted.meta.lead_id;
    let sealed = admitted.lead.seal_with(|plain| admitted.tenant.keys.seal_lead(lead_id, plain));
    Record::Received(Box::new(Received {
        tenant_id: admitted.caller.tenant_id,
        lead_id,
        campaign_id: admitted.campaign.campaign.id,
        source_id: admitted.source.id,
        key_id: admitted.caller.key_id,
        mode: admitted.caller.mode,
        received_at: admitted.started_at,
        idempotency: admitted.idempotency.clone(),
        external_id: admitted.external_id.clone(),
        open: admitted.lead.open_json(),
        tracking: admitted.tracking.clone(),
        sealed_key: sealed.key,
        sealed_body: sealed.body,
        personal_mask: admitted.lead.mask(),
        prints: prints.to_vec(),
        owner: pipeline.0.me,
    }))
}

/// Earlier sales of the person. When the store does not answer, the reservation before the post still knows.
async fn sold_before(pipeline: &Pipeline, admitted: &Admitted, prints: &[String]) -> Vec<SoldClaim> {
    let campaign = &admitted.campaign.campaign;
    let days = campaign.duplicates.same_buyer_days.max(campaign.duplicates.cross_buyer_days);
    let Some(since) = duplicates::since(admitted.started_at, days).filter(|_| !prints.is_empty()) else {
        return Vec::new();
    };
    let rows = pipeline.0.store.tenant(admitted.caller.tenant_id);
    match rows.sold_prints(campaign.id, prints, since).await {
        // Its own claims, when it is taken up again, are no duplicates.
        Ok(sold) => sold
            .into_iter()
            .filter(|claim| claim.lead_id != admitted.meta.lead_id)
            .map(|claim| SoldClaim { buyer_id: claim.buyer_id, lead_id: claim.lead_id, at: claim.at })
            .collect(),
        Err(error) => {
            tracing::error!(%error, "earlier sales could not be looked up");
            Vec::new()
        }
    }
}
