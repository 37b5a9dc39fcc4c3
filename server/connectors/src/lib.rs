//! Turns a lead into the bytes a buyer expects, and its answer into a bid, mostly from data. Pure: no socket, no clock.

mod address;
mod answer;
mod consumer;
mod domain;
pub mod import;
pub mod intake;
mod json_in;
mod mail;
mod oauth;
mod outward;
mod path;
pub mod postback;
mod preset;
mod price;
mod read;
mod reading;
mod reasons;
mod render;
pub mod retry;
mod rows;
mod rules;
mod style;
mod template;
mod tree;
mod view;
pub mod webhook;
mod xml_in;
mod xml_out;

pub use consumer::is_public;
pub use domain::{Unreachable, unreachable_values};
pub use mail::{Attached, Mail, faults_of as delivery_faults};
pub use oauth::{Token, TokenCall, read_token};
pub use outward::endpoint_faults;
pub use preset::{Example, Placeholder, Preset, preset, presets};
pub use price::read_price;
pub use read::{PingReading, PostReading};
pub use xml_in::parse as read_xml;

use address::Address;
use base64::{Engine, engine::general_purpose::STANDARD};
use exchange::lead::{ContactHashes, PingView, PostView};
use model::mapping::{BodyFormat, Call, Carried, Envelope, Header, Method, PostPrice, Row, SecretUse};
use render::Body;
use rules::Rules;
use std::{fmt, sync::Arc};
use template::Fit;
use url::Url;
use view::{Ping, Post, View};

/// A call made ready once per configuration version. A clone is another handle on the same.
#[derive(Clone)]
pub struct Prepared(Arc<Inner>);

struct Inner {
    method: Method,
    headers: Vec<(String, String)>,
    /// Secrets in the query.
    query: Vec<(String, String)>,
    timeout_ms: u32,
    contact_hashes: bool,
    token: Option<TokenCall>,
    live: Way,
    /// Where and what a test lead is sent, when that is different.
    test: Option<Way>,
    rules: Rules,
}

/// An address with a body.
struct Way {
    address: Address,
    body: Body,
}

/// One request as it leaves.
#[derive(Clone, PartialEq, Eq)]
pub struct Request {
    /// The method.
    pub method: Method,
    /// Where it goes. Secrets may be in it.
    pub url: Url,
    /// Headers that belong to this lead, beside [`Prepared::headers`].
    pub headers: Vec<(String, String)>,
    /// The body; empty when there is none.
    pub body: Vec<u8>,
    /// Files that go with an e-mail.
    pub attached: Vec<Attached>,
}

impl fmt::Debug for Request {
    /// The address and the body may be secret or personal.
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        write!(f, "Request({:?} {})", self.method, self.url.host_str().unwrap_or_default())
    }
}

/// A request that cannot be written for this lead: a place in the address or a header has no value that fits there.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a place in the address or a header has no value")]
pub struct Unsendable;

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
    /// that is there twice or both as a value and as an object, a template that cannot be read, a secret that is not
    /// there, a sign without a place or signs that one answer always shows both of, a time-out of nothing or of more than
    /// two minutes, an e-mail that is no table or has no subject. No fault repeats a header's value or the address.
    pub fn new(call: &Call) -> Result<Self, Vec<String>> {
        let mut faults = Vec::new();
        let secrets = &call.headers;
        check_headers(secrets, &mut faults);
        let rules = Rules::new(&call.response, secrets, &mut faults);
        let token = TokenCall::new(call.oauth.as_ref(), secrets, &mut faults);
        if call.timeout_ms == 0 || call.timeout_ms > LONGEST_MS {
            faults.push(format!("the time-out must be from 1 to {LONGEST_MS} ms"));
        }
        let format = match call.method {
            Method::Post => call.format,
            Method::Get => BodyFormat::Query,
        };
        let live = Way::new(&call.url, format, &call.envelope, &call.rows, secrets, &mut faults);
        let test = call.test.as_ref().and_then(|test| {
            let mut rows = call.rows.clone();
            for row in &test.rows {
                rows.retain(|own| (&own.to, own.place) != (&row.to, row.place));
            }
            rows.extend(test.rows.iter().cloned());
            let mut own = Vec::new();
            let url = test.url.as_ref().unwrap_or(&call.url);
            let way = Way::new(url, format, &call.envelope, &rows, secrets, &mut own);
            // What is wrong with the call itself was told already.
            own.retain(|fault| !faults.contains(fault));
            faults.extend(own.into_iter().map(|fault| format!("for tests: {fault}")));
            way
        });
        if mail::behind(&call.url).is_some() && (token.is_some() || secrets.iter().any(|s| s.used != SecretUse::Named))
        {
            faults.push("an e-mail carries no header, no token and no parameter".to_owned());
        }
        match live {
            Some(live) if faults.is_empty() => Ok(Self(Arc::new(Inner {
                method: call.method,
                headers: secrets.iter().filter_map(header).collect(),
                query: secrets
                    .iter()
                    .filter(|secret| secret.used == SecretUse::Query)
                    .map(|secret| (secret.name.clone(), secret.value.expose().to_owned()))
                    .collect(),
                timeout_ms: call.timeout_ms,
                contact_hashes: call.contact_hashes,
                token,
                live,
                test,
                rules,
            }))),
            _ => Err(faults),
        }
    }

    /// Where it goes; places in the address are filled with a sample.
    #[must_use]
    pub fn url(&self) -> &Url {
        &self.0.live.address.fixed
    }

    /// Headers of every request, credentials among them.
    #[must_use]
    pub fn headers(&self) -> &[(String, String)] {
        &self.0.headers
    }

    /// The body's media type; none when there is no body.
    #[must_use]
    pub fn content_type(&self) -> &'static str {
        match self.0.live.body.format() {
            BodyFormat::Json => "application/json",
            BodyFormat::Form | BodyFormat::JsonField | BodyFormat::Query => "application/x-www-form-urlencoded",
            BodyFormat::Xml | BodyFormat::Soap => "text/xml; charset=utf-8",
            BodyFormat::Table => "text/plain; charset=utf-8",
        }
    }

    /// Whether it goes by e-mail.
    #[must_use]
    pub fn by_mail(&self) -> bool {
        mail::is(self.url())
    }

    /// Milliseconds the buyer has to answer.
    #[must_use]
    pub fn timeout_ms(&self) -> u32 {
        self.0.timeout_ms
    }

    /// How the token is fetched that it carries; none when it carries none.
    #[must_use]
    pub fn token(&self) -> Option<&TokenCall> {
        self.0.token.as_ref()
    }

    /// Whether its ping may carry hashes of contacts.
    #[must_use]
    pub fn contact_hashes(&self) -> bool {
        self.0.contact_hashes
    }

    /// What a price in the answer to a post means.
    #[must_use]
    pub fn post_price(&self) -> PostPrice {
        self.0.rules.post_price
    }

    /// A ping as it leaves. A row that names a personal field sends nothing, but for a part the row asks for; the hashes
    /// are left out unless the call allows them.
    ///
    /// # Errors
    /// [`Unsendable`].
    pub fn ping(&self, view: &PingView, hashes: Option<&ContactHashes>) -> Result<Request, Unsendable> {
        self.request(&Ping(view, hashes.filter(|_| self.0.contact_hashes)))
    }

    /// A post as it leaves.
    ///
    /// # Errors
    /// [`Unsendable`], for example when the address names a token that the ping's answer did not have.
    pub fn post(&self, view: &PostView<'_>, carried: &Carried) -> Result<Request, Unsendable> {
        self.request(&Post(view, carried))
    }

    fn request(&self, view: &impl View) -> Result<Request, Unsendable> {
        let way = self.way(view);
        let secrets = self.0.query.iter().map(|(name, value)| (name.as_str(), value.clone()));
        let url = way.address.render(view, secrets.chain(way.body.query(view))).ok_or(Unsendable)?;
        let headers: Vec<_> = way.body.headers(view).map(|(name, value)| (name.to_owned(), value)).collect();
        if !headers.iter().all(|(_, value)| sendable(value)) {
            return Err(Unsendable);
        }
        let (body, attached) = (way.body.render(view), way.body.attached(view));
        Ok(Request { method: self.0.method, url, headers, body, attached })
    }

    /// The members of the mapping that this ping would leave out.
    #[must_use]
    pub fn ping_left_out(&self, view: &PingView, hashes: Option<&ContactHashes>) -> Vec<String> {
        let view = Ping(view, hashes.filter(|_| self.0.contact_hashes));
        self.way(&view).body.left_out(&view)
    }

    /// The members of the mapping that this post would leave out.
    #[must_use]
    pub fn post_left_out(&self, view: &PostView<'_>, carried: &Carried) -> Vec<String> {
        let view = Post(view, carried);
        self.way(&view).body.left_out(&view)
    }

    /// Every sign of the response rules held against an answer: `accepting`, `rejecting` or `pending`, what it looks for, and
    /// whether it shows. None when the answer cannot be read at all.
    #[must_use]
    pub fn signs(&self, status: u16, content_type: Option<&str>, body: &[u8]) -> Vec<(&'static str, String, bool)> {
        read::signs(&self.0.rules, status, content_type, body)
    }

    fn way(&self, view: &impl View) -> &Way {
        self.0.test.as_ref().filter(|_| view.test()).unwrap_or(&self.0.live)
    }

    /// The body of a ping.
    #[must_use]
    pub fn render_ping(&self, view: &PingView) -> Vec<u8> {
        let view = Ping(view, None);
        self.way(&view).body.render(&view)
    }

    /// The body of a post.
    #[must_use]
    pub fn render_post(&self, view: &PostView<'_>, ping_token: Option<&str>) -> Vec<u8> {
        let carried = Carried::token(ping_token.map(str::to_owned));
        let view = Post(view, &carried);
        self.way(&view).body.render(&view)
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

    /// How a pending outcome is asked for: the request, and after how many milliseconds. None when it cannot be.
    #[must_use]
    pub fn poll(&self, reference: &str) -> Option<(Request, u32)> {
        let (template, every_ms) = self.0.rules.poll.as_ref()?;
        let mut url = Url::parse(&template.render_poll(reference, Fit::Path)?).ok()?;
        if !matches!(url.scheme(), "http" | "https") {
            return None;
        }
        address::append(&mut url, self.0.query.iter().map(|(name, value)| (name.as_str(), value.clone())));
        let (headers, body, attached) = (Vec::new(), Vec::new(), Vec::new());
        Some((Request { method: Method::Get, url, headers, body, attached }, *every_ms))
    }
}

impl Way {
    fn new(
        url: &str,
        format: BodyFormat,
        envelope: &Envelope,
        rows: &[Row],
        secrets: &[Header],
        faults: &mut Vec<String>,
    ) -> Option<Self> {
        let address = Address::new(url, secrets, faults);
        if let Some(address) = &address
            && mail::is(&address.fixed) != (format == BodyFormat::Table)
        {
            faults.push("a table goes by e-mail and an e-mail is a table: the address begins with mailto:".to_owned());
        }
        let body = Body::new(format, envelope, rows, secrets, faults);
        Some(Self { address: address?, body })
    }
}

/// A secret as a header of every request.
fn header(secret: &Header) -> Option<(String, String)> {
    let value = secret.value.expose();
    let authorization = |value| Some(("Authorization".to_owned(), value));
    match secret.used {
        SecretUse::Header => Some((secret.name.clone(), value.to_owned())),
        SecretUse::Bearer => authorization(format!("Bearer {value}")),
        SecretUse::Basic => authorization(format!("Basic {}", STANDARD.encode(format!("{}:{value}", secret.name)))),
        SecretUse::Query | SecretUse::Named | SecretUse::Oauth => None,
    }
}

fn check_header(name: &str, faults: &mut Vec<String>) {
    let token = |b: u8| b.is_ascii_alphanumeric() || b"!#$%&'*+-.^_`|~".contains(&b);
    if name.is_empty() || !name.bytes().all(token) {
        faults.push(format!("{name:?} is not a header name"));
    } else if NOT_OURS.contains(&name.to_ascii_lowercase().as_str()) {
        faults.push(format!("the header {name} is set by the server itself"));
    }
}

pub(crate) fn sendable(value: &str) -> bool {
    value.bytes().all(|b| b == b'\t' || (b' '..=b'~').contains(&b))
}

fn check_headers(secrets: &[Header], faults: &mut Vec<String>) {
    for Header { name, value, used } in secrets {
        match used {
            SecretUse::Header => check_header(name, faults),
            _ if name.trim().is_empty() => faults.push("a secret needs a name".to_owned()),
            SecretUse::Basic if name.contains(':') => faults.push("a user name has no colon".to_owned()),
            _ => {}
        }
        let in_header = matches!(used, SecretUse::Header | SecretUse::Bearer);
        if in_header && !sendable(value.expose()) {
            faults.push(format!("the value of header {name} cannot be sent"));
        }
    }
    let authorizations =
        secrets.iter().filter_map(header).filter(|(name, _)| name.eq_ignore_ascii_case("authorization"));
    if authorizations.count() > 1 {
        faults.push("there is more than one Authorization header".to_owned());
    }
}
