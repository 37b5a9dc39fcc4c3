//! The auction as a pure machine: `step(at, event) -> commands`. It owns no clock and no socket; the driver feeds it what
//! happened and does what it says. An [`Auction`] is data, so any auction can be run again.

mod machine;
mod rank;

pub use machine::Machine;

use model::{ContractId, Micros, Reason, contract::ContractKind, contract::OnUnknown, trace::Finding};
use serde::{Deserialize, Serialize};

/// Microseconds since the lead came in.
pub type Elapsed = u64;

/// Everything an auction is decided by, beside what buyers answer.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Auction {
    /// No post begins after this.
    pub deadline: Elapsed,
    /// How much of the deadline pings may not use.
    pub post_reserve: Elapsed,
    /// The least revenue: the highest of the campaign's floor, the source's floor and a fixed payout, so that nothing is
    /// ever sold below what it costs.
    pub floor: Micros,
    /// At most so many posts to contracts that are not backups, and as many again to backups.
    pub posts: u8,
    /// Settles ties; made from the lead's id, so the same lead is always settled alike.
    pub seed: u64,
    /// The contracts that may be asked.
    pub entrants: Vec<Entrant>,
}

/// A contract in an auction.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Entrant {
    /// The contract.
    pub contract: ContractId,
    /// Auction or direct.
    pub kind: ContractKind,
    /// What a direct contract pays.
    #[serde(default)]
    pub fixed: Option<Micros>,
    /// Its own floor.
    #[serde(default)]
    pub floor: Option<Micros>,
    /// The most it may bid.
    #[serde(default)]
    pub max_bid: Option<Micros>,
    /// Among equal prices the lower goes first.
    #[serde(default)]
    pub priority: i32,
    /// Only when no other took the lead.
    #[serde(default)]
    pub backup: bool,
    /// How long it may take to answer a ping.
    pub ping_timeout: Elapsed,
    /// How long it may take to answer a post.
    pub post_timeout: Elapsed,
    /// What is done when its answer to a post is not known.
    #[serde(default)]
    pub on_unknown: OnUnknown,
}

/// Something that happened. `entrant` is the index into [`Auction::entrants`].
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Event {
    /// A buyer answered a ping with a price.
    Bid {
        /// Whose.
        entrant: usize,
        /// How much.
        price: Micros,
    },
    /// A buyer answered a ping with a no.
    NoBid {
        /// Whose.
        entrant: usize,
        /// Its reason, when it gave one.
        reason: Option<Reason>,
    },
    /// A ping could not be made or its answer not be read.
    PingFailed {
        /// Whose.
        entrant: usize,
        /// [`Reason::Unreachable`], [`Reason::InvalidResponse`] or [`Reason::EgressRefused`].
        reason: Reason,
    },
    /// A buyer took the lead.
    PostAccepted {
        /// Whose.
        entrant: usize,
        /// The price in its answer, when it named one.
        price: Option<Micros>,
    },
    /// A buyer refused the lead.
    PostRejected {
        /// Whose.
        entrant: usize,
        /// Why.
        reason: Reason,
    },
    /// The post never left.
    PostNotSent {
        /// Whose.
        entrant: usize,
        /// [`Reason::NotSent`] or [`Reason::EgressRefused`].
        reason: Reason,
    },
    /// The post left and its outcome is not known.
    PostUnknown {
        /// Whose.
        entrant: usize,
    },
    /// We did not post after all: a cap filled meanwhile, or the person was claimed for another lead.
    PostWithheld {
        /// Whose.
        entrant: usize,
        /// Why.
        finding: Finding,
    },
    /// Time passed.
    Tick,
}

/// The right to post one lead to one contract, and so to open its personal part. Only a [`Machine`] makes one.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Award {
    entrant: usize,
    contract: ContractId,
    price: Micros,
    ordinal: u8,
    give_up_at: Elapsed,
}

impl Award {
    /// Index into [`Auction::entrants`].
    #[must_use]
    pub const fn entrant(&self) -> usize {
        self.entrant
    }

    /// Which contract may have the lead.
    #[must_use]
    pub const fn contract(&self) -> ContractId {
        self.contract
    }

    /// For how much.
    #[must_use]
    pub const fn price(&self) -> Micros {
        self.price
    }

    /// Its number among the posts of this lead, from 1.
    #[must_use]
    pub const fn ordinal(&self) -> u8 {
        self.ordinal
    }

    /// When an answer has come too late and the outcome is unknown.
    #[must_use]
    pub const fn give_up_at(&self) -> Elapsed {
        self.give_up_at
    }
}

/// What the driver has to do.
#[derive(Debug, Clone, PartialEq, Eq)]
pub enum Command {
    /// Ask a buyer. Its answer counts until `give_up_at`.
    Ping {
        /// Index into [`Auction::entrants`].
        entrant: usize,
        /// When its answer has come too late.
        give_up_at: Elapsed,
    },
    /// Reserve, then send the full record.
    Post(Award),
    /// It is over. After [`Decision::Unknown`] a late answer may still be fed in and lead to another `Done`.
    Done(Decision),
}

/// How it ended.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// A buyer took the lead.
    Sold {
        /// Which.
        entrant: usize,
        /// What it pays.
        revenue: Micros,
    },
    /// Nobody took it.
    Unsold {
        /// Why.
        reason: Reason,
    },
    /// A post was sent and its outcome is not known.
    Unknown {
        /// To whom.
        entrant: usize,
    },
}
