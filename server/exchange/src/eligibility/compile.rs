//! A contract made ready for the hot path, once per configuration version.

use super::{filter::CompiledFilter, schedule::CompiledSchedule};
use crate::{
    caps::{Demand, demands},
    lead::Schema,
    zone::Zone,
};
use model::{
    Micros, Timestamp,
    buyer::Buyer,
    contract::{Contract, ContractKind},
};

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
    /// a price, an auction contract without a ping.
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
            ContractKind::Direct | ContractKind::Auction => {}
        }
        if faults.is_empty() { Ok(Self { contract, buyer, zone, filter, schedule }) } else { Err(faults) }
    }

    /// The caps that a sale at `price` would touch.
    pub fn demands(&self, at: Timestamp, price: Micros) -> impl Iterator<Item = Demand> {
        let own = (self.contract.id, self.contract.caps.as_slice());
        demands(own, (self.buyer.id, self.buyer.caps.as_slice()), &self.zone, at, price)
    }
}
