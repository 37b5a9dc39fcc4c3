//! One buyer: who it is, what limits it, and its contracts.

use super::{
    Reply, Shown,
    buyers::switch_badge,
    campaign::{NEWEST, note},
    caps::caps,
    configure::{self, Desk, Said},
    framed,
};
use crate::{
    backend::configure::HistoryAsked,
    components::{
        Nav,
        form::{self, checkbox, money, section, text},
    },
    error::UiError,
    form::{Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::use_params_map;
use model::{
    BuyerId,
    document::{DocumentId, Kind},
    user::Right,
};
use serde_json::{Value, json};

/// Amounts of a buyer are in the currency of the campaigns it buys in.
const CURRENCY: &str = "USD";

/// A buyer in the editor.
#[component]
pub fn BuyerPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply, said) = (Sent::take(), Reply::here(), Said::read());
    framed(Nav::Buyers, "Buyer", move |ui, signed| async move {
        let id: BuyerId = id.parse().map_err(|_| UiError::NotFound)?;
        let desk = Desk { ui, reply, id: DocumentId::Buyer(id) };
        let (opened, mut form) = desk.open().await?;
        if let Some(sent) = &sent {
            desk.answer(&mut form, sent, tidy).await?;
        }
        let contracts = desk.ui.documents(Kind::Contract).await?;
        let campaigns = desk.ui.documents(Kind::Campaign).await?;
        let asked = HistoryAsked { id: Some(desk.id), limit: NEWEST, ..HistoryAsked::default() };
        let changes = desk.ui.changes(asked).await?;
        let clock = Clock::new(&desk.ui, &signed.tenant.zone);
        let may = signed.user.may(Right::Configure);
        let buttons: &[_] = if opened.four_eyes {
            &[("draft", "Save as draft")]
        } else {
            &[("save", "Save and publish"), ("draft", "Save as draft")]
        };
        let body = view! {
            <div class="stack">
                {said.bar(&desk, opened.version)}
                {configure::draft_panel(&desk, &opened, &clock, may)}
                {own(&id.to_string(), &contracts, &campaigns, may)}
                <form method="post" action=desk.here() class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter(buttons[0].0)}
                    <input type="hidden" name="version" value=opened.version.to_string()/>
                    {sections(&form, false)}
                    {may.then(|| form::save_bar(buttons, note()))}
                </form>
                {configure::history(&desk, changes, opened.version, &clock, may)}
                {may.then(|| configure::delete_form(&desk, opened.version, "buyer"))}
            </div>
        };
        let name = opened.value["name"].as_str().unwrap_or("Buyer").to_owned();
        let aside = may.then(|| configure::aside(&desk, &opened));
        Ok(Shown::new(name, body).beside(aside))
    })
}

/// A buyer that is to be made.
#[component]
pub fn NewBuyerPage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Buyers, "New buyer", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let mut form = Form::new(json!({
            "slug": "", "name": "", "legal_name": "", "active": true, "zone": signed.tenant.zone, "caps": [], "sandbox": false,
        }));
        if let Some(sent) = &sent {
            configure::create((&ui, &reply), Kind::Buyer, &mut form, sent, tidy).await?;
        }
        Ok(Shown::new(
            "New buyer",
            view! {
                <form method="post" class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("save")}
                    {sections(&form, true)}
                    {form::save_bar(&[("save", "Make the buyer")], ().into_any())}
                </form>
            },
        ))
    })
}

/// Empty credit terms are none; of half of them the other half is nothing.
fn tidy(form: &mut Form) {
    let Some(buyer) = form.value.as_object_mut() else { return };
    let Some(credit) = buyer.get_mut("credit").and_then(Value::as_object_mut) else { return };
    if credit.values().all(Value::is_null) {
        buyer.remove("credit");
        return;
    }
    credit.values_mut().filter(|amount| amount.is_null()).for_each(|amount| *amount = "0".into());
}

fn sections(form: &Form, new: bool) -> AnyView {
    let active = new.then(|| checkbox(form, "active", "Buys at once", None));
    let profile = view! {
        <div class="fields">
            {text(form, "name", "Name").view()}
            {text(form, "slug", "Short name").hint("Lower case letters, digits, hyphens.").view()}
            {text(form, "legal_name", "Legal entity").hint("The seller the consumer must see named.").view()}
            {text(form, "zone", "Time zone").hint("Its days, caps and schedules are counted here, such as America/Detroit.").view()}
            {checkbox(form, "sandbox", "Simulated buyer", Some("The only kind that test leads reach."))}
            {active}
        </div>
    };
    let credit = view! {
        <div class="fields">
            {money(form, "credit.paid_in", "Paid in so far", CURRENCY).view()}
            {money(form, "credit.limit", "May owe beyond it", CURRENCY).view()}
        </div>
    };
    view! {
        {section("profile", "Profile", None, profile.into_any())}
        {section("caps", "Caps over all its contracts", Some("Hard limits: they are never overshot. Windows begin at midnight in the buyer's zone."), caps(form, CURRENCY))}
        {section("credit", "Balance and credit", Some("Together the most it may ever buy for. Left empty it is not limited."), credit.into_any())}
    }
    .into_any()
}

/// The buyer's contracts.
fn own(id: &str, contracts: &[Value], campaigns: &[Value], may: bool) -> AnyView {
    let text = |value: &Value| value.as_str().unwrap_or_default().to_owned();
    let row = |contract: &Value| {
        let campaign = campaigns.iter().find(|campaign| campaign["id"] == contract["campaign_id"]);
        let campaign_href = format!("/campaigns/{}", text(&contract["campaign_id"]));
        let name = campaign.map(|campaign| text(&campaign["name"])).unwrap_or_default();
        view! {
            <tr>
                <th scope="row"><a href=format!("/contracts/{}", text(&contract["id"]))>{text(&contract["name"])}</a></th>
                <td><a href=campaign_href>{name}</a></td>
                <td>{text(&contract["kind"])}</td>
                <td>{switch_badge(contract["active"] == true)}</td>
            </tr>
        }
    };
    let own: Vec<_> = contracts.iter().filter(|contract| contract["buyer_id"] == id).collect();
    let body = if own.is_empty() {
        view! { <p class="hint">"It buys nothing yet: give it a contract in a campaign."</p> }.into_any()
    } else {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Contracts">
                <table class="list">
                    <caption class="sr-only">"Contracts of the buyer"</caption>
                    <thead><tr><th scope="col">"Contract"</th><th scope="col">"Campaign"</th><th scope="col">"Kind"</th><th scope="col">"State"</th></tr></thead>
                    <tbody>{own.into_iter().map(row).collect_view()}</tbody>
                </table>
            </div>
        }
        .into_any()
    };
    let card = format!("/reports/scorecards?buyer={id}");
    let new = may.then(|| {
        view! { <p><a class="button small" href=format!("/contracts/new?buyer={id}")>"New contract"</a></p> }
    });
    view! {
        <section class="card" aria-labelledby="contracts-title"><h2 id="contracts-title">"Contracts"</h2>{body}<p><a href=card>"Its scorecard"</a>": how it answers, how quickly, and what that costs."</p>{new}</section>
    }
    .into_any()
}
