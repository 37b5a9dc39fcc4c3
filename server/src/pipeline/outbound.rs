//! Talking to buyers: own connections kept warm, redirects never followed, answers read up to a limit, and what went wrong
//! told apart by one question: can the buyer have seen the request?

use super::{
    guard::{EgressRefused, Guard},
    letters::{self, Letters},
    snapshot::Endpoint,
    tokens::{Tokens, carrying, refuses},
};
use crate::clock::Clock;
use async_trait::async_trait;
use connectors::Request;
use exchange::breaker::{Call, Health};
use http::{HeaderMap, HeaderName, HeaderValue, header::CONTENT_TYPE};
use model::{BuyerId, ContractId, Reason, Timestamp, mapping::Method, trace::Finding};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
    time::Duration,
};
use tokio::{
    sync::{OwnedSemaphorePermit, Semaphore},
    time::Instant,
};

/// A larger answer is not read to its end.
const MAX_BODY: usize = 256 * 1024;
/// How long a warm connection is kept without use.
const IDLE: Duration = Duration::from_secs(150);
/// How long a connection may take to be made; it counts against the call's own time.
const CONNECT: Duration = Duration::from_millis(1000);
/// At most so many pings under way to one buyer.
const IN_FLIGHT_PER_BUYER: usize = 64;

/// What came back.
#[derive(Debug)]
pub(crate) struct Reply {
    pub(crate) status: u16,
    pub(crate) content_type: Option<String>,
    pub(crate) headers: HeaderMap,
    pub(crate) body: Vec<u8>,
}

/// Why nothing readable came back.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub(crate) enum Failure {
    /// The request cannot have reached the buyer: [`Reason::Unreachable`] or [`Reason::EgressRefused`].
    NotSent(Reason),
    /// The request may have reached the buyer.
    Lost,
    /// The time was over.
    TimedOut,
}

/// What carries one request to a buyer and its answer back; the caller sees to the time. The simulation has another than
/// the network.
#[async_trait]
pub(crate) trait Line: Send + Sync {
    async fn carry(&self, to: &Endpoint, request: Request) -> Result<Reply, Failure>;
}

/// The network, behind the guard, and the mail server.
pub(super) struct Network {
    client: reqwest::Client,
    guard: Guard,
    letters: Option<Arc<dyn Letters>>,
}

/// The way out.
pub(super) struct Outbound {
    line: Arc<dyn Line>,
    buyers: Mutex<HashMap<BuyerId, Arc<Semaphore>>>,
    health: Mutex<HashMap<ContractId, Health>>,
    clock: Arc<dyn Clock>,
    tokens: Tokens,
}

impl Network {
    pub(super) fn new(guard: Guard, letters: Option<Arc<dyn Letters>>) -> Result<Self, reqwest::Error> {
        // Somebody may have chosen one before: then that one stays.
        let _ = rustls::crypto::ring::default_provider().install_default();
        let client = reqwest::Client::builder()
            .redirect(reqwest::redirect::Policy::none())
            .retry(reqwest::retry::never())
            .no_proxy()
            .dns_resolver(Arc::new(guard.clone()))
            .connect_timeout(CONNECT)
            // As many stay warm as were in use at once: buyers of one platform share its host, and each is bounded by itself.
            .pool_idle_timeout(IDLE)
            .tcp_nodelay(true)
            .user_agent(concat!("Gavel/", env!("CARGO_PKG_VERSION")))
            .build()?;
        Ok(Self { client, guard, letters })
    }
}

#[async_trait]
impl Line for Network {
    async fn carry(&self, to: &Endpoint, request: Request) -> Result<Reply, Failure> {
        // Where a letter goes from the mail server on is not ours: no address of a tenant is connected to.
        if let Some(carried) = letters::carry(self.letters.as_deref(), &request).await {
            return carried;
        }
        self.guard.check(&request.url).map_err(|EgressRefused| Failure::NotSent(Reason::EgressRefused))?;
        let mut headers = to.headers.clone();
        for (name, value) in &request.headers {
            let header = HeaderName::try_from(name).ok().zip(HeaderValue::try_from(value).ok());
            let (name, value) = header.ok_or(Failure::NotSent(Reason::Misconfigured))?;
            headers.insert(name, value);
        }
        let request = match request.method {
            Method::Post => self.client.post(request.url).headers(headers).body(request.body),
            Method::Get => {
                headers.remove(CONTENT_TYPE);
                self.client.get(request.url).headers(headers)
            }
        };
        receive(request).await
    }
}

impl Outbound {
    pub(super) fn over(line: Arc<dyn Line>, clock: Arc<dyn Clock>) -> Self {
        Self { line, buyers: Mutex::default(), health: Mutex::default(), clock, tokens: Tokens::default() }
    }

    /// Sends one request and reads its answer, all within `limit`. A request that carries a token waits for the token first,
    /// and is sent once more with a new one when the token is not taken.
    pub(super) async fn send(&self, to: &Endpoint, request: Request, limit: Duration) -> Result<Reply, Failure> {
        let until = Instant::now() + limit;
        let Some(keeper) = &to.token else { return self.carry(to, request, until).await };
        let token = self.token(keeper, until, None).await?;
        let reply = self.carry(to, carrying(&request, &token), until).await?;
        if !refuses(reply.status) {
            return Ok(reply);
        }
        // What was refused for its token was not looked at; without a new one its answer is what there is.
        match self.token(keeper, until, Some(&token)).await {
            Ok(token) => self.carry(to, carrying(&request, &token), until).await,
            Err(_) => Ok(reply),
        }
    }

    async fn carry(&self, to: &Endpoint, request: Request, until: Instant) -> Result<Reply, Failure> {
        tokio::time::timeout_at(until, self.line.carry(to, request)).await.unwrap_or(Err(Failure::TimedOut))
    }

    /// The token that calls of this endpoint carry. Without one nothing has left, however long it took.
    pub(super) async fn token(
        &self,
        keeper: &Endpoint,
        until: Instant,
        refused: Option<&str>,
    ) -> Result<Arc<str>, Failure> {
        let found = self.tokens.get(&*self.line, keeper, self.clock.now(), refused);
        tokio::time::timeout_at(until, found).await.unwrap_or(Err(Failure::NotSent(Reason::BuyerAuth)))
    }

    /// A place among the pings under way to a buyer, waited for at most so long: a buyer that hangs holds up nobody
    /// else's pings, and a rush goes through in order.
    pub(super) async fn place(&self, buyer: BuyerId, within: Duration) -> Option<OwnedSemaphorePermit> {
        let places = {
            let mut buyers = self.buyers.lock().unwrap_or_else(PoisonError::into_inner);
            let new = || Arc::new(Semaphore::new(IN_FLIGHT_PER_BUYER));
            Arc::clone(buyers.entry(buyer).or_insert_with(new))
        };
        tokio::time::timeout(within, places.acquire_owned()).await.ok()?.ok()
    }

    /// Whether a contract is being spared now, and why.
    pub(super) fn spared(&self, contract: ContractId, now: Timestamp, draw: u64) -> Option<Finding> {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.entry(contract).or_default().admit(now, draw)
    }

    /// Takes in how a call went.
    pub(super) fn record(&self, contract: ContractId, now: Timestamp, call: Call) {
        let mut health = self.health.lock().unwrap_or_else(PoisonError::into_inner);
        health.entry(contract).or_default().record(now, call);
    }
}

async fn receive(request: reqwest::RequestBuilder) -> Result<Reply, Failure> {
    let mut response = request.send().await.map_err(|error| failure(&error))?;
    let status = response.status().as_u16();
    let headers = std::mem::take(response.headers_mut());
    let content_type = headers.get(CONTENT_TYPE).and_then(|v| v.to_str().ok()).map(str::to_owned);
    let mut body = Vec::new();
    while let Some(chunk) = response.chunk().await.map_err(|_| Failure::Lost)? {
        if body.len() + chunk.len() > MAX_BODY {
            return Err(Failure::Lost);
        }
        body.extend_from_slice(&chunk);
    }
    Ok(Reply { status, content_type, headers, body })
}

/// Before the connection stands no byte of the request has left; after that nobody knows.
fn failure(error: &reqwest::Error) -> Failure {
    if !error.is_connect() {
        return Failure::Lost;
    }
    let mut cause: Option<&dyn std::error::Error> = Some(error);
    while let Some(inner) = cause {
        if inner.is::<EgressRefused>() {
            return Failure::NotSent(Reason::EgressRefused);
        }
        cause = inner.source();
    }
    Failure::NotSent(Reason::Unreachable)
}
