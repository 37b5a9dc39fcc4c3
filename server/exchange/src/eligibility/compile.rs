//! A contract made ready for the hot path, once per configuration version.

use super::{filter::CompiledFilter, schedule::CompiledSchedule};
use crate::{
    caps::{Bound, CapKey, Demand, Scope},
    lead::{Lead, Schema},
    zone::Zone,
};
use model::{
    Micros, SourceId, Timestamp,
    buyer::Buyer,
    cap::{Cap, Limit, Per, Window},
    contract::{Contract, ContractKind, OnUnknown, Sharing},
    field::Visibility,
};
use sha2::{Digest, Sha256};

/// A contract with its buyer, its filter and its schedule compiled.
#[derive(Debug)]
pub struct CompiledContract {
    /// The contract.
    pub contract: Contract,
    /// Its buyer.
    pub buyer: Buyer,
    /// The buyer's zone.
    pub zone: Zone,
    pub(super) filter: CompiledFilter,
    pub(super) schedule: CompiledSchedule,
}

impl CompiledContract {
    /// Compiles a contract.
    ///
    /// # Errors
    /// Every fault: an unknown zone, a filter that does not fit the schema, spans that overlap, a direct contract without
    /// a price, an auction contract without a ping, a silent one with one, a routing or a cap that cannot be.
    pub fn new(contract: Contract, buyer: Buyer, schema: &Schema) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let zone = Zone::named(&buyer.zone).unwrap_or_else(|error| {
            faults.push(error.to_string());
            Zone::utc()
        });
        let filter = CompiledFilter::new(&contract.filter, schema, &mut faults);
        let schedule = CompiledSchedule::new(&contract.schedule, &mut faults);
        match contract.kind {
            ContractKind::Direct if contract.price.fixed.is_none_or(|price| price < Micros::ZERO) => {
                faults.push("a direct contract needs a fixed price".to_owned());
            }
            ContractKind::Auction if contract.delivery.ping.is_none() => {
                faults.push("an auction contract needs a ping".to_owned());
            }
            ContractKind::Silent if contract.delivery.ping.is_some() => {
                faults.push("a silent contract is not pinged".to_owned());
            }
            ContractKind::Direct | ContractKind::Auction | ContractKind::Silent => {}
        }
        routing(&contract, &mut faults);
        for cap in &contract.caps {
            check_cap(cap, schema, &mut faults);
        }
        if faults.is_empty() { Ok(Self { contract, buyer, zone, filter, schedule }) } else { Err(faults) }
    }

    /// The caps that a sale of this lead at `price` would touch, with what their pace allows by now, and the buyer's
    /// balance.
    #[must_use]
    pub fn demands(&self, at: Timestamp, price: Micros, lead: &Lead, source: SourceId) -> Vec<Demand> {
        let (contract, buyer) = (self.contract.id, self.buyer.id);
        let of_contract = self.contract.caps.iter().filter_map(|cap| {
            let scope = match &cap.per {
                Per::All => Scope::Contract(contract),
                Per::Source => Scope::ContractSource(contract, source),
                Per::Value { field, only } => Scope::ContractValue(contract, value_of(lead, field, only)?),
            };
            Some((scope, cap))
        });
        let of_buyer = self.buyer.caps.iter().filter_map(|cap| {
            let scope = match &cap.per {
                Per::All => Scope::Buyer(buyer),
                Per::Source => Scope::BuyerSource(buyer, source),
                Per::Value { field, only } => Scope::BuyerValue(buyer, value_of(lead, field, only)?),
            };
            Some((scope, cap))
        });
        let mut demands: Vec<Demand> =
            of_contract.chain(of_buyer).map(|(scope, cap)| self.demand(scope, cap, at, price)).collect();
        if let Some(credit) = self.buyer.credit {
            let key = CapKey { scope: Scope::Buyer(buyer), window: Window::Total, start: Timestamp(0) };
            let limit = Limit::Money(credit.paid_in + credit.limit);
            demands.push(Demand { key, limit, price, bound: Bound::Balance });
        }
        demands
    }

    fn demand(&self, scope: Scope, cap: &Cap, at: Timestamp, price: Micros) -> Demand {
        let start = self.zone.window_start(cap.window, at);
        let key = CapKey { scope, window: cap.window, start };
        let paced = if cap.paced { self.allowed(cap, start, at) } else { cap.limit };
        let bound = if paced == cap.limit { Bound::Cap } else { Bound::Pace };
        Demand { key, limit: paced, price, bound }
    }

    /// What a paced cap allows by now: its part of the open time that has passed, and a burst of a twentieth, at least one
    /// (exchange.md section 5).
    fn allowed(&self, cap: &Cap, start: Timestamp, at: Timestamp) -> Limit {
        let Some(end) = self.zone.window_end(cap.window, at) else { return cap.limit };
        let whole = i128::from(self.schedule.open_time(&self.zone, start, end));
        if whole <= 0 {
            return cap.limit;
        }
        let passed = i128::from(self.schedule.open_time(&self.zone, start, at));
        let part = |limit: i64, least: i64| {
            let even = i64::try_from(i128::from(limit) * passed / whole).unwrap_or(limit);
            (even + (limit / 20).max(least)).min(limit)
        };
        match cap.limit {
            Limit::Count(limit) => Limit::Count(u32::try_from(part(i64::from(limit), 1)).unwrap_or(limit)),
            Limit::Money(limit) => Limit::Money(Micros(part(limit.0, 0))),
        }
    }
}

/// The name of a lead's value of a field in a counter; none when the lead has none, or the cap is about others.
fn value_of(lead: &Lead, field: &str, only: &[String]) -> Option<u64> {
    let value = lead.value(field)?.text();
    if !only.is_empty() && !only.iter().any(|one| one.eq_ignore_ascii_case(&value)) {
        return None;
    }
    let hash = Sha256::new().chain_update(field).chain_update([0]).chain_update(value.to_lowercase()).finalize();
    hash.first_chunk().map(|first| u64::from_be_bytes(*first))
}

fn check_cap(cap: &Cap, schema: &Schema, faults: &mut Vec<String>) {
    if let Per::Value { field, .. } = &cap.per {
        match schema.field(field) {
            None => faults.push(format!("cap: there is no field {field}")),
            Some(found) if found.visibility == Visibility::Personal => {
                faults.push(format!("cap: the field {field} is personal; nothing is counted by it"));
            }
            Some(_) => {}
        }
    }
    if cap.paced && cap.window == Window::Total {
        faults.push("cap: a total has no end to pace it to".to_owned());
    }
}

fn routing(contract: &Contract, faults: &mut Vec<String>) {
    let routing = &contract.routing;
    if routing.exclusive_rank.is_some() && contract.kind != ContractKind::Direct {
        faults.push("routing: only a direct contract can take a lead before the auction".to_owned());
    }
    if routing.exclusive_rank.is_some() && routing.sharing == Sharing::Shared {
        faults.push("routing: a contract that takes the lead before the auction cannot share it".to_owned());
    }
    if routing.exclusive_rank.is_some() && contract.backup {
        faults.push("routing: a backup cannot take a lead before the auction".to_owned());
    }
    if routing.sharing == Sharing::Shared && contract.on_unknown == OnUnknown::Continue {
        faults.push("routing: a shared contract never goes on past a post of unknown outcome".to_owned());
    }
    if contract.kind == ContractKind::Silent {
        silent(contract, faults);
    }
}

/// A silent contract stands in no step of the routing.
fn silent(contract: &Contract, faults: &mut Vec<String>) {
    let routing = &contract.routing;
    for (set, what) in [
        (routing.first_refusal.is_some(), "have first refusal"),
        (routing.sharing == Sharing::Shared, "share a lead"),
        (contract.backup, "be a backup"),
    ] {
        if set {
            faults.push(format!("routing: a silent contract cannot {what}; it never competes"));
        }
    }
    if contract.on_unknown != OnUnknown::Hold {
        faults.push("routing: a copy of unknown outcome stays unknown; it is never sent again".to_owned());
    }
}
