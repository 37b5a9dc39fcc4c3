//! Leads, their posts and their answers fit together.

use super::{Invariant, listed};
use crate::{StoreError, Tx, read::Read};
use sqlx::any::AnyRow;

pub(super) async fn check(tx: &mut Tx) -> Result<Vec<Invariant>, StoreError> {
    Ok(vec![
        listed(
            tx,
            "a sold lead has an accepted post, to its buyer, and no other lead has any",
            ("leads", "leads"),
            "SELECT l.tenant_id, l.id, l.state || ' with ' || CAST(COUNT(a.id) AS TEXT) || ' accepted' AS what \
             FROM leads l LEFT JOIN attempts a ON a.tenant_id = l.tenant_id AND a.lead_id = l.id \
             AND a.state = 'accepted' AND (l.contract_id IS NULL OR a.contract_id = l.contract_id) \
             AND (l.state = 'returned') = (a.returned_at IS NOT NULL) \
             GROUP BY l.tenant_id, l.id, l.state \
             HAVING COUNT(a.id) <> CASE WHEN l.state IN ('sold', 'returned') THEN 1 ELSE 0 END",
            line,
        )
        .await?,
        listed(
            tx,
            "no lead is accepted twice, but by buyers that share it",
            ("attempts", "posts"),
            "SELECT tenant_id, lead_id AS id, CAST(COUNT(*) AS TEXT) || ' accepted' AS what FROM attempts \
             WHERE state = 'accepted' GROUP BY tenant_id, lead_id HAVING COUNT(*) > 1 AND SUM(shared) < COUNT(*)",
            line,
        )
        .await?,
        listed(
            tx,
            "every post that was given back has a return that was approved, and no other return is approved",
            ("returns", "returns"),
            "SELECT a.tenant_id, a.lead_id AS id, 'post ' || a.id || ' without its return' AS what FROM attempts a \
             WHERE a.returned_at IS NOT NULL AND NOT EXISTS (SELECT 1 FROM returns r WHERE r.tenant_id = a.tenant_id \
             AND r.lead_id = a.lead_id AND r.attempt_id = a.id AND r.state = 'approved') \
             UNION ALL SELECT r.tenant_id, r.lead_id AS id, 'approved return of post ' || r.attempt_id AS what \
             FROM returns r WHERE r.state = 'approved' AND NOT EXISTS (SELECT 1 FROM attempts a \
             WHERE a.tenant_id = r.tenant_id AND a.lead_id = r.lead_id AND a.id = r.attempt_id \
             AND a.returned_at IS NOT NULL)",
            line,
        )
        .await?,
        listed(
            tx,
            "a returned lead has no buyer left",
            ("leads WHERE state = 'returned'", "leads"),
            "SELECT l.tenant_id, l.id, 'post ' || a.id || ' stands' AS what FROM leads l \
             JOIN attempts a ON a.tenant_id = l.tenant_id AND a.lead_id = l.id \
             WHERE l.state = 'returned' AND a.state = 'accepted' AND a.returned_at IS NULL",
            line,
        )
        .await?,
        listed(
            tx,
            "no finished lead has an open post",
            ("attempts", "posts"),
            "SELECT l.tenant_id, l.id, l.state || ', post ' || a.id AS what FROM attempts a \
             JOIN leads l ON l.tenant_id = a.tenant_id AND l.id = a.lead_id \
             WHERE a.state = 'open' AND l.state NOT IN ('processing', 'unknown')",
            line,
        )
        .await?,
        listed(
            tx,
            "an unknown lead has a post of unknown outcome, or one under way",
            ("leads", "leads"),
            "SELECT l.tenant_id, l.id, l.state AS what FROM leads l WHERE l.state = 'unknown' AND NOT EXISTS \
             (SELECT 1 FROM attempts a WHERE a.tenant_id = l.tenant_id AND a.lead_id = l.id AND a.state IN ('unknown', 'open'))",
            line,
        )
        .await?,
        listed(
            tx,
            "at most one post of a lead to a contract, and every post has its lead",
            ("attempts", "posts"),
            "SELECT a.tenant_id, a.lead_id AS id, CAST(COUNT(*) AS TEXT) || ' to ' || a.contract_id AS what \
             FROM attempts a GROUP BY a.tenant_id, a.lead_id, a.contract_id HAVING COUNT(*) > 1 \
             UNION ALL SELECT a.tenant_id, a.lead_id AS id, 'post without its lead' AS what FROM attempts a \
             WHERE NOT EXISTS (SELECT 1 FROM leads l WHERE l.tenant_id = a.tenant_id AND l.id = a.lead_id)",
            line,
        )
        .await?,
        listed(
            tx,
            "every lead that is not processing has its answer",
            ("leads", "leads"),
            "SELECT tenant_id, id, state AS what FROM leads WHERE state <> 'processing' AND answer IS NULL",
            line,
        )
        .await?,
        listed(
            tx,
            "a person is claimed only by posts that stand",
            ("claims", "claims"),
            "SELECT c.tenant_id, c.lead_id AS id, c.state || ' by ' || c.buyer_id AS what FROM claims c \
             WHERE NOT EXISTS (SELECT 1 FROM attempts a WHERE a.tenant_id = c.tenant_id AND a.lead_id = c.lead_id \
             AND a.buyer_id = c.buyer_id AND a.state IN ('open', 'unknown', 'accepted'))",
            line,
        )
        .await?,
    ])
}

fn line(row: &AnyRow) -> Result<String, StoreError> {
    Ok(format!("{} {}: {}", row.text("tenant_id")?, row.text("id")?, row.text("what")?))
}
