//! Use cases, and the only place that checks a permission. What belongs to another tenant is not found, never forbidden.

mod activity;
pub mod admin;
mod affiliate;
pub mod alerts;
mod buyers;
mod campaigns;
mod colleagues;
pub mod doubts;
pub mod endpoints;
mod error;
pub mod feedback;
mod figures;
mod find;
mod foreign;
mod founding;
pub mod from_page;
pub mod hosted;
pub mod intake;
pub mod keys;
mod leads;
mod letters;
mod links;
mod lost;
mod operate;
pub mod people;
mod portal;
mod proof;
pub mod question;
pub mod replay;
mod reports;
pub mod returns;
mod reveal;
mod scorecards;
mod second_factor;
mod sessions;
pub mod sharing;
mod sign_in;
pub mod spec;
mod takeouts;
mod tenants;
mod views;

pub use crate::pipeline::LiveEvent;
pub use activity::{ActivityPage, ActivityWanted};
pub use colleagues::SignedIn;
pub use error::ServiceError;
pub use links::{Joining, PersonWanted};
pub use returns::{Asked, Standing};
pub use second_factor::{Enrolment, FactorState};
pub use sessions::{SESSION_IDLE_MS, SESSION_USER, SessionRows};
pub use sign_in::SignInError;
pub use store::{Activity, LeadFilter, Takeout};
pub use takeouts::{PersonalRow, TakeoutWanted, may_take_personal};
pub use tenants::{Acting, LOOKS, TenantListing};

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

    /// What operators configure.
    #[must_use]
    pub fn admin(&self) -> admin::Admin {
        let (store, vault, clock) = (self.store.clone(), self.vault.clone(), Arc::clone(&self.clock));
        admin::Admin::new(store, vault, clock, Some(self.pipeline.clone()))
    }

    /// The tenant's part of the store, for somebody who has the right.
    fn tenant(&self, actor: &Actor, right: Right) -> Result<TenantStore, ServiceError> {
        if actor.may(right) { Ok(self.store.tenant(actor.tenant.id)) } else { Err(ServiceError::Forbidden) }
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
