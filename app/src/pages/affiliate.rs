//! The affiliate's portal: what its source sent, what became of it, what it earns, and how it is connected. Made for a phone
//! first. Nothing of buyers is in it.

mod setup;

pub use setup::AffiliateSetupPage;

use super::{Shown, framed, leads::day};
use crate::{
    components::{Empty, Nav, StateBadge, When, files},
    format::{self, Clock},
    query::{cursor, days},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Reason,
    affiliate::{AffiliateHome, AffiliateLead, Earned, SubSource},
    page::Page,
    time::Day,
};

/// The affiliate's first page.
#[component]
pub fn AffiliatePage() -> impl IntoView {
    framed(Nav::Affiliate, "Overview", |ui, _| async move {
        let home = ui.affiliate_home().await?;
        let clock = Clock::new(&ui, &home.zone);
        Ok(Shown::new(home.source.clone(), first(home, &clock))
            .beside(view! { <a class="button" href="/affiliate/setup">"Posting instructions"</a> }))
    })
}

/// The leads it sent.
#[component]
pub fn AffiliateLeadsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let get = |name: &str| map.get(name);
    let (days, cursor) = (days(&get), cursor(&get));
    framed(Nav::AffiliateLeads, "Leads", move |ui, signed| async move {
        let page = ui.affiliate_leads(days, cursor).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        Ok(Shown::new("Leads", list(days, page, &clock)))
    })
}

fn first(home: AffiliateHome, clock: &Clock) -> impl IntoView + use<> {
    let paused = (!home.active)
        .then(|| view! { <p class="panel warning">"No lead is taken from you at present. Ask your contact."</p> });
    let currency = home.currency;
    let sum = |name: &'static str, earned: Earned| {
        let back = if earned.returned > 0 { format!(", {} taken back", earned.returned) } else { String::new() };
        let counts = format!(
            "{} sent, {} accepted, {} sold{back}",
            format::thousands(earned.sent),
            format::thousands(earned.accepted),
            format::thousands(earned.sold)
        );
        view! {
            <div class="figure">
                <dt>{name}</dt>
                <dd><span class="value">{format::money(earned.payout, currency)}</span><span class="change">{counts}</span></dd>
            </div>
        }
    };
    let each = home.month.payout.0.checked_div(home.month.sent).map(model::Micros);
    let each = each.map_or_else(|| "–".to_owned(), |each| format::money(each, currency));
    let latest = if home.latest.is_empty() {
        view! { <Empty title="No lead yet"><p>"What you send shows here at once."</p><p><a class="button" href="/affiliate/setup">"Posting instructions"</a></p></Empty> }.into_any()
    } else {
        table(home.latest, clock, "Latest leads")
    };
    view! {
        <div class="stack">
            {paused}
            <p class="hint">{format!("Days and months are those of {}.", home.zone)}</p>
            <dl class="figures quarters">
                {sum("Today", home.today)}
                {sum("This month", home.month)}
                {sum("Last month", home.before)}
                <div class="figure"><dt>"Each sent, this month"</dt><dd><span class="value">{each}</span></dd></div>
            </dl>
            <section class="card" aria-labelledby="latest">
                <h2 id="latest">"Latest leads"</h2>
                {latest}
                <p><a href="/affiliate/leads">"All leads"</a></p>
            </section>
            {reasons(home.reasons)}
            {subs(home.subs, currency)}
        </div>
    }
}

fn reasons(reasons: Vec<(Reason, i64)>) -> AnyView {
    let body = if reasons.is_empty() {
        view! { <Empty title="Nothing stood in the way"><p>"Every lead of the last 30 days was sold, or none came."</p></Empty> }
            .into_any()
    } else {
        let rows = reasons.into_iter().map(|(reason, count)| {
            view! {
                <tr>
                    <th scope="row">{reason.meaning()}</th>
                    <td class="number">{format::thousands(count)}</td>
                </tr>
            }
        });
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Reasons">
                <table class="list">
                    <caption class="sr-only">"Why leads were not sold, the most frequent first"</caption>
                    <thead><tr><th scope="col">"Reason"</th><th scope="col" class="number">"Leads"</th></tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    view! {
        <section class="card" aria-labelledby="reasons">
            <h2 id="reasons">"Why leads were not sold"</h2>
            <p class="hint">"In the last 30 days."</p>
            {body}
        </section>
    }
    .into_any()
}

fn subs(subs: Vec<SubSource>, currency: model::Currency) -> Option<AnyView> {
    if subs.iter().all(|sub| sub.sub1.is_empty()) {
        return None;
    }
    let rows = subs.into_iter().map(|sub| {
        let name = if sub.sub1.is_empty() { "Without a label".to_owned() } else { sub.sub1 };
        view! {
            <tr>
                <th scope="row">{name}</th>
                <td class="number">{format::thousands(sub.sent)}</td>
                <td class="number">{format::thousands(sub.sold)}<span class="hint">{format::percent(sub.sold, sub.sent)}</span></td>
                <td class="number">{format::money(sub.payout, currency)}</td>
            </tr>
        }
    });
    let table = view! {
        <section class="card" aria-labelledby="subs">
            <h2 id="subs">"Your sub-sources"</h2>
            <p class="hint">"Leads by their first label ("<code>"sub1"</code>"), in the last 30 days."</p>
            <div class="scroll" tabindex="0" role="region" aria-label="Sub-sources">
                <table class="list">
                    <caption class="sr-only">"Leads, sales and payout by label"</caption>
                    <thead><tr>
                        <th scope="col">"Label"</th><th scope="col" class="number">"Sent"</th>
                        <th scope="col" class="number">"Sold"</th><th scope="col" class="number">"Payout"</th>
                    </tr></thead>
                    <tbody>{rows.collect_view()}</tbody>
                </table>
            </div>
        </section>
    };
    Some(table.into_any())
}

fn list(days: Option<(Day, Day)>, page: Page<AffiliateLead>, clock: &Clock) -> impl IntoView + use<> {
    let span = days.map(|(first, last)| format!("from={first}&to={last}")).unwrap_or_default();
    let link = |name: &'static str, id: Option<String>, word: &'static str| match id {
        Some(id) => {
            view! { <a class="button" href=format!("/affiliate/leads?{name}={id}&{span}")>{word}</a> }.into_any()
        }
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
        view! { <Empty title="No lead"><p>"You sent none in these days."</p></Empty> }.into_any()
    } else {
        table(page.rows, clock, "Leads")
    };
    view! {
        <div class="stack">
            <form class="filters card" method="get" action="/affiliate/leads" role="search" aria-label="Days">
                {day("from", "From", days.map(|(first, _)| first))}
                {day("to", "To", days.map(|(_, last)| last))}
                <div class="actions">
                    <button class="button primary" type="submit">"Show"</button>
                    {files("/affiliate/leads", &span, "leads")}
                </div>
            </form>
            <section class="card">{content} {pager}</section>
        </div>
    }
}

fn table(rows: Vec<AffiliateLead>, clock: &Clock, caption: &'static str) -> AnyView {
    let clock = clock.clone();
    let rows = rows.into_iter().map(|row| {
        let id = row.id.to_string();
        let about = [row.campaign.clone()].into_iter().chain(row.sub1.clone()).collect::<Vec<_>>().join(" · ");
        let test = row.test.then(|| view! { <span class="badge test">"Test"</span> });
        view! {
            <tr>
                <th scope="row"><span class="id">{format!("…{}", &id[id.len() - 8..])}</span>{test}</th>
                <td><When at=row.at clock=clock.clone()/></td>
                <td><StateBadge state=row.state/>{row.reason.map(|reason| view! { <span class="hint">{reason.meaning()}</span> })}</td>
                <td>{about}</td>
                <td class="number">{row.payout.map(format::of)}</td>
            </tr>
        }
    });
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption>
            <table class="list">
                <caption class="sr-only">{caption}</caption>
                <thead><tr>
                    <th scope="col">"Lead"</th><th scope="col">"Sent"</th><th scope="col">"What became of it"</th>
                    <th scope="col">"What"</th><th scope="col" class="number">"Payout"</th>
                </tr></thead>
                <tbody>{rows.collect_view()}</tbody>
            </table>
        </div>
    }
    .into_any()
}
