//! What the buyer's portal asks of the server.

use crate::error::UiError;
use async_trait::async_trait;
use model::{
    LeadId,
    page::{Cursor, Page},
    portal::{Delivered, DeliveredRow, PortalHome},
    time::Day,
};

/// What a buyer sees of itself. Needs `Right::SeePortal`; another buyer's lead is [`UiError::NotFound`].
#[async_trait]
pub trait Portal: Send + Sync {
    /// The first page.
    async fn portal_home(&self) -> Result<PortalHome, UiError>;
    /// One page of the leads it took, newest first; `days` in its own zone, both included.
    async fn portal_leads(&self, days: Option<(Day, Day)>, cursor: Cursor) -> Result<Page<DeliveredRow>, UiError>;
    /// One lead, with the personal values it was sent. Every call is written to the lead's history.
    async fn portal_lead(&self, id: LeadId) -> Result<Delivered, UiError>;
}
