//! What is really so, outside of the server: what buyers saw and took, what sources were told, what is durable. The server
//! forgets when it is killed; this does not.

use super::dice::Dice;
use exchange::caps::{CapKey, Counter, Demand};
use model::{ContractId, LeadId, Micros, TenantId, cap::Limit, contract::OnUnknown, lead::LeadState};
use std::{
    collections::{BTreeMap, BTreeSet},
    sync::{Arc, Mutex, MutexGuard, PoisonError},
};
use tokio::sync::Notify;

/// A post as its buyer saw it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub(super) struct Seen {
    pub(super) lead: LeadId,
    pub(super) contract: ContractId,
    /// What it pays; none when it did not take the lead.
    pub(super) took: Option<Micros>,
    /// A copy, and no sale.
    pub(super) copy: bool,
}

/// What a contract agreed to.
#[derive(Debug, Clone, Copy)]
pub(super) struct Terms {
    pub(super) on_unknown: OnUnknown,
    pub(super) shared: bool,
    pub(super) silent: bool,
}

/// Everything that outlives the server.
#[derive(Debug, Clone)]
pub(super) struct Ground {
    pub(super) dice: Dice,
    /// Whether the store fails and the server is killed; the network always has its faults.
    pub(super) faults: bool,
    pub(super) terms: BTreeMap<ContractId, Terms>,
    /// How many buyers may share a lead.
    pub(super) max_buyers: usize,
    pub(super) posts: Vec<Seen>,
    pub(super) reserved: BTreeSet<(LeadId, ContractId)>,
    pub(super) limits: BTreeMap<(TenantId, CapKey), Vec<Limit>>,
    /// Durable outcomes: every state that a lead came to.
    pub(super) outcomes: BTreeMap<LeadId, Vec<LeadState>>,
    /// What each source was told, by its own number.
    pub(super) answers: BTreeMap<usize, (LeadId, String)>,
    /// Rules that did not hold.
    pub(super) broken: Vec<String>,
    /// How often the server was killed.
    pub(super) kills: u32,
    /// Whether a transaction is being written.
    pub(super) writing: bool,
    /// Whether the server is to be killed as soon as it is written.
    pub(super) dying: bool,
}

/// The ground, shared by everything in the simulation.
#[derive(Clone)]
pub(super) struct Shared {
    ground: Arc<Mutex<Ground>>,
    kill: Arc<Notify>,
}

impl Shared {
    pub(super) fn new(ground: Ground) -> Self {
        Self { ground: Arc::new(Mutex::new(ground)), kill: Arc::default() }
    }

    pub(super) fn lock(&self) -> MutexGuard<'_, Ground> {
        self.ground.lock().unwrap_or_else(PoisonError::into_inner)
    }

    /// Kills the server: whoever calls this never goes on. What is being written is written first, so that it is known
    /// what is durable.
    pub(super) async fn kill(&self) {
        let writing = {
            let mut ground = self.lock();
            ground.dying = true;
            ground.writing
        };
        if !writing {
            self.kill.notify_one();
        }
        std::future::pending::<()>().await;
    }

    /// A transaction is about to be written; false when the server is dying.
    pub(super) fn begin_writing(&self) -> bool {
        let mut ground = self.lock();
        ground.writing = !ground.dying;
        ground.writing
    }

    /// Whether a lead may come out in what is being written at this moment.
    pub(super) fn is_being_written(&self, lead: LeadId) -> bool {
        let ground = self.lock();
        ground.writing && ground.outcomes.get(&lead).is_none_or(Vec::is_empty)
    }

    /// A transaction is written; the end, for a server that is dying.
    pub(super) async fn written(&self) {
        let dying = {
            let mut ground = self.lock();
            ground.writing = false;
            ground.dying
        };
        if dying {
            self.kill().await;
        }
    }

    /// When the server is killed.
    pub(super) async fn killed(&self) {
        self.kill.notified().await;
    }

    pub(super) fn broke(&self, rule: String) {
        self.lock().broken.push(rule);
    }
}

impl Ground {
    /// A server starts.
    pub(super) fn begin(&mut self, faults: bool) {
        self.kills += u32::from(self.dying);
        (self.faults, self.writing, self.dying) = (faults, false, false);
    }

    /// A post or a copy may leave.
    pub(super) fn reserve(&mut self, what: (LeadId, ContractId), tenant: TenantId, demands: &[Demand]) {
        self.reserved.insert(what);
        for demand in demands {
            let limits = self.limits.entry((tenant, demand.key)).or_default();
            if !limits.contains(&demand.limit) {
                limits.push(demand.limit);
            }
        }
    }

    /// An outcome is durable. One that leaves the lead where it was, without one more buyer, changes nothing.
    pub(super) fn came_out(&mut self, lead: LeadId, state: LeadState, one_more: bool) {
        let states = self.outcomes.entry(lead).or_default();
        if one_more || states.last() != Some(&state) {
            states.push(state);
        }
    }

    /// Whether others took this lead too.
    pub(super) fn shared_out(&self, lead: LeadId, contract: ContractId) -> bool {
        self.posts
            .iter()
            .any(|seen| seen.lead == lead && seen.contract != contract && seen.took.is_some() && !seen.copy)
    }

    /// I3: what is used and held fits every limit that was ever asked of the counter.
    pub(super) fn fits(&mut self, key: &(TenantId, CapKey), counter: &Counter) {
        for limit in self.limits.get(key).cloned().unwrap_or_default() {
            let fits = match limit {
                Limit::Count(most) => counter.used + counter.held <= i64::from(most),
                Limit::Money(most) => counter.used_money + counter.held_money <= most,
            };
            if !fits {
                self.broken.push(format!("I3: {counter:?} of {} is above {limit:?}", key.1));
            }
        }
    }
}
