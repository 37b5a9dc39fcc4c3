//! What leads missed: hour by hour as it lies in the database, and of one lead in its row.

use crate::{
    StoreError, TenantStore, Tx,
    figures::Only,
    read::Read,
    rollups::Events,
    sql::{Sql, parts, sql},
};
use exchange::rollup::{MissedKey, missed};
use model::{
    BuyerId, ContractId, Money, Reason, Timestamp,
    lost::{LostOnly, LostSum, Missed},
};
use sqlx::any::AnyRow;
use std::collections::BTreeMap;

/// Where the hours lie.
pub(crate) const TABLE: &str = "missed_hours";

/// What leads missed in a span, for one reason, at one contract.
pub type LostOf = (Reason, ContractId, BuyerId, LostSum);

/// Adds what events come to.
pub(crate) async fn add(tx: &mut Tx, events: &Events) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (tenant, events) in events {
        rows.extend(
            missed(events.iter().map(|event| (event.at, &event.fact))).into_iter().map(|found| (*tenant, found)),
        );
    }
    for part in parts(&rows, 9) {
        sql("INSERT INTO missed_hours (tenant_id, hour, campaign_id, source_id, contract_id, buyer_id, reason, n, amount) \
             VALUES ")
        .rows(part, |row, (tenant, (key, sum))| {
            row.cell(*tenant).cell(key.hour).cell(key.campaign).cell(key.source).cell(key.contract);
            row.cell(key.buyer).cell(key.reason).cell(sum.leads).cell(sum.amount);
        })
        .text(
            " ON CONFLICT (tenant_id, hour, campaign_id, source_id, contract_id, buyer_id, reason) DO UPDATE SET \
             n = missed_hours.n + excluded.n, amount = missed_hours.amount + excluded.amount",
        )
        .run(&mut **tx)
        .await?;
    }
    Ok(())
}

/// Reads the columns of a lead's row; none of a lead that missed nothing.
pub(crate) fn of_lead(row: &AnyRow) -> Result<Option<Missed>, StoreError> {
    let Some(reason) = row.parsed_opt("missed_reason")? else { return Ok(None) };
    Ok(Some(Missed {
        contract: row.parsed("missed_contract")?,
        buyer: row.parsed("missed_buyer")?,
        reason,
        amount: Money { amount: row.micros("missed")?, currency: row.parsed("missed_currency")? },
    }))
}

/// Narrows a list of leads `l` to those that missed a sale.
pub(crate) fn only(statement: Sql, lost: LostOnly) -> Sql {
    match lost {
        LostOnly::Any => statement.text(" AND l.missed_reason IS NOT NULL"),
        LostOnly::Reason(reason) => statement.text(" AND l.missed_reason = ").param(reason),
    }
}

impl TenantStore {
    /// What leads that came in a span of hours missed, by reason and contract, in no order. What the sums came to before a
    /// sale that was thought missed was made after all is not in it.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn lost_of(&self, only: Only, from: Timestamp, to: Timestamp) -> Result<Vec<LostOf>, StoreError> {
        let mut tx = self.store.begin_snapshot().await?;
        let mut statement = sql("SELECT reason, contract_id, buyer_id, CAST(SUM(n) AS BIGINT) AS n, \
             CAST(SUM(amount) AS BIGINT) AS amount FROM missed_hours WHERE tenant_id = $1 AND hour >= $2 AND hour < $3")
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
        let rows = statement.text(" GROUP BY reason, contract_id, buyer_id").all(&mut *tx).await?;
        let mut found = BTreeMap::<(Reason, ContractId, BuyerId), LostSum>::new();
        for row in &rows {
            let key = (row.parsed("reason")?, row.parsed("contract_id")?, row.parsed("buyer_id")?);
            *found.entry(key).or_default() += LostSum { leads: row.int("n")?, amount: row.micros("amount")? };
        }
        let tail = self.unfolded(&mut tx).await?;
        tx.commit().await?;
        for (key, sum) in missed(tail.iter().map(|(at, fact)| (*at, fact))) {
            if (from..to).contains(&key.hour) && admits(only, &key) {
                *found.entry((key.reason, key.contract, key.buyer)).or_default() += sum;
            }
        }
        found.retain(|_, sum| *sum != LostSum::default());
        Ok(found.into_iter().map(|((reason, contract, buyer), sum)| (reason, contract, buyer, sum)).collect())
    }
}

fn admits(only: Only, key: &MissedKey) -> bool {
    only.campaign.is_none_or(|id| key.campaign == id)
        && only.source.is_none_or(|id| key.source == id)
        && only.buyer.is_none_or(|id| key.buyer == id)
}
