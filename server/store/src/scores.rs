//! What contracts did and how quickly, by hour and by day: folded and read as the other counters are, in tables of their own.

use crate::{
    StoreError, TenantStore, Tx,
    figures::{Part, parts},
    read::Read,
    rollups::{After, Events, STEP, Table, folded},
    sql::{self, sql},
};
use exchange::rollup::{BUCKETS, Latencies, Score, ScoreKey, score_days, scores};
use model::{BuyerId, ContractId, TenantId, Timestamp};
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, BTreeSet};

/// The scores of hours.
pub(crate) const HOURS: Table = Table { name: "score_hours", begin: "hour" };
/// The same of whole UTC days.
pub(crate) const DAYS: Table = Table { name: "score_days", begin: "day" };

/// The columns that every row has a number in.
const COUNTS: [&str; 14] = [
    "considered",
    "filled",
    "pinged",
    "bids",
    "bid_sum",
    "declined",
    "late",
    "silent",
    "broken",
    "accepted",
    "refused",
    "doubtful",
    "unsent",
    "returned",
];

/// The histograms, as their columns begin.
const PINGS: &str = "ping";
const POSTS: &str = "post";

/// Scores of several tenants.
type Scores = BTreeMap<(TenantId, ScoreKey), Score>;

/// A column of a histogram.
fn column(of: &str, bucket: u8) -> String {
    format!("{of}_{bucket:02}")
}

/// Every column of the histograms, with the histogram and the bucket it is of.
fn buckets() -> impl Iterator<Item = (&'static str, u8)> {
    let all = || (0..u8::MAX).take(BUCKETS);
    all().map(|bucket| (PINGS, bucket)).chain(all().map(|bucket| (POSTS, bucket)))
}

/// The values of [`COUNTS`].
const fn counts(score: &Score) -> [i64; COUNTS.len()] {
    [
        score.considered,
        score.full,
        score.pinged,
        score.bids,
        score.bid_sum.0,
        score.declined,
        score.late,
        score.silent,
        score.broken,
        score.accepted,
        score.refused,
        score.doubtful,
        score.unsent,
        score.returned,
    ]
}

/// One of the histograms.
fn histogram<'a>(score: &'a Score, which: &str) -> &'a Latencies {
    if which == PINGS { &score.pings } else { &score.posts }
}

/// Everything that is read, as columns of a statement without groups.
pub(crate) fn columns() -> String {
    let histograms = buckets().map(|(of, bucket)| column(of, bucket));
    COUNTS.into_iter().map(str::to_owned).chain(histograms).collect::<Vec<_>>().join(", ")
}

/// The same, summed.
fn sums() -> String {
    let counts = COUNTS.map(|name| format!("CAST(SUM({name}) AS BIGINT) AS {name}"));
    let histograms = buckets().map(|(of, bucket)| {
        let name = column(of, bucket);
        format!("CAST(SUM({name}) AS BIGINT) AS {name}")
    });
    counts.into_iter().chain(histograms).collect::<Vec<_>>().join(", ")
}

/// Reads [`columns`].
pub(crate) fn read(row: &AnyRow) -> Result<Score, StoreError> {
    let mut score = Score {
        considered: row.int("considered")?,
        full: row.int("filled")?,
        pinged: row.int("pinged")?,
        bids: row.int("bids")?,
        bid_sum: row.micros("bid_sum")?,
        declined: row.int("declined")?,
        late: row.int("late")?,
        silent: row.int("silent")?,
        broken: row.int("broken")?,
        accepted: row.int("accepted")?,
        refused: row.int("refused")?,
        doubtful: row.int("doubtful")?,
        unsent: row.int("unsent")?,
        returned: row.int("returned")?,
        pings: Latencies::default(),
        posts: Latencies::default(),
    };
    for (of, bucket) in buckets() {
        let calls = row.int_opt(&column(of, bucket))?.unwrap_or(0);
        if of == PINGS { &mut score.pings } else { &mut score.posts }.add(bucket, calls);
    }
    Ok(score)
}

/// Adds what events come to.
pub(crate) async fn add(tx: &mut Tx, events: &Events) -> Result<(), StoreError> {
    let (mut hours, mut days) = (Scores::new(), Scores::new());
    for (tenant, events) in events {
        let found = scores(events.iter().map(|event| (event.at, &event.fact)));
        days.extend(score_days(&found).into_iter().map(|(key, score)| ((*tenant, key), score)));
        hours.extend(found.into_iter().map(|(key, score)| ((*tenant, key), score)));
    }
    put(tx, HOURS, &hours).await?;
    put(tx, DAYS, &days).await
}

async fn put(tx: &mut Tx, to: Table, scores: &Scores) -> Result<(), StoreError> {
    let Table { name, begin } = to;
    let key = format!("tenant_id, {begin}, buyer_id, contract_id");
    // Of the histograms' columns only those that anything is added to.
    let mut touched = BTreeSet::new();
    for score in scores.values() {
        touched.extend(
            [PINGS, POSTS]
                .into_iter()
                .flat_map(|which| histogram(score, which).buckets().map(move |(one, _)| (which, one))),
        );
    }
    let histograms: Vec<(&str, u8)> = touched.into_iter().collect();
    let names: Vec<String> = COUNTS
        .iter()
        .map(|name| (*name).to_owned())
        .chain(histograms.iter().map(|(of, one)| column(of, *one)))
        .collect();
    let sum = |column: &String| format!("{column} = COALESCE({name}.{column}, 0) + excluded.{column}");
    let sum = names.iter().map(sum).collect::<Vec<_>>().join(", ");
    let rows: Vec<_> = scores.iter().collect();
    for part in sql::parts(&rows, 4 + names.len()) {
        sql(&format!("INSERT INTO {name} ({key}, {}) VALUES ", names.join(", ")))
            .rows(part, |row, ((tenant, key), score)| {
                row.cell(*tenant).cell(key.hour).cell(key.buyer).cell(key.contract);
                for count in counts(score) {
                    row.cell(count);
                }
                for (which, bucket) in &histograms {
                    row.cell(histogram(score, which).of(*bucket));
                }
            })
            .text(&format!(" ON CONFLICT ({key}) DO UPDATE SET {sum}"))
            // Another batch touches other columns.
            .once()
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

/// Folds what was folded before there were scores, once.
pub(crate) async fn catch_up(tx: &mut Tx) -> Result<(), StoreError> {
    if !sql("SELECT scores_stale FROM rollup_state WHERE id = 1").one(&mut **tx).await?.flag("scores_stale")? {
        return Ok(());
    }
    for table in [HOURS.name, DAYS.name] {
        sql("DELETE FROM ").text(table).run(&mut **tx).await?;
    }
    let mut after = After::default();
    while let Some(events) = folded(tx, &mut after, STEP).await? {
        add(tx, &events).await?;
    }
    sql("UPDATE rollup_state SET scores_stale = 0 WHERE id = 1").run(&mut **tx).await?;
    Ok(())
}

impl TenantStore {
    /// What each contract did in a span of hours, of one buyer or of all, in no order. A contract that no lead was considered
    /// for is absent.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn scores(
        &self,
        buyer: Option<BuyerId>,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(BuyerId, ContractId, Score)>, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let mut found = BTreeMap::<(BuyerId, ContractId), Score>::new();
        for Part { over: Table { name, begin }, from, to } in parts((HOURS, DAYS), from, to) {
            let statement = sql("SELECT buyer_id, contract_id, ").text(&sums()).text(" FROM ").text(name);
            let statement = statement.text(" WHERE tenant_id = ").param(self.tenant);
            let statement = statement.text(&format!(" AND {begin} >= ")).param(from);
            let mut statement = statement.text(&format!(" AND {begin} < ")).param(to);
            if let Some(buyer) = buyer {
                statement = statement.text(" AND buyer_id = ").param(buyer);
            }
            for row in statement.text(" GROUP BY buyer_id, contract_id").all(&mut *tx).await? {
                *found.entry((row.parsed("buyer_id")?, row.parsed("contract_id")?)).or_default() += &read(&row)?;
            }
        }
        let tail = self.unfolded(&mut tx).await?;
        tx.commit().await?;
        for (key, score) in scores(tail.iter().map(|(at, fact)| (*at, fact))) {
            if (from..to).contains(&key.hour) && buyer.is_none_or(|only| key.buyer == only) {
                *found.entry((key.buyer, key.contract)).or_default() += &score;
            }
        }
        Ok(found.into_iter().map(|((buyer, contract), score)| (buyer, contract, score)).collect())
    }
}
