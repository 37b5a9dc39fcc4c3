//! Lists and reports as CSV (RFC 4180), for the signed-in tenant. A cell that a spreadsheet would read as a formula is
//! written as text. No personal value is in any of them.

use super::{backend, session};
use crate::{
    context::Actor,
    problem::Problem,
    service::{LeadFilter, ServiceError, Services},
    state::AppState,
};
use app::query::{LeadsQuery, report};
use axum::{
    body::Body,
    extract::{Query, State},
    http::{StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use model::{
    Micros, Money,
    affiliate::AffiliateLead,
    breakdown::{Breakdown, Reasons},
    lead::LeadRow,
    lost::Lost,
    page::Cursor,
    portal::DeliveredRow,
    tenant::Mode,
    trace::Stage,
};
use std::collections::HashMap;
use tower_sessions::Session;

/// Leads read at a time.
const PAGE: u16 = 1_000;

type Pairs = Query<HashMap<String, String>>;

/// `GET /leads.csv`: every lead that the list's filters let through, newest first, streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 for a role that does not see leads or somebody who may not take files away.
pub async fn leads(State(app): State<AppState>, session: Session, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let query = LeadsQuery::read(|name| query.get(name).cloned());
    let filter = backend::filter(&app.services, &actor, &query).map_err(problem)?;
    app.services.exporting(&actor, "leads", &query.href()).await.map_err(problem)?;
    let first = app.services.leads(&actor, filter.clone(), Cursor::Newest, PAGE).await.map_err(problem)?;
    tracing::info!(user = %actor.user.id, tenant = %actor.tenant.id, "leads are exported");
    let head = line(&[
        "lead",
        "received_at",
        "state",
        "reason",
        "campaign",
        "source",
        "sub1",
        "buyer",
        "revenue",
        "payout",
        "currency",
        "took_ms",
        "mode",
        "lost",
        "lost_to",
        "lost_by",
    ]);
    let reader = Reader { services: app.services, actor, filter };
    let text = head + &first.rows.iter().map(lead).collect::<String>();
    let rest = stream::unfold((reader, first.older), |(reader, older)| async move {
        let cursor = Cursor::OlderThan(older?);
        Some(match reader.page(cursor).await {
            Ok((text, older)) => (Ok(text), (reader, older)),
            // The file ends in the middle, and the browser says so: better than one that looks whole.
            Err(error) => (Err(std::io::Error::other(error.to_string())), (reader, None)),
        })
    });
    let whole = futures::StreamExt::chain(stream::once(async { Ok(text) }), rest);
    Ok(csv("leads.csv", Body::from_stream(whole)))
}

/// `GET /portal/leads.csv`: every lead that the signed-in buyer took in some days, newest first, streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 for who belongs to no buyer.
pub async fn portal(State(app): State<AppState>, session: Session, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let day = |name: &str| query.get(name).and_then(|text| text.parse().ok());
    let days = day("from").or(day("to")).zip(day("to").or(day("from")));
    let services = app.services;
    let first = services.portal_leads(&actor, days, Cursor::Newest, PAGE).await.map_err(problem)?;
    tracing::info!(user = %actor.user.id, tenant = %actor.tenant.id, "delivered leads are exported");
    // Each kind of lead has fields of its own: they stand as one cell each of name and value pairs.
    let head =
        line(&["lead", "taken_at", "campaign", "contract", "your_id", "price", "currency", "fields", "returned_at"]);
    let text = head + &first.rows.iter().map(delivered).collect::<String>();
    let rest = stream::unfold((services, actor, first.older), move |(services, actor, older)| async move {
        let cursor = Cursor::OlderThan(older?);
        Some(match services.portal_leads(&actor, days, cursor, PAGE).await {
            Ok(page) => (Ok(page.rows.iter().map(delivered).collect::<String>()), (services, actor, page.older)),
            Err(error) => (Err(std::io::Error::other(error.to_string())), (services, actor, None)),
        })
    });
    let whole = futures::StreamExt::chain(stream::once(async { Ok(text) }), rest);
    Ok(csv("leads.csv", Body::from_stream(whole)))
}

fn delivered(row: &DeliveredRow) -> String {
    let fields = row.fields.iter().map(|(name, value)| format!("{name}={value}")).collect::<Vec<_>>().join("; ");
    line(&[
        &row.lead_id.to_string(),
        &row.at.to_string(),
        &row.campaign,
        &row.contract,
        row.reference.as_deref().unwrap_or_default(),
        &row.pays.amount.to_decimal(),
        &row.pays.currency.to_string(),
        &fields,
        &row.returned_at.map(|at| at.to_string()).unwrap_or_default(),
    ])
}

/// `GET /affiliate/leads.csv`: every lead that the signed-in affiliate's source sent in some days, newest first, streamed.
///
/// # Errors
/// 401 when nobody is signed in, 403 for who belongs to no source.
pub async fn affiliate(State(app): State<AppState>, session: Session, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let day = |name: &str| query.get(name).and_then(|text| text.parse().ok());
    let days = day("from").or(day("to")).zip(day("to").or(day("from")));
    let services = app.services;
    let first = services.affiliate_leads(&actor, days, Cursor::Newest, PAGE).await.map_err(problem)?;
    let head =
        line(&["lead", "received_at", "state", "reason", "meaning", "campaign", "sub1", "payout", "currency", "mode"]);
    let text = head + &first.rows.iter().map(sent).collect::<String>();
    let rest = stream::unfold((services, actor, first.older), move |(services, actor, older)| async move {
        let cursor = Cursor::OlderThan(older?);
        Some(match services.affiliate_leads(&actor, days, cursor, PAGE).await {
            Ok(page) => (Ok(page.rows.iter().map(sent).collect::<String>()), (services, actor, page.older)),
            Err(error) => (Err(std::io::Error::other(error.to_string())), (services, actor, None)),
        })
    });
    let whole = futures::StreamExt::chain(stream::once(async { Ok(text) }), rest);
    Ok(csv("leads.csv", Body::from_stream(whole)))
}

fn sent(row: &AffiliateLead) -> String {
    line(&[
        &row.id.to_string(),
        &row.at.to_string(),
        row.state.name(),
        row.reason.map_or("", model::Reason::code),
        row.reason.map_or("", model::Reason::meaning),
        &row.campaign,
        row.sub1.as_deref().unwrap_or_default(),
        &row.payout.map(|money| money.amount.to_decimal()).unwrap_or_default(),
        &row.payout.map(|money| money.currency.to_string()).unwrap_or_default(),
        if row.test { "test" } else { "live" },
    ])
}

/// `GET /reports.csv`: the figures of a report.
///
/// # Errors
/// 401, 403; 400 for days that make no span.
pub async fn figures(State(app): State<AppState>, session: Session, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let wanted = report::read(|name| query.get(name).cloned());
    app.services.exporting(&actor, "reports", wanted.by.name()).await.map_err(problem)?;
    let found = app.services.breakdown(&actor, wanted).await.map_err(problem)?;
    Ok(csv("figures.csv", Body::from(figures_text(&found))))
}

/// `GET /reports/reasons.csv`: what stood in the way.
///
/// # Errors
/// As [`figures`].
pub async fn reasons(State(app): State<AppState>, session: Session, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let wanted = report::read(|name| query.get(name).cloned());
    app.services.exporting(&actor, "reports/reasons", "").await.map_err(problem)?;
    let found = app.services.reasons(&actor, wanted).await.map_err(problem)?;
    Ok(csv("reasons.csv", Body::from(reasons_text(&found))))
}

/// `GET /reports/lost.csv`: what was probably lost.
///
/// # Errors
/// As [`figures`].
pub async fn lost(State(app): State<AppState>, session: Session, query: Pairs) -> Result<Response, Problem> {
    let actor = actor(&app, &session).await?;
    let wanted = report::read(|name| query.get(name).cloned());
    app.services.exporting(&actor, "reports/lost", "").await.map_err(problem)?;
    let found = app.services.lost(&actor, wanted).await.map_err(problem)?;
    Ok(csv("lost.csv", Body::from(lost_text(&found))))
}

fn problem(error: ServiceError) -> Problem {
    match error {
        ServiceError::Forbidden => Problem::forbidden("Your role does not see this."),
        ServiceError::Refused(why) => Problem::malformed(format!("{}.", why.trim_end_matches('.'))),
        ServiceError::Busy => Problem::unavailable("unavailable", 1),
        other => {
            tracing::error!(error = %other, request = crate::context::request_id(), "an export failed");
            Problem::internal()
        }
    }
}

struct Reader {
    services: Services,
    actor: Actor,
    filter: LeadFilter,
}

impl Reader {
    async fn page(&self, cursor: Cursor) -> Result<(String, Option<String>), ServiceError> {
        let page = self.services.leads(&self.actor, self.filter.clone(), cursor, PAGE).await?;
        Ok((page.rows.iter().map(lead).collect(), page.older))
    }
}

async fn actor(app: &AppState, session: &Session) -> Result<Actor, Problem> {
    let found = session::signed_in(session, &app.services, app.clock.now()).await;
    let actor = found.map_err(|why| {
        tracing::error!(%why, "a session could not be read");
        Problem::internal()
    })?;
    actor.ok_or_else(|| Problem::new(StatusCode::UNAUTHORIZED, "signed_out", "Sign in again."))
}

fn csv(name: &str, body: Body) -> Response {
    let headers = [
        (header::CONTENT_TYPE, "text/csv; charset=utf-8".to_owned()),
        (header::CONTENT_DISPOSITION, format!("attachment; filename=\"{name}\"")),
        (header::CACHE_CONTROL, "no-store".to_owned()),
    ];
    (headers, body).into_response()
}

fn lead(row: &LeadRow) -> String {
    let amount = |money: Option<Money>| money.map(|money| money.amount.to_decimal()).unwrap_or_default();
    let missed = row.missed;
    let currency = row
        .revenue
        .or(row.payout)
        .or(missed.map(|one| one.amount))
        .map(|money| money.currency.to_string())
        .unwrap_or_default();
    let mode = if row.mode == Mode::Live { "live" } else { "test" };
    line(&[
        &row.id.to_string(),
        &row.received_at.to_string(),
        row.state.name(),
        row.reason.map_or("", model::Reason::code),
        &row.campaign,
        &row.source,
        row.sub1.as_deref().unwrap_or_default(),
        row.buyer.as_deref().unwrap_or_default(),
        &amount(row.revenue),
        &amount(row.payout),
        &currency,
        &row.duration_ms.map(|ms| ms.to_string()).unwrap_or_default(),
        mode,
        &amount(missed.map(|one| one.amount)),
        &missed.map(|one| one.contract.to_string()).unwrap_or_default(),
        missed.map_or("", |one| one.reason.code()),
    ])
}

fn figures_text(found: &Breakdown) -> String {
    let by = found.by.name();
    let head = [
        by,
        "name",
        "received",
        "sold",
        "unsold",
        "duplicate",
        "unknown",
        "returned",
        "refused",
        "revenue",
        "payout",
        "margin",
        "currency",
        "pinged",
        "took",
        "lost",
        "said_no",
        "failed",
        "not_asked",
        "gave_back",
    ];
    let currency = found.currency.to_string();
    let rows = found.rows.iter().map(|row| {
        let (t, c) = (row.totals, row.chances);
        let counts = [t.received, t.sold, t.unsold, t.duplicate, t.unknown, t.returned, t.rejected];
        let money = [t.revenue, t.payout, t.margin()].map(Micros::to_decimal);
        let chances = [c.pinged, c.sold, c.lost, c.rejected, c.failed, c.excluded, c.returned];
        let mut cells = vec![row.key.clone(), row.name.clone()];
        cells.extend(counts.map(|count| count.to_string()));
        cells.extend(money);
        cells.push(currency.clone());
        cells.extend(chances.map(|count| count.to_string()));
        line(&cells.iter().map(String::as_str).collect::<Vec<_>>())
    });
    line(&head) + &rows.collect::<String>()
}

fn reasons_text(found: &Reasons) -> String {
    let rows = found.rows.iter().map(|row| {
        let (stage, reason) = (row.stage.map_or("lead", Stage::name), row.reason);
        line(&[reason.code(), reason.meaning(), stage, &row.name, &row.count.to_string()])
    });
    line(&["reason", "meaning", "where", "buyer", "times"]) + &rows.collect::<String>()
}

fn lost_text(found: &Lost) -> String {
    let currency = found.currency.to_string();
    let rows = found.rows.iter().map(|row| {
        let (leads, amount) = (row.lost.leads.to_string(), row.lost.amount.to_decimal());
        let (reason, contract) = (row.reason, row.contract.to_string());
        line(&[
            reason.code(),
            reason.meaning(),
            &contract,
            &row.contract_name,
            &row.buyer_name,
            &leads,
            &amount,
            &currency,
        ])
    });
    line(&["reason", "meaning", "contract", "name", "buyer", "leads", "lost", "currency"]) + &rows.collect::<String>()
}

fn line(cells: &[&str]) -> String {
    let cells: Vec<String> = cells.iter().map(|cell| safe(cell)).collect();
    cells.join(",") + "\r\n"
}

/// A cell. Spreadsheets run what begins like a formula (OWASP, CSV injection); amounts below zero are no formula.
fn safe(text: &str) -> String {
    let number = text.parse::<f64>().is_ok();
    let formula = text.starts_with(['=', '+', '-', '@', '\t', '\r']) && !number;
    let text = if formula { format!("'{text}") } else { text.to_owned() };
    if text.contains([',', '"', '\n', '\r']) { format!("\"{}\"", text.replace('"', "\"\"")) } else { text }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn cells_are_text_and_no_formulas() {
        assert_eq!(line(&["a", "b,c", "d\"e", ""]), "a,\"b,c\",\"d\"\"e\",\r\n");
        for formula in ["=1+1", "+1+1", "@SUM(A1)", "-cmd", "\t=1"] {
            assert!(safe(formula).starts_with('\''), "{formula}");
        }
        assert_eq!((safe("-4.50"), safe("+3")), ("-4.50".to_owned(), "+3".to_owned()));
        assert_eq!(safe("=HYPERLINK(\"x\")"), "\"'=HYPERLINK(\"\"x\"\")\"");
    }
}
