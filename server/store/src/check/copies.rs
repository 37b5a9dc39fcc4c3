//! Copies for silent contracts fit their leads and their money, and no lead that was offered again lost its rounds.

use super::{Invariant, audit::LeadKey, listed};
use crate::{StoreError, Tx, hot::EXCLUDED, read::Read, sql::sql};
use exchange::audit::CopyRecord;
use model::{AttemptId, Micros};
use sqlx::any::AnyRow;
use std::collections::HashMap;

/// A copy that was sent: its id, its state, and what is paid for it.
pub(super) type Sent = (AttemptId, String, Option<Micros>);

pub(super) async fn check(tx: &mut Tx) -> Result<Vec<Invariant>, StoreError> {
    Ok(vec![
        listed(
            tx,
            "every copy is of a lead that has come out",
            ("copies", "copies"),
            "SELECT c.tenant_id, c.lead_id AS id, 'copy for ' || c.contract_id AS what FROM copies c \
             LEFT JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id \
             WHERE l.id IS NULL OR l.answer IS NULL",
            line,
        )
        .await?,
        listed(
            tx,
            "the ledger's money of copies is what their buyers pay",
            ("copies WHERE state = 'accepted'", "copies"),
            "SELECT x.tenant_id, x.lead_id AS id, x.buyer_id, CAST(SUM(x.said) AS BIGINT) AS a, \
             CAST(SUM(x.moved) AS BIGINT) AS b FROM ( \
             SELECT c.tenant_id, c.lead_id, c.buyer_id, COALESCE(c.paid, c.price) AS said, 0 AS moved FROM copies c \
             JOIN leads l ON l.tenant_id = c.tenant_id AND l.id = c.lead_id AND l.mode = 'live' \
             WHERE c.state = 'accepted' UNION ALL \
             SELECT tenant_id, lead_id, account AS buyer_id, 0 AS said, -amount AS moved FROM ledger_entries \
             WHERE kind = 'copy' AND account LIKE 'buy_%') x \
             GROUP BY x.tenant_id, x.lead_id, x.buyer_id HAVING SUM(x.said) <> SUM(x.moved)",
            |row| {
                let (a, b) = (Micros(row.int("a")?), Micros(row.int("b")?));
                Ok(format!("{} {} {}: {a} against {b}", row.text("tenant_id")?, row.text("id")?, row.text("buyer_id")?))
            },
        )
        .await?,
        listed(
            tx,
            "a lead that was offered again has every earlier round",
            ("leads WHERE round > 0", "leads"),
            "SELECT l.tenant_id, l.id, CAST(COUNT(r.round) AS TEXT) || ' of ' || CAST(l.round AS TEXT) AS what \
             FROM leads l LEFT JOIN rounds r ON r.tenant_id = l.tenant_id AND r.lead_id = l.id AND r.round < l.round \
             WHERE l.round > 0 GROUP BY l.tenant_id, l.id, l.round HAVING COUNT(r.round) <> l.round",
            line,
        )
        .await?,
    ])
}

/// The copies that were sent of the leads after one up to another.
pub(super) async fn sent_between(
    tx: &mut Tx,
    after: &LeadKey,
    upto: Option<&LeadKey>,
) -> Result<HashMap<LeadKey, Vec<Sent>>, StoreError> {
    let mut found = HashMap::<LeadKey, Vec<_>>::new();
    let Some(upto) = upto else { return Ok(found) };
    let rows = sql("SELECT tenant_id, lead_id, id, state, paid FROM copies WHERE (tenant_id, lead_id) > ($1, $2) \
         AND (tenant_id, lead_id) <= ($3, $4) AND state <> $5 ORDER BY tenant_id, lead_id, id")
    .bind(&after.0)
    .bind(&after.1)
    .bind(&upto.0)
    .bind(&upto.1)
    .bind(EXCLUDED)
    .all(&mut **tx)
    .await?;
    for row in &rows {
        let sent = (row.parsed("id")?, row.text("state")?, row.int_opt("paid")?.map(Micros));
        found.entry((row.text("tenant_id")?, row.text("lead_id")?)).or_default().push(sent);
    }
    Ok(found)
}

/// What a lead's copies say else than their records, in the order they were made.
pub(super) fn contradiction(sent: &[Sent], records: &[(String, CopyRecord)]) -> Option<String> {
    for (copy, state, paid) in sent {
        let Some((place, last)) = records.iter().rev().find(|(_, record)| record.copy == *copy) else {
            // One under way has none yet.
            if state == "open" {
                continue;
            }
            return Some(format!("copy {copy}: no record"));
        };
        if (&last.state, last.paid) != (state, *paid) {
            return Some(format!("copy {copy} is not that of {place}"));
        }
    }
    let stranger = records.iter().find(|(_, record)| !sent.iter().any(|(copy, ..)| *copy == record.copy));
    stranger.map(|(place, record)| format!("copy {} of {place}: gone", record.copy))
}

fn line(row: &AnyRow) -> Result<String, StoreError> {
    Ok(format!("{} {}: {}", row.text("tenant_id")?, row.text("id")?, row.text("what")?))
}
