//! The buyer's portal: what it took, what it pays, and under which contracts. Made for a phone first.

mod feedback;
mod returns;
mod terms;

pub use returns::PortalReturnsPage;
pub use terms::PortalTermsPage;

use super::{Reply, Shown, framed, leads::day};
use crate::{
    components::{Empty, Nav, When, files},
    error::UiError,
    form::{Form, Sent},
    format::{self, Clock},
    query::{cursor, days},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    LeadId, Micros,
    page::Page,
    portal::{Delivered, DeliveredRow, MonthRow, PortalContract, PortalHome},
    time::Day,
};

/// The buyer's first page.
#[component]
pub fn PortalPage() -> impl IntoView {
    framed(Nav::Portal, "Overview", |ui, _| async move {
        let home = ui.portal_home().await?;
        let clock = Clock::new(&ui, &home.zone);
        Ok(Shown::new(home.buyer.clone(), first(home, &clock)))
    })
}

/// The leads the buyer took.
#[component]
pub fn PortalLeadsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let get = |name: &str| map.get(name);
    let (days, cursor) = (days(&get), cursor(&get));
    framed(Nav::Delivered, "Leads", move |ui, _| async move {
        let zone = ui.portal_home().await?.zone;
        let page = ui.portal_leads(days, cursor).await?;
        let clock = Clock::new(&ui, &zone);
        Ok(Shown::new("Leads", list(days, page, &clock)))
    })
}

/// One lead with what the buyer was sent.
#[component]
pub fn PortalLeadPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::Delivered, "Lead", move |ui, _| async move {
        let id: LeadId = id.parse().map_err(|_| UiError::NotFound)?;
        let (mut form, mut saying) = (returns::blank(), feedback::blank());
        match &sent {
            Some(sent) if sent.text("do") == "say" => feedback::said(&ui, &reply, &mut saying, id, sent).await?,
            Some(sent) => returns::asked(&ui, &reply, &mut form, id, sent).await?,
            None => {}
        }
        let lead = ui.portal_lead(id).await?;
        let clock = Clock::new(&ui, &ui.portal_home().await?.zone);
        Ok(Shown::new(format!("Lead {}", short(&lead.row)), one(lead, (&form, &saying), done.as_deref(), &clock)))
    })
}

fn short(row: &DeliveredRow) -> String {
    let id = row.lead_id.to_string();
    format!("…{}", &id[id.len() - 8..])
}

fn first(home: PortalHome, clock: &Clock) -> impl IntoView + use<> {
    let paused = (!home.active).then(|| {
        view! { <p class="panel">"You are paused: no lead is offered to you. Ask your contact to resume."</p> }
    });
    let sum = |name: &'static str, rows: &[MonthRow]| {
        let leads: i64 = rows.iter().map(|row| row.entries).sum();
        let back: i64 = rows.iter().map(|row| row.returned).sum();
        let back = (back > 0).then(|| format!(", {} given back", format::thousands(back)));
        let money = match rows {
            [] => "–".to_owned(),
            rows => rows.iter().map(|row| format::money(row.pays, row.currency)).collect::<Vec<_>>().join(", "),
        };
        view! {
            <div class="figure">
                <dt>{name}</dt>
                <dd><span class="value">{money}</span><span class="change">{counted(leads) + &back.unwrap_or_default()}</span></dd>
            </div>
        }
    };
    let each = home.month.first().and_then(|row| row.cost.0.checked_div(row.entries).map(|each| (each, row.currency)));
    let each = each.map_or_else(|| "–".to_owned(), |(each, currency)| format::money(Micros(each), currency));
    let contracts = if home.contracts.is_empty() {
        view! { <Empty title="No contract yet"><p>"What you buy, and on which terms, will stand here."</p></Empty> }
            .into_any()
    } else {
        contracts(home.contracts).into_any()
    };
    let latest = if home.latest.is_empty() {
        view! { <Empty title="No lead yet"><p>"Leads that you take show here at once."</p></Empty> }.into_any()
    } else {
        table(home.latest, clock, "Latest leads").into_any()
    };
    view! {
        <div class="stack">
            {paused}
            <p class="hint">{format!("Days and months are those of {}.", home.zone)}</p>
            <dl class="figures quarters">
                {sum("Today", &home.today)}
                {sum("This month", &home.month)}
                {sum("Last month", &home.before)}
                <div class="figure"><dt>"Each, this month"</dt><dd><span class="value">{each}</span></dd></div>
            </dl>
            <section class="card" aria-labelledby="latest">
                <h2 id="latest">"Latest leads"</h2>
                {latest}
                <p><a href="/portal/leads">"All leads"</a></p>
            </section>
            <section class="card" aria-labelledby="contracts">
                <h2 id="contracts">"What you buy"</h2>
                {contracts}
            </section>
        </div>
    }
}

fn counted(leads: i64) -> String {
    match leads {
        0 => "no lead".to_owned(),
        1 => "1 lead".to_owned(),
        more => format!("{} leads", format::thousands(more)),
    }
}

fn contracts(contracts: Vec<PortalContract>) -> impl IntoView {
    let rows = contracts.into_iter().map(|contract| {
        let caps = if contract.caps.is_empty() { "no limit".to_owned() } else { contract.caps.join("; ") };
        let state = if contract.active { "buys" } else { "paused" };
        view! {
            <tr>
                <th scope="row">
                    <a href=format!("/portal/contracts/{}", contract.id)>{contract.name}</a>
                    <span class="hint">{contract.campaign}</span>
                </th>
                <td>{state}</td>
                <td>{caps}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="What you buy">
            <table class="list">
                <caption class="sr-only">"Contracts"</caption>
                <thead><tr><th scope="col">"Contract"</th><th scope="col">"State"</th><th scope="col">"Limits"</th></tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
}

fn list(days: Option<(Day, Day)>, page: Page<DeliveredRow>, clock: &Clock) -> impl IntoView + use<> {
    let span = days.map(|(first, last)| format!("from={first}&to={last}")).unwrap_or_default();
    let link = |name: &'static str, id: Option<String>, word: &'static str| match id {
        Some(id) => view! { <a class="button" href=format!("/portal/leads?{name}={id}&{span}")>{word}</a> }.into_any(),
        None => view! { <span class="button disabled" aria-disabled="true">{word}</span> }.into_any(),
    };
    let pager = (page.newer.is_some() || page.older.is_some()).then(|| {
        view! {
            <nav class="pager" aria-label="Pages">
                {link("newer", page.newer.clone(), "Newer")} {link("older", page.older.clone(), "Older")}
            </nav>
        }
    });
    let content = if page.rows.is_empty() {
        view! { <Empty title="No lead"><p>"You took none in these days."</p></Empty> }.into_any()
    } else {
        table(page.rows, clock, "Leads").into_any()
    };
    view! {
        <div class="stack">
            <form class="filters card" method="get" action="/portal/leads" role="search" aria-label="Days">
                {day("from", "From", days.map(|(first, _)| first))}
                {day("to", "To", days.map(|(_, last)| last))}
                <div class="actions">
                    <button class="button primary" type="submit">"Show"</button>
                    {files("/portal/leads", &span, "leads")}
                </div>
            </form>
            <section class="card">{content} {pager}</section>
        </div>
    }
}

fn table(rows: Vec<DeliveredRow>, clock: &Clock, caption: &'static str) -> impl IntoView + use<> {
    let clock = clock.clone();
    let rows: Vec<_> = rows
        .into_iter()
        .map(|row| {
            let href = format!("/portal/leads/{}", row.lead_id);
            let some = row.fields.iter().take(3).map(|(_, value)| value.as_str()).collect::<Vec<_>>().join(" · ");
            view! {
                <tr>
                    <th scope="row"><a class="id" href=href>{short(&row)}</a></th>
                    <td><When at=row.at clock=clock.clone()/></td>
                    <td>{row.campaign.clone()}<span class="hint">{some}</span></td>
                    <td>{row.reference.clone()}</td>
                    <td class="number">
                        {format::of(row.pays)}
                        {row.returned_at.map(|_| view! { <span class="hint">"taken back"</span> })}
                    </td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption>
            <table class="list">
                <caption class="sr-only">{caption}</caption>
                <thead>
                    <tr>
                        <th scope="col">"Lead"</th>
                        <th scope="col">"Taken"</th>
                        <th scope="col">"What"</th>
                        <th scope="col">"Your id"</th>
                        <th scope="col" class="number">"Price"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
}

fn one(lead: Delivered, (form, saying): (&Form, &Form), done: Option<&str>, clock: &Clock) -> impl IntoView + use<> {
    let said = match done {
        Some("asked") => Some("You asked to give this lead back."),
        Some("said") => Some("What became of it is taken down."),
        _ => None,
    };
    let said = said.map(|text| view! { <div class="status-bar" role="status"><span>{text}</span></div> });
    let became = feedback::panel(saying, lead.feedback, lead.row.pays.currency, clock);
    let pairs = |list: Vec<(String, String)>| {
        list.into_iter()
            .map(|(name, value)| view! { <div><dt>{name.replace('_', " ")}</dt><dd>{value}</dd></div> })
            .collect_view()
    };
    let giving_back = returns::panel(form, lead.returnable, clock);
    let row = lead.row;
    let personal = if lead.personal.is_empty() {
        view! { <p class="hint">"No personal value was sent to you, or the person has been forgotten since."</p> }
            .into_any()
    } else {
        view! { <dl class="pairs">{pairs(lead.personal)}</dl> }.into_any()
    };
    view! {
        <div class="stack">
            {said}
            <dl class="figures quarters">
                <div class="figure"><dt>"Price"</dt><dd><span class="value">{format::of(row.pays)}</span></dd></div>
                <div class="figure"><dt>"Taken"</dt><dd><When at=row.at clock=clock.clone()/></dd></div>
                <div class="figure"><dt>"Your id"</dt><dd>{row.reference.unwrap_or_else(|| "–".to_owned())}</dd></div>
                <div class="figure"><dt>"Contract"</dt><dd>{row.contract}</dd></div>
            </dl>
            <section class="card" aria-labelledby="person">
                <h2 id="person">"The person"</h2>
                {personal}
                <p class="hint">"That you looked is written to the lead's history."</p>
            </section>
            <section class="card" aria-labelledby="fields">
                <h2 id="fields">{row.campaign}</h2>
                <dl class="pairs">{pairs(row.fields)}</dl>
            </section>
            {became}
            {giving_back}
        </div>
    }
}
