//! The tables of one tenant.

use crate::Store;
use model::TenantId;

/// One tenant's part of the database. Its functions are defined beside the tables they concern; none of them can see
/// another tenant's rows, because all of them put [`TenantStore::id`] into their statements and nothing else.
#[derive(Debug, Clone)]
pub struct TenantStore {
    pub(crate) store: Store,
    pub(crate) tenant: TenantId,
}

impl TenantStore {
    pub(crate) const fn new(store: Store, tenant: TenantId) -> Self {
        Self { store, tenant }
    }

    /// Whose tables these are.
    #[must_use]
    pub const fn id(&self) -> TenantId {
        self.tenant
    }
}
