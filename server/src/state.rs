//! What every handler can reach.

use crate::{
    clock::Clock,
    config::Settings,
    security::rate::{Buckets, PublicRates},
    service::Services,
    web::Site,
};
use model::{KeyId, TenantId};
use std::sync::Arc;
use tokio_util::sync::CancellationToken;

/// What every handler can reach. Cheap to clone.
#[derive(Clone)]
pub struct AppState {
    /// The use cases.
    pub services: Services,
    /// The settings.
    pub settings: Arc<Settings>,
    /// The time.
    pub clock: Arc<dyn Clock>,
    /// The packed site.
    pub site: Arc<Site>,
    /// How often each API key comes.
    pub key_rate: Arc<Buckets<KeyId>>,
    /// How often each address comes where no secret is needed.
    pub public_rate: Arc<PublicRates>,
    /// How often each tenant's keys come, for tenants with a limit.
    pub tenant_rate: Arc<Buckets<TenantId>>,
    /// Cancelled when the server is to stop.
    pub stop: CancellationToken,
}
