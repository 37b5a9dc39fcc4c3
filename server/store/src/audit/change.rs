//! Changes of the configuration: what is recorded of them, and what stands now.

use super::{Entry, seal};
use crate::{
    KeyRow, Store, StoreError, TenantRow, Tx,
    config::{all_activities, all_keys, all_people, all_tenants, all_texts, all_tokens, version},
    read::Read,
    sql::{Script, json, sql},
};
use exchange::audit::{ChangeRecord, Digest, Record, Thing, record::VERSION};
use model::{TenantId, Timestamp};

/// A change that has begun: the version of the configuration it makes. It has to be sealed before its transaction ends.
#[must_use = "a change of the configuration is sealed in its transaction"]
pub(crate) struct Change {
    pub version: i64,
}

/// What has changed.
pub(crate) struct Changed {
    /// Whose.
    pub tenant: TenantId,
    /// What kind of thing.
    pub thing: Thing,
    /// Which one.
    pub id: String,
    /// The hash of its document as it is stored now; none when it is gone.
    pub document: Option<Digest>,
}

impl Change {
    /// Seals what has changed as one batch.
    pub(crate) async fn seal(self, store: &Store, tx: &mut Tx, changed: Vec<Changed>) -> Result<(), StoreError> {
        let notary = store.notary()?;
        let at = notary.now();
        let entries = changed.into_iter().map(|changed| entry(changed, at, self.version));
        let entries = entries.collect::<Result<Vec<_>, _>>()?;
        if entries.is_empty() {
            return Ok(());
        }
        let script = seal(tx, store.engine, notary, Script::default(), entries).await?;
        script.run(tx, store.engine).await
    }
}

fn entry(changed: Changed, at: Timestamp, configuration: i64) -> Result<Entry, StoreError> {
    let Changed { tenant, thing, id, document } = changed;
    let record =
        Record::Change(ChangeRecord { v: VERSION, tenant, thing, id: id.clone(), at, configuration, document });
    let text = record.text().map_err(StoreError::broken)?;
    Ok(Entry { tenant, kind: thing.name(), subject: id, text })
}

/// Seals what has changed beside the configuration, under the version that stands: people, tokens, what people did.
pub(crate) async fn seal_changes(store: &Store, tx: &mut Tx, changed: Vec<Changed>) -> Result<(), StoreError> {
    Change { version: version(&mut **tx).await? }.seal(store, tx, changed).await
}

impl Store {
    /// Seals the people and tokens that were there before the audit kept records of them, once: whoever is there later
    /// without a record was put there by somebody else. How many there were.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn seal_unrecorded(&self) -> Result<usize, StoreError> {
        let mut tx = self.begin_write().await?;
        let first = "UPDATE audit_chain SET people_sealed = 1 WHERE id = 1 AND people_sealed = 0 RETURNING number";
        let Some(end) = sql(first).optional(&mut *tx).await? else { return Ok(0) };
        if end.int("number")? == 0 {
            // The first batch begins with everything.
            tx.commit().await?;
            return Ok(0);
        }
        let known = sql("SELECT 1 AS n FROM audit_records WHERE kind IN ($1, $2) LIMIT 1");
        let known = known.bind(Thing::Person.name()).bind(Thing::Token.name()).optional(&mut *tx).await?;
        let mut found = Vec::new();
        if known.is_none() {
            found.append(&mut all_people(&mut tx).await?);
            found.append(&mut all_tokens(&mut tx).await?);
        }
        let count = found.len();
        seal_changes(self, &mut tx, found).await?;
        tx.commit().await?;
        Ok(count)
    }
}

/// What is sealed beside the configuration.
async fn beside(tx: &mut Tx) -> Result<Vec<Changed>, StoreError> {
    let mut found = all_people(tx).await?;
    found.append(&mut all_tokens(tx).await?);
    found.append(&mut all_activities(tx).await?);
    Ok(found)
}

/// Records of everything that is configured.
pub(super) async fn beginning(tx: &mut Tx, at: Timestamp) -> Result<Vec<Entry>, StoreError> {
    let version = version(&mut **tx).await?;
    current(tx).await?.into_iter().map(|changed| entry(changed, at, version)).collect()
}

/// Everything that is configured, with the hash of its document.
pub(crate) async fn current(tx: &mut Tx) -> Result<Vec<Changed>, StoreError> {
    let mut found = Vec::new();
    for row in all_tenants(&mut **tx).await? {
        let document = Some(tenant_document(&row)?);
        found.push(Changed { tenant: row.tenant.id, thing: Thing::Tenant, id: row.tenant.id.to_string(), document });
    }
    let tables = [
        (Thing::Vertical, "verticals"),
        (Thing::Source, "sources"),
        (Thing::Campaign, "campaigns"),
        (Thing::Buyer, "buyers"),
        (Thing::Contract, "contracts"),
        (Thing::Endpoint, "endpoints"),
    ];
    for (thing, table) in tables {
        let rows = sql("SELECT tenant_id, id, doc FROM ").text(table).text(" ORDER BY tenant_id, id");
        for row in rows.all(&mut **tx).await? {
            let document = Some(Digest::of(row.text("doc")?.as_bytes()));
            found.push(Changed { tenant: row.parsed("tenant_id")?, thing, id: row.text("id")?, document });
        }
    }
    for row in all_keys(tx).await? {
        let document = Some(key_document(&row)?);
        found.push(Changed { tenant: row.tenant_id, thing: Thing::Key, id: row.key.id.to_string(), document });
    }
    found.append(&mut all_texts(tx).await?);
    found.append(&mut beside(tx).await?);
    Ok(found)
}

/// A tenant has no document: its columns stand for one, its sealed key by its hash.
pub(crate) fn tenant_document(row: &TenantRow) -> Result<Digest, StoreError> {
    Ok(Digest::of(json(&(&row.tenant, Digest::of(&row.key_sealed)))?.as_bytes()))
}

/// Nor has an API key; the hash it is found by is part of it, or another key could take its place.
pub(crate) fn key_document(row: &KeyRow) -> Result<Digest, StoreError> {
    let hash = Digest::new(row.hash);
    // A key without a secret has the document it had before there were any.
    let document = if row.secret.is_empty() {
        json(&(&row.key, hash))?
    } else {
        json(&(&row.key, hash, Digest::of(&row.secret)))?
    };
    Ok(Digest::of(document.as_bytes()))
}
