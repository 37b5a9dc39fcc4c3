//! The figures that alerts are decided by: counters, roll-ups and what waits, of one tenant. Nothing is asked of the
//! pipeline.

use exchange::{
    alert::{BalanceFigures, ContractFigures, EndpointFigures, Figures, about, cap_windows},
    caps::{CapKey, Counter, Scope},
};
use model::{
    BuyerId, Micros, Reason, SourceId, Timestamp,
    buyer::Buyer,
    cap::Window,
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
    let mut caps = cap_windows(&buyers, &contracts, &sources, now);
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
