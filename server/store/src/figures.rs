//! Figures of a tenant: the roll-ups plus the events that are not folded yet, read at one instant, so that a figure is
//! exact whether or not somebody folds meanwhile. Counters are kept by the UTC hour: `from` and `to` count as the starts
//! of hours, `to` excluded.

use crate::{StoreError, TenantStore, Tx, read::Read, sql::sql};
use exchange::rollup::{Key, LeadFact, Sums, fold};
use model::{
    BuyerId, CampaignId, Reason, SourceId, Timestamp,
    breakdown::Chances,
    report::{BuyerRow, CampaignRow, ReasonCount, Totals},
    trace::Stage,
};
use std::collections::{BTreeMap, HashMap};

/// What figures are broken down by.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum By {
    /// Everything together.
    Nothing,
    /// The UTC hour: the microseconds of its start.
    Hour,
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
    fn admits(&self, key: &Key) -> bool {
        self.campaign.is_none_or(|id| key.campaign == id)
            && self.source.is_none_or(|id| key.source == id)
            && self.buyer.is_none_or(|id| key.buyer == Some(id))
    }
}

/// How often a reason stood in the way: of which buyer, where, which, how often.
pub type ReasonOf = (Option<BuyerId>, Option<Stage>, Reason, i64);

impl By {
    /// The expression in the statement.
    const fn column(self) -> &'static str {
        match self {
            Self::Nothing => "''",
            Self::Hour => "CAST(hour AS TEXT)",
            Self::Buyer => "buyer_id",
            Self::Campaign => "campaign_id",
            Self::Source => "source_id",
        }
    }

    /// The same of a folded key.
    fn of(self, key: &Key) -> String {
        match self {
            Self::Nothing => String::new(),
            Self::Hour => key.hour.0.to_string(),
            Self::Buyer => key.buyer.map_or_else(String::new, |buyer| buyer.to_string()),
            Self::Campaign => key.campaign.to_string(),
            Self::Source => key.source.to_string(),
        }
    }
}

/// Group, then measure.
type Groups = HashMap<String, BTreeMap<String, Sums>>;

impl TenantStore {
    /// Counts and money of a span.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn totals(&self, from: Timestamp, to: Timestamp) -> Result<Totals, StoreError> {
        Ok(self.grouped(By::Nothing, Only::default(), from, to).await?.values().map(totals).next().unwrap_or_default())
    }

    /// Counts and money of each hour in which something happened, oldest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn totals_by_hour(&self, from: Timestamp, to: Timestamp) -> Result<Vec<(Timestamp, Totals)>, StoreError> {
        let mut hours = Vec::new();
        for (hour, measures) in self.grouped(By::Hour, Only::default(), from, to).await? {
            hours.push((Timestamp(hour.parse().map_err(StoreError::broken)?), totals(&measures)));
        }
        hours.sort_by_key(|(hour, _)| *hour);
        Ok(hours)
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
                let (stage, reason) = reason_of(measure)?;
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
            let empty = BTreeMap::new();
            let measures = groups.get(&id).unwrap_or(&empty);
            let count = |measure: &str| measures.get(measure).map_or(0, |sums| sums.count);
            BuyerRow {
                id: buyer.id,
                name: buyer.name,
                legal_name: buyer.legal_name,
                active: buyer.active,
                sandbox: buyer.sandbox,
                zone: buyer.zone,
                contracts: contracts.get(&id).copied().unwrap_or(0),
                pinged: count("pinged"),
                sold: count("lead.sold") + count("shared"),
                rejected: count("contract.rejected"),
                failed: count("contract.failed"),
                revenue: measures.values().map(|sums| sums.revenue).sum(),
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
                today: groups.get(&id).map(totals).unwrap_or_default(),
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

    /// Counts and money of a span by group, in no order. A group to which nothing happened is absent.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn breakdown(
        &self,
        by: By,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(String, Totals, Chances)>, StoreError> {
        let groups = self.grouped(by, only, from, to).await?;
        Ok(groups.into_iter().map(|(group, measures)| (group, totals(&measures), chances(&measures))).collect())
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
                let (stage, reason) = reason_of(measure)?;
                (sums.count > 0).then_some((buyer, stage, reason, sums.count))
            });
            found.extend(reasons);
        }
        found.sort_by(|a, b| b.3.cmp(&a.3).then((a.1, a.2, a.0).cmp(&(b.1, b.2, b.0))));
        Ok(found)
    }

    /// How often reasons stood in the way, by hour, oldest first. Losing to a better bid is none.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn reasons_by_hour(
        &self,
        only: Only,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<(Timestamp, i64)>, StoreError> {
        let mut hours = Vec::new();
        for (hour, measures) in self.grouped(By::Hour, only, from, to).await? {
            let count = |(measure, sums): (&String, &Sums)| {
                reason_of(measure).filter(|(_, reason)| !reason.is_ordinary()).map(|_| sums.count)
            };
            let hour = Timestamp(hour.parse().map_err(StoreError::broken)?);
            hours.push((hour, measures.iter().filter_map(count).sum()));
        }
        hours.sort_by_key(|(hour, _)| *hour);
        Ok(hours)
    }

    async fn grouped(&self, by: By, only: Only, from: Timestamp, to: Timestamp) -> Result<Groups, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let mut statement = sql("SELECT ")
            .text(by.column())
            .text(
                " AS bucket, measure, CAST(SUM(n) AS BIGINT) AS n, CAST(SUM(revenue) AS BIGINT) AS revenue, \
                 CAST(SUM(payout) AS BIGINT) AS payout FROM rollups \
                 WHERE tenant_id = $1 AND hour >= $2 AND hour < $3",
            )
            .bind(self.tenant)
            .bind(from)
            .bind(to);
        if let Some(campaign) = only.campaign {
            statement = statement.text(" AND campaign_id = ").param(campaign);
        }
        if let Some(source) = only.source {
            statement = statement.text(" AND source_id = ").param(source);
        }
        if let Some(buyer) = only.buyer {
            statement = statement.text(" AND buyer_id = ").param(buyer);
        }
        let rows = statement.text(" GROUP BY 1, measure").all(&mut *tx).await?;
        let mut groups = Groups::new();
        for row in rows {
            let sums = Sums { count: row.int("n")?, revenue: row.micros("revenue")?, payout: row.micros("payout")? };
            merge(&mut groups, row.text("bucket")?, row.text("measure")?, sums);
        }
        let tail = self.unfolded(&mut tx).await?;
        tx.commit().await?;
        let inside =
            tail.iter().filter(|(at, fact)| (from..to).contains(&fact.hour(*at))).map(|(at, fact)| (*at, fact));
        for (key, sums) in fold(inside).into_iter().filter(|(key, _)| only.admits(key)) {
            merge(&mut groups, by.of(&key), key.measure.code(), sums);
        }
        Ok(groups)
    }

    pub(crate) async fn unfolded(&self, tx: &mut Tx) -> Result<Vec<(Timestamp, LeadFact)>, StoreError> {
        let rows = sql("SELECT at, doc FROM events WHERE folded = 0 AND tenant_id = $1")
            .bind(self.tenant)
            .all(&mut **tx)
            .await?;
        rows.iter().map(|row| Ok((row.at("at")?, row.doc("doc")?))).collect()
    }
}

fn merge(groups: &mut Groups, group: String, measure: String, add: Sums) {
    let sums = groups.entry(group).or_default().entry(measure).or_default();
    sums.count += add.count;
    sums.revenue += add.revenue;
    sums.payout += add.payout;
}

fn totals(measures: &BTreeMap<String, Sums>) -> Totals {
    let count = |measure: &str| measures.get(measure).map_or(0, |sums| sums.count);
    Totals {
        received: count("received"),
        sold: count("lead.sold"),
        unsold: count("lead.unsold"),
        rejected: count("lead.rejected"),
        duplicate: count("lead.duplicate"),
        unknown: count("lead.unknown"),
        returned: count("lead.returned"),
        revenue: measures.values().map(|sums| sums.revenue).sum(),
        payout: measures.values().map(|sums| sums.payout).sum(),
    }
}

fn chances(measures: &BTreeMap<String, Sums>) -> Chances {
    let count = |measure: &str| measures.get(measure).map_or(0, |sums| sums.count);
    Chances {
        pinged: count("pinged"),
        sold: count("lead.sold") + count("shared"),
        lost: count("contract.lost"),
        rejected: count("contract.rejected"),
        failed: count("contract.failed"),
        excluded: count("contract.excluded"),
        returned: count("returned"),
    }
}

/// Reads `reason.<stage>.<code>`; the stage is empty for a reason against the lead as a whole.
fn reason_of(measure: &str) -> Option<(Option<Stage>, Reason)> {
    let (stage, code) = measure.strip_prefix("reason.")?.split_once('.')?;
    let stages = [Stage::Eligibility, Stage::Ping, Stage::Plan, Stage::Post];
    let stage = match stage {
        "" => None,
        name => Some(stages.into_iter().find(|stage| stage.name() == name)?),
    };
    Some((stage, code.parse().ok()?))
}

#[cfg(test)]
mod tests {
    use super::*;
    use exchange::rollup::Measure;

    #[test]
    fn reasons_are_read_back_from_their_measure() {
        for stage in [None, Some(Stage::Eligibility), Some(Stage::Ping), Some(Stage::Plan), Some(Stage::Post)] {
            let measure = Measure::Reason(stage, Reason::BuyerGeo).code();
            assert_eq!(reason_of(&measure), Some((stage, Reason::BuyerGeo)), "{measure}");
        }
        assert_eq!(reason_of("lead.sold"), None);
    }
}
