//! The shared vocabulary of Gavel: plain data that the exchange, the store, the server and the browser agree on.
//!
//! No clock, no randomness, no I/O: everything here is a value. Money is integer micros ([`Micros`]), instants are
//! integer microseconds since the Unix epoch in UTC ([`Timestamp`]), durations are milliseconds unless a name says
//! otherwise.

pub mod affiliate;
pub mod alert;
pub mod bench;
pub mod breakdown;
pub mod buyer;
pub mod campaign;
pub mod cap;
pub mod consent;
pub mod contract;
pub mod document;
pub mod effects;
pub mod endpoint;
pub mod error;
pub mod feedback;
pub mod field;
pub mod filter;
pub mod find;
pub mod founding;
pub mod id;
pub mod import;
pub mod intake;
pub mod lead;
pub mod lost;
pub mod mapping;
pub mod money;
pub mod page;
pub mod part;
pub mod ping;
pub mod portal;
pub mod reason;
pub mod report;
pub mod requests;
pub mod rerun;
pub mod returns;
pub mod schedule;
pub mod scorecard;
pub mod secret;
pub mod share;
pub mod source;
pub mod tenant;
pub mod time;
pub mod trace;
pub mod user;
pub mod vertical;
pub mod view;

pub use error::{ApiError, FieldError};
pub use id::*;
pub use money::{Currency, Micros, Money};
pub use reason::Reason;
pub use time::Timestamp;
