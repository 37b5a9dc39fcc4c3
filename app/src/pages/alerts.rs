//! Alerts: what is wrong, with its likely cause and where to act on it; what was; and when they are raised.

mod view;

pub use view::attention;

use super::{Reply, Shown, framed};
use crate::{
    backend::Ui,
    components::{Nav, StatusBar, form},
    error::UiError,
    form::{Act, Form, Sent},
    format::Clock,
    query::{cursor, escape},
};
use leptos::prelude::*;
use leptos_router::hooks::use_query_map;
use model::{
    Currency,
    alert::{AlertFilter, AlertKind},
    page::Cursor,
    user::Right,
};
use serde_json::json;

/// What the page shows, as its URL says it.
#[derive(Clone)]
struct Wanted {
    filter: AlertFilter,
    cursor: Cursor,
    /// What was done, and to which alert.
    done: Option<(String, String)>,
}

impl Wanted {
    fn read(get: impl Fn(&str) -> Option<String>) -> Self {
        let cursor = cursor(&get);
        let kind = get("kind").and_then(|word| word.parse().ok());
        let open = get("state").as_deref() != Some("past");
        Self {
            filter: AlertFilter { open, kind },
            cursor,
            done: get("done").map(|word| (word, get("id").unwrap_or_default())),
        }
    }
}

/// The path that shows such alerts, with what comes after it in the query.
fn href(filter: AlertFilter, and: &str) -> String {
    let mut query = vec![format!("state={}", if filter.open { "open" } else { "past" })];
    query.extend(filter.kind.map(|kind| format!("kind={}", kind.name())));
    query.extend((!and.is_empty()).then(|| and.to_owned()));
    format!("/alerts?{}", query.join("&"))
}

/// Open alerts or past ones, and the settings.
#[component]
pub fn AlertsPage() -> impl IntoView {
    let map = use_query_map().get_untracked();
    let wanted = Wanted::read(|name| map.get(name));
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Alerts, "Alerts", move |ui, signed| async move {
        let settings = ui.alert_settings().await?;
        let mut form = Form::new(serde_json::to_value(&settings).unwrap_or_default());
        let mut own = Form::new(json!({}));
        if let Some(sent) = &sent {
            answer(&ui, &reply, (&mut form, &mut own), wanted.filter, sent).await?;
        }
        let page = ui.alerts(wanted.filter, wanted.cursor.clone()).await?;
        let reads = ui.reads_alerts().await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let currency = ui.campaigns().await?.first().map_or(Currency::USD, |campaign| campaign.currency);
        let may = signed.user.may(Right::Configure);
        let bar = wanted.done.filter(|_| sent.is_none()).and_then(|(word, id)| said(&word, &id));
        let body = view! {
            <div class="stack">
                {bar}
                {form::summary(&own)}
                {view::tabs(wanted.filter)}
                {view::list(wanted.filter, page, currency, may, &clock)}
                {view::letters(reads)}
                {view::settings(&form, may)}
            </div>
        };
        Ok(Shown::new("Alerts", body))
    })
}

/// Does what a button asks: `know:<id>`, `recall:<id>`, `letters:on`, `letters:off`, or saving the settings.
async fn answer(
    ui: &Ui,
    reply: &Reply,
    (form, own): (&mut Form, &mut Form),
    filter: AlertFilter,
    sent: &Sent,
) -> Result<(), UiError> {
    let word = sent.text("do");
    let (what, id) = word.split_once(':').unwrap_or((word, ""));
    let alert = || id.parse().map_err(|_| UiError::NotFound);
    let (faulty, done) = match what {
        "know" => {
            let minutes = sent.text("minutes").parse().ok();
            let known = ui.acknowledge_alert(alert()?, sent.text("note").to_owned(), minutes).await;
            (own, known.map(|()| format!("done=known&id={}", escape(id))))
        }
        "letters" => (own, ui.set_reads_alerts(id == "on").await.map(|()| format!("done=letters-{id}"))),
        "recall" => (own, ui.recall_alert(alert()?).await.map(|()| "done=recalled".to_owned())),
        _ => {
            if form.submit(sent) == Act::Edit {
                return Ok(());
            }
            let saved = ui.save_alert_settings(form.value.clone()).await;
            (form, saved.map(|()| "done=saved".to_owned()))
        }
    };
    match done {
        Ok(and) => reply.go(&href(filter, &and)),
        Err(error) => reply.faulty(faulty, error)?,
    }
    Ok(())
}

/// What was just done, with the way back where there is one.
fn said(word: &str, id: &str) -> Option<AnyView> {
    let plain =
        |text: &'static str| view! { <div class="status-bar" role="status"><span>{text}</span></div> }.into_any();
    Some(match word {
        "known" => {
            let undo = ("/alerts", vec![("do", format!("recall:{id}"))]);
            view! { <StatusBar text="It calls for nobody now.".to_owned() undo/> }.into_any()
        }
        "recalled" => plain("It calls again."),
        "letters-on" => plain("You get a letter when something is wrong, at most one in a quarter of an hour."),
        "letters-off" => plain("You get no letters any more."),
        "saved" => plain("It is saved. What is wrong is looked for anew at once."),
        _ => return None,
    })
}

/// Every kind with what people call it.
fn kinds() -> Vec<(String, String)> {
    AlertKind::ALL.map(|kind| (kind.name().to_owned(), kind.title().to_owned())).to_vec()
}
