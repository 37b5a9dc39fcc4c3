//! How posts came out lately, by contract.

use crate::{AttemptState, StoreError, TenantStore, read::Read, sql::sql};
use model::{CampaignId, ContractId, LeadId, Timestamp, id::uuid_v7, time::DAY};

/// Posts of one contract, on one day, that came out alike.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct TrackRow {
    /// The campaign.
    pub campaign_id: CampaignId,
    /// The contract.
    pub contract_id: ContractId,
    /// How they came out.
    pub state: AttemptState,
    /// Days since 1970, in UTC.
    pub day: i64,
    /// How many.
    pub count: i64,
    /// When the last one was sent.
    pub last: Timestamp,
}

impl TenantStore {
    /// The posts of leads that came in since an instant, counted by contract, outcome and day. Posts of test leads are
    /// among them: they are few.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn track(&self, since: Timestamp) -> Result<Vec<TrackRow>, StoreError> {
        // Ids sort by time, so this reads the end of the key and nothing else.
        let first = LeadId::from_bits(uuid_v7(since.unix_millis(), [0; 10]));
        let rows = sql("SELECT campaign_id, contract_id, state, at / ")
            .text(&DAY.to_string())
            .text(
                " AS day, COUNT(*) AS n, MAX(at) AS last FROM attempts WHERE tenant_id = $1 AND lead_id >= $2 \
                 GROUP BY 1, 2, 3, 4",
            )
            .bind(self.tenant)
            .bind(first)
            .all(self.store.reader())
            .await?;
        let read = |row| -> Result<TrackRow, StoreError> {
            let row: &sqlx::any::AnyRow = row;
            Ok(TrackRow {
                campaign_id: row.parsed("campaign_id")?,
                contract_id: row.parsed("contract_id")?,
                state: row.parsed("state")?,
                day: row.int("day")?,
                count: row.int("n")?,
                last: row.at("last")?,
            })
        };
        rows.iter().map(read).collect()
    }
}
