//! Tests that were sent to buyers from the bench. Each is written down before it leaves.

use crate::{StoreError, TenantStore, read::Read, sql::sql};
use model::{ContractId, TestId, Timestamp, bench::Phase};
use sqlx::any::AnyRow;

/// A test that was sent.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TestRow {
    /// Identity.
    pub id: TestId,
    /// By which contract.
    pub contract_id: ContractId,
    /// Ping or post.
    pub phase: Phase,
    /// When.
    pub at: Timestamp,
    /// The id of who sent it.
    pub author: String,
    /// The host it went to.
    pub host: String,
    /// The answer's status, once there is one.
    pub status: Option<u16>,
    /// Microseconds it took, once it is over.
    pub took_us: Option<i64>,
    /// How it came out, in words; nothing while it is under way.
    pub outcome: String,
}

impl TenantStore {
    /// Writes down that a test is being sent.
    ///
    /// # Errors
    /// [`StoreError::Conflict`] when its id is taken.
    pub async fn begin_test(&self, test: &TestRow) -> Result<(), StoreError> {
        sql("INSERT INTO test_calls (tenant_id, id, contract_id, phase, at, author, host, status, took_us, outcome) \
             VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10)")
        .bind(self.tenant)
        .bind(test.id)
        .bind(test.contract_id)
        .bind(test.phase)
        .bind(test.at)
        .bind(&test.author)
        .bind(&test.host)
        .bind(test.status.map(i64::from))
        .bind(test.took_us)
        .bind(&test.outcome)
        .run(self.store.writer())
        .await?;
        Ok(())
    }

    /// Writes down how a test came out.
    ///
    /// # Errors
    /// [`StoreError::NotFound`].
    pub async fn end_test(
        &self,
        id: TestId,
        status: Option<u16>,
        took_us: i64,
        outcome: &str,
    ) -> Result<(), StoreError> {
        let statement =
            "UPDATE test_calls SET status = $3, took_us = $4, outcome = $5 WHERE tenant_id = $1 AND id = $2";
        let statement = sql(statement).bind(self.tenant).bind(id).bind(status.map(i64::from)).bind(took_us);
        let touched = statement.bind(outcome).run(self.store.writer()).await?;
        if touched == 0 { Err(StoreError::NotFound) } else { Ok(()) }
    }

    /// The tests of a contract, newest first.
    ///
    /// # Errors
    /// Any [`StoreError`].
    pub async fn tests(&self, contract: ContractId, limit: u16) -> Result<Vec<TestRow>, StoreError> {
        let statement =
            sql("SELECT id, contract_id, phase, at, author, host, status, took_us, outcome FROM test_calls \
             WHERE tenant_id = $1 AND contract_id = $2 ORDER BY at DESC, id DESC LIMIT $3");
        let statement = statement.bind(self.tenant).bind(contract).bind(i64::from(limit));
        statement.all(self.store.reader()).await?.iter().map(read).collect()
    }
}

fn read(row: &AnyRow) -> Result<TestRow, StoreError> {
    Ok(TestRow {
        id: row.parsed("id")?,
        contract_id: row.parsed("contract_id")?,
        phase: row.parsed("phase")?,
        at: row.at("at")?,
        author: row.text("author")?,
        host: row.text("host")?,
        status: row.int_opt("status")?.map(u16::try_from).transpose().map_err(StoreError::broken)?,
        took_us: row.int_opt("took_us")?,
        outcome: row.text("outcome")?,
    })
}
