//! The one writer of the hot path. Whatever waits is written in one transaction, so concurrent leads share its cost; a
//! record is durable when its receipt comes back.
//!
//! A commit costs nearly the same for one record as for ten. So what nobody waits for yet goes with the next record that
//! somebody does wait for, and under load the writer lets a few gather: how long it waits follows from how many came
//! together the last time, so that a lonely lead waits for nobody.

use super::company::Company;
use async_trait::async_trait;
use std::{sync::Arc, time::Duration};
use store::{Receipt, Record, Store, StoreError};
use tokio::{
    sync::{Notify, mpsc, oneshot},
    time::Instant,
};

/// At most so many records in one transaction.
pub(super) const BATCH: usize = 256;
/// At most so many records wait.
const QUEUE: usize = 4096;
/// The longest that a record which can wait is kept for company. It is a fraction of the time that buyers take to answer a
/// ping, after which it is needed.
const PATIENCE: Duration = Duration::from_millis(40);
/// Who is written together.
const COMPANY: Company = Company { most: BATCH, each: Duration::from_millis(1), longest: Duration::from_millis(12) };
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

/// How soon a record has to be durable.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(super) enum Urgency {
    /// Somebody waits for it.
    Now,
    /// Nobody waits for it yet.
    Soon,
}

struct Item {
    record: Record,
    urgency: Urgency,
    reply: Reply,
}

/// The way to the writer. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Recorder(mpsc::Sender<Item>);

/// A record on its way.
pub(super) type Pending = oneshot::Receiver<Result<Receipt, StoreError>>;

impl Recorder {
    pub(super) fn start(journal: Arc<dyn Journal>, outbox: Arc<Notify>) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(write_batches(journal, outbox, receiver));
        Self(sender)
    }

    /// Queues a record; the receipt comes when it is durable. Records are written in the order they are queued.
    pub(super) async fn queue(&self, record: Record, urgency: Urgency) -> Pending {
        let (reply, pending) = oneshot::channel();
        // When the writer is gone the reply is dropped, which the receiver sees.
        let _ = self.0.send(Item { record, urgency, reply }).await;
        pending
    }

    /// Records that wait for the writer.
    pub(super) fn waiting(&self) -> usize {
        self.0.max_capacity() - self.0.capacity()
    }

    /// Writes a record and waits until it is durable.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn write(&self, record: Record) -> Result<Receipt, StoreError> {
        receipt(self.queue(record, Urgency::Now).await).await
    }
}

/// Waits for a receipt.
///
/// # Errors
/// What the store says.
pub(super) async fn receipt(pending: Pending) -> Result<Receipt, StoreError> {
    pending.await.unwrap_or_else(|_| Err(StoreError::Broken("the writer has stopped".into())))
}

async fn write_batches(journal: Arc<dyn Journal>, outbox: Arc<Notify>, mut waiting: mpsc::Receiver<Item>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut gathering = Duration::ZERO;
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // As long as nobody waits for any of it, and then for `gathering`.
        let began = Instant::now();
        let urgent = |batch: &[Item]| batch.iter().any(|item| item.urgency == Urgency::Now);
        let until = |batch: &[Item]| began + if urgent(batch) { gathering } else { PATIENCE };
        COMPANY.gather(&mut waiting, &mut batch, until).await;
        // What only came along says nothing of how many wait: a lonely lead's record of having come in is such.
        gathering = COMPANY.after(batch.iter().filter(|item| item.urgency == Urgency::Now).count());
        let (records, replies): (Vec<_>, Vec<_>) = batch.drain(..).map(|item| (item.record, item.reply)).unzip();
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

#[cfg(test)]
mod tests {
    use super::*;
    use model::{EventId, LeadId, TenantId, Timestamp};
    use std::sync::Mutex;

    /// How many records came in each commit, and how long after the start.
    #[derive(Default)]
    struct Seen(Mutex<Vec<(usize, Duration)>>);

    struct Watched(Arc<Seen>, Instant);

    #[async_trait]
    impl Journal for Watched {
        async fn commit(&self, records: &[Record]) -> Result<Vec<Receipt>, StoreError> {
            self.0.0.lock().unwrap().push((records.len(), self.1.elapsed()));
            tokio::time::sleep(Duration::from_millis(2)).await;
            Ok(records.iter().map(|_| Receipt::Noted).collect())
        }
    }

    fn note() -> Record {
        Record::Note(store::Note {
            tenant_id: TenantId::from_bits(1),
            lead_id: LeadId::from_bits(1),
            event_id: EventId::from_bits(1),
            at: Timestamp(1),
            kind: "late_bid",
            note: String::new(),
        })
    }

    fn recorder() -> (Recorder, Arc<Seen>) {
        let seen = Arc::<Seen>::default();
        let journal = Arc::new(Watched(Arc::clone(&seen), Instant::now()));
        (Recorder::start(journal, Arc::default()), seen)
    }

    #[tokio::test(start_paused = true)]
    async fn what_can_wait_goes_with_what_cannot() {
        let (recorder, seen) = recorder();
        let first = recorder.queue(note(), Urgency::Soon).await;
        tokio::time::sleep(Duration::from_millis(10)).await;
        assert_eq!(recorder.write(note()).await, Ok(Receipt::Noted));
        assert_eq!(receipt(first).await, Ok(Receipt::Noted));
        assert_eq!(*seen.0.lock().unwrap(), [(2, Duration::from_millis(10))]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_came_along_is_no_company() {
        let (recorder, seen) = recorder();
        let along = recorder.queue(note(), Urgency::Soon).await;
        assert_eq!(recorder.write(note()).await, Ok(Receipt::Noted));
        assert_eq!(receipt(along).await, Ok(Receipt::Noted));
        assert_eq!(recorder.write(note()).await, Ok(Receipt::Noted));
        assert_eq!(*seen.0.lock().unwrap(), [(2, Duration::ZERO), (1, Duration::from_millis(2))]);
    }

    #[tokio::test(start_paused = true)]
    async fn what_can_wait_does_not_wait_for_ever() {
        let (recorder, seen) = recorder();
        assert_eq!(receipt(recorder.queue(note(), Urgency::Soon).await).await, Ok(Receipt::Noted));
        assert_eq!(*seen.0.lock().unwrap(), [(1, PATIENCE)]);
    }

    #[tokio::test(start_paused = true)]
    async fn the_next_batch_gathers_as_long_as_the_last_was_full() {
        let (recorder, seen) = recorder();
        let lonely = recorder.queue(note(), Urgency::Now).await;
        assert_eq!(receipt(lonely).await, Ok(Receipt::Noted));
        // These come while nothing is written: together, at once.
        let mut pending = Vec::new();
        for _ in 0..5 {
            pending.push(recorder.queue(note(), Urgency::Now).await);
        }
        // This one comes while they are written, and waits for company.
        tokio::time::sleep(Duration::from_millis(1)).await;
        pending.push(recorder.queue(note(), Urgency::Now).await);
        for pending in pending {
            assert_eq!(receipt(pending).await, Ok(Receipt::Noted));
        }
        let ms = Duration::from_millis;
        assert_eq!(*seen.0.lock().unwrap(), [(1, ms(0)), (5, ms(2)), (1, ms(4) + COMPANY.after(5))]);
    }
}
