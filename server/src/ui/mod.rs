//! The people's door: implements what the UI asks of the server, on top of `service`.

mod backend;
pub mod export;
pub mod live;
mod session;

pub use backend::RequestBackend;
