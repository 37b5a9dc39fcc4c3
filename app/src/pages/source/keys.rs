//! The API keys of a source: made (and shown once), narrowed to campaigns, revoked.

use crate::{
    backend::configure::NewKey,
    components::{
        When,
        form::{checks, input, select, summary, text},
    },
    error::UiError,
    form::{Form, Reading, Sent},
    format::Clock,
    pages::configure::Desk,
};
use leptos::prelude::*;
use model::{
    FieldError, SourceId,
    intake::{HookFormat, KeyUse, Platform},
    tenant::{ApiKey, Mode},
};
use serde_json::{Value, json};

/// The form for a new key, and the key that was just made.
#[derive(Default)]
pub struct KeyForm {
    form: Form,
    made: Option<String>,
}

/// Makes or revokes a key.
///
/// # Errors
/// What is not about what was entered.
pub async fn answer(desk: &Desk, source: SourceId, sent: &Sent) -> Result<KeyForm, UiError> {
    let mut key = KeyForm::default();
    if let Some(id) = sent.text("do").strip_prefix("key-revoke:") {
        desk.ui.revoke_api_key(id.parse().map_err(|_| UiError::NotFound)?).await?;
        desk.reply.go(&format!("{}?done=revoked#keys", desk.here()));
        return Ok(key);
    }
    key.form.submit(sent);
    let at = |path: &str| key.form.at(path).as_str().unwrap_or_default().to_owned();
    let campaigns = key.form.at("key.campaigns").as_array().cloned().unwrap_or_default();
    let campaigns = campaigns.iter().filter_map(|id| id.as_str()?.parse().ok()).collect();
    let mode = if at("key.mode") == "test" { Mode::Test } else { Mode::Live };
    let (used_as, secret) = (opens(&at("key.used_as")), at("key.secret").trim().to_owned());
    let origins = key.form.at("key.origins").as_array().cloned().unwrap_or_default();
    let origins = origins.iter().filter_map(|origin| Some(origin.as_str()?.to_owned())).collect();
    let wanted = NewKey { source, name: at("key.name"), mode, campaigns, used_as, secret, origins };
    match desk.ui.create_api_key(wanted).await {
        Ok((_, whole)) => key = KeyForm { made: Some(whole).filter(|whole| !whole.is_empty()), ..KeyForm::default() },
        Err(UiError::Invalid(faults)) => {
            // The lines of one input have one place for what is wrong with any of them.
            let place = |field: &str| format!("key.{}", field.split('[').next().unwrap_or_default());
            let named = |fault: FieldError| FieldError { field: place(&fault.field), ..fault };
            desk.reply.faulty(&mut key.form, UiError::Invalid(faults.into_iter().map(named).collect()))?;
        }
        Err(error) => desk.reply.faulty(&mut key.form, error)?,
    }
    Ok(key)
}

/// What a key may open, by the word in the form.
fn uses() -> Vec<(String, String)> {
    let hook = |format: &HookFormat| (format!("hook:{}", format.name()), format!("Hook of {}", format.label()));
    let platform = |one: &Platform| (format!("platform:{}", one.name()), format!("Credential from {}", one.label()));
    let own = ("api".to_owned(), "Our API, and every platform's routes".to_owned());
    let hooks = HookFormat::ALL.iter().map(hook);
    let open = ("publishable".to_owned(), "Only sending and validating, from your pages (publishable)".to_owned());
    [own, open].into_iter().chain(hooks).chain(Platform::ALL.iter().map(platform)).collect()
}

fn opens(word: &str) -> KeyUse {
    match word.split_once(':') {
        Some(("hook", name)) => name.parse().map_or(KeyUse::Api, KeyUse::Hook),
        Some(("platform", name)) => name.parse().map_or(KeyUse::Api, KeyUse::Platform),
        None if word == "publishable" => KeyUse::Publishable,
        _ => KeyUse::Api,
    }
}

/// The keys with the form for another.
pub fn section(desk: &Desk, key: KeyForm, keys: Vec<ApiKey>, campaigns: &[Value], clock: &Clock, may: bool) -> AnyView {
    let KeyForm { mut form, made } = key;
    if form.value.is_null() {
        form.value = json!({ "key": { "mode": "live", "used_as": "api" } });
    }
    let names: Vec<_> = campaigns
        .iter()
        .filter_map(|campaign| Some((campaign["id"].as_str()?.to_owned(), campaign["name"].as_str()?.to_owned())))
        .collect();
    let modes = [
        ("live".to_owned(), "Live: reaches buyers".to_owned()),
        ("test".to_owned(), "Test: sandbox buyers only".to_owned()),
    ];
    let empty = keys.is_empty();
    let rows = keys.into_iter().map(|key| row(desk, key, &names, clock, may)).collect_view();
    let made = made.map(|whole| {
        view! {
            <div class="panel once" role="status" tabindex="-1" autofocus=true>
                <p class="panel-title">"Shown this once. Copy it now."</p>
                <input class="copy" id="new-key" readonly=true value=whole aria-label="The new key"/>
            </div>
        }
    });
    let open = !form.faults.is_empty() || empty;
    let new = may.then(|| {
        view! {
            <details open=open>
                <summary>"New key"</summary>
                <form method="post" action=format!("{}#keys", desk.here()) class="form" novalidate>
                    {summary(&form)}
                    <div class="fields">
                        {text(&form, "key.name", "Name").hint("What people call it: \"Form on our site\".").view()}
                        {select(&form, "key.mode", "Kind", &modes, None)}
                        {select(&form, "key.used_as", "Opens", &uses(), None)}
                        {text(&form, "key.secret", "Secret or credential").hint("Of a hook: what the sender signs with (Meta: the app secret; Google: the key). Of a platform: the credential the seller's program sends. Otherwise empty.").view()}
                    </div>
                    {input(&form, "key.origins", "Pages it is for", Reading::Lines).hint("Of a publishable key: where the pages are, one in each line, such as https://quotes.example. Other keys: empty.").view()}
                    {checks(&form, "key.campaigns", "Only for these campaigns", &names, Some("None ticked: every campaign."))}
                    <div><button class="button primary" type="submit" name="do" value="key-new">"Make the key"</button></div>
                </form>
            </details>
        }
    });
    view! {
        <section class="card stack" id="keys" aria-labelledby="keys-title">
            <h2 id="keys-title">"API keys"</h2>
            {made}
            {empty.then(|| view! { <p class="hint">"No key yet: this source cannot send leads until it has one."</p> })}
            {(!empty).then(|| view! {
                <div class="scroll" tabindex="0" role="region" aria-label="API keys">
                    <table class="list">
                        <caption class="sr-only">"API keys of this source, newest first"</caption>
                        <thead><tr>
                            <th scope="col">"Key"</th><th scope="col">"Begins with"</th><th scope="col">"Kind"</th>
                            <th scope="col">"Campaigns"</th><th scope="col">"Made"</th><th scope="col">"Action"</th>
                        </tr></thead>
                        <tbody>{rows}</tbody>
                    </table>
                </div>
            })}
            {new}
        </section>
    }
    .into_any()
}

fn row(desk: &Desk, key: ApiKey, names: &[(String, String)], clock: &Clock, may: bool) -> impl IntoView + use<> {
    let (kind, tone) = if key.mode == Mode::Live { ("Live", "badge info") } else { ("Test", "badge test") };
    let of = |id: String| names.iter().find(|(have, _)| *have == id).map_or(id.clone(), |(_, name)| name.clone());
    let only: Vec<_> = key.campaigns.iter().map(|id| of(id.to_string())).collect();
    let only = if only.is_empty() { "Every campaign".to_owned() } else { only.join(", ") };
    let opened = match key.used_as {
        KeyUse::Api => None,
        KeyUse::Hook(format) => Some(format!("Hook of {}", format.label())),
        KeyUse::Platform(platform) => Some(format!("At {}'s routes", platform.label())),
        KeyUse::Publishable => Some(format!("Publishable, from {}", key.origins.join(", "))),
    };
    let opened = opened.map(|words| view! { <br/><span class="muted">{words}</span> });
    let action = match key.revoked_at {
        Some(at) => view! { <span class="muted">"Revoked "<When at=at clock=clock.clone()/></span> }.into_any(),
        None if may => view! {
            <details>
                <summary aria-label=format!("Revoke {}", key.name)>"Revoke…"</summary>
                <form method="post" action=desk.here()>
                    <p class="hint">"Whoever sends with it is refused at once. This cannot be undone."</p>
                    <button class="button small danger" type="submit" name="do" value=format!("key-revoke:{}", key.id)>"Yes, revoke it"</button>
                </form>
            </details>
        }
        .into_any(),
        None => ().into_any(),
    };
    view! {
        <tr>
            <th scope="row">{key.name}</th>
            <td><code>{key.hint}"…"</code>{opened}</td>
            <td><span class=tone>{kind}</span></td>
            <td>{only}</td>
            <td><When at=key.created_at clock=clock.clone()/></td>
            <td>{action}</td>
        </tr>
    }
}
