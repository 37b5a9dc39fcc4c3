//! All tenants of the server, for whoever looks after it.

use super::{Reply, Shown, buyers::switch_badge, framed};
use crate::{
    backend::{Ui, tenants::TenantRow},
    components::{Nav, form},
    error::UiError,
    form::{Act, Form, Sent},
    format,
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{TenantId, founding::Founding};
use serde_json::json;

/// Every tenant with how much there is of it, its limits, and what can be done about it.
#[component]
pub fn TenantsPage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    let done = use_query_map().get_untracked().get("done").filter(|_| sent.is_none());
    framed(Nav::Tenants, "Tenants", move |ui, signed| async move {
        let mut form = Form::new(json!({ "zone": signed.tenant.zone }));
        if let Some(sent) = &sent {
            answer(&ui, &reply, &mut form, sent).await?;
        }
        let own = signed.user.tenant_id;
        let cards = ui.tenants().await?.into_iter().map(|row| card(row, own)).collect_view();
        Ok(Shown::new(
            "Tenants",
            view! {
                <div class="stack">
                    {said(done.as_deref())}
                    {form::summary(&form)}
                    <p class="hint">"Leads are those of the last 30 days. Everything you do here stands in the audit log of the company it concerns."</p>
                    <ul class="plain stack">{cards}</ul>
                    {new(&form)}
                </div>
            },
        ))
    })
}

async fn answer(ui: &Ui, reply: &Reply, form: &mut Form, sent: &Sent) -> Result<(), UiError> {
    if form.submit(sent) == Act::Do("found".to_owned()) {
        return found(ui, reply, form).await;
    }
    let word = sent.text("do");
    let (what, id) = word.split_once(':').unwrap_or((word, ""));
    let id: TenantId = id.parse().map_err(|_| UiError::NotFound)?;
    let reason = || sent.text("reason").to_owned();
    let done = match what {
        "limits" => match (limit(sent.text("people")), limit(sent.text("requests"))) {
            (Ok(people), Ok(requests)) => ui.set_limits(id, people, requests).await.map(|()| "limits"),
            (Err(error), _) | (_, Err(error)) => Err(error),
        },
        "suspend" => ui.suspend(id, reason()).await.map(|()| "suspended"),
        "resume" => ui.resume_tenant(id).await.map(|()| "resumed"),
        "act" => match sent.text("minutes").parse() {
            Ok(minutes) => ui.act_for(id, reason(), minutes).await.map(|()| "act"),
            Err(_) => Err(UiError::Refused("Choose how long.".to_owned())),
        },
        _ => Err(UiError::NotFound),
    };
    match done {
        Ok("act") => reply.go("/"),
        Ok(word) => reply.go(&format!("/tenants?done={word}")),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

async fn found(ui: &Ui, reply: &Reply, form: &mut Form) -> Result<(), UiError> {
    let text = |path: &str| form.at(path).as_str().unwrap_or_default().to_owned();
    let (name, slug, zone) = (text("name"), text("slug"), text("zone"));
    let wanted = Founding { name, slug, zone, person: text("person"), email: text("email") };
    match ui.found(wanted).await {
        Ok(()) => reply.go("/tenants?done=founded"),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

/// A company that is not there yet.
fn new(form: &Form) -> AnyView {
    let intro = "Its first administrator gets a mail with a link to choose a password.";
    let body = view! {
        <form method="post" action="/tenants" class="stack">
            {form::enter("found")}
            {form::text(form, "name", "Company").view()}
            {form::text(form, "slug", "Short name").hint("Lower case letters, digits and hyphens. It stands in the addresses of its forms.").view()}
            {form::text(form, "zone", "Time zone").hint("For example America/New_York: where its days begin.").view()}
            {form::text(form, "person", "First administrator").view()}
            {form::text(form, "email", "E-mail of the administrator").view()}
            <div class="line"><button class="button primary" type="submit" name="do" value="found">"Found the company"</button></div>
        </form>
    };
    form::section("new", "New company", Some(intro), body.into_any())
}

fn limit(text: &str) -> Result<Option<u32>, UiError> {
    let text = text.trim();
    if text.is_empty() {
        return Ok(None);
    }
    let fault = || UiError::Refused("A limit is a whole number, or empty for none.".to_owned());
    text.parse().map(Some).map_err(|_| fault())
}

fn said(word: Option<&str>) -> Option<AnyView> {
    let text = match word? {
        "founded" => "The company is there, and the invitation of its administrator is on its way.",
        "limits" => "The limits are set.",
        "suspended" => "The company is suspended: nobody of it signs in and none of its keys is taken.",
        "resumed" => "The company goes on.",
        "stopped" => "You act for yourself again.",
        _ => return None,
    };
    Some(view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any())
}

fn card(row: TenantRow, own: TenantId) -> impl IntoView {
    let TenantRow { tenant, people, leads, sold } = row;
    let key = tenant.id.to_string();
    let mine = tenant.id == own;
    let why = (!tenant.active && !tenant.settings.suspended.is_empty())
        .then(|| view! { <p class="hint">"Suspended: "{tenant.settings.suspended.clone()}</p> });
    let number = |limit: Option<u32>| limit.map(|limit| limit.to_string()).unwrap_or_default();
    let field = |name: &'static str, label: &'static str, value: String| {
        let id = format!("{name}-{key}");
        view! { <div class="field short"><label for=id.clone()>{label}</label><input id=id.clone() name=name type="text" inputmode="numeric" value=value autocomplete="off"/></div> }
    };
    let reason = |what: &str| {
        let id = format!("{what}-{key}");
        view! { <div class="field grow"><label for=id.clone()>"Why"</label><input id=id.clone() name="reason" type="text" maxlength="200" autocomplete="off"/></div> }
    };
    let limits = view! {
        <details>
            <summary>"Limits…"<span class="sr-only">{format!(" ({})", tenant.name)}</span></summary>
            <form method="post" action="/tenants" class="line">
                {field("people", "People", number(tenant.settings.people))}
                {field("requests", "Requests a second", number(tenant.settings.requests))}
                <button class="button" type="submit" name="do" value=format!("limits:{key}")>"Set"</button>
            </form>
            <p class="hint">"Empty is no limit."</p>
        </details>
    };
    let act = (!mine && tenant.active).then(|| {
        view! {
            <details>
                <summary>"Act for it…"<span class="sr-only">{format!(" ({})", tenant.name)}</span></summary>
                <form method="post" action="/tenants" class="line">
                    {reason("act")}
                    <div class="field short"><label for=format!("minutes-{key}")>"For"</label>
                        <select id=format!("minutes-{key}") name="minutes">
                            <option value="15">"15 minutes"</option><option value="30">"30 minutes"</option><option value="60">"an hour"</option>
                        </select>
                    </div>
                    <button class="button" type="submit" name="do" value=format!("act:{key}")>"Begin"</button>
                </form>
                <p class="hint">"You configure and watch; personal values, files, deleting and its people stay closed."</p>
            </details>
        }
    });
    let switch = if !tenant.active {
        Some(view! { <form method="post" action="/tenants"><button class="button" type="submit" name="do" value=format!("resume:{key}")>"Resume"</button></form> }.into_any())
    } else if mine {
        None
    } else {
        Some(view! {
            <details>
                <summary>"Suspend…"<span class="sr-only">{format!(" ({})", tenant.name)}</span></summary>
                <form method="post" action="/tenants" class="line">
                    {reason("suspend")}
                    <button class="button danger" type="submit" name="do" value=format!("suspend:{key}")>"Suspend"</button>
                </form>
            </details>
        }.into_any())
    };
    view! {
        <li class="card stack">
            <div class="line">
                <h2>{tenant.name.clone()}</h2>
                <span class="id">{tenant.slug.clone()}</span>
                {switch_badge(tenant.active)}
                {mine.then(|| view! { <span class="hint">"your own"</span> })}
            </div>
            {why}
            <dl class="figures compact">
                <div><dt>"People"</dt><dd>{format::thousands(people)}</dd></div>
                <div><dt>"Leads"</dt><dd>{format::thousands(leads)}</dd></div>
                <div><dt>"Sold"</dt><dd>{format::percent(sold, leads)}</dd></div>
                <div><dt>"Zone"</dt><dd>{tenant.zone.clone()}</dd></div>
            </dl>
            {limits}
            {act}
            {switch}
        </li>
    }
}
