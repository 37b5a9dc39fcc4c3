//! The audit log: what people did, in sentences. What they configured stands in the history.

use super::{Shown, framed};
use crate::{
    backend::people::{ActivityPage, ActivityQuery, ActivityRow},
    components::{Empty, Nav, When},
    format::Clock,
    query::{days, escape},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;

/// Every action with how a sentence about it goes on.
const ACTIONS: [(&str, &str); 40] = [
    ("signed_in", "signed in"),
    ("person_invited", "invited"),
    ("person_made", "made a person"),
    ("joined", "took up the invitation"),
    ("role_changed", "changed a role"),
    ("rights_changed", "switched rights"),
    ("switched_off", "switched off"),
    ("switched_on", "switched on"),
    ("password_given", "gave a new password to"),
    ("password_changed", "changed the own password"),
    ("reset_asked", "asked for another password"),
    ("reset_sent", "sent a link for another password to"),
    ("password_reset", "chose another password"),
    ("session_ended", "ended a session"),
    ("second_factor_on", "set up a second factor"),
    ("second_factor_off", "took a second factor away"),
    ("recovery_codes_renewed", "made new recovery codes"),
    ("recovery_code_used", "used a recovery code"),
    ("second_factor_required", "asked everybody for a second factor"),
    ("second_factor_optional", "left the second factor to everybody"),
    ("token_made", "made an operator token"),
    ("token_revoked", "revoked an operator token"),
    ("key_made", "made an API key"),
    ("key_revoked", "revoked an API key"),
    ("postback_saved", "saved a postback"),
    ("exported", "took a file away"),
    ("consent_text_made", "made the consent text"),
    ("consent_text_saved", "saved the consent text"),
    ("consent_text_published", "published the consent text"),
    ("instructions_shared", "made a link to posting instructions of"),
    ("instructions_unshared", "took a link to posting instructions back"),
    ("exported_personal", "took personal values away in a file"),
    ("superadmin_on", "let somebody look after the server"),
    ("superadmin_off", "took looking after the server away"),
    ("founded", "founded a company"),
    ("limits_set", "set limits"),
    ("suspended", "suspended the company"),
    ("resumed", "resumed the company"),
    ("support_began", "began to act for the company"),
    ("support_ended", "stopped acting for the company"),
];

fn words(action: &str) -> String {
    let known = ACTIONS.iter().find(|(word, _)| *word == action);
    known.map_or_else(|| action.replace('_', " "), |(_, text)| (*text).to_owned())
}

/// The log, newest first, of one action, one person or some days when the address says so.
#[component]
pub fn AuditPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let get = |name: &str| map.get(name).filter(|text| !text.is_empty());
    let days = days(&get);
    let query = ActivityQuery { actor: get("actor"), action: get("action"), days, after: get("after") };
    framed(Nav::Audit, "Audit log", move |ui, signed| async move {
        let page = ui.activities(query.clone()).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        Ok(Shown::new("Audit log", view! { <div class="stack">{filter(&query)}{list(page, &query, &clock)}</div> }))
    })
}

fn filter(query: &ActivityQuery) -> impl IntoView + use<> {
    let options = ACTIONS.map(|(word, text)| {
        view! { <option value=word selected=query.action.as_deref() == Some(word)>{text}</option> }
    });
    let narrowed = *query != ActivityQuery::default();
    let actor = query.actor.clone().map(|actor| view! { <input type="hidden" name="actor" value=actor/> });
    view! {
        <form method="get" action="/audit" class="filters card" role="search" aria-label="Which part of the log">
            {actor}
            <div class="field"><label for="action">"What"</label><select id="action" name="action"><option value="">"Everything"</option>{options}</select></div>
            {super::leads::day("from", "From", query.days.map(|(first, _)| first))}
            {super::leads::day("to", "To", query.days.map(|(_, last)| last))}
            <div class="actions">
                <button class="button primary" type="submit">"Show"</button>
                {narrowed.then(|| view! { <a class="button quiet" href="/audit">"Everything"</a> })}
            </div>
        </form>
        <p class="hint">"Every line is sealed in the audit's signed chain. Changes of campaigns, buyers, sources and contracts stand in the "<a href="/history">"history"</a>"."</p>
    }
}

fn list(page: ActivityPage, query: &ActivityQuery, clock: &Clock) -> AnyView {
    if page.rows.is_empty() {
        return view! { <Empty title="Nothing here"><p>"Nobody did such a thing in this time."</p></Empty> }.into_any();
    }
    let mut keep = String::new();
    for (name, value) in [
        ("actor", query.actor.clone()),
        ("action", query.action.clone()),
        ("from", query.days.map(|(first, _)| first.to_string())),
        ("to", query.days.map(|(_, last)| last.to_string())),
    ] {
        if let Some(value) = value {
            keep += &format!("{name}={}&", escape(&value));
        }
    }
    let older = page.after.map(|after| {
        let href = format!("/audit?{keep}after={}", escape(&after));
        view! { <nav class="pager" aria-label="Pages"><a class="button" href=href>"Older"</a></nav> }
    });
    let rows = page.rows.into_iter().map(|row| line(row, clock)).collect_view();
    view! { <section class="card"><ol class="changes">{rows}</ol>{older}</section> }.into_any()
}

fn line(row: ActivityRow, clock: &Clock) -> impl IntoView + use<> {
    let href = format!("/audit?actor={}", escape(&row.actor));
    let detail = (!row.detail.is_empty()).then(|| format!(": {}", row.detail));
    view! {
        <li class="change">
            <p><a href=href><strong>{row.name}</strong></a>" "{words(&row.action)}{detail}<span class="hint"><When at=row.at clock=clock.clone() exact=true/></span></p>
        </li>
    }
}
