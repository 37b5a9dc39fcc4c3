//! Stores what the desk decided: one statement for each table that changed, all of them in one script.

use super::{
    copies,
    desk::{ClaimChange, Desk, Due, LeadChange, LeadKey},
};
use crate::{
    StoreError, counters,
    sql::{Script, json, parts, sql},
};
use model::lead::LeadState;

/// What writes everything. Balances come last of what other servers may wait for, but for the end of the audit's chain.
pub fn script(desk: &Desk) -> Result<Script, StoreError> {
    let mut script = Script::default();
    counters::write(&mut script, desk);
    attempts(&mut script, desk)?;
    copies::write(&mut script, desk)?;
    claims(&mut script, desk);
    leads(&mut script, desk);
    missed(&mut script, desk);
    traces(&mut script, desk);
    ledger(&mut script, desk);
    events(&mut script, desk)?;
    jobs(&mut script, desk);
    pings(&mut script, desk)?;
    returns(&mut script, desk);
    balances(&mut script, desk);
    Ok(script)
}

/// A post is written whole once; later only what can change of it is.
fn attempts(script: &mut Script, desk: &Desk) -> Result<(), StoreError> {
    let (mut new, mut changed) = (Vec::new(), Vec::new());
    for (lead, attempts) in &desk.attempts {
        for attempt in attempts {
            match attempt.due {
                Due::Nothing => {}
                Due::Update => changed.push((*lead, attempt)),
                Due::Insert => new.push((*lead, attempt, json(&attempt.caps)?, json(&attempt.prints)?)),
            }
        }
    }
    for part in parts(&new, 18) {
        script.add(
        sql("INSERT INTO attempts (tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, ordinal, price, caps, \
             prints, state, paid, reference, at, settled_at, shared, returned_at, freed) VALUES ")
        .rows(part, |row, (lead, attempt, caps, prints)| {
            row.cell(lead.0).cell(lead.1).cell(attempt.id).cell(attempt.campaign_id).cell(attempt.contract_id);
            row.cell(attempt.buyer_id).cell(attempt.ordinal).cell(attempt.price).cell(caps).cell(prints);
            row.cell(attempt.state.name()).cell(attempt.paid).cell(attempt.reference.as_deref());
            row.cell(attempt.at).cell(attempt.settled_at).cell(attempt.shared);
            row.cell(attempt.returned.map(|(at, _)| at)).cell(attempt.returned.map(|(_, freed)| i64::from(freed)));
        }),
        );
    }
    for part in parts(&changed, 9) {
        script.add(
            sql(
                "WITH change (tenant_id, lead_id, id, state, paid, reference, settled_at, returned_at, freed) AS (VALUES ",
            )
            .rows(part, |row, (lead, attempt)| {
                row.cell(lead.0).cell(lead.1).cell(attempt.id);
                row.cell(attempt.state.name()).cell(attempt.paid).cell(attempt.reference.as_deref());
                row.cell(attempt.settled_at);
                row.cell(attempt.returned.map(|(at, _)| at)).cell(attempt.returned.map(|(_, freed)| i64::from(freed)));
            })
            .text(
                ") UPDATE attempts SET state = change.state, paid = change.paid, reference = change.reference, \
                 settled_at = change.settled_at, returned_at = change.returned_at, freed = change.freed FROM change \
                 WHERE attempts.tenant_id = change.tenant_id AND attempts.lead_id = change.lead_id \
                 AND attempts.id = change.id",
            ),
        );
    }
    Ok(())
}

fn claims(script: &mut Script, desk: &Desk) {
    let (mut gone, mut kept) = (Vec::new(), Vec::new());
    for (key, change) in &desk.claim_changes {
        match change {
            ClaimChange::Gone => gone.push(key),
            ClaimChange::Held(at) => kept.push((key, *at, "held")),
            ClaimChange::Sold(at) => kept.push((key, *at, "sold")),
        }
    }
    for part in parts(&gone, 5) {
        script.add(
            sql("DELETE FROM claims WHERE (tenant_id, campaign_id, print, buyer_id, lead_id) IN (VALUES ")
                .rows(part, |row, ((tenant, campaign, print), buyer, lead)| {
                    row.cell(*tenant).cell(*campaign).cell(print).cell(*buyer).cell(*lead);
                })
                .text(")"),
        );
    }
    for part in parts(&kept, 7) {
        script.add(
        sql("INSERT INTO claims (tenant_id, campaign_id, print, buyer_id, lead_id, at, state) VALUES ")
            .rows(part, |row, (((tenant, campaign, print), buyer, lead), at, state)| {
                row.cell(*tenant).cell(*campaign).cell(print).cell(*buyer).cell(*lead).cell(*at).cell(*state);
            })
            .text(
                " ON CONFLICT (tenant_id, campaign_id, print, buyer_id, lead_id) DO UPDATE SET state = excluded.state, \
                 at = excluded.at",
            ),
        );
    }
}

fn leads(script: &mut Script, desk: &Desk) {
    let rows: Vec<_> = desk.leads.iter().collect();
    for part in parts(&rows, 13) {
        script.add(
            sql(
                "WITH change (tenant_id, id, state, reason, buyer_id, contract_id, revenue, payout, currency, answer, \
             redirect_url, duration_ms, finished_at) AS (VALUES ",
            )
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
            ),
        );
    }
}

/// The sale that a lead missed, where something became of it: most leads miss none.
fn missed(script: &mut Script, desk: &Desk) {
    let missed = |(key, change): (_, &LeadChange)| Some((key, change.outcome.fact.missed?.now));
    let rows: Vec<(&LeadKey, _)> = desk.leads.iter().filter_map(missed).collect();
    for part in parts(&rows, 7) {
        script.add(
            sql("WITH change (tenant_id, id, contract, buyer, reason, amount, currency) AS (VALUES ")
                .rows(part, |row, (key, missed)| {
                    row.cell(key.0).cell(key.1);
                    row.cell(missed.map(|one| one.contract)).cell(missed.map(|one| one.buyer));
                    row.cell(missed.map(|one| one.reason)).cell(missed.map(|one| one.amount.amount));
                    row.cell(missed.map(|one| one.amount.currency));
                })
                .text(
                    ") UPDATE leads SET missed_contract = change.contract, missed_buyer = change.buyer, \
                     missed_reason = change.reason, missed = change.amount, missed_currency = change.currency \
                     FROM change WHERE leads.tenant_id = change.tenant_id AND leads.id = change.id",
                ),
        );
    }
}

fn traces(script: &mut Script, desk: &Desk) {
    let rows: Vec<_> =
        desk.leads.iter().filter_map(|(key, change)| Some((key, change.outcome.trace.as_ref()?))).collect();
    for part in parts(&rows, 4) {
        script.add(
            sql("INSERT INTO traces (tenant_id, lead_id, doc, tape) VALUES ")
                .rows(part, |row, (key, traced)| {
                    row.cell(key.0).cell(key.1).cell(&traced.doc).cell(&traced.tape[..]);
                })
                .text(" ON CONFLICT (tenant_id, lead_id) DO UPDATE SET doc = excluded.doc, tape = excluded.tape"),
        );
    }
}

fn ledger(script: &mut Script, desk: &Desk) {
    let mut rows = Vec::new();
    for (lead, event, at, entries) in &desk.entries {
        for (line, entry) in (0_i64..).zip(entries) {
            rows.push((lead, *event, line, *at, entry));
        }
    }
    for part in parts(&rows, 9) {
        script.add(
        sql("INSERT INTO ledger_entries (tenant_id, event_id, line, lead_id, at, account, kind, amount, currency) VALUES ")
            .rows(part, |row, (lead, event, line, at, entry)| {
                row.cell(lead.0).cell(*event).cell(*line).cell(lead.1).cell(*at);
                row.cell(entry.account.to_string()).cell(entry.kind.name()).cell(entry.amount).cell(entry.currency);
            }),
        );
    }
}

fn balances(script: &mut Script, desk: &Desk) {
    let rows: Vec<_> = desk.balances.iter().collect();
    for part in parts(&rows, 4) {
        script.add(
        sql("INSERT INTO balances (tenant_id, account, currency, amount) VALUES ")
            .rows(part, |row, ((tenant, account, currency), amount)| {
                row.cell(*tenant).cell(account.to_string()).cell(*currency).cell(**amount);
            })
            .text(
                " ON CONFLICT (tenant_id, account, currency) DO UPDATE SET amount = balances.amount + excluded.amount",
            ),
        );
    }
}

fn events(script: &mut Script, desk: &Desk) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(desk.events.len());
    for event in &desk.events {
        rows.push((event, json(&event.fact)?));
    }
    for part in parts(&rows, 7) {
        script.add(sql("INSERT INTO events (tenant_id, id, at, kind, lead_id, doc, folded) VALUES ").rows(
            part,
            |row, (event, doc)| {
                row.cell(event.tenant_id).cell(event.id).cell(event.at).cell(event.kind());
                row.cell(event.lead_id).cell(doc).cell(false);
            },
        ));
    }
    let mut notes = Vec::with_capacity(desk.notes.len());
    for note in &desk.notes {
        notes.push((note, json(&crate::leads::history::Note { note: note.note.clone(), actor: String::new() })?));
    }
    for part in parts(&notes, 7) {
        script.add(sql("INSERT INTO events (tenant_id, id, at, kind, lead_id, doc, folded) VALUES ").rows(
            part,
            |row, (note, doc)| {
                row.cell(note.tenant_id).cell(note.event_id).cell(note.at).cell(note.kind);
                // Folded from the start: it carries no figures.
                row.cell(note.lead_id).cell(doc).cell(true);
            },
        ));
    }
    Ok(())
}

fn pings(script: &mut Script, desk: &Desk) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(desk.pings.len());
    for ping in &desk.pings {
        rows.push((ping, json(&ping.row.held)?));
    }
    for part in parts(&rows, 12) {
        script.add(
            sql(
                "INSERT INTO pings (tenant_id, id, source_id, campaign_id, mode, at, expires_at, body_hash, open_hash, \
                 answer, held, tape) VALUES ",
            )
            .rows(part, |row, (ping, held)| {
                row.cell(ping.tenant_id).cell(ping.row.id).cell(ping.row.source_id).cell(ping.row.campaign_id);
                row.cell(ping.mode).cell(ping.at).cell(ping.row.expires_at).cell(&ping.body_hash[..]);
                row.cell(&ping.row.open_hash[..]).cell(&ping.row.answer).cell(held).cell(&ping.tape[..]);
            }),
        );
    }
    Ok(())
}

fn returns(script: &mut Script, desk: &Desk) {
    for part in parts(&desk.returns, 13) {
        script.add(crate::leads::put_returns(part));
    }
}

fn jobs(script: &mut Script, desk: &Desk) {
    for part in parts(&desk.jobs, 8) {
        script.add(crate::jobs::put(part));
    }
}
