//! How an affiliate is connected: posting instructions, keys, and the postbacks of its tracker.

use super::super::{Reply, Shown, framed};
use crate::{
    backend::{Ui, endpoints::FiredView},
    components::{Empty, Nav, When, form},
    error::UiError,
    form::{Form, Sent},
    format::Clock,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    affiliate::{OpenCampaign, Postback},
    endpoint::Event,
    tenant::{ApiKey, Mode},
};
use serde_json::json;

/// What an action brought that is shown on this page only.
#[derive(Default)]
struct Once {
    key: Option<String>,
    fired: Option<FiredView>,
}

/// Instructions, keys and postbacks.
#[component]
pub fn AffiliateSetupPage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::AffiliateSetup, "Connection", move |ui, signed| async move {
        let mut form = Form::new(json!({}));
        let mut once = Once::default();
        if let Some(sent) = &sent {
            once = answer(&ui, &reply, &mut form, sent).await?;
        }
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let campaigns = campaigns(ui.affiliate_campaigns().await?);
        let keys = keys(ui.affiliate_keys().await?, &clock);
        let postbacks = postbacks(ui.affiliate_postbacks().await?);
        Ok(Shown::new(
            "Connection",
            view! {
                <div class="stack">
                    {said(done.as_deref())}
                    {form::summary(&form)}
                    {once.key.map(shown_once)}
                    {once.fired.map(fired)}
                    {campaigns}
                    {keys}
                    {postbacks}
                </div>
            },
        ))
    })
}

async fn answer(ui: &Ui, reply: &Reply, form: &mut Form, sent: &Sent) -> Result<Once, UiError> {
    let word = sent.text("do");
    let (what, id) = word.split_once(':').unwrap_or((word, ""));
    let unknown = || UiError::NotFound;
    let done = match what {
        "key" => {
            let mode = if sent.text("mode") == "test" { Mode::Test } else { Mode::Live };
            match ui.make_affiliate_key(sent.text("name").to_owned(), mode).await {
                Ok(key) => return Ok(Once { key: Some(key), fired: None }),
                Err(error) => Err(error),
            }
        }
        "revoke" => ui.revoke_affiliate_key(id.parse().map_err(|_| unknown())?).await.map(|()| "revoked"),
        "save" => {
            let id = if id.is_empty() { None } else { Some(id.parse().map_err(|_| unknown())?) };
            let on = lead_events().filter(|event| sent.text(event.word()) == "on").collect();
            let (name, url) = (sent.text("name").trim().to_owned(), sent.text("url").trim().to_owned());
            ui.save_affiliate_postback(id, name, url, on).await.map(|()| "saved")
        }
        "test" => match ui.fire_affiliate_postback(id.parse().map_err(|_| unknown())?).await {
            Ok(fired) => return Ok(Once { key: None, fired: Some(fired) }),
            Err(error) => Err(error),
        },
        _ => Err(unknown()),
    };
    match done {
        Ok(word) => reply.go(&format!("/affiliate/setup?done={word}")),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(Once::default())
}

fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "revoked" => "The key is revoked: it opens nothing any more.",
        "saved" => "The postback is saved.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

fn shown_once(key: String) -> AnyView {
    view! {
        <div class="panel once" role="status">
            <p class="panel-title">"The key, shown this once. Put it where your program finds it."</p>
            <input class="copy" readonly=true value=key aria-label="The key"/>
        </div>
    }
    .into_any()
}

fn fired(fired: FiredView) -> AnyView {
    let came = match (fired.status, fired.error) {
        (Some(status), _) => format!("Answered with {status} after {} ms.", fired.took_us / 1000),
        (None, error) => format!("No answer: {}.", error.unwrap_or_else(|| "the reason is not known".to_owned())),
    };
    view! {
        <div class="panel" role="status">
            <p class="panel-title">{came}</p>
            <p><code class="wrap">{fired.request}</code></p>
            {(!fired.answer.is_empty()).then(|| view! { <pre class="code" tabindex="0">{fired.answer}</pre> })}
        </div>
    }
    .into_any()
}

fn campaigns(campaigns: Vec<OpenCampaign>) -> AnyView {
    let body = if campaigns.is_empty() {
        view! { <Empty title="Nothing to send into yet"><p>"Make a key first, or ask your contact for a campaign."</p></Empty> }
            .into_any()
    } else {
        let lines = campaigns.into_iter().map(|one| {
            let paused = (!one.active).then(|| view! { <span class="badge muted">"Paused"</span> });
            view! { <li class="line"><a href=format!("/affiliate/instructions/{}", one.id)>{one.name}</a>{paused}</li> }
        });
        view! { <ul class="plain stack">{lines.collect_view()}</ul> }.into_any()
    };
    view! {
        <section class="card stack" aria-labelledby="campaigns">
            <h2 id="campaigns">"Posting instructions"</h2>
            {body}
        </section>
    }
    .into_any()
}

fn keys(keys: Vec<ApiKey>, clock: &Clock) -> AnyView {
    let rows = keys.into_iter().map(|key| {
        let mode = if key.mode == Mode::Test { "test" } else { "live" };
        let tool = match key.revoked_at {
            Some(at) => view! { "revoked "<When at clock=clock.clone()/> }.into_any(),
            None => view! {
                <form method="post" action="/affiliate/setup">
                    <button class="button small" type="submit" name="do" value=format!("revoke:{}", key.id) aria-label=format!("Revoke {}", key.name)>"Revoke"</button>
                </form>
            }
            .into_any(),
        };
        view! {
            <tr>
                <th scope="row">{key.name.clone()}<span class="hint"><code>{key.hint.clone()}</code></span></th>
                <td>{mode}</td>
                <td><When at=key.created_at clock=clock.clone()/></td>
                <td>{tool}</td>
            </tr>
        }
    });
    let rows: Vec<_> = rows.collect();
    let list = (!rows.is_empty()).then(|| {
        view! {
            <div class="scroll" tabindex="0" role="region" aria-label="Keys">
                <table class="list">
                    <caption class="sr-only">"API keys, newest first"</caption>
                    <thead><tr><th scope="col">"Key"</th><th scope="col">"For"</th><th scope="col">"Made"</th><th scope="col">"Action"</th></tr></thead>
                    <tbody>{rows}</tbody>
                </table>
            </div>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="keys">
            <h2 id="keys">"API keys"</h2>
            {list}
            <form method="post" action="/affiliate/setup" class="line">
                <div class="field grow"><label for="key-name">"Name of a new key"</label><input id="key-name" name="name" type="text" autocomplete="off"/></div>
                <div class="field short"><label for="key-mode">"For"</label>
                    <select id="key-mode" name="mode"><option value="live">"live"</option><option value="test">"test"</option></select>
                </div>
                <button class="button primary" type="submit" name="do" value="key">"Make the key"</button>
            </form>
        </section>
    }
    .into_any()
}

fn postbacks(postbacks: Vec<Postback>) -> AnyView {
    let forms = postbacks.into_iter().map(|one| postback(Some(one))).collect_view();
    view! {
        <section class="card stack" aria-labelledby="postbacks">
            <h2 id="postbacks">"Postbacks to your tracker"</h2>
            <p class="hint">"The address is called when what it is told of happens to a lead of yours. Macros: "
                <code class="wrap">"{click_id} {sub1} {sub2} {sub3} {sub4} {sub5} {payout} {lead_id} {status} {reason} {ts}"</code></p>
            {forms}
            <details><summary>"Another postback…"</summary>{postback(None)}</details>
        </section>
    }
    .into_any()
}

/// What a source can be told of: what becomes of its leads.
fn lead_events() -> impl Iterator<Item = Event> {
    Event::ALL.into_iter().filter(|event| !event.of_alerts())
}

fn postback(one: Option<Postback>) -> AnyView {
    let (key, name, url) =
        one.as_ref().map_or_else(Default::default, |one| (one.id.to_string(), one.name.clone(), one.url.clone()));
    let on = one.as_ref().map_or_else(|| vec![Event::Sold, Event::Returned], |one| one.on.clone());
    let off = one.as_ref().filter(|one| !one.active).map(|one| {
        let why = one.disabled_reason.clone().unwrap_or_else(|| "switched off".to_owned());
        view! { <p class="fault">{format!("It is not told anything: {why}. Saving it switches it on again.")}</p> }
    });
    let boxes = lead_events().map(|event| {
        view! { <label class="check"><input type="checkbox" name=event.word() value="on" checked=on.contains(&event)/>{event.word()}</label> }
    }).collect_view();
    let test = one.is_some().then(
        || view! { <button class="button" type="submit" name="do" value=format!("test:{key}")>"Test it"</button> },
    );
    view! {
        <form method="post" action="/affiliate/setup" class="stack">
            {off}
            <div class="fields">
                <div class="field"><label for=format!("name-{key}")>"Name"</label><input id=format!("name-{key}") name="name" type="text" value=name autocomplete="off"/></div>
                <div class="field broad"><label for=format!("url-{key}")>"Address"</label><input id=format!("url-{key}") name="url" type="url" value=url placeholder="https://tracker.example/postback?cid={click_id}&payout={payout}" autocomplete="off"/></div>
            </div>
            <fieldset class="checks"><legend>"It is told of"</legend>{boxes}</fieldset>
            <div class="actions">
                <button class="button primary" type="submit" name="do" value=format!("save:{key}")>"Save"</button>
                {test}
            </div>
        </form>
    }
    .into_any()
}
