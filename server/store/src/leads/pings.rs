//! Pings of affiliates that are held for the lead that may follow.

use crate::{Store, StoreError, TenantStore, read::Read, sql::sql};
use model::{CampaignId, PingId, SourceId, Timestamp, ping::Held};
use sqlx::any::AnyRow;

/// A ping as it is held.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct PingRow {
    /// The ping.
    pub id: PingId,
    /// Whose.
    pub source_id: SourceId,
    /// Into which campaign.
    pub campaign_id: CampaignId,
    /// Until when the bids are held.
    pub expires_at: Timestamp,
    /// SHA-256 of the fields that are not personal.
    pub open_hash: [u8; 32],
    /// JSON: what the source was told.
    pub answer: String,
    /// What each buyer said.
    pub held: Vec<Held>,
}

const COLUMNS: &str = "SELECT id, source_id, campaign_id, expires_at, open_hash, answer, held FROM pings";

impl Store {
    /// Removes the pings that ended before an instant; how many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn delete_pings_before(&self, before: Timestamp) -> Result<u64, StoreError> {
        sql("DELETE FROM pings WHERE expires_at < $1").bind(before).run(self.writer()).await
    }
}

impl TenantStore {
    /// A ping of a source, expired ones included.
    ///
    /// # Errors
    /// [`StoreError::NotFound`] for anything that is not a ping of this source.
    pub async fn ping(&self, source: SourceId, id: PingId) -> Result<PingRow, StoreError> {
        let statement = sql(COLUMNS).text(" WHERE tenant_id = $1 AND source_id = $2 AND id = $3");
        read(&statement.bind(self.tenant).bind(source).bind(id).one(self.store.reader()).await?)
    }

    /// The pings of a source that were made between two ids, both included; expired ones too.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn pings_between(
        &self,
        source: SourceId,
        first: PingId,
        last: PingId,
    ) -> Result<Vec<PingId>, StoreError> {
        let statement =
            sql("SELECT id FROM pings WHERE tenant_id = $1 AND source_id = $2 AND id >= $3 AND id <= $4 ORDER BY id");
        let statement = statement.bind(self.tenant).bind(source).bind(first).bind(last);
        statement.all(self.store.reader()).await?.iter().map(|row| row.parsed("id")).collect()
    }

    /// The ping with this body that is held at `now`. Once a lead was sent with it, it is none: the same body is somebody else
    /// with the same values.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn repeated_ping(
        &self,
        source: SourceId,
        body_hash: [u8; 32],
        now: Timestamp,
    ) -> Result<Option<PingRow>, StoreError> {
        let row = sql(COLUMNS)
            .text(
                " WHERE tenant_id = $1 AND source_id = $2 AND body_hash = $3 AND expires_at > $4 AND NOT EXISTS \
                 (SELECT 1 FROM leads WHERE leads.tenant_id = pings.tenant_id AND leads.id = 'led_' || SUBSTR(pings.id, 5)) \
                 ORDER BY id LIMIT 1",
            )
            .bind(self.tenant)
            .bind(source)
            .bind(&body_hash[..])
            .bind(now)
            .optional(self.store.reader())
            .await?;
        row.as_ref().map(read).transpose()
    }
}

fn read(row: &AnyRow) -> Result<PingRow, StoreError> {
    let hash = row.bytes("open_hash")?;
    Ok(PingRow {
        id: row.parsed("id")?,
        source_id: row.parsed("source_id")?,
        campaign_id: row.parsed("campaign_id")?,
        expires_at: row.at("expires_at")?,
        open_hash: hash.try_into().map_err(|_| StoreError::broken("column open_hash is not 32 bytes"))?,
        answer: row.text("answer")?,
        held: row.doc("held")?,
    })
}
