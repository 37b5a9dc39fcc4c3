//! What the buyers remember: their own truth of what they bought, the bids they stand by, and what they were sent.

use super::{
    faults::{Fault, Settings},
    habits::Attributes,
};
use model::Timestamp;
use serde::Serialize;
use std::{
    collections::{HashMap, HashSet, VecDeque},
    fs::{File, OpenOptions},
    io::{self, Write},
    path::Path,
};

/// Requests kept in the journal.
const JOURNAL: usize = 10_000;
/// How long a bid holds, in milliseconds.
const BID_LIFE_MS: i64 = 60_000;

/// A lead a buyer took.
#[derive(Debug, Clone, PartialEq, Eq, Serialize)]
pub(super) struct Sale {
    pub(super) lead_id: String,
    pub(super) buyer: &'static str,
    /// As a decimal.
    pub(super) price: String,
    pub(super) at: String,
}

/// A request as it came. Personal values stay in memory and leave only through the control API.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Request {
    pub(super) at: String,
    pub(super) buyer: String,
    pub(super) phase: String,
    pub(super) method: String,
    /// Header names and values, credentials blotted out.
    pub(super) headers: Vec<(String, String)>,
    pub(super) body: String,
    /// What was wrong with it, if anything.
    pub(super) note: Option<String>,
}

/// A bid a buyer stands by.
#[derive(Debug, Clone)]
pub(super) struct Bid {
    pub(super) lead_id: String,
    pub(super) cents: i64,
    pub(super) lead: Attributes,
    at: Timestamp,
}

/// Everything remembered.
#[derive(Debug, Default)]
pub(super) struct Book {
    pub(super) sales: Vec<Sale>,
    pub(super) journal: VecDeque<Request>,
    pub(super) double_posts: u64,
    pub(super) personal_in_pings: u64,
    pub(super) settings: HashMap<String, Settings>,
    bids: HashMap<(&'static str, String), Bid>,
    posted: HashSet<(&'static str, String)>,
    ledger: Option<File>,
}

impl Book {
    pub(super) fn keep_in(&mut self, path: &Path) -> io::Result<()> {
        self.ledger = Some(OpenOptions::new().create(true).append(true).open(path)?);
        Ok(())
    }

    pub(super) fn note(&mut self, request: Request) {
        if self.journal.len() == JOURNAL {
            self.journal.pop_front();
        }
        self.journal.push_back(request);
    }

    /// Remembers a bid; its token names lead and price, so the same ping gets the same token.
    pub(super) fn bid(
        &mut self,
        buyer: &'static str,
        lead_id: &str,
        cents: i64,
        lead: Attributes,
        at: Timestamp,
    ) -> String {
        let token = format!("{buyer}-{lead_id}-{cents}");
        self.bids.insert((buyer, token.clone()), Bid { lead_id: lead_id.to_owned(), cents, lead, at });
        token
    }

    /// The bid behind a token.
    ///
    /// # Errors
    /// Why there is none.
    pub(super) fn take_bid(&mut self, buyer: &'static str, token: &str, now: Timestamp) -> Result<Bid, &'static str> {
        let bid = self.bids.get(&(buyer, token.to_owned())).ok_or("Unknown ping id")?;
        if now.millis_since(bid.at) > BID_LIFE_MS {
            return Err("Expired ping id");
        }
        Ok(bid.clone())
    }

    /// Whether a lead is posted to a buyer for the first time.
    pub(super) fn first_post(&mut self, buyer: &'static str, lead_id: &str) -> bool {
        let first = self.posted.insert((buyer, lead_id.to_owned()));
        self.double_posts += u64::from(!first);
        first
    }

    /// Writes a purchase down, durably when there is a file.
    pub(super) fn sell(&mut self, sale: Sale) {
        if let Some(file) = &mut self.ledger {
            let line = serde_json::to_string(&sale).unwrap_or_default();
            if let Err(error) = writeln!(file, "{line}").and_then(|()| file.flush()) {
                tracing::error!(%error, "the sandbox's ledger cannot be written");
            }
        }
        self.sales.push(sale);
    }

    /// The fault that is due for a call, if one is; each count is used up.
    pub(super) fn fault(&mut self, buyer: &str, phase: &str) -> Option<Fault> {
        self.settings.get_mut(buyer)?.due(phase)
    }

    pub(super) fn reset(&mut self) {
        *self = Self { ledger: self.ledger.take(), ..Self::default() };
    }
}
