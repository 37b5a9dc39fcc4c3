//! Cap counters are what the posts add up to. The posts are the truth, the counters a cache of them.

use super::Invariant;
use crate::{
    AttemptState, StoreError, Tx,
    counters::{self, CounterKey},
    hot::keys,
    leads::{ATTEMPTS, attempt},
    read::Read,
    sql::sql,
};
use exchange::caps::{Counter, Demand, freed};
use model::Micros;
use std::collections::BTreeMap;

pub(super) async fn check(tx: &mut Tx) -> Result<Vec<Invariant>, StoreError> {
    let stored = counters::all(tx).await?;
    let (computed, posts) = compute(tx).await?;
    let empty = Counter::default();
    let differ = |pick: fn(&Counter) -> (i64, i64)| -> Vec<String> {
        let keys = stored.keys().chain(computed.keys().filter(|key| !stored.contains_key(key)));
        keys.filter_map(|key| {
            let (there, due) = (stored.get(key).unwrap_or(&empty), computed.get(key).unwrap_or(&empty));
            let (there, due) = (pick(there), pick(due));
            (there != due).then(|| format!("{} {}: {there:?} instead of {due:?}", key.0, key.1))
        })
        .collect()
    };
    let used = differ(|counter| (counter.used, counter.used_money.0));
    let held = differ(|counter| (counter.held, counter.held_money.0));
    let negative: Vec<String> = stored
        .iter()
        .filter(|(_, counter)| counter.used < 0 || counter.held < 0 || counter.held_money.0 < 0)
        .map(|(key, _)| format!("{} {}", key.0, key.1))
        .collect();
    let counters = i64::try_from(stored.len()).unwrap_or(i64::MAX);
    Ok(vec![
        Invariant::of("used caps are what accepted posts and copies add up to", counters, "counters", &used),
        Invariant::of("held caps are what open and unknown posts and copies add up to", posts, "posts", &held),
        Invariant::of("no cap counter is negative", counters, "counters", &negative),
    ])
}

async fn compute(tx: &mut Tx) -> Result<(BTreeMap<CounterKey, Counter>, i64), StoreError> {
    let copies =
        sql("SELECT tenant_id, price, caps, state, paid FROM copies WHERE state IN ('open', 'unknown', 'accepted')")
            .all(&mut **tx)
            .await?;
    let rows = sql(ATTEMPTS).text(" WHERE state IN ('open', 'unknown', 'accepted')").all(&mut **tx).await?;
    let all = copies.len() + rows.len();
    let mut computed = BTreeMap::<CounterKey, Counter>::new();
    for row in &rows {
        let (tenant, attempt) = (row.parsed("tenant_id")?, attempt(row)?);
        for key in keys(&attempt.caps) {
            let counter = computed.entry((tenant, key)).or_default();
            counter.hold(attempt.price);
            if attempt.state == AttemptState::Accepted {
                let paid = attempt.paid.unwrap_or(attempt.price);
                counter.confirm(attempt.price, paid);
                let left = attempt.returned.and_then(|(_, frees)| freed(&attempt.caps, frees).get(&key).copied());
                if let Some(count) = left {
                    counter.give_back(paid, count);
                }
            }
        }
    }
    for row in &copies {
        let (tenant, caps, price): (_, Vec<Demand>, _) =
            (row.parsed("tenant_id")?, row.doc("caps")?, row.micros("price")?);
        for key in keys(&caps) {
            let counter = computed.entry((tenant, key)).or_default();
            counter.hold(price);
            if row.text("state")? == AttemptState::Accepted.name() {
                counter.confirm(price, row.int_opt("paid")?.map_or(price, Micros));
            }
        }
    }
    Ok((computed, i64::try_from(all).unwrap_or(i64::MAX)))
}
