//! What is configured: tenants, people, keys, and the documents of what is sold to whom.

mod documents;
mod drafts;
mod edits;
mod endpoints;
mod examples;
mod find;
mod history;
mod keys;
mod operators;
mod people;
mod sessions;
mod sign_in;
mod snapshot;
mod tenants;
mod trials;

pub use drafts::Draft;
pub use edits::{Change, Edit, Versioned, Whole};
pub use endpoints::EndpointRow;
pub use examples::ExampleRow;
pub use history::{HistoryPlace, HistoryRow};
pub use keys::KeyRow;
pub use operators::OperatorRow;
pub use people::UserSecret;
pub use sessions::{OpenSession, Session};
pub use sign_in::Attempts;
pub use snapshot::Config;
pub use tenants::TenantRow;
pub use trials::TestRow;

pub(crate) use {keys::all as all_keys, snapshot::version, tenants::all as all_tenants};
