//! Use cases, and the only place that checks a permission. What belongs to another tenant is not found, never forbidden.

mod buyers;
mod campaigns;
mod error;
mod figures;
pub mod intake;
pub mod keys;
mod leads;
mod operate;
pub mod people;
mod proof;
mod reveal;
mod sessions;
mod sign_in;
pub mod spec;

pub use crate::pipeline::LiveEvent;
pub use error::ServiceError;
pub use sessions::{SESSION_IDLE_MS, SESSION_USER, SessionRows};
pub use sign_in::SignInError;
pub use store::LeadFilter;

use crate::{clock::Clock, context::Actor, pipeline::Pipeline, security::Vault};
use exchange::zone::Zone;
use model::{Timestamp, cap::Window, user::Right};
use std::sync::Arc;
use store::{Store, TenantStore};

/// Everything use cases work with. Cheap to clone.
#[derive(Clone)]
pub struct Services {
    store: Store,
    vault: Vault,
    pipeline: Pipeline,
    clock: Arc<dyn Clock>,
}

impl Services {
    /// Puts the parts together.
    #[must_use]
    pub fn new(store: Store, vault: Vault, pipeline: Pipeline, clock: Arc<dyn Clock>) -> Self {
        Self { store, vault, pipeline, clock }
    }

    /// The tenant's part of the store, for somebody who has the right.
    fn tenant(&self, actor: &Actor, right: Right) -> Result<TenantStore, ServiceError> {
        if actor.may(right) { Ok(self.store.tenant(actor.tenant.id)) } else { Err(ServiceError::Forbidden) }
    }

    /// Makes a change of the configuration work here now. Other processes see it when they next poll its version. A
    /// failure is no reason to report the change as failed: this process polls as well.
    async fn changed(&self) {
        if let Err(error) = self.pipeline.refresh().await {
            tracing::warn!(%error, "the configuration will be read again shortly");
        }
    }

    /// When today began in the tenant's zone, as the hour of the counters that contains it.
    fn today(&self, actor: &Actor) -> Timestamp {
        zone(actor).window_start(Window::Day, self.clock.now())
    }
}

/// The zone of the tenant's screens. A name that no database knows any more is read as UTC.
fn zone(actor: &Actor) -> Zone {
    Zone::named(&actor.tenant.zone).unwrap_or_else(|_| Zone::utc())
}
