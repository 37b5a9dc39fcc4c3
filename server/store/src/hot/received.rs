//! New leads: who may use an idempotency key, then the rows.

use super::{Idempotency, Received, ReceivedReceipt, Record};
use crate::{
    StoreError, Tx,
    read::Read,
    sql::{json, parts, sql},
};
use model::{LeadId, SourceId, TenantId};
use std::collections::{BTreeMap, HashMap, HashSet};

/// Tenant, source and key.
type IdemKey<'a> = (TenantId, SourceId, &'a str);

/// Stores the leads whose key is free; one receipt for each received lead, in order.
pub async fn store(tx: &mut Tx, batch: &[Record]) -> Result<Vec<ReceivedReceipt>, StoreError> {
    let leads: Vec<&Received> = batch
        .iter()
        .filter_map(|record| match record {
            Record::Received(received) => Some(&**received),
            Record::Intent(_)
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
        .collect();
    if leads.is_empty() {
        return Ok(Vec::new());
    }
    let taken = take_keys(tx, &leads).await?;
    let receipts: Vec<ReceivedReceipt> = leads.iter().map(|lead| receipt(lead, &taken)).collect();
    let fresh: Vec<&Received> = leads
        .into_iter()
        .zip(&receipts)
        .filter_map(|(lead, receipt)| (*receipt == ReceivedReceipt::Fresh).then_some(lead))
        .collect();
    insert(tx, &fresh).await?;
    Ok(receipts)
}

fn idem_key(lead: &Received) -> Option<(IdemKey<'_>, &Idempotency)> {
    lead.idempotency.as_ref().map(|idem| ((lead.tenant_id, lead.source_id, idem.key.as_str()), idem))
}

fn receipt(lead: &Received, taken: &HashMap<(TenantId, SourceId, String), (LeadId, Vec<u8>)>) -> ReceivedReceipt {
    let Some((key, idem)) = idem_key(lead) else { return ReceivedReceipt::Fresh };
    match taken.get(&(key.0, key.1, key.2.to_owned())) {
        Some((lead_id, hash)) if *lead_id != lead.lead_id => {
            ReceivedReceipt::Repeat { lead_id: *lead_id, same_body: hash.as_slice() == idem.body_hash }
        }
        _ => ReceivedReceipt::Fresh,
    }
}

/// Takes the keys that are free or expired, and says for every key of the batch which lead has it now.
async fn take_keys(
    tx: &mut Tx,
    leads: &[&Received],
) -> Result<HashMap<(TenantId, SourceId, String), (LeadId, Vec<u8>)>, StoreError> {
    // The first of a batch wins; sorted, so that servers take keys in the same order.
    let mut wanted = BTreeMap::<IdemKey<'_>, (&Received, &Idempotency)>::new();
    for lead in leads {
        if let Some((key, idem)) = idem_key(lead) {
            wanted.entry(key).or_insert((lead, idem));
        }
    }
    let wanted: Vec<_> = wanted.into_iter().collect();
    let mut taken = HashMap::new();
    for part in parts(&wanted, 7) {
        let won = sql(
            "INSERT INTO idempotency (tenant_id, source_id, idem, body_hash, lead_id, taken_at, expires_at) VALUES ",
        )
        .rows(part, |row, (key, (lead, idem))| {
            row.cell(key.0).cell(key.1).cell(key.2).cell(&idem.body_hash[..]);
            row.cell(lead.lead_id).cell(lead.received_at).cell(idem.expires_at);
        })
        .text(
            " ON CONFLICT (tenant_id, source_id, idem) DO UPDATE SET body_hash = excluded.body_hash, \
                 lead_id = excluded.lead_id, taken_at = excluded.taken_at, expires_at = excluded.expires_at \
                 WHERE idempotency.expires_at <= excluded.taken_at RETURNING lead_id",
        )
        .all(&mut **tx)
        .await?;
        let won = won.iter().map(|row| row.parsed::<LeadId>("lead_id")).collect::<Result<HashSet<_>, _>>()?;
        let mut lost = Vec::new();
        for (key, (lead, idem)) in part {
            if won.contains(&lead.lead_id) {
                taken.insert((key.0, key.1, key.2.to_owned()), (lead.lead_id, idem.body_hash.to_vec()));
            } else {
                lost.push(key);
            }
        }
        if lost.is_empty() {
            continue;
        }
        let holders = sql("SELECT tenant_id, source_id, idem, lead_id, body_hash FROM idempotency \
             WHERE (tenant_id, source_id, idem) IN (VALUES ")
        .rows(lost, |row, key| {
            row.cell(key.0).cell(key.1).cell(key.2);
        })
        .text(")")
        .all(&mut **tx)
        .await?;
        for row in holders {
            let key = (row.parsed("tenant_id")?, row.parsed("source_id")?, row.text("idem")?);
            taken.insert(key, (row.parsed("lead_id")?, row.bytes("body_hash")?));
        }
    }
    Ok(taken)
}

async fn insert(tx: &mut Tx, leads: &[&Received]) -> Result<(), StoreError> {
    let mut rows = Vec::with_capacity(leads.len());
    for lead in leads {
        rows.push((*lead, json(&lead.tracking)?, json(&lead.personal_mask)?, json(&lead.prints)?));
    }
    for part in parts(&rows, 18) {
        sql(
            "INSERT INTO leads (tenant_id, id, campaign_id, source_id, key_id, mode, received_at, external_id, state, \
             open_fields, tracking, sub1, masks, prints, sealed_key, sealed_body, owner) VALUES ",
        )
        .rows(part, |row, (lead, tracking, masks, prints)| {
            row.cell(lead.tenant_id).cell(lead.lead_id).cell(lead.campaign_id).cell(lead.source_id).cell(lead.key_id);
            row.cell(lead.mode).cell(lead.received_at).cell(lead.external_id.as_deref()).cell("processing");
            row.cell(&lead.open).cell(tracking).cell(lead.tracking.sub1.as_deref()).cell(masks).cell(prints);
            row.cell(&lead.sealed_key[..]).cell(&lead.sealed_body[..]).cell(lead.owner);
        })
        .run(&mut **tx)
        .await?;
    }
    let seen: Vec<_> = leads.iter().filter_map(|lead| Some((*lead, lead.consent?))).collect();
    for part in parts(&seen, 9) {
        sql("INSERT INTO lead_consents (tenant_id, lead_id, text_id, n, standing, campaign_id, source_id, mode, at) VALUES ")
            .rows(part, |row, (lead, seen)| {
                row.cell(lead.tenant_id).cell(lead.lead_id).cell(seen.text_id).cell(seen.version.map(i64::from));
                row.cell(seen.standing.name()).cell(lead.campaign_id).cell(lead.source_id).cell(lead.mode);
                row.cell(lead.received_at);
            })
            .run(&mut **tx)
            .await?;
    }
    Ok(())
}
