//! What follows an outcome: the jobs that are stored with it, and what becomes of them. `copies` sends what silent contracts
//! get, `again` begins another round.

use super::{
    Pipeline,
    run::Run,
    snapshot::{CampaignSnapshot, Snapshot},
};
use crate::clock::new_id;
use exchange::after::{CameOut, follows};
use model::{CampaignId, JobId, LeadId, Reason, TenantId, Timestamp, contract::ContractKind, lead::LeadState};
use serde::{Deserialize, Serialize};
use std::sync::Arc;
use store::{COPY, Job, NewJob, REOFFER, StoreError, round_job};
use tokio::sync::{Notify, watch};

/// For how long such a job is one worker's, in milliseconds: longer than any copy is waited for.
pub(super) const LEASE_MS: i64 = 180_000;

/// The work of a [`COPY`] job.
#[derive(Debug, Serialize, Deserialize)]
struct CopyJob {
    lead: LeadId,
    state: LeadState,
    last: bool,
}

/// The work of a [`REOFFER`] job.
#[derive(Debug, Serialize, Deserialize)]
struct RoundJob {
    lead: LeadId,
    round: u8,
}

/// How a lead came out.
pub(super) struct After {
    pub(super) tenant: TenantId,
    pub(super) campaign: CampaignId,
    pub(super) lead: LeadId,
    /// After how many rounds beside the first.
    pub(super) round: u8,
    /// When the lead came in.
    pub(super) came: Timestamp,
    pub(super) state: LeadState,
    pub(super) reason: Option<Reason>,
    pub(super) at: Timestamp,
}

/// What must happen because of it.
pub(super) fn jobs(snapshot: &Snapshot, after: &After) -> Vec<NewJob> {
    let Some(campaign) = snapshot.campaign_by_id(after.tenant, after.campaign) else { return Vec::new() };
    let terms = campaign.campaign.reoffer.as_ref();
    let follows = follows((after.state, after.reason), terms, after.round, after.came, after.at);
    let job = |id, kind: &str, payload: Result<String, _>, run_at| {
        let payload: String = payload.ok()?;
        Some(NewJob { id, kind: kind.to_owned(), lane: None, payload, run_at })
    };
    let (lead, round) = (after.lead, after.round.saturating_add(1));
    let again = follows
        .round_at
        .and_then(|at| job(round_job(lead, round), REOFFER, serde_json::to_string(&RoundJob { lead, round }), at));
    let copies = follows.copies.filter(|_| has_silent(campaign)).and_then(|CameOut { state, last }| {
        let id = JobId::from_bits(new_id(after.at));
        job(id, COPY, serde_json::to_string(&CopyJob { lead, state, last }), after.at)
    });
    copies.into_iter().chain(again).collect()
}

fn has_silent(campaign: &CampaignSnapshot) -> bool {
    campaign.slots.iter().any(|slot| slot.contract().kind == ContractKind::Silent)
}

impl Run {
    /// What was to be done because of an outcome, with what follows it beside. `reason` is this auction's own.
    pub(super) fn and_after(
        &self,
        mut jobs: Vec<NewJob>,
        (state, reason): (LeadState, Option<Reason>),
        at: Timestamp,
    ) -> Vec<NewJob> {
        let admitted = &self.admitted;
        jobs.extend(self::jobs(
            &self.pipeline.snapshot(),
            &After {
                tenant: self.tenant_id(),
                campaign: admitted.campaign.campaign.id,
                lead: admitted.meta.lead_id,
                round: admitted.before.round,
                came: admitted.before.came,
                state,
                reason,
                at,
            },
        ));
        jobs
    }
}

/// What is to be done with a job that was worked on.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Step {
    /// It is done.
    Done,
    /// It comes again then.
    Later(Timestamp),
}

impl Pipeline {
    /// Rung whenever something follows an outcome of this process at once.
    #[must_use]
    pub fn after(&self) -> Arc<Notify> {
        Arc::clone(&self.0.after)
    }

    /// Takes what is due of what follows outcomes, at most `limit` jobs.
    ///
    /// # Errors
    /// When the store does not answer; nothing is taken then.
    pub async fn due_after(&self, limit: u32) -> Result<Vec<Job>, StoreError> {
        let now = self.0.clock.now();
        self.0.store.take_jobs(&[COPY, REOFFER], now, now.plus_millis(LEASE_MS), limit).await
    }

    /// How many of them this process has worked off since it started.
    #[must_use]
    pub fn followed(&self) -> watch::Receiver<u64> {
        self.0.followed.subscribe()
    }

    /// Works one of them off. A server that dies meanwhile leaves it to the next, which sends nothing a second time.
    pub async fn follow(&self, job: Job) {
        let worked = match job.kind.as_str() {
            REOFFER => match serde_json::from_str(&job.payload) {
                Ok(RoundJob { lead, round }) => self.offer_again(job.tenant_id, lead, round).await,
                Err(error) => unreadable(&job, &error),
            },
            _ => match serde_json::from_str(&job.payload) {
                Ok(CopyJob { lead, state, last }) => self.copy(job.tenant_id, lead, CameOut { state, last }).await,
                Err(error) => unreadable(&job, &error),
            },
        };
        let told = match worked {
            Ok(Step::Done) => self.0.store.finish_job(&job).await,
            Ok(Step::Later(at)) => self.0.store.postpone_job(&job, at).await,
            // Its lease runs out and it is taken again.
            Err(error) => Err(error),
        };
        if let Err(error) = told {
            tracing::warn!(%error, job = %job.id, kind = job.kind, "what follows an outcome is tried again later");
        }
        self.0.followed.send_modify(|followed| *followed += 1);
    }
}

fn unreadable(job: &Job, error: &serde_json::Error) -> Result<Step, StoreError> {
    tracing::error!(%error, job = %job.id, "what follows an outcome cannot be read and is dropped");
    Ok(Step::Done)
}
