//! One auction: feeds the machine what happens and does what it says. Everything that needs thinking is in `exchange`.

mod asking;
mod late;
mod posting;
mod screen;

use super::{
    Pipeline,
    enter::{Asking, enter},
    intake::Admitted,
    outbound::Failure,
    record::{Pending, Urgency, receipt},
    recover::AtWork,
    verdicts::{Page, floor_note, trace_us},
};
use connectors::{PingReading, PostReading};
use exchange::{
    auction::{Command, Elapsed, Event, Taped},
    caps::Demand,
    lead::PingView,
};
use model::{
    AttemptId, ContractId, LeadId, TenantId,
    contract::ContractKind,
    lead::{Answer, LeadState},
    lost::Missed,
    mapping::Carried,
    trace::OwnStep,
};
pub(super) use posting::converse;
pub(super) use screen::Screened;
use screen::record;
use std::{collections::VecDeque, time::Duration};
use store::{IntentReceipt, OutcomeReceipt, Receipt, ReceivedReceipt, Record, Settle};
use tokio::{sync::mpsc, time::Instant};

/// A post whose outcome is not known is read on for so long.
pub(super) const READ_DOUBT: Elapsed = 30_000_000;

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
    /// Every step of it is recorded, so that the auction can be run again.
    pub(super) machine: Taped,
    /// Slot of the campaign by index in the auction.
    pub(super) slots: Vec<usize>,
    pub(super) pages: Vec<Page>,
    pub(super) steps: Vec<OwnStep>,
    pub(super) postings: Vec<Posting>,
    /// Posts that came out and are not written as such yet.
    pub(super) settles: Vec<Settle>,
    /// What an earlier outcome of this lead said.
    pub(super) told: Option<LeadState>,
    /// How often its state was said.
    pub(super) changes: u32,
    /// The sale that it is said to have missed.
    pub(super) missed: Option<Missed>,
    /// Whether this auction has said how it came out.
    pub(super) said: bool,
    /// Where each accepting buyer sends the consumer.
    pub(super) redirects: Vec<(usize, String)>,
    carried: Vec<Carried>,
    prints: Vec<String>,
    view: PingView,
    received: Option<Pending>,
    /// Pings that have not come back.
    pings_out: usize,
    /// As long as this is there, nobody else in this process takes the lead up.
    _at_work: AtWork,
    heard: (mpsc::UnboundedSender<Heard>, mpsc::UnboundedReceiver<Heard>),
}

impl Run {
    /// Starts an auction for a lead that is not stored yet. While the pings fly, it becomes durable; at the latest with the
    /// intent of its first post.
    pub(super) async fn begin(
        pipeline: Pipeline,
        admitted: Admitted,
        screened: Screened,
        urgency: Urgency,
    ) -> (Self, VecDeque<Command>) {
        let received = record(&pipeline, &admitted, &screened.prints);
        let received = Some(pipeline.0.recorder.queue(received, urgency).await);
        Self::prepare(pipeline, admitted, screened, received, &[])
    }

    /// Starts an auction again for a lead that another process, or this one before a crash, left behind. Contracts in
    /// `posted` have had it already.
    pub(super) async fn again(
        pipeline: Pipeline,
        admitted: Admitted,
        posted: &[ContractId],
    ) -> (Self, VecDeque<Command>) {
        // It has its key already.
        let (screened, _) = pipeline.screen(&admitted).await;
        Self::prepare(pipeline, admitted, screened, None, posted)
    }

    fn prepare(
        pipeline: Pipeline,
        admitted: Admitted,
        screened: Screened,
        received: Option<Pending>,
        posted: &[ContractId],
    ) -> (Self, VecDeque<Command>) {
        let at_work = pipeline.0.working.begin(admitted.meta.lead_id);
        let mut steps =
            vec![step("receive", 0, &admitted, format!("{} from {}", admitted.campaign.slug, admitted.source.name))];
        let Screened { prints, sold, step: screening } = screened;
        steps.push(screening);
        let chosen = elapsed(admitted.started);
        let (pages, slots, auction) = enter(&pipeline, &admitted, &sold, posted, Asking::Really);
        let note = floor_note(&auction, competing(&admitted));
        steps.push(step("eligibility", chosen, &admitted, note));
        let (machine, commands) = Taped::start(auction);
        let view = admitted.lead.ping_view(admitted.meta.clone());
        let carried = vec![Carried::default(); slots.len()];
        let (told, changes, missed) = (admitted.before.told, admitted.before.changes, admitted.before.missed);
        let run = Self {
            pipeline,
            admitted,
            machine,
            slots,
            pages,
            steps,
            postings: Vec::new(),
            settles: Vec::new(),
            told,
            changes,
            missed,
            said: false,
            redirects: Vec::new(),
            carried,
            prints,
            view,
            received,
            pings_out: 0,
            _at_work: at_work,
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
            let Some(more) = self.wait().await else {
                tracing::error!(lead = %self.admitted.meta.lead_id, "an auction had nothing left to wait for");
                return Ended::Unavailable;
            };
            commands.extend(more);
        }
    }

    /// Waits for an answer or for the next moment at which time decides, and says what follows; none when there is nothing
    /// to wait for, which no auction should come to.
    async fn wait(&mut self) -> Option<Vec<Command>> {
        let posts = self.postings.iter().filter(|posting| !posting.in_doubt).map(|posting| posting.give_up_at).min();
        let at = posts.into_iter().chain(self.machine.wake_at()).min();
        let wake = self.admitted.started + Duration::from_micros(at.unwrap_or(READ_DOUBT));
        tokio::select! {
            Some(heard) = self.heard.1.recv() => Some(self.hear(heard)),
            () = tokio::time::sleep_until(wake) => at.map(|_| self.tick()),
        }
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

    /// Writes what somebody waits for. The record that the lead came in goes before it, in the same commit when it is not
    /// written yet: the store takes records in order, and what is about a lead that it does not have is refused.
    ///
    /// # Errors
    /// How the run ends, when nothing was written.
    pub(super) async fn write(&mut self, record: Record) -> Result<Receipt, Ended> {
        let written = self.pipeline.0.recorder.queue(record, Urgency::Now).await;
        let stored = self.durable().await;
        if matches!(stored, Err(Ended::Repeat { .. })) {
            return stored.map(|()| Receipt::Noted);
        }
        match (receipt(written).await, stored) {
            // Whatever became of its receipt, the lead is there: this record could not be written without it.
            (Ok(Receipt::Intent(IntentReceipt::Fenced) | Receipt::Outcome(OutcomeReceipt::Fenced)), Err(ended)) => {
                Err(ended)
            }
            (Ok(receipt), _) => Ok(receipt),
            (Err(error), _) => {
                tracing::error!(%error, lead = %self.admitted.meta.lead_id, "what became of a lead could not be stored");
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
                if self.said {
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
}

/// How many contracts of a lead's campaign compete for it.
pub(super) fn competing(admitted: &Admitted) -> usize {
    admitted.campaign.slots.iter().filter(|slot| slot.contract().kind != ContractKind::Silent).count()
}

fn elapsed(since: Instant) -> Elapsed {
    u64::try_from(since.elapsed().as_micros()).unwrap_or(u64::MAX)
}

fn step(name: &str, start: Elapsed, admitted: &Admitted, note: String) -> OwnStep {
    let took_us = trace_us(elapsed(admitted.started).saturating_sub(start));
    OwnStep { name: name.to_owned(), start_us: trace_us(start), took_us, note }
}
