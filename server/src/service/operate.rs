//! How the server is doing, for its doors.

use super::{LiveEvent, Services};
use crate::{context::Actor, pipeline::Stats};
use model::user::Right;
use std::sync::Arc;
use tokio::sync::broadcast::Receiver;

impl Services {
    /// Whether leads are taken.
    #[must_use]
    pub fn pipeline_ready(&self) -> bool {
        self.pipeline.ready()
    }

    /// Whether the store answers.
    pub async fn store_answers(&self) -> bool {
        self.store.ping().await.is_ok()
    }

    /// Leads in the pipeline at this moment.
    #[must_use]
    pub fn in_flight(&self) -> usize {
        self.pipeline.in_flight()
    }

    /// Auctions that there is room for at this moment.
    #[must_use]
    pub fn in_flight_limit(&self) -> usize {
        self.pipeline.in_flight_limit()
    }

    /// What the pipeline has counted since this process started.
    #[must_use]
    pub fn stats(&self) -> Arc<Stats> {
        self.pipeline.stats()
    }

    /// How many pages follow the leads at this moment.
    #[must_use]
    pub fn listeners(&self) -> usize {
        self.pipeline.listeners()
    }

    /// What happens to leads from now on, of every tenant: the listener picks its own. None without
    /// [`Right::SeeExchange`].
    #[must_use]
    pub fn live(&self, actor: &Actor) -> Option<Receiver<LiveEvent>> {
        actor.may(Right::SeeExchange).then(|| self.pipeline.events())
    }
}
