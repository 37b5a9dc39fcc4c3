//! The one writer of the hot path. Whatever waits is written in one transaction, so concurrent leads share its cost; a
//! record is durable when its receipt comes back.

use async_trait::async_trait;
use std::sync::Arc;
use store::{Receipt, Record, Store, StoreError};
use tokio::sync::{Notify, mpsc, oneshot};

/// At most so many records in one transaction.
const BATCH: usize = 256;
/// At most so many records wait.
const QUEUE: usize = 4096;
/// How often a busy database is asked again before the record is given up.
const TRIES: usize = 3;

/// Where records become durable: the store. The simulation puts faults before it.
#[async_trait]
pub(crate) trait Journal: Send + Sync {
    /// Writes all of them in one transaction; [`Store::commit`].
    async fn commit(&self, records: &[Record]) -> Result<Vec<Receipt>, StoreError>;
}

#[async_trait]
impl Journal for Store {
    async fn commit(&self, records: &[Record]) -> Result<Vec<Receipt>, StoreError> {
        Self::commit(self, records).await
    }
}

type Reply = oneshot::Sender<Result<Receipt, StoreError>>;

/// The way to the writer. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Recorder(mpsc::Sender<(Record, Reply)>);

/// A record on its way.
pub(super) type Pending = oneshot::Receiver<Result<Receipt, StoreError>>;

impl Recorder {
    pub(super) fn start(journal: Arc<dyn Journal>, outbox: Arc<Notify>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write_batches(journal, outbox, receiver));
        Self(sender)
    }

    /// Queues a record; the receipt comes when it is durable.
    pub(super) async fn queue(&self, record: Record) -> Pending {
        let (reply, pending) = oneshot::channel();
        // When the writer is gone the reply is dropped, which the receiver sees.
        let _ = self.0.send((record, reply)).await;
        pending
    }

    /// Writes a record and waits until it is durable.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn write(&self, record: Record) -> Result<Receipt, StoreError> {
        receipt(self.queue(record).await).await
    }
}

/// Waits for a receipt.
///
/// # Errors
/// What the store says.
pub(super) async fn receipt(pending: Pending) -> Result<Receipt, StoreError> {
    pending.await.unwrap_or_else(|_| Err(StoreError::Broken("the writer has stopped".into())))
}

async fn write_batches(journal: Arc<dyn Journal>, outbox: Arc<Notify>, mut waiting: mpsc::Receiver<(Record, Reply)>) {
    let mut batch = Vec::with_capacity(BATCH);
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        let (records, replies): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        let told = records.iter().any(|record| matches!(record, Record::Outcome(outcome) if !outcome.jobs.is_empty()));
        match commit(&*journal, &records).await {
            Ok(receipts) => {
                for (reply, receipt) in replies.into_iter().zip(receipts) {
                    let _ = reply.send(Ok(receipt));
                }
            }
            // One bad record must not take the others with it.
            Err(error) if records.len() > 1 && error != StoreError::Busy => {
                tracing::error!(%error, records = records.len(), "a batch could not be written; writing one by one");
                for (record, reply) in records.into_iter().zip(replies) {
                    let result = commit(&*journal, std::slice::from_ref(&record)).await;
                    let _ = reply.send(result.and_then(first));
                }
            }
            Err(error) => {
                tracing::error!(%error, records = records.len(), "records could not be written");
                for reply in replies {
                    let _ = reply.send(Err(error.clone()));
                }
            }
        }
        if told {
            outbox.notify_one();
        }
    }
}

async fn commit(journal: &dyn Journal, records: &[Record]) -> Result<Vec<Receipt>, StoreError> {
    let mut tries = 1;
    loop {
        match journal.commit(records).await {
            // The store waited for its lock already, and wrote nothing.
            Err(StoreError::Busy) if tries < TRIES => tries += 1,
            result => return result,
        }
    }
}

fn first(receipts: Vec<Receipt>) -> Result<Receipt, StoreError> {
    receipts.into_iter().next().ok_or_else(|| StoreError::Broken("a record without a receipt".into()))
}
