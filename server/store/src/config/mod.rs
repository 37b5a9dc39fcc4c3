//! What is configured: tenants, people, keys, and the documents of what is sold to whom.

mod activities;
mod documents;
mod drafts;
mod edits;
mod endpoints;
mod examples;
mod find;
mod history;
mod keys;
mod links;
mod operators;
mod people;
mod second_factor;
mod sessions;
mod shares;
mod sign_in;
mod snapshot;
mod tenants;
mod texts;
mod trials;
mod views;

pub use activities::{Activity, ActivityFilter};
pub use drafts::Draft;
pub use edits::{Change, Edit, Versioned, Whole};
pub use endpoints::EndpointRow;
pub use examples::ExampleRow;
pub use history::{HistoryPlace, HistoryRow};
pub use keys::KeyRow;
pub use links::{LinkPurpose, PersonLink};
pub use operators::OperatorRow;
pub use people::{PersonChange, UserSecret};
pub use second_factor::SecondFactor;
pub use sessions::{OpenSession, Session};
pub use sign_in::Attempts;
pub use snapshot::Config;
pub use tenants::{TenantFigures, TenantRow};
pub use texts::{TextDraft, TextRow, TextUse};
pub use trials::TestRow;

pub(crate) use {
    activities::{insert as insert_activity, recorded as all_activities},
    keys::all as all_keys,
    operators::tokens as all_tokens,
    people::people as all_people,
    snapshot::version,
    tenants::all as all_tenants,
    texts::recorded as all_texts,
};
