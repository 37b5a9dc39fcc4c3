//! Looking for what is configured by words of its name.

use crate::{StoreError, TenantStore, read::Read, sql::sql};
use model::find::Found;

/// Everything that has a name, with what tells it from others.
const THINGS: &str = "SELECT what, id, name, about FROM (\
     SELECT 'campaign' AS what, tenant_id, id, name, slug AS about FROM campaigns \
     UNION ALL SELECT 'source', tenant_id, id, name, slug FROM sources \
     UNION ALL SELECT 'buyer', tenant_id, id, name, slug FROM buyers \
     UNION ALL SELECT 'contract', c.tenant_id, c.id, c.name, b.name || ' in ' || p.name FROM contracts c \
     JOIN buyers b ON b.tenant_id = c.tenant_id AND b.id = c.buyer_id \
     JOIN campaigns p ON p.tenant_id = c.tenant_id AND p.id = c.campaign_id \
     UNION ALL SELECT 'endpoint', tenant_id, id, name, '' FROM endpoints\
     ) AS things WHERE tenant_id = $1";

impl TenantStore {
    /// What has every one of these words (lower case) in its name or beside it, at most `limit`.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn find(&self, words: &[&str], limit: u16) -> Result<Vec<Found>, StoreError> {
        let mut statement = sql(THINGS).bind(self.tenant);
        for word in words {
            let word = word.replace('\\', "\\\\").replace('%', "\\%").replace('_', "\\_");
            // Databases fold the case of ASCII letters only: any other letter may be any here, `fit` looks exactly.
            let word: String = word.chars().map(|letter| if letter.is_ascii() { letter } else { '_' }).collect();
            statement = statement.text(" AND lower(name || ' ' || about) LIKE ").param(format!("%{word}%"));
            statement = statement.text(" ESCAPE '\\'");
        }
        let statement = statement.text(" ORDER BY length(name), name, id LIMIT ").param(i64::from(limit));
        let rows = statement.all(self.store.reader()).await?;
        let found = |row| {
            let row: &sqlx::any::AnyRow = row;
            Ok(Found {
                what: row.parsed("what")?,
                id: row.text("id")?,
                name: row.text("name")?,
                about: row.text("about")?,
            })
        };
        rows.iter().map(found).collect()
    }
}
