//! Trying a contract: the exact requests it would make, tests that are really sent, how an answer is read, and answers that are
//! kept with how they have to be read.

mod acts;
mod kept;
mod sent;
mod view;

use super::{Reply, Shown, framed};
use crate::{
    backend::Ui,
    components::{
        Nav,
        form::{self, checkbox, number, section, select, text},
    },
    error::UiError,
    form::{Form, Sent},
    format::Clock,
    pages::campaign::pairs,
    query::LeadsQuery,
};
use acts::Shows;
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{ContractId, document::DocumentId, user::Right};
use serde_json::{Value, json};

/// How many of the newest leads are offered.
const LEADS: u16 = 50;
const PHASES: [(&str, &str); 2] = [("ping", "A ping"), ("post", "A post")];

/// The bench of one contract.
#[component]
pub fn BenchPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let query = use_query_map().get_untracked();
    let (lead, done) = (query.get("lead"), query.get("done"));
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Buyers, "Try a contract", move |ui, signed| async move {
        let id: ContractId = id.parse().map_err(|_| UiError::NotFound)?;
        let contract = ui.document(DocumentId::Contract(id)).await?.value;
        let direct = contract["kind"] == "direct";
        let begin = json!({
            "lead": lead, "personal": false, "test": false, "phase": if direct { "post" } else { "ping" }, "status": 200,
            "content_type": null, "body": "", "name": "",
        });
        let mut form = Form::new(begin);
        let act = sent.as_ref().map(|sent| form.submit(sent));
        let mut shows = Shows::default();
        if let Err(error) = acts::answer((&ui, &reply), id, &mut form, act.as_ref(), &mut shows).await {
            reply.faulty(&mut form, error)?;
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let leads = choices(&ui, &contract, &clock).await?;
        let (kept, tests) = (ui.examples(id).await?, ui.tests(id).await?);
        let may = signed.user.may(Right::Configure);
        let said = done.filter(|_| sent.is_none()).and_then(|done| kept::said(&done));
        let name = contract["name"].as_str().unwrap_or_default().to_owned();
        let here = format!("/contracts/{id}");
        let asked = asked(&form, &leads, signed.user.may(Right::SeePersonal));
        let intro = "The saved contract, for a lead of its campaign. Secrets are dots; nothing is sent.";
        let body = view! {
            <div class="stack">
                {said}
                <p class="lead-in">"Contract "<a href=here.clone()>{name.clone()}</a></p>
                <form method="post" action=format!("{here}/try") class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("show")}
                    {section("sent", "What is sent", Some(intro), asked)}
                    {shows.preview.map(view::preview)}
                    {may.then(|| sent::offer(direct))}
                    {shows.sent.map(sent::view)}
                    {section("answer", "How an answer is read", Some("Paste what the buyer answers, or what its document says it does."), pasted(&form, direct))}
                    {shows.read.map(view::read)}
                    {may.then(|| kept::offer(&form))}
                    {kept::list(kept, may)}
                </form>
                {sent::lines(tests, &clock)}
            </div>
        };
        Ok(Shown::new(format!("Try {name}"), body))
    })
}

/// Whose values are sent, and how.
fn asked(form: &Form, leads: &[(String, String)], personal: bool) -> AnyView {
    let hint = "Shown once, here, and written to the lead's history. Otherwise they are the examples of their fields.";
    let personal = personal.then(|| checkbox(form, "personal", "With the person's own values", Some(hint)));
    view! {
        <div class="fields">
            {select(form, "lead", "The values of", leads, None)}
            {checkbox(form, "test", "As a test lead is sent", None)}
            {personal}
        </div>
        <div><button class="button primary" type="submit" name="do" value="show">"Show what is sent"</button></div>
    }
    .into_any()
}

/// The answer that is read.
fn pasted(form: &Form, direct: bool) -> AnyView {
    let phases = pairs(if direct { &PHASES[1..] } else { &PHASES });
    let hint = "It is hardly ever believed: what the answer looks like counts.";
    view! {
        <div class="fields">
            {select(form, "phase", "It answers", &phases, None)}
            {number(form, "status", "HTTP status").view()}
            {text(form, "content_type", "Content type").hint(hint).view()}
            <div class="broad">{text(form, "body", "The answer's body").lines(8).view()}</div>
        </div>
        <div><button class="button" type="submit" name="do" value="read">"Read the answer"</button></div>
    }
    .into_any()
}

/// The examples, and the newest leads of the contract's campaign.
async fn choices(ui: &Ui, contract: &Value, clock: &Clock) -> Result<Vec<(String, String)>, UiError> {
    let campaign = contract["campaign_id"].as_str().and_then(|id| id.parse().ok());
    let page = ui.leads(LeadsQuery { campaign, limit: LEADS, ..LeadsQuery::default() }).await?;
    let mut choices = vec![(String::new(), "The examples of the campaign's fields".to_owned())];
    choices.extend(page.rows.iter().map(|row| {
        let id = row.id.to_string();
        let short = format!("Lead …{}, {}, {}", &id[id.len() - 8..], row.state.name(), clock.ago(row.received_at));
        (id, short)
    }));
    Ok(choices)
}
