//! Cap counters: what is used and held of each cap in each of its windows.

use crate::{
    Engine, Store, StoreError, Tx,
    hot::Desk,
    read::Read,
    sql::{Cells, Script, parts, sql},
};
use exchange::caps::{CapKey, Counter};
use model::{TenantId, Timestamp, cap::Window, time::DAY};
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};

/// A counter of a tenant.
pub(crate) type CounterKey = (TenantId, CapKey);

const COLUMNS: &str = "SELECT tenant_id, scope, span, start_at, used, held, used_money, held_money FROM cap_counters";

/// No window but the total is longer than a month; one day more for the zones of the world on both sides.
const LONGEST_WINDOW: i64 = 33 * DAY;

impl Store {
    /// The named counters; those that were never touched are absent.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn counters(&self, keys: &[CounterKey]) -> Result<HashMap<CounterKey, Counter>, StoreError> {
        let mut found = HashMap::with_capacity(keys.len());
        for part in parts(keys, 4) {
            let rows = sql(COLUMNS)
                .text(" WHERE (tenant_id, scope, span, start_at) IN (VALUES ")
                .set(part, key_cells)
                .text(")")
                .all(self.reader())
                .await?;
            for row in rows {
                found.insert(key(&row)?, counter(&row)?);
            }
        }
        Ok(found)
    }

    /// Every counter whose window may still run at `now`: what a server that starts keeps in memory.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn all_live_counters(&self, now: Timestamp) -> Result<HashMap<CounterKey, Counter>, StoreError> {
        let rows = sql(COLUMNS)
            .text(" WHERE start_at >= $1 OR span = $2")
            .bind(Timestamp(now.0.saturating_sub(LONGEST_WINDOW)))
            .bind(Window::Total.name())
            .all(self.reader())
            .await?;
        rows.iter().map(|row| Ok((key(row)?, counter(row)?))).collect()
    }
}

/// Makes the rows that are missing, then locks and reads all of them. `wanted` is sorted.
pub(crate) async fn lock(
    tx: &mut Tx,
    engine: Engine,
    wanted: &[CounterKey],
    into: &mut BTreeMap<CounterKey, Counter>,
) -> Result<(), StoreError> {
    for part in parts(wanted, 4) {
        if engine == Engine::Postgres {
            // A row that does not exist cannot be locked. On SQLite nobody else writes meanwhile.
            sql("INSERT INTO cap_counters (tenant_id, scope, span, start_at, used, held, used_money, held_money) VALUES ")
                .rows(part, |row, wanted| {
                    key_cells(row, wanted);
                    row.cell(0_i64).cell(0_i64).cell(0_i64).cell(0_i64);
                })
                .text(" ON CONFLICT (tenant_id, scope, span, start_at) DO NOTHING")
                .run(&mut **tx)
                .await?;
        }
        let rows = sql(COLUMNS)
            .text(" WHERE (tenant_id, scope, span, start_at) IN (VALUES ")
            .set(part, key_cells)
            .text(") ORDER BY tenant_id, scope, span, start_at")
            .text(engine.for_update())
            .all(&mut **tx)
            .await?;
        for row in rows {
            into.insert(key(&row)?, counter(&row)?);
        }
    }
    Ok(())
}

/// Writes the counters that changed.
pub(crate) fn write(script: &mut Script, desk: &Desk) {
    let rows: Vec<(CounterKey, Counter)> =
        desk.dirty.iter().filter_map(|key| Some((*key, *desk.counters.get(key)?))).collect();
    for part in parts(&rows, 8) {
        script.add(
            sql("INSERT INTO cap_counters (tenant_id, scope, span, start_at, used, held, used_money, held_money) VALUES ")
                .rows(part, |row, (key, counter)| {
                    key_cells(row, key);
                    row.cell(counter.used).cell(counter.held).cell(counter.used_money).cell(counter.held_money);
                })
                .text(
                    " ON CONFLICT (tenant_id, scope, span, start_at) DO UPDATE SET used = excluded.used, \
                     held = excluded.held, used_money = excluded.used_money, held_money = excluded.held_money",
                ),
        );
    }
}

fn key_cells(row: &mut Cells<'_>, (tenant, key): &CounterKey) {
    row.cell(*tenant).cell(key.scope.to_string()).cell(key.window.name()).cell(key.start);
}

fn key(row: &AnyRow) -> Result<CounterKey, StoreError> {
    let scope = row.parsed("scope")?;
    let span = row.text("span")?;
    let window = [Window::Hour, Window::Day, Window::Week, Window::Month, Window::Total]
        .into_iter()
        .find(|window| window.name() == span)
        .ok_or_else(|| StoreError::broken("column span: not a window"))?;
    Ok((row.parsed("tenant_id")?, CapKey { scope, window, start: row.at("start_at")? }))
}

fn counter(row: &AnyRow) -> Result<Counter, StoreError> {
    Ok(Counter {
        used: row.int("used")?,
        held: row.int("held")?,
        used_money: row.micros("used_money")?,
        held_money: row.micros("held_money")?,
    })
}

/// Every counter there is.
pub(crate) async fn all(tx: &mut Tx) -> Result<BTreeMap<CounterKey, Counter>, StoreError> {
    sql(COLUMNS).all(&mut **tx).await?.iter().map(|row| Ok((key(row)?, counter(row)?))).collect()
}
