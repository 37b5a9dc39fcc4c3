//! The first page: how today goes.

use super::{Shown, alerts::attention, framed, leads::rows, steps::steps};
use crate::{
    components::{Empty, HourChart, Nav},
    format::{self, Clock},
    islands::Live,
    query::{Columns, LeadsQuery},
};
use leptos::prelude::*;
use model::{
    Currency,
    alert::{Alert, AlertFilter},
    page::Cursor,
    report::{Overview, ReasonCount, Totals},
    trace::Stage,
};

/// Today: figures against yesterday, revenue by hour, reasons, the newest leads. Follows the leads live.
#[component]
pub fn OverviewPage() -> impl IntoView {
    framed(Nav::Overview, "Overview", |ui, signed| async move {
        let overview = ui.overview().await?;
        let mut open = ui.alerts(AlertFilter::OPEN, Cursor::Newest).await?.rows;
        open.retain(Alert::calls);
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let steps = steps(&ui).await?;
        Ok(Shown::new("Overview", view! { <div class="stack">{steps} {content(overview, open, clock)}</div> })
            .beside(view! { <Live space=false/> }))
    })
}

fn content(overview: Overview, open: Vec<Alert>, clock: Clock) -> impl IntoView {
    let (today, before, currency) = (overview.today, overview.yesterday, overview.currency);
    let zone = clock.zone().to_owned();
    let empty = overview.latest.is_empty();
    // One element inside: the island replaces it as a whole.
    view! {
        <div id="live">
            <div class="stack">
                {attention(&open, currency, &clock)}
                <p class="hint">"Today, " {zone} ". Compared with yesterday up to this hour."</p>
                <dl class="figures">{figures(&today, &before, currency)}</dl>
                <section class="card" aria-labelledby="by-hour">
                    <h2 id="by-hour">"Revenue by hour"</h2>
                    <HourChart hours=overview.hours currency/>
                </section>
                <section class="card" aria-labelledby="latest">
                    <h2 id="latest">"Latest leads"</h2>
                    {if empty {
                        view! {
                            <Empty title="No leads yet">
                                <p>"Send one with a source's API key to " <code>"POST /api/v1/leads"</code> ", and it shows here at once."</p>
                            </Empty>
                        }.into_any()
                    } else {
                        rows(overview.latest, &Columns::default(), &clock, "Latest leads").into_any()
                    }}
                    <p><a href="/leads">"All leads"</a></p>
                </section>
                <section class="card" aria-labelledby="reasons">
                    <h2 id="reasons">"Top reasons today"</h2>
                    {reasons(overview.reasons)}
                </section>
            </div>
        </div>
    }
}

fn figures(today: &Totals, before: &Totals, currency: Currency) -> impl IntoView + use<> {
    let money = |name, now: model::Micros, then: model::Micros, href| {
        figure(name, format::money(now, currency), change(now.0, then.0), href).into_any()
    };
    let count =
        |name, now: i64, then: i64, href| figure(name, format::thousands(now), change(now, then), href).into_any();
    [
        money("Revenue", today.revenue, before.revenue, "/leads?state=sold"),
        money("Payout", today.payout, before.payout, "/leads?state=sold"),
        money("Margin", today.margin(), before.margin(), "/leads?state=sold"),
        count("Received", today.received, before.received, "/leads"),
        count("Sold", today.sold, before.sold, "/leads?state=sold"),
        count("Unsold", today.unsold, before.unsold, "/leads?state=unsold"),
        count("Rejected", today.rejected, before.rejected, "/leads?state=rejected"),
        count("Duplicate", today.duplicate, before.duplicate, "/leads?state=duplicate"),
        count("Unknown", today.unknown, before.unknown, "/leads?state=unknown"),
        figure("Sold share", format::percent(today.sold, today.received), None, "/leads?state=sold").into_any(),
    ]
}

fn figure(name: &'static str, value: String, change: Option<String>, href: &'static str) -> impl IntoView {
    view! {
        <div class="figure">
            <dt><a href=href>{name}</a></dt>
            <dd>
                <span class="value">{value}</span>
                <span class="change">{change.unwrap_or_else(|| "\u{a0}".to_owned())}</span>
            </dd>
        </div>
    }
}

/// The change in words; nothing to compare with says so.
fn change(now: i64, then: i64) -> Option<String> {
    if then == 0 {
        return Some("none yesterday".to_owned());
    }
    let percent = (i128::from(now) - i128::from(then)) * 100 / i128::from(then.abs());
    Some(match percent {
        0 => "as yesterday".to_owned(),
        up @ 1.. => format!("up {up} %"),
        down => format!("down {} %", -down),
    })
}

fn reasons(reasons: Vec<ReasonCount>) -> impl IntoView {
    if reasons.is_empty() {
        return view! {
            <Empty title="Nobody said no"><p>"Why contracts were not asked, and why buyers declined, is counted here."</p></Empty>
        }
        .into_any();
    }
    let most = reasons.iter().map(|reason| reason.count).max().unwrap_or(1).max(1);
    let rows = reasons.into_iter().map(|found| {
        let href = LeadsQuery { reason: Some(found.reason), ..LeadsQuery::default() }.href();
        let width = (found.count * 100 / most).max(1);
        view! {
            <tr>
                <th scope="row">
                    <a href=href title=found.reason.advice()>{found.reason.meaning().trim_end_matches('.')}</a>
                    <span class="hint">{found.stage.map_or("the lead", Stage::name)}</span>
                </th>
                <td class="number">{format::thousands(found.count)}</td>
                <td class="share" aria-hidden="true">
                    <svg viewBox="0 0 100 8" preserveAspectRatio="none"><rect class="bar-fill" width=width.to_string() height="8" rx="1"></rect></svg>
                </td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Top reasons">
            <table>
                <caption class="sr-only">"Top reasons today"</caption>
                <thead>
                    <tr><th scope="col">"Reason"</th><th scope="col" class="number">"Times"</th><td></td></tr>
                </thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
