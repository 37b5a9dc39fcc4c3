//! What this process believes the caps hold. It spares pings to buyers that are full; the reservation before the post is
//! what decides, so a belief that is a moment old does no harm.

use exchange::caps::{CapKey, Counter, Demand, freed};
use model::{Micros, TenantId};
use std::{
    collections::HashMap,
    sync::{Mutex, PoisonError},
};

/// Counters by key.
#[derive(Debug, Default)]
pub(super) struct Counters(Mutex<HashMap<(TenantId, CapKey), Counter>>);

impl Counters {
    /// Replaces everything by what the store says.
    pub(super) fn replace(&self, all: HashMap<(TenantId, CapKey), Counter>) {
        *self.lock() = all;
    }

    pub(super) fn get(&self, tenant: TenantId, key: &CapKey) -> Counter {
        self.lock().get(&(tenant, *key)).copied().unwrap_or_default()
    }

    /// Takes in what the store said when a cap was full.
    pub(super) fn learn(&self, tenant: TenantId, key: CapKey, counter: Counter) {
        self.lock().insert((tenant, key), counter);
    }

    pub(super) fn hold(&self, tenant: TenantId, demands: &[Demand]) {
        self.each(tenant, demands, |counter, demand| counter.hold(demand.price));
    }

    pub(super) fn release(&self, tenant: TenantId, demands: &[Demand]) {
        self.each(tenant, demands, |counter, demand| counter.release(demand.price));
    }

    pub(super) fn confirm(&self, tenant: TenantId, demands: &[Demand], paid: Micros) {
        self.each(tenant, demands, |counter, demand| counter.confirm(demand.price, paid));
    }

    pub(super) fn give_back(&self, tenant: TenantId, demands: &[Demand], paid: Micros, frees_caps: bool) {
        let mut counters = self.lock();
        for (key, count) in freed(demands, frees_caps) {
            counters.entry((tenant, key)).or_default().give_back(paid, count);
        }
    }

    fn each(&self, tenant: TenantId, demands: &[Demand], change: impl Fn(&mut Counter, &Demand)) {
        let mut counters = self.lock();
        let mut seen = Vec::with_capacity(demands.len());
        for demand in demands {
            // A count and a budget over the same window share one counter.
            if !seen.contains(&demand.key) {
                seen.push(demand.key);
                change(counters.entry((tenant, demand.key)).or_default(), demand);
            }
        }
    }

    fn lock(&self) -> std::sync::MutexGuard<'_, HashMap<(TenantId, CapKey), Counter>> {
        self.0.lock().unwrap_or_else(PoisonError::into_inner)
    }
}
