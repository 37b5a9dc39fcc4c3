//! Locks and reads everything that the intents and outcomes of a batch are decided by.

use super::{
    Record, copies,
    desk::{Attempt, Claim, Desk, Due, Guard, LeadKey, PrintKey, keys},
};
use crate::{
    Engine, StoreError, Tx,
    counters::{self, CounterKey},
    leads::returned,
    read::Read,
    sql::{Script, parts, sql},
};
use model::Timestamp;
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

/// Fills the desk. The order of the steps is the order of the locks.
pub async fn fill(tx: &mut Tx, engine: Engine, desk: &mut Desk, batch: &[Record]) -> Result<(), StoreError> {
    let leads: BTreeSet<LeadKey> = batch
        .iter()
        .filter_map(|record| match record {
            Record::Intent(intent) => Some((intent.tenant_id, intent.lead_id)),
            Record::Outcome(outcome) => Some((outcome.tenant_id, outcome.lead_id)),
            Record::Resolution(resolution) => Some((resolution.outcome.tenant_id, resolution.outcome.lead_id)),
            Record::Return(back) => Some((back.outcome.tenant_id, back.outcome.lead_id)),
            Record::Copy(_) | Record::Copied(_) | Record::Reopen(_) => copies::lead_of(record),
            Record::Received(_) | Record::Refused(_) | Record::Note(_) | Record::Ping(_) => None,
        })
        .collect();
    let leads: Vec<LeadKey> = leads.into_iter().collect();
    let mut asked = Script::default();
    guards(&mut asked, engine, &leads);
    attempts(&mut asked, &leads);
    copies::asked(&mut asked, batch);
    if engine == Engine::Postgres {
        take_down(desk, std::mem::take(&mut asked).all(tx, engine).await?)?;
        // Persons are locked after leads and before anything is read of them. The one writer of SQLite needs no row locks.
        prints(tx, engine, batch).await?;
    }
    claims(&mut asked, batch);
    take_down(desk, asked.all(tx, engine).await?)?;
    all_counters(tx, engine, desk, batch).await
}

/// Puts rows where they belong.
fn take_down(desk: &mut Desk, rows: Vec<AnyRow>) -> Result<(), StoreError> {
    for row in rows {
        match row.text("kind")?.as_str() {
            "lead" => {
                let key = (row.parsed("tenant_id")?, row.parsed("id")?);
                let sealed = row.bytes("sealed_body")?;
                let (state, owner, round) = (row.parsed("state")?, row.parsed("owner")?, row.small("round")?);
                desk.guards.insert(key, Guard { state, owner, sealed, round });
            }
            "post" => {
                let key = (row.parsed("tenant_id")?, row.parsed("lead_id")?);
                desk.attempts.entry(key).or_default().push(attempt(&row)?);
            }
            "copy" => copies::take(&row, desk)?,
            _ => {
                let key = (row.parsed("tenant_id")?, row.parsed("campaign_id")?, row.text("print")?);
                desk.claims.entry(key).or_default().push(Claim {
                    buyer_id: row.parsed("buyer_id")?,
                    lead_id: row.parsed("lead_id")?,
                    at: row.at("at")?,
                });
            }
        }
    }
    Ok(())
}

fn guards(asked: &mut Script, engine: Engine, leads: &[LeadKey]) {
    for part in parts(leads, 2) {
        asked.add(
            sql("SELECT 'lead' AS kind, tenant_id, id, state, owner, sealed_body, round FROM leads \
                 WHERE (tenant_id, id) IN (VALUES ")
            .set(part, |row, key| {
                row.cell(key.0).cell(key.1);
            })
            .text(") ORDER BY tenant_id, id")
            .text(engine.for_update()),
        );
    }
}

/// The posts of the leads. Whoever has locked a lead is the only one to touch its posts.
fn attempts(asked: &mut Script, leads: &[LeadKey]) {
    for part in parts(leads, 2) {
        asked.add(
            sql("SELECT 'post' AS kind, tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, ordinal, price, caps, \
                 prints, state, paid, reference, at, settled_at, shared, returned_at, freed FROM attempts \
                 WHERE (tenant_id, lead_id) IN (VALUES ")
            .set(part, |row, key| {
                row.cell(key.0).cell(key.1);
            })
            .text(") ORDER BY tenant_id, lead_id, ordinal, id"),
        );
    }
}

fn attempt(row: &AnyRow) -> Result<Attempt, StoreError> {
    Ok(Attempt {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        contract_id: row.parsed("contract_id")?,
        buyer_id: row.parsed("buyer_id")?,
        ordinal: row.small("ordinal")?,
        price: row.micros("price")?,
        caps: row.doc("caps")?,
        prints: row.doc("prints")?,
        state: row.parsed("state")?,
        paid: row.int_opt("paid")?.map(model::Micros),
        reference: row.text_opt("reference")?,
        at: row.at("at")?,
        settled_at: row.at_opt("settled_at")?,
        returned: returned(row)?,
        shared: row.flag("shared")?,
        due: Due::Nothing,
    })
}

/// Makes the rows of all persons in the batch and locks those about to be claimed. They are there to be locked and for
/// nothing else.
async fn prints(tx: &mut Tx, engine: Engine, batch: &[Record]) -> Result<(), StoreError> {
    let mut all = BTreeSet::<PrintKey>::new();
    for record in batch {
        let (tenant, campaign, prints) = match record {
            Record::Received(lead) => (lead.tenant_id, lead.campaign_id, &lead.prints),
            Record::Intent(intent) => (intent.tenant_id, intent.campaign_id, &intent.prints),
            Record::Outcome(_)
            | Record::Resolution(_)
            | Record::Return(_)
            | Record::Copy(_)
            | Record::Copied(_)
            | Record::Reopen(_)
            | Record::Refused(_)
            | Record::Note(_)
            | Record::Ping(_) => continue,
        };
        all.extend(prints.iter().map(|print| (tenant, campaign, print.clone())));
    }
    let all: Vec<PrintKey> = all.into_iter().collect();
    for part in parts(&all, 3) {
        sql("INSERT INTO prints (tenant_id, campaign_id, print) VALUES ")
            .rows(part, |row, key| {
                row.cell(key.0).cell(key.1).cell(&key.2);
            })
            .text(" ON CONFLICT (tenant_id, campaign_id, print) DO NOTHING")
            .run(&mut **tx)
            .await?;
    }
    for part in parts(&claimed(batch), 3) {
        sql("SELECT print FROM prints WHERE (tenant_id, campaign_id, print) IN (VALUES ")
            .set(part, |row, key| {
                row.cell(key.0).cell(key.1).cell(&key.2);
            })
            .text(") ORDER BY tenant_id, campaign_id, print")
            .text(engine.for_update())
            .all(&mut **tx)
            .await?;
    }
    Ok(())
}

fn claimed(batch: &[Record]) -> Vec<PrintKey> {
    let mut claimed = BTreeSet::new();
    for record in batch {
        if let Record::Intent(intent) = record {
            claimed.extend(intent.prints.iter().map(|print| (intent.tenant_id, intent.campaign_id, print.clone())));
        }
    }
    claimed.into_iter().collect()
}

/// The claims that may stand against an intent: those younger than the longest window asked for.
fn claims(asked: &mut Script, batch: &[Record]) {
    let since = batch
        .iter()
        .filter_map(|record| match record {
            Record::Intent(intent) => intent.same_buyer_since.into_iter().chain(intent.cross_buyer_since).min(),
            Record::Received(_)
            | Record::Outcome(_)
            | Record::Resolution(_)
            | Record::Return(_)
            | Record::Copy(_)
            | Record::Copied(_)
            | Record::Reopen(_)
            | Record::Refused(_)
            | Record::Note(_)
            | Record::Ping(_) => None,
        })
        .min();
    let Some(Timestamp(since)) = since else { return };
    for part in parts(&claimed(batch), 3) {
        asked.add(
            sql("SELECT 'claim' AS kind, tenant_id, campaign_id, print, buyer_id, lead_id, at FROM claims WHERE at > $1 \
                 AND (tenant_id, campaign_id, print) IN (VALUES ")
            .bind(since)
            .set(part, |row, key| {
                row.cell(key.0).cell(key.1).cell(&key.2);
            })
            .text(")"),
        );
    }
}

/// The counters that intents ask for and that settled posts hold.
async fn all_counters(tx: &mut Tx, engine: Engine, desk: &mut Desk, batch: &[Record]) -> Result<(), StoreError> {
    let mut wanted = BTreeSet::<CounterKey>::new();
    for record in batch {
        if let Record::Return(back) = record {
            let lead = (back.outcome.tenant_id, back.outcome.lead_id);
            let posts = desk.attempts.get(&lead).map_or(&[][..], Vec::as_slice);
            let given = posts.iter().filter(|attempt| attempt.id == back.decided.attempt_id);
            wanted.extend(given.flat_map(|attempt| keys(&attempt.caps)).map(|key| (lead.0, key)));
            continue;
        }
        let (tenant, lead, settles) = match record {
            Record::Intent(intent) => {
                wanted.extend(keys(&intent.demands).into_iter().map(|key| (intent.tenant_id, key)));
                (intent.tenant_id, intent.lead_id, &intent.release)
            }
            Record::Outcome(outcome) => (outcome.tenant_id, outcome.lead_id, &outcome.settles),
            Record::Resolution(resolution) => {
                let outcome = &resolution.outcome;
                (outcome.tenant_id, outcome.lead_id, &outcome.settles)
            }
            Record::Copy(_) | Record::Copied(_) => {
                wanted.extend(copies::counters(desk, record));
                continue;
            }
            Record::Received(_)
            | Record::Return(_)
            | Record::Reopen(_)
            | Record::Refused(_)
            | Record::Note(_)
            | Record::Ping(_) => continue,
        };
        let attempts = desk.attempts.get(&(tenant, lead)).map_or(&[][..], Vec::as_slice);
        for attempt in attempts.iter().filter(|attempt| settles.iter().any(|settle| settle.attempt_id == attempt.id)) {
            wanted.extend(keys(&attempt.caps).into_iter().map(|key| (tenant, key)));
        }
    }
    let wanted: Vec<CounterKey> = wanted.into_iter().collect();
    counters::lock(tx, engine, &wanted, &mut desk.counters).await
}
