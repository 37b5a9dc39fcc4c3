//! The sections of a contract that are not its delivery: how it buys, from whom, when and how much.

use super::{filter, hours};
use crate::{
    backend::configure::TemplateView,
    components::form::{Choice, checkbox, checks, input, money, number, percent, pick, section, select, text},
    form::{Form, Reading, id},
    islands::Week,
    pages::{campaign::pairs, caps::caps},
    week,
};
use leptos::prelude::*;
use model::returns::ReturnReason;
use serde_json::Value;

const KINDS: [(&str, &str); 3] = [
    ("auction", "Auction: is pinged and bids"),
    ("direct", "Direct: a fixed price, no ping"),
    ("silent", "Silent: gets a copy afterwards, never competes"),
];
const SILENT_ON: [(&str, &str); 3] = [
    ("always", "Every lead, as soon as it has come out"),
    ("sold", "Leads that somebody bought"),
    ("unsold", "Leads that nobody bought, after the last round"),
];
const SHARING: [(&str, &str); 2] = [("exclusive", "Alone"), ("shared", "Others may buy it too")];
const ON_UNKNOWN: [(&str, &str); 3] = [
    ("hold", "Hold it until somebody resolves it"),
    ("retry", "Send it once more: only for a buyer that recognises a repeat"),
    ("continue", "Go on: accepts the risk of a double sale"),
];

/// What the inputs offer.
pub struct Around<'a> {
    /// The campaign's fields.
    pub fields: &'a [Value],
    /// The campaign's currency.
    pub currency: &'a str,
    /// Every source.
    pub sources: &'a [Value],
    /// The buyer's zone.
    pub zone: &'a str,
    /// What campaigns may begin from, for the filters that buyers often have.
    pub templates: &'a [TemplateView],
}

/// Every section, in the order a contract is thought of.
pub fn sections(form: &Form, around: &Around<'_>, new: bool) -> AnyView {
    view! {
        {general(form, new)}
        {price(form, around.currency)}
        {section("filter", "Filter", Some("Which leads it buys."), leads(form, around))}
        {section("schedule", "Schedule", None, schedule(form, around.zone))}
        {section("caps", "Caps", Some("Hard limits of this contract, beside its buyer's: they are never overshot."), caps(form, around.currency))}
        {section("returns", "Returns", Some("Whether its buyer may give leads back."), returns(form))}
        {section("portal", "Portal", Some("What its buyer may change of it. What is asked for waits as a draft of this contract."), portal(form))}
        {section("routing", "Routing", Some("Where it stands among the others."), routing(form))}
        {section("sources", "Sources", None, sources(form, around.sources))}
    }
    .into_any()
}

fn general(form: &Form, new: bool) -> AnyView {
    let active = new.then(|| checkbox(form, "active", "Buys at once", None));
    let body = view! {
        <div class="fields">
            {text(form, "name", "Name").view()}
            {select(form, "kind", "Kind", &pairs(&KINDS), None)}
            {select(form, "silent_on", "A silent contract gets copies of", &pairs(&SILENT_ON), None)}
            {checkbox(form, "certificate_required", "Needs a certificate", Some("TrustedForm or Jornaya."))}
            {select(form, "on_unknown", "When the outcome of a post is not known", &pairs(&ON_UNKNOWN), None)}
            {active}
        </div>
    };
    section("general", "General", None, body.into_any())
}

fn price(form: &Form, currency: &str) -> AnyView {
    let body = view! {
        <div class="fields">
            {money(form, "price.fixed", "Fixed price", currency).hint("What a direct contract pays, or a silent one for its copy. Empty: the copy is free.").view()}
            {money(form, "price.floor", "Floor", currency).hint("The least bid that is taken.").view()}
            {money(form, "price.max_bid", "Highest bid", currency).hint("Lets the auction close early.").view()}
            {money(form, "price.delivery_cost", "Delivery costs us", currency).view()}
            {percent(form, "price.return_share", "Expected returns").view()}
        </div>
    };
    section("price", "Price", None, body.into_any())
}

fn returns(form: &Form) -> AnyView {
    let options: Vec<_> =
        ReturnReason::ALL.iter().map(|reason| (reason.code().to_owned(), reason.title().to_owned())).collect();
    view! {
        <div class="fields">
            {number(form, "returns.days", "Days to give it back").hint("Counted from when it took the lead. Empty: it may not.").view()}
            {percent(form, "returns.automatic_up_to", "Taken back at once").hint("While no more of its leads of the last 30 days come back. Empty: a person decides.").view()}
            {checkbox(form, "returns.frees_caps", "Frees its place in the caps", Some("Its balance and credit get the money back in any case."))}
            {checks(form, "returns.reasons", "For these reasons", &options, Some("None ticked: for any."))}
        </div>
    }
    .into_any()
}

fn portal(form: &Form) -> AnyView {
    let options = pairs(&[("no", "No"), ("ask", "On request"), ("at_once", "At once")]);
    view! {
        <div class="fields">
            {select(form, "portal.pause", "Pause and resume", &options, Some("It resumes only what it paused itself."))}
            {select(form, "portal.caps", "Caps", &options, None)}
            {select(form, "portal.schedule", "Schedule", &options, None)}
        </div>
    }
    .into_any()
}

fn leads(form: &Form, around: &Around<'_>) -> AnyView {
    let (path, fields) = ("edit.filter", around.fields);
    let faults: Vec<_> = form.faults_under("filter").map(|fault| fault.message.clone()).collect();
    let faults = faults.into_iter().map(|text| view! { <p class="fault">{text}</p> }).collect_view();
    view! { <div id=id("filter") tabindex="-1">{faults}{filter::group(form, path, fields, 0)}{filter::starters(around.templates, path, fields)}</div> }
        .into_any()
}

fn schedule(form: &Form, zone: &str) -> AnyView {
    let ways = vec![
        Choice::plain("always", "Always open"),
        Choice::with("grid", "Hours of the week", grid(form)),
        Choice::with(
            "text",
            "Written",
            input(form, "edit.hours.text", "Open", Reading::Lines)
                .hint("One in a line, such as Mon–Fri 08:00–20:00")
                .view(),
        ),
    ];
    let faults: Vec<_> = form.faults_under("schedule").map(|fault| fault.message.clone()).collect();
    let faults = faults.into_iter().map(|text| view! { <p class="fault">{text}</p> }).collect_view();
    view! {
        <div class="stack" id=id("schedule") tabindex="-1">
            {faults}
            <p class="hint">{format!("In the buyer's time zone, {zone}.")}</p>
            {pick(form, "edit.hours", "Opening hours", ways, None)}
            {input(form, "schedule.holidays", "Closed on", Reading::Lines).hint("One date in a line, such as 2026-12-25.").view()}
        </div>
    }
    .into_any()
}

/// Seven days of twenty-four hours.
fn grid(form: &Form) -> AnyView {
    let name = Reading::Set.name("edit.hours.grid");
    let have: Vec<_> = form.at("edit.hours.grid").as_array().cloned().unwrap_or_default();
    let open = |weekday: usize, hour: usize| {
        let value = format!("{weekday}-{hour}");
        have.iter().any(|have| have.as_str() == Some(&value))
    };
    let cell = |weekday: usize, hour: usize| {
        let (value, checked) = (format!("{weekday}-{hour}"), open(weekday, hour));
        let label = format!("{} {hour:02}:00", hours::day(weekday));
        view! { <td><input type="checkbox" name=name.clone() value=value checked=checked aria-label=label/></td> }
    };
    let row = |weekday: usize| {
        let cells = (0..week::HOURS).map(|hour| cell(weekday, hour)).collect_view();
        view! { <tr><th scope="row">{hours::day(weekday)}</th>{cells}</tr> }
    };
    let summary = week::Week::of((0..7 * week::HOURS).map(|at| open(at / week::HOURS, at % week::HOURS))).summary();
    let heads = (0..week::HOURS).map(|hour| view! { <th scope="col">{format!("{hour:02}")}</th> }).collect_view();
    let rows = (0..7).map(row).collect_view();
    view! {
        <input type="hidden" name=name.clone() value=""/>
        <Week summary written=id("edit.hours.text")>
            <div class="scroll" tabindex="0" role="region" aria-label="Hours of the week">
                <table class="week">
                    <caption class="sr-only">"A ticked hour is open"</caption>
                    <thead><tr><th scope="col"><span class="sr-only">"Whole week"</span></th>{heads}</tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        </Week>
    }
    .into_any()
}

fn routing(form: &Form) -> AnyView {
    view! {
        <div class="fields">
            {number(form, "priority", "Priority").hint("Among equal prices the lower number goes first.").view()}
            {number(form, "routing.tier", "Tier").hint("From 0; the last when there are fewer.").view()}
            {number(form, "routing.weight", "Weight").hint("Its share in a weighted tier.").view()}
            {number(form, "routing.exclusive_rank", "Exclusive rank").hint("Direct only: takes the lead before any auction, the lowest first.").view()}
            {percent(form, "routing.first_refusal", "First refusal").hint("Goes first when its price is so much above the floor.").view()}
            {select(form, "routing.sharing", "Wants the lead", &pairs(&SHARING), None)}
            {input(form, "routing.competitor_group", "Competitors", Reading::Optional).hint("Shared buyers with the same word never buy the same lead.").view()}
            {checkbox(form, "backup", "Backup", Some("Only when nobody else took the lead."))}
            {number(form, "pings.per_second", "Pings in a second").view()}
            {number(form, "pings.per_day", "Pings in a day").view()}
            {number(form, "pings.per_win", "Pings for each lead it took").view()}
        </div>
    }
    .into_any()
}

fn sources(form: &Form, all: &[Value]) -> AnyView {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let options: Vec<_> = all.iter().map(|source| (text(&source["id"]), text(&source["name"]))).collect();
    let ways = vec![
        Choice::plain("all", "From all sources"),
        Choice::with("only", "Only from these", checks(form, "sources.only", "Sources", &options, None)),
        Choice::with("except", "From all but these", checks(form, "sources.except", "Sources", &options, None)),
    ];
    pick(form, "sources", "Buys", ways, None)
}
