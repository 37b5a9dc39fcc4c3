//! What stood in the way: of whom, where, how often.

use super::{controls, days};
use crate::{
    components::{Bar, Bars, Empty, Nav},
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
    breakdown::{ReasonRow, Reasons, Wanted},
    trace::Stage,
};

/// Reasons of a span of days.
#[component]
pub fn ReasonsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let wanted = report::read(|name| map.get(name));
    framed(Nav::Reports, "Reasons", move |ui, _| async move {
        let choices = ui.filters().await?;
        let found = ui.reasons(wanted).await?;
        let controls = controls(Report::Reasons, &wanted, choices);
        let content = content(&wanted, found);
        Ok(Shown::new("Reasons", view! { <div class="stack">{controls} {content}</div> }))
    })
}

fn content(wanted: &Wanted, found: Reasons) -> impl IntoView + use<> {
    let span = days(found.first, found.last);
    if found.rows.is_empty() {
        return view! {
            <section class="card">
                <Empty title="Nobody said no">
                    <p>{format!("Why contracts were not asked, and why buyers declined, in {span}, would stand here.")}</p>
                </Empty>
            </section>
        }
        .into_any();
    }
    let most = found.rows.iter().map(|row| row.count).max().unwrap_or(1).max(1);
    let all: i64 = found.rows.iter().map(|row| row.count).sum();
    let chart = (found.days.len() > 1).then(|| chart(&found));
    let rows: Vec<_> = found.rows.iter().map(|row| line(wanted, &found, row, most, all)).collect();
    view! {
        <section class="card" aria-labelledby="why">
            <h2 id="why">{format!("What stood in the way, {span}")}</h2>
            {chart}
            <div class="scroll" tabindex="0" role="region" aria-label="Reasons">
                <table class="list">
                    <caption class="sr-only">"Reasons, the most frequent first"</caption>
                    <thead>
                        <tr>
                            <th scope="col">"Reason"</th>
                            <th scope="col">"Where"</th>
                            <th scope="col">"Buyer"</th>
                            <th scope="col" class="number">"Times"</th>
                            <th scope="col" class="number">"Share"</th>
                            <td></td>
                        </tr>
                    </thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
            <p class="hint">"Losing to a better bid is no reason. A lead can be counted with several: nothing stops at the first finding."</p>
        </section>
    }
    .into_any()
}

fn line(wanted: &Wanted, found: &Reasons, row: &ReasonRow, most: i64, all: i64) -> impl IntoView + use<> {
    let times = format::thousands(row.count);
    // A reason against the lead as a whole is the lead's own: the list can be asked for it.
    let times = if row.stage.is_none() {
        let query = LeadsQuery {
            campaign: wanted.campaign,
            source: wanted.source,
            reason: Some(row.reason),
            days: Some((found.first, found.last)),
            ..LeadsQuery::default()
        };
        view! { <a href=query.href()>{times}</a> }.into_any()
    } else {
        times.into_any()
    };
    let buyer = row.buyer.map(|id| {
        let href = report::href(Report::Reasons, &Wanted { buyer: Some(id), ..*wanted });
        view! { <a href=href>{row.name.clone()}</a> }
    });
    let width = (row.count * 100 / most).max(1);
    view! {
        <tr>
            <th scope="row">
                {row.reason.meaning().trim_end_matches('.')}
                <span class="hint">{row.reason.advice()}</span>
            </th>
            <td>{row.stage.map_or("the lead", Stage::name)}</td>
            <td>{buyer}</td>
            <td class="number">{times}</td>
            <td class="number">{format::percent(row.count, all)}</td>
            <td class="share" aria-hidden="true">
                <svg viewBox="0 0 100 8" preserveAspectRatio="none"><rect class="bar-fill" width=width.to_string() height="8" rx="1"></rect></svg>
            </td>
        </tr>
    }
}

fn chart(found: &Reasons) -> impl IntoView + use<> {
    let all: i64 = found.days.iter().map(|(_, count)| count).sum();
    let most = found.days.iter().map(|(_, count)| *count).max().unwrap_or(0);
    let bars = found.days.iter().map(|(day, count)| Bar {
        label: day.to_string().get(5..).unwrap_or_default().to_owned(),
        title: format!("{day}: {}", format::thousands(*count)),
        value: *count,
    });
    let summary = format!("{} times in {} days.", format::thousands(all), found.days.len());
    let bars: Vec<_> = bars.collect();
    view! { <Bars bars summary top=format::thousands(most)/> }
}
