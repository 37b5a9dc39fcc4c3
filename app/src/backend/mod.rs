//! What the UI asks of the server, as a trait: pages and server functions know nothing else of it.
//!
//! The server puts one [`Ui`] per request into the Leptos context; the implementation behind it knows that request's
//! session, checks the rights and answers only for the signed-in tenant. What belongs to another tenant is
//! [`UiError::NotFound`].

pub mod account;
mod affiliate;
mod alerting;
pub mod bench;
pub mod configure;
pub mod endpoints;
pub mod exporting;
pub mod people;
mod portal;
mod reporting;
mod returns;
pub mod sharing;
pub mod tenants;
pub mod texts;

pub use account::Account;
pub use affiliate::Affiliate;
pub use alerting::Alerting;
pub use bench::Bench;
pub use configure::Configuring;
pub use endpoints::Endpoints;
pub use exporting::Exporting;
pub use people::People;
pub use portal::{OwnTerms, Portal};
pub use reporting::Reporting;
pub use returns::{ReturnPage, Returning};
pub use sharing::Sharing;
pub use tenants::Tenants;
pub use texts::Texts;
mod find;
mod foresee;
mod inspecting;
mod views;

pub use find::Finding;
pub use foresee::Foreseeing;
pub use inspecting::Inspecting;
pub use views::Views;

use crate::{error::UiError, query::LeadsQuery};
use async_trait::async_trait;
use leptos::prelude::use_context;
use model::{
    AttemptId, BuyerId, CampaignId, FieldError, LeadId, Micros, SourceId, Timestamp,
    lead::{LeadDetail, LeadRow},
    page::Page,
    report::{BuyerRow, CampaignRow, DoubtRow, Overview},
    tenant::Tenant,
    user::User,
};
use std::{ops::Deref, sync::Arc};

/// Who is signed in, and where.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Signed {
    /// The person.
    pub user: User,
    /// The company the person works for.
    pub tenant: Tenant,
    /// When a superadmin who acts for this company stops by itself; none: the person works there.
    pub acting_until: Option<Timestamp>,
}

impl Signed {
    /// Whether the company asks for a second factor that the person has not set up.
    #[must_use]
    pub fn lacks_second_factor(&self) -> bool {
        self.acting_until.is_none() && self.tenant.settings.second_factor && !self.user.second_factor
    }
}

/// The names the filter bar offers.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct FilterChoices {
    /// Campaigns by name.
    pub campaigns: Vec<(CampaignId, String)>,
    /// Sources by name.
    pub sources: Vec<(SourceId, String)>,
    /// Buyers by name.
    pub buyers: Vec<(BuyerId, String)>,
}

/// The server as the UI sees it. Every method but [`Backend::session`] and [`Backend::sign_in`] answers
/// [`UiError::SignedOut`] to a browser that is not signed in and [`UiError::Forbidden`] to a role without the right.
#[async_trait]
pub trait Backend:
    Account
    + Affiliate
    + Alerting
    + Bench
    + Configuring
    + Endpoints
    + Exporting
    + Finding
    + Foreseeing
    + Inspecting
    + People
    + Portal
    + Reporting
    + Returning
    + Sharing
    + Tenants
    + Texts
    + Views
    + Send
    + Sync
{
    /// Who is signed in in this request; none when nobody is.
    async fn session(&self) -> Result<Option<Signed>, UiError>;
    /// Checks a password; whether that signs the person in, or a code is asked for as well. One message for every failure;
    /// [`UiError::TooMany`] after too many of them.
    async fn sign_in(&self, email: String, password: String) -> Result<bool, UiError>;
    /// Ends the session. Not an error when there is none.
    async fn sign_out(&self) -> Result<(), UiError>;
    /// The figures of the first page.
    async fn overview(&self) -> Result<Overview, UiError>;
    /// One page of leads, newest first.
    async fn leads(&self, query: LeadsQuery) -> Result<Page<LeadRow>, UiError>;
    /// The names the filter bar offers.
    async fn filters(&self) -> Result<FilterChoices, UiError>;
    /// One lead with its trace.
    async fn lead(&self, id: LeadId) -> Result<LeadDetail, UiError>;
    /// The personal values of a lead: name, value. Needs `Right::SeePersonal`; every call is written to the history.
    async fn reveal(&self, id: LeadId) -> Result<Vec<(String, String)>, UiError>;
    /// Every buyer with today's counts.
    async fn buyers(&self) -> Result<Vec<BuyerRow>, UiError>;
    /// Every campaign with today's counts.
    async fn campaigns(&self) -> Result<Vec<CampaignRow>, UiError>;
    /// Posts of unknown outcome, oldest first.
    async fn doubts(&self) -> Result<Vec<DoubtRow>, UiError>;
    /// Says what became of such a post; `paid` is what the buyer pays, none what was reserved. Needs `Right::Configure`;
    /// [`UiError::Refused`] when it is not in doubt any more.
    async fn resolve_doubt(
        &self,
        lead: LeadId,
        attempt: AttemptId,
        accepted: bool,
        paid: Option<Micros>,
    ) -> Result<(), UiError>;
    /// Resolves such posts by a buyer's CSV; how many, and each row that was not with what is wrong. Needs `Right::Configure`;
    /// [`UiError::Refused`] when the file as a whole cannot be read.
    async fn resolve_doubts(&self, file: String) -> Result<(usize, Vec<FieldError>), UiError>;
    /// Pauses or resumes a buyer. Needs `Right::Configure`. Setting what already is is not an error.
    async fn set_buyer_active(&self, id: BuyerId, active: bool) -> Result<(), UiError>;
    /// Pauses or resumes a campaign. Needs `Right::Configure`. Setting what already is is not an error.
    async fn set_campaign_active(&self, id: CampaignId, active: bool) -> Result<(), UiError>;
    /// The clock, for "2 min ago".
    fn now(&self) -> Timestamp;
    /// Seconds that local time in an IANA zone is ahead of UTC at an instant (negative west of Greenwich); 0 when the
    /// zone is not known.
    fn utc_offset(&self, zone: &str, at: Timestamp) -> i32;
}

/// The backend of the current request, as it lies in the Leptos context.
#[derive(Clone)]
pub struct Ui(pub Arc<dyn Backend>);

impl Ui {
    /// The one the server provided. Take it before the first `await`: the context may be gone afterwards.
    ///
    /// # Errors
    /// [`UiError::Failed`] when a handler forgot to provide it.
    pub fn get() -> Result<Self, UiError> {
        use_context().ok_or_else(|| UiError::Failed { request_id: crate::context::request_id() })
    }
}

impl Deref for Ui {
    type Target = dyn Backend;
    fn deref(&self) -> &Self::Target {
        &*self.0
    }
}
