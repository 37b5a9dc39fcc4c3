//! What pages are made of.

mod bars;
mod chart;
mod files;
pub mod form;
mod frame;
mod icon;
mod notice;
mod status;
mod time;

pub use bars::{Bar, Bars};
pub use chart::HourChart;
pub use files::files;
pub use frame::{Frame, Nav, places};
pub use notice::{Empty, ErrorPanel, StatusBar};
pub use status::{StandingBadge, StateBadge, state_word};
pub use time::When;
