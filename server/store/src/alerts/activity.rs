//! What contracts did lately, and on the days before: the hours that are folded, and the events that are not yet.

use crate::{StoreError, TenantStore, read::Read, sql::sql};
use exchange::{
    alert::DAYS,
    rollup::{Activity, activity},
};
use model::{ContractId, Timestamp, time::DAY};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// What a contract did since an instant, and in each of the spans of 24 hours before it, the latest first.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct ContractDays {
    /// Since the instant.
    pub recent: Activity,
    /// Before it.
    pub days: Vec<Activity>,
}

impl ContractDays {
    /// Adds what was done in an hour.
    fn add(&mut self, span: i64, done: Activity) {
        if span < 0 {
            self.recent += done;
            return;
        }
        let Ok(span) = usize::try_from(span) else { return };
        if self.days.len() <= span {
            self.days.resize(span + 1, Activity::default());
        }
        self.days[span] += done;
    }
}

/// Which span of 24 hours before `recent` an hour lies in, from 0; less than that for what came since.
fn span_of(hour: Timestamp, recent: Timestamp) -> i64 {
    if hour >= recent { -1 } else { (recent.0 - 1 - hour.0) / DAY }
}

impl TenantStore {
    /// What each contract did since `recent`, the start of an hour, and in the seven days before. Test leads do not count.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn contract_days(&self, recent: Timestamp) -> Result<BTreeMap<ContractId, ContractDays>, StoreError> {
        let from = Timestamp(recent.0 - DAYS * DAY);
        let mut tx = self.store.begin_snapshot().await?;
        let rows = sql("SELECT contract_id, CASE WHEN hour >= $2 THEN -1 ELSE ($2 - 1 - hour) / ")
            .text(&DAY.to_string())
            .text(
                " END AS span, CAST(SUM(pinged) AS BIGINT) AS pinged, CAST(SUM(timed_out) AS BIGINT) AS timed_out, \
                 CAST(SUM(bids) AS BIGINT) AS bids, CAST(SUM(bid_sum) AS BIGINT) AS bid_sum, \
                 CAST(SUM(accepted) AS BIGINT) AS accepted, CAST(SUM(refused) AS BIGINT) AS refused \
                 FROM contract_hours WHERE tenant_id = $1 AND hour >= $3 GROUP BY 1, 2",
            )
            .bind(self.tenant)
            .bind(recent)
            .bind(from)
            .all(&mut *tx)
            .await?;
        let mut found = BTreeMap::<ContractId, ContractDays>::new();
        for row in &rows {
            found.entry(row.parsed("contract_id")?).or_default().add(row.int("span")?, of(row)?);
        }
        let tail = self.unfolded(&mut tx).await?;
        tx.commit().await?;
        for ((hour, contract), done) in activity(tail.iter().map(|(at, fact)| (*at, fact))) {
            if hour >= from {
                found.entry(contract).or_default().add(span_of(hour, recent), done);
            }
        }
        Ok(found)
    }
}

/// Reads the counts of a row.
pub(crate) fn of(row: &AnyRow) -> Result<Activity, StoreError> {
    Ok(Activity {
        pinged: row.int("pinged")?,
        timed_out: row.int("timed_out")?,
        bids: row.int("bids")?,
        bid_sum: row.micros("bid_sum")?,
        accepted: row.int("accepted")?,
        refused: row.int("refused")?,
    })
}
