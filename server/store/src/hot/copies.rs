//! What follows when a lead has come out: copies for silent contracts, and another round. Records of their own, so that
//! nothing of them can be taken for a post.

use super::{
    AttemptState, OutcomeReceipt, Record,
    desk::{Desk, LeadKey, NewEvent, keys},
};
use crate::{
    StoreError, audit,
    counters::CounterKey,
    read::Read,
    sql::{Script, json, parts, sql},
};
use exchange::{
    audit::Digest,
    caps::{Counter, Demand},
    ledger::Entry,
    rollup::LeadFact,
};
use model::{
    AttemptId, BuyerId, CampaignId, ContractId, EventId, LeadId, Micros, ProcessId, TenantId, Timestamp,
    lead::LeadState,
};
use sqlx::any::AnyRow;
use std::collections::BTreeSet;

/// A silent contract's copy of a lead: it may leave when this is stored, and not before. Or why it gets none.
#[derive(Debug, Clone)]
pub struct NewCopy {
    /// Whose.
    pub tenant_id: TenantId,
    /// The lead's campaign.
    pub campaign_id: CampaignId,
    /// The lead.
    pub lead_id: LeadId,
    /// The copy.
    pub copy_id: AttemptId,
    /// For which contract.
    pub contract_id: ContractId,
    /// Of which buyer.
    pub buyer_id: BuyerId,
    /// The price that is reserved.
    pub price: Micros,
    /// The cap counters it has to fit into.
    pub demands: Vec<Demand>,
    /// When.
    pub at: Timestamp,
    /// JSON of a [`model::trace::Verdict`].
    pub verdict: String,
    /// Why it is not sent, for the figures; none: it is sent.
    pub against: Option<(EventId, LeadFact)>,
}

/// What became of a [`NewCopy`].
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum CopyReceipt {
    /// Its places in the caps and its row are stored: it may leave.
    Reserved,
    /// Why it is not sent is stored.
    Noted,
    /// A cap is full; nothing is stored.
    CapFull {
        /// What was asked of it.
        demand: Demand,
        /// What it holds.
        counter: Counter,
    },
    /// The contract was sent its copy, or the lead itself, before; nothing is stored.
    Known(AttemptState),
    /// There is no such lead; nothing is stored.
    Gone,
}

/// How a copy came out.
#[derive(Debug, Clone)]
pub struct Copied {
    /// Whose.
    pub tenant_id: TenantId,
    /// The lead.
    pub lead_id: LeadId,
    /// The copy.
    pub copy_id: AttemptId,
    /// How it came out.
    pub state: AttemptState,
    /// What its buyer pays, when it took it.
    pub paid: Option<Micros>,
    /// The buyer's id for it.
    pub reference: Option<String>,
    /// When it was known.
    pub at: Timestamp,
    /// JSON of a [`model::trace::Verdict`]; none keeps what is stored.
    pub verdict: Option<String>,
    /// What moves in the ledger.
    pub entries: Vec<Entry>,
    /// What figures count.
    pub fact: LeadFact,
    /// The event that carries the fact and names the ledger's movement.
    pub event_id: EventId,
    /// The version of the configuration that it was sent by.
    pub config_version: i64,
}

/// A lead that nobody bought is auctioned again. It has to be unsold after exactly the round before, with no post in doubt.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Reopen {
    /// Whose.
    pub tenant_id: TenantId,
    /// The lead.
    pub lead_id: LeadId,
    /// Who auctions it.
    pub owner: ProcessId,
    /// The round that begins, from 1.
    pub round: u8,
    /// When.
    pub at: Timestamp,
}

/// A copy, stored or to be stored.
#[derive(Debug, Clone)]
pub struct StoredCopy {
    id: AttemptId,
    campaign_id: CampaignId,
    contract_id: ContractId,
    buyer_id: BuyerId,
    price: Micros,
    caps: Vec<Demand>,
    /// None: it was decided against.
    state: Option<AttemptState>,
    paid: Option<Micros>,
    reference: Option<String>,
    verdict: String,
    at: Timestamp,
    settled_at: Option<Timestamp>,
    changed: bool,
}

/// The word of a copy that was decided against.
pub(crate) const EXCLUDED: &str = "excluded";

impl Desk {
    /// Takes a copy's reservation, all of it or nothing; or writes down why there is none.
    pub(super) fn copy(&mut self, copy: &NewCopy) -> CopyReceipt {
        let lead = (copy.tenant_id, copy.lead_id);
        if !self.guards.contains_key(&lead) {
            return CopyReceipt::Gone;
        }
        let copies = self.copies.entry(lead).or_default();
        if let Some(StoredCopy { id, state: Some(state), .. }) =
            copies.iter().find(|earlier| earlier.contract_id == copy.contract_id)
        {
            // The same again (its first receipt was lost) is reserved still.
            let again = *id == copy.copy_id && *state == AttemptState::Open && copy.against.is_none();
            return if again { CopyReceipt::Reserved } else { CopyReceipt::Known(*state) };
        }
        let sends = copy.against.is_none();
        // It was no silent contract when the lead was posted to it: it has seen the lead.
        let posts = self.attempts.get(&lead).map_or(&[][..], Vec::as_slice);
        if let Some(post) = posts.iter().find(|post| sends && post.contract_id == copy.contract_id) {
            return CopyReceipt::Known(post.state);
        }
        if sends {
            for demand in &copy.demands {
                let counter = self.counters.get(&(copy.tenant_id, demand.key)).copied().unwrap_or_default();
                if !counter.fits(demand.limit, copy.price) {
                    return CopyReceipt::CapFull { demand: *demand, counter };
                }
            }
            for key in keys(&copy.demands) {
                self.counter(copy.tenant_id, key).hold(copy.price);
            }
        }
        let copies = self.copies.entry(lead).or_default();
        copies.retain(|earlier| earlier.contract_id != copy.contract_id);
        copies.push(StoredCopy {
            id: copy.copy_id,
            campaign_id: copy.campaign_id,
            contract_id: copy.contract_id,
            buyer_id: copy.buyer_id,
            price: copy.price,
            caps: if sends { copy.demands.clone() } else { Vec::new() },
            state: sends.then_some(AttemptState::Open),
            paid: None,
            reference: None,
            verdict: copy.verdict.clone(),
            at: copy.at,
            settled_at: None,
            changed: true,
        });
        if let Some((id, fact)) = &copy.against {
            self.copy_event(lead, *id, copy.at, fact);
            return CopyReceipt::Noted;
        }
        CopyReceipt::Reserved
    }

    fn copy_event(&mut self, lead: LeadKey, id: EventId, at: Timestamp, fact: &LeadFact) {
        self.events.push(NewEvent { tenant_id: lead.0, id, at, lead_id: Some(lead.1), fact: fact.clone() });
    }

    /// Takes down how a copy came out, with its money; all of it or nothing.
    pub(super) fn copied(&mut self, copied: &Copied) -> OutcomeReceipt {
        let lead = (copied.tenant_id, copied.lead_id);
        let copies = self.copies.get_mut(&lead).map_or(&mut [][..], Vec::as_mut_slice);
        let open = |copy: &&mut StoredCopy| copy.state.is_some_and(|state| state.holds() && state != copied.state);
        let known = copied.state != AttemptState::Open;
        let Some(copy) = copies.iter_mut().filter(|copy| copy.id == copied.copy_id && known).find(open) else {
            return OutcomeReceipt::Fenced;
        };
        copy.state = Some(copied.state);
        copy.paid = copied.paid.filter(|_| copied.state == AttemptState::Accepted);
        copy.settled_at = Some(copied.at);
        copy.changed = true;
        if copied.reference.is_some() {
            copy.reference.clone_from(&copied.reference);
        }
        if let Some(verdict) = &copied.verdict {
            copy.verdict.clone_from(verdict);
        }
        let (caps, price) = (copy.caps.clone(), copy.price);
        for key in keys(&caps) {
            match copied.state {
                AttemptState::Open | AttemptState::Unknown => {}
                AttemptState::Accepted => {
                    self.counter(lead.0, key).confirm(price, copied.paid.unwrap_or(price));
                }
                AttemptState::Rejected | AttemptState::NotSent => self.counter(lead.0, key).release(price),
            }
        }
        for entry in &copied.entries {
            *self.balances.entry((lead.0, entry.account, entry.currency)).or_default() += entry.amount;
        }
        if !copied.entries.is_empty() {
            self.entries.push((lead, copied.event_id, copied.at, copied.entries.clone()));
        }
        self.copy_event(lead, copied.event_id, copied.at, &copied.fact);
        OutcomeReceipt::Done
    }

    /// Begins another round of a lead.
    pub(super) fn reopen(&mut self, reopen: &Reopen) -> OutcomeReceipt {
        let lead = (reopen.tenant_id, reopen.lead_id);
        let posts = self.attempts.get(&lead).map_or(&[][..], Vec::as_slice);
        let doubt = posts.iter().any(|post| post.state.holds() || post.state == AttemptState::Accepted);
        let Some(guard) = self.guards.get_mut(&lead).filter(|_| !doubt) else { return OutcomeReceipt::Fenced };
        if guard.state != LeadState::Unsold || guard.round.checked_add(1) != Some(reopen.round) {
            return OutcomeReceipt::Fenced;
        }
        (guard.state, guard.owner, guard.round) = (LeadState::Processing, reopen.owner, reopen.round);
        self.reopened.push(*reopen);
        OutcomeReceipt::Done
    }

    /// What is sealed of how a copy came out.
    pub(super) fn seal_copy(&self, copied: &Copied) -> Result<audit::Entry, StoreError> {
        let lead = (copied.tenant_id, copied.lead_id);
        let copy = self.copies.get(&lead).and_then(|all| all.iter().find(|copy| copy.id == copied.copy_id));
        let of = copy.map(|copy| (copy.buyer_id, copy.contract_id)).zip(self.guards.get(&lead));
        let ((buyer, contract), guard) =
            of.ok_or_else(|| StoreError::broken("a copy was taken down without its lead"))?;
        audit::of_copy(copied, (buyer, contract), Digest::of(&guard.sealed))
    }
}

/// The lead that a record of this file is about.
pub(super) fn lead_of(record: &Record) -> Option<LeadKey> {
    match record {
        Record::Copy(copy) => Some((copy.tenant_id, copy.lead_id)),
        Record::Copied(copied) => Some((copied.tenant_id, copied.lead_id)),
        Record::Reopen(reopen) => Some((reopen.tenant_id, reopen.lead_id)),
        _ => None,
    }
}

/// The copies of the leads whose copies the batch is about. Whoever has locked a lead is the only one to touch them.
pub(super) fn asked(asked: &mut Script, batch: &[Record]) {
    let copies = batch.iter().filter(|record| matches!(record, Record::Copy(_) | Record::Copied(_)));
    let leads: BTreeSet<LeadKey> = copies.filter_map(lead_of).collect();
    let leads: Vec<LeadKey> = leads.into_iter().collect();
    for part in parts(&leads, 2) {
        asked.add(
            sql("SELECT 'copy' AS kind, tenant_id, lead_id, id, campaign_id, contract_id, buyer_id, price, caps, state, \
                 paid, reference, verdict, at, settled_at FROM copies WHERE (tenant_id, lead_id) IN (VALUES ")
            .rows(part, |row, key| {
                row.cell(key.0).cell(key.1);
            })
            .text(") ORDER BY tenant_id, lead_id, contract_id"),
        );
    }
}

/// Puts a row where it belongs.
pub(super) fn take(row: &AnyRow, desk: &mut Desk) -> Result<(), StoreError> {
    let key = (row.parsed("tenant_id")?, row.parsed("lead_id")?);
    desk.copies.entry(key).or_default().push(StoredCopy {
        id: row.parsed("id")?,
        campaign_id: row.parsed("campaign_id")?,
        contract_id: row.parsed("contract_id")?,
        buyer_id: row.parsed("buyer_id")?,
        price: row.micros("price")?,
        caps: row.doc("caps")?,
        state: state(row)?,
        paid: row.int_opt("paid")?.map(Micros),
        reference: row.text_opt("reference")?,
        verdict: row.text("verdict")?,
        at: row.at("at")?,
        settled_at: row.at_opt("settled_at")?,
        changed: false,
    });
    Ok(())
}

/// The state of a copy; none of one that was decided against.
pub(crate) fn state(row: &AnyRow) -> Result<Option<AttemptState>, StoreError> {
    if row.text("state")? == EXCLUDED { Ok(None) } else { row.parsed("state").map(Some) }
}

/// The counters a record asks for, or its copy holds.
pub(super) fn counters(desk: &Desk, record: &Record) -> Vec<CounterKey> {
    let of = |tenant: TenantId, demands: &[Demand]| keys(demands).into_iter().map(|key| (tenant, key)).collect();
    match record {
        Record::Copy(copy) => of(copy.tenant_id, &copy.demands),
        Record::Copied(copied) => {
            let copies = desk.copies.get(&(copied.tenant_id, copied.lead_id)).map_or(&[][..], Vec::as_slice);
            copies
                .iter()
                .find(|copy| copy.id == copied.copy_id)
                .map_or_else(Vec::new, |copy| of(copied.tenant_id, &copy.caps))
        }
        _ => Vec::new(),
    }
}

/// Writes what changed.
pub(super) fn write(script: &mut Script, desk: &Desk) -> Result<(), StoreError> {
    let mut rows = Vec::new();
    for (lead, copies) in &desk.copies {
        for copy in copies.iter().filter(|copy| copy.changed) {
            rows.push((*lead, copy, json(&copy.caps)?));
        }
    }
    for part in parts(&rows, 14) {
        script.add(
            sql("INSERT INTO copies (tenant_id, lead_id, contract_id, id, campaign_id, buyer_id, price, caps, state, paid, \
                 reference, verdict, at, settled_at) VALUES ")
            .rows(part, |row, (lead, copy, caps)| {
                row.cell(lead.0).cell(lead.1).cell(copy.contract_id).cell(copy.id).cell(copy.campaign_id);
                row.cell(copy.buyer_id).cell(copy.price).cell(caps).cell(copy.state.map_or(EXCLUDED, AttemptState::name));
                row.cell(copy.paid).cell(copy.reference.as_deref()).cell(&copy.verdict).cell(copy.at);
                row.cell(copy.settled_at);
            })
            .text(
                " ON CONFLICT (tenant_id, lead_id, contract_id) DO UPDATE SET id = excluded.id, price = excluded.price, \
                 caps = excluded.caps, state = excluded.state, paid = excluded.paid, reference = excluded.reference, \
                 verdict = excluded.verdict, at = excluded.at, settled_at = excluded.settled_at",
            ),
        );
    }
    for reopen in &desk.reopened {
        let (tenant, lead) = (reopen.tenant_id, reopen.lead_id);
        script.add(
            sql("INSERT INTO rounds (tenant_id, lead_id, round, until, doc, tape) SELECT l.tenant_id, l.id, l.round, ")
                .param(reopen.at)
                .text(
                    ", t.doc, t.tape FROM leads l LEFT JOIN traces t ON t.tenant_id = l.tenant_id AND t.lead_id = l.id \
                     WHERE l.tenant_id = ",
                )
                .param(tenant)
                .text(" AND l.id = ")
                .param(lead),
        );
        script.add(
            sql("UPDATE leads SET state = 'processing', round = ")
                .param(reopen.round)
                .text(", owner = ")
                .param(reopen.owner)
                .text(" WHERE tenant_id = ")
                .param(tenant)
                .text(" AND id = ")
                .param(lead),
        );
    }
    Ok(())
}
