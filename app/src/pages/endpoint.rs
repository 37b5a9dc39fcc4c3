//! One endpoint: what it is told, a test of it, and the log of what it was told.

mod view;

use super::{Reply, Shown, buyers::switch_badge, framed};
use crate::{
    backend::{Ui, endpoints::FiredView},
    components::{Nav, form},
    error::UiError,
    form::{Act, Form, Sent},
    format::Clock,
    query::cursor,
};
use leptos::prelude::*;
use leptos_router::hooks::{use_params_map, use_query_map};
use model::{EndpointId, document::Kind, endpoint::DeliveryState, user::Right};
use serde_json::{Value, json};

/// What was done on this page and is shown on it only.
#[derive(Default)]
struct Shows {
    secret: Option<String>,
    fired: Option<FiredView>,
}

/// A postback's way of asking is none of a webhook.
fn tidy(form: &mut Form) {
    if form.value["target"]["kind"] == "webhook"
        && let Some(target) = form.value["target"].as_object_mut()
    {
        target.remove("method");
    }
}

/// An endpoint in the editor, with its log.
#[component]
pub fn EndpointPage() -> impl IntoView {
    let id = use_params_map().get_untracked().get("id").unwrap_or_default();
    let (sent, reply, query) = (Sent::take(), Reply::here(), use_query_map().get_untracked());
    framed(Nav::Endpoints, "Endpoint", move |ui, signed| async move {
        let id: EndpointId = id.parse().map_err(|_| UiError::NotFound)?;
        let here = format!("/endpoints/{id}");
        let endpoint = ui.endpoints().await?.into_iter().find(|endpoint| endpoint.id == id).ok_or(UiError::NotFound)?;
        let mut form = Form::new(serde_json::to_value(&endpoint).unwrap_or_default());
        let mut shows = Shows::default();
        if let Some(sent) = &sent {
            answer((&ui, &reply), id, &mut form, &mut shows, sent).await?;
        }
        let state = query.get("state").and_then(|state| state.parse::<DeliveryState>().ok());
        let cursor = cursor(&|name: &str| query.get(name));
        let log = ui.deliveries(id, state, cursor).await?;
        let names = Names::of(&ui).await?;
        let clock = Clock::new(&ui, &signed.tenant.zone);
        let may = signed.user.may(Right::Configure);
        let webhook = endpoint.target.name() == "webhook";
        let said = sent.is_none().then(|| query.get("done")).flatten();
        let body = view! {
            <div class="stack">
                {view::said(said.as_deref())}
                {shows.secret.map(view::secret)}
                {endpoint.disabled_reason.clone().map(|why| view! { <p class="panel danger">{format!("It was switched off by itself: {why}")}</p> })}
                {shows.fired.map(view::fired)}
                <form method="post" action=here.clone() class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("save")}
                    {view::sections(&form, &names, false)}
                    {may.then(|| form::save_bar(&[("save", "Save"), ("test", "Send a test")], ().into_any()))}
                </form>
                {view::log(log, &here, state, &clock, may)}
                {may.then(|| view::more(&here, webhook))}
            </div>
        };
        Ok(Shown::new(endpoint.name.clone(), body).beside(switch_badge(endpoint.active)))
    })
}

async fn answer(
    (ui, reply): (&Ui, &Reply),
    id: EndpointId,
    form: &mut Form,
    shows: &mut Shows,
    sent: &Sent,
) -> Result<(), UiError> {
    let here = format!("/endpoints/{id}");
    let act = form.submit(sent);
    tidy(form);
    let Act::Do(word) = act else { return Ok(()) };
    let done = match word.as_str() {
        "test" => ui.fire_endpoint(id).await.map(|fired| {
            shows.fired = Some(fired);
            None
        }),
        "rotate" => ui.rotate_endpoint_secret(id).await.map(|secret| {
            shows.secret = Some(secret);
            None
        }),
        "delete" => ui.delete_endpoint(id).await.map(|()| Some("/endpoints?done=deleted".to_owned())),
        word => match word.strip_prefix("replay:") {
            Some(message) => {
                let message = message.parse().map_err(|_| UiError::NotFound)?;
                ui.replay_message(message).await.map(|()| Some(format!("{here}?done=replayed#log")))
            }
            None => ui.save_endpoint(id, form.value.clone()).await.map(|()| Some(format!("{here}?done=saved"))),
        },
    };
    match done {
        Ok(to) => to.iter().for_each(|to| reply.go(to)),
        Err(error) => reply.faulty(form, error)?,
    }
    Ok(())
}

/// The names an endpoint can be narrowed to.
struct Names {
    sources: Vec<(String, String)>,
    campaigns: Vec<(String, String)>,
}

impl Names {
    async fn of(ui: &Ui) -> Result<Self, UiError> {
        let pair = |value: &Value| Some((value["id"].as_str()?.to_owned(), value["name"].as_str()?.to_owned()));
        let any = |word: &str| vec![(String::new(), word.to_owned())];
        let (mut sources, mut campaigns) = (any("Every source"), any("Every campaign"));
        sources.extend(ui.documents(Kind::Source).await?.iter().filter_map(pair));
        campaigns.extend(ui.documents(Kind::Campaign).await?.iter().filter_map(pair));
        Ok(Self { sources, campaigns })
    }
}

/// An endpoint that is to be made.
#[component]
pub fn NewEndpointPage() -> impl IntoView {
    let (sent, reply) = (Sent::take(), Reply::here());
    framed(Nav::Endpoints, "New endpoint", move |ui, signed| async move {
        if !signed.user.may(Right::Configure) {
            return Err(UiError::Forbidden);
        }
        let begin = json!({
            "name": "", "test": false, "source_id": null, "campaign_id": null, "on": ["sold"],
            "target": { "kind": "webhook", "method": "GET", "url": "" },
        });
        let mut form = Form::new(begin);
        if let Some(sent) = &sent {
            form.submit(sent);
            tidy(&mut form);
            match ui.create_endpoint(form.value.clone()).await {
                Ok((id, Some(secret))) => {
                    let href = format!("/endpoints/{id}");
                    let made = view! { <div class="stack">{view::secret(secret)}<p><a class="button primary" href=href>"Go on to the endpoint"</a></p></div> };
                    return Ok(Shown::new("The endpoint is made", made));
                }
                Ok((id, None)) => reply.go(&format!("/endpoints/{id}?done=made")),
                Err(error) => reply.faulty(&mut form, error)?,
            }
        }
        let names = Names::of(&ui).await?;
        Ok(Shown::new(
            "New endpoint",
            view! {
                <form method="post" class="form" novalidate>
                    {form::summary(&form)}
                    {form::enter("save")}
                    {view::sections(&form, &names, true)}
                    {form::save_bar(&[("save", "Make the endpoint")], ().into_any())}
                </form>
            },
        ))
    })
}
