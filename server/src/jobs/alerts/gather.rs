//! The figures that alerts are decided by: counters, roll-ups and what waits, of one tenant. Nothing is asked of the
//! pipeline.

use exchange::{
    alert::{BalanceFigures, CapFigures, ContractFigures, EndpointFigures, Figures},
    caps::{CapKey, Counter, Scope},
    zone::Zone,
};
use model::{
    BuyerId, ContractId, Micros, Reason, SourceId, Timestamp,
    buyer::Buyer,
    cap::{Cap, Per, Window},
    contract::Contract,
    time::{DAY, HOUR},
    trace::Stage,
};
use std::collections::HashMap;
use store::{By, Only, Store, StoreError, TenantStore};

/// Everything at `now`.
pub(super) async fn figures(store: &Store, rows: &TenantStore, now: Timestamp) -> Result<Figures, StoreError> {
    let buyers: HashMap<BuyerId, Buyer> =
        rows.buyers().await?.into_iter().filter(|buyer| buyer.active).map(|buyer| (buyer.id, buyer)).collect();
    let mut contracts = rows.contracts().await?;
    // Who is paused has no news.
    contracts.retain(|contract| contract.active && buyers.contains_key(&contract.buyer_id));
    let sources: Vec<_> = rows.sources().await?.into_iter().filter(|source| source.active).collect();
    let sources: Vec<(SourceId, String)> = sources.into_iter().map(|source| (source.id, source.name)).collect();
    let mut caps = caps(&buyers, &contracts, &sources, now);
    let mut balances: Vec<_> = buyers.values().filter_map(|buyer| Some((buyer, buyer.credit?))).collect();
    balances.sort_by_key(|(buyer, _)| buyer.id);

    let total = |buyer: BuyerId| CapKey { scope: Scope::Buyer(buyer), window: Window::Total, start: Timestamp(0) };
    let keys = caps.iter().map(|(key, _)| *key).chain(balances.iter().map(|(buyer, _)| total(buyer.id)));
    let keys: Vec<_> = keys.map(|key| (rows.id(), key)).collect();
    let counters = store.counters(&keys).await?;
    let counter = |key: &CapKey| -> Counter { counters.get(&(rows.id(), *key)).copied().unwrap_or_default() };
    for (key, cap) in &mut caps {
        cap.counter = counter(key);
    }
    let end = Timestamp(now.hour().0 + HOUR);
    let week = if balances.is_empty() {
        HashMap::new()
    } else {
        let spent = rows.breakdown(By::Buyer, Only::default(), Timestamp(end.0 - 7 * DAY), end).await?;
        spent.into_iter().map(|(buyer, tally)| (buyer, tally.totals.revenue)).collect()
    };
    let balances = balances.into_iter().map(|(buyer, credit)| {
        let used = counter(&total(buyer.id));
        BalanceFigures {
            buyer: buyer.id,
            about: buyer.name.clone(),
            paid_in: credit.paid_in,
            credit: credit.limit,
            used: used.used_money + used.held_money,
            week: week.get(&buyer.id.to_string()).copied().unwrap_or(Micros::ZERO),
        }
    });
    Ok(Figures {
        now,
        balances: balances.collect(),
        caps: caps.into_iter().map(|(_, cap)| cap).collect(),
        contracts: activity(rows, &buyers, &contracts, now).await?,
        endpoints: endpoints(rows).await?,
        doubts: rows.doubt_figures().await?,
    })
}

/// What contracts did in the running hour and the one before, and on the days before those.
async fn activity(
    rows: &TenantStore,
    buyers: &HashMap<BuyerId, Buyer>,
    contracts: &[Contract],
    now: Timestamp,
) -> Result<Vec<ContractFigures>, StoreError> {
    let recent = Timestamp(now.hour().0 - HOUR);
    let mut days = rows.contract_days(recent).await?;
    // The most frequent come first.
    let mut most = HashMap::<BuyerId, Reason>::new();
    for (buyer, stage, reason, _) in rows.reasons_of(Only::default(), recent, Timestamp(now.hour().0 + HOUR)).await? {
        if let (Some(buyer), Some(Stage::Post)) = (buyer, stage) {
            most.entry(buyer).or_insert(reason);
        }
    }
    let of = |contract: &Contract| {
        let done = days.remove(&contract.id)?;
        Some(ContractFigures {
            contract: contract.id,
            buyer: contract.buyer_id,
            about: about(buyers, contract),
            recent: done.recent,
            days: done.days,
            most: most.get(&contract.buyer_id).copied(),
        })
    };
    Ok(contracts.iter().filter_map(of).collect())
}

async fn endpoints(rows: &TenantStore) -> Result<Vec<EndpointFigures>, StoreError> {
    let all = rows.endpoints_failing().await?.into_iter();
    // One that people switched off is meant to be silent.
    let watched = all.filter(|(endpoint, _)| endpoint.active || endpoint.disabled_reason.is_some());
    Ok(watched
        .map(|(endpoint, failing_since)| EndpointFigures {
            endpoint: endpoint.id,
            about: endpoint.name,
            failing_since,
            disabled: endpoint.disabled_reason,
        })
        .collect())
}

fn about(buyers: &HashMap<BuyerId, Buyer>, contract: &Contract) -> String {
    let buyer = buyers.get(&contract.buyer_id).map(|buyer| buyer.name.as_str()).unwrap_or_default();
    format!("{buyer}, {}", contract.name)
}

/// Every cap that counts something by itself, with the counter's key. A cap of each value of a field is not among them: its
/// counters are named by hashes, and nobody could say which value is full.
fn caps(
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
