//! Talking to trackers and to customers' servers: through the same egress guard as to buyers, on connections of its own,
//! redirects never followed.

use super::guard::{EgressRefused, Guard};
use crate::security::TenantKeys;
use connectors::{
    postback::Template,
    webhook::{self, Secret},
};
use ipnet::IpNet;
use model::{
    EndpointId, Timestamp,
    endpoint::{Endpoint, Message, Method, Target},
};
use std::{sync::Arc, time::Duration};
use store::EndpointRow;
use tokio::time::Instant;
use url::Url;

pub use connectors::{
    endpoint_faults,
    retry::{FAILING_LIMIT_MS, Verdict, judge, next_at},
    webhook::Secret as WebhookSecret,
};

/// How long one try may take in all.
pub const TRY: Duration = Duration::from_secs(20);
/// How long the connection may take to be made.
const CONNECT: Duration = Duration::from_secs(5);
/// How long a connection is kept without use.
const IDLE: Duration = Duration::from_secs(30);
/// So many bytes of an answer are kept.
const KEPT: usize = 1024;

/// A request as it will leave.
#[derive(Debug, Clone, PartialEq, Eq)]
pub struct Parcel {
    /// GET or POST.
    pub method: Method,
    /// Where to.
    pub url: String,
    /// Names and values.
    pub headers: Vec<(&'static str, String)>,
    /// The body; empty for postbacks.
    pub body: String,
}

/// How a try went.
#[derive(Debug, Clone, PartialEq, Eq, Default)]
pub struct Tried {
    /// The answer's status, when there was an answer.
    pub status: Option<u16>,
    /// Its `Retry-After`.
    pub retry_after: Option<String>,
    /// The beginning of its body, at most 1024 bytes.
    pub answer: String,
    /// Why there was no answer, in words.
    pub error: Option<String>,
    /// Microseconds it took.
    pub took_us: i64,
}

/// The way out to those who are told. Cheap to clone.
#[derive(Debug, Clone)]
pub struct Courier {
    client: reqwest::Client,
    guard: Guard,
}

/// The request for one message: for a webhook signed now with every secret that is valid now.
///
/// # Errors
/// Why there is none, in words.
pub fn parcel(endpoint: &Endpoint, message: &Message, secrets: &[Secret], now: Timestamp) -> Result<Parcel, String> {
    match &endpoint.target {
        Target::Postback { method, url } => {
            let template = Template::new(url).map_err(|faults| faults.join("; "))?;
            Ok(Parcel { method: *method, url: template.fill(message), headers: Vec::new(), body: String::new() })
        }
        Target::Webhook { .. } if secrets.is_empty() => Err("the endpoint's secret cannot be opened".to_owned()),
        Target::Webhook { url } => {
            let (id, seconds) = (message.id.to_string(), now.0.div_euclid(1_000_000));
            let body = webhook::body(message);
            let headers = vec![
                ("content-type", "application/json".to_owned()),
                ("webhook-signature", webhook::sign(secrets, &id, seconds, body.as_bytes())),
                ("webhook-timestamp", seconds.to_string()),
                ("webhook-id", id),
            ];
            Ok(Parcel { method: Method::Post, url: url.clone(), headers, body })
        }
    }
}

/// What an endpoint's secret is sealed under.
#[must_use]
pub fn secret_name(endpoint: EndpointId) -> String {
    format!("{endpoint}/webhook")
}

/// The secrets that are valid at `now`, the newest first; those that do not open are left out.
#[must_use]
pub fn secrets(keys: &TenantKeys, row: &EndpointRow, now: Timestamp) -> Vec<Secret> {
    let old = (row.old_until > now).then_some(&row.old_secret);
    let sealed = [Some(&row.secret), old].into_iter().flatten().filter(|sealed| !sealed.is_empty());
    let name = secret_name(row.endpoint.id);
    sealed.filter_map(|sealed| Secret::new(keys.open_secret(&name, sealed).ok()?).ok()).collect()
}

impl Courier {
    /// A courier that may also go to these networks.
    ///
    /// # Errors
    /// When no HTTP client can be made.
    pub fn new(allow: Vec<IpNet>) -> Result<Self, reqwest::Error> {
        // Somebody may have chosen one before: then that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let guard = Guard::new(allow);
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .connect_timeout(CONNECT)
            .pool_idle_timeout(IDLE)
            .user_agent(concat!("Gavel/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, guard })
    }

    /// Sends one request and reads the beginning of its answer, all within [`TRY`].
    pub async fn send(&self, parcel: &Parcel) -> Tried {
        let began = Instant::now();
        let mut tried = match tokio::time::timeout(TRY, self.exchange(parcel)).await {
            Ok(Ok(tried)) => tried,
            Ok(Err(error)) => Tried { error: Some(error.to_owned()), ..Tried::default() },
            Err(_) => Tried { error: Some("no answer within 20 seconds".to_owned()), ..Tried::default() },
        };
        tried.took_us = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
        tried
    }

    async fn exchange(&self, parcel: &Parcel) -> Result<Tried, &'static str> {
        const REFUSED: &str = "the address is private or otherwise not allowed";
        let url = Url::parse(&parcel.url).map_err(|_| "the address cannot be read")?;
        self.guard.check(&url).map_err(|EgressRefused| REFUSED)?;
        let request = match parcel.method {
            Method::Get => self.client.get(url),
            Method::Post => self.client.post(url).body(parcel.body.clone()),
        };
        let request = parcel.headers.iter().fold(request, |request, (name, value)| request.header(*name, value));
        let mut response = request.send().await.map_err(|error| why(&error))?;
        let header = |name: &str| response.headers().get(name).and_then(|value| value.to_str().ok()).map(str::to_owned);
        let (status, retry_after) = (response.status().as_u16(), header("retry-after"));
        let mut body = Vec::new();
        // The status has been said; an answer that breaks off afterwards does not take it back.
        while let Ok(Some(chunk)) = response.chunk().await {
            body.extend_from_slice(&chunk);
            if body.len() >= KEPT {
                break;
            }
        }
        Ok(Tried { status: Some(status), retry_after, answer: readable(&body), ..Tried::default() })
    }
}

/// At most [`KEPT`] bytes as text; what cannot be shown or stored is left out.
fn readable(body: &[u8]) -> String {
    let text = String::from_utf8_lossy(body);
    let mut kept = String::with_capacity(KEPT);
    for c in text.chars().filter(|c| !c.is_control() || matches!(c, '\n' | '\t')) {
        if kept.len() + c.len_utf8() > KEPT {
            break;
        }
        kept.push(c);
    }
    kept
}

/// What went wrong, in words that name no address: it may hold a credential.
fn why(error: &reqwest::Error) -> &'static str {
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<EgressRefused>() {
            return "the address is private or otherwise not allowed";
        }
        cause = inner.source();
    }
    if error.is_connect() { "no connection could be made" } else { "the connection broke" }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn an_answer_is_kept_readable_and_short() {
        assert_eq!(readable(b"ok\0\x1b[1m\n"), "ok[1m\n");
        assert_eq!(readable(&[0xff, b'a']), "\u{fffd}a");
        assert_eq!(readable("ü".repeat(2000).as_bytes()).len(), KEPT);
    }

    #[tokio::test]
    async fn a_private_address_is_not_gone_to() {
        let courier = Courier::new(Vec::new()).unwrap();
        for url in ["http://127.0.0.1:1/", "https://169.254.169.254/", "http://localhost:1/"] {
            let parcel = Parcel { method: Method::Get, url: url.into(), headers: Vec::new(), body: String::new() };
            let tried = courier.send(&parcel).await;
            assert_eq!(tried.error.as_deref(), Some("the address is private or otherwise not allowed"), "{url}");
        }
    }
}
