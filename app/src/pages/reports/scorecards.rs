//! What each buyer did with what it was asked, how quickly, and what that cost.

use super::{controls, days, figures, held_against};
use crate::{
    components::{Empty, ErrorPanel, Nav},
    error::UiError,
    format,
    pages::{Reply, Shown, framed},
    query::{
        LeadsQuery,
        report::{self, Report},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Currency, Reason,
    breakdown::Wanted,
    cap::{Limit, Window},
    lead::LeadState,
    lost::{LostOnly, LostSum},
    scorecard::{CapUse, Card, CardRow, Scorecards, Speed},
    tenant::Mode,
};

/// Scorecards of a span of days.
#[component]
pub fn ScorecardsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let wanted = report::read(|name| map.get(name));
    let reply = Reply::here();
    framed(Nav::Reports, "Scorecards", move |ui, _| async move {
        let choices = ui.filters().await?;
        let named = wanted.buyer.and_then(|id| choices.buyers.iter().find(|(known, _)| *known == id));
        let title = named.map_or_else(|| "Scorecards".to_owned(), |(_, name)| format!("{name}: scorecard"));
        let controls = controls(Report::Scorecards, &wanted, choices);
        let content = match ui.scorecards(wanted).await {
            Ok(found) => content(&wanted, &found).into_any(),
            // What to choose instead stands in the form above it.
            Err(error @ UiError::Refused(_)) => {
                reply.failed(&error, Report::Scorecards.path());
                view! { <ErrorPanel error/> }.into_any()
            }
            Err(error) => return Err(error),
        };
        Ok(Shown::new(title, view! { <div class="stack">{controls} {content}</div> }))
    })
}

fn content(wanted: &Wanted, found: &Scorecards) -> impl IntoView + use<> {
    let span = days(found.first, found.last);
    let caps = (!found.caps.is_empty()).then(|| caps(&found.caps, found.currency));
    if found.rows.is_empty() {
        return view! {
            <section class="card">
                <Empty title="Nobody was considered">
                    <p>{format!("What buyers did with leads of {span} would stand here. Choose other days, or let more through.")}</p>
                </Empty>
            </section>
            {caps}
        }
        .into_any();
    }
    view! {
        <dl class="figures quarters">{strip(found)}</dl>
        {held_against(found.compared)}
        <section class="card" aria-labelledby="asked">
            <h2 id="asked">{format!("Pings, {span}")}</h2>
            {pings(wanted, found)}
            <p class="hint">"Considered is every lead that the contract might have had, asked or not. Failed means that the ping did not reach the buyer or its answer could not be read. The money is what was "<a href=report::href(Report::Lost, wanted)>"probably lost"</a>"."</p>
        </section>
        <section class="card" aria-labelledby="posted">
            <h2 id="posted">{format!("Posts, {span}")}</h2>
            {posts(wanted, found)}
            <p class="hint">"In doubt are posts whose outcome was not known at first, whatever became of them later. Not sent are those for which no connection could be made; they are in no share. Gave back are leads that came in these days, whenever they came back."</p>
        </section>
        {caps}
        <p class="hint">"How long a call took is kept in steps of a fifth, so these lengths are off by less than a tenth, whatever the span. A call that was not answered counts as long as it was waited for; one that reached nobody, or was not waited for because another took the lead, does not count. Test leads and copies for silent contracts are in none of it."</p>
    }
    .into_any()
}

/// The figures of all together, with how they changed.
fn strip(found: &Scorecards) -> impl IntoView + use<> {
    let now = found.total;
    let changed = |of: &dyn Fn(&Card) -> i64| figures::change(of(&now), of(&found.before?));
    // Of a share both parts are needed: what it was says more than by how much of itself it changed.
    let was = |of: &dyn Fn(&Card) -> (i64, i64)| {
        let (part, whole) = of(&found.before?);
        Some(if whole == 0 { "none before".to_owned() } else { format!("{} before", format::percent(part, whole)) })
    };
    let share = |name, of: &dyn Fn(&Card) -> (i64, i64)| {
        let (part, whole) = of(&now);
        figures::figure(name, format::percent(part, whole).into_any(), was(of)).into_any()
    };
    let length = |name, of: &dyn Fn(&Card) -> Speed| {
        let micros = |card: &Card| i64::from(of(card).p95_us.unwrap_or_default());
        figures::figure(name, ms(of(&now).p95_us).into_any(), changed(&micros)).into_any()
    };
    vec![
        figures::figure("Pings", format::thousands(now.pinged).into_any(), changed(&|card| card.pinged)).into_any(),
        share("Bids of pings", &|card| (card.bids, card.pinged)),
        share("Taken of bids", &|card| (card.accepted, card.bids)),
        share("Refused of posts", &|card| (card.refused, card.posts())),
        share("Timed out", &|card| (card.silent, card.pinged)),
        share("Late", &|card| (card.late, card.pinged)),
        length("Ping, 95 %", &|card| card.ping),
        length("Post, 95 %", &|card| card.post),
    ]
}

/// A length in words; a dash where nothing was measured.
fn ms(us: Option<u32>) -> String {
    us.map_or_else(|| "–".to_owned(), format::ms)
}

/// Where a row's name leads: a buyer to its contracts' cards, a contract to itself.
fn name(wanted: &Wanted, row: &CardRow) -> impl IntoView + use<> {
    let (href, name) = match row.contract {
        Some(contract) => (format!("/contracts/{contract}"), row.contract_name.clone()),
        None => {
            let own = Wanted { buyer: Some(row.buyer), ..*wanted };
            (report::href(Report::Scorecards, &own), row.buyer_name.clone())
        }
    };
    view! { <th scope="row"><a href=href>{name}</a></th> }
}

/// Money that was lost, with the leads it was lost at: a contract's own list of them, or a buyer's report.
fn lost(wanted: &Wanted, found: &Scorecards, row: Option<&CardRow>, sum: LostSum, why: &[Reason]) -> AnyView {
    let money = format::money(sum.amount, found.currency);
    let href = match (row.map(|row| (row.buyer, row.contract)), why) {
        _ if sum.leads == 0 => return view! { <td class="number">{money}</td> }.into_any(),
        (Some((_, Some(contract))), [reason]) => LeadsQuery {
            lost: Some(LostOnly::Reason(*reason)),
            lost_to: Some(contract),
            days: Some((found.first, found.last)),
            ..LeadsQuery::default()
        }
        .href(),
        (row, _) => {
            let buyer = row.map(|(buyer, _)| buyer).or(wanted.buyer);
            report::href(Report::Lost, &Wanted { buyer, ..*wanted })
        }
    };
    view! { <td class="number"><a href=href>{money}</a></td> }.into_any()
}

fn count(count: i64) -> impl IntoView {
    view! { <td class="number">{format::thousands(count)}</td> }
}

fn share(part: i64, whole: i64) -> impl IntoView {
    view! { <td class="number">{format::percent(part, whole)}</td> }
}

/// A count that opens the reasons of the buyer that it is of.
fn why(wanted: &Wanted, row: Option<&CardRow>, times: i64) -> impl IntoView + use<> {
    let buyer = row.map(|row| row.buyer).or(wanted.buyer);
    let href = report::href(Report::Reasons, &Wanted { buyer, ..*wanted });
    view! { <td class="number"><a href=href>{format::thousands(times)}</a></td> }
}

/// The three lengths.
fn lengths(speed: Speed) -> impl IntoView {
    [speed.p50_us, speed.p95_us, speed.p99_us].map(|us| view! { <td class="number">{ms(us)}</td> })
}

fn pings(wanted: &Wanted, found: &Scorecards) -> AnyView {
    let cells = |row: Option<&CardRow>, card: &Card| {
        let bid = card.mean_bid().map_or_else(|| "–".to_owned(), |bid| format::money(bid, found.currency));
        view! {
            {count(card.considered)}
            {count(card.full)}
            {lost(wanted, found, row, card.full_lost, &[Reason::Cap, Reason::Budget])}
            {count(card.pinged)}
            {count(card.bids)}
            {share(card.bids, card.pinged)}
            <td class="number">{bid}</td>
            {why(wanted, row, card.declined)}
            {count(card.late)}
            {lost(wanted, found, row, card.late_lost, &[Reason::LateBid])}
            {count(card.silent)}
            {share(card.silent, card.pinged)}
            {lost(wanted, found, row, card.silent_lost, &[Reason::Timeout])}
            {why(wanted, row, card.broken)}
            {lengths(card.ping)}
        }
        .into_any()
    };
    let heads = [
        "Considered",
        "Cap full",
        "Lost",
        "Pinged",
        "Bids",
        "Of pings",
        "Mean bid",
        "Declined",
        "Late",
        "Lost",
        "Timed out",
        "Of pings",
        "Lost",
        "Failed",
        "50 %",
        "95 %",
        "99 %",
    ];
    table("Pings and how they were answered", wanted, found, &heads, cells)
}

fn posts(wanted: &Wanted, found: &Scorecards) -> AnyView {
    let cells = |row: Option<&CardRow>, card: &Card| {
        // The list knows who bought, and not by which contract.
        let buyer = match row {
            Some(row) if row.contract.is_none() => Some(row.buyer),
            Some(_) => None,
            None => wanted.buyer,
        };
        let took = format::thousands(card.accepted);
        let took = match buyer.filter(|_| card.accepted > 0) {
            Some(buyer) => {
                let query = LeadsQuery {
                    campaign: wanted.campaign,
                    buyer: Some(buyer),
                    state: Some(LeadState::Sold),
                    days: Some((found.first, found.last)),
                    mode: Some(Mode::Live),
                    ..LeadsQuery::default()
                };
                view! { <a href=query.href()>{took}</a> }.into_any()
            }
            None => took.into_any(),
        };
        view! {
            {count(card.posts())}
            <td class="number">{took}</td>
            {share(card.accepted, card.bids)}
            {why(wanted, row, card.refused)}
            {share(card.refused, card.posts())}
            {count(card.doubtful)}
            {count(card.unsent)}
            {count(card.returned)}
            {share(card.returned, card.accepted)}
            {lengths(card.post)}
        }
        .into_any()
    };
    let heads = [
        "Posted",
        "Took",
        "Of bids",
        "Refused",
        "Of posts",
        "In doubt",
        "Not sent",
        "Gave back",
        "Of taken",
        "50 %",
        "95 %",
        "99 %",
    ];
    table("Posts and how they were answered", wanted, found, &heads, cells)
}

/// A row for each buyer or contract, and all together.
fn table(
    caption: &'static str,
    wanted: &Wanted,
    found: &Scorecards,
    heads: &[&'static str],
    cells: impl Fn(Option<&CardRow>, &Card) -> AnyView,
) -> AnyView {
    let heads = heads.iter().map(|head| view! { <th scope="col" class="number">{*head}</th> }).collect_view();
    let rows: Vec<_> =
        found.rows.iter().map(|row| view! { <tr>{name(wanted, row)} {cells(Some(row), &row.card)}</tr> }).collect();
    let of = if wanted.buyer.is_some() { "Contract" } else { "Buyer" };
    let together = cells(None, &found.total);
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption>
            <table class="list report">
                <caption class="sr-only">{caption}</caption>
                <thead><tr><th scope="col">{of}</th>{heads}</tr></thead>
                <tbody>{rows}</tbody>
                <tfoot><tr><th scope="row">"Together"</th>{together}</tr></tfoot>
            </table>
        </div>
    }
    .into_any()
}

/// How full the caps are in the windows that run.
fn caps(all: &[CapUse], currency: Currency) -> impl IntoView + use<> {
    let quantity = |limit: Limit| match limit {
        Limit::Count(leads) => format!("{} leads", format::thousands(i64::from(leads))),
        Limit::Money(amount) => format::money(amount, currency),
    };
    let row = |cap: &CapUse| {
        let about = match cap.contract {
            Some(contract) => {
                view! { <a href=format!("/contracts/{contract}#caps")>{cap.about.clone()}</a> }.into_any()
            }
            None => cap.about.clone().into_any(),
        };
        view! {
            <tr>
                <th scope="row">{about}</th>
                <td>{window(cap.window)}</td>
                <td class="number">{quantity(cap.used)}</td>
                <td class="number">{quantity(cap.limit)}</td>
                <td class="number">{format::percent(cap.share, 1_000_000)}</td>
            </tr>
        }
    };
    view! {
        <section class="card" aria-labelledby="caps">
            <h2 id="caps">"Caps, as full as they are now"</h2>
            <div class="scroll" tabindex="0" role="region" aria-label="Caps">
                <table class="list">
                    <caption class="sr-only">"Caps in the windows that run, the fullest first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Whose"</th>
                            <th scope="col">"Window"</th>
                            <th scope="col" class="number">"Used"</th>
                            <th scope="col" class="number">"At most"</th>
                            <th scope="col" class="number">"Share"</th>
                        </tr>
                    </thead>
                    <tbody>{all.iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        </section>
    }
}

const fn window(window: Window) -> &'static str {
    match window {
        Window::Hour => "This hour",
        Window::Day => "Today",
        Window::Week => "This week",
        Window::Month => "This month",
        Window::Total => "For ever",
    }
}
