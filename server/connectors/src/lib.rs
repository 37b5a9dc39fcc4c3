//! Turns a lead into the bytes a buyer expects, and its answer into a bid, mostly from data. Pure: no socket, no clock.

mod price;
mod read;
mod reasons;
mod render;
mod view;

pub use price::read_price;
pub use read::{PingReading, PostReading};

use exchange::lead::{PingView, PostView};
use model::mapping::{BodyFormat, Call, ResponseRules};
use render::Body;
use url::Url;
use view::{Ping, Post};

/// A call made ready once per configuration version.
#[derive(Debug)]
pub struct Prepared {
    url: Url,
    headers: Vec<(String, String)>,
    timeout_ms: u32,
    body: Body,
    rules: ResponseRules,
}

/// A buyer may have at most this long, in milliseconds.
const LONGEST_MS: u32 = 120_000;
/// Headers that belong to the connection or to the body, not to a configuration.
const NOT_OURS: [&str; 6] = ["host", "content-length", "content-type", "transfer-encoding", "connection", "upgrade"];

impl Prepared {
    /// Compiles a call.
    ///
    /// # Errors
    /// Every fault: an address that is not http or https or carries a password, a header that cannot be sent, a member
    /// that is there twice or both as a value and as an object, a time-out of nothing or of more than two minutes.
    pub fn new(call: &Call) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let url = Url::parse(&call.url).ok().filter(|url| matches!(url.scheme(), "http" | "https") && url.has_host());
        match &url {
            None => faults.push(format!("{:?} is not an http or https address", call.url)),
            Some(url) if !url.username().is_empty() || url.password().is_some() => {
                faults.push("credentials belong in a header, not in the address".to_owned());
            }
            Some(_) => {}
        }
        for header in &call.headers {
            let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
            if header.name.is_empty() || !header.name.bytes().all(token) {
                faults.push(format!("{:?} is not a header name", header.name));
            } else if NOT_OURS.contains(&header.name.to_ascii_lowercase().as_str()) {
                faults.push(format!("the header {} is set by the server itself", header.name));
            }
            if !header.value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b)) {
                faults.push(format!("the value of header {} cannot be sent", header.name));
            }
        }
        if call.timeout_ms == 0 || call.timeout_ms > LONGEST_MS {
            faults.push(format!("the time-out must be from 1 to {LONGEST_MS} ms"));
        }
        let body = Body::new(call.format, &call.rows, &mut faults);
        match url {
            Some(url) if faults.is_empty() => {
                let headers = call.headers.iter().map(|h| (h.name.clone(), h.value.clone())).collect();
                Ok(Self { url, headers, timeout_ms: call.timeout_ms, body, rules: call.response.clone() })
            }
            _ => Err(faults),
        }
    }

    /// Where it goes.
    #[must_use]
    pub const fn url(&self) -> &Url {
        &self.url
    }

    /// Extra headers, credentials among them.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.headers
    }

    /// The body's media type.
    #[must_use]
    pub const fn content_type(&self) -> &'static str {
        match self.body.format() {
            BodyFormat::Json => "application/json",
            BodyFormat::Form => "application/x-www-form-urlencoded",
        }
    }

    /// Milliseconds the buyer has to answer.
    #[must_use]
    pub const fn timeout_ms(&self) -> u32 {
        self.timeout_ms
    }

    /// The body of a ping. A row that names a personal field sends nothing: the view has no such value.
    #[must_use]
    pub fn render_ping(&self, view: &PingView) -> Vec<u8> {
        self.body.render(&Ping(view))
    }

    /// The body of a post.
    #[must_use]
    pub fn render_post(&self, view: &PostView<'_>, ping_token: Option<&str>) -> Vec<u8> {
        self.body.render(&Post(view, ping_token))
    }

    /// Reads the answer to a ping.
    #[must_use]
    pub fn read_ping(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> PingReading {
        read::ping(&self.rules, status, content_type, body)
    }

    /// Reads the answer to a post.
    #[must_use]
    pub fn read_post(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> PostReading {
        read::post(&self.rules, status, content_type, body)
    }
}
