//! What operators configure: campaigns, sources, buyers, contracts and keys. Every change is validated as a whole,
//! names the version it was made from, and is kept in the history.

mod bench;
mod check;
mod configuration;
mod documents;
mod drafts;
mod effects;
mod forms;
mod history;
mod import;
mod keys;
mod options;
mod own;
mod part;
mod presets;
mod sealing;
mod shape;
mod symbols;
mod templates;
mod texts;
mod tokens;
mod typed;
mod warnings;
mod wire;

pub use configuration::{Applied, tag};
pub use documents::{Expected, Listing, Shown};
pub use drafts::DraftBeside;
pub use forms::FormLinks;
pub use history::{HistoryEntry, HistoryPage, HistoryWanted};
pub use keys::KeyListing;
pub use options::Options;
pub use own::{OwnTerms, TermsWanted};
pub use texts::{TextCampaign, TextChecked, TextDifference, TextListed, TextOpened, TextWanted};
pub use wire::KEPT;

use super::ServiceError;
use crate::{
    clock::Clock,
    context::Actor,
    pipeline::Pipeline,
    security::{TenantKeys, Vault},
};
use model::{
    document::{Document, DocumentId},
    user::Right,
};
use std::sync::Arc;
use store::{Change, Store, TenantStore, Versioned, Whole};

/// The use cases of configuring. They need no running pipeline, so that the command line has them too.
#[derive(Clone)]
pub struct Admin {
    store: Store,
    vault: Vault,
    clock: Arc<dyn Clock>,
    pipeline: Option<Pipeline>,
}

/// What a change is made from: the tenant's whole configuration as it stands, and the keys its secrets are sealed with.
struct Desk {
    rows: TenantStore,
    keys: TenantKeys,
    whole: Whole,
    four_eyes: bool,
}

const NOT_ALONE: &str = "This tenant publishes with four eyes: save a draft and have somebody else publish it.";
const NOT_PUBLISHING: &str = "You may not publish: save a draft and have a colleague publish it.";
const NOT_THE_AUTHOR: &str =
    "This tenant publishes with four eyes: somebody else than the draft's author has to do it.";

impl Admin {
    /// Puts the parts together. Without a pipeline, running servers see a change when they next poll its version.
    #[must_use]
    pub fn new(store: Store, vault: Vault, clock: Arc<dyn Clock>, pipeline: Option<Pipeline>) -> Self {
        Self { store, vault, clock, pipeline }
    }

    fn rows(&self, actor: &Actor, right: Right) -> Result<TenantStore, ServiceError> {
        if actor.may(right) { Ok(self.store.tenant(actor.tenant.id)) } else { Err(ServiceError::Forbidden) }
    }

    /// Whether somebody may make a change work at once.
    fn publishing(actor: &Actor) -> Result<(), ServiceError> {
        if actor.may(Right::Publish) { Ok(()) } else { Err(ServiceError::FourEyes(NOT_PUBLISHING)) }
    }

    async fn keys(&self, actor: &Actor) -> Result<TenantKeys, ServiceError> {
        let row = self.store.tenant_by_id(actor.tenant.id).await?;
        let keys = self.vault.tenant(actor.tenant.id, &row.key_sealed);
        keys.map_err(|error| ServiceError::Broken(error.to_string()))
    }

    async fn desk(&self, actor: &Actor, right: Right) -> Result<Desk, ServiceError> {
        let rows = self.rows(actor, right)?;
        let (whole, four_eyes) = (rows.whole().await?, rows.four_eyes().await?);
        Ok(Desk { rows, keys: self.keys(actor).await?, whole, four_eyes })
    }

    fn change(&self, actor: &Actor, note: &str) -> Change {
        Change { author: actor.by(), at: self.clock.now(), note: note.trim().chars().take(NOTE_MAX).collect() }
    }

    /// Makes a change of the configuration work here now. Other processes see it when they next poll its version. A
    /// failure is no reason to report the change as failed: this process polls as well.
    pub(super) async fn changed(&self) {
        if let Some(Err(error)) = match &self.pipeline {
            Some(pipeline) => Some(pipeline.refresh().await),
            None => None,
        } {
            tracing::warn!(%error, "the configuration will be read again shortly");
        }
    }
}

/// Longest note of a change, in characters; what is longer is cut.
const NOTE_MAX: usize = 500;

impl Desk {
    fn find(&self, id: DocumentId) -> Result<&Versioned, ServiceError> {
        self.whole.documents.iter().find(|have| have.document.id() == id).ok_or(ServiceError::NotFound)
    }

    /// The configuration as it would be with these documents in it.
    fn with<'a>(&'a self, changed: &'a [Document]) -> Vec<&'a Document> {
        let other = |have: &&Versioned| changed.iter().all(|new| new.id() != have.document.id());
        self.whole.documents.iter().filter(other).map(|have| &have.document).chain(changed).collect()
    }
}
