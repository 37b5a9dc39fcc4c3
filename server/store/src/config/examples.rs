//! Answers of buyers that are kept with how they have to be read.

use crate::{
    StoreError, TenantStore, Tx,
    read::Read,
    sql::{json, sql},
};
use model::{
    ContractId, ExampleId, Timestamp,
    bench::{Expected, Phase},
};
use sqlx::any::AnyRow;

/// A kept answer.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct ExampleRow {
    /// Identity.
    pub id: ExampleId,
    /// Whose buyer's answer it is.
    pub contract_id: ContractId,
    /// To which call.
    pub phase: Phase,
    /// What it shows; once for each call of a contract.
    pub name: String,
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: Option<String>,
    /// The body, sealed under the tenant's key.
    pub body: Vec<u8>,
    /// How it has to be read.
    pub expected: Expected,
    /// When it was kept.
    pub at: Timestamp,
    /// The id of who kept it.
    pub author: String,
}

const SELECT: &str = "SELECT id, contract_id, phase, name, status, content_type, body, expected, at, author \
     FROM contract_examples WHERE tenant_id = $1";

impl TenantStore {
    /// Keeps an answer.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when the contract has one of this name for this call.
    pub async fn keep_example(&self, example: &ExampleRow) -> Result<(), StoreError> {
        let mut tx = self.store.begin_write().await?;
        self.insert_example(&mut tx, example).await?;
        Ok(tx.commit().await?)
    }

    /// The kept answers of a contract, by call and name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn examples(&self, contract: ContractId) -> Result<Vec<ExampleRow>, StoreError> {
        let statement = sql(SELECT).text(" AND contract_id = $2 ORDER BY phase, name").bind(self.tenant).bind(contract);
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// The kept answers of all contracts, by contract, call and name.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn all_examples(&self) -> Result<Vec<ExampleRow>, StoreError> {
        let statement = sql(SELECT).text(" ORDER BY contract_id, phase, name").bind(self.tenant);
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }

    /// Takes a kept answer of a contract away.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn drop_example(&self, contract: ContractId, id: ExampleId) -> Result<(), StoreError> {
        let touched = sql("DELETE FROM contract_examples WHERE tenant_id = $1 AND contract_id = $2 AND id = $3")
            .bind(self.tenant)
            .bind(contract)
            .bind(id)
            .run(self.store.writer())
            .await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// Puts these answers in the place of all that a contract has.
    pub(super) async fn replace_examples(
        &self,
        tx: &mut Tx,
        contract: ContractId,
        examples: &[ExampleRow],
    ) -> Result<(), StoreError> {
        let statement = "DELETE FROM contract_examples WHERE tenant_id = $1 AND contract_id = $2";
        sql(statement).bind(self.tenant).bind(contract).run(&mut **tx).await?;
        for example in examples {
            self.insert_example(tx, example).await?;
        }
        Ok(())
    }

    async fn insert_example(&self, tx: &mut Tx, example: &ExampleRow) -> Result<(), StoreError> {
        sql("INSERT INTO contract_examples (tenant_id, id, contract_id, phase, name, status, content_type, body, \
             expected, at, author) VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)")
        .bind(self.tenant)
        .bind(example.id)
        .bind(example.contract_id)
        .bind(example.phase)
        .bind(&example.name)
        .bind(i64::from(example.status))
        .bind(example.content_type.clone())
        .bind(&example.body[..])
        .bind(json(&example.expected)?)
        .bind(example.at)
        .bind(&example.author)
        .run(&mut **tx)
        .await?;
        Ok(())
    }
}

fn read(row: &AnyRow) -> Result<ExampleRow, StoreError> {
    Ok(ExampleRow {
        id: row.parsed("id")?,
        contract_id: row.parsed("contract_id")?,
        phase: row.parsed("phase")?,
        name: row.text("name")?,
        status: row.small("status")?,
        content_type: row.text_opt("content_type")?,
        body: row.bytes("body")?,
        expected: row.doc("expected")?,
        at: row.at("at")?,
        author: row.text("author")?,
    })
}
