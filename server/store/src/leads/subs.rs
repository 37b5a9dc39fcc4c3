//! What the labels of a source brought.

use crate::{StoreError, TenantStore, read::Read, sql::sql};
use model::{SourceId, Timestamp, affiliate::SubSource};
use sqlx::any::AnyRow;

impl TenantStore {
    /// The first labels of a source's real leads received in `[from, to)`, those that sent most first, at most `limit`. Leads
    /// that were refused before they got a row are not among them.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn sub_sources(
        &self,
        source: SourceId,
        from: Timestamp,
        to: Timestamp,
        limit: u16,
    ) -> Result<Vec<SubSource>, StoreError> {
        let rows = sql("SELECT COALESCE(sub1, '') AS label, COUNT(*) AS sent, \
             CAST(SUM(CASE WHEN state = 'sold' THEN 1 ELSE 0 END) AS BIGINT) AS sold, \
             CAST(COALESCE(SUM(payout), 0) AS BIGINT) AS payout FROM leads \
             WHERE tenant_id = $1 AND source_id = $2 AND received_at >= $3 AND received_at < $4 AND mode = 'live' \
             GROUP BY COALESCE(sub1, '') ORDER BY COUNT(*) DESC, COALESCE(sub1, '') LIMIT $5")
        .bind(self.tenant)
        .bind(source)
        .bind(from)
        .bind(to)
        .bind(i64::from(limit))
        .all(self.store.reader())
        .await?;
        let read = |row: &AnyRow| {
            let (sent, sold, payout) = (row.int("sent")?, row.int("sold")?, row.micros("payout")?);
            Ok(SubSource { sub1: row.text("label")?, sent, sold, payout })
        };
        rows.iter().map(read).collect()
    }
}
