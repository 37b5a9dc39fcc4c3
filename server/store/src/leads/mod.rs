//! Reading leads: answers for sources, lists and pages for operators, and what a starting server finds unfinished.

mod adopt;
mod answers;
mod copies;
mod delivered;
mod detail;
mod feedback;
pub(crate) mod history;
mod known;
mod page;
mod pings;
mod returns;
mod rounds;
mod stands;
mod subs;
mod takeouts;
mod taped;
mod track;

pub(crate) use adopt::{ATTEMPTS, attempt, returned};
pub use adopt::{AttemptRow, Unfinished};
pub use answers::LeadAnswer;
pub use copies::CopyRow;
pub use delivered::DeliveredFilter;
pub use detail::Sealed;
pub use feedback::NewFeedback;
pub use known::{Known, Newcomer, Repeat, SoldPrint};
pub use page::LeadFilter;
pub use pings::PingRow;
pub use returns::ReturnFilter;
pub(crate) use returns::put as put_returns;
pub use stands::LeadStands;
pub use takeouts::Takeout;
pub use taped::Span;
pub use track::TrackRow;
