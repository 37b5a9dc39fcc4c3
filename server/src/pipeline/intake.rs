//! From a request to a running auction: admit, read, recognise repeats.

use super::{
    Caller, CampaignSnapshot, PingFault, Pipeline, Refusal,
    again::Before,
    record::Urgency,
    run::{Ended, Run},
    snapshot::TenantSnapshot,
};
use crate::clock::new_id;
use exchange::lead::{Lead, LeadMeta, Submission, read_lead, read_submission};
use model::{
    EventId, FieldError, LeadId, Reason, SourceId, TenantId, Timestamp,
    consent::ConsentSeen,
    lead::{Answer, Tracking},
    ping::Held,
    source::Source,
    tenant::Mode,
};
use serde_json::Value;
use sha2::{Digest, Sha256};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use store::{Idempotency, Newcomer, Record, Refused, Repeat, StoreError};
use tokio::{
    sync::{oneshot, watch},
    time::Instant,
};

/// How long an idempotency key is remembered, in milliseconds: 7 days.
const KEY_LIFE_MS: i64 = 7 * 86_400_000;
/// A key may not be longer, in characters.
const LONGEST_KEY: usize = 200;
/// How often another server's auction is asked for its answer, and for how long.
const POLL: Duration = Duration::from_millis(50);
const POLLS: usize = 600;

/// What the first submission under a key will be answered.
type Verdict = Option<Result<Answer, Refusal>>;
/// Submissions under way in this process, by key.
#[derive(Default)]
pub(super) struct Waiting(Mutex<HashMap<(TenantId, SourceId, String), Place>>);
type Place = ([u8; 32], watch::Receiver<Verdict>);

/// Everything an auction is about.
pub(super) struct Admitted {
    pub(super) tenant: Arc<TenantSnapshot>,
    pub(super) campaign: Arc<CampaignSnapshot>,
    pub(super) source: Source,
    pub(super) caller: Caller,
    pub(super) lead: Lead,
    /// Which words its consumer agreed to.
    pub(super) consent: Option<ConsentSeen>,
    pub(super) meta: LeadMeta,
    pub(super) external_id: Option<String>,
    pub(super) tracking: Tracking,
    pub(super) idempotency: Option<Idempotency>,
    /// What buyers said when the source pinged.
    pub(super) held: Option<Vec<Held>>,
    /// What became of it before.
    pub(super) before: Before,
    pub(super) started: Instant,
    pub(super) started_at: Timestamp,
}

impl Pipeline {
    /// Takes a lead in, sells it, and says how it went. The auction goes on when the caller goes away.
    ///
    /// # Errors
    /// [`Refusal`]; nothing was stored then, except for [`Refusal::Unavailable`].
    pub async fn submit(&self, caller: Caller, body: Value, key: Option<String>) -> Result<Answer, Refusal> {
        let digest = digest(&body);
        self.take(caller, body, key, digest, false).await
    }

    /// The same for a body to which something was added since it came: a repeat is known by the digest of what came.
    ///
    /// # Errors
    /// As [`Pipeline::submit`].
    pub async fn submit_as(
        &self,
        caller: Caller,
        body: Value,
        key: Option<String>,
        came: [u8; 32],
    ) -> Result<Answer, Refusal> {
        self.take(caller, body, key, came, false).await
    }

    /// The same, but answers `pending` as soon as the lead is durable and sells it afterwards. A repeat gets the answer
    /// of the first, whole.
    ///
    /// # Errors
    /// As [`Pipeline::submit`].
    pub async fn accept(&self, caller: Caller, body: Value, key: Option<String>) -> Result<Answer, Refusal> {
        let digest = digest(&body);
        self.take(caller, body, key, digest, true).await
    }

    async fn take(
        &self,
        caller: Caller,
        body: Value,
        key: Option<String>,
        hash: [u8; 32],
        early: bool,
    ) -> Result<Answer, Refusal> {
        let (started, started_at) = (Instant::now(), self.0.clock.now());
        let place = self.room()?;
        let submission = read_submission(body).map_err(|faults| self.invalid(faults))?;
        let door = self.door(&caller, &submission)?;
        let key = idempotency_key(key.or_else(|| submission.external_id.clone()))?;
        let mine = match &key {
            Some(key) => match self.first(&caller, key, hash).await? {
                Turn::First(claim) => Some(claim),
                Turn::Answered(answer) => return Ok(answer),
            },
            None => None,
        };
        let idempotency =
            key.map(|key| Idempotency { key, body_hash: hash, expires_at: started_at.plus_millis(KEY_LIFE_MS) });
        let campaign = Arc::clone(&door.1);
        let admitted = match self.admit(&caller, door, submission, idempotency.clone(), (started, started_at)).await {
            Ok(admitted) => admitted,
            Err(refusal) => {
                // What was answered once is answered again, whatever has become of schema and ping since.
                if let Some(repeat) = self.repeat(&caller, &campaign, idempotency, started_at).await? {
                    return self.answer_again(caller.tenant_id, &repeat, hash, mine).await;
                }
                if let Refusal::Invalid(faults) = refusal {
                    self.remember_refusal(&caller, &campaign, started_at).await;
                    return Err(self.invalid(faults));
                }
                return Err(refusal);
            }
        };
        let (screened, repeat) = self.screen(&admitted).await;
        if let Some(repeat) = repeat.map_err(|error| unanswered(&error))? {
            return self.answer_again(caller.tenant_id, &repeat, hash, mine).await;
        }
        // On a task of its own: the auction goes on when the caller goes away.
        let (tell, told) = oneshot::channel();
        let pipeline = self.clone();
        tokio::spawn(async move {
            let urgency = if early { Urgency::Now } else { Urgency::Soon };
            let (mut run, first) = Run::begin(pipeline.clone(), admitted, screened, urgency).await;
            let stored = if early { run.durable().await } else { Ok(()) };
            let mut tell = Some(tell);
            if early && stored.is_ok() {
                // Nobody may be listening any more.
                let _ = tell.take().map(|tell| tell.send(Ok(run.pending())));
            }
            let ended = match stored {
                Ok(()) => run.drive(first).await,
                Err(ended) => ended,
            };
            // Without the store, or when another server has it, nothing more of this lead can be decided here.
            let goes_on = matches!(ended, Ended::Answered(_));
            let result = match ended {
                Ended::Answered(answer) => Ok(answer),
                Ended::Repeat { lead_id, same_body: true } => pipeline.stored_answer(run.tenant_id(), lead_id).await,
                Ended::Repeat { same_body: false, .. } => Err(Refusal::IdempotencyConflict),
                Ended::Unavailable => Err(Refusal::Unavailable),
            };
            if let Some(claim) = mine {
                claim.resolve(result.clone());
            }
            let _ = tell.map(|tell| tell.send(result));
            drop(place);
            if goes_on {
                run.see_doubt_through().await;
            }
        });
        told.await.unwrap_or(Err(Refusal::Unavailable))
    }

    /// Reads a submission as a lead of its campaign.
    ///
    /// # Errors
    /// [`Refusal::Invalid`], or what is wrong with the ping it refers to. Nothing of it is counted yet.
    async fn admit(
        &self,
        caller: &Caller,
        (tenant, campaign, source): (Arc<TenantSnapshot>, Arc<CampaignSnapshot>, Source),
        submission: Submission,
        idempotency: Option<Idempotency>,
        (started, started_at): (Instant, Timestamp),
    ) -> Result<Admitted, Refusal> {
        let ping = match &submission.ping_id {
            Some(ping) => Some(self.held(caller, &campaign, ping, started_at).await?),
            None => None,
        };
        let (external_id, tracking) = (submission.external_id.clone(), submission.tracking.clone());
        let (consent, unknown) = campaign.consent.seen(submission.consent.as_ref());
        let lead = match (read_lead(&campaign.schema, submission, started_at), unknown) {
            (Ok(lead), None) => lead,
            (read, unknown) => {
                return Err(Refusal::Invalid(read.err().into_iter().flatten().chain(unknown).collect()));
            }
        };
        if ping.as_ref().is_some_and(|ping| ping.open_hash != lead.open_hash()) {
            return Err(Refusal::Ping(PingFault::Void));
        }
        // Buyers that were pinged know it by this number.
        let lead_id = LeadId::from_bits(ping.as_ref().map_or_else(|| new_id(started_at), |ping| ping.id.bits()));
        let meta = LeadMeta { lead_id, campaign: Arc::clone(&campaign.slug), test: caller.mode == Mode::Test };
        Ok(Admitted {
            tenant,
            campaign,
            source,
            caller: caller.clone(),
            lead,
            consent,
            meta,
            external_id,
            tracking,
            idempotency,
            held: ping.map(|ping| ping.held),
            before: Before::nothing(started_at),
            started,
            started_at,
        })
    }

    /// The lead that has a key, for a submission that is refused otherwise.
    async fn repeat(
        &self,
        caller: &Caller,
        campaign: &CampaignSnapshot,
        idempotency: Option<Idempotency>,
        now: Timestamp,
    ) -> Result<Option<Repeat>, Refusal> {
        let Some(idempotency) = idempotency else { return Ok(None) };
        let newcomer = Newcomer {
            tenant: caller.tenant_id,
            source: caller.source_id,
            key: Some(idempotency.key),
            campaign: campaign.campaign.id,
            prints: Vec::new(),
            since: None,
            now,
        };
        Ok(self.0.lookup.ask(newcomer).await.map_err(|error| unanswered(&error))?.repeat)
    }

    /// What the first lead under a key was answered, when it was the same.
    async fn answer_again(
        &self,
        tenant: TenantId,
        repeat: &Repeat,
        hash: [u8; 32],
        mine: Option<Claim>,
    ) -> Result<Answer, Refusal> {
        let answer = if repeat.body_hash == hash {
            self.stored_answer(tenant, repeat.lead_id).await
        } else {
            Err(Refusal::IdempotencyConflict)
        };
        if let Some(claim) = mine {
            claim.resolve(answer.clone());
        }
        answer
    }

    pub(super) fn invalid(&self, faults: Vec<FieldError>) -> Refusal {
        self.0.stats.refused.count();
        Refusal::Invalid(faults)
    }

    pub(super) fn door(
        &self,
        caller: &Caller,
        submission: &Submission,
    ) -> Result<(Arc<TenantSnapshot>, Arc<CampaignSnapshot>, Source), Refusal> {
        let snapshot = self.snapshot();
        let Some(slug) = submission.campaign.as_deref() else {
            return Err(self.invalid(vec![FieldError::new("campaign", "missing", "Name the campaign.")]));
        };
        let tenant = snapshot.tenant(caller.tenant_id).ok_or(Refusal::Unavailable)?;
        let campaign = snapshot.campaign(caller.tenant_id, slug).ok_or(Refusal::UnknownCampaign)?;
        if !caller.campaigns.is_empty() && !caller.campaigns.contains(&campaign.campaign.id) {
            return Err(Refusal::CampaignNotAllowed);
        }
        let source = tenant.sources.get(&caller.source_id).ok_or(Refusal::CampaignNotAllowed)?;
        Ok((Arc::clone(tenant), Arc::clone(campaign), source.clone()))
    }

    /// Counts a lead that could not be read, so that the source's quality shows. Nothing of the lead is in it.
    async fn remember_refusal(&self, caller: &Caller, campaign: &CampaignSnapshot, at: Timestamp) {
        if caller.mode == Mode::Test {
            return;
        }
        let refused = Refused {
            tenant_id: caller.tenant_id,
            campaign_id: campaign.campaign.id,
            source_id: caller.source_id,
            at,
            event_id: EventId::from_bits(new_id(at)),
            reason: Reason::InvalidLead,
        };
        // The answer does not wait for this: it promises nothing about it.
        drop(self.0.recorder.queue(Record::Refused(refused), Urgency::Soon).await);
    }

    /// Whether this is the only submission under its key in this process; otherwise the answer of the first.
    async fn first(&self, caller: &Caller, key: &str, hash: [u8; 32]) -> Result<Turn, Refusal> {
        let name = (caller.tenant_id, caller.source_id, key.to_owned());
        match self.0.waiting.claim(self.clone(), name, hash) {
            Ok(claim) => Ok(Turn::First(claim)),
            Err((first, _)) if first != hash => Err(Refusal::IdempotencyConflict),
            Err((_, mut verdict)) => {
                let verdict = verdict.wait_for(Option::is_some).await.map_err(|_| Refusal::Unavailable)?;
                verdict.clone().unwrap_or(Err(Refusal::Unavailable)).map(Turn::Answered)
            }
        }
    }

    /// The stored answer of a lead, waited for when another server is still selling it.
    async fn stored_answer(&self, tenant: TenantId, lead: LeadId) -> Result<Answer, Refusal> {
        let rows = self.0.store.tenant(tenant);
        for _ in 0..POLLS {
            match rows.lead_answer(lead).await {
                Ok(found) => {
                    if let Some(answer) = found.answer {
                        return serde_json::from_str(&answer).map_err(|_| Refusal::Unavailable);
                    }
                }
                Err(error) => {
                    tracing::error!(%error, %lead, "an answer could not be read");
                    return Err(Refusal::Unavailable);
                }
            }
            tokio::time::sleep(POLL).await;
        }
        Err(Refusal::Unavailable)
    }
}

fn unanswered(error: &StoreError) -> Refusal {
    tracing::error!(%error, "an idempotency key could not be looked up");
    Refusal::Unavailable
}

/// What tells two bodies apart.
#[must_use]
pub fn digest(body: &Value) -> [u8; 32] {
    Sha256::digest(body.to_string()).into()
}

fn idempotency_key(key: Option<String>) -> Result<Option<String>, Refusal> {
    match key.map(|key| key.trim().to_owned()) {
        Some(key) if key.chars().count() > LONGEST_KEY => Err(Refusal::Invalid(vec![FieldError::new(
            "Idempotency-Key",
            "too_long",
            format!("Send at most {LONGEST_KEY} characters."),
        )])),
        key => Ok(key.filter(|key| !key.is_empty())),
    }
}

enum Turn {
    First(Claim),
    Answered(Answer),
}

/// A key that this submission holds. Dropping it lets those who wait know, with whatever answer it has by then.
struct Claim {
    pipeline: Pipeline,
    name: (TenantId, SourceId, String),
    sender: watch::Sender<Verdict>,
}

impl Claim {
    fn resolve(self, result: Result<Answer, Refusal>) {
        self.sender.send_replace(Some(result));
    }
}

impl Drop for Claim {
    fn drop(&mut self) {
        let mut waiting = self.pipeline.0.waiting.0.lock().unwrap_or_else(PoisonError::into_inner);
        waiting.remove(&self.name);
    }
}

impl Waiting {
    /// Takes a key; otherwise who has it.
    fn claim(&self, pipeline: Pipeline, name: (TenantId, SourceId, String), hash: [u8; 32]) -> Result<Claim, Place> {
        let mut waiting = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if let Some(place) = waiting.get(&name) {
            return Err(place.clone());
        }
        let (sender, receiver) = watch::channel(None);
        waiting.insert(name.clone(), (hash, receiver));
        Ok(Claim { pipeline, name, sender })
    }
}
