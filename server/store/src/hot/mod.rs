//! The hot path. The pipeline's one writer hands over batches; each batch is one transaction with a constant number of
//! statements, whatever its size, and one flush to the disk.
//!
//! A batch goes through three steps: [`received`] stores new leads, [`load`] locks and reads everything that intents and
//! outcomes are decided by, [`desk`] decides them in memory in the order they came, and [`write`] stores what changed.
//! Every server takes its locks in the same order (idempotency, leads, prints, counters, balances; sorted inside each), so
//! two of them cannot wait for each other.

mod desk;
mod load;
mod received;
mod types;
mod write;

pub(crate) use desk::{Desk, keys};
pub use types::*;

use crate::{Store, StoreError};

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
        for record in batch {
            receipts.push(match record {
                Record::Received(_) => {
                    Receipt::Received(fresh.next().ok_or_else(|| StoreError::broken("a received lead got no receipt"))?)
                }
                Record::Intent(intent) => Receipt::Intent(desk.intent(intent)),
                Record::Outcome(outcome) => Receipt::Outcome(desk.outcome(outcome)),
                Record::Resolution(resolution) => Receipt::Outcome(desk.resolution(resolution)),
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
            });
        }
        write::all(&mut tx, self.engine, &desk).await?;
        tx.commit().await?;
        Ok(receipts)
    }
}
