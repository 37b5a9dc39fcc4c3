//! Stores what the desk decided: one statement for each table that changed.

use super::desk::{ClaimChange, Desk};
use crate::{
    StoreError, Tx, counters,
    sql::{json, parts, sql},
};
use model::lead::LeadState;

/// Writes everything. Balances come last of what other servers may wait for.
pub async fn all(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    counters::write(tx, desk).await?;
    attempts(tx, desk).await?;
    claims(tx, desk).await?;
    leads(tx, desk).await?;
    traces(tx, desk).await?;
    ledger(tx, desk).await?;
    events(tx, desk).await?;
    jobs(tx, desk).await?;
    balances(tx, desk).await
}

async fn attempts(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (lead, attempts) in &desk.attempts {
        for attempt in attempts.iter().filter(|attempt| attempt.changed) {
            rows.push((*lead, attempt, json(&attempt.caps)?, json(&attempt.prints)?));
        }
    }
    for part in parts(&rows, 15) {
        sql("INSERT INTO attempts (tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, ordinal, price, caps, \
             prints, state, paid, reference, at, settled_at) VALUES ")
        .rows(part, |row, (lead, attempt, caps, prints)| {
            row.cell(lead.0).cell(lead.1).cell(attempt.id).cell(attempt.campaign_id).cell(attempt.contract_id);
            row.cell(attempt.buyer_id).cell(attempt.ordinal).cell(attempt.price).cell(caps).cell(prints);
            row.cell(attempt.state.name()).cell(attempt.paid).cell(attempt.reference.as_deref());
            row.cell(attempt.at).cell(attempt.settled_at);
        })
        .text(
            " ON CONFLICT (tenant_id, lead_id, id) DO UPDATE SET state = excluded.state, paid = excluded.paid, \
             reference = excluded.reference, settled_at = excluded.settled_at",
        )
        .run(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn claims(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for (key, change) in &desk.claim_changes {
        match change {
            ClaimChange::Gone => gone.push(key),
            ClaimChange::Held(at) => kept.push((key, *at, "held")),
            ClaimChange::Sold(at) => kept.push((key, *at, "sold")),
        }
    }
    for part in parts(&gone, 5) {
        sql("DELETE FROM claims WHERE (tenant_id, campaign_id, print, buyer_id, lead_id) IN (VALUES ")
            .rows(part, |row, ((tenant, campaign, print), buyer, lead)| {
                row.cell(*tenant).cell(*campaign).cell(print).cell(*buyer).cell(*lead);
            })
            .text(")")
            .run(&mut **tx)
            .await?;
    }
    for part in parts(&kept, 7) {
        sql("INSERT INTO claims (tenant_id, campaign_id, print, buyer_id, lead_id, at, state) VALUES ")
            .rows(part, |row, (((tenant, campaign, print), buyer, lead), at, state)| {
                row.cell(*tenant).cell(*campaign).cell(print).cell(*buyer).cell(*lead).cell(*at).cell(*state);
            })
            .text(
                " ON CONFLICT (tenant_id, campaign_id, print, buyer_id, lead_id) DO UPDATE SET state = excluded.state, \
                 at = excluded.at",
            )
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn leads(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let rows: Vec<_> = desk.leads.iter().collect();
    for part in parts(&rows, 14) {
        sql("WITH change (tenant_id, id, state, reason, buyer_id, contract_id, revenue, payout, currency, answer, \
             redirect_url, duration_ms, finished_at) AS (VALUES ")
        .rows(part, |row, (key, change)| {
            let outcome = &change.outcome;
            let currency = outcome.revenue.or(outcome.payout).map(|money| money.currency);
            let open = matches!(outcome.state, LeadState::Processing | LeadState::Unknown);
            row.cell(key.0).cell(key.1).cell(outcome.state).cell(outcome.reason);
            row.cell(outcome.buyer_id).cell(outcome.contract_id);
            row.cell(outcome.revenue.map(|money| money.amount)).cell(outcome.payout.map(|money| money.amount));
            row.cell(currency).cell(outcome.answer.as_deref()).cell(outcome.redirect_url.as_deref());
            row.cell(outcome.duration_ms).cell((!open).then_some(outcome.at));
        })
        .text(
            ") UPDATE leads SET state = change.state, reason = change.reason, buyer_id = change.buyer_id, \
             contract_id = change.contract_id, revenue = change.revenue, payout = change.payout, \
             currency = change.currency, answer = COALESCE(change.answer, leads.answer), \
             redirect_url = COALESCE(change.redirect_url, leads.redirect_url), \
             duration_ms = COALESCE(change.duration_ms, leads.duration_ms), finished_at = change.finished_at \
             FROM change WHERE leads.tenant_id = change.tenant_id AND leads.id = change.id",
        )
        .run(&mut **tx)
        .await?;
    }
    Ok(())
}

async fn traces(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let traced = |change: &super::desk::LeadChange| change.outcome.trace.clone();
    let rows: Vec<_> = desk.leads.iter().filter_map(|(key, change)| Some((key, traced(change)?))).collect();
    for part in parts(&rows, 3) {
        sql("INSERT INTO traces (tenant_id, lead_id, doc) VALUES ")
            .rows(part, |row, (key, doc)| {
                row.cell(key.0).cell(key.1).cell(doc);
            })
            .text(" ON CONFLICT (tenant_id, lead_id) DO UPDATE SET doc = excluded.doc")
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn ledger(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (lead, event, at, entries) in &desk.entries {
        for (line, entry) in (0_i64..).zip(entries) {
            rows.push((lead, *event, line, *at, entry));
        }
    }
    for part in parts(&rows, 9) {
        sql("INSERT INTO ledger_entries (tenant_id, event_id, line, lead_id, at, account, kind, amount, currency) VALUES ")
            .rows(part, |row, (lead, event, line, at, entry)| {
                row.cell(lead.0).cell(*event).cell(*line).cell(lead.1).cell(*at);
                row.cell(entry.account.to_string()).cell(entry.kind.name()).cell(entry.amount).cell(entry.currency);
            })
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn balances(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let rows: Vec<_> = desk.balances.iter().collect();
    for part in parts(&rows, 4) {
        sql("INSERT INTO balances (tenant_id, account, currency, amount) VALUES ")
            .rows(part, |row, ((tenant, account, currency), amount)| {
                row.cell(*tenant).cell(account.to_string()).cell(*currency).cell(**amount);
            })
            .text(
                " ON CONFLICT (tenant_id, account, currency) DO UPDATE SET amount = balances.amount + excluded.amount",
            )
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn events(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(desk.events.len());
    for event in &desk.events {
        rows.push((event, json(&event.fact)?));
    }
    for part in parts(&rows, 7) {
        sql("INSERT INTO events (tenant_id, id, at, kind, lead_id, doc, folded) VALUES ")
            .rows(part, |row, (event, doc)| {
                row.cell(event.tenant_id).cell(event.id).cell(event.at).cell("lead");
                row.cell(event.lead_id).cell(doc).cell(false);
            })
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}

async fn jobs(tx: &mut Tx, desk: &Desk) -> Result<(), StoreError> {
    for part in parts(&desk.jobs, 7) {
        sql("INSERT INTO jobs (tenant_id, id, kind, payload, run_at, leased_until, tries) VALUES ")
            .rows(part, |row, (tenant, job)| {
                row.cell(*tenant).cell(job.id).cell(&job.kind).cell(&job.payload).cell(job.run_at);
                row.cell(0_i64).cell(0_i64);
            })
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}
