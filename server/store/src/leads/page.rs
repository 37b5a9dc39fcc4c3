//! The leads list: filters, and pages that continue after a row.

use crate::{
    StoreError, TenantStore, missed,
    paging::Keyset,
    read::{Read, mode},
    sql::{Sql, sql},
};
use model::{
    BuyerId, CampaignId, ContractId, LeadId, Reason, SourceId, Timestamp,
    breakdown::Band,
    id::uuid_v7,
    lead::{LeadRow, LeadState},
    lost::LostOnly,
    page::{Cursor, Page},
    tenant::Mode,
    time::HOUR,
};
use sqlx::any::AnyRow;

/// Which leads a list shows; what is absent does not matter.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct LeadFilter {
    /// Where it stands.
    pub state: Option<LeadState>,
    /// Into which campaign it came.
    pub campaign: Option<CampaignId>,
    /// From which source.
    pub source: Option<SourceId>,
    /// With this first label of the source.
    pub sub1: Option<String>,
    /// Which buyer took it.
    pub buyer: Option<BuyerId>,
    /// Some buyer took it at a price in this band.
    pub price: Option<Band>,
    /// Why it was not sold.
    pub reason: Option<Reason>,
    /// What kept it from a better sale.
    pub lost: Option<LostOnly>,
    /// To which contract it would have been sold then.
    pub lost_to: Option<ContractId>,
    /// Live or test.
    pub mode: Option<Mode>,
    /// Received at this instant or later.
    pub from: Option<Timestamp>,
    /// Received before this instant.
    pub to: Option<Timestamp>,
}

pub(super) const ROW: &str = "SELECT l.id, l.received_at, l.state, l.reason, l.campaign_id, c.name AS campaign, \
     l.source_id, s.name AS source, l.sub1, b.name AS buyer, l.revenue, l.payout, l.currency, l.duration_ms, l.mode, \
     l.missed_contract, l.missed_buyer, l.missed_reason, l.missed, l.missed_currency";

pub(super) const FROM: &str = " FROM leads l \
     LEFT JOIN campaigns c ON c.tenant_id = l.tenant_id AND c.id = l.campaign_id \
     LEFT JOIN sources s ON s.tenant_id = l.tenant_id AND s.id = l.source_id \
     LEFT JOIN buyers b ON b.tenant_id = l.tenant_id AND b.id = l.buyer_id WHERE l.tenant_id = ";

impl TenantStore {
    /// One page of leads, newest first. A cursor that is no lead's id begins with the newest.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn leads_page(
        &self,
        filter: &LeadFilter,
        cursor: &Cursor,
        limit: u16,
    ) -> Result<Page<LeadRow>, StoreError> {
        let keys = Keyset::<LeadId>::new(cursor, limit);
        let statement = filter.apply(sql(ROW).text(FROM).param(self.tenant));
        let found = keys.end(statement, "l.id").all(self.store.reader()).await?;
        keys.page(&found, lead_row, |row| row.id)
    }
}

impl TenantStore {
    /// The leads with this id, or that came under this id of their source's; newest first, at most five.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn leads_called(&self, id: &str) -> Result<Vec<LeadRow>, StoreError> {
        let statement = match id.parse::<LeadId>() {
            Ok(id) => sql(ROW).text(FROM).param(self.tenant).text(" AND l.id = ").param(id),
            // By source, as the index has them, and ordered by what is no column: so SQLite uses it.
            Err(_) => sql(ROW)
                .text(FROM)
                .param(self.tenant)
                .text(" AND l.source_id IN (SELECT id FROM sources WHERE tenant_id = ")
                .param(self.tenant)
                .text(") AND l.external_id = ")
                .param(id)
                .text(" ORDER BY l.id || '' DESC LIMIT 5"),
        };
        statement.all(self.store.reader()).await?.iter().map(lead_row).collect()
    }
}

impl LeadFilter {
    pub(super) fn apply(&self, mut statement: Sql) -> Sql {
        if let Some(state) = self.state {
            statement = statement.text(" AND l.state = ").param(state);
        }
        if let Some(campaign) = self.campaign {
            statement = statement.text(" AND l.campaign_id = ").param(campaign);
        }
        if let Some(source) = self.source {
            statement = statement.text(" AND l.source_id = ").param(source);
        }
        if let Some(buyer) = self.buyer {
            statement = statement.text(" AND l.buyer_id = ").param(buyer);
        }
        if let Some(sub1) = &self.sub1 {
            statement = statement.text(" AND l.sub1 = ").param(sub1);
        }
        if let Some(band) = self.price {
            let took = " AND EXISTS (SELECT 1 FROM attempts a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id \
                        AND a.state = 'accepted' AND COALESCE(a.paid, a.price) >= ";
            statement = statement.text(took).param(band.least());
            if let Some(beyond) = band.beyond() {
                statement = statement.text(" AND COALESCE(a.paid, a.price) < ").param(beyond);
            }
            statement = statement.text(")");
        }
        if let Some(reason) = self.reason {
            statement = statement.text(" AND l.reason = ").param(reason);
        }
        if let Some(lost) = self.lost {
            statement = missed::only(statement, lost);
        }
        if let Some(contract) = self.lost_to {
            statement = statement.text(" AND l.missed_reason IS NOT NULL AND l.missed_contract = ").param(contract);
        }
        if let Some(mode) = self.mode {
            statement = statement.text(" AND l.mode = ").param(mode);
        }
        // Ids sort by the time they were made, so a span of time is also a range of the key: an old day is found without
        // walking over everything since. The hour around it allows for ids that were made elsewhere.
        if let Some(from) = self.from {
            let first = LeadId::from_bits(uuid_v7(Timestamp(from.0.saturating_sub(HOUR)).unix_millis(), [0; 10]));
            statement = statement.text(" AND l.received_at >= ").param(from).text(" AND l.id >= ").param(first);
        }
        if let Some(to) = self.to {
            let last = LeadId::from_bits(uuid_v7(Timestamp(to.0.saturating_add(HOUR)).unix_millis(), [0xff; 10]));
            statement = statement.text(" AND l.received_at < ").param(to).text(" AND l.id <= ").param(last);
        }
        statement
    }
}

pub(super) fn lead_row(row: &AnyRow) -> Result<LeadRow, StoreError> {
    let (campaign_id, source_id): (CampaignId, SourceId) = (row.parsed("campaign_id")?, row.parsed("source_id")?);
    Ok(LeadRow {
        id: row.parsed("id")?,
        received_at: row.at("received_at")?,
        state: row.parsed("state")?,
        reason: row.parsed_opt("reason")?,
        campaign_id,
        campaign: row.text_opt("campaign")?.unwrap_or_else(|| campaign_id.to_string()),
        source_id,
        source: row.text_opt("source")?.unwrap_or_else(|| source_id.to_string()),
        sub1: row.text_opt("sub1")?,
        buyer: row.text_opt("buyer")?,
        revenue: row.money_opt("revenue", "currency")?,
        payout: row.money_opt("payout", "currency")?,
        duration_ms: row.int_opt("duration_ms")?.and_then(|ms| u32::try_from(ms).ok()),
        mode: mode(row)?,
        missed: missed::of_lead(row)?,
    })
}
