//! Trying a contract: the exact requests it would make, and how it reads an answer that is pasted. Nothing is sent.

mod view;

use super::{Reply, Shown, framed};
use crate::{
    backend::Ui,
    components::{
        Nav,
        form::{self, checkbox, number, section, select, text},
    },
    error::UiError,
    form::{Act, Form, Sent},
    format::Clock,
    pages::campaign::pairs,
    query::LeadsQuery,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{
    ContractId,
    bench::{AnswerAsked, AnswerRead, Phase, Preview, PreviewAsked},
    document::DocumentId,
    user::Right,
};
use serde_json::{Value, json};

/// How many of the newest leads are offered.
const LEADS: u16 = 50;
const PHASES: [(&str, &str); 2] = [("ping", "A ping"), ("post", "A post")];

/// What was asked for and is shown on this page only.
#[derive(Default)]
struct Shows {
    preview: Option<Preview>,
    read: Option<AnswerRead>,
}

/// The bench of one contract.
#[component]
pub fn BenchPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let lead = use_query_map().get_untracked().get("lead");
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Buyers, "Try a contract", move |ui, signed| async move {
        let id: ContractId = id.parse().map_err(|_| UiError::NotFound)?;
        let contract = ui.document(DocumentId::Contract(id)).await?.value;
        let direct = contract["kind"] == "direct";
        let begin = json!({
            "lead": lead, "personal": false, "test": false, "phase": if direct { "post" } else { "ping" }, "status": 200,
            "content_type": null, "body": "",
        });
        let mut form = Form::new(begin);
        let act = sent.as_ref().map(|sent| form.submit(sent));
        let mut shows = Shows::default();
        if let Err(error) = answer(&ui, id, &form, act.as_ref(), &mut shows).await {
            reply.faulty(&mut form, error)?;
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let leads = choices(&ui, &contract, &clock).await?;
        let may = signed.user.may(Right::SeePersonal);
        let hint =
            "Shown once, here, and written to the lead's history. Otherwise they are the examples of their fields.";
        let personal = may.then(|| checkbox(&form, "personal", "With the person's own values", Some(hint)));
        let asked = view! {
            <div class="fields">
                {select(&form, "lead", "The values of", &leads, None)}
                {checkbox(&form, "test", "As a test lead is sent", None)}
                {personal}
            </div>
            <div><button class="button primary" type="submit" name="do" value="show">"Show what is sent"</button></div>
        };
        let phases = pairs(if direct { &PHASES[1..] } else { &PHASES });
        let hint = "It is hardly ever believed: what the answer looks like counts.";
        let pasted = view! {
            <div class="fields">
                {select(&form, "phase", "It answers", &phases, None)}
                {number(&form, "status", "HTTP status").view()}
                {text(&form, "content_type", "Content type").hint(hint).view()}
                <div class="broad">{text(&form, "body", "The answer's body").lines(8).view()}</div>
            </div>
            <div><button class="button" type="submit" name="do" value="read">"Read the answer"</button></div>
        };
        let name = contract["name"].as_str().unwrap_or_default().to_owned();
        let here = format!("/contracts/{id}");
        let intro = "The saved contract, for a lead of its campaign. Secrets are dots; nothing is sent.";
        let body = view! {
            <div class="stack">
                <p class="lead-in">"Contract "<a href=here.clone()>{name.clone()}</a></p>
                <form method="post" action=format!("{here}/try") class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("show")}
                    {section("sent", "What is sent", Some(intro), asked.into_any())}
                    {shows.preview.map(view::preview)}
                    {section("answer", "How an answer is read", Some("Paste what the buyer answers, or what its document says it does."), pasted.into_any())}
                    {shows.read.map(view::read)}
                </form>
            </div>
        };
        Ok(Shown::new(format!("Try {name}"), body))
    })
}

/// Without a form the examples are shown; reading an answer shows nothing else.
async fn answer(ui: &Ui, id: ContractId, form: &Form, act: Option<&Act>, shows: &mut Shows) -> Result<(), UiError> {
    let text = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
    let some = |path: &str| Some(text(path)).filter(|text| !text.is_empty());
    if act == Some(&Act::Do("read".to_owned())) {
        let asked = AnswerAsked {
            phase: if form.at("phase") == "ping" { Phase::Ping } else { Phase::Post },
            // No HTTP status: what is refused beside its field.
            status: form.at("status").as_u64().and_then(|status| status.try_into().ok()).unwrap_or_default(),
            content_type: some("content_type"),
            body: text("body"),
        };
        shows.read = Some(ui.read_answer(id, asked).await?);
        return Ok(());
    }
    let asked = PreviewAsked {
        lead: some("lead"),
        personal: act.is_some() && form.at("personal") == true,
        test: form.at("test") == true,
    };
    shows.preview = Some(ui.preview(id, asked).await?);
    Ok(())
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
