//! The live pipeline: a lead comes in, buyers are asked at once, the best one gets it, and nobody is told anything that is
//! not durable.
//!
//! `intake` reads and admits, `run` drives one auction, `outbound` talks, `record` remembers, `recover` picks up what a
//! dead process left. What is decided, is decided in `exchange`.

mod admission;
mod after;
mod again;
mod company;
mod copies;
mod counters;
pub mod courier;
mod enter;
mod give_back;
mod guard;
mod intake;
mod letters;
mod looks;
mod lookup;
mod missed;
mod outbound;
mod outbox;
mod outcome;
mod pings;
mod record;
mod recover;
mod rerun;
mod resolve;
mod run;
mod snapshot;
mod stats;
mod tokens;
mod track;
mod trial;
mod verdicts;

pub use give_back::GiveBackError;
pub use guard::{EgressRefused, Guard};
pub use intake::digest as body_digest;
pub use letters::{LeadLetter, Letters, Untaken};
pub use looks::Looks;
pub use pings::PingFault;
pub use resolve::{ResolveError, Verdict};
pub use snapshot::{Caller, CampaignSnapshot, Hook, Hosted, Publishable, Snapshot};
pub use stats::Stats;
pub use trial::{Trial, TrialFault, TrialReply};

/// What the simulation puts itself in the place of.
#[cfg(test)]
pub(crate) mod seams {
    pub(crate) use super::{
        outbound::{Failure, Line, Reply},
        record::Journal,
        snapshot::Endpoint,
    };
}

use crate::{
    clock::{Clock, new_id},
    security::Vault,
};
use admission::Admission;
use arc_swap::ArcSwap;
use counters::Counters;
use courier::Courier;
use intake::Waiting;
use ipnet::IpNet;
use lookup::Lookup;
use model::{FieldError, LeadId, ProcessId, TenantId, Timestamp, lead::LeadState};
use outbound::{Line, Network, Outbound};
use pings::Meters;
use record::{Journal, Recorder};
use recover::Working;
use std::{
    sync::{
        Arc,
        atomic::{AtomicBool, Ordering},
    },
    time::Duration,
};
use store::{EndpointRow, Store, StoreError};
use tokio::sync::{Notify, Semaphore, broadcast, watch};
use tokio_util::sync::CancellationToken;
use track::Track;

/// How many live events a slow listener may lag behind.
const LIVE_EVENTS: usize = 1024;

/// What the pipeline is started with.
#[derive(Clone)]
pub struct Options {
    /// Auctions at one moment; what comes beyond is told to come back.
    pub max_in_flight: usize,
    /// Networks that may be connected to though they are not public.
    pub egress_allow: Vec<IpNet>,
    /// What letters to buyers are handed to; without, none is sent.
    pub letters: Option<Arc<dyn Letters>>,
}

/// Why the pipeline does not start.
#[derive(Debug, thiserror::Error)]
pub enum StartError {
    /// The store does not answer.
    #[error("the pipeline cannot read the store: {0}")]
    Store(#[from] StoreError),
    /// No client for outgoing calls could be made.
    #[error("no HTTP client could be made: {0}")]
    Client(#[from] reqwest::Error),
}

/// Why a lead was not taken. Nothing of it is stored then.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Refusal {
    /// Fields that are missing or cannot be read: all of them.
    Invalid(Vec<FieldError>),
    /// No campaign of the tenant has this slug.
    UnknownCampaign,
    /// The key may not send into this campaign.
    CampaignNotAllowed,
    /// The same idempotency key came with another body.
    IdempotencyConflict,
    /// The ping that the lead refers to is not held (any more).
    Ping(PingFault),
    /// A ping carried personal values: all of them.
    PersonalInPing(Vec<FieldError>),
    /// The source pings more than it may.
    TooManyPings {
        /// Seconds after which to try again.
        retry_after_s: u32,
        /// What it did too often.
        why: &'static str,
    },
    /// No room for another auction.
    Overloaded {
        /// Seconds after which to try again.
        retry_after_s: u32,
    },
    /// The store does not answer, or another server took the lead over: ask for its state later.
    Unavailable,
}

/// Something happened to a lead, for pages that are open.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct LiveEvent {
    /// Whose.
    pub tenant: TenantId,
    /// Which.
    pub lead: LeadId,
    /// Where it stands now.
    pub state: LeadState,
}

/// The live pipeline. Cheap to clone.
#[derive(Clone)]
pub struct Pipeline(Arc<Inner>);

struct Inner {
    store: Store,
    vault: Vault,
    clock: Arc<dyn Clock>,
    me: ProcessId,
    snapshot: ArcSwap<Snapshot>,
    outbound: Arc<Outbound>,
    courier: Courier,
    /// Rung when a message was stored.
    outbox: Arc<Notify>,
    /// Rung when something follows an outcome at once.
    after: Arc<Notify>,
    /// What followed outcomes and was worked off.
    followed: watch::Sender<u64>,
    /// How many leads may be auctioned again at one moment.
    rounds: Arc<Semaphore>,
    /// Tries to tell somebody, with all that followed from them.
    told: watch::Sender<u64>,
    /// Looking for alerts.
    looks: Looks,
    recorder: Recorder,
    lookup: Lookup,
    counters: Counters,
    track: Track,
    stats: Arc<Stats>,
    live: broadcast::Sender<LiveEvent>,
    waiting: Waiting,
    working: Working,
    meters: Meters,
    admission: Admission,
    draining: AtomicBool,
    stop: CancellationToken,
}

impl Pipeline {
    /// Reads the configuration, takes over what dead processes left, and starts the background work.
    ///
    /// # Errors
    /// [`StartError`].
    pub async fn start(
        store: Store,
        vault: Vault,
        clock: Arc<dyn Clock>,
        options: Options,
    ) -> Result<Self, StartError> {
        let line = Arc::new(Network::new(Guard::new(options.egress_allow.clone()), options.letters.clone())?);
        let journal = Arc::new(store.clone());
        Self::start_over(store, vault, clock, options, (line, journal)).await
    }

    /// The same over another line to the buyers and another way into the store.
    pub(crate) async fn start_over(
        store: Store,
        vault: Vault,
        clock: Arc<dyn Clock>,
        options: Options,
        (line, journal): (Arc<dyn Line>, Arc<dyn Journal>),
    ) -> Result<Self, StartError> {
        let me = ProcessId::from_bits(new_id(clock.now()));
        let courier = Courier::new(options.egress_allow)?;
        let outbox = Arc::<Notify>::default();
        let inner = Inner {
            me,
            snapshot: ArcSwap::default(),
            outbound: Arc::new(Outbound::over(line, Arc::clone(&clock))),
            courier,
            recorder: Recorder::start(journal, Arc::clone(&outbox)),
            lookup: Lookup::start(store.clone()),
            outbox,
            after: Arc::default(),
            followed: watch::channel(0).0,
            rounds: Arc::new(Semaphore::new(again::ROUNDS)),
            told: watch::channel(0).0,
            looks: Looks::default(),
            counters: Counters::default(),
            track: Track::default(),
            stats: Arc::default(),
            live: broadcast::channel(LIVE_EVENTS).0,
            waiting: Waiting::default(),
            working: Working::default(),
            meters: Meters::default(),
            admission: Admission::new(options.max_in_flight),
            draining: AtomicBool::new(false),
            stop: CancellationToken::new(),
            store,
            vault,
            clock,
        };
        let pipeline = Self(Arc::new(inner));
        pipeline.refresh().await?;
        pipeline.0.store.register_process(me, pipeline.0.clock.now()).await?;
        recover::start(&pipeline).await?;
        Ok(pipeline)
    }

    /// The configuration in force.
    #[must_use]
    pub fn snapshot(&self) -> Arc<Snapshot> {
        self.0.snapshot.load_full()
    }

    /// Reads the configuration again, now. Other processes notice the new version by themselves.
    ///
    /// # Errors
    /// Any [`StoreError`]; the old configuration stays in force.
    pub async fn refresh(&self) -> Result<(), StoreError> {
        let config = self.0.store.load_config().await?;
        let snapshot = Arc::new(Snapshot::compile(config, &self.0.vault));
        // Two refreshes may overtake each other: never go back to an older version.
        self.0
            .snapshot
            .rcu(|old| if old.version() > snapshot.version() { Arc::clone(old) } else { Arc::clone(&snapshot) });
        Ok(())
    }

    /// Whether leads are taken.
    #[must_use]
    pub fn ready(&self) -> bool {
        !self.0.draining.load(Ordering::Acquire)
    }

    /// Auctions at this moment.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.0.admission.in_flight()
    }

    /// Auctions that there is room for at this moment; beyond, leads are told to come back.
    #[must_use]
    pub fn in_flight_limit(&self) -> usize {
        self.0.admission.limit()
    }

    /// What was counted since this process started.
    #[must_use]
    pub fn stats(&self) -> Arc<Stats> {
        Arc::clone(&self.0.stats)
    }

    /// What happens to leads from now on, of every tenant: a listener picks its own.
    #[must_use]
    pub fn events(&self) -> broadcast::Receiver<LiveEvent> {
        self.0.live.subscribe()
    }

    /// How many listen to that.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.0.live.receiver_count()
    }

    /// The way out to those who are told of leads.
    #[must_use]
    pub fn courier(&self) -> &Courier {
        &self.0.courier
    }

    /// Rung whenever a message for somebody outside was stored by this process. Ringing it makes this process look for
    /// messages that are due.
    #[must_use]
    pub fn outbox(&self) -> Arc<Notify> {
        Arc::clone(&self.0.outbox)
    }

    /// How many tries to tell somebody this process has made since it started. A try counts when it is written down and
    /// what follows from it has been done.
    #[must_use]
    pub fn deliveries(&self) -> watch::Receiver<u64> {
        self.0.told.subscribe()
    }

    /// Looking for alerts: nothing of the pipeline waits for it.
    #[must_use]
    pub fn looks(&self) -> &Looks {
        &self.0.looks
    }

    /// Counts such a try.
    pub fn count_delivery(&self) {
        self.0.told.send_modify(|told| *told += 1);
    }

    /// The secrets a message to this endpoint is signed with at `now`, the newest first; none when they do not open.
    #[must_use]
    pub fn endpoint_secrets(&self, tenant: TenantId, row: &EndpointRow, now: Timestamp) -> Vec<courier::WebhookSecret> {
        match self.snapshot().tenant(tenant) {
            Some(tenant) => courier::secrets(&tenant.keys, row, now),
            None => Vec::new(),
        }
    }

    /// Takes no more leads and waits, at most so long, until those in flight have their answers.
    pub async fn drain(&self, within: Duration) {
        self.0.draining.store(true, Ordering::Release);
        if tokio::time::timeout(within, self.0.admission.drained()).await.is_err() {
            tracing::warn!(in_flight = self.in_flight(), "stopping before every auction has ended");
        }
        self.0.stop.cancel();
        if let Err(error) = self.0.store.unregister_process(self.0.me).await {
            tracing::warn!(%error, "this process could not be unregistered; others wait for its heartbeat to age");
        }
    }
}
