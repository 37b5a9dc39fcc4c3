//! Reading leads: answers for sources, lists and pages for operators, and what a starting server finds unfinished.

mod adopt;
mod answers;
mod claims;
mod detail;
mod history;
mod page;

pub(crate) use adopt::{ATTEMPTS, attempt};
pub use adopt::{AttemptRow, Unfinished};
pub use answers::{LeadAnswer, Repeat};
pub use claims::SoldPrint;
pub use detail::Sealed;
pub use page::LeadFilter;
