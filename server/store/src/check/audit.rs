//! The audit: batches follow from their records and from each other, and what is stored is what was sealed.
//!
//! Memory: 33 bytes for each record there is, and one page of leads.

use super::{Invariant, copies};
use crate::{
    Notary, StoreError, Tx,
    audit::{COLUMNS, COPY, Changed, LEAD, batch, current},
    read::Read,
    sql::sql,
};
use exchange::audit::{CopyRecord, Digest, LeadRecord, Line, PublicKey, Record, Thing, genesis, tree};
use model::{EventId, TenantId, lead::LeadState};
use sqlx::any::AnyRow;
use std::collections::{BTreeMap, HashMap};

/// How many batches or leads are read at a time.
const STEP: i64 = 2000;

/// What stands at the end of the chain.
struct End {
    key: Option<PublicKey>,
    after_lead: String,
    number: u64,
    head: Option<Digest>,
}

/// The leaves of a batch, each with whether its record was there.
type Batches = HashMap<i64, Vec<(Digest, bool)>>;

pub(super) async fn check(tx: &mut Tx, notary: Option<&Notary>) -> Result<Vec<Invariant>, StoreError> {
    let end = end(tx).await?;
    let key = notary.map(Notary::public).or(end.key);
    let mut chain = Vec::new();
    if end.key.is_some() && end.key != key {
        chain.push("the chain names another key than this server's".to_owned());
    }
    let mut batches = chain_holds(tx, &end, key, &mut chain).await?;
    let sealed = i64::try_from(batches.len()).unwrap_or(i64::MAX);

    let (mut records, mut leads, mut things) = (Vec::new(), Vec::new(), Vec::new());
    let finished = leads_hold(tx, &end, &mut batches, &mut records, &mut leads).await?;
    let configured = things_hold(tx, &end, &mut batches, &mut records, &mut things).await?;
    let mut gone: Vec<_> = batches.iter().flat_map(|(number, leaves)| missing(*number, leaves)).collect();
    gone.sort_unstable();
    records.extend(gone.into_iter().map(|(number, at)| format!("batch {number} record {at}: gone")));
    let sum: usize = batches.values().map(Vec::len).sum();
    let signed = key.map_or_else(|| "batches".to_owned(), |key| format!("batches, signed by {key}"));
    Ok(vec![
        Invariant::of("audit: every batch is sealed, signed and follows the one before", sealed, &signed, &chain),
        Invariant::of(
            "audit: every record is the one that was sealed",
            i64::try_from(sum).unwrap_or(i64::MAX),
            "records",
            &records,
        ),
        Invariant::of("audit: every finished lead is what its record says", finished, "finished leads", &leads),
        Invariant::of("audit: the configuration is what its records say", configured, "documents", &things),
    ])
}

async fn end(tx: &mut Tx) -> Result<End, StoreError> {
    let row =
        sql("SELECT public_key, after_lead, number, head FROM audit_chain WHERE id = 1").optional(&mut **tx).await?;
    let nothing = End { key: None, after_lead: String::new(), number: 0, head: None };
    let Some(row) = row else { return Ok(nothing) };
    let number = row.small("number")?;
    // What cannot be read is reported as a chain that ends elsewhere, not as a failure of the check.
    let (key, head) = (row.text("public_key")?.parse().ok(), row.text("head")?.parse().ok());
    Ok(End { key, after_lead: row.text("after_lead")?, number, head })
}

/// Walks the chain; the leaves of its batches.
async fn chain_holds(
    tx: &mut Tx,
    end: &End,
    key: Option<PublicKey>,
    violations: &mut Vec<String>,
) -> Result<Batches, StoreError> {
    let mut batches = Batches::new();
    let mut last = (0, key.map(|key| genesis(&key, &end.after_lead)));
    loop {
        let after = i64::try_from(last.0).map_err(StoreError::broken)?;
        let page = sql(COLUMNS).text(" FROM audit_batches b WHERE b.number > $1 ORDER BY b.number LIMIT $2");
        let rows = page.bind(after).bind(STEP).all(&mut **tx).await?;
        if rows.is_empty() {
            break;
        }
        for row in &rows {
            let number: u64 = row.small("number")?;
            let batch = match batch(row) {
                Ok(batch) => batch,
                Err(error) => {
                    violations.push(format!("batch {number}: {error}"));
                    last = (number, None);
                    continue;
                }
            };
            let (header, before) = (&batch.header, number - 1);
            if before != last.0 {
                let gone = if last.0 + 1 == before { String::new() } else { format!(" to {before}") };
                violations.push(format!("batch {}{gone}: gone", last.0 + 1));
            }
            let follows = before != last.0 || last.1.is_none_or(|head| head == header.previous);
            let wrong = if tree::root(&batch.leaves) != header.root {
                Some("its root is not that of its leaves".to_owned())
            } else if header.head() != batch.head {
                Some("its head is not that of its header".to_owned())
            } else if !follows {
                Some(if before == 0 {
                    "it does not follow the beginning of the chain".to_owned()
                } else {
                    format!("it does not follow batch {before}")
                })
            } else if !key.is_some_and(|key| key.signed(&batch.head, &batch.signature)) {
                Some("it is not signed by this server's key".to_owned())
            } else {
                None
            };
            violations.extend(wrong.map(|wrong| format!("batch {number}: {wrong}")));
            last = (number, Some(batch.head));
            let leaves = batch.leaves.into_iter().map(|leaf| (leaf, false)).collect();
            batches.insert(i64::try_from(number).map_err(StoreError::broken)?, leaves);
        }
    }
    if last.0 != end.number {
        violations.push(format!("the chain ends with batch {} instead of {}", last.0, end.number));
    } else if end.number > 0 && last.1.is_some() && last.1 != end.head {
        violations.push(format!("batch {}: its head is not the end of the chain", end.number));
    }
    Ok(batches)
}

fn missing(number: i64, leaves: &[(Digest, bool)]) -> impl Iterator<Item = (i64, usize)> {
    leaves.iter().enumerate().filter(|(_, (_, seen))| !seen).map(move |(at, _)| (number, at))
}

/// A record with where it stands.
struct Placed {
    place: String,
    record: Option<Record>,
}

/// Holds a record against its leaf, and reads it.
fn placed(row: &AnyRow, batches: &mut Batches, violations: &mut Vec<String>) -> Result<Placed, StoreError> {
    let (number, position, text) = (row.int("batch")?, row.int("position")?, row.text("record")?);
    let place = format!("batch {number} record {position}");
    let about = format!("{} {}", row.text("tenant_id")?, row.text("subject")?);
    let leaf = usize::try_from(position).ok().and_then(|at| batches.get_mut(&number)?.get_mut(at));
    let record = Record::read(&text).ok().filter(|record| is_about(record, row));
    match leaf {
        None => violations.push(format!("{place} ({about}): there is no such place")),
        Some((leaf, seen)) => {
            *seen = true;
            if tree::leaf(text.as_bytes()) != *leaf {
                violations.push(format!("{place} ({about}): not what was sealed"));
            } else if record.is_none() {
                violations.push(format!("{place} ({about}): about something else"));
            }
        }
    }
    Ok(Placed { place, record })
}

/// Whether the columns beside a record say what it says itself.
fn is_about(record: &Record, row: &AnyRow) -> bool {
    let says = |tenant: TenantId, subject: &str, kind: &str| {
        let column = |name, is: &str| row.text(name).is_ok_and(|text| text == is);
        column("tenant_id", &tenant.to_string()) && column("subject", subject) && column("kind", kind)
    };
    match record {
        Record::Lead(lead) => says(lead.tenant, &lead.lead.to_string(), LEAD),
        Record::Copy(copy) => says(copy.tenant, &copy.lead.to_string(), COPY),
        Record::Change(change) => says(change.tenant, &change.id, change.thing.name()),
    }
}

const RECORDS: &str = "SELECT tenant_id, subject, batch, position, kind, record FROM audit_records WHERE kind ";

/// Tenant and lead as they lie in the database.
pub(super) type LeadKey = (String, String);
/// A movement's event with one line of it.
type Moved = (EventId, Line);

/// The records of one lead with their places, in the order they were made.
#[derive(Default)]
struct Own {
    outcomes: Vec<(String, LeadRecord)>,
    copies: Vec<(String, CopyRecord)>,
}

impl Own {
    /// What they say that moved in the ledger, by event.
    fn moved(&self) -> Vec<Moved> {
        let outcomes = self.outcomes.iter().map(|(_, record)| (record.event, &record.entries));
        let copies = self.copies.iter().map(|(_, record)| (record.event, &record.entries));
        let mut all: Vec<_> = outcomes.chain(copies).collect();
        all.sort_by_key(|(event, _)| *event);
        all.into_iter().flat_map(|(event, entries)| entries.iter().map(move |line| (event, line.clone()))).collect()
    }
}

/// Holds every lead against its records; how many are finished.
async fn leads_hold(
    tx: &mut Tx,
    end: &End,
    batches: &mut Batches,
    damaged: &mut Vec<String>,
    violations: &mut Vec<String>,
) -> Result<i64, StoreError> {
    let (mut finished, mut after) = (0, (String::new(), String::new()));
    loop {
        let rows = sql("SELECT l.tenant_id, l.id, l.state, l.reason, l.buyer_id, l.contract_id, l.revenue, l.payout, \
             l.currency, l.sealed_body, t.doc AS trace FROM leads l \
             LEFT JOIN traces t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id \
             WHERE (l.tenant_id, l.id) > ($1, $2) ORDER BY l.tenant_id, l.id LIMIT $3")
        .bind(&after.0)
        .bind(&after.1)
        .bind(STEP)
        .all(&mut **tx)
        .await?;
        let upto = match rows.last() {
            Some(last) => Some((last.text("tenant_id")?, last.text("id")?)),
            None => None,
        };
        let mut records = records_between(tx, &after, upto.as_ref(), batches, damaged).await?;
        let moved = moved_between(tx, &after, upto.as_ref()).await?;
        let sent = copies::sent_between(tx, &after, upto.as_ref()).await?;
        for row in &rows {
            let key = (row.text("tenant_id")?, row.text("id")?);
            let open = row.text("state")? == LeadState::Processing.name();
            finished += i64::from(!open);
            let wrong = match records.remove(&key) {
                None if open || key.1 <= end.after_lead => None,
                None => Some("no record".to_owned()),
                Some(own) if own.outcomes.is_empty() && open => None,
                Some(own) => {
                    let copies = copies::contradiction(sent.get(&key).map_or(&[], Vec::as_slice), &own.copies);
                    let moved = moved.get(&key).map_or(&[][..], Vec::as_slice);
                    // One that is auctioned again stands elsewhere than its last record says.
                    if open { copies } else { contradiction(row, &own, moved)?.or(copies) }
                }
            };
            violations.extend(wrong.map(|wrong| format!("{} {}: {wrong}", key.0, key.1)));
        }
        violations.extend(records.keys().map(|(tenant, lead)| format!("{tenant} {lead}: gone")));
        let Some(last) = upto else { return Ok(finished) };
        after = last;
    }
}

/// The records of the leads after one up to another, or to the end.
async fn records_between(
    tx: &mut Tx,
    after: &LeadKey,
    upto: Option<&LeadKey>,
    batches: &mut Batches,
    damaged: &mut Vec<String>,
) -> Result<BTreeMap<LeadKey, Own>, StoreError> {
    let mut statement = sql(RECORDS)
        .text("IN (")
        .param(LEAD)
        .text(", ")
        .param(COPY)
        .text(") AND (tenant_id, subject) > (")
        .param(&after.0);
    statement = statement.text(", ").param(&after.1).text(")");
    if let Some((tenant, lead)) = upto {
        statement = statement.text(" AND (tenant_id, subject) <= (").param(tenant).text(", ").param(lead).text(")");
    }
    let rows = statement.text(" ORDER BY tenant_id, subject, batch, position").all(&mut **tx).await?;
    let mut found = BTreeMap::<LeadKey, Own>::new();
    for row in &rows {
        let own = found.entry((row.text("tenant_id")?, row.text("subject")?)).or_default();
        match placed(row, batches, damaged)? {
            Placed { place, record: Some(Record::Lead(lead)) } => own.outcomes.push((place, lead)),
            Placed { place, record: Some(Record::Copy(copy)) } => own.copies.push((place, copy)),
            Placed { .. } => {}
        }
    }
    Ok(found)
}

/// What moved in the ledger for the leads after one up to another.
async fn moved_between(
    tx: &mut Tx,
    after: &LeadKey,
    upto: Option<&LeadKey>,
) -> Result<HashMap<LeadKey, Vec<Moved>>, StoreError> {
    let mut found = HashMap::<LeadKey, Vec<_>>::new();
    let Some(upto) = upto else { return Ok(found) };
    let rows = sql("SELECT tenant_id, lead_id, event_id, account, kind, amount, currency FROM ledger_entries \
         WHERE (tenant_id, lead_id) > ($1, $2) AND (tenant_id, lead_id) <= ($3, $4) \
         ORDER BY tenant_id, lead_id, event_id, line")
    .bind(&after.0)
    .bind(&after.1)
    .bind(&upto.0)
    .bind(&upto.1)
    .all(&mut **tx)
    .await?;
    for row in &rows {
        let line = Line(row.text("account")?, row.text("kind")?, row.micros("amount")?, row.parsed("currency")?);
        let key = (row.text("tenant_id")?, row.text("lead_id")?);
        found.entry(key).or_default().push((row.parsed("event_id")?, line));
    }
    Ok(found)
}

/// What a lead says else than its records, in the order they were made.
fn contradiction(row: &AnyRow, own: &Own, moved: &[Moved]) -> Result<Option<String>, StoreError> {
    let records = &own.outcomes;
    // Records that cannot be read were reported as such.
    let Some((place, last)) = records.last() else { return Ok(None) };
    let text = |id: Option<&dyn std::fmt::Display>| id.map(ToString::to_string);
    let columns = [
        ("state", Some(last.state.name().to_owned())),
        ("reason", last.reason.map(|reason| reason.code().to_owned())),
        ("buyer_id", text(last.buyer.as_ref().map(|id| id as _))),
        ("contract_id", text(last.contract.as_ref().map(|id| id as _))),
        ("currency", text(last.currency.as_ref().map(|id| id as _))),
    ];
    for (column, recorded) in columns {
        if row.text_opt(column)? != recorded {
            return Ok(Some(format!("its {column} is not that of {place}")));
        }
    }
    for (column, recorded) in [("revenue", last.revenue), ("payout", last.payout)] {
        if row.int_opt(column)? != recorded.map(|amount| amount.0) {
            return Ok(Some(format!("its {column} is not that of {place}")));
        }
    }
    // An outcome without a trace keeps the one before.
    let traced = records.iter().rev().find_map(|(place, record)| Some((place, record.trace?)));
    let stored = row.text_opt("trace")?.map(|trace| Digest::of(trace.as_bytes()));
    if stored != traced.map(|(_, trace)| trace) {
        let place = traced.map_or(place, |(place, _)| place);
        return Ok(Some(format!("its trace is not that of {place}")));
    }
    // Ciphertext that was destroyed with its key is no contradiction.
    let body = row.bytes("sealed_body")?;
    let sealed = Digest::of(&body);
    if let Some((place, _)) = records.iter().find(|(_, record)| !body.is_empty() && record.sealed != sealed) {
        return Ok(Some(format!("its sealed values are not those of {place}")));
    }
    Ok((own.moved() != moved).then(|| format!("its ledger entries are not those of {place}")))
}

/// Holds what is configured against the latest record of each thing; how much is configured.
async fn things_hold(
    tx: &mut Tx,
    end: &End,
    batches: &mut Batches,
    damaged: &mut Vec<String>,
    violations: &mut Vec<String>,
) -> Result<i64, StoreError> {
    let mut latest = BTreeMap::<(TenantId, Thing, String), (String, Option<Digest>)>::new();
    let statement = sql(RECORDS).text("NOT IN (").param(LEAD).text(", ").param(COPY).text(") ORDER BY batch, position");
    for row in statement.all(&mut **tx).await? {
        if let Placed { place, record: Some(Record::Change(change)) } = placed(&row, batches, damaged)? {
            latest.insert((change.tenant, change.thing, change.id), (place, change.document));
        }
    }
    let stored = current(tx).await?;
    let count = i64::try_from(stored.len()).unwrap_or(i64::MAX);
    if end.number == 0 {
        // Nothing was ever sealed: the first batch will begin with what is there.
        return Ok(count);
    }
    for Changed { tenant, thing, id, document } in stored {
        let wrong = match latest.remove(&(tenant, thing, id.clone())) {
            None => Some("no record".to_owned()),
            Some((place, recorded)) if recorded != document => Some(format!("not that of {place}")),
            Some(_) => None,
        };
        violations.extend(wrong.map(|wrong| format!("{tenant} {} {id}: {wrong}", thing.name())));
    }
    let gone = latest.into_iter().filter(|(_, (_, document))| document.is_some());
    violations.extend(gone.map(|((tenant, thing, id), _)| format!("{tenant} {} {id}: gone", thing.name())));
    Ok(count)
}
