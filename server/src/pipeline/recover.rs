//! What a dead process left is picked up: a lead without a post is auctioned again while it is fresh, a post without an
//! outcome is unknown. Also the heartbeat by which others know that this process lives, and the watch on the
//! configuration.

use super::{
    Caller, Inner, Pipeline, StartError,
    after::{self, After},
    again::{self, Before},
    intake::Admitted,
    outbox::{self, Told},
    run::{Ended, Run},
    track::Track,
};
use crate::clock::new_id;
use exchange::{
    lead::{Lead, LeadMeta, Opened, Recovery},
    ledger,
    lost::Bids,
    rollup::LeadFact,
};
use model::{
    ContractId, EventId, LeadId, Micros, Money, Reason,
    lead::{Answer, LeadState},
    tenant::Mode,
};
use std::{
    collections::HashSet,
    sync::{Arc, Mutex, MutexGuard, PoisonError},
    time::Duration,
};
use store::{
    AttemptRow, AttemptState, Engine, Outcome, OutcomeReceipt, Receipt, Record, Settle, StoreError, Unfinished,
};
use tokio::time::Instant;

/// A lead older than this is not auctioned again, in milliseconds.
const FRESH_MS: i64 = 60_000;
/// How often this process says that it lives.
const HEARTBEAT: Duration = Duration::from_secs(2);
/// A process that has said nothing for so long is dead, in milliseconds.
const DEAD_AFTER_MS: i64 = 15_000;
/// How often the configuration's version is looked at.
const WATCH: Duration = Duration::from_millis(300);
/// How often the counters are read again where other servers change them too.
const RECOUNT: Duration = Duration::from_secs(1);
/// How often it is read how posts came out, where other servers post too.
const LEARN: Duration = Duration::from_secs(60);
/// How often it is read what contracts bid: what is older than a week is forgotten then, and what others saw is known.
const LEARN_BIDS: Duration = Duration::from_secs(600);
/// At most so many leads are taken over at once.
const ADOPT: u32 = 200;

/// A lead of ours that nobody works on is taken up again after so long, in milliseconds: the store failed meanwhile.
const LEFT_MS: i64 = 10_000;

/// The leads this process works on.
#[derive(Debug, Clone, Default)]
pub(super) struct Working(Arc<Mutex<HashSet<LeadId>>>);

/// While it is there, its lead is worked on.
#[derive(Debug)]
pub(super) struct AtWork(Working, LeadId);

impl Working {
    pub(super) fn begin(&self, lead: LeadId) -> AtWork {
        self.leads().insert(lead);
        AtWork(self.clone(), lead)
    }

    fn leads(&self) -> MutexGuard<'_, HashSet<LeadId>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}

impl Drop for AtWork {
    fn drop(&mut self) {
        self.0.leads().remove(&self.1);
    }
}

/// Takes over what was left behind, and starts the background work.
pub(super) async fn start(pipeline: &Pipeline) -> Result<(), StartError> {
    let inner = &pipeline.0;
    inner.counters.replace(inner.store.all_live_counters(inner.clock.now()).await?);
    learn(pipeline).await?;
    learn_bids(pipeline).await?;
    // A SQLite file has one server: whoever else has leads there is dead. On PostgreSQL others may be alive.
    let dead_before = match inner.store.engine() {
        Engine::Sqlite => inner.clock.now().plus_millis(1),
        Engine::Postgres => inner.clock.now().plus_millis(-DEAD_AFTER_MS),
    };
    while adopt(pipeline, dead_before).await? == ADOPT as usize {}
    tokio::spawn(live(pipeline.clone()));
    tokio::spawn(watch(pipeline.clone()));
    Ok(())
}

/// Reads how posts came out lately.
async fn learn(pipeline: &Pipeline) -> Result<(), StoreError> {
    let now = pipeline.0.clock.now();
    let mut rows = Vec::new();
    for tenant in pipeline.snapshot().tenant_ids() {
        rows.extend(pipeline.0.store.tenant(tenant).track(Track::since(now)).await?);
    }
    pipeline.0.track.learn(&rows, now);
    Ok(())
}

/// Reads what contracts bid lately: today's hours and the seven days before.
async fn learn_bids(pipeline: &Pipeline) -> Result<(), StoreError> {
    let (now, snapshot) = (pipeline.0.clock.now(), pipeline.snapshot());
    let mut rows = Vec::new();
    for id in snapshot.tenant_ids() {
        let Some(tenant) = snapshot.tenant(id) else { continue };
        let found = pipeline.0.store.tenant(id).contract_days(now.hour()).await?;
        for contract in tenant.contracts() {
            let Some(days) = found.get(&contract.id) else { continue };
            let mut bids = Bids::default();
            for done in days.days.iter().chain([&days.recent]) {
                bids.merge(Bids { count: u64::try_from(done.bids).unwrap_or(0), sum: done.bid_sum });
            }
            rows.push((contract.campaign_id, contract.id, bids));
        }
    }
    pipeline.0.track.learn_bids(&rows);
    Ok(())
}

async fn live(pipeline: Pipeline) {
    let inner = &pipeline.0;
    let shared = inner.store.engine() == Engine::Postgres;
    while wait(inner, HEARTBEAT).await {
        let now = inner.clock.now();
        let beat = match inner.store.heartbeat(inner.me, now).await {
            Err(StoreError::NotFound) => {
                tracing::error!("this process was thought dead; leads it had may have been taken over");
                inner.store.register_process(inner.me, now).await
            }
            beat => beat,
        };
        let adopted = match beat {
            Ok(()) if shared => adopt(&pipeline, now.plus_millis(-DEAD_AFTER_MS)).await.map(|_| ()),
            beat => beat,
        };
        if let Err(error) = adopted {
            tracing::error!(%error, "the heartbeat could not be written");
            continue;
        }
        if let Err(error) = take_up_own(&pipeline).await {
            tracing::error!(%error, "leads that were left could not be looked up");
        }
    }
}

async fn watch(pipeline: Pipeline) {
    let inner = &pipeline.0;
    let shared = inner.store.engine() == Engine::Postgres;
    let (mut recounted, mut learned, mut learned_bids) = (Instant::now(), Instant::now(), Instant::now());
    while wait(inner, WATCH).await {
        match inner.store.config_version().await {
            Ok(version) if version != pipeline.snapshot().version() => {
                if let Err(error) = pipeline.refresh().await {
                    tracing::error!(%error, "the new configuration could not be read; the old one stays in force");
                }
            }
            Ok(_) => {}
            Err(error) => tracing::error!(%error, "the configuration's version could not be read"),
        }
        if shared && learned.elapsed() >= LEARN {
            learned = Instant::now();
            if let Err(error) = learn(&pipeline).await {
                tracing::error!(%error, "how posts came out lately could not be read");
            }
        }
        if learned_bids.elapsed() >= LEARN_BIDS {
            learned_bids = Instant::now();
            if let Err(error) = learn_bids(&pipeline).await {
                tracing::error!(%error, "what contracts bid lately could not be read");
            }
        }
        if shared && recounted.elapsed() >= RECOUNT {
            recounted = Instant::now();
            match inner.store.all_live_counters(inner.clock.now()).await {
                Ok(all) => inner.counters.replace(all),
                Err(error) => tracing::error!(%error, "the counters could not be read"),
            }
        }
    }
}

/// Waits; false when the pipeline stops.
async fn wait(inner: &Inner, span: Duration) -> bool {
    tokio::select! {
        () = tokio::time::sleep(span) => true,
        () = inner.stop.cancelled() => false,
    }
}

/// Takes leads over; how many there were.
async fn adopt(pipeline: &Pipeline, dead_before: model::Timestamp) -> Result<usize, StoreError> {
    let leads = pipeline.0.store.adopt(pipeline.0.me, dead_before, ADOPT).await?;
    let count = leads.len();
    if count > 0 {
        tracing::warn!(count, "taking over leads that a dead process left");
    }
    for lead in leads {
        take_up(pipeline, lead).await;
    }
    Ok(count)
}

/// Takes up leads of this process that nobody works on: the store did not answer when they were to be ended.
async fn take_up_own(pipeline: &Pipeline) -> Result<(), StoreError> {
    let before = pipeline.0.clock.now().plus_millis(-LEFT_MS);
    for lead in pipeline.0.store.left_behind(pipeline.0.me, before, ADOPT).await? {
        // Looked up one by one: the one before may have taken a while.
        if !pipeline.0.working.leads().contains(&lead.lead_id) {
            tracing::warn!(lead = %lead.lead_id, "taking up a lead that was left when the store did not answer");
            take_up(pipeline, lead).await;
        }
    }
    Ok(())
}

async fn take_up(pipeline: &Pipeline, lead: Unfinished) {
    let now = pipeline.0.clock.now();
    let begun = |a: &AttemptRow| matches!(a.state, AttemptState::Open | AttemptState::Unknown | AttemptState::Accepted);
    // One of unknown outcome has its answer: it is not auctioned again.
    let in_doubt = lead.state == LeadState::Unknown || lead.attempts.iter().any(begun);
    let terms = pipeline.snapshot().campaign_by_id(lead.tenant_id, lead.campaign_id).and_then(|c| c.campaign.reoffer);
    let fresh = match lead.round {
        0 => now.millis_since(lead.received_at) <= FRESH_MS,
        _ => again::round_is_fresh(terms.as_ref(), &lead, now),
    };
    if in_doubt {
        return close(pipeline, &lead, LeadState::Unknown, Reason::PostUnknown).await;
    }
    match admit(pipeline, &lead).filter(|_| fresh) {
        None => close(pipeline, &lead, LeadState::Unsold, Reason::Interrupted).await,
        Some(admitted) => {
            let posted: Vec<ContractId> = lead.attempts.iter().map(|attempt| attempt.contract_id).collect();
            // From this moment, not from when the task gets its turn: nobody takes it up a second time meanwhile.
            let at_work = pipeline.0.working.begin(lead.lead_id);
            let pipeline = pipeline.clone();
            tokio::spawn(async move {
                let _at_work = at_work;
                let (mut run, first) = Run::again(pipeline, admitted, &posted).await;
                if let Ended::Answered(_) = run.drive(first).await {
                    run.see_doubt_through().await;
                }
            });
        }
    }
}

/// Puts the lead together again. None when its campaign or source is gone, or its key has been destroyed.
pub(super) fn admit(pipeline: &Pipeline, lead: &Unfinished) -> Option<Admitted> {
    let snapshot = pipeline.snapshot();
    let tenant = Arc::clone(snapshot.tenant(lead.tenant_id)?);
    let campaign = Arc::clone(snapshot.campaign_by_id(lead.tenant_id, lead.campaign_id)?);
    let source = tenant.sources.get(&lead.source_id)?.clone();
    let plain = tenant.keys.open_lead(lead.lead_id, &lead.sealed_key, &lead.sealed_body).ok()?;
    let opened = Opened::by(Recovery::owned_by(pipeline.0.me), &plain).ok()?;
    let restored = Lead::restore(&campaign.schema, &lead.open, opened, lead.tracking.clone()).ok()?;
    let meta = LeadMeta { lead_id: lead.lead_id, campaign: Arc::clone(&campaign.slug), test: lead.mode == Mode::Test };
    let caller = Caller {
        tenant_id: lead.tenant_id,
        source_id: lead.source_id,
        key_id: lead.key_id,
        mode: lead.mode,
        campaigns: Arc::from([]),
        // It was counted when it came.
        requests: None,
    };
    Some(Admitted {
        tenant,
        campaign,
        source,
        caller,
        lead: restored,
        // It is written down already.
        consent: None,
        meta,
        external_id: lead.external_id.clone(),
        tracking: lead.tracking.clone(),
        idempotency: None,
        held: None,
        before: Before::of(lead),
        started: Instant::now(),
        // Schedules, caps and windows are those of now.
        started_at: pipeline.0.clock.now(),
    })
}

/// Ends a lead without an auction. A buyer that shares it may have taken it before the server stopped: then it is sold.
async fn close(pipeline: &Pipeline, lead: &Unfinished, state: LeadState, reason: Reason) {
    let now = pipeline.0.clock.now();
    let snapshot = pipeline.snapshot();
    let campaign = snapshot.campaign_by_id(lead.tenant_id, lead.campaign_id);
    let source = snapshot.tenant(lead.tenant_id).and_then(|tenant| tenant.sources.get(&lead.source_id));
    let test = lead.mode == Mode::Test;
    let was = lead.told();
    let mut took: Vec<_> = lead.attempts.iter().filter(|row| row.state == AttemptState::Accepted).collect();
    took.sort_by_key(|row| std::cmp::Reverse(row.paid));
    let (state, reason) = if took.is_empty() { (state, Some(reason)) } else { (LeadState::Sold, None) };
    let came_out = (state, reason);
    // Its source was told that already, in the words that are stored.
    let stays = Before::of(lead).stays(was, state);
    let reason = if stays { lead.reason } else { reason };
    let paid: Vec<_> = took.iter().map(|row| (row.buyer_id, row.paid.unwrap_or(row.price))).collect();
    let paid = if test { Vec::new() } else { paid };
    let revenue: Micros = paid.iter().map(|(_, paid)| *paid).sum();
    // A source that is gone is owed nothing more.
    let payout = source.filter(|_| !paid.is_empty()).map_or(Micros::ZERO, |source| source.payout.of(revenue));
    let currency = campaign.map_or(model::Currency::USD, |campaign| campaign.campaign.currency);
    let money = |amount| (!paid.is_empty()).then_some(Money { amount, currency });
    let answer = Answer {
        lead_id: lead.lead_id,
        status: state.public().to_owned(),
        reason,
        redirect_url: lead
            .redirect_url
            .clone()
            .or_else(|| campaign.map(|campaign| campaign.campaign.fallback_url.clone()).filter(|url| !url.is_empty())),
        payout: money(payout),
        duration_ms: again::took(lead, now),
        test,
    };
    let open = lead.attempts.iter().filter(|attempt| attempt.state == AttemptState::Open);
    let settles = open.map(|attempt| Settle {
        attempt_id: attempt.id,
        lead_id: lead.lead_id,
        contract_id: attempt.contract_id,
        state: AttemptState::Unknown,
        paid: None,
        reference: None,
        at: now,
    });
    let told = Told {
        tenant: lead.tenant_id,
        lead: lead.lead_id,
        sequence: lead.changes.saturating_add(1),
        state,
        reason,
        campaign: lead.campaign_id,
        source: lead.source_id,
        external_id: lead.external_id.as_deref(),
        tracking: &lead.tracking,
        revenue: money(revenue),
        payout: money(payout),
        buyer: took.first().map(|row| (row.buyer_id, row.contract_id)),
        mode: lead.mode,
        at: now,
    };
    let follows = after::jobs(
        &snapshot,
        &After {
            tenant: lead.tenant_id,
            campaign: lead.campaign_id,
            lead: lead.lead_id,
            round: lead.round,
            came: lead.received_at,
            state: came_out.0,
            reason: came_out.1,
            at: now,
        },
    );
    let outcome = Outcome {
        tenant_id: lead.tenant_id,
        campaign_id: lead.campaign_id,
        source_id: lead.source_id,
        lead_id: lead.lead_id,
        owner: pipeline.0.me,
        state,
        reason,
        buyer_id: took.first().map(|row| row.buyer_id),
        contract_id: took.first().map(|row| row.contract_id),
        revenue: money(revenue),
        payout: money(payout),
        answer: serde_json::to_string(&answer).ok().filter(|_| !stays),
        redirect_url: answer.redirect_url.clone().filter(|_| !stays),
        duration_ms: Some(answer.duration_ms).filter(|_| !stays),
        trace: None,
        settles: settles.collect(),
        entries: if paid.is_empty() { Vec::new() } else { ledger::sales(&paid, lead.source_id, payout, currency) },
        fact: LeadFact {
            campaign: lead.campaign_id,
            source: lead.source_id,
            state,
            came: Some(lead.received_at),
            was,
            was_with: None,
            back: None,
            copy: false,
            test,
            reason: reason.filter(|_| !stays),
            buyer: took.first().map(|row| row.buyer_id),
            also: paid.iter().skip(1).copied().collect(),
            revenue,
            payout,
            missed: None,
            contracts: Vec::new(),
        },
        event_id: EventId::from_bits(new_id(now)),
        at: now,
        // Nothing is told when it stays where it was told to be.
        jobs: if was == Some(state) { Vec::new() } else { outbox::jobs(&snapshot, &told) }
            .into_iter()
            .chain(follows)
            .collect(),
        config_version: pipeline.snapshot().version(),
    };
    match pipeline.0.recorder.write(Record::Outcome(Box::new(outcome))).await {
        Ok(Receipt::Outcome(OutcomeReceipt::Done)) => pipeline.0.stats.ended(state),
        Ok(_) => tracing::warn!(lead = %lead.lead_id, "another server has taken this lead over"),
        Err(error) => tracing::error!(%error, lead = %lead.lead_id, "an interrupted lead could not be closed"),
    }
}
