//! The one reader of the hot path: what is known of leads that come in. Whoever waits is asked for in one go, as the writer
//! writes what waits in one transaction.
//!
//! A question costs nearly the same for one lead as for ten: whatever a reader kept of the database is stale once something
//! was written. So under load the reader lets a few gather, as the writer does; a lonely lead waits for nobody.

use super::company::Company;
use std::time::Duration;
use store::{Known, Newcomer, Store, StoreError};
use tokio::{
    sync::{mpsc, oneshot},
    time::Instant,
};

/// At most so many leads in one question.
const BATCH: usize = 64;
/// At most so many leads wait.
const QUEUE: usize = 1024;
/// Who is asked for together.
const COMPANY: Company = Company { most: BATCH, each: Duration::from_millis(2), longest: Duration::from_millis(8) };

type Reply = oneshot::Sender<Result<Known, StoreError>>;

/// The way to the reader. Cheap to clone.
#[derive(Debug, Clone)]
pub(super) struct Lookup(mpsc::Sender<(Newcomer, Reply)>);

impl Lookup {
    pub(super) fn start(store: Store) -> Self {
        let (sender, receiver) = mpsc::channel(QUEUE);
        tokio::spawn(answer(store, receiver));
        Self(sender)
    }

    /// What is known of a lead.
    ///
    /// # Errors
    /// What the store says.
    pub(super) async fn ask(&self, newcomer: Newcomer) -> Result<Known, StoreError> {
        let (reply, answer) = oneshot::channel();
        // When the reader is gone the reply is dropped, which is seen below.
        let _ = self.0.send((newcomer, reply)).await;
        answer.await.unwrap_or_else(|_| Err(StoreError::Broken("the reader has stopped".into())))
    }
}

async fn answer(store: Store, mut waiting: mpsc::Receiver<(Newcomer, Reply)>) {
    let mut batch = Vec::with_capacity(BATCH);
    let mut gathering = Duration::ZERO;
    while waiting.recv_many(&mut batch, BATCH).await > 0 {
        // A timer that is due at once still takes up to a millisecond, which a lonely lead would wait.
        if !gathering.is_zero() {
            let until = Instant::now() + gathering;
            COMPANY.gather(&mut waiting, &mut batch, |_| until).await;
        }
        gathering = COMPANY.after(batch.len());
        let (newcomers, replies): (Vec<_>, Vec<_>) = batch.drain(..).unzip();
        match store.known(&newcomers).await {
            // Who asked may be gone.
            Ok(known) => replies.into_iter().zip(known).for_each(|(reply, known)| drop(reply.send(Ok(known)))),
            Err(error) => replies.into_iter().for_each(|reply| drop(reply.send(Err(error.clone())))),
        }
    }
}
