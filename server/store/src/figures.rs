//! Figures of a tenant: the roll-ups plus the events that are not folded yet, read at one instant, so that a figure is
//! exact whether or not somebody folds meanwhile. Counters are kept by the UTC hour: `from` and `to` count as the starts
//! of hours, `to` excluded. The whole UTC days of a span are summed over the counters of days.

use crate::{
    StoreError, TenantStore, Tx,
    read::Read,
    rollups::{DAYS, HOURS, Table},
    sql::{Sql, sql},
    tallies,
};
use exchange::rollup::{self, Key, LeadFact, Measure, Sums, Tally, fold};
use model::{
    BuyerId, CampaignId, Reason, SourceId, Timestamp,
    report::{BuyerRow, CampaignRow, ReasonCount, Totals},
    time::DAY,
    trace::Stage,
};
use std::collections::{BTreeMap, HashMap};

/// What figures are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Everything together.
    Nothing,
    /// The buyer's id; empty for what concerns no buyer.
    Buyer,
    /// The campaign's id.
    Campaign,
    /// The source's id.
    Source,
}

/// What figures are about; what is absent does not matter.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct Only {
    /// This campaign.
    pub campaign: Option<CampaignId>,
    /// This source.
    pub source: Option<SourceId>,
    /// This buyer.
    pub buyer: Option<BuyerId>,
}

impl Only {
    /// Whether it is about what is counted with these.
    pub(crate) fn admits(self, campaign: CampaignId, source: SourceId, buyer: Option<BuyerId>) -> bool {
        self.campaign.is_none_or(|id| campaign == id)
            && self.source.is_none_or(|id| source == id)
            && self.buyer.is_none_or(|id| buyer == Some(id))
    }

    /// Says the same to a statement that ends in a condition.
    pub(crate) fn narrow(self, mut statement: Sql) -> Sql {
        if let Some(campaign) = self.campaign {
            statement = statement.text(" AND campaign_id = ").param(campaign);
        }
        if let Some(source) = self.source {
            statement = statement.text(" AND source_id = ").param(source);
        }
        if let Some(buyer) = self.buyer {
            statement = statement.text(" AND buyer_id = ").param(buyer);
        }
        statement
    }
}

/// How often a reason stood in the way: of which buyer, where, which, how often.
pub type ReasonOf = (Option<BuyerId>, Option<Stage>, Reason, i64);

impl By {
    /// The expression in the statement.
    const fn column(self) -> &'static str {
        match self {
            Self::Nothing => "''",
            Self::Buyer => "buyer_id",
            Self::Campaign => "campaign_id",
            Self::Source => "source_id",
        }
    }

    /// The same of a folded key.
    fn of(self, key: &Key) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Buyer => key.buyer.map_or_else(String::new, |buyer| buyer.to_string()),
            Self::Campaign => key.campaign.to_string(),
            Self::Source => key.source.to_string(),
        }
    }
}

/// What was counted of one group.
type Measures = BTreeMap<Measure, Sums>;

/// Group, then measure.
type Groups = HashMap<String, Measures>;

/// A part of a span, and which counters it is summed over.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) struct Part {
    pub over: Table,
    pub from: Timestamp,
    pub to: Timestamp,
}

/// The parts of a span that are not empty: whole UTC days, and the hours before and after them.
pub(crate) fn parts((hours, days): (Table, Table), from: Timestamp, to: Timestamp) -> Vec<Part> {
    let (first, last) = (Timestamp(from.0 + DAY - 1).day(), to.day());
    let parts = if first < last {
        [(hours, from, first), (days, first, last), (hours, last, to)]
    } else {
        [(hours, from, to), (days, to, to), (hours, to, to)]
    };
    let parts = parts.into_iter().map(|(over, from, to)| Part { over, from, to });
    parts.filter(|part| part.from < part.to).collect()
}

impl TenantStore {
    /// Counts and money of a span.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn totals(&self, from: Timestamp, to: Timestamp) -> Result<Totals, StoreError> {
        let groups = self.grouped(By::Nothing, Only::default(), from, to).await?;
        Ok(groups.values().map(|measures| Tally::of(measures).totals).next().unwrap_or_default())
    }

    /// What each hour in which something happened comes to, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn by_hour(
        &self,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, Tally)>, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let statement =
            sql("SELECT hour, ").text(&tallies::sums(&tallies::columns())).text(" FROM ").text(tallies::TABLE);
        let statement = statement.text(" WHERE tenant_id = ").param(self.tenant);
        let statement = statement.text(" AND hour >= ").param(from).text(" AND hour < ").param(to);
        let rows = only.narrow(statement).text(" GROUP BY hour").all(&mut *tx).await?;
        let tail = self.tail(&mut tx, only, from, to).await?;
        tx.commit().await?;
        let mut hours = BTreeMap::<Timestamp, Tally>::new();
        for row in &rows {
            *hours.entry(row.at("hour")?).or_default() += tallies::read(row)?;
        }
        for (place, tally) in rollup::tallies(&tail) {
            *hours.entry(place.hour).or_default() += tally;
        }
        Ok(hours.into_iter().collect())
    }

    /// The most frequent reasons against leads and contracts (losing to a better bid is none), most frequent first, at most `limit`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn reason_counts(
        &self,
        from: Timestamp,
        to: Timestamp,
        limit: u16,
    ) -> Result<Vec<ReasonCount>, StoreError> {
        let groups = self.grouped(By::Nothing, Only::default(), from, to).await?;
        let mut reasons: Vec<ReasonCount> = groups
            .values()
            .flatten()
            .filter_map(|(measure, sums)| {
                let (stage, reason) = reason_of(*measure)?;
                Some(ReasonCount { stage, reason, count: sums.count })
            })
            .filter(|reason| reason.count > 0 && !reason.reason.is_ordinary())
            .collect();
        reasons.sort_by(|a, b| b.count.cmp(&a.count).then((a.stage, a.reason).cmp(&(b.stage, b.reason))));
        reasons.truncate(limit.into());
        Ok(reasons)
    }

    /// Every buyer with its counts in a span, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn buyer_figures(&self, from: Timestamp, to: Timestamp) -> Result<Vec<BuyerRow>, StoreError> {
        let groups = self.grouped(By::Buyer, Only::default(), from, to).await?;
        let contracts = self.active_contracts("buyer_id").await?;
        let rows = self.buyers().await?.into_iter().map(|buyer| {
            let id = buyer.id.to_string();
            let Tally { totals, chances, .. } = groups.get(&id).map(Tally::of).unwrap_or_default();
            BuyerRow {
                id: buyer.id,
                name: buyer.name,
                legal_name: buyer.legal_name,
                active: buyer.active,
                sandbox: buyer.sandbox,
                zone: buyer.zone,
                contracts: contracts.get(&id).copied().unwrap_or(0),
                pinged: chances.pinged,
                sold: chances.sold,
                rejected: chances.rejected,
                failed: chances.failed,
                revenue: totals.revenue,
            }
        });
        Ok(rows.collect())
    }

    /// Every campaign with its counts in a span, by name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn campaign_figures(&self, from: Timestamp, to: Timestamp) -> Result<Vec<CampaignRow>, StoreError> {
        let groups = self.grouped(By::Campaign, Only::default(), from, to).await?;
        let contracts = self.active_contracts("campaign_id").await?;
        let rows = self.campaigns().await?.into_iter().map(|campaign| {
            let id = campaign.id.to_string();
            CampaignRow {
                id: campaign.id,
                slug: campaign.slug,
                name: campaign.name,
                active: campaign.active,
                currency: campaign.currency,
                contracts: contracts.get(&id).copied().unwrap_or(0),
                today: groups.get(&id).map(|measures| Tally::of(measures).totals).unwrap_or_default(),
            }
        });
        Ok(rows.collect())
    }

    async fn active_contracts(&self, column: &str) -> Result<HashMap<String, i64>, StoreError> {
        let rows = sql("SELECT ")
            .text(column)
            .text(" AS owner, COUNT(*) AS n FROM contracts WHERE active = 1 AND tenant_id = ")
            .param(self.tenant)
            .text(" GROUP BY ")
            .text(column)
            .all(self.store.reader())
            .await?;
        rows.iter().map(|row| Ok((row.text("owner")?, row.int("n")?))).collect()
    }

    /// What a span comes to by group, in no order. A group to which nothing happened is absent.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn breakdown(
        &self,
        by: By,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(String, Tally)>, StoreError> {
        let groups = self.grouped(by, only, from, to).await?;
        Ok(groups.into_iter().map(|(group, measures)| (group, Tally::of(&measures))).collect())
    }

    /// How often each reason stood in whose way, the most frequent first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn reasons_of(&self, only: Only, from: Timestamp, to: Timestamp) -> Result<Vec<ReasonOf>, StoreError> {
        let mut found = Vec::new();
        for (buyer, measures) in self.grouped(By::Buyer, only, from, to).await? {
            let buyer = if buyer.is_empty() { None } else { Some(buyer.parse().map_err(StoreError::broken)?) };
            let reasons = measures.iter().filter_map(|(measure, sums)| {
                let (stage, reason) = reason_of(*measure)?;
                (sums.count > 0).then_some((buyer, stage, reason, sums.count))
            });
            found.extend(reasons);
        }
        found.sort_by(|a, b| b.3.cmp(&a.3).then((a.1, a.2, a.0).cmp(&(b.1, b.2, b.0))));
        Ok(found)
    }

    async fn grouped(&self, by: By, only: Only, from: Timestamp, to: Timestamp) -> Result<Groups, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let mut groups = Groups::new();
        for part in parts((HOURS, DAYS), from, to) {
            self.sum(&mut tx, by, only, part, &mut groups).await?;
        }
        let tail = self.tail(&mut tx, only, from, to).await?;
        tx.commit().await?;
        for (key, sums) in tail {
            *groups.entry(by.of(&key)).or_default().entry(key.measure).or_default() += sums;
        }
        Ok(groups)
    }

    /// Adds what the counters of a part of a span say.
    async fn sum(&self, tx: &mut Tx, by: By, only: Only, part: Part, groups: &mut Groups) -> Result<(), StoreError> {
        let Table { name, begin } = part.over;
        let statement = sql("SELECT ").text(by.column()).text(
            " AS bucket, measure, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(revenue) AS BIGINT) AS revenue, \
             CAST(SUM(payout) AS BIGINT) AS payout FROM ",
        );
        let statement = statement.text(name).text(" WHERE tenant_id = ").param(self.tenant);
        let statement = statement.text(&format!(" AND {begin} >= ")).param(part.from);
        let statement = statement.text(&format!(" AND {begin} < ")).param(part.to);
        for row in only.narrow(statement).text(" GROUP BY 1, measure").all(&mut **tx).await? {
            let sums = Sums { count: row.int("n")?, revenue: row.micros("revenue")?, payout: row.micros("payout")? };
            *groups.entry(row.text("bucket")?).or_default().entry(row.parsed("measure")?).or_default() += sums;
        }
        Ok(())
    }

    /// The counters of a span that are not folded yet.
    async fn tail(
        &self,
        tx: &mut Tx,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<BTreeMap<Key, Sums>, StoreError> {
        let tail = self.unfolded(tx).await?;
        let mut counters = fold(tail.iter().map(|(at, fact)| (*at, fact)));
        counters.retain(|key, _| (from..to).contains(&key.hour) && only.admits(key.campaign, key.source, key.buyer));
        Ok(counters)
    }

    pub(crate) async fn unfolded(&self, tx: &mut Tx) -> Result<Vec<(Timestamp, LeadFact)>, StoreError> {
        let rows = sql("SELECT at, doc FROM events WHERE folded = 0 AND tenant_id = $1")
            .bind(self.tenant)
            .all(&mut **tx)
            .await?;
        rows.iter().map(|row| Ok((row.at("at")?, row.doc("doc")?))).collect()
    }
}

/// The reason that a measure counts, and where it stood; none at the place of a reason against the lead as a whole.
const fn reason_of(measure: Measure) -> Option<(Option<Stage>, Reason)> {
    match measure {
        Measure::Reason(stage, reason) => Some((stage, reason)),
        _ => None,
    }
}

#[cfg(test)]
mod tests {
    use super::*;
    use model::time::HOUR;

    /// The parts of a span of hours, in hours.
    fn cut(from: i64, to: i64) -> Vec<(&'static str, i64, i64)> {
        let parts = parts((HOURS, DAYS), Timestamp(from * HOUR), Timestamp(to * HOUR));
        parts.iter().map(|part| (part.over.name, part.from.0 / HOUR, part.to.0 / HOUR)).collect()
    }

    #[test]
    fn a_span_is_days_with_hours_at_its_ends() {
        assert_eq!(cut(24, 72), [("rollup_days", 24, 72)]);
        assert_eq!(cut(5, 77), [("rollups", 5, 24), ("rollup_days", 24, 72), ("rollups", 72, 77)]);
        assert_eq!(cut(23, 48), [("rollups", 23, 24), ("rollup_days", 24, 48)]);
        assert_eq!(cut(24, 49), [("rollup_days", 24, 48), ("rollups", 48, 49)]);
        // Two days of a zone may hold no whole day of UTC.
        assert_eq!(cut(1, 47), [("rollups", 1, 47)]);
        assert_eq!(cut(3, 9), [("rollups", 3, 9)]);
        assert_eq!(cut(24, 24), []);
        assert_eq!(cut(30, 20), []);
    }
}
