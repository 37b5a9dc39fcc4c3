//! Turns a lead into the bytes a buyer expects, and its answer into a bid, mostly from data. Pure: no socket, no clock.

mod outward;
pub mod postback;
mod price;
mod read;
mod reasons;
mod render;
pub mod retry;
mod view;
pub mod webhook;

pub use outward::endpoint_faults;
pub use price::read_price;
pub use read::{PingReading, PostReading};

use exchange::lead::{PingView, PostView};
use model::mapping::{BodyFormat, Call, Header, ResponseRules};
use render::Body;
use std::{fmt, sync::Arc};
use url::Url;
use view::{Ping, Post};

/// A call made ready once per configuration version. A clone is another handle on the same.
#[derive(Clone)]
pub struct Prepared(Arc<Inner>);

struct Inner {
    url: Url,
    headers: Vec<(String, String)>,
    timeout_ms: u32,
    body: Body,
    rules: ResponseRules,
}

impl fmt::Debug for Prepared {
    /// Credentials stand in headers, and with some buyers in the path or the query.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Prepared({} {})", self.content_type(), self.url().host_str().unwrap_or_default())
    }
}

/// A buyer may have at most this long, in milliseconds.
const LONGEST_MS: u32 = 120_000;
/// Headers that belong to the connection or to the body, not to a configuration.
const NOT_OURS: [&str; 11] = [
    "host",
    "content-length",
    "content-type",
    "transfer-encoding",
    "connection",
    "upgrade",
    "expect",
    "keep-alive",
    "proxy-connection",
    "te",
    "trailer",
];

impl Prepared {
    /// Compiles a call.
    ///
    /// # Errors
    /// Every fault: an address that is not http or https or carries a password, a header that cannot be sent, a member
    /// that is there twice or both as a value and as an object, a sign without a place or signs that one answer always
    /// shows both of, a time-out of nothing or of more than two minutes. No fault repeats a header's value or the address.
    pub fn new(call: &Call) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let url = address(&call.url, &mut faults);
        check_headers(&call.headers, &mut faults);
        read::check(&call.response, &mut faults);
        if call.timeout_ms == 0 || call.timeout_ms > LONGEST_MS {
            faults.push(format!("the time-out must be from 1 to {LONGEST_MS} ms"));
        }
        let body = Body::new(call.format, &call.rows, &mut faults);
        match url {
            Some(url) if faults.is_empty() => {
                let headers = call.headers.iter().map(|h| (h.name.clone(), h.value.expose().to_owned())).collect();
                Ok(Self(Arc::new(Inner {
                    url,
                    headers,
                    timeout_ms: call.timeout_ms,
                    body,
                    rules: call.response.clone(),
                })))
            }
            _ => Err(faults),
        }
    }

    /// Where it goes.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0.url
    }

    /// Extra headers, credentials among them.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.0.headers
    }

    /// The body's media type.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.0.body.format() {
            BodyFormat::Json => "application/json",
            BodyFormat::Form => "application/x-www-form-urlencoded",
        }
    }

    /// Milliseconds the buyer has to answer.
    #[must_use]
    pub fn timeout_ms(&self) -> u32 {
        self.0.timeout_ms
    }

    /// The body of a ping. A row that names a personal field sends nothing: the view has no such value.
    #[must_use]
    pub fn render_ping(&self, view: &PingView) -> Vec<u8> {
        self.0.body.render(&Ping(view))
    }

    /// The body of a post.
    #[must_use]
    pub fn render_post(&self, view: &PostView<'_>, ping_token: Option<&str>) -> Vec<u8> {
        self.0.body.render(&Post(view, ping_token))
    }

    /// Reads the answer to a ping.
    #[must_use]
    pub fn read_ping(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> PingReading {
        read::ping(&self.0.rules, status, content_type, body)
    }

    /// Reads the answer to a post.
    #[must_use]
    pub fn read_post(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> PostReading {
        read::post(&self.0.rules, status, content_type, body)
    }
}

fn address(written: &str, faults: &mut Vec<String>) -> Option<Url> {
    let url = Url::parse(written).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
    match &url {
        None => faults.push("the address is not an http or https address".to_owned()),
        Some(url) if !url.username().is_empty() || url.password().is_some() => {
            faults.push("credentials belong in a header, not in the address".to_owned());
        }
        Some(_) => {}
    }
    url
}

fn check_headers(headers: &[Header], faults: &mut Vec<String>) {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    for Header { name, value } in headers {
        if name.is_empty() || !name.bytes().all(token) {
            faults.push(format!("{name:?} is not a header name"));
        } else if NOT_OURS.contains(&name.to_ascii_lowercase().as_str()) {
            faults.push(format!("the header {name} is set by the server itself"));
        }
        if !value.expose().bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b)) {
            faults.push(format!("the value of header {name} cannot be sent"));
        }
    }
}
