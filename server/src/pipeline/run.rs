//! One auction: feeds the machine what happens and does what it says. Everything that needs thinking is in `exchange`.

use super::{
    Pipeline,
    intake::Admitted,
    outbound::{Failure, Reply},
    record::{Pending, receipt},
    snapshot::LiveContract,
    verdicts::{Page, Seen, floor_note, misconfigured, trace_us},
};
use crate::clock::new_id;
use connectors::{PingReading, PostReading};
use exchange::{
    auction::{Auction, Award, Command, Elapsed, Entrant, Event, Machine},
    breaker::Call,
    caps::Demand,
    eligibility::{self, Facts, Reach, SoldClaim, duplicates},
    lead::PingView,
};
use model::{
    AttemptId, ContractId, LeadId, Micros, Reason, TenantId,
    lead::{Answer, LeadState},
    source::Payout,
    tenant::Mode,
    trace::{Finding, OwnStep, Stage},
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
    Post { entrant: usize, took: Elapsed, result: Result<(u16, PostReading), Failure> },
}

/// The post under way or in doubt.
pub(super) struct Posting {
    pub(super) entrant: usize,
    pub(super) attempt: AttemptId,
    pub(super) contract: ContractId,
    pub(super) demands: Vec<Demand>,
    pub(super) give_up_at: Elapsed,
    pub(super) in_doubt: bool,
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
    pub(super) posting: Option<Posting>,
    /// Posts that came out and are not written as such yet.
    pub(super) settles: Vec<Settle>,
    /// What an earlier outcome of this lead said.
    pub(super) told: Option<LeadState>,
    /// The buyer's URL or reference in its accepting answer.
    pub(super) redirect: Option<String>,
    tokens: Vec<Option<String>>,
    prints: Vec<String>,
    view: PingView,
    received: Option<Pending>,
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
        let note = floor_note(auction.entrants.len(), pages.len(), auction.floor);
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
            posting: None,
            settles: Vec::new(),
            told: None,
            redirect: None,
            tokens,
            prints,
            view,
            received,
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
        while let Some(until) = self.posting.as_ref().filter(|p| p.in_doubt).map(|p| p.give_up_at + READ_DOUBT) {
            let until = self.admitted.started + Duration::from_micros(until);
            let stop = self.pipeline.0.stop.clone();
            let heard = tokio::select! {
                heard = self.heard.1.recv() => heard,
                () = tokio::time::sleep_until(until) => None,
                () = stop.cancelled() => None,
            };
            let Some(heard) = heard else { return };
            let commands = self.hear(heard);
            if !commands.is_empty() {
                self.drive(commands.into()).await;
            }
        }
    }

    fn wake_at(&self) -> Instant {
        let at = match &self.posting {
            Some(posting) if !posting.in_doubt => Some(posting.give_up_at),
            _ => self.machine.wake_at(),
        };
        self.admitted.started + Duration::from_micros(at.unwrap_or(READ_DOUBT))
    }

    fn tick(&mut self) -> Vec<Command> {
        let now = self.elapsed();
        match &mut self.posting {
            Some(posting) if !posting.in_doubt => {
                if now < posting.give_up_at {
                    return Vec::new();
                }
                posting.in_doubt = true;
                let entrant = posting.entrant;
                self.pipeline.0.stats.posts.late.count();
                self.doubt_settle();
                self.machine.step(now, Event::PostUnknown { entrant })
            }
            _ => self.machine.step(now, Event::Tick),
        }
    }

    fn ping(&mut self, entrant: usize, give_up_at: Elapsed) -> Vec<Command> {
        let slot = self.slots[entrant];
        let campaign = Arc::clone(&self.admitted.campaign);
        let Some((contract, endpoint)) = campaign.slots[slot].live().and_then(|l| Some((l, l.ping.as_ref()?))) else {
            return self.machine.step(self.elapsed(), Event::PingFailed { entrant, reason: Reason::Misconfigured });
        };
        let (id, buyer) = (contract.compiled.contract.id, contract.compiled.buyer.id);
        let body = endpoint.call.render_ping(&self.view);
        let start = self.elapsed();
        self.pages[slot].ping = Some(Seen::begun(trace_us(start), trace_us(give_up_at)));
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

    /// Reserves, then sends the full record. What comes back at once is what the machine says to a withheld post.
    async fn post(&mut self, award: &Award) -> Result<Vec<Command>, Ended> {
        self.durable().await?;
        let entrant = award.entrant();
        let slot = self.slots[entrant];
        let campaign = Arc::clone(&self.admitted.campaign);
        let Some(contract) = campaign.slots[slot].live() else { return Err(Ended::Unavailable) };
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
        let body = {
            let view = self.admitted.lead.post_view(&self.admitted.meta, award);
            contract.post.call.render_post(&view, self.tokens[entrant].as_deref())
        };
        let start = self.elapsed();
        let give_up_at = award.give_up_at().max(start + trace_time(contract.post.timeout));
        self.pages[slot].post = Some(Seen::begun(trace_us(start), trace_us(give_up_at)));
        let contract = award.contract();
        self.posting = Some(Posting { entrant, attempt, contract, demands, give_up_at, in_doubt: false });
        let (pipeline, heard, campaign) = (self.pipeline.clone(), self.heard.0.clone(), Arc::clone(&campaign));
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
            let _ = heard.send(Heard::Post { entrant, took, result: result.map(read) });
        });
        Ok(Vec::new())
    }

    fn intent(&mut self, award: &Award, contract: &LiveContract) -> (Intent, Vec<Demand>) {
        let now = self.pipeline.0.clock.now();
        let caller = &self.admitted.caller;
        // A test lead uses up nothing and marks nobody as sold.
        let demands: Vec<Demand> = match caller.mode {
            Mode::Live => contract.compiled.demands(now, award.price()).collect(),
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
                let event = self.heard_ping(entrant, took, result);
                event.map_or_else(Vec::new, |event| self.machine.step(now, event))
            }
            Heard::Post { entrant, took, result } => {
                let event = self.heard_post(entrant, took, result);
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
                Some(Event::Bid { entrant, price })
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
        took: Elapsed,
        result: Result<(u16, PostReading), Failure>,
    ) -> Option<Event> {
        // A late answer to a post that the waterfall has left behind (`on_unknown: continue`) stays unknown until a
        // person resolves it: the lead may be sold to another by now.
        let ours = self.posting.as_ref().is_some_and(|posting| posting.entrant == entrant);
        let seen = self.pages[self.slots[entrant]].post.as_mut().filter(|_| ours)?;
        seen.took_us = Some(trace_us(took));
        seen.status = result.as_ref().ok().map(|(status, _)| *status);
        let lead = &self.admitted.lead;
        match result {
            Ok((_, PostReading::Accepted { price, reference, redirect })) => {
                seen.reference = reference.map(|reference| lead.redact(&reference));
                self.redirect = redirect;
                Some(Event::PostAccepted { entrant, price })
            }
            Ok((_, PostReading::Rejected { reason, said })) => {
                seen.said = said.map(|said| lead.redact(&said));
                self.settle(AttemptState::Rejected, None);
                Some(Event::PostRejected { entrant, reason })
            }
            Ok((_, PostReading::Unclear { why })) => {
                seen.said = Some(lead.redact(&why));
                self.unknown(entrant)
            }
            Err(Failure::NotSent(reason)) => {
                self.settle(AttemptState::NotSent, None);
                let reason = if reason == Reason::Unreachable { Reason::NotSent } else { reason };
                Some(Event::PostNotSent { entrant, reason })
            }
            Err(Failure::Lost | Failure::TimedOut) => self.unknown(entrant),
        }
    }

    fn unknown(&mut self, entrant: usize) -> Option<Event> {
        let posting = self.posting.as_mut()?;
        if std::mem::replace(&mut posting.in_doubt, true) {
            return None;
        }
        self.doubt_settle();
        Some(Event::PostUnknown { entrant })
    }

    /// Notes that the post's outcome is not known: its reservation stays.
    fn doubt_settle(&mut self) {
        if let Some(posting) = &self.posting {
            self.settles.push(self.settle_of(posting, AttemptState::Unknown, None));
        }
    }

    /// Notes how the post came out, and what becomes of its reservation.
    pub(super) fn settle(&mut self, state: AttemptState, paid: Option<Micros>) {
        let Some(posting) = self.posting.take() else { return };
        let counters = &self.pipeline.0.counters;
        match paid {
            Some(paid) => counters.confirm(self.tenant_id(), &posting.demands, paid),
            None => counters.release(self.tenant_id(), &posting.demands),
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

fn trace_time(duration: Duration) -> Elapsed {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
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

/// Eligibility of every contract, and the auction of those that may be asked.
fn enter(
    pipeline: &Pipeline,
    admitted: &Admitted,
    sold: &[SoldClaim],
    posted: &[ContractId],
) -> (Vec<Page>, Vec<usize>, Auction) {
    let campaign = &admitted.campaign.campaign;
    let tenant = admitted.caller.tenant_id;
    let facts = Facts {
        lead: &admitted.lead,
        source: &admitted.source,
        now: admitted.started_at,
        campaign_active: campaign.active,
        sold,
        duplicates: &campaign.duplicates,
        counter: &|key| pipeline.0.counters.get(tenant, key),
    };
    let seed = u64::try_from(admitted.meta.lead_id.bits() & u128::from(u64::MAX)).unwrap_or(0);
    let (mut pages, mut slots, mut entrants) = (Vec::new(), Vec::new(), Vec::new());
    for (index, slot) in admitted.campaign.slots.iter().enumerate() {
        let mut page = Page::default();
        match slot.live() {
            None => page.excluded.push(misconfigured(slot.faults())),
            Some(live) => {
                page.excluded = stands_against(pipeline, live, &facts, admitted.caller.mode, posted, seed);
                if page.excluded.is_empty() {
                    page.entrant = Some(entrants.len());
                    slots.push(index);
                    entrants.push(entrant(live));
                }
            }
        }
        pages.push(page);
    }
    let fixed_payout = match admitted.source.payout {
        Payout::Fixed(amount) => amount,
        Payout::Share(_) => Micros::ZERO,
    };
    let auction = Auction {
        deadline: u64::from(campaign.auction.deadline_ms) * 1000,
        post_reserve: u64::from(campaign.auction.post_reserve_ms) * 1000,
        floor: campaign.auction.floor.max(admitted.source.floor.unwrap_or(Micros::ZERO)).max(fixed_payout),
        posts: campaign.auction.posts,
        seed,
        entrants,
    };
    (pages, slots, auction)
}

fn stands_against(
    pipeline: &Pipeline,
    live: &LiveContract,
    facts: &Facts<'_>,
    mode: Mode,
    posted: &[ContractId],
    seed: u64,
) -> Vec<Finding> {
    let contract = &live.compiled.contract;
    let mut found = match Reach::of(mode, &live.compiled) {
        Ok(reach) => eligibility::findings(reach, facts),
        Err(unreachable) => vec![unreachable],
    };
    if posted.contains(&contract.id) {
        found.push(Finding::plain(Stage::Eligibility, Reason::AllRejected));
    }
    if found.is_empty() && live.ping.is_some() {
        found.extend(pipeline.0.outbound.spared(contract.id, facts.now, seed));
    }
    found
}

fn entrant(live: &LiveContract) -> Entrant {
    let contract = &live.compiled.contract;
    Entrant {
        contract: contract.id,
        kind: contract.kind,
        fixed: contract.price.fixed,
        floor: contract.price.floor,
        max_bid: contract.price.max_bid,
        priority: contract.priority,
        backup: contract.backup,
        ping_timeout: live.ping.as_ref().map_or(0, |ping| trace_time(ping.timeout)),
        post_timeout: trace_time(live.post.timeout),
        on_unknown: contract.on_unknown,
    }
}
