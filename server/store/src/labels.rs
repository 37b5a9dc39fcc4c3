//! Figures by sub-source and by band of prices: folded and read as the other counters are, in tables of their own.

use crate::{
    Only, StoreError, TenantStore, Tx,
    figures::{Part, parts},
    read::{Read, parse},
    rollups::{Event, Table, buyer, events, events_where},
    sql::{self, sql},
    tallies::{TOTALS, or_add_to, read_totals, sums, totals},
};
use exchange::rollup::{Known, Label, LabelKey, bounded, label_days, labels};
use model::{
    SourceId, TenantId, Timestamp,
    breakdown::{Band, SubKey, SubLabel},
    report::Totals,
};
use std::collections::{BTreeMap, BTreeSet};

/// The labelled counters of hours.
pub(crate) const HOURS: Table = Table { name: "label_hours", begin: "hour" };
/// The same of whole UTC days.
pub(crate) const DAYS: Table = Table { name: "label_days", begin: "day" };

/// The word for sub-sources in the column `kind`, and that for prices.
const SUB: &str = "sub";
const PRICE: &str = "price";

/// Labelled counters of one tenant.
type Counters = BTreeMap<LabelKey, Totals>;

/// Kind and label as they lie in the database.
pub(crate) fn words(label: &Label) -> (&'static str, String) {
    match label {
        Label::Sub(SubLabel::None) => (SUB, String::new()),
        Label::Sub(SubLabel::Named(name)) => (SUB, format!("={name}")),
        Label::Sub(SubLabel::Other) => (SUB, "+".to_owned()),
        Label::Price(band) => (PRICE, band.to_string()),
    }
}

/// Reads the label of a sub-source.
pub(crate) fn sub_label(text: &str) -> Result<SubLabel, StoreError> {
    match text {
        "" => Ok(SubLabel::None),
        "+" => Ok(SubLabel::Other),
        _ => {
            let name = text.strip_prefix('=').ok_or_else(|| StoreError::broken("column label: no sub-source"))?;
            Ok(SubLabel::Named(name.to_owned()))
        }
    }
}

/// Folds events of a tenant into the labelled counters.
pub(crate) async fn fold(tx: &mut Tx, tenant: TenantId, events: &[Event]) -> Result<(), StoreError> {
    let counters = labels(events.iter().map(|event| (event.at, event.sub1.as_deref(), &event.fact)));
    let named = counters.keys().filter(|key| matches!(key.label, Label::Sub(SubLabel::Named(_))));
    let days: BTreeSet<_> = named.map(|key| (key.source, key.hour.day())).collect();
    let hours = bounded(counters, &mut known(tx, tenant, &days).await?);
    add(tx, tenant, HOURS, &hours).await?;
    add(tx, tenant, DAYS, &label_days(&hours)).await
}

/// The sub-sources that are told apart of these sources on these days.
async fn known(tx: &mut Tx, tenant: TenantId, days: &BTreeSet<(SourceId, Timestamp)>) -> Result<Known, StoreError> {
    let mut known = Known::new();
    let days: Vec<_> = days.iter().copied().collect();
    for part in sql::parts(&days, 2) {
        let rows = sql("SELECT DISTINCT source_id, day, label FROM label_days WHERE kind = 'sub' AND tenant_id = ")
            .param(tenant)
            .text(" AND (source_id, day) IN (VALUES ")
            .rows(part, |row, (source, day)| {
                row.cell(*source).cell(*day);
            })
            .text(")")
            .all(&mut **tx)
            .await?;
        for row in &rows {
            if let SubLabel::Named(name) = sub_label(&row.text("label")?)? {
                known.entry((row.parsed("source_id")?, row.at("day")?)).or_default().insert(name);
            }
        }
    }
    Ok(known)
}

async fn add(tx: &mut Tx, tenant: TenantId, to: Table, counters: &Counters) -> Result<(), StoreError> {
    let Table { name, begin } = to;
    let key = format!("tenant_id, kind, {begin}, campaign_id, source_id, buyer_id, label");
    let rows: Vec<_> = counters.iter().collect();
    for part in sql::parts(&rows, 7 + TOTALS.len()) {
        sql(&format!("INSERT INTO {name} ({key}, {}) VALUES ", TOTALS.join(", ")))
            .rows(part, |row, (key, counted)| {
                let (kind, label) = words(&key.label);
                row.cell(tenant).cell(kind).cell(key.hour).cell(key.campaign).cell(key.source);
                row.cell(buyer(key.buyer)).cell(label);
                for cell in totals(counted) {
                    row.cell(cell);
                }
            })
            .text(&or_add_to(name, &key, &TOTALS))
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

impl TenantStore {
    /// Counts and money of a span by sub-source, in no order. They are of all buyers: of a single one there is nothing.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn by_sub(
        &self,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(SubKey, Totals)>, StoreError> {
        let mut found = BTreeMap::<SubKey, Totals>::new();
        for (source, label, totals) in self.labelled(SUB, only, from, to).await? {
            let counter = found.entry(SubKey { source, label: sub_label(&label)? }).or_default();
            *counter = *counter + totals;
        }
        Ok(found.into_iter().collect())
    }

    /// What buyers took and gave back in a span by the band of prices it lies in, the cheapest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn by_price(
        &self,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Band, Totals)>, StoreError> {
        let mut found = BTreeMap::<Band, Totals>::new();
        for (_, label, totals) in self.labelled(PRICE, only, from, to).await? {
            let counter = found.entry(parse("label", &label)?).or_default();
            *counter = *counter + totals;
        }
        Ok(found.into_iter().collect())
    }

    /// The counters with labels of a kind, of all campaigns and buyers together, folded or not: source, label as it lies in
    /// the database, and counts. A label may be there several times.
    async fn labelled(
        &self,
        kind: &str,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(SourceId, String, Totals)>, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let mut found = Vec::new();
        for Part { over: Table { name, begin }, from, to } in parts((HOURS, DAYS), from, to) {
            let statement = sql("SELECT source_id, label, ").text(&sums(&TOTALS)).text(" FROM ").text(name);
            let statement = statement.text(" WHERE tenant_id = ").param(self.tenant).text(" AND kind = ").param(kind);
            let statement = statement.text(&format!(" AND {begin} >= ")).param(from);
            let statement = statement.text(&format!(" AND {begin} < ")).param(to);
            for row in only.narrow(statement).text(" GROUP BY source_id, label").all(&mut *tx).await? {
                found.push((row.parsed("source_id")?, row.text("label")?, read_totals(&row)?));
            }
        }
        let mut tail = events(events_where("e.folded = 0 AND e.tenant_id = ").param(self.tenant), &mut tx).await?;
        tx.commit().await?;
        let tail = tail.remove(&self.tenant).unwrap_or_default();
        for (key, totals) in labels(tail.iter().map(|event| (event.at, event.sub1.as_deref(), &event.fact))) {
            let (of, label) = words(&key.label);
            if of == kind && (from..to).contains(&key.hour) && only.admits(key.campaign, key.source, key.buyer) {
                found.push((key.source, label, totals));
            }
        }
        Ok(found)
    }
}
