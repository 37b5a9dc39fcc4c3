//! The audit as it is stored: every group commit seals what it recorded as one batch, in its own transaction, and so does
//! every change of the configuration. `exchange::audit` says what is hashed and signed.

mod change;
mod proof;
mod seal;

pub(crate) use change::{Change, Changed, current, key_document, seal_changes, tenant_document};
pub(crate) use seal::{COLUMNS, batch, seal};

use crate::{Copied, Outcome, Store, StoreError};
use exchange::audit::{CopyRecord, Digest, LeadRecord, Line, PublicKey, Record, Signer, record::VERSION};
use model::{BuyerId, ContractId, TenantId, Timestamp};
use std::{fmt, sync::Arc};

/// Who seals batches, and the clock that says when. Cheap to clone.
#[derive(Clone)]
pub struct Notary(Arc<Inner>);

struct Inner {
    signer: Signer,
    now: Box<dyn Fn() -> Timestamp + Send + Sync>,
}

impl fmt::Debug for Notary {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.debug_tuple("Notary").field(&self.0.signer).finish()
    }
}

impl Notary {
    /// Seals with this key by this clock.
    pub fn new(signer: Signer, now: impl Fn() -> Timestamp + Send + Sync + 'static) -> Self {
        Self(Arc::new(Inner { signer, now: Box::new(now) }))
    }

    /// The key that its signatures are verified with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        self.0.signer.public()
    }

    fn now(&self) -> Timestamp {
        (self.0.now)()
    }
}

impl Store {
    /// The same store, which may now write what is audited: outcomes of leads and changes of the configuration. Without a
    /// notary they are refused.
    #[must_use]
    pub fn with_notary(self, notary: Notary) -> Self {
        Self { notary: Some(notary), ..self }
    }

    pub(crate) fn notary(&self) -> Result<&Notary, StoreError> {
        self.notary.as_ref().ok_or_else(|| StoreError::broken("the store was opened to read: nothing can be sealed"))
    }
}

/// A record about to be sealed.
pub(crate) struct Entry {
    tenant: TenantId,
    kind: &'static str,
    subject: String,
    text: String,
}

/// The kind of the records of leads.
pub(crate) const LEAD: &str = "lead";
/// The kind of the records of copies. They are about their lead.
pub(crate) const COPY: &str = "copy";

/// The record of a copy that came out; `sealed` is the hash of the lead's sealed personal values.
pub(crate) fn of_copy(
    copied: &Copied,
    (buyer, contract): (BuyerId, ContractId),
    sealed: Digest,
) -> Result<Entry, StoreError> {
    let record = Record::Copy(CopyRecord {
        v: VERSION,
        tenant: copied.tenant_id,
        lead: copied.lead_id,
        event: copied.event_id,
        at: copied.at,
        copy: copied.copy_id,
        buyer,
        contract,
        state: copied.state.name().to_owned(),
        paid: copied.paid,
        entries: copied.entries.iter().map(Line::from).collect(),
        configuration: copied.config_version,
        sealed,
    });
    let text = record.text().map_err(StoreError::broken)?;
    Ok(Entry { tenant: copied.tenant_id, kind: COPY, subject: copied.lead_id.to_string(), text })
}

/// The record of an outcome that was taken down; `sealed` is the hash of the lead's sealed personal values.
pub(crate) fn of_outcome(outcome: &Outcome, sealed: Digest) -> Result<Entry, StoreError> {
    let money = outcome.revenue.or(outcome.payout);
    let record = Record::Lead(LeadRecord {
        v: VERSION,
        tenant: outcome.tenant_id,
        lead: outcome.lead_id,
        event: outcome.event_id,
        at: outcome.at,
        campaign: outcome.campaign_id,
        source: outcome.source_id,
        state: outcome.state,
        reason: outcome.reason,
        buyer: outcome.buyer_id,
        contract: outcome.contract_id,
        revenue: outcome.revenue.map(|money| money.amount),
        payout: outcome.payout.map(|money| money.amount),
        currency: money.map(|money| money.currency),
        entries: outcome.entries.iter().map(Line::from).collect(),
        configuration: outcome.config_version,
        trace: outcome.trace.as_ref().map(|trace| Digest::of(trace.doc.as_bytes())),
        sealed,
    });
    let text = record.text().map_err(StoreError::broken)?;
    Ok(Entry { tenant: outcome.tenant_id, kind: LEAD, subject: outcome.lead_id.to_string(), text })
}
