//! The auction as a pure machine: `step(at, event) -> commands`. It owns no clock and no socket; the driver feeds it what
//! happened and does what it says. An [`Auction`] is data, so any auction can be run again.

mod ahead;
mod ladder;
mod machine;
mod rank;
mod share;
pub mod tape;
mod unsold;
mod worth;

pub use ahead::{Odds, best_order, expected};
pub use machine::Machine;
pub use share::best_set;
pub use tape::Taped;
pub use unsold::unsold;

use model::{
    ContractId, Micros, Reason,
    campaign::{LookAhead, Tier},
    contract::{ContractKind, OnUnknown, Routing},
    source::Payout,
    trace::Finding,
};
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
    /// The least price of every single sale: the higher of the campaign's floor and the source's.
    pub floor: Micros,
    /// At most so many posts to exclusive contracts, so many to tiers and first refusals together, and so many to
    /// backups.
    pub posts: u8,
    /// Settles ties; made from the lead's id, so the same lead is always settled alike.
    pub seed: u64,
    /// What the source is paid: no single sale may cost more than it brings.
    #[serde(default = "nothing")]
    pub payout: Payout,
    /// The least that must stay of every single sale after its payout and delivery.
    #[serde(default)]
    pub min_margin: Micros,
    /// Tried one after the other; none is one tier by net value.
    #[serde(default)]
    pub tiers: Vec<Tier>,
    /// Whether the order inside a tier by net value looks ahead at [`Entrant::odds`].
    #[serde(default)]
    pub look_ahead: LookAhead,
    /// How many shared contracts may buy the lead; 0 and 1 mean that nothing is shared.
    #[serde(default)]
    pub max_buyers: u8,
    /// The contracts that may be asked.
    pub entrants: Vec<Entrant>,
}

const fn nothing() -> Payout {
    Payout::Fixed(Micros::ZERO)
}

/// What a contract got lately: what weighted and round robin tiers are ordered by.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Served {
    /// Its sales today.
    pub today: u32,
    /// When its last sale was, in microseconds since 1970; 0 when there was none.
    pub last: i64,
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
    /// What it costs to deliver one lead to it.
    #[serde(default)]
    pub delivery_cost: Micros,
    /// The share of its leads that it returns, in parts per million.
    #[serde(default)]
    pub return_share: u32,
    /// Among equal prices the lower goes first.
    #[serde(default)]
    pub priority: i32,
    /// Only when no other took the lead.
    #[serde(default)]
    pub backup: bool,
    /// Where it stands in the routing.
    #[serde(default)]
    pub routing: Routing,
    /// What it got lately.
    #[serde(default)]
    pub served: Served,
    /// How its posts usually come out.
    #[serde(default)]
    pub odds: Odds,
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
        /// How long the bid stands, when the buyer said so.
        #[serde(default, skip_serializing_if = "Option::is_none")]
        good_for: Option<Elapsed>,
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
    again: bool,
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

    /// Whether it is the same post once more: its reservation stands, and the buyer knows the post by its id.
    #[must_use]
    pub const fn again(&self) -> bool {
        self.again
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

/// One sale of the lead.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Serialize, Deserialize)]
pub struct Sale {
    /// To whom.
    pub entrant: usize,
    /// What it pays.
    pub revenue: Micros,
}

/// How it ended.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Decision {
    /// One buyer took the lead, or several who share it; the first is the one whose redirect counts.
    Sold {
        /// At least one; more than one only of shared contracts.
        sales: Vec<Sale>,
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
