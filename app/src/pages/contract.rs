//! One contract: what a buyer buys in a campaign, on what terms, and how it is reached.

mod delivery;
mod effects;
mod filter;
pub(in crate::pages) mod hours;
mod import;
mod preset;
mod terms;

pub use import::ImportPage;

use super::{
    Reply, Shown,
    campaign::{NEWEST, note},
    configure::{self, Desk, Said},
    framed,
};
use crate::{
    backend::configure::{HistoryAsked, TemplateView},
    components::{Empty, Nav, form},
    error::UiError,
    form::{Form, Reading, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    ContractId, FieldError,
    document::{DocumentId, Kind},
    user::Right,
};
use serde_json::{Value, json};
use terms::Around;

/// A contract in the editor.
#[component]
pub fn ContractPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply, said) = (Sent::take(), Reply::here(), Said::read());
    framed(Nav::Buyers, "Contract", move |ui, signed| async move {
        let id: ContractId = id.parse().map_err(|_| UiError::NotFound)?;
        let desk = Desk { ui, reply, id: DocumentId::Contract(id) };
        let (opened, mut form) = desk.open().await?;
        if let Some(sent) = &sent {
            spread(&mut form);
            desk.answer(&mut form, sent, tidy).await?;
        }
        let effects = effects::panel(&desk.ui, &form.value).await?;
        spread(&mut form);
        let around = Documents::of(&desk.ui, &form.value).await?;
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
                {configure::warnings(&opened)}
                {around.links()}
                <p><a class="button small" href=format!("{}/try", desk.here())>"Try it"</a></p>
                <form method="post" action=desk.here() class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter(buttons[0].0)}
                    <input type="hidden" name="version" value=opened.version.to_string()/>
                    {effects}
                    {around.sections(&form, false)}
                    {may.then(|| form::save_bar(buttons, note()))}
                </form>
                {configure::history(&desk, changes, opened.version, &clock, may)}
                {may.then(|| configure::delete_form(&desk, opened.version, "contract"))}
            </div>
        };
        let name = opened.value["name"].as_str().unwrap_or("Contract").to_owned();
        let aside = may.then(|| configure::aside(&desk, &opened));
        Ok(Shown::new(name, body).beside(aside))
    })
}

/// A contract that is to be made: `?buyer=…&campaign=…`; without a campaign one is chosen first.
#[component]
pub fn NewContractPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let (buyer, campaign) = (query.get("buyer").unwrap_or_default(), query.get("campaign"));
    let preset = query.get("preset");
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Buyers, "New contract", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let Some(campaign) = campaign else {
            return Ok(Shown::new("New contract", choose(&buyer, &ui.documents(Kind::Campaign).await?)));
        };
        if let Some(preset) = preset {
            return preset::page((&ui, &reply), (&buyer, &campaign), &preset, sent.as_ref()).await;
        }
        let presets = ui.presets().await?;
        let offer = sent.is_none().then(|| preset::offer(&presets, &buyer, &campaign));
        let mut form = Form::new(begin(&buyer, &campaign));
        if let Some(sent) = &sent {
            spread(&mut form);
            configure::create((&ui, &reply), Kind::Contract, &mut form, sent, tidy).await?;
        }
        let effects = effects::panel(&ui, &form.value).await?;
        spread(&mut form);
        let around = Documents::of(&ui, &form.value).await?;
        Ok(Shown::new(
            "New contract",
            view! {
                <div class="stack">
                    {around.links()}
                    {offer}
                    <form method="post" class="form" novalidate>
                        {form::summary(&form)}
                        {form::enter("save")}
                        {whole_delivery(&form)}
                        {effects}
                        {around.sections(&form, true)}
                        {form::save_bar(&[("save", "Make the contract")], ().into_any())}
                    </form>
                </div>
            },
        ))
    })
}

/// A contract nothing is known of yet.
fn begin(buyer: &str, campaign: &str) -> Value {
    json!({
        "campaign_id": campaign, "buyer_id": buyer, "name": "", "kind": "auction", "silent_on": "always", "active": true,
        "priority": 100, "backup": false, "routing": { "tier": 0, "sharing": "exclusive" },
        "price": { "delivery_cost": "0.00", "return_share": 0 }, "filter": { "all": [] }, "sources": "all", "caps": [],
        "schedule": { "spans": [], "holidays": [] }, "certificate_required": false, "on_unknown": "hold",
        "portal": { "pause": "no", "caps": "no", "schedule": "no" },
        "delivery": { "ping": delivery::blank(), "post": delivery::blank() },
    })
}

/// What no input shows of a delivery that is not saved yet goes along with the form; the inputs below are laid over it.
fn whole_delivery(form: &Form) -> AnyView {
    let whole = form.at("delivery").to_string();
    view! { <input type="hidden" name=Reading::Json.name("delivery") value=whole/> }.into_any()
}

/// The campaigns a buyer may get a contract in.
fn choose(buyer: &str, campaigns: &[Value]) -> AnyView {
    if campaigns.is_empty() {
        return view! {
            <Empty title="No campaigns yet"><p>"A contract says what a buyer buys in a campaign. "<a href="/campaigns/new">"Make the first campaign"</a>"."</p></Empty>
        }
        .into_any();
    }
    let link = |campaign: &Value| {
        let (id, name) = (campaign["id"].as_str()?, campaign["name"].as_str()?.to_owned());
        let href =
            format!("/contracts/new?buyer={}&campaign={}", crate::query::escape(buyer), crate::query::escape(id));
        Some(view! { <li><a class="button small" href=href>{name}</a></li> })
    };
    let links = campaigns.iter().filter_map(link).collect_view();
    view! {
        <section class="card" aria-labelledby="campaign-title">
            <h2 id="campaign-title">"In which campaign does it buy?"</h2>
            <ul class="begin">{links}</ul>
        </section>
    }
    .into_any()
}

/// The documents a contract is between.
struct Documents {
    campaign: Value,
    buyer: Value,
    sources: Vec<Value>,
    templates: Vec<TemplateView>,
}

impl Documents {
    async fn of(ui: &crate::backend::Ui, contract: &Value) -> Result<Self, UiError> {
        let find = |all: Vec<Value>, id: &Value| all.into_iter().find(|one| one["id"] == *id).ok_or(UiError::NotFound);
        Ok(Self {
            campaign: find(ui.documents(Kind::Campaign).await?, &contract["campaign_id"])?,
            buyer: find(ui.documents(Kind::Buyer).await?, &contract["buyer_id"])?,
            sources: ui.documents(Kind::Source).await?,
            templates: ui.templates().await?,
        })
    }

    fn links(&self) -> AnyView {
        let link = |kind: &str, document: &Value| {
            let text = |member: &str| document[member].as_str().unwrap_or_default().to_owned();
            view! { <a href=format!("/{kind}/{}", text("id"))>{text("name")}</a> }
        };
        view! { <p class="lead-in">{link("buyers", &self.buyer)}" buys in "{link("campaigns", &self.campaign)}</p> }
            .into_any()
    }

    fn sections(&self, form: &Form, new: bool) -> AnyView {
        let fields = self.campaign["fields"].as_array().map(Vec::as_slice).unwrap_or_default();
        let around = Around {
            fields,
            currency: self.campaign["currency"].as_str().unwrap_or_default(),
            sources: &self.sources,
            zone: self.buyer["zone"].as_str().unwrap_or("UTC"),
            templates: &self.templates,
        };
        let ping = is_pinged(&form.value).then(|| delivery::call(form, "ping", fields));
        view! {
            {terms::sections(form, &around, new)}
            {ping}
            {delivery::call(form, "post", fields)}
        }
        .into_any()
    }
}

/// Whether it is asked before it is posted to.
fn is_pinged(contract: &Value) -> bool {
    contract["kind"] != "direct" && contract["kind"] != "silent"
}

/// Puts what inputs cannot show as it is into `edit`.
fn spread(form: &mut Form) {
    let spans = form.at("schedule.spans").clone();
    let text = hours::lines(&spans);
    // Without a single hour it would be always open, which nobody means who unticked them all.
    let unticked = form.faults.iter().any(|fault| fault.code == NO_HOUR);
    let open = match hours::cells(&spans) {
        Some(cells) if cells.is_empty() && !unticked => "always".into(),
        Some(cells) => json!({ "grid": cells, "text": text }),
        None => json!({ "text": text }),
    };
    let contract = &mut form.value;
    let json = json!({ "ping": contract["delivery"]["ping"], "post": contract["delivery"]["post"] });
    contract["edit"] = json!({ "filter": filter::spread(&contract["filter"]), "hours": open, "json": json });
    if is_pinged(contract) && contract["delivery"]["ping"].is_null() {
        contract["delivery"]["ping"] = delivery::blank();
    }
    for part in ["ping", "post"] {
        delivery::spread(&mut contract["delivery"][part]);
    }
}

/// The code of the fault that no hour of the week is ticked.
const NO_HOUR: &str = "no_hour";

/// Takes it back, and what may not be empty is what it is by itself.
fn tidy(form: &mut Form) {
    let Some(edit) = form.value.as_object_mut().and_then(|contract| contract.remove("edit")) else { return };
    if edit["hours"]["grid"].as_array().is_some_and(Vec::is_empty) {
        let why = "Tick the hours in which it buys, or choose Always open. To buy nothing, pause the contract.";
        form.faults.push(FieldError::new("schedule", NO_HOUR, why));
    }
    let contract = &mut form.value;
    contract["filter"] = filter::fold(&edit["filter"]);
    contract["schedule"]["spans"] = match (&edit["hours"]["grid"], &edit["hours"]["text"]) {
        (cells @ Value::Array(_), _) => hours::spans(cells),
        (_, Value::Array(lines)) => {
            let lines: Vec<_> = lines.iter().filter_map(Value::as_str).collect();
            hours::read(lines.iter().copied()).unwrap_or_else(|| lines.join("\n").into())
        }
        _ => json!([]),
    };
    for part in ["ping", "post"] {
        if edit["use_json"][part] == true {
            contract["delivery"][part] = edit["json"][part].clone();
        } else {
            delivery::fold(&mut contract["delivery"][part]);
        }
    }
    if !is_pinged(contract) {
        contract["delivery"]["ping"] = Value::Null;
    }
    if contract["silent_on"].is_null() {
        contract["silent_on"] = "always".into();
    }
    for (at, member, plain) in [
        ("price", "delivery_cost", json!("0")),
        ("price", "return_share", json!(0)),
        ("routing", "tier", json!(0)),
        ("routing", "sharing", json!("exclusive")),
        ("portal", "pause", json!("no")),
        ("portal", "caps", json!("no")),
        ("portal", "schedule", json!("no")),
    ] {
        if contract[at][member].is_null() {
            contract[at][member] = plain;
        }
    }
    // Without days there are no returns.
    if contract["returns"]["days"].is_null()
        && let Some(contract) = contract.as_object_mut()
    {
        contract.remove("returns");
    }
    if contract["priority"].is_null() {
        contract["priority"] = 0.into();
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_contract_survives_the_form() {
        let mut form = Form::new(json!({
            "kind": "auction", "silent_on": "unsold", "priority": 1, "filter": { "all": [] }, "schedule": { "spans": [{ "weekday": 0, "start": 480, "end": 600 }] },
            "price": { "delivery_cost": "0", "return_share": 0 }, "routing": { "tier": 0, "sharing": "exclusive" },
            "portal": { "pause": "at_once", "caps": "ask", "schedule": "no" },
            "delivery": { "ping": delivery::blank(), "post": delivery::blank() },
        }));
        let before = form.clone();
        spread(&mut form);
        assert_eq!(form.at("edit.hours.grid"), &json!(["0-8", "0-9"]));
        tidy(&mut form);
        assert_eq!(form, before);
        // No hour at all is a fault, and the grid stays chosen.
        form.value["edit"] = json!({ "hours": { "grid": [] } });
        tidy(&mut form);
        assert_eq!((form.faults.len(), form.faults[0].code.as_str()), (1, NO_HOUR));
        spread(&mut form);
        assert_eq!(form.at("edit.hours.grid"), &json!([]));
        form = before;
        // What was chosen nowhere is what it is by itself.
        form.value["portal"] = json!({ "pause": null, "caps": null });
        spread(&mut form);
        tidy(&mut form);
        assert_eq!(form.at("portal"), &json!({ "pause": "no", "caps": "no", "schedule": "no" }));
    }
}
