//! Those who are told: `/webhook/{name}` believes only what is signed, `/postback/{name}` takes what a tracker takes.
//! Both remember what came and answer as they are set.

use super::{Sandbox, market};
use axum::{
    Json,
    body::Bytes,
    extract::{OriginalUri, Path, State},
    http::{HeaderMap, HeaderValue, Method, StatusCode, header},
    response::{IntoResponse, Response},
};
use connectors::webhook::{Secret, verify};
use serde::{Deserialize, Serialize};
use serde_json::{Value, json};
use std::{
    collections::{HashMap, VecDeque},
    time::Duration,
};

/// Requests kept.
const KEPT: usize = 10_000;

/// A request as it came, and what it was answered.
#[derive(Debug, Clone, Serialize)]
pub(super) struct Arrival {
    at: String,
    kind: &'static str,
    name: String,
    method: String,
    /// Path and query.
    url: String,
    headers: Vec<(String, String)>,
    body: String,
    /// Requests to the same receiver that were under way when it came, itself included.
    at_once: usize,
    /// None when it was left without an answer.
    status: Option<u16>,
    /// Why it was not believed.
    note: Option<String>,
}

/// What goes wrong with the next requests.
#[derive(Debug, Clone, Deserialize)]
#[serde(deny_unknown_fields)]
pub(super) struct Fault {
    /// It answers this.
    #[serde(default = "server_error")]
    status: u16,
    /// With this `Retry-After`.
    #[serde(default)]
    retry_after: Option<String>,
    /// After so many milliseconds.
    #[serde(default)]
    latency_ms: u64,
    /// It does not answer at all.
    #[serde(default)]
    hang: bool,
    /// For so many requests; for all when left out.
    #[serde(default)]
    count: Option<u32>,
}

const fn server_error() -> u16 {
    500
}

/// How a receiver is set.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Its secret, `whsec_…`; the demo's when left out.
    secret: Option<String>,
    faults: Vec<Fault>,
}

/// What receivers remember.
#[derive(Debug, Default)]
pub(super) struct Inbox {
    arrivals: VecDeque<Arrival>,
    under_way: HashMap<String, usize>,
    settings: HashMap<String, Settings>,
}

impl Inbox {
    fn due(&mut self, name: &str) -> Option<Fault> {
        let faults = &mut self.settings.get_mut(name)?.faults;
        let fault = faults.iter_mut().find(|fault| fault.count != Some(0))?;
        if let Some(left) = &mut fault.count {
            *left -= 1;
        }
        Some(fault.clone())
    }

    fn note(&mut self, arrival: Arrival) {
        if self.arrivals.len() == KEPT {
            self.arrivals.pop_front();
        }
        self.arrivals.push_back(arrival);
    }
}

/// A request is under way until this is dropped, even when who asked has gone.
struct UnderWay(Sandbox, String);

impl UnderWay {
    /// Also how many there are now.
    fn begin(sandbox: &Sandbox, name: &str) -> (Self, usize) {
        let mut inbox = sandbox.inbox();
        let count = inbox.under_way.entry(name.to_owned()).or_default();
        *count += 1;
        (Self(sandbox.clone(), name.to_owned()), *count)
    }
}

impl Drop for UnderWay {
    fn drop(&mut self) {
        if let Some(count) = self.0.inbox().under_way.get_mut(&self.1) {
            *count = count.saturating_sub(1);
        }
    }
}

/// What comes with every request.
type Came = (State<Sandbox>, Path<String>, Method, OriginalUri, HeaderMap, Bytes);

/// A customer's server.
pub(super) async fn webhook(
    State(sandbox): State<Sandbox>,
    name: Path<String>,
    method: Method,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let secret = sandbox.inbox().settings.get(&name.0).and_then(|settings| settings.secret.clone());
    let secret = Secret::read(secret.as_deref().unwrap_or(market::WEBHOOK_SECRET));
    let header = |name: &str| headers.get(name).and_then(|value| value.to_str().ok());
    let signed = (header("webhook-id"), header("webhook-timestamp"), header("webhook-signature"));
    let now = sandbox.0.clock.now().0.div_euclid(1_000_000);
    let refusal = match &secret {
        Ok(_) if method != Method::POST => Some((StatusCode::METHOD_NOT_ALLOWED, "POST only".to_owned())),
        Ok(secret) => verify(secret, signed, &body, now).err().map(|why| (StatusCode::UNAUTHORIZED, why.to_string())),
        Err(why) => Some((StatusCode::INTERNAL_SERVER_ERROR, why.to_string())),
    };
    answer("webhook", (State(sandbox), name, method, uri, headers, body), refusal).await
}

/// A tracker.
pub(super) async fn postback(
    sandbox: State<Sandbox>,
    name: Path<String>,
    method: Method,
    uri: OriginalUri,
    headers: HeaderMap,
    body: Bytes,
) -> Response {
    let allowed = matches!(method, Method::GET | Method::POST);
    let refusal = (!allowed).then(|| (StatusCode::METHOD_NOT_ALLOWED, "GET or POST only".to_owned()));
    answer("postback", (sandbox, name, method, uri, headers, body), refusal).await
}

async fn answer(kind: &'static str, came: Came, refusal: Option<(StatusCode, String)>) -> Response {
    let (State(sandbox), Path(name), method, OriginalUri(uri), headers, body) = came;
    let (_under_way, at_once) = UnderWay::begin(&sandbox, &name);
    let fault = sandbox.inbox().due(&name);
    let hang = fault.as_ref().is_some_and(|fault| fault.hang);
    let status = match (&refusal, &fault) {
        (Some((status, _)), _) => *status,
        (None, Some(fault)) => StatusCode::from_u16(fault.status).unwrap_or(StatusCode::INTERNAL_SERVER_ERROR),
        (None, None) => StatusCode::OK,
    };
    let text = |value: &HeaderValue| value.to_str().unwrap_or("?").to_owned();
    sandbox.inbox().note(Arrival {
        at: sandbox.0.clock.now().to_string(),
        kind,
        name,
        method: method.to_string(),
        url: uri.path_and_query().map(ToString::to_string).unwrap_or_default(),
        headers: headers.iter().map(|(name, value)| (name.to_string(), text(value))).collect(),
        body: String::from_utf8_lossy(&body).into_owned(),
        at_once,
        status: (!hang).then(|| status.as_u16()),
        note: refusal.as_ref().map(|(_, why)| why.clone()),
    });
    if hang {
        std::future::pending::<()>().await;
    }
    if let Some(latency) = fault.as_ref().map(|fault| fault.latency_ms).filter(|latency| *latency > 0) {
        tokio::time::sleep(Duration::from_millis(latency)).await;
    }
    let words = refusal.map_or_else(|| if status.is_success() { "ok" } else { "fault" }.to_owned(), |(_, why)| why);
    let mut response = (status, words).into_response();
    if let Some(after) = fault.and_then(|fault| HeaderValue::from_str(&fault.retry_after?).ok()) {
        response.headers_mut().insert(header::RETRY_AFTER, after);
    }
    response
}

/// `GET /__control/receivers/{name}`: what came, oldest first.
pub(super) async fn received(State(sandbox): State<Sandbox>, Path(name): Path<String>) -> Json<Value> {
    let inbox = sandbox.inbox();
    let of: Vec<_> = inbox.arrivals.iter().filter(|arrival| arrival.name == name).collect();
    Json(json!({ "received": of }))
}

/// `POST /__control/receivers/{name}`: sets a receiver; an empty object is its habit again.
pub(super) async fn set(
    State(sandbox): State<Sandbox>,
    Path(name): Path<String>,
    Json(settings): Json<Settings>,
) -> StatusCode {
    sandbox.inbox().settings.insert(name, settings);
    StatusCode::NO_CONTENT
}
