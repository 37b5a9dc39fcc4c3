//! A contract that begins from the buyer's posting document: paste it, look at what is proposed, confirm.

use super::{Documents, Reply, Shown, begin, spread};
use crate::{
    backend::Ui,
    components::{
        Nav,
        form::{self, input, section, text},
    },
    error::UiError,
    form::{Act, Form, Reading, Sent},
    pages::framed,
    query::escape,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    CampaignId,
    bench::{Outcome, Phase},
    import::{CallDocument, Confidence, ImportAsked, Proposal, ProposedRow, SampleAnswer},
    user::Right,
};
use serde_json::json;

/// The page: `?buyer=…&campaign=…`.
#[component]
pub fn ImportPage() -> impl IntoView {
    let query = use_query_map().get_untracked();
    let (buyer, campaign) = (query.get("buyer").unwrap_or_default(), query.get("campaign").unwrap_or_default());
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Buyers, "New contract from a document", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let id: CampaignId = campaign.parse().map_err(|_| UiError::NotFound)?;
        let contract = begin(&buyer, &campaign);
        let documents = Documents::of(&ui, &contract).await?;
        let mut form = Form::new(json!({ "ping": {}, "post": {} }));
        if let Some(sent) = &sent
            && form.submit(sent) != Act::Edit
        {
            match ui.import(asked(&form, id)).await {
                Ok(proposal) => return proposed(&ui, &documents, (&buyer, &campaign), contract, proposal).await,
                Err(error) => reply.faulty(&mut form, error)?,
            }
        }
        let back = format!("/contracts/new?buyer={}&campaign={}", escape(&buyer), escape(&campaign));
        let body = view! {
            <div class="stack">
                {documents.links()}
                <form method="post" class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("propose")}
                    {pasted(&form, "ping", "The ping", "Leave it empty when the buyer is not pinged.")}
                    {pasted(&form, "post", "The post", "The whole record.")}
                    <p><a href=back>"From a preset, or without a document"</a></p>
                    {form::save_bar(&[("propose", "Propose a delivery")], ().into_any())}
                </form>
            </div>
        };
        Ok(Shown::new("New contract from a document", body))
    })
}

/// What is pasted of one call.
fn pasted(form: &Form, part: &'static str, title: &'static str, intro: &'static str) -> AnyView {
    let path = |member: &str| format!("{part}.{member}");
    let area = |member: &str, label: &str, lines: u8, hint: &'static str| {
        text(form, path(member), format!("{title}: {label}")).lines(lines).hint(hint).view()
    };
    let body = view! {
        <div class="fields">
            <div class="broad">{area("document", "sample or table", 10, "A sample body (JSON, form, XML, SOAP), a cURL command, an address with a query, or the table of members. Credentials in it are recognised and forgotten.")}</div>
            <div class="broad">{area("table", "table beside the sample", 4, "Where the document lists which members are required and which values are taken.")}</div>
            <div class="broad">{input(form, path("url"), format!("{title}: address"), Reading::Optional).kind("url").hint("Where the sample does not say it.").view()}</div>
            <div class="broad">{area("yes", "an answer that means yes", 4, "A bid, or an acceptance.")}</div>
            <div class="broad">{area("no", "an answer that means no", 4, "No bid, or a rejection.")}</div>
        </div>
    };
    section(part, title, Some(intro), body.into_any())
}

fn asked(form: &Form, campaign_id: CampaignId) -> ImportAsked {
    let words = |path: String| form.at(&path).as_str().unwrap_or_default().trim().to_owned();
    let call = |part: &str, yes: Outcome, no: Outcome| {
        let some = |member: &str| Some(words(format!("{part}.{member}"))).filter(|text| !text.is_empty());
        let answer = |member: &str, means: Outcome| {
            some(member).map(|body| SampleAnswer { means: Some(means), status: 200, body })
        };
        CallDocument {
            document: words(format!("{part}.document")),
            table: some("table"),
            url: some("url"),
            answers: answer("yes", yes).into_iter().chain(answer("no", no)).collect(),
        }
    };
    let ping = call("ping", Outcome::Bid, Outcome::NoBid);
    let pinged = !ping.document.is_empty() || ping.table.is_some();
    ImportAsked { campaign_id, ping: pinged.then_some(ping), post: call("post", Outcome::Accepted, Outcome::Rejected) }
}

/// What is proposed, and the contract with it in, to be changed and made. It begins paused.
async fn proposed(
    ui: &Ui,
    documents: &Documents,
    (buyer, campaign): (&str, &str),
    mut contract: serde_json::Value,
    proposal: Proposal,
) -> Result<Shown, UiError> {
    contract["kind"] = proposal.kind.name().into();
    contract["active"] = false.into();
    contract["delivery"] = serde_json::to_value(&proposal.delivery).unwrap_or_default();
    let mut form = Form::new(contract);
    let effects = super::effects::panel(ui, &form.value).await?;
    spread(&mut form);
    let action = format!("/contracts/new?buyer={}&campaign={}", escape(buyer), escape(campaign));
    let again = format!("/contracts/import?buyer={}&campaign={}", escape(buyer), escape(campaign));
    let secrets: Vec<_> =
        proposal.secrets.iter().map(|secret| format!("{} of the {}", secret.name, secret.phase.name())).collect();
    let secrets = (!secrets.is_empty()).then(|| {
        view! { <p class="fault">"Enter below, among headers and secrets: "<strong>{secrets.join(", ")}</strong></p> }
    });
    let notes = proposal.notes.iter().map(|note| view! { <li>{note.clone()}</li> }).collect_view();
    let body = view! {
        <div class="stack">
            {documents.links()}
            <section class="card stack" id="proposal" aria-labelledby="proposal-title" tabindex="-1" autofocus=true>
                <h2 id="proposal-title">"What is proposed"</h2>
                <p role="status">{count(&proposal)}</p>
                {secrets}
                <ul class="bullets">{notes}</ul>
                {table(&proposal)}
                <p><a href=again>"Paste it again"</a></p>
            </section>
            <form method="post" action=action class="form" novalidate>
                {form::enter("save")}
                {super::whole_delivery(&form)}
                {effects}
                {documents.sections(&form, true)}
                {form::save_bar(&[("save", "Make the contract")], ().into_any())}
            </form>
        </div>
    };
    Ok(Shown::new("New contract from a document", body))
}

fn count(proposal: &Proposal) -> String {
    let of = |confidence: Confidence| proposal.rows.iter().filter(|row| row.confidence == confidence).count();
    let (sure, likely, unknown) = (of(Confidence::Sure), of(Confidence::Likely), of(Confidence::Unknown));
    format!(
        "{sure} members are sure, {likely} likely, {unknown} unknown. Nothing is made yet: look through them, and change below what is wrong."
    )
}

fn table(proposal: &Proposal) -> AnyView {
    let row = |row: &ProposedRow| {
        let tone = match row.confidence {
            Confidence::Sure => "badge success",
            Confidence::Likely => "badge info",
            Confidence::Unknown => "badge warning",
        };
        let required = row.required.then_some(" (required)");
        let sent = if row.row.is_some() { "sent" } else { "left out" };
        view! {
            <tr>
                <td>{row.phase.name()}</td>
                <td><code>{row.to.clone()}</code>{required}</td>
                <td>{row.sample.clone().unwrap_or_default()}</td>
                <td>{source(proposal, row)}</td>
                <td><span class=tone>{row.confidence.name()}</span></td>
                <td>{format!("{sent}: {}", row.why)}</td>
            </tr>
        }
    };
    let rows = proposal.rows.iter().map(row).collect_view();
    view! {
        <div class="scroll" tabindex="0" role="region" aria-label="Proposed members">
            <table class="list">
                <caption class="sr-only">"Every member of the document with what is proposed for it"</caption>
                <thead><tr><th scope="col">"Call"</th><th scope="col">"Their name"</th><th scope="col">"Sample"</th><th scope="col">"From"</th><th scope="col">"How sure"</th><th scope="col">"Why"</th></tr></thead>
                <tbody>{rows}</tbody>
            </table>
        </div>
    }
    .into_any()
}

/// Where a proposed row takes its value from, in words.
fn source(proposal: &Proposal, row: &ProposedRow) -> String {
    use model::mapping::From;
    let call = match row.phase {
        Phase::Ping => proposal.delivery.ping.as_ref(),
        Phase::Post => Some(&proposal.delivery.post),
    };
    let Some(found) = row.row.and_then(|at| call?.rows.get(at)) else { return "–".to_owned() };
    match &found.from {
        From::Field(name) => format!("field {name}"),
        From::Constant(text) => format!("always “{text}”"),
        From::Meta(meta) => {
            let word = serde_json::to_value(meta).unwrap_or_default();
            format!("the lead's {}", word.as_str().unwrap_or_default().replace('_', " "))
        }
        From::PingToken => "the ping's token".to_owned(),
        From::Carried(name) => format!("{name} of the ping's answer"),
        From::Secret(name) => format!("secret {name}"),
        From::Template(text) => text.clone(),
    }
}
