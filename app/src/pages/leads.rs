//! The list of leads: filters in the URL, newest first, page by page.

mod personal;
mod views;

use super::{Reply, Shown, framed};
use crate::{
    backend::FilterChoices,
    components::{Empty, Nav, StateBadge, When, files, form, state_word},
    form::Sent,
    format::{self, Clock},
    query::{Column, Columns, LIMITS, LeadsQuery},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Micros, Money, Reason,
    breakdown::Band,
    lead::{LeadRow, LeadState},
    lost::LostOnly,
    page::{Cursor, Page},
    tenant::Mode,
    time::Day,
};

/// Leads by filter.
#[component]
pub fn LeadsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let query = LeadsQuery::read(|name| map.get(name));
    let (done, about) = (map.get("done"), map.get("view"));
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Leads, "Leads", move |ui, signed| async move {
        let remembered = ui.columns().await?;
        let columns = query.columns.clone().or(remembered).unwrap_or_default();
        let mut form = views::form(&columns);
        if let Some(sent) = &sent {
            views::answer((&ui, &reply), (&query, &columns), &mut form, sent).await?;
        }
        let said = done.filter(|_| sent.is_none()).and_then(|done| views::said(&done, about));
        let (choices, kept) = (ui.filters().await?, ui.views().await?);
        let page = ui.leads(query.clone()).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let list = list(&query, page, &columns, &clock);
        let personal = personal::offer(&ui, &query, &form).await?;
        Ok(Shown::new(
            "Leads",
            view! {
                <div class="stack">
                    {said}
                    {form::summary(&form)}
                    {views::tabs(&query, &kept)}
                    {filters(&query, choices)}
                    <section class="card">{query.lost.map(lost)} {list}</section>
                    {views::offer(&form, &query, &kept, &signed.user, personal)}
                </div>
            },
        ))
    })
}

fn list(query: &LeadsQuery, page: Page<LeadRow>, columns: &Columns, clock: &Clock) -> AnyView {
    if page.rows.is_empty() {
        return nothing(query).into_any();
    }
    let pager = pager(query, &page);
    view! { {rows(page.rows, columns, clock, "Leads")} {pager} }.into_any()
}

fn nothing(query: &LeadsQuery) -> impl IntoView + use<> {
    if query.filtered() {
        view! { <Empty title="No lead matches"><p><a class="button" href="/leads">"Clear the filters"</a></p></Empty> }
            .into_any()
    } else {
        view! {
            <Empty title="No leads yet">
                <p>"Send one with a source's API key to " <code>"POST /api/v1/leads"</code> "."</p>
            </Empty>
        }
        .into_any()
    }
}

/// Which leads these are, when they are those behind lost revenue.
fn lost(only: LostOnly) -> impl IntoView {
    let why = match only {
        LostOnly::Any => "something of ours stood in the way of a better sale.".to_owned(),
        LostOnly::Reason(reason) => format!("the best sale was missed. {}", reason.meaning()),
    };
    view! { <p class="hint">{format!("Leads that would probably have brought more: {why} ")}<a href="/reports/lost">"Lost revenue"</a></p> }
}

fn filters(query: &LeadsQuery, choices: FilterChoices) -> impl IntoView + use<> {
    let states = LeadState::ALL.map(|state| (state.name().to_owned(), state_word(state).to_owned())).to_vec();
    let named = |list: Vec<(String, String)>| list;
    let campaigns = named(choices.campaigns.into_iter().map(|(id, name)| (id.to_string(), name)).collect());
    let sources = named(choices.sources.into_iter().map(|(id, name)| (id.to_string(), name)).collect());
    let buyers = named(choices.buyers.into_iter().map(|(id, name)| (id.to_string(), name)).collect());
    let reasons = Reason::ALL.iter().map(|r| (r.code().to_owned(), r.code().replace('_', " "))).collect();
    let modes = vec![("live".to_owned(), "Live".to_owned()), ("test".to_owned(), "Test".to_owned())];
    let text = |value: Option<String>| value.unwrap_or_default();
    let mode = match query.mode {
        Some(Mode::Live) => "live",
        Some(Mode::Test) => "test",
        None => "",
    };
    let prices = Band::all().map(|band| (band.to_string(), band.label())).collect();
    let sub = view! {
        <div class="field">
            <label for="sub1">"Sub-source"</label>
            <input id="sub1" name="sub1" type="text" value=text(query.sub1.clone()) autocomplete="off"/>
        </div>
    };
    let limit = query.limit;
    let sizes = LIMITS.map(|rows| view! { <option value=rows.to_string() selected=rows == limit>{rows}</option> });
    let href = query.at(Cursor::Newest).href();
    let files = files("/leads", href.split_once('?').map_or("", |(_, query)| query), "leads");
    let columns = query.columns.as_ref().map(|columns| {
        view! { <input type="hidden" name="cols" value=columns.to_string()/> }
    });
    let clear = query.filtered().then(|| view! { <a class="button quiet" href="/leads">"Clear"</a> });
    let kept = [
        ("lost", text(query.lost.map(|lost| lost.to_string()))),
        ("lost_to", text(query.lost_to.map(|id| id.to_string()))),
    ];
    let kept = kept.into_iter().filter(|(_, value)| !value.is_empty());
    let kept = kept.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view();
    view! {
        <form class="filters card" method="get" action="/leads" role="search" aria-label="Filter leads">
            {columns}
            {kept}
            {select("state", "State", states, text(query.state.map(|state| state.name().to_owned())))}
            {select("campaign", "Campaign", campaigns, text(query.campaign.map(|id| id.to_string())))}
            {select("source", "Source", sources, text(query.source.map(|id| id.to_string())))}
            {sub}
            {select("buyer", "Buyer", buyers, text(query.buyer.map(|id| id.to_string())))}
            {select("price", "Price", prices, text(query.price.map(|band| band.to_string())))}
            {select("reason", "Reason", reasons, text(query.reason.map(|reason| reason.code().to_owned())))}
            {select("mode", "Mode", modes, mode.to_owned())}
            {day("from", "From", query.days.map(|(first, _)| first))}
            {day("to", "To", query.days.map(|(_, last)| last))}
            <div class="field">
                <label for="rows">"Rows"</label>
                <select id="rows" name="rows">{sizes}</select>
            </div>
            <div class="actions">
                <button class="button primary" type="submit">"Apply"</button>
                {clear}
                {files}
            </div>
        </form>
    }
}

/// A day, as the browser picks it.
pub(super) fn day(name: &'static str, label: &'static str, chosen: Option<Day>) -> impl IntoView {
    let value = chosen.map(|day| day.to_string()).unwrap_or_default();
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <input id=name name=name type="date" value=value/>
        </div>
    }
}

pub(super) fn select(
    name: &'static str,
    label: &'static str,
    options: Vec<(String, String)>,
    chosen: String,
) -> impl IntoView {
    let options = options.into_iter().map(move |(value, text)| {
        let selected = value == chosen;
        view! { <option value=value selected=selected>{text}</option> }
    });
    view! {
        <div class="field">
            <label for=name>{label}</label>
            <select id=name name=name>
                <option value="">"Any"</option>
                {options.collect_view()}
            </select>
        </div>
    }
}

fn pager(query: &LeadsQuery, page: &Page<LeadRow>) -> impl IntoView + use<> {
    let newer = page.newer.clone().map(|id| query.at(Cursor::NewerThan(id)).href());
    let older = page.older.clone().map(|id| query.at(Cursor::OlderThan(id)).href());
    let link = |href: Option<String>, word: &'static str, rel: &'static str| match href {
        Some(href) => view! { <a class="button" href=href rel=rel>{word}</a> }.into_any(),
        None => view! { <span class="button disabled" aria-disabled="true">{word}</span> }.into_any(),
    };
    view! {
        <nav class="pager" aria-label="Pages">{link(newer, "Newer", "prev")} {link(older, "Older", "next")}</nav>
    }
}

/// Leads as a table with these columns.
pub(super) fn rows(
    rows: Vec<LeadRow>,
    columns: &Columns,
    clock: &Clock,
    caption: &'static str,
) -> impl IntoView + use<> {
    let head = columns.iter().map(|column| {
        let class = numeric(column).then_some("number");
        view! { <th scope="col" class=class>{title(column)}</th> }
    });
    let head = head.collect_view();
    let body: Vec<_> = rows.into_iter().map(|lead| row(&lead, columns, clock)).collect();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label=caption>
            <table class="list">
                <caption class="sr-only">{caption}</caption>
                <thead><tr><th scope="col">"Lead"</th>{head}</tr></thead>
                <tbody>{body}</tbody>
            </table>
        </div>
    }
}

/// What people call a column.
const fn title(column: Column) -> &'static str {
    match column {
        Column::Came => "Came",
        Column::State => "State",
        Column::Campaign => "Campaign",
        Column::Source => "Source",
        Column::Outcome => "Buyer or reason",
        Column::Revenue => "Revenue",
        Column::Payout => "Payout",
        Column::Margin => "Margin",
        Column::Took => "Took",
    }
}

const fn numeric(column: Column) -> bool {
    matches!(column, Column::Revenue | Column::Payout | Column::Margin | Column::Took)
}

fn row(lead: &LeadRow, columns: &Columns, clock: &Clock) -> impl IntoView + use<> {
    let id = lead.id.to_string();
    let short = format!("…{}", &id[id.len() - 8..]);
    let cells = columns.iter().map(|column| {
        let class = numeric(column).then_some("number");
        view! { <td class=class>{cell(lead, column, clock)}</td> }
    });
    let cells = cells.collect_view();
    view! {
        <tr>
            <th scope="row"><a class="id" href=format!("/leads/{id}") title=id.clone()>{short}</a></th>
            {cells}
        </tr>
    }
}

fn cell(lead: &LeadRow, column: Column, clock: &Clock) -> AnyView {
    match column {
        Column::Came => view! { <When at=lead.received_at clock=clock.clone()/> }.into_any(),
        Column::State => view! { <StateBadge state=lead.state mode=lead.mode/> }.into_any(),
        Column::Campaign => lead.campaign.clone().into_any(),
        Column::Source => {
            let sub = lead.sub1.clone().map(|sub| view! { <span class="hint">{sub}</span> });
            view! { {lead.source.clone()} " " {sub} }.into_any()
        }
        Column::Outcome => {
            let why = lead.reason.filter(|_| lead.buyer.is_none()).map(|reason| {
                view! { <span class="muted" title=reason.advice()>{reason.code().replace('_', " ")}</span> }
            });
            view! { {lead.buyer.clone()} " " {why} }.into_any()
        }
        Column::Revenue => {
            let missed = lead.missed.map(|missed| {
                let text =
                    format!("{} more but for {}", format::of(missed.amount), missed.reason.code().replace('_', " "));
                view! { <span class="hint" title=missed.reason.advice()>{text}</span> }
            });
            view! { {lead.revenue.map(format::of)} " " {missed} }.into_any()
        }
        Column::Payout => lead.payout.map(format::of).into_any(),
        Column::Margin => margin(lead).map(format::of).into_any(),
        Column::Took => lead.duration_ms.map(|ms| format!("{} ms", format::thousands(i64::from(ms)))).into_any(),
    }
}

/// What stays of a sale.
fn margin(lead: &LeadRow) -> Option<Money> {
    let Money { amount, currency } = lead.revenue?;
    let payout = lead.payout.map_or(Micros::ZERO, |payout| payout.amount);
    Some(Money { amount: amount - payout, currency })
}
