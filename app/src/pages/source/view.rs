//! The sections of a source's form, and where its posting instructions are.

use crate::{
    components::form::{Choice, Rows, checkbox, money, number, percent, pick, rows, section, text},
    form::Form,
    pages::configure::Desk,
};
use leptos::prelude::*;
use serde_json::{Value, json};

/// Every section.
pub fn sections(form: &Form) -> AnyView {
    view! { {general(form)}{terms(form)}{pings(form)}{intake(form)} }.into_any()
}

fn general(form: &Form) -> AnyView {
    let body = view! {
        <div class="fields">
            {text(form, "name", "Name").view()}
            {text(form, "slug", "Short name").hint("Lower case letters, digits, hyphens.").view()}
        </div>
    };
    section("general", "General", None, body.into_any())
}

fn terms(form: &Form) -> AnyView {
    let bands = Rows {
        legend: "Bands",
        row: "band",
        blank: json!({ "from": "0.00", "share": 500_000 }),
        ordered: false,
        none: "Without a band it is paid nothing.",
    };
    let band = |at: &str, _: usize| {
        view! {
            {money(form, format!("{at}.from"), "From a price of", "").view()}
            {percent(form, format!("{at}.share"), "Share").view()}
        }
        .into_any()
    };
    let between = view! {
        <div class="fields">
            {percent(form, "payout.between.share", "Share of the price").view()}
            {money(form, "payout.between.min", "At least", "").view()}
            {money(form, "payout.between.max", "At most", "").view()}
        </div>
    };
    let ways = vec![
        Choice::with("share", "A share of the price", percent(form, "payout.share", "Share").view()),
        Choice::with("fixed", "The same amount for every sale", money(form, "payout.fixed", "Amount", "").view()),
        Choice::with("between", "A share between two limits", between.into_any()),
        Choice::with(
            "less",
            "Everything but a fixed margin",
            money(form, "payout.less", "Margin that stays with us", "").view(),
        ),
        Choice::with("bands", "A share that depends on the price", rows(form, "payout.bands", &bands, band)),
    ];
    let floor = money(form, "floor", "Own floor", "")
        .hint("The least revenue at which its leads are sold. Empty: the campaign's.");
    let keeps = checkbox(form, "keeps_payout", "Keeps its payout", Some("Also when a buyer gives the lead back."));
    let body = view! { {pick(form, "payout", "What it is paid for a sold lead", ways, None)} <div class="fields">{floor.view()}{keeps}</div> };
    section("terms", "Terms", Some("Amounts are in the currency of the campaign."), body.into_any())
}

fn pings(form: &Form) -> AnyView {
    let body = view! {
        <div class="fields">
            {number(form, "pings.per_minute", "Pings in one minute").hint("Empty: no limit.").view()}
            {number(form, "pings.per_lead", "Pings for each lead that follows").hint("Judged after the first thousand. Empty: no limit.").view()}
        </div>
    };
    section("pings", "Pings", None, body.into_any())
}

fn intake(form: &Form) -> AnyView {
    let names = Rows {
        legend: "Names",
        row: "name",
        blank: json!({ "theirs": "", "ours": "" }),
        ordered: false,
        none: "Only our own names and those that everybody uses are understood.",
    };
    let name = |at: &str, _: usize| {
        view! {
            {text(form, format!("{at}.theirs"), "Its name").view()}
            {text(form, format!("{at}.ours"), "Our field").hint("Or drivers[0].dob, source.sub1, consent.text, certificates.jornaya, external_id. Empty: left out.").view()}
        }
        .into_any()
    };
    let campaigns = Rows {
        legend: "Campaigns",
        row: "campaign",
        blank: json!({ "theirs": "", "campaign": "" }),
        ordered: false,
        none: "A campaign is named by its short name, or by a key that is for one campaign alone.",
    };
    let campaign = |at: &str, _: usize| {
        view! {
            {text(form, format!("{at}.theirs"), "Its word").hint("A lead type, product, flow, page or form.").view()}
            {text(form, format!("{at}.campaign"), "Our campaign").hint("Its short name.").view()}
        }
        .into_any()
    };
    let body =
        view! { {rows(form, "intake.names", &names, name)}{rows(form, "intake.campaigns", &campaigns, campaign)} };
    let intro = "For a source that comes from another platform or sends through a hook: what its words mean here.";
    section("intake", "Its words", Some(intro), body.into_any())
}

/// Links to the posting instructions for every campaign.
pub fn instructions(desk: &Desk, campaigns: &[Value]) -> AnyView {
    let line = |campaign: &Value| {
        let text = |member: &str| campaign[member].as_str().unwrap_or_default().to_owned();
        view! { <li><a href=format!("{}/instructions/{}", desk.here(), text("id"))>{text("name")}</a></li> }
    };
    let lines = campaigns.iter().map(line).collect_view();
    let none = campaigns
        .is_empty()
        .then(|| view! { <p class="hint">"There is no campaign yet. " <a href="/campaigns/new">"Make one"</a></p> });
    view! {
        <section class="card" aria-labelledby="instructions-title">
            <h2 id="instructions-title">"Posting instructions"</h2>
            <ul class="bullets">{lines}</ul>{none}
        </section>
    }
    .into_any()
}
