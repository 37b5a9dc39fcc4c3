//! The business of the exchange as pure functions and state machines. Nothing here owns a clock, a socket, a table or a
//! random source: time, answers and counters come in as values, decisions go out as values. Live traffic, tests and
//! replays run the same code.

pub mod after;
pub mod alert;
pub mod auction;
pub mod audit;
pub mod breaker;
pub mod caps;
pub mod consent;
pub mod difference;
pub mod eligibility;
pub mod lead;
pub mod ledger;
pub mod lost;
pub mod replay;
pub mod rollup;
pub mod vertical;
pub mod zone;
