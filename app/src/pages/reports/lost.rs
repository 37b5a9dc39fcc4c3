//! What was probably lost: by what stood in the way, and in whose.

use super::{controls, days, figures, held_against};
use crate::{
    components::{Empty, Nav},
    format,
    pages::{Shown, framed},
    query::{
        LeadsQuery,
        report::{self, Report},
    },
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Reason,
    breakdown::Wanted,
    lost::{Lost, LostOnly, LostRow, LostSum},
};

/// What was lost in a span of days.
#[component]
pub fn LostPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let wanted = report::read(|name| map.get(name));
    framed(Nav::Reports, "What was lost", move |ui, _| async move {
        let choices = ui.filters().await?;
        let found = ui.lost(wanted).await?;
        let controls = controls(Report::Lost, &wanted, choices);
        let content = content(&wanted, &found);
        Ok(Shown::new("What was lost", view! { <div class="stack">{controls} {content}</div> }))
    })
}

fn content(wanted: &Wanted, found: &Lost) -> impl IntoView + use<> {
    let span = days(found.first, found.last);
    let list = if found.rows.is_empty() {
        view! {
            <section class="card">
                <Empty title="Nothing was lost">
                    <p>{format!("Money that caps, schedules, filters, time-outs and faults of deliveries kept from being earned in {span} would stand here. No contract that was kept from buying would have paid more than what the leads brought, as far as contracts are known by what they bid lately.")}</p>
                </Empty>
            </section>
        }
        .into_any()
    } else {
        view! {
            <dl class="figures">{sums(wanted, found)}</dl>
            {held_against(found.compared)}
            <section class="card" aria-labelledby="lost">
                <h2 id="lost">{format!("What was probably lost, {span}")}</h2>
                {table(wanted, found)}
            </section>
        }
        .into_any()
    };
    view! { {list} {how()} }
}

/// How the figure comes about, where it is looked at.
fn how() -> impl IntoView {
    view! {
        <section class="card stack" aria-labelledby="how">
            <h2 id="how">"How it is estimated"</h2>
            <p>"A lead is looked at when it has come out. Of every contract that was kept from buying it by something that can be changed here:"</p>
            <p><strong>"(what it would have bid − what the lead brought) × how often it accepts, and never less than nothing"</strong></p>
            <ul>
                <li>"What it would have bid is its late bid when it made one, its fixed price (while it is neither paused nor misconfigured), or the mean of its bids of the last seven days, drawn to the campaign's mean while it has few: twenty bids weigh as much as the campaign. Of a contract that has not bid lately nothing is known, and nothing is counted."</li>
                <li>"How often it accepts are its posts since yesterday, drawn to the campaign's likewise. What the lead brought is all that its buyers pay; a post in doubt counts as paid."</li>
                <li>"A lead is counted once, with the contract it lost most at: no money is in two rows. Where several things stood against one contract, it is counted under the one that would have kept it out for good: configuration and pause before rules (source, filter, consent, certificate), those before limits (balance, budget, cap, schedule), and those before what passes by itself."</li>
                <li>"Not counted: what a buyer itself declined, persons that were sold before, bids below our own floor, losing to a better bid, and test leads."</li>
            </ul>
            <p class="hint">"It is an estimate of each lead by itself. A cap that had been open longer would have been full sooner, so a month of them is the most there was to gain, not a promise."</p>
        </section>
    }
}

/// The leads that a sum is about.
fn leads(wanted: &Wanted, found: &Lost, lost: LostOnly) -> LeadsQuery {
    LeadsQuery {
        campaign: wanted.campaign,
        source: wanted.source,
        lost: Some(lost),
        days: Some((found.first, found.last)),
        ..LeadsQuery::default()
    }
}

fn sums(wanted: &Wanted, found: &Lost) -> impl IntoView + use<> {
    let now = found.total;
    let changed = |of: &dyn Fn(LostSum) -> i64| figures::change(of(now), of(found.before?));
    let money = format::money(now.amount, found.currency);
    let count = format::thousands(now.leads);
    // The list is asked for all contracts or one: a buyer's leads stand under each of its contracts.
    let count = match wanted.buyer {
        None => view! { <a href=leads(wanted, found, LostOnly::Any).href()>{count}</a> }.into_any(),
        Some(_) => count.into_any(),
    };
    let mean = now.amount.0.checked_div(now.leads).map(|mean| format::money(model::Micros(mean), found.currency));
    [
        figures::figure("Probably lost", money.into_any(), changed(&|sum| sum.amount.0)).into_any(),
        figures::figure("Leads", count, changed(&|sum| sum.leads)).into_any(),
        figures::figure("Each", mean.unwrap_or_else(|| "–".to_owned()).into_any(), None).into_any(),
    ]
}

fn table(wanted: &Wanted, found: &Lost) -> impl IntoView + use<> {
    let groups = found.reasons().into_iter().map(|(reason, sum)| group(wanted, found, reason, sum)).collect_view();
    let cells = numbers(found, found.total, None);
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Lost revenue">
            <table class="list report">
                <caption class="sr-only">"Lost revenue by reason and contract, what cost most first"</caption>
                <thead>
                    <tr>
                        <th scope="col">"What stood in the way, and of whom"</th>
                        <th scope="col" class="number">"Lost"</th>
                        <th scope="col" class="number">"Share"</th>
                        <th scope="col" class="number">"Leads"</th>
                        <th scope="col">"Change it"</th>
                    </tr>
                </thead>
                <tbody>{groups}</tbody>
                <tfoot><tr><th scope="row">"Together"</th>{cells}<td></td></tr></tfoot>
            </table>
        </div>
    }
}

/// A reason with its contracts.
fn group(wanted: &Wanted, found: &Lost, reason: Reason, sum: LostSum) -> impl IntoView + use<> {
    let rows: Vec<_> =
        found.rows.iter().filter(|row| row.reason == reason).map(|row| line(wanted, found, row)).collect();
    let all = wanted.buyer.is_none().then(|| leads(wanted, found, LostOnly::Reason(reason)));
    let cells = numbers(found, sum, all);
    view! {
        <tr>
            <th scope="row">
                <strong>{reason.meaning().trim_end_matches('.')}</strong>
                <span class="hint">{reason.advice()}</span>
            </th>
            {cells}
            <td></td>
        </tr>
        {rows}
    }
}

fn line(wanted: &Wanted, found: &Lost, row: &LostRow) -> impl IntoView + use<> {
    let of = LeadsQuery { lost_to: Some(row.contract), ..leads(wanted, found, LostOnly::Reason(row.reason)) };
    let cells = numbers(found, row.lost, Some(of));
    let (place, word) = remedy(row);
    view! {
        <tr>
            <th scope="row">
                {row.contract_name.clone()}
                <span class="hint">{row.buyer_name.clone()}</span>
            </th>
            {cells}
            <td><a href=place>{word}</a></td>
        </tr>
    }
}

fn numbers(found: &Lost, sum: LostSum, of: Option<LeadsQuery>) -> impl IntoView + use<> {
    let count = format::thousands(sum.leads);
    let count = match of {
        Some(query) => view! { <a href=query.href()>{count}</a> }.into_any(),
        None => count.into_any(),
    };
    view! {
        <td class="number">{format::money(sum.amount, found.currency)}</td>
        <td class="number">{format::percent(sum.amount.0, found.total.amount.0)}</td>
        <td class="number">{count}</td>
    }
}

/// Where what stood in the way is changed, and what the link says.
fn remedy(row: &LostRow) -> (String, &'static str) {
    let contract = |part: &str| format!("/contracts/{}#{part}", row.contract);
    let buyer = |part: &str| format!("/buyers/{}#{part}", row.buyer);
    match row.reason {
        Reason::Cap | Reason::Budget | Reason::CapFilledMeanwhile => (contract("caps"), "Its caps"),
        Reason::ScheduleClosed => (contract("schedule"), "Its schedule"),
        Reason::Filter => (contract("filter"), "Its filter"),
        Reason::SourceNotAllowed => (contract("sources"), "Its sources"),
        Reason::Balance => (buyer("credit"), "Its buyer's credit"),
        Reason::NotNamedInConsent => (buyer("profile"), "Its buyer's legal name"),
        Reason::Paused | Reason::CertificateMissing => (contract("general"), "The contract"),
        Reason::TooManyUnknown => ("/doubt".to_owned(), "Posts in doubt"),
        Reason::Timeout
        | Reason::LateBid
        | Reason::InvalidResponse
        | Reason::Unreachable
        | Reason::EgressRefused
        | Reason::BreakerOpen
        | Reason::Expired
        | Reason::BuyerExpiredPing => (contract("ping"), "Its ping"),
        Reason::NotSent | Reason::BuyerInvalidField | Reason::BuyerAuth => (contract("post"), "Its post"),
        _ => (contract("general"), "The contract"),
    }
}
