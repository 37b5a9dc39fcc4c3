//! The parts of the page of alerts, and the panel of the first page.

use super::{href, kinds};
use crate::{
    components::{
        Empty, When,
        form::{checks, number, percent, save_bar, section, summary},
    },
    form::Form,
    format::{self, Clock},
};
use leptos::prelude::*;
use model::{
    Currency,
    alert::{Acknowledged, Alert, AlertFilter, AlertKind, Quantity},
    page::Page,
};

/// At most so many alerts on the first page.
const SHOWN: usize = 5;
/// For how long an alert can be put off: minutes, and in words.
const SNOOZES: [(&str, &str); 4] =
    [("", "Until it is over"), ("60", "For an hour"), ("480", "For eight hours"), ("1440", "For a day")];

/// A value as people read it.
fn quantity(value: Quantity, currency: Currency) -> String {
    match value {
        Quantity::Money(amount) => format::money(amount, currency),
        Quantity::Count(count) => format::thousands(count),
        other => other.to_string(),
    }
}

const fn tone(kind: AlertKind) -> &'static str {
    match kind {
        AlertKind::CapReached | AlertKind::Endpoint | AlertKind::Balance => "badge danger",
        AlertKind::CapNear | AlertKind::Timeouts | AlertKind::Rejects | AlertKind::BidLevel | AlertKind::Doubts => {
            "badge warning"
        }
    }
}

/// What calls for somebody, on the first page; nothing when nothing does.
pub fn attention(open: &[Alert], currency: Currency, clock: &Clock) -> Option<AnyView> {
    if open.is_empty() {
        return None;
    }
    let line = |alert: &Alert| {
        let (action, to) = alert.seen.action();
        view! {
            <li>
                <span class=tone(alert.seen.kind)>{alert.seen.kind.title()}</span>
                <span class="about">{alert.seen.about.clone()}</span>
                <span>{quantity(alert.seen.value, currency)}</span>
                <span class="hint"><When at=alert.opened_at clock=clock.clone()/></span>
                <p>{alert.seen.cause.clone()} " " <a href=to>{action}</a></p>
            </li>
        }
    };
    let more = open.len().saturating_sub(SHOWN);
    let all = if more > 0 { format!("All alerts, {more} more") } else { "All alerts".to_owned() };
    let lines = open.iter().take(SHOWN).map(line).collect_view();
    Some(
        view! {
            <section class="card attention" aria-labelledby="attention">
                <h2 id="attention">"Needs attention"</h2>
                <ul>{lines}</ul>
                <p><a href="/alerts">{all}</a></p>
            </section>
        }
        .into_any(),
    )
}

/// Open or past, and of which kind.
pub fn tabs(filter: AlertFilter) -> impl IntoView {
    let tab = |open: bool, name: &'static str| {
        let to = href(AlertFilter { open, ..filter }, "");
        view! { <a class="tab" href=to aria-current=(open == filter.open).then_some("page")>{name}</a> }
    };
    let options = kinds().into_iter().map(|(word, title)| {
        let selected = filter.kind.is_some_and(|kind| kind.name() == word);
        view! { <option value=word selected=selected>{title}</option> }
    });
    view! {
        <nav class="tabs" aria-label="Which alerts">{tab(true, "Open")} {tab(false, "Past")}</nav>
        <form class="filters" method="get" action="/alerts" aria-label="Kind of alert">
            <input type="hidden" name="state" value=if filter.open { "open" } else { "past" }/>
            <div class="field">
                <label for="kind">"Kind"</label>
                <select id="kind" name="kind"><option value="">"Every kind"</option>{options.collect_view()}</select>
            </div>
            <div class="actions"><button class="button" type="submit">"Show"</button></div>
        </form>
    }
}

/// The alerts, newest first.
pub fn list(filter: AlertFilter, page: Page<Alert>, currency: Currency, may: bool, clock: &Clock) -> AnyView {
    if page.rows.is_empty() {
        let clear = filter.kind.map(|_| {
            let to = href(AlertFilter { kind: None, ..filter }, "");
            view! { <p><a class="button" href=to>"Show every kind"</a></p> }
        });
        let (title, text) = match (filter.open, filter.kind.is_some()) {
            (true, false) => (
                "Nothing is wrong",
                "What needs somebody stands here as soon as it is seen: full caps, slow or refusing buyers, endpoints that take nothing, posts in doubt.",
            ),
            (false, false) => ("Nothing was wrong yet", "Alerts that are over stand here for 90 days."),
            (_, true) => ("None of this kind", "There are no such alerts here."),
        };
        return view! { <Empty title=title><p>{text}</p>{clear}</Empty> }.into_any();
    }
    let place = |id: Option<String>, word: &'static str, name: &'static str| {
        id.map(|id| view! { <a class="button small" href=href(filter, &format!("{word}={id}"))>{name}</a> })
    };
    let (newer, older) = (place(page.newer, "newer", "Newer"), place(page.older, "older", "Older"));
    let cards = page.rows.into_iter().map(|alert| card(alert, filter, currency, may, clock)).collect_view();
    view! { <ol class="returns">{cards}</ol> <nav class="pager" aria-label="Pages">{newer}{older}</nav> }.into_any()
}

fn card(alert: Alert, filter: AlertFilter, currency: Currency, may: bool, clock: &Clock) -> impl IntoView + use<> {
    let (action, to) = alert.seen.action();
    let (id, seen) = (alert.id.to_string(), alert.seen);
    let about = format!("{}: {}", seen.kind.title(), seen.about);
    let over =
        alert.resolved_at.map(|at| view! { <div><dt>"Over"</dt><dd><When at=at clock=clock.clone()/></dd></div> });
    let known = alert.acknowledged.as_ref().map(|known| known_by(known, clock));
    let decision = match (alert.resolved_at, &alert.acknowledged) {
        (None, None) if may => Some(acknowledge(&id, &about, filter)),
        (None, Some(_)) if may => Some(recall(&id, &about, filter)),
        _ => None,
    };
    view! {
        <li class="card">
            <h2><span class=tone(seen.kind)>{seen.kind.title()}</span> " " <span>{seen.about}</span></h2>
            <p>{seen.cause}</p>
            <dl class="pairs">
                <div><dt>"Measured"</dt><dd>{quantity(seen.value, currency)}</dd></div>
                <div><dt>"Held against"</dt><dd>{quantity(seen.threshold, currency)}</dd></div>
                <div><dt>"Since"</dt><dd><When at=alert.opened_at clock=clock.clone()/></dd></div>
                <div><dt>"Seen last"</dt><dd><When at=alert.seen_at clock=clock.clone()/></dd></div>
                <div><dt>"Seen"</dt><dd>{times(alert.count)}</dd></div>
                {over}
            </dl>
            {known}
            <p><a class="button small" href=to aria-label=format!("{action}, {about}")>{action}</a></p>
            {decision}
        </li>
    }
}

fn times(count: i64) -> String {
    if count == 1 { "once".to_owned() } else { format!("{} times", format::thousands(count)) }
}

fn known_by(known: &Acknowledged, clock: &Clock) -> AnyView {
    let note = (!known.note.is_empty()).then(|| format!(": “{}”", known.note));
    let until = known.until.map(|until| view! { ", until "<When at=until clock=clock.clone() exact=true/> });
    view! { <p class="hint">{known.by.clone()} " knows of it "<When at=known.at clock=clock.clone()/>{until}{note}</p> }
        .into_any()
}

fn acknowledge(id: &str, about: &str, filter: AlertFilter) -> AnyView {
    let (note, time) = (format!("note-{id}"), format!("minutes-{id}"));
    let options = SNOOZES.map(|(value, name)| view! { <option value=value>{name}</option> });
    view! {
        <details class="decision">
            <summary aria-label=format!("I know of it: {about}")>"I know of it…"</summary>
            <form method="post" action=href(filter, "")>
                <div class="field">
                    <label for=note.clone()>"Note, if any"</label>
                    <input id=note name="note" maxlength="300" autocomplete="off"/>
                </div>
                <div class="field">
                    <label for=time.clone()>"Be quiet"</label>
                    <select id=time name="minutes">{options}</select>
                </div>
                <div class="actions"><button class="button primary" type="submit" name="do" value=format!("know:{id}")>"Keep it quiet"</button></div>
            </form>
        </details>
    }
    .into_any()
}

fn recall(id: &str, about: &str, filter: AlertFilter) -> AnyView {
    view! {
        <form method="post" action=href(filter, "")>
            <button class="button small" type="submit" name="do" value=format!("recall:{id}") aria-label=format!("Let it call again: {about}")>"Let it call again"</button>
        </form>
    }
    .into_any()
}

/// Whether one gets letters oneself.
pub fn letters(reads: bool) -> AnyView {
    let (said, word, button) = if reads {
        ("You get a letter when something is wrong.", "letters:off", "Send me none")
    } else {
        ("You get no letters about alerts.", "letters:on", "Send me letters")
    };
    view! {
        <form class="decision" method="post" action="/alerts">
            <p class="hint">{said} " At most one goes in a quarter of an hour, with everything that is new."</p>
            <div class="actions"><button class="button small" type="submit" name="do" value=word>{button}</button></div>
        </form>
    }
    .into_any()
}

/// When alerts are raised.
pub fn settings(form: &Form, may: bool) -> AnyView {
    let intro = "A buyer's refusals and bids are held against the contract's own usual day: the median of the last seven, beyond chance. The rest is held against these.";
    let body = view! {
        <div class="fields">
            {percent(form, "cap_near", "A cap is nearly full at").view()}
            {percent(form, "timeout_share", "Pings that time out, of all of two hours").view()}
            {percent(form, "reject_margin", "Refused posts, points above usual").view()}
            {percent(form, "bid_margin", "Mean bid, away from usual by").view()}
            {number(form, "endpoint_minutes", "An endpoint fails for").unit("minutes").view()}
            {number(form, "balance_days", "A balance lasts for less than").unit("days").view()}
            {number(form, "doubt_minutes", "A post is in doubt for").unit("minutes").view()}
            {number(form, "doubt_count", "Posts in doubt at once").view()}
        </div>
        {checks(form, "off", "Not looked for", &kinds(), None)}
        <p class="hint">"Webhooks are told of alerts too: choose so at " <a href="/endpoints">"an endpoint of your own"</a> "."</p>
    };
    let faulty = !form.faults.is_empty();
    view! {
        <details open=faulty>
            <summary>"When alerts are raised…"</summary>
            <form method="post" action="/alerts" class="form" novalidate>
                {summary(form)}
                {section("thresholds", "When alerts are raised", Some(intro), body.into_any())}
                {may.then(|| save_bar(&[("settings", "Save")], ().into_any()))}
            </form>
        </details>
    }
    .into_any()
}
