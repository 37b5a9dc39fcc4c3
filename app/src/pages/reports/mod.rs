//! Reports: what came in, what it brought, and what stood in the way.

mod figures;
mod lost;
mod reasons;
mod scorecards;

pub use figures::ReportsPage;
pub use lost::LostPage;
pub use reasons::ReasonsPage;
pub use scorecards::ScorecardsPage;

use super::leads::{day, select};
use crate::{
    backend::FilterChoices,
    components::files,
    query::report::{self, Report},
};
use leptos::prelude::*;
use model::{
    breakdown::{By, Compare, Span, Wanted, When},
    time::Day,
};

const fn span_word(span: Span) -> &'static str {
    match span {
        Span::Today => "Today",
        Span::Yesterday => "Yesterday",
        Span::Week => "7 days",
        Span::Month => "30 days",
        Span::Days(..) => "Chosen days",
    }
}

const fn by_word(by: By) -> &'static str {
    match by {
        By::Campaign => "Campaign",
        By::Source => "Source",
        By::Buyer => "Buyer",
        By::Day => "Day",
        By::Hour => "Hour of the day",
        By::Sub => "Sub-source",
        By::Price => "Price",
    }
}

const fn when_word(when: When) -> &'static str {
    match when {
        When::Came => "When the lead came",
        When::Moved => "When the money moved",
    }
}

const fn compare_word(compare: Compare) -> &'static str {
    match compare {
        Compare::Before => "The days before",
        Compare::Weeks => "The same weekdays before",
        Compare::Year => "The same weekdays a year ago",
        Compare::Nothing => "Nothing",
    }
}

/// What figures that say how they changed are held against, in a sentence.
fn held_against(compared: Option<(Day, Day)>) -> impl IntoView + use<> {
    compared.map(|(first, last)| {
        let span = days(first, last);
        view! { <p class="hint">{format!("Changes are against {span}, as far into the day as today has come.")}</p> }
    })
}

/// `7 May 2026`, or both ends of a span.
fn days(first: Day, last: Day) -> String {
    if first == last { first.to_string() } else { format!("{first} to {last}") }
}

/// Which report, which days, and what it is about.
fn controls(report: Report, wanted: &Wanted, choices: FilterChoices) -> impl IntoView + use<> {
    let tab = |to: Report, word: &'static str| {
        let current = (to == report).then_some("page");
        view! { <a class="tab" href=report::href(to, wanted) aria-current=current>{word}</a> }
    };
    let spans = Span::NAMED.map(|span| {
        let current = (span == wanted.span).then_some("true");
        let href = report::href(report, &Wanted { span, ..*wanted });
        view! { <a class="button small" href=href aria-current=current>{span_word(span)}</a> }
    });
    let chosen = match wanted.span {
        Span::Days(first, last) => Some((first, last)),
        _ => None,
    };
    let hide = |name, value: String| view! { <input type="hidden" name=name value=value/> };
    let kept = (
        wanted.span.name().map(|name| hide("span", name.to_owned())),
        chosen.map(|(first, last)| [hide("from", first.to_string()), hide("to", last.to_string())].collect_view()),
        (report != Report::Figures).then(|| {
            [hide("by", wanted.by.name().to_owned()), hide("money", wanted.when.name().to_owned())].collect_view()
        }),
    );
    let compare = (report != Report::Reasons).then(|| {
        let options = Compare::ALL.map(|compare| {
            view! { <option value=compare.name() selected=compare == wanted.compare>{compare_word(compare)}</option> }
        });
        view! {
            <div class="field">
                <label for="compare">"Compared with"</label>
                <select id="compare" name="compare">{options}</select>
            </div>
        }
    });
    let by = (report == Report::Figures).then(|| {
        let options = By::ALL.map(|by| {
            view! { <option value=by.name() selected=by == wanted.by>{by_word(by)}</option> }
        });
        let times = When::ALL.map(|when| {
            view! { <option value=when.name() selected=when == wanted.when>{when_word(when)}</option> }
        });
        view! {
            <div class="field">
                <label for="by">"A row for each"</label>
                <select id="by" name="by">{options}</select>
            </div>
            <div class="field">
                <label for="money">"Money counts"</label>
                <select id="money" name="money">{times}</select>
            </div>
        }
    });
    let named = |list: Vec<(String, String)>| list;
    let campaigns = named(choices.campaigns.into_iter().map(|(id, name)| (id.to_string(), name)).collect());
    let sources = named(choices.sources.into_iter().map(|(id, name)| (id.to_string(), name)).collect());
    let buyers = named(choices.buyers.into_iter().map(|(id, name)| (id.to_string(), name)).collect());
    let text = |id: Option<String>| id.unwrap_or_default();
    let file = match report {
        Report::Figures => "figures",
        Report::Reasons => "reasons",
        Report::Lost => "lost",
        Report::Scorecards => "scorecards",
    };
    view! {
        <nav class="tabs" aria-label="Reports">
            {tab(Report::Figures, "Figures")}
            {tab(Report::Reasons, "Reasons")}
            {tab(Report::Lost, "Lost revenue")}
            {tab(Report::Scorecards, "Scorecards")}
        </nav>
        <div class="card stack">
            <div class="spans" role="group" aria-label="Days">{spans}</div>
            <form class="filters" method="get" action=report.path() aria-label="What the report is about">
                {kept}
                {by}
                {compare}
                {select("campaign", "Campaign", campaigns, text(wanted.campaign.map(|id| id.to_string())))}
                // Scorecards are of all sources together.
                {(report != Report::Scorecards).then(|| select("source", "Source", sources, text(wanted.source.map(|id| id.to_string()))))}
                {select("buyer", "Buyer", buyers, text(wanted.buyer.map(|id| id.to_string())))}
                <div class="actions">
                    <button class="button primary" type="submit">"Show"</button>
                    {files(report.path(), &report::query(wanted), file)}
                </div>
            </form>
            <form class="filters" method="get" action=report.path() aria-label="Chosen days">
                {hidden(wanted)}
                {day("from", "From", chosen.map(|(first, _)| first))}
                {day("to", "To", chosen.map(|(_, last)| last))}
                <div class="actions"><button class="button" type="submit">"Show these days"</button></div>
            </form>
        </div>
    }
}

/// Everything but the days, kept while other days are chosen.
fn hidden(wanted: &Wanted) -> impl IntoView + use<> {
    let pairs = [
        ("by", Some(wanted.by.name().to_owned())),
        ("money", Some(wanted.when.name().to_owned())),
        ("compare", Some(wanted.compare.name().to_owned())),
        ("campaign", wanted.campaign.map(|id| id.to_string())),
        ("source", wanted.source.map(|id| id.to_string())),
        ("buyer", wanted.buyer.map(|id| id.to_string())),
    ];
    let inputs = pairs.into_iter().filter_map(|(name, value)| value.map(|value| (name, value)));
    inputs.map(|(name, value)| view! { <input type="hidden" name=name value=value/> }).collect_view()
}
