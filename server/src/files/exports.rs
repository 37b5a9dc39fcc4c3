//! What can be taken away as a file. Whether somebody may is asked before anything is read, and that it is done is written down.

use super::{Format, tables};
use crate::{
    context::Actor,
    service::{LeadFilter, ServiceError, Services, Takeout, TakeoutWanted},
};
use app::query::{DEFAULT_LIMIT, LeadsQuery};
use axum::response::Response;
use model::{Timestamp, breakdown::Wanted, page::Cursor, time::Day};
use std::collections::HashMap;
use url::form_urlencoded;

/// Rows read at a time.
const PAGE: u16 = 1_000;

/// Which of the delivered leads.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum When {
    /// Of some days in the buyer's zone; none is all.
    Days(Option<(Day, Day)>),
    /// Taken at this instant or later; none is all.
    Since(Option<Timestamp>),
}

/// What the list of leads is asked for, its days in the tenant's zone.
///
/// # Errors
/// Refused for days that make no span.
pub fn filter(services: &Services, actor: &Actor, query: &LeadsQuery) -> Result<LeadFilter, ServiceError> {
    let span = query.days.map(|(first, last)| services.between(actor, first, last)).transpose()?;
    Ok(LeadFilter {
        state: query.state,
        campaign: query.campaign,
        source: query.source,
        sub1: query.sub1.clone(),
        buyer: query.buyer,
        price: query.price,
        reason: query.reason,
        lost: query.lost,
        lost_to: query.lost_to,
        mode: query.mode,
        from: span.map(|(from, _)| from),
        to: span.map(|(_, to)| to),
    })
}

/// Every lead that the list's filters let through, newest first, streamed.
///
/// # Errors
/// For a role that does not see leads, and somebody who may not take files away.
pub async fn leads(
    services: Services,
    actor: Actor,
    query: &LeadsQuery,
    format: Format,
) -> Result<Response, ServiceError> {
    let filter = filter(&services, &actor, query)?;
    services.exporting(&actor, "leads", &query.href()).await?;
    let first = services.leads(&actor, filter.clone(), Cursor::Newest, PAGE).await?;
    tracing::info!(by = %actor.by(), tenant = %actor.tenant.id, "leads are exported");
    let next = move |cursor| {
        let (services, actor, filter) = (services.clone(), actor.clone(), filter.clone());
        async move { services.leads(&actor, filter, cursor, PAGE).await }
    };
    Ok(tables::leads().streamed(format, &first, next))
}

/// Lets somebody take the leads of the list with personal values away, for a reason.
///
/// # Errors
/// As [`Services::allow_takeout`].
pub async fn allow(
    services: &Services,
    actor: &Actor,
    query: &LeadsQuery,
    (fields, reason): (Vec<String>, String),
    format: Format,
) -> Result<Takeout, ServiceError> {
    let kept = LeadsQuery { columns: None, limit: DEFAULT_LIMIT, ..query.clone() }.kept();
    let wanted = TakeoutWanted { query: kept, fields, format: format.name().to_owned(), reason };
    services.allow_takeout(actor, wanted, filter(services, actor, query)?).await
}

/// The file that was allowed, newest lead first, streamed. `id` as it stands in the address.
///
/// # Errors
/// As [`Services::takeout`].
pub async fn personal(services: Services, actor: Actor, id: &str) -> Result<Response, ServiceError> {
    let one = services.takeout(&actor, id).await?;
    let pairs: HashMap<_, _> = form_urlencoded::parse(one.query.as_bytes()).into_owned().collect();
    let query = LeadsQuery::read(|name| pairs.get(name).cloned());
    let filter = filter(&services, &actor, &query)?;
    let format = Format::named(&one.format).unwrap_or(Format::Csv);
    let table = tables::personal(one.fields.clone());
    let next = move |cursor| {
        let (services, actor, one, filter) = (services.clone(), actor.clone(), one.clone(), filter.clone());
        async move { services.personal_page(&actor, &one, filter, cursor, PAGE).await }
    };
    let first = next(Cursor::Newest).await?;
    Ok(table.streamed(format, &first, next))
}

/// Every lead that the actor's buyer took, newest first, streamed.
///
/// # Errors
/// For who belongs to no buyer.
pub async fn delivered(services: Services, actor: Actor, when: When, format: Format) -> Result<Response, ServiceError> {
    let (by, tenant) = (actor.by(), actor.tenant.id);
    let next = move |cursor| {
        let (services, actor) = (services.clone(), actor.clone());
        async move {
            match when {
                When::Days(days) => services.portal_leads(&actor, days, cursor, PAGE).await,
                When::Since(since) => services.portal_leads_since(&actor, since, cursor, PAGE).await,
            }
        }
    };
    let first = next(Cursor::Newest).await?;
    tracing::info!(%by, %tenant, "delivered leads are exported");
    Ok(tables::delivered().streamed(format, &first, next))
}

/// Every lead that the actor's source sent in some days, newest first, streamed.
///
/// # Errors
/// For who belongs to no source.
pub async fn sent(
    services: Services,
    actor: Actor,
    days: Option<(Day, Day)>,
    format: Format,
) -> Result<Response, ServiceError> {
    let (by, tenant) = (actor.by(), actor.tenant.id);
    let next = move |cursor| {
        let (services, actor) = (services.clone(), actor.clone());
        async move { services.affiliate_leads(&actor, days, cursor, PAGE).await }
    };
    let first = next(Cursor::Newest).await?;
    tracing::info!(%by, %tenant, "sent leads are exported");
    Ok(tables::sent().streamed(format, &first, next))
}

/// The figures of a report.
///
/// # Errors
/// As [`leads`]; refused for days that make no span.
pub async fn figures(
    services: &Services,
    actor: &Actor,
    wanted: Wanted,
    format: Format,
) -> Result<Response, ServiceError> {
    services.exporting(actor, "reports", wanted.by.name()).await?;
    let found = services.breakdown(actor, wanted).await?;
    Ok(tables::figures(&found).whole(format, &found.rows))
}

/// What stood in the way.
///
/// # Errors
/// As [`figures`].
pub async fn reasons(
    services: &Services,
    actor: &Actor,
    wanted: Wanted,
    format: Format,
) -> Result<Response, ServiceError> {
    services.exporting(actor, "reports/reasons", "").await?;
    let found = services.reasons(actor, wanted).await?;
    Ok(tables::reasons().whole(format, &found.rows))
}

/// What was probably lost.
///
/// # Errors
/// As [`figures`].
pub async fn lost(
    services: &Services,
    actor: &Actor,
    wanted: Wanted,
    format: Format,
) -> Result<Response, ServiceError> {
    services.exporting(actor, "reports/lost", "").await?;
    let found = services.lost(actor, wanted).await?;
    Ok(tables::lost(found.currency).whole(format, &found.rows))
}

/// What each buyer did, or each contract of one.
///
/// # Errors
/// As [`figures`]; refused for one source.
pub async fn scorecards(
    services: &Services,
    actor: &Actor,
    wanted: Wanted,
    format: Format,
) -> Result<Response, ServiceError> {
    services.exporting(actor, "reports/scorecards", "").await?;
    let found = services.scorecards(actor, wanted).await?;
    Ok(tables::scorecards(found.currency).whole(format, &found.rows))
}
