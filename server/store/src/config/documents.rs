//! Verticals, campaigns, sources, buyers and contracts: each a document of the type in `model`, with the columns beside
//! it that statements search by. Every change raises the version of the configuration.

use super::snapshot::bump;
use crate::{
    StoreError, TenantStore,
    audit::Changed,
    read::Read,
    sql::{Sql, json, sql},
};
use exchange::audit::{Digest, Thing};
use model::{
    BuyerId, CampaignId, ContractId, SourceId, VerticalId, buyer::Buyer, campaign::Campaign, contract::Contract,
    source::Source, vertical::Vertical,
};
use serde::{Serialize, de::DeserializeOwned};

/// A thing that is stored as one document.
pub(super) trait Stored: Serialize + DeserializeOwned {
    const TABLE: &'static str;
    const THING: Thing;
    fn id(&self) -> String;
    /// How the document and its columns are stored, for the tenant in `$1`.
    fn upsert(&self, statement: Sql) -> Result<Sql, StoreError>;
    const UPSERT: &'static str;
    fn set_active(&mut self, active: bool);
}

macro_rules! sluggish {
    ($($type:ident in $table:literal;)+) => {$(
        impl Stored for $type {
            const TABLE: &'static str = $table;
            const THING: Thing = Thing::$type;
            fn id(&self) -> String {
                self.id.to_string()
            }
            const UPSERT: &'static str = concat!(
                "INSERT INTO ", $table, " (tenant_id, id, slug, name, active, doc) VALUES ($1, $2, $3, $4, $5, $6) ",
                "ON CONFLICT (tenant_id, id) DO UPDATE SET slug = excluded.slug, name = excluded.name, ",
                "active = excluded.active, doc = excluded.doc, version = ", $table, ".version + 1",
            );
            fn upsert(&self, statement: Sql) -> Result<Sql, StoreError> {
                Ok(statement.bind(self.id).bind(&self.slug).bind(&self.name).bind(self.active).bind(json(self)?))
            }
            fn set_active(&mut self, active: bool) {
                self.active = active;
            }
        }
    )+};
}

sluggish! {
    Vertical in "verticals";
    Campaign in "campaigns";
    Source in "sources";
    Buyer in "buyers";
}

impl Stored for Contract {
    const TABLE: &'static str = "contracts";
    const THING: Thing = Thing::Contract;
    fn id(&self) -> String {
        self.id.to_string()
    }
    const UPSERT: &'static str = "INSERT INTO contracts (tenant_id, id, campaign_id, buyer_id, name, active, doc) \
         VALUES ($1, $2, $3, $4, $5, $6, $7) \
         ON CONFLICT (tenant_id, id) DO UPDATE SET campaign_id = excluded.campaign_id, buyer_id = excluded.buyer_id, \
         name = excluded.name, active = excluded.active, doc = excluded.doc, \
         version = contracts.version + 1";
    fn upsert(&self, statement: Sql) -> Result<Sql, StoreError> {
        let statement = statement.bind(self.id).bind(self.campaign_id).bind(self.buyer_id);
        Ok(statement.bind(&self.name).bind(self.active).bind(json(self)?))
    }
    fn set_active(&mut self, active: bool) {
        self.active = active;
    }
}

impl TenantStore {
    async fn put<T: Stored>(&self, document: &T) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        document.upsert(sql(T::UPSERT).bind(self.tenant))?.run(&mut *tx).await?;
        change.seal(&self.store, &mut tx, vec![self.changed(document)?]).await?;
        Ok(tx.commit().await?)
    }

    pub(super) fn changed<T: Stored>(&self, document: &T) -> Result<Changed, StoreError> {
        let hash = Some(Digest::of(json(document)?.as_bytes()));
        Ok(Changed { tenant: self.tenant, thing: T::THING, id: document.id(), document: hash })
    }

    async fn get<T: Stored>(&self, column: &str, value: String) -> Result<T, StoreError> {
        self.select::<T>()
            .text(" AND ")
            .text(column)
            .text(" = ")
            .param(value)
            .one(self.store.reader())
            .await?
            .doc("doc")
    }

    async fn list<T: Stored>(&self) -> Result<Vec<T>, StoreError> {
        let rows = self.select::<T>().text(" ORDER BY LOWER(name), id").all(self.store.reader()).await?;
        rows.iter().map(|row| row.doc("doc")).collect()
    }

    fn select<T: Stored>(&self) -> Sql {
        sql("SELECT doc FROM ").text(T::TABLE).text(" WHERE tenant_id = ").param(self.tenant)
    }

    /// Reads, changes and writes in one transaction; the version's row keeps others out meanwhile.
    async fn switch<T: Stored>(&self, id: String, active: bool) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        let change = bump(&mut tx).await?;
        let row = self.select::<T>().text(" AND id = ").param(id).one(&mut *tx).await?;
        let mut document: T = row.doc("doc")?;
        document.set_active(active);
        document.upsert(sql(T::UPSERT).bind(self.tenant))?.run(&mut *tx).await?;
        change.seal(&self.store, &mut tx, vec![self.changed(&document)?]).await?;
        Ok(tx.commit().await?)
    }
}

macro_rules! functions {
    ($($type:ident $id:ident: $put:ident $get:ident $list:ident $switch:ident $words:literal;)+) => {$(
        impl TenantStore {
            #[doc = concat!("Adds ", $words, ", or changes the one with its id.")]
            ///
            /// # Errors
            /// [`StoreError::Conflict`] when its short name is taken or it refers to something that is not there.
            pub async fn $put(&self, document: &$type) -> Result<(), StoreError> {
                self.put(document).await
            }

            #[doc = concat!("Reads ", $words, ".")]
            ///
            /// # Errors
            /// [`StoreError::NotFound`].
            pub async fn $get(&self, id: $id) -> Result<$type, StoreError> {
                self.get("id", id.to_string()).await
            }

            /// All of them, by name.
            ///
            /// # Errors
            /// Any [`StoreError`].
            pub async fn $list(&self) -> Result<Vec<$type>, StoreError> {
                self.list().await
            }

            #[doc = concat!("Pauses or resumes ", $words, ".")]
            ///
            /// # Errors
            /// [`StoreError::NotFound`].
            pub async fn $switch(&self, id: $id, active: bool) -> Result<(), StoreError> {
                self.switch::<$type>(id.to_string(), active).await
            }
        }
    )+};
}

functions! {
    Vertical VerticalId: put_vertical vertical verticals set_vertical_active "a vertical";
    Campaign CampaignId: put_campaign campaign campaigns set_campaign_active "a campaign";
    Source SourceId: put_source source sources set_source_active "a source";
    Buyer BuyerId: put_buyer buyer buyers set_buyer_active "a buyer";
    Contract ContractId: put_contract contract contracts set_contract_active "a contract";
}

macro_rules! by_slug {
    ($($type:ident $name:ident $words:literal;)+) => {$(
        impl TenantStore {
            #[doc = concat!("Reads ", $words, " by its short name.")]
            ///
            /// # Errors
            /// [`StoreError::NotFound`].
            pub async fn $name(&self, slug: &str) -> Result<$type, StoreError> {
                self.get("slug", slug.to_owned()).await
            }
        }
    )+};
}

by_slug! {
    Vertical vertical_by_slug "a vertical";
    Campaign campaign_by_slug "a campaign";
    Source source_by_slug "a source";
    Buyer buyer_by_slug "a buyer";
}
