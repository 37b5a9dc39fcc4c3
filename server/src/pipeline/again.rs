//! A lead that nobody bought is auctioned again, by the same machine, in the background. Its source was told *unsold* and
//! hears of a later sale as of every other change.

use super::{
    Pipeline,
    after::Step,
    recover::admit,
    run::{Ended, Run},
};
use exchange::after::{CameOut, is_fresh};
use model::{ContractId, LeadId, Reason, TenantId, Timestamp, campaign::Reoffer, lead::LeadState, lost::Missed};
use std::sync::Arc;
use store::{AttemptState, OutcomeReceipt, Receipt, Record, Reopen, StoreError, Unfinished};

/// How long a round waits when there is no room for it, in milliseconds.
const WAIT_MS: i64 = 1_000;
/// At most so many further rounds at once: leads that have just come in go first.
pub(super) const ROUNDS: usize = 16;

/// What is known of a lead from before its auction.
#[derive(Debug, Clone)]
pub(super) struct Before {
    /// How often it was auctioned again, this time included.
    pub(super) round: u8,
    /// When it came in.
    pub(super) came: Timestamp,
    /// What its source was told last.
    pub(super) told: Option<LeadState>,
    /// How often its state was said.
    pub(super) changes: u32,
    /// The sale it was said to have missed.
    pub(super) missed: Option<Missed>,
    /// Why it was not sold, where the consumer was sent, and how long the source waited for that.
    pub(super) reason: Option<Reason>,
    pub(super) redirect_url: Option<String>,
    pub(super) duration_ms: Option<u32>,
}

impl Before {
    /// Nothing but when it came in.
    pub(super) const fn nothing(came: Timestamp) -> Self {
        Self {
            round: 0,
            came,
            told: None,
            changes: 0,
            missed: None,
            reason: None,
            redirect_url: None,
            duration_ms: None,
        }
    }

    pub(super) fn of(lead: &Unfinished) -> Self {
        Self {
            round: lead.round,
            came: lead.received_at,
            told: lead.told(),
            changes: lead.changes,
            missed: lead.missed,
            reason: lead.reason,
            redirect_url: lead.redirect_url.clone(),
            duration_ms: lead.duration_ms,
        }
    }

    /// Whether an outcome leaves the lead where its source was told it is: unsold in one round more.
    pub(super) fn stays(&self, told: Option<LeadState>, state: LeadState) -> bool {
        self.round > 0 && told == Some(LeadState::Unsold) && matches!(state, LeadState::Unsold | LeadState::Duplicate)
    }
}

/// Whether a lead that was left in a further round may be auctioned still.
pub(super) fn round_is_fresh(terms: Option<&Reoffer>, lead: &Unfinished, now: Timestamp) -> bool {
    terms.is_some_and(|terms| is_fresh(terms, lead.received_at, now))
}

impl Pipeline {
    /// Begins a round of a lead. When there is none any more, silent contracts that wait for the lead get it now.
    pub(super) async fn offer_again(&self, tenant: TenantId, lead: LeadId, round: u8) -> Result<Step, StoreError> {
        let mut lead = match self.0.store.tenant(tenant).whole_lead(lead).await {
            Err(StoreError::NotFound) => return Ok(Step::Done),
            found => found?,
        };
        // Somebody began it before a crash, or the lead is another's by now.
        if lead.state != LeadState::Unsold || lead.round.checked_add(1) != Some(round) {
            return Ok(Step::Done);
        }
        let now = self.0.clock.now();
        let snapshot = self.snapshot();
        let campaign = snapshot.campaign_by_id(tenant, lead.campaign_id);
        let terms = campaign.and_then(|campaign| campaign.campaign.reoffer).filter(|terms| round <= terms.times);
        let Some(terms) = terms.filter(|terms| is_fresh(terms, lead.received_at, now)) else {
            return self.copy_of(&lead, CameOut { state: LeadState::Unsold, last: true }).await;
        };
        if lead.attempts.iter().any(|post| post.state.holds() || post.state == AttemptState::Accepted) {
            // Somebody may have it. It is offered to nobody else before that is known.
            return Ok(Step::Later(now.plus_millis(i64::from(terms.after_minutes.max(1)) * 60_000)));
        }
        let later = Step::Later(now.plus_millis(WAIT_MS));
        let Ok(turn) = Arc::clone(&self.0.rounds).try_acquire_owned() else { return Ok(later) };
        let Ok(place) = self.room() else { return Ok(later) };
        // From here on nobody in this process takes it for a lead that was left.
        let at_work = self.0.working.begin(lead.lead_id);
        let reopen = Reopen { tenant_id: tenant, lead_id: lead.lead_id, owner: self.0.me, round, at: now };
        match self.0.recorder.write(Record::Reopen(reopen)).await? {
            Receipt::Outcome(OutcomeReceipt::Done) => {}
            _ => return Ok(Step::Done),
        }
        (lead.round, lead.state) = (round, LeadState::Processing);
        let Some(admitted) = admit(self, &lead) else {
            // Its person is forgotten, or its source is gone: whoever looks after leads that were left closes it.
            return Ok(Step::Done);
        };
        let posted: Vec<ContractId> = lead.attempts.iter().map(|attempt| attempt.contract_id).collect();
        let pipeline = self.clone();
        tokio::spawn(async move {
            let _held = (turn, at_work);
            let (mut run, first) = Run::again(pipeline, admitted, &posted).await;
            let ended = run.drive(first).await;
            drop(place);
            if let Ended::Answered(_) = ended {
                run.see_doubt_through().await;
            }
        });
        Ok(Step::Done)
    }
}

/// Milliseconds from intake to the answer of a lead that is closed without an auction.
pub(super) fn took(lead: &Unfinished, now: Timestamp) -> u32 {
    let open = || u32::try_from(now.millis_since(lead.received_at)).unwrap_or(u32::MAX);
    lead.duration_ms.unwrap_or_else(open)
}
