//! What comes after the answer was given: late bids, and late answers to posts in doubt.

use super::{Ended, Heard, READ_DOUBT, Run, posting::agreed};
use crate::{
    clock::new_id,
    pipeline::{record::Urgency, resolve::Verdict},
};
use connectors::PostReading;
use model::{AttemptId, EventId, Reason, contract::Sharing, lead::LeadState};
use std::time::Duration;
use store::Record;

impl Run {
    /// After an unknown outcome: a late accept becomes a sale, a late reject goes on down the waterfall.
    pub(in crate::pipeline) async fn see_doubt_through(mut self) {
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
            if !commands.is_empty() && !matches!(self.drive(commands.into()).await, Ended::Answered(_)) {
                return;
            }
        }
    }

    /// A bid that came after the answer was written: what the time-out cost is worth a line of history.
    pub(super) fn note_late_bid(&self, entrant: usize) {
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
        tokio::spawn(async move { drop(recorder.queue(Record::Note(note), Urgency::Soon).await) });
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
            PostReading::Accepted { price, .. } => {
                let paid = agreed(self.post_price(*entrant), *price, self.machine.price(*entrant)).ok()?;
                Some((posting.attempt, Verdict::Accepted { paid }))
            }
            PostReading::Rejected { .. } => Some((posting.attempt, Verdict::Rejected)),
            PostReading::Pending { .. } | PostReading::Unclear { .. } => None,
        }
    }

    async fn resolve_late(&mut self, (attempt, verdict): (AttemptId, Verdict)) {
        self.postings.retain(|posting| posting.attempt != attempt);
        let lead = self.admitted.meta.lead_id;
        if let Err(error) = self.pipeline.resolve(self.tenant_id(), lead, attempt, verdict).await {
            tracing::warn!(%error, %lead, "a late answer could not be taken down; the post stays in doubt");
        }
    }
}
