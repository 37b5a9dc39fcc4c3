//! Scorecards: what buyers did with the leads of a span of days, how quickly, and what that cost.

use crate::{
    BuyerId, ContractId, Currency, Micros,
    cap::{Limit, Window},
    lost::LostSum,
    time::Day,
};
use serde::{Deserialize, Serialize};

/// How long calls took. Off by less than a tenth: lengths are kept in buckets. A call that was not answered counts as long as
/// was waited for it; one that reached nobody does not.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Speed {
    /// Of so many calls it is known.
    pub calls: i64,
    /// Half of them took at most so many microseconds; of no calls there is none.
    pub p50_us: Option<u32>,
    /// 95 of a hundred.
    pub p95_us: Option<u32>,
    /// 99 of a hundred.
    pub p99_us: Option<u32>,
}

/// What a contract or a buyer did. Test leads and silent contracts' copies are not in it.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Default, Serialize, Deserialize)]
pub struct Card {
    /// Leads it was considered for, whether or not it was asked; a lead that several contracts of a buyer might have had is
    /// counted with each.
    pub considered: i64,
    /// Those that it could not have because a cap was full.
    pub full: i64,
    /// Pings sent.
    pub pinged: i64,
    /// Bids in time, those below the floor among them.
    pub bids: i64,
    /// Those bids together.
    pub bid_sum: Micros,
    /// Pings it said no to.
    pub declined: i64,
    /// Bids that came too late.
    pub late: i64,
    /// Pings that were not answered in time.
    pub silent: i64,
    /// Pings that did not reach it, or whose answer could not be read.
    pub broken: i64,
    /// Posts it took.
    pub accepted: i64,
    /// Posts it refused.
    pub refused: i64,
    /// Posts whose outcome was not known at first: not answered in time, or not readably.
    pub doubtful: i64,
    /// Posts that never left.
    pub unsent: i64,
    /// Leads it gave back, of those that came in these days.
    pub returned: i64,
    /// What caps that were full probably cost.
    pub full_lost: LostSum,
    /// What late bids would have brought more.
    pub late_lost: LostSum,
    /// What pings that were not answered probably cost.
    pub silent_lost: LostSum,
    /// How long pings took.
    pub ping: Speed,
    /// How long posts took.
    pub post: Speed,
}

impl Card {
    /// Posts that reached it.
    #[must_use]
    pub const fn posts(&self) -> i64 {
        self.accepted + self.refused + self.doubtful
    }

    /// What a bid comes to on average; none without bids.
    #[must_use]
    pub fn mean_bid(&self) -> Option<Micros> {
        self.bid_sum.0.checked_div(self.bids).map(Micros)
    }
}

/// A row of scorecards.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CardRow {
    /// The buyer.
    pub buyer: BuyerId,
    /// What people call it.
    pub buyer_name: String,
    /// The contract; none in a list of buyers.
    pub contract: Option<ContractId>,
    /// What people call the contract; empty in a list of buyers.
    pub contract_name: String,
    /// What it did.
    pub card: Card,
}

/// A cap of a buyer or of one of its contracts in the window that runs.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct CapUse {
    /// Whose, in words.
    pub about: String,
    /// The contract; none for a cap over all contracts of the buyer.
    pub contract: Option<ContractId>,
    /// Over which span.
    pub window: Window,
    /// How much fits.
    pub limit: Limit,
    /// How much of it is used, posts that are not answered yet included.
    pub used: Limit,
    /// The same in parts per million.
    pub share: i64,
}

/// Scorecards of a span of days.
#[derive(Debug, Clone, PartialEq, Eq, Serialize, Deserialize)]
pub struct Scorecards {
    /// The first day.
    pub first: Day,
    /// The last day.
    pub last: Day,
    /// The currency of its money.
    pub currency: Currency,
    /// Each buyer, or where one is asked for each of its contracts, by name.
    pub rows: Vec<CardRow>,
    /// All of them together.
    pub total: Card,
    /// The same of the days it is compared with, if it is.
    pub before: Option<Card>,
    /// The first and the last of those days.
    pub compared: Option<(Day, Day)>,
    /// The caps of the buyer that is asked for, as full as they are now. A cap of each value of a field is not among them.
    pub caps: Vec<CapUse>,
}
