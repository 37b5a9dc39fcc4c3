//! The form of an endpoint, a test's answer, and the log.

use super::Names;
use crate::{
    backend::endpoints::FiredView,
    components::{
        When,
        form::{checkbox, checks, section, select, text},
    },
    form::Form,
    format::{self, Clock},
    pages::campaign::pairs,
};
use leptos::prelude::*;
use model::{
    endpoint::{Delivery, DeliveryState},
    page::Page,
};

const EVENTS: [(&str, &str); 7] = [
    ("sold", "Sold"),
    ("unsold", "Unsold"),
    ("rejected", "Rejected"),
    ("returned", "Returned"),
    ("unknown", "In doubt"),
    ("alert_opened", "An alert is raised"),
    ("alert_resolved", "An alert is over"),
];
const KINDS: [(&str, &str); 2] =
    [("webhook", "Webhook: a signed message for a program"), ("postback", "Postback: a tracker's address with macros")];

/// Every section; what kind it is and whose it is can only be chosen when it is made.
pub fn sections(form: &Form, names: &Names, new: bool) -> AnyView {
    let kind = new.then(|| select(form, "target.kind", "Kind", &pairs(&KINDS), None));
    let source = new.then(|| {
        let hint = "Of one source only: then it is the affiliate's own, and never told what buyers pay.";
        select(form, "source_id", "Of leads from", &names.sources, Some(hint))
    });
    let postback = new || form.value["target"]["kind"] == "postback";
    let ways = [("GET", "GET"), ("POST", "POST")];
    let method = postback.then(|| select(form, "target.method", "A postback is asked for with", &pairs(&ways), None));
    let active = (!new).then(|| checkbox(form, "active", "Is told", None));
    let hint = "A postback may have macros: {click_id}, {payout}, {lead_id}, {status}, {sub1} …";
    let body = view! {
        <div class="fields">
            {text(form, "name", "Name").view()}
            {kind}
            {method}
            <div class="broad">{text(form, "target.url", "Address").kind("url").hint(hint).view()}</div>
            {source}
            {select(form, "campaign_id", "Of leads of", &names.campaigns, None)}
            {checkbox(form, "test", "Test leads too", None)}
            {active}
        </div>
        {checks(form, "on", "It is told when a lead is", &pairs(&EVENTS), Some("Alerts are told to webhooks of your own only."))}
    };
    section("endpoint", "What it is told", None, body.into_any())
}

/// What was just done.
pub fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "made" => "It is made. Send it a test.",
        "saved" => "It is saved and in effect.",
        "replayed" => "The message is on its way again.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

/// A secret that is shown once.
pub fn secret(secret: String) -> AnyView {
    view! {
        <div class="panel once" role="status">
            <p class="panel-title">"The secret messages are signed with, shown this once. Copy it now."</p>
            <input class="copy" readonly=true value=secret aria-label="The secret"/>
        </div>
    }
    .into_any()
}

/// What a test sent and what came back.
pub fn fired(fired: FiredView) -> AnyView {
    let good = fired.status.is_some_and(|status| (200..300).contains(&status));
    let (tone, word) = match (fired.status, good) {
        (Some(status), true) => ("badge success", format!("Taken: {status}")),
        (Some(status), false) => ("badge danger", format!("Not taken: {status}")),
        (None, _) => ("badge danger", "No answer".to_owned()),
    };
    let took = format::ms(u32::try_from(fired.took_us).unwrap_or(u32::MAX));
    view! {
        <section class="card stack" id="fired" aria-labelledby="fired-title" tabindex="-1" autofocus=true>
            <h2 id="fired-title">"The test"</h2>
            <p role="status"><span class=tone>{word}</span>" in "{took}</p>
            {fired.error.map(|error| view! { <p class="fault">{error}</p> })}
            <pre class="code">{fired.request}{"\n\n"}{fired.body}</pre>
            {(!fired.answer.is_empty()).then(|| view! { <p>"It answered:"</p><pre class="code">{fired.answer.clone()}</pre> })}
        </section>
    }
    .into_any()
}

/// What it was told, newest first.
pub fn log(log: Page<Delivery>, here: &str, state: Option<DeliveryState>, clock: &Clock, may: bool) -> AnyView {
    let empty = log.rows.is_empty();
    let rows = log.rows.into_iter().map(|delivery| row(delivery, here, clock, may)).collect_view();
    let filter = DeliveryState::ALL.into_iter().map(|one| {
        let current = (state == Some(one)).then_some("true");
        view! { <a class="button small" href=format!("{here}?state={}#log", one.name()) aria-current=current>{word(one)}</a> }
    });
    let keep = state.map(|state| format!("&state={}", state.name())).unwrap_or_default();
    let newer =
        log.newer.map(|id| view! { <a class="button small" href=format!("{here}?newer={id}{keep}#log")>"Newer"</a> });
    let older =
        log.older.map(|id| view! { <a class="button small" href=format!("{here}?older={id}{keep}#log")>"Older"</a> });
    view! {
        <section class="card stack" id="log" aria-labelledby="log-title">
            <h2 id="log-title">"Log"</h2>
            <div class="actions"><a class="button small" href=format!("{here}#log") aria-current=state.is_none().then_some("true")>"All"</a>{filter.collect_view()}</div>
            {empty.then(|| view! { <p class="hint">"It was told nothing yet. Send it a test, or wait for a lead."</p> })}
            {(!empty).then(|| view! {
                <div class="scroll" tabindex="0" role="region" aria-label="Log">
                    <table class="list">
                        <caption class="sr-only">"What it was told, newest first"</caption>
                        <thead><tr>
                            <th scope="col">"When"</th><th scope="col">"Event"</th><th scope="col">"Lead"</th>
                            <th scope="col" class="number">"Try"</th><th scope="col">"Answer"</th><th scope="col" class="number">"Took"</th>
                            <th scope="col">"What was said"</th><th scope="col">"Action"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            <div class="pager">{newer}{older}</div>
        </section>
    }
    .into_any()
}

const fn word(state: DeliveryState) -> &'static str {
    match state {
        DeliveryState::Delivered => "Delivered",
        DeliveryState::Pending => "Tried again",
        DeliveryState::Failed => "Given up",
    }
}

fn row(delivery: Delivery, here: &str, clock: &Clock, may: bool) -> impl IntoView + use<> {
    let tone = match delivery.state {
        DeliveryState::Delivered => "badge success",
        DeliveryState::Pending => "badge warning",
        DeliveryState::Failed => "badge danger",
    };
    let lead = delivery.lead_id.map(|id| id.to_string());
    let about = lead.as_ref().map_or_else(|| "an alert".to_owned(), |id| format!("lead …{}", &id[id.len() - 8..]));
    let opens = match lead {
        Some(id) => {
            view! { <a class="id" href=format!("/leads/{id}")>{format!("…{}", &id[id.len() - 8..])}</a> }.into_any()
        }
        None => view! { <a href="/alerts">"An alert"</a> }.into_any(),
    };
    let status = delivery.status.map(|status| status.to_string()).or(delivery.error.clone()).unwrap_or_default();
    let next = delivery
        .next_at
        .map(|at| view! { <span class="hint">"Again "<When at=at clock=clock.clone() exact=true/></span> });
    let again = may.then(|| {
        view! {
            <form method="post" action=here.to_owned()>
                <button class="button small" type="submit" name="do" value=format!("replay:{}", delivery.message_id) aria-label=format!("Tell it again about {about}")>"Again"</button>
            </form>
        }
    });
    let answer = (!delivery.answer.is_empty())
        .then(|| view! { <p class="hint">"It answered:"</p><pre class="code">{delivery.answer.clone()}</pre> });
    view! {
        <tr>
            <td><When at=delivery.at clock=clock.clone()/></td>
            <td>{delivery.event.word()}</td>
            <td>{opens}</td>
            <td class="number">{delivery.attempt}</td>
            <td><span class=tone>{word(delivery.state)}</span>" "{status}{next}</td>
            <td class="number">{format::ms(u32::try_from(delivery.took_us).unwrap_or(u32::MAX))}</td>
            <td>
                <details>
                    <summary>"Show"</summary>
                    <pre class="code">{delivery.method.name()}" "{delivery.url}{"\n\n"}{delivery.body}</pre>
                    {answer}
                </details>
            </td>
            <td>{again}</td>
        </tr>
    }
}

/// A new secret, and deleting.
pub fn more(here: &str, webhook: bool) -> AnyView {
    let form = |word: &'static str, button: &'static str| {
        view! { <form method="post" action=here.to_owned()><button class="button danger" type="submit" name="do" value=word>{button}</button></form> }
    };
    let rotate = webhook.then(|| {
        view! {
            <details><summary>"New secret…"</summary>
                <p class="hint">"For 24 hours messages are signed with the old one as well."</p>{form("rotate", "Yes, make a new secret")}
            </details>
        }
    });
    view! {
        <section class="card stack" aria-labelledby="more-title">
            <h2 id="more-title">"More"</h2>
            {rotate}
            <details><summary>"Delete…"</summary>
                <p class="hint">"What waits for it is never told. This cannot be undone."</p>{form("delete", "Yes, delete the endpoint")}
            </details>
        </section>
    }
    .into_any()
}
