//! Version 1, one endpoint per file.

pub mod admin;
pub mod buyer;
pub mod campaigns;
pub mod forms;
pub mod leads;
pub mod pings;
pub mod validate;
