//! The caps of contracts and buyers in the windows that run.

use super::CapFigures;
use crate::{
    caps::{CapKey, Counter, Scope},
    zone::Zone,
};
use model::{
    BuyerId, ContractId, SourceId, Timestamp,
    buyer::Buyer,
    cap::{Cap, Per},
    contract::Contract,
};
use std::collections::HashMap;

/// A contract in words.
#[must_use]
pub fn about(buyers: &HashMap<BuyerId, Buyer>, contract: &Contract) -> String {
    let buyer = buyers.get(&contract.buyer_id).map(|buyer| buyer.name.as_str()).unwrap_or_default();
    format!("{buyer}, {}", contract.name)
}

/// Every cap that counts something by itself, with the counter's key. A cap of each value of a field is not among them: its
/// counters are named by hashes, and nobody could say which value is full.
#[must_use]
pub fn cap_windows(
    buyers: &HashMap<BuyerId, Buyer>,
    contracts: &[Contract],
    sources: &[(SourceId, String)],
    now: Timestamp,
) -> Vec<(CapKey, CapFigures)> {
    let mut found = Vec::new();
    for contract in contracts {
        let Some(buyer) = buyers.get(&contract.buyer_id) else { continue };
        let whose = Whose { buyer, contract: Some(contract.id), about: about(buyers, contract), now };
        for cap in &contract.caps {
            whose.put(cap, sources, &mut found);
        }
    }
    let mut all: Vec<_> = buyers.values().collect();
    all.sort_by_key(|buyer| buyer.id);
    for buyer in all {
        let whose = Whose { buyer, contract: None, about: buyer.name.clone(), now };
        for cap in &buyer.caps {
            whose.put(cap, sources, &mut found);
        }
    }
    found
}

struct Whose<'a> {
    buyer: &'a Buyer,
    contract: Option<ContractId>,
    about: String,
    now: Timestamp,
}

impl Whose<'_> {
    fn put(&self, cap: &Cap, sources: &[(SourceId, String)], into: &mut Vec<(CapKey, CapFigures)>) {
        let buyer = self.buyer.id;
        match (&cap.per, self.contract) {
            (Per::All, Some(contract)) => into.push(self.one(cap, Scope::Contract(contract), self.about.clone())),
            (Per::All, None) => into.push(self.one(cap, Scope::Buyer(buyer), self.about.clone())),
            (Per::Source, contract) => into.extend(sources.iter().map(|(source, name)| {
                let scope = match contract {
                    Some(contract) => Scope::ContractSource(contract, *source),
                    None => Scope::BuyerSource(buyer, *source),
                };
                self.one(cap, scope, format!("{}, from {name}", self.about))
            })),
            (Per::Value { .. }, _) => {}
        }
    }

    fn one(&self, cap: &Cap, scope: Scope, about: String) -> (CapKey, CapFigures) {
        let zone = Zone::named(&self.buyer.zone).unwrap_or_else(|_| Zone::utc());
        let (start, end) = (zone.window_start(cap.window, self.now), zone.window_end(cap.window, self.now));
        let figures = CapFigures {
            scope: scope.to_string(),
            about,
            buyer: self.buyer.id,
            contract: self.contract,
            window: cap.window,
            limit: cap.limit,
            counter: Counter::default(),
            start,
            end,
            ends: end.map(|end| zone.local(end).strftime("%a %H:%M").to_string()).unwrap_or_default(),
        };
        (CapKey { scope, window: cap.window, start }, figures)
    }
}
