//! What the page of all tenants asks.

use crate::error::UiError;
use async_trait::async_trait;
use model::{TenantId, tenant::Tenant};

/// A tenant as whoever runs the server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantRow {
    /// The tenant.
    pub tenant: Tenant,
    /// Its people who may sign in.
    pub people: i64,
    /// Leads of the last 30 days.
    pub leads: i64,
    /// Of those, sold ones.
    pub sold: i64,
}

/// All tenants of the server. Everything but [`Tenants::stop_acting`] needs `Right::RunServer`.
#[async_trait]
pub trait Tenants {
    /// Every tenant, by short name.
    async fn tenants(&self) -> Result<Vec<TenantRow>, UiError>;
    /// Sets how many people it may have and how many requests a second its keys may make; none: any number.
    async fn set_limits(&self, id: TenantId, people: Option<u32>, requests: Option<u32>) -> Result<(), UiError>;
    /// Suspends it: nobody of it signs in, none of its keys is taken.
    async fn suspend(&self, id: TenantId, reason: String) -> Result<(), UiError>;
    /// Lets it go on.
    async fn resume_tenant(&self, id: TenantId) -> Result<(), UiError>;
    /// Acts for it for some minutes.
    async fn act_for(&self, id: TenantId, reason: String, minutes: u32) -> Result<(), UiError>;
    /// Ends that before its time.
    async fn stop_acting(&self) -> Result<(), UiError>;
}
