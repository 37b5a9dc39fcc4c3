//! What a buyer took, by sales and as copies: the leads of its portal, and what it pays for them.

use crate::{
    StoreError, TenantStore,
    paging::Keyset,
    read::Read,
    sql::{Sql, sql},
};
use model::{
    BuyerId, Currency, LeadId, Micros, Timestamp,
    campaign::Campaign,
    id::uuid_v7,
    page::{Cursor, Page},
    portal::{DeliveredRow, MonthRow},
    time::HOUR,
};
use sqlx::any::AnyRow;

const ROW: &str = "SELECT a.lead_id, a.contract_id, a.settled_at, a.at, COALESCE(a.paid, a.price) AS paid, a.reference, a.id AS attempt_id, a.returned_at, l.currency, \
     CASE WHEN l.currency IS NULL THEN m.doc END AS sold_in, l.open_fields, l.masks, m.name AS campaign, \
     c.name AS contract FROM ( \
     SELECT tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, state, price, paid, reference, at, settled_at, \
     returned_at, 0 AS silent FROM attempts UNION ALL \
     SELECT tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, state, price, paid, reference, at, settled_at, \
     CAST(NULL AS BIGINT) AS returned_at, 1 AS silent FROM copies) a \
     JOIN leads l ON l.tenant_id = a.tenant_id AND l.id = a.lead_id AND l.mode = 'live' \
     LEFT JOIN campaigns m ON m.tenant_id = a.tenant_id AND m.id = a.campaign_id \
     LEFT JOIN contracts c ON c.tenant_id = a.tenant_id AND c.id = a.contract_id \
     WHERE a.state = 'accepted' AND a.tenant_id = ";

/// Which delivered leads a list shows.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default)]
pub struct DeliveredFilter {
    /// Taken at this instant or later.
    pub from: Option<Timestamp>,
    /// Taken before this instant.
    pub to: Option<Timestamp>,
}

impl TenantStore {
    /// One page of the live leads a buyer took, newest first. A cursor that is no lead's id begins with the newest.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delivered(
        &self,
        buyer: BuyerId,
        filter: DeliveredFilter,
        cursor: &Cursor,
        limit: u16,
    ) -> Result<Page<DeliveredRow>, StoreError> {
        let keys = Keyset::<LeadId>::new(cursor, limit);
        let statement = filter.apply(sql(ROW).param(self.tenant).text(" AND a.buyer_id = ").param(buyer));
        let found = keys.end(statement, "a.lead_id").all(self.store.reader()).await?;
        keys.page(&found, delivered, |row| row.lead_id)
    }

    /// One lead that a buyer took.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for a lead that it did not take.
    pub async fn delivered_lead(&self, buyer: BuyerId, lead: LeadId) -> Result<DeliveredRow, StoreError> {
        let statement = sql(ROW).param(self.tenant).text(" AND a.buyer_id = ").param(buyer);
        let rows =
            statement.text(" AND a.lead_id = ").param(lead).text(" ORDER BY a.silent").all(self.store.reader()).await?;
        rows.first().map(delivered).unwrap_or(Err(StoreError::NotFound))
    }

    /// What moved on a buyer's account in a span: how many sales and copies, and their sum, by the currency.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn account_of(
        &self,
        buyer: BuyerId,
        from: Timestamp,
        to: Timestamp,
    ) -> Result<Vec<MonthRow>, StoreError> {
        let rows = sql("SELECT currency, COUNT(*) FILTER (WHERE kind IN ('sale', 'copy')) AS n, \
             COUNT(*) FILTER (WHERE kind = 'return') AS returned, \
             CAST(COALESCE(SUM(amount) FILTER (WHERE kind IN ('sale', 'copy')), 0) AS BIGINT) AS cost, CAST(SUM(amount) AS BIGINT) AS amount FROM ledger_entries \
             WHERE tenant_id = $1 AND account = $2 AND at >= $3 AND at < $4 GROUP BY currency ORDER BY currency")
        .bind(self.tenant)
        .bind(buyer.to_string())
        .bind(from)
        .bind(to)
        .all(self.store.reader())
        .await?;
        rows.iter()
            .map(|row| {
                let (entries, returned, amount) = (row.int("n")?, row.int("returned")?, row.micros("amount")?);
                // A buyer's account goes down by what it owes.
                Ok(MonthRow {
                    entries,
                    returned,
                    cost: Micros(-row.micros("cost")?.0),
                    pays: Micros(-amount.0),
                    currency: row.parsed::<Currency>("currency")?,
                })
            })
            .collect()
    }
}

impl DeliveredFilter {
    fn apply(self, mut statement: Sql) -> Sql {
        // Ids sort by the time the lead came in; it may have been taken up to an hour later, when it was in doubt.
        if let Some(from) = self.from {
            let first = LeadId::from_bits(uuid_v7(Timestamp(from.0.saturating_sub(24 * HOUR)).unix_millis(), [0; 10]));
            statement = statement.text(" AND a.at >= ").param(from).text(" AND a.lead_id >= ").param(first);
        }
        if let Some(to) = self.to {
            let last = LeadId::from_bits(uuid_v7(Timestamp(to.0.saturating_add(HOUR)).unix_millis(), [0xff; 10]));
            statement = statement.text(" AND a.at < ").param(to).text(" AND a.lead_id <= ").param(last);
        }
        statement
    }
}

fn delivered(row: &AnyRow) -> Result<DeliveredRow, StoreError> {
    // A copy of a lead that nobody bought: the campaign says in what money.
    let of_campaign = row.text_opt("sold_in")?.and_then(|doc| serde_json::from_str::<Campaign>(&doc).ok());
    let of_campaign = of_campaign.map_or(Currency::USD, |campaign| campaign.currency);
    let currency = row.parsed_opt("currency")?.unwrap_or(of_campaign);
    Ok(DeliveredRow {
        lead_id: row.parsed("lead_id")?,
        contract_id: row.parsed("contract_id")?,
        attempt_id: row.parsed("attempt_id")?,
        returned_at: row.at_opt("returned_at")?,
        at: row.at_opt("settled_at")?.unwrap_or(row.at("at")?),
        campaign: row.text_opt("campaign")?.unwrap_or_default(),
        contract: row.text_opt("contract")?.unwrap_or_default(),
        pays: model::Money { amount: row.micros("paid")?, currency },
        reference: row.text_opt("reference")?,
        fields: super::detail::open_fields(&row.doc("open_fields")?),
        masks: row.doc("masks")?,
    })
}
