//! The overview's figures, in the tenant's own day.

use super::{ServiceError, Services, zone};
use crate::context::Actor;
use model::{
    Currency, Timestamp,
    cap::Window,
    page::Cursor,
    report::{HourPoint, Overview},
    time::HOUR,
    user::Right,
};
use store::{LeadFilter, Only};

/// Leads shown on the first page.
const LATEST: u16 = 8;
/// Reasons shown on the first page.
const REASONS: u16 = 6;

impl Services {
    /// The first page's figures. Yesterday is counted up to the end of the hour that runs now, because counters are
    /// kept by the hour.
    ///
    /// # Errors
    /// Without [`Right::SeeExchange`].
    pub async fn overview(&self, actor: &Actor) -> Result<Overview, ServiceError> {
        let tenant = self.tenant(actor, Right::SeeExchange)?;
        let (now, since) = (self.clock.now(), self.today(actor));
        let from = since.hour();
        let end = Timestamp(now.hour().0 + HOUR);
        let yesterday = zone(actor).window_start(Window::Day, since.plus_millis(-1)).hour();
        let so_far = Timestamp(yesterday.0 + (end.0 - from.0));
        // Campaigns of one tenant share a currency until figures can tell several apart.
        let currency = tenant.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency);
        let by_hour = tenant.by_hour(Only::default(), from, end).await?;
        let local = zone(actor);
        let hours = (from.0..end.0)
            .step_by(usize::try_from(HOUR).unwrap_or(usize::MAX))
            .map(|hour| {
                let hour = Timestamp(hour);
                let local_hour = u8::try_from(local.local(hour).hour()).unwrap_or(0);
                let found = by_hour.iter().find(|(at, _)| *at == hour);
                HourPoint { hour, local_hour, totals: found.map(|(_, tally)| tally.totals).unwrap_or_default() }
            })
            .collect();
        Ok(Overview {
            at: now,
            since,
            currency,
            today: tenant.totals(from, end).await?,
            yesterday: tenant.totals(yesterday, so_far.min(from)).await?,
            hours,
            reasons: tenant.reason_counts(from, end, REASONS).await?,
            latest: tenant.leads_page(&LeadFilter::default(), &Cursor::Newest, LATEST).await?.rows,
        })
    }
}
