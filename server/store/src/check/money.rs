//! The ledger balances and says what the leads say.

use super::{Invariant, listed};
use crate::{StoreError, Tx, read::Read};
use model::Micros;
use sqlx::any::AnyRow;

pub(super) async fn check(tx: &mut Tx) -> Result<Vec<Invariant>, StoreError> {
    Ok(vec![
        listed(
            tx,
            "every movement of the ledger sums to zero",
            ("ledger_entries", "entries"),
            "SELECT tenant_id, lead_id AS id, currency, CAST(SUM(amount) AS BIGINT) AS a, CAST(0 AS BIGINT) AS b \
             FROM ledger_entries GROUP BY tenant_id, lead_id, event_id, currency HAVING SUM(amount) <> 0",
            line,
        )
        .await?,
        listed(
            tx,
            "every balance is the sum of its entries",
            ("balances", "balances"),
            "SELECT x.tenant_id, x.account AS id, x.currency, CAST(SUM(x.balance) AS BIGINT) AS a, \
             CAST(SUM(x.entries) AS BIGINT) AS b FROM ( \
             SELECT tenant_id, account, currency, amount AS balance, 0 AS entries FROM balances UNION ALL \
             SELECT tenant_id, account, currency, 0 AS balance, amount AS entries FROM ledger_entries) x \
             GROUP BY x.tenant_id, x.account, x.currency HAVING SUM(x.balance) <> SUM(x.entries)",
            line,
        )
        .await?,
        against_leads(tx, "the ledger's revenue is the leads'", "revenue", "buy_", "-").await?,
        against_leads(tx, "the ledger's payout is the leads'", "payout", "src_", "").await?,
    ])
}

/// Per lead: what the lead says against what moved in the accounts of its buyers or its source.
async fn against_leads(
    tx: &mut Tx,
    name: &'static str,
    column: &str,
    account: &str,
    sign: &str,
) -> Result<Invariant, StoreError> {
    let statement = format!(
        "SELECT x.tenant_id, x.id, MAX(x.currency) AS currency, CAST(SUM(x.said) AS BIGINT) AS a, \
         CAST(SUM(x.moved) AS BIGINT) AS b FROM ( \
         SELECT tenant_id, id, COALESCE(currency, '') AS currency, COALESCE({column}, 0) AS said, 0 AS moved FROM leads \
         WHERE state IN ('sold', 'returned') UNION ALL \
         SELECT e.tenant_id, e.lead_id AS id, e.currency, 0 AS said, {sign}e.amount AS moved FROM ledger_entries e \
         JOIN leads l ON l.tenant_id = e.tenant_id AND l.id = e.lead_id \
         WHERE e.account LIKE '{account}%' AND e.kind <> 'copy') x \
         GROUP BY x.tenant_id, x.id HAVING SUM(x.said) <> SUM(x.moved)"
    );
    listed(tx, name, ("leads WHERE state IN ('sold', 'returned')", "leads"), &statement, line).await
}

fn line(row: &AnyRow) -> Result<String, StoreError> {
    let (a, b) = (Micros(row.int("a")?), Micros(row.int("b")?));
    Ok(format!("{} {}: {a} against {b} {}", row.text("tenant_id")?, row.text("id")?, row.text("currency")?))
}
