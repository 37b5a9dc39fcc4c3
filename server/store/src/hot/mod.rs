//! The hot path. The pipeline's one writer hands over batches; each batch is one transaction with a constant number of
//! statements, whatever its size, and one flush to the disk.
//!
//! A batch goes through three steps: [`received`] stores new leads, [`load`] locks and reads everything that intents and
//! outcomes are decided by, [`desk`] decides them in memory in the order they came, and [`write`] stores what changed. What
//! came out is sealed by [`crate::audit`].
//! Every server takes its locks in the same order (idempotency, leads, prints, counters, balances, the end of the audit's
//! chain; sorted inside each), so two of them cannot wait for each other.

mod copies;
mod desk;
mod load;
mod received;
mod types;
mod write;

pub use copies::{Copied, CopyReceipt, NewCopy, Reopen};
pub(crate) use copies::{EXCLUDED, state as copy_state};
pub(crate) use desk::{Desk, keys};
pub use types::*;

use crate::{Store, StoreError, audit};

impl Store {
    /// Stores a batch. The receipts come in the order of the records; records see what earlier ones of the same batch did.
    ///
    /// # Errors
    /// [`StoreError::Busy`] or [`StoreError::Broken`], and then nothing of the batch is stored.
    pub async fn commit(&self, batch: &[Record]) -> Result<Vec<Receipt>, StoreError> {
        if batch.is_empty() {
            return Ok(Vec::new());
        }
        let mut tx = self.begin_write().await?;
        let mut fresh = received::store(&mut tx, batch).await?.into_iter();
        let mut desk = Desk::default();
        load::fill(&mut tx, self.engine, &mut desk, batch).await?;
        let mut receipts = Vec::with_capacity(batch.len());
        let mut sealed = Vec::new();
        for record in batch {
            let receipt = match record {
                Record::Received(_) => {
                    Receipt::Received(fresh.next().ok_or_else(|| StoreError::broken("a received lead got no receipt"))?)
                }
                Record::Intent(intent) => Receipt::Intent(desk.intent(intent)),
                Record::Outcome(outcome) => Receipt::Outcome(desk.outcome(outcome)),
                Record::Resolution(resolution) => Receipt::Outcome(desk.resolution(resolution)),
                Record::Return(back) => Receipt::Outcome(desk.give_back(back)),
                Record::Copy(copy) => Receipt::Copy(desk.copy(copy)),
                Record::Copied(copied) => Receipt::Outcome(desk.copied(copied)),
                Record::Reopen(reopen) => Receipt::Outcome(desk.reopen(reopen)),
                Record::Note(note) => {
                    desk.notes.push(note.clone());
                    Receipt::Noted
                }
                Record::Ping(ping) => {
                    desk.pings.push((**ping).clone());
                    Receipt::Noted
                }
                Record::Refused(refused) => {
                    desk.refused(refused);
                    Receipt::Refused
                }
            };
            if let (Some(outcome), Receipt::Outcome(OutcomeReceipt::Done)) = (ended(record), &receipt) {
                sealed.push(audit::of_outcome(outcome, desk.sealed(outcome)?)?);
            }
            if let (Record::Copied(copied), Receipt::Outcome(OutcomeReceipt::Done)) = (record, &receipt) {
                sealed.push(desk.seal_copy(copied)?);
            }
            receipts.push(receipt);
        }
        let mut script = write::script(&desk)?;
        if !sealed.is_empty() {
            script = audit::seal(&mut tx, self.engine, self.notary()?, script, sealed).await?;
        }
        script.run(&mut tx, self.engine).await?;
        tx.commit().await?;
        Ok(receipts)
    }
}

/// The outcome in a record that brings one.
fn ended(record: &Record) -> Option<&Outcome> {
    match record {
        Record::Outcome(outcome) => Some(outcome),
        Record::Resolution(resolution) => Some(&resolution.outcome),
        Record::Return(back) => Some(&back.outcome),
        Record::Received(_)
        | Record::Intent(_)
        | Record::Copy(_)
        | Record::Copied(_)
        | Record::Reopen(_)
        | Record::Refused(_)
        | Record::Note(_)
        | Record::Ping(_) => None,
    }
}
