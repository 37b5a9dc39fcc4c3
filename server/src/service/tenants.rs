//! Looking after all tenants of the server: limits, suspending, and looking into one for a while. Only a superadmin may,
//! and each of it stands in the log of the tenant it concerns.

use super::{ServiceError, Services};
use crate::context::{Actor, Principal};
use model::{TenantId, Timestamp, tenant::Tenant, user::Right};
use store::TenantFigures;

/// A tenant as whoever runs the server sees it.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct TenantListing {
    /// The tenant.
    pub tenant: Tenant,
    /// How much there is of it: leads of the last 30 days.
    pub figures: TenantFigures,
}

/// A look into a tenant that has begun.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Acting {
    /// Which.
    pub tenant: TenantId,
    /// When it ends by itself.
    pub until: Timestamp,
}

/// The days whose leads are counted, in milliseconds.
const FIGURES_MS: i64 = 30 * 24 * 3_600_000;
/// How long a look may last, in minutes.
pub const LOOKS: [u32; 3] = [15, 30, 60];

impl Services {
    pub(super) fn server(&self, actor: &Actor) -> Result<(), ServiceError> {
        if actor.principal == Principal::Person && actor.may(Right::RunServer) {
            return Ok(());
        }
        Err(ServiceError::Forbidden)
    }

    /// Every tenant, by short name.
    ///
    /// # Errors
    /// Without [`Right::RunServer`].
    pub async fn tenants(&self, actor: &Actor) -> Result<Vec<TenantListing>, ServiceError> {
        self.server(actor)?;
        let figures = self.store.tenant_figures(self.clock.now().plus_millis(-FIGURES_MS)).await?;
        let rows = self.store.tenants().await?.into_iter().filter_map(|row| {
            let figures = figures.iter().find(|figures| figures.tenant == row.tenant.id).copied()?;
            Some(TenantListing { tenant: row.tenant, figures })
        });
        Ok(rows.collect())
    }

    /// Sets how many people a tenant may have, and how many requests a second its keys may make together.
    ///
    /// # Errors
    /// Without [`Right::RunServer`]; not found; refused for a limit of nobody or nothing.
    pub async fn set_limits(
        &self,
        actor: &Actor,
        id: TenantId,
        people: Option<u32>,
        requests: Option<u32>,
    ) -> Result<(), ServiceError> {
        self.server(actor)?;
        if people == Some(0) || requests == Some(0) {
            return Err(ServiceError::Refused("A limit is at least 1; leave it empty for none.".to_owned()));
        }
        let said = |limit: Option<u32>| limit.map_or_else(|| "any number of".to_owned(), |limit| limit.to_string());
        let detail = format!("{} people, {} requests a second", said(people), said(requests));
        let set = |tenant: &mut Tenant| (tenant.settings.people, tenant.settings.requests) = (people, requests);
        self.change_tenant(actor, id, ("limits_set", &detail), set).await
    }

    /// Suspends a tenant: nobody of it signs in, none of its keys is taken. Nothing is lost.
    ///
    /// # Errors
    /// Without [`Right::RunServer`]; not found; refused without a reason, and for one's own.
    pub async fn suspend(&self, actor: &Actor, id: TenantId, reason: &str) -> Result<(), ServiceError> {
        self.server(actor)?;
        let reason = said(reason)?;
        if actor.user.tenant_id == id {
            return Err(ServiceError::Refused("You cannot suspend your own company.".to_owned()));
        }
        let suspend = |tenant: &mut Tenant| {
            tenant.active = false;
            tenant.settings.suspended.clone_from(&reason);
        };
        self.change_tenant(actor, id, ("suspended", &reason), suspend).await
    }

    /// Lets a suspended tenant go on.
    ///
    /// # Errors
    /// Without [`Right::RunServer`]; not found.
    pub async fn resume_tenant(&self, actor: &Actor, id: TenantId) -> Result<(), ServiceError> {
        self.server(actor)?;
        let resume = |tenant: &mut Tenant| {
            tenant.active = true;
            tenant.settings.suspended.clear();
        };
        self.change_tenant(actor, id, ("resumed", ""), resume).await
    }

    async fn change_tenant(
        &self,
        actor: &Actor,
        id: TenantId,
        (action, detail): (&str, &str),
        change: impl FnOnce(&mut Tenant) + Send,
    ) -> Result<(), ServiceError> {
        self.store.change_tenant(id, change).await?;
        let line = self.line(actor, action, &id.to_string(), detail);
        self.store.tenant(id).add_activity(&line).await?;
        tracing::info!(tenant = %id, action, by = %actor.by(), "tenant changed");
        // Suspending works at once here; other processes see it when they next poll the version.
        self.admin().changed().await;
        Ok(())
    }

    /// Begins to act for a tenant. It is written to that tenant's log and to one's own before anything can be seen.
    ///
    /// # Errors
    /// Without [`Right::RunServer`]; not found; refused without a reason, for another time than offered, for one's own and
    /// for a suspended tenant.
    pub async fn act_for(
        &self,
        actor: &Actor,
        id: TenantId,
        reason: &str,
        minutes: u32,
    ) -> Result<Acting, ServiceError> {
        self.server(actor)?;
        let reason = said(reason)?;
        if !LOOKS.contains(&minutes) {
            return Err(ServiceError::Refused("Choose one of the times that are offered.".to_owned()));
        }
        let tenant = self.store.tenant_by_id(id).await?.tenant;
        if actor.user.tenant_id == id {
            return Err(ServiceError::Refused("This is your own company.".to_owned()));
        }
        if !tenant.active {
            return Err(ServiceError::Refused("It is suspended: resume it first.".to_owned()));
        }
        let detail = format!("for {minutes} minutes: {reason}");
        let line = self.line(actor, "support_began", &id.to_string(), &detail);
        self.store.tenant(id).add_activity(&line).await?;
        self.put_down(actor, "support_began", &id.to_string(), &format!("{} {detail}", tenant.name)).await?;
        tracing::info!(tenant = %id, by = %actor.by(), minutes, "a superadmin acts for a tenant");
        Ok(Acting { tenant: id, until: self.clock.now().plus_millis(i64::from(minutes) * 60_000) })
    }

    /// Ends it before its time.
    ///
    /// # Errors
    /// When the store cannot be asked.
    pub async fn stop_acting(&self, actor: &Actor) -> Result<(), ServiceError> {
        if !matches!(actor.principal, Principal::Support(_)) {
            return Ok(());
        }
        self.put_down(actor, "support_ended", &actor.tenant.id.to_string(), "").await
    }
}

fn said(reason: &str) -> Result<String, ServiceError> {
    let reason: String = reason.trim().chars().filter(|c| !c.is_control()).take(200).collect();
    if reason.is_empty() { Err(ServiceError::Refused("Say why.".to_owned())) } else { Ok(reason) }
}
