//! One lead: who got it, for how much, why not the others.

mod requests;
mod rerun;

pub use requests::LeadRequestsPage;
pub use rerun::RerunPage;

use super::{
    Shown, framed, silent,
    waterfall::{capital, waterfall},
};
use crate::{
    components::{Empty, Nav, StateBadge, When},
    error::UiError,
    format::{self, Clock},
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    LeadId,
    consent::LeadConsent,
    lead::{HistoryLine, LeadDetail, LeadState, LedgerLine},
    tenant::Mode,
    user::Right,
};

/// Everything about one lead. `?show=personal` unmasks the personal values, which is written to the lead's history.
#[component]
pub fn LeadPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let reveal = use_query_map().get_untracked().get("show").as_deref() == Some("personal");
    framed(Nav::Leads, "Lead", move |ui, signed| async move {
        let id: LeadId = id.parse().map_err(|_| UiError::NotFound)?;
        let clear = if reveal { Some(ui.reveal(id).await?) } else { None };
        let lead = ui.lead(id).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let may = signed.user.may(Right::SeePersonal);
        let badge = view! { <StateBadge state=lead.row.state mode=lead.row.mode/> };
        Ok(Shown::new(format!("Lead …{}", tail(id)), content(lead, clear, may, &clock)).beside(badge))
    })
}

fn tail(id: LeadId) -> String {
    let id = id.to_string();
    id[id.len() - 8..].to_owned()
}

fn content(lead: LeadDetail, clear: Option<Vec<(String, String)>>, may: bool, clock: &Clock) -> impl IntoView + use<> {
    let after = silent::after(&lead, clock);
    let LeadDetail {
        row, external_id, tracking, fields, personal, redirect_url, trace, consent, ledger, history, ..
    } = lead;
    let id = row.id.to_string();
    let why = row.reason.map(|reason| {
        view! { <p class="lead-in"><strong>{reason.meaning()}</strong> " " {reason.advice()}</p> }
    });
    let auction = match trace {
        Some(trace) => waterfall(&trace, row.revenue.or(row.payout).map(|money| money.currency)).into_any(),
        None => view! {
            <Empty title="No auction to show">
                <p>"The lead is being auctioned at this moment, or the server stopped before its auction ended."</p>
            </Empty>
        }
        .into_any(),
    };
    let sold = row.state == LeadState::Sold && row.mode == Mode::Live && may;
    let take_back =
        sold.then(|| view! { <p class="after"><a class="button small" href=format!("/leads/{id}/return")>"Take it back…"</a></p> });
    let mut labels = vec![("Source", row.source.clone())];
    let subs = [
        ("sub1", tracking.sub1),
        ("sub2", tracking.sub2),
        ("sub3", tracking.sub3),
        ("sub4", tracking.sub4),
        ("sub5", tracking.sub5),
        ("Click id", tracking.click_id),
        ("External id", external_id),
    ];
    labels.extend(subs.into_iter().filter_map(|(name, value)| Some((name, value?))));
    let summary = vec![
        ("Buyer", bought_by(row.buyer.as_deref(), &ledger)),
        ("Revenue", row.revenue.map_or_else(|| "–".to_owned(), format::of)),
        ("Payout", row.payout.map_or_else(|| "–".to_owned(), format::of)),
        (
            "Took",
            row.duration_ms.map_or_else(|| "–".to_owned(), |ms| format!("{} ms", format::thousands(i64::from(ms)))),
        ),
        ("Campaign", row.campaign.clone()),
    ];
    view! {
        <div class="stack">
            <p class="hint">
                <code>{id.clone()}</code> " came " <When at=row.received_at clock=clock.clone() exact=true/> " "
                {clock.zone().to_owned()}
            </p>
            {why}
            <nav class="actions" aria-label="This lead">
                <a class="button small" href=format!("/leads/{id}/requests")>"Requests"</a>
                <a class="button small" href=format!("/leads/{id}/try")>"Try again in test…"</a>
            </nav>
            <dl class="figures compact">{summary.into_iter().map(|(name, value)| pair(name, value)).collect_view()}</dl>
            <section class="card" aria-labelledby="auction">
                <h2 id="auction">"Auction"</h2>
                {auction}
                {redirect_url.map(|url| view! { <p class="hint">"The consumer was sent to " <code class="wrap">{url}</code></p> })}
            </section>
            {after}
            <div class="columns">
                <section class="card" aria-labelledby="fields">
                    <h2 id="fields">"Fields"</h2>
                    <dl class="pairs">{fields.into_iter().map(|(name, value)| pair(name, value)).collect_view()}</dl>
                </section>
                <section class="card" aria-labelledby="person">
                    <h2 id="person">"Person"</h2>
                    {person(personal, clear, may)}
                </section>
                {consent.map(agreed)}
                <section class="card" aria-labelledby="source">
                    <h2 id="source">"Source"</h2>
                    <dl class="pairs">{labels.into_iter().map(|(name, value)| pair(name, value)).collect_view()}</dl>
                </section>
            </div>
            <section class="card" aria-labelledby="money">
                <h2 id="money">"Money"</h2>
                {money(ledger, clock)}
                {take_back}
            </section>
            <section class="card" aria-labelledby="history">
                <h2 id="history">"History"</h2>
                <ol class="history">{history.into_iter().map(|line| happened(line, clock)).collect_view()}</ol>
            </section>
        </div>
    }
}

/// Which words its consumer agreed to.
fn agreed(consent: LeadConsent) -> AnyView {
    let LeadConsent { seen, text } = consent;
    let href = format!("/texts/{}", seen.text_id);
    let version = seen.version.map_or_else(|| "no version".to_owned(), |n| format!("version {n}"));
    let defect = seen.standing.defect().map(|why| view! { <p class="fault">{why}</p> });
    view! {
        <section class="card" aria-labelledby="agreed">
            <h2 id="agreed">"Consent text"</h2>
            <p><a href=href>{text}</a>", "{version}</p>
            {defect}
        </section>
    }
    .into_any()
}

fn pair(name: impl Into<String>, value: String) -> impl IntoView {
    let name: String = name.into();
    view! { <div><dt>{name}</dt><dd>{value}</dd></div> }
}

fn person(masked: Vec<(String, String)>, clear: Option<Vec<(String, String)>>, may: bool) -> impl IntoView {
    let hint = if clear.is_some() {
        view! { <p class="hint">"Shown once. That you looked is in the history below."</p> }.into_any()
    } else if may {
        view! {
            <form method="get">
                <button class="button small" type="submit" name="show" value="personal">"Show personal values"</button>
                <p class="hint">"Looking is written to the lead's history."</p>
            </form>
        }
        .into_any()
    } else {
        view! { <p class="hint">"Your role does not see personal values."</p> }.into_any()
    };
    let shown = clear.unwrap_or(masked);
    view! {
        <dl class="pairs">{shown.into_iter().map(|(name, value)| pair(name, value)).collect_view()}</dl>
        {hint}
    }
}

fn money(ledger: Vec<LedgerLine>, clock: &Clock) -> impl IntoView + use<> {
    if ledger.is_empty() {
        return view! { <p class="hint">"No money moved."</p> }.into_any();
    }
    let rows: Vec<_> = ledger
        .into_iter()
        .map(|line| {
            view! {
                <tr>
                    <td>{line.account}</td>
                    <td>{line.kind}</td>
                    <td><When at=line.at clock=clock.clone() exact=true/></td>
                    <td class="number">{format::of(line.amount)}</td>
                </tr>
            }
        })
        .collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Ledger">
            <table>
                <caption class="sr-only">"Ledger entries of this lead; they sum to zero"</caption>
                <thead>
                    <tr>
                        <th scope="col">"Account"</th><th scope="col">"For"</th><th scope="col">"When"</th>
                        <th scope="col" class="number">"Amount"</th>
                    </tr>
                </thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

fn happened(line: HistoryLine, clock: &Clock) -> impl IntoView + use<> {
    view! {
        <li>
            <When at=line.at clock=clock.clone() exact=true/> " "
            <span class="kind">{capital(&line.kind.replace('_', " "))}</span> " · " {line.note}
        </li>
    }
}

/// Who has the lead; several when they share it, as the ledger tells.
fn bought_by(first: Option<&str>, ledger: &[LedgerLine]) -> String {
    let Some(first) = first else { return "none".to_owned() };
    let others = ledger.iter().filter(|line| line.kind == "sale" && line.account != first);
    std::iter::once(first).chain(others.map(|line| line.account.as_str())).collect::<Vec<_>>().join(", ")
}
