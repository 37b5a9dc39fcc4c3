//! Counts and money.

use super::{by_word, controls, days, held_against};
use crate::{
    components::{Bar, Bars, Empty, ErrorPanel, Nav},
    error::UiError,
    format,
    islands::Zoom,
    pages::{Reply, Shown, framed},
    query::{
        LeadsQuery,
        report::{self, Report},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Currency, Micros,
    breakdown::{Breakdown, By, Row, Wanted, When},
    lead::LeadState,
    report::Totals,
};

/// Counts and money of a span of days, with a row for each of something.
#[component]
pub fn ReportsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let wanted = report::read(|name| map.get(name));
    let reply = Reply::here();
    framed(Nav::Reports, "Reports", move |ui, _| async move {
        let choices = ui.filters().await?;
        let controls = controls(Report::Figures, &wanted, choices);
        let content = match ui.breakdown(wanted).await {
            Ok(found) => content(&wanted, found).into_any(),
            // What to choose instead stands in the form above it.
            Err(error @ UiError::Refused(_)) => {
                reply.failed(&error, "/reports");
                view! { <ErrorPanel error/> }.into_any()
            }
            Err(error) => return Err(error),
        };
        Ok(Shown::new("Reports", view! { <div class="stack">{controls} {content}</div> }))
    })
}

fn content(wanted: &Wanted, found: Breakdown) -> impl IntoView + use<> {
    let span = days(found.first, found.last);
    let nothing = found.total == Totals::default() && found.rows.iter().all(|row| row.chances.excluded == 0);
    if nothing {
        return view! {
            <section class="card">
                <Empty title="Nothing happened">
                    <p>{format!("No lead of {span} fits. Choose other days, or let more through.")}</p>
                </Empty>
            </section>
        }
        .into_any();
    }
    let chart = chart(wanted, &found);
    let table = match found.by {
        _ if found.when == When::Moved => moved(&found).into_any(),
        By::Buyer => buyers(wanted, &found).into_any(),
        By::Price => prices(wanted, &found).into_any(),
        _ => leads(wanted, &found).into_any(),
    };
    view! {
        <dl class="figures quarters">{figures(&found)}</dl>
        {held_against(found.compared)}
        <section class="card" aria-labelledby="by-what">
            <h2 id="by-what">{format!("{}, {span}", by_word(found.by))}</h2>
            {chart}
            {table}
            <p class="hint">{note(found.by, found.when)}</p>
        </section>
    }
    .into_any()
}

const fn note(by: By, when: When) -> &'static str {
    match by {
        _ if matches!(when, When::Moved) => {
            "What moved in the ledger in these days, whenever the lead came: what comes back is taken off when it comes back. Over all time it is the same money as by when leads came. Leads are counted when they came, so there are none here."
        }
        By::Buyer => {
            "A lead that several buyers share is counted with each of them. Win rate is leads taken of pings sent; lost means ready to buy while another took the lead."
        }
        By::Hour => "Hours of the tenant's day, all days of the span together.",
        By::Sub => {
            "The first label (sub1) that a source sends with a lead. At most 100 of a source and a day are told apart, what comes later is with its others. Leads refused at the door have none."
        }
        By::Price => {
            "What buyers took, by what each of them paid, in whole units of the currency. A shared lead is counted with each buyer, and its payout with the first. Copies for silent contracts are in no band."
        }
        By::Campaign | By::Source | By::Day => {
            "Counted when the lead came, whatever became of it later and whenever. EPL is revenue for each lead taken in."
        }
    }
}

fn figures(found: &Breakdown) -> impl IntoView + use<> {
    let (now, currency) = (found.total, found.currency);
    let changed = |of: &dyn Fn(&Totals) -> i64| change(of(&now), of(&found.before?));
    let money = |name, of: &dyn Fn(&Totals) -> Micros| {
        figure(name, format::money(of(&now), currency).into_any(), changed(&|totals| of(totals).0))
    };
    let count = |name, of: &dyn Fn(&Totals) -> i64| figure(name, format::thousands(of(&now)).into_any(), changed(of));
    let mut figures = vec![
        money("Revenue", &|totals| totals.revenue).into_any(),
        money("Payout", &|totals| totals.payout).into_any(),
        money("Margin", &Totals::margin).into_any(),
    ];
    if found.when == When::Moved {
        return figures;
    }
    figures.extend([
        count("Received", &|totals| totals.received).into_any(),
        count("Sold", &|totals| totals.sold).into_any(),
        count("Unsold", &|totals| totals.unsold).into_any(),
        figure("Sold share", format::percent(now.sold, now.received).into_any(), None).into_any(),
        figure("EPL", epl(&now, currency).into_any(), None).into_any(),
    ]);
    figures
}

/// A figure with how it changed.
pub(super) fn figure(name: &'static str, value: AnyView, change: Option<String>) -> impl IntoView {
    view! {
        <div class="figure">
            <dt>{name}</dt>
            <dd>
                <span class="value">{value}</span>
                <span class="change">{change.unwrap_or_else(|| "\u{a0}".to_owned())}</span>
            </dd>
        </div>
    }
}

/// Against the days it is compared with.
pub(super) fn change(now: i64, before: i64) -> Option<String> {
    if before == 0 {
        return Some("none before".to_owned());
    }
    let percent = (i128::from(now) - i128::from(before)) * 100 / i128::from(before.abs());
    Some(match percent {
        0 => "as before".to_owned(),
        up @ 1.. => format!("up {up} %"),
        down => format!("down {} %", -down),
    })
}

/// Earnings for each lead taken in.
fn epl(totals: &Totals, currency: Currency) -> String {
    match totals.revenue.0.checked_div(totals.received) {
        Some(each) => format::money(Micros(each), currency),
        None => "–".to_owned(),
    }
}

fn chart(wanted: &Wanted, found: &Breakdown) -> Option<AnyView> {
    let best =
        found.rows.iter().max_by_key(|row| row.totals.revenue).filter(|row| row.totals.revenue > Micros::ZERO)?;
    let currency = found.currency;
    let summary =
        format!("Revenue; the most, {}, came with {}.", format::money(best.totals.revenue, currency), best.name);
    let top = format::money(best.totals.revenue, currency);
    let bar = |row: &Row| {
        let label = if found.by == By::Day { row.name.get(5..).unwrap_or_default() } else { &row.name };
        Bar {
            label: label.chars().take(14).collect(),
            title: format!("{}: {}", row.name, format::money(row.totals.revenue, currency)),
            value: row.totals.revenue.0,
        }
    };
    let bars = found.rows.iter().map(bar).collect::<Vec<_>>();
    if found.by != By::Day || bars.len() < 2 {
        return Some(view! { <Bars bars summary top/> }.into_any());
    }
    let to = report::before_days(Report::Figures, wanted);
    let days = found.rows.iter().map(|row| row.key.clone()).collect();
    let titles = bars.iter().map(|bar| bar.title.clone()).collect();
    Some(view! { <Zoom to days titles><Bars bars summary top/></Zoom> }.into_any())
}

/// The rows as a table shows them: the latest day is the one people look for. The chart runs the other way, as time does.
fn latest_first(found: &Breakdown) -> Box<dyn Iterator<Item = &Row> + '_> {
    match found.by {
        By::Day => Box::new(found.rows.iter().rev()),
        _ => Box::new(found.rows.iter()),
    }
}

/// A count that opens the leads it counts.
fn opens(count: i64, of: Option<&LeadsQuery>, state: Option<LeadState>) -> impl IntoView + use<> {
    let text = format::thousands(count);
    match of.filter(|_| count > 0) {
        Some(query) => {
            let href = LeadsQuery { state, ..query.clone() }.href();
            view! { <td class="number"><a href=href>{text}</a></td> }.into_any()
        }
        None => view! { <td class="number">{text}</td> }.into_any(),
    }
}

fn leads(wanted: &Wanted, found: &Breakdown) -> impl IntoView + use<> {
    let currency = found.currency;
    let cells = |totals: &Totals, of: Option<&LeadsQuery>| {
        view! {
            {opens(totals.received, of, None)}
            {opens(totals.sold, of, Some(LeadState::Sold))}
            <td class="number">{format::percent(totals.sold, totals.received)}</td>
            {opens(totals.unsold, of, Some(LeadState::Unsold))}
            {opens(totals.duplicate, of, Some(LeadState::Duplicate))}
            {opens(totals.unknown, of, Some(LeadState::Unknown))}
            {opens(totals.returned, of, Some(LeadState::Returned))}
            // Refused at the door: nothing of them is kept but the count.
            <td class="number">{format::thousands(totals.rejected)}</td>
            <td class="number">{format::money(totals.revenue, currency)}</td>
            <td class="number">{format::money(totals.payout, currency)}</td>
            <td class="number">{format::money(totals.margin(), currency)}</td>
            <td class="number">{epl(totals, currency)}</td>
        }
    };
    let line = |row: &Row| {
        let of = report::leads(wanted, found.first, found.last, &row.key);
        view! { <tr><th scope="row">{row.name.clone()}</th>{cells(&row.totals, of.as_ref())}</tr> }
    };
    let rows: Vec<_> = latest_first(found).map(line).collect();
    let heads = [
        "Received",
        "Sold",
        "Share",
        "Unsold",
        "Duplicate",
        "In doubt",
        "Returned",
        "Refused",
        "Revenue",
        "Payout",
        "Margin",
        "EPL",
    ];
    let total = cells(&found.total, None);
    table("Counts and money", by_word(found.by), &heads, rows, Some(total.into_any()))
}

fn moved(found: &Breakdown) -> impl IntoView + use<> {
    let currency = found.currency;
    let cells = |totals: &Totals| {
        let money = [totals.revenue, totals.payout, totals.margin()].map(|amount| format::money(amount, currency));
        money.map(|money| view! { <td class="number">{money}</td> })
    };
    let line = |row: &Row| view! { <tr><th scope="row">{row.name.clone()}</th>{cells(&row.totals)}</tr> };
    let rows: Vec<_> = latest_first(found).map(line).collect();
    let heads = ["Revenue", "Payout", "Margin"];
    table("Money by when it moved", by_word(found.by), &heads, rows, Some(cells(&found.total).into_any()))
}

fn prices(wanted: &Wanted, found: &Breakdown) -> impl IntoView + use<> {
    let currency = found.currency;
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            let of = report::leads(wanted, found.first, found.last, &row.key);
            let totals = row.totals;
            let each = totals.revenue.0.checked_div(totals.sold).map(|each| format::money(Micros(each), currency));
            view! {
                <tr>
                    <th scope="row">{row.name.clone()}</th>
                    {opens(totals.sold, of.as_ref(), Some(LeadState::Sold))}
                    {opens(totals.returned, of.as_ref(), Some(LeadState::Returned))}
                    <td class="number">{format::money(totals.revenue, currency)}</td>
                    <td class="number">{format::money(totals.payout, currency)}</td>
                    <td class="number">{format::money(totals.margin(), currency)}</td>
                    <td class="number">{each.unwrap_or_else(|| "–".to_owned())}</td>
                </tr>
            }
        })
        .collect();
    let heads = ["Took", "Gave back", "Revenue", "Payout", "Margin", "Each"];
    table("Sales by price", "Price", &heads, rows, None)
}

fn buyers(wanted: &Wanted, found: &Breakdown) -> impl IntoView + use<> {
    let currency = found.currency;
    let rows: Vec<_> = found
        .rows
        .iter()
        .map(|row| {
            let of = report::leads(wanted, found.first, found.last, &row.key);
            let chances = row.chances;
            let each = row.totals.revenue.0.checked_div(chances.sold).map(|each| format::money(Micros(each), currency));
            let own = Wanted { buyer: row.key.parse().ok(), ..*wanted };
            let reasons = report::href(Report::Reasons, &own);
            let card = report::href(Report::Scorecards, &Wanted { source: None, ..own });
            view! {
                <tr>
                    <th scope="row"><a href=card>{row.name.clone()}</a></th>
                    <td class="number">{format::thousands(chances.pinged)}</td>
                    {opens(chances.sold, of.as_ref(), Some(LeadState::Sold))}
                    <td class="number">{format::percent(chances.sold, chances.pinged)}</td>
                    <td class="number">{format::thousands(chances.lost)}</td>
                    <td class="number"><a href=reasons.clone()>{format::thousands(chances.rejected)}</a></td>
                    <td class="number"><a href=reasons.clone()>{format::thousands(chances.failed)}</a></td>
                    <td class="number"><a href=reasons>{format::thousands(chances.excluded)}</a></td>
                    <td class="number">{format::thousands(chances.returned)}</td>
                    <td class="number">{format::money(row.totals.revenue, currency)}</td>
                    <td class="number">{each.unwrap_or_else(|| "–".to_owned())}</td>
                </tr>
            }
        })
        .collect();
    let heads = ["Pinged", "Took", "Win rate", "Lost", "Said no", "Failed", "Not asked", "Gave back", "Pays", "Each"];
    table("Buyers and how they came out", "Buyer", &heads, rows, None)
}

/// A report's rows under their heads, the first of which says what a row is of; with what all come to, where they do.
fn table<V: IntoView + 'static>(
    caption: &'static str,
    of: &'static str,
    heads: &[&'static str],
    rows: Vec<V>,
    together: Option<AnyView>,
) -> impl IntoView + use<V> {
    let heads = heads.iter().map(|name| view! { <th scope="col" class="number">{*name}</th> }).collect_view();
    let foot = together.map(|cells| view! { <tfoot><tr><th scope="row">"Together"</th>{cells}</tr></tfoot> });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Figures">
            <table class="list report">
                <caption class="sr-only">{caption}</caption>
                <thead><tr><th scope="col">{of}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
                {foot}
            </table>
        </div>
    }
}
