//! The way into the store, with everything that can go wrong on it.

use super::ground::Shared;
use crate::pipeline::seams::Journal;
use async_trait::async_trait;
use model::{Micros, TenantId};
use std::time::Duration;
use store::{AttemptState, CopyReceipt, IntentReceipt, OutcomeReceipt, Receipt, Record, Store, StoreError};

/// The store behind its faults.
pub(super) struct Faulty {
    pub(super) ground: Shared,
    pub(super) store: Store,
}

/// What happens to one commit.
enum Fate {
    Well,
    Slow(Duration),
    Busy,
    /// Nothing is written.
    Refused,
    /// All is written, and nobody learns of it.
    Lost,
    KilledBefore,
    KilledAfter,
}

#[async_trait]
impl Journal for Faulty {
    async fn commit(&self, records: &[Record]) -> Result<Vec<Receipt>, StoreError> {
        let fate = self.fate();
        match fate {
            Fate::Slow(wait) => tokio::time::sleep(wait).await,
            Fate::Busy => return Err(StoreError::Busy),
            Fate::Refused => return Err(StoreError::Broken("the disk is full".into())),
            Fate::KilledBefore => self.ground.kill().await,
            Fate::Well | Fate::Lost | Fate::KilledAfter => {}
        }
        // A server that is dying begins nothing any more.
        if !self.ground.begin_writing() {
            std::future::pending::<()>().await;
        }
        let written = self.store.commit(records).await;
        if let Ok(receipts) = &written {
            self.note(records, receipts);
        }
        self.ground.written().await;
        let receipts = written?;
        self.within_limits().await?;
        match fate {
            Fate::Lost => Err(StoreError::Broken("the connection broke while committing".into())),
            Fate::KilledAfter => {
                self.ground.kill().await;
                Ok(receipts)
            }
            _ => Ok(receipts),
        }
    }
}

impl Faulty {
    fn fate(&self) -> Fate {
        let mut ground = self.ground.lock();
        if !ground.faults {
            return Fate::Well;
        }
        match ground.dice.below(100) {
            0..3 => Fate::Slow(ground.dice.millis(50, 3_000)),
            3..6 => Fate::Busy,
            6 => Fate::Refused,
            7 => Fate::Lost,
            8 => Fate::KilledBefore,
            9 => Fate::KilledAfter,
            _ => Fate::Well,
        }
    }

    /// Takes down what is durable now.
    fn note(&self, records: &[Record], receipts: &[Receipt]) {
        let mut ground = self.ground.lock();
        for (record, receipt) in records.iter().zip(receipts) {
            match (record, receipt) {
                (Record::Intent(intent), Receipt::Intent(IntentReceipt::Reserved)) => {
                    ground.reserve((intent.lead_id, intent.contract_id), intent.tenant_id, &intent.demands);
                }
                (Record::Copy(copy), Receipt::Copy(CopyReceipt::Reserved)) => {
                    ground.reserve((copy.lead_id, copy.contract_id), copy.tenant_id, &copy.demands);
                }
                (Record::Outcome(outcome), Receipt::Outcome(OutcomeReceipt::Done)) => {
                    ground.came_out(outcome.lead_id, outcome.state, false);
                }
                (Record::Resolution(resolution), Receipt::Outcome(OutcomeReceipt::Done)) => {
                    let outcome = &resolution.outcome;
                    let one_more = outcome.settles.iter().any(|settle| settle.state == AttemptState::Accepted);
                    ground.came_out(outcome.lead_id, outcome.state, one_more);
                }
                (Record::Return(back), Receipt::Outcome(OutcomeReceipt::Done)) => {
                    // A lead that others still have is told of when its source loses something.
                    let less = back.outcome.fact.payout != Micros::ZERO;
                    ground.came_out(back.outcome.lead_id, back.outcome.state, less);
                }
                _ => {}
            }
        }
    }

    async fn within_limits(&self) -> Result<(), StoreError> {
        let keys: Vec<(TenantId, _)> = self.ground.lock().limits.keys().copied().collect();
        let counters = self.store.counters(&keys).await?;
        let mut ground = self.ground.lock();
        for (key, counter) in &counters {
            ground.fits(key, counter);
        }
        Ok(())
    }
}
