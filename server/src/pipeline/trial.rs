//! Tests from the bench: one request on the way that leads take, guard and limits included, and beside everything that
//! leads count for: no cap, no money, no breaker, no figures.

use super::{
    Pipeline,
    outbound::{Failure, Reply},
    snapshot::Endpoint,
};
use connectors::Request;
use model::{Reason, mapping::Call};
use tokio::time::Instant;

/// How a test went.
#[derive(Debug)]
pub struct Trial {
    /// Microseconds until the answer was there, or until it was given up.
    pub took_us: i64,
    /// The answer, or why there is none.
    pub reply: Result<TrialReply, TrialFault>,
    /// The token it carried, for whoever shows the answer.
    pub token: Option<String>,
}

/// A buyer's answer to a test.
#[derive(Debug)]
pub struct TrialReply {
    /// The HTTP status.
    pub status: u16,
    /// The content type.
    pub content_type: Option<String>,
    /// Every header that is text.
    pub headers: Vec<(String, String)>,
    /// The body.
    pub body: Vec<u8>,
}

/// Why a test has no answer.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum TrialFault {
    /// It cannot have reached the buyer.
    NotSent(Reason),
    /// It may have reached the buyer; the answer did not come whole.
    Lost,
    /// The buyer's time was over.
    TimedOut,
}

impl Pipeline {
    /// Sends one request of a call, its secrets in clear, within the call's own time.
    ///
    /// # Errors
    /// Every fault of a call that cannot be used.
    pub async fn trial(&self, call: &Call, request: Request) -> Result<Trial, Vec<String>> {
        let endpoint = Endpoint::new(call)?;
        let began = Instant::now();
        let reply = self.0.outbound.send(&endpoint, request, endpoint.timeout).await;
        let took_us = i64::try_from(began.elapsed().as_micros()).unwrap_or(i64::MAX);
        let token = match (&endpoint.token, &reply) {
            // It was just used, so that it is at hand.
            (Some(keeper), Ok(_)) => self.0.outbound.token(keeper, Instant::now() + endpoint.timeout, None).await.ok(),
            _ => None,
        };
        let token = token.map(|token| token.to_string());
        Ok(Trial { took_us, token, reply: reply.map(TrialReply::from).map_err(TrialFault::from) })
    }
}

impl From<Reply> for TrialReply {
    fn from(reply: Reply) -> Self {
        let text = |(name, value): (&http::HeaderName, &http::HeaderValue)| {
            Some((name.as_str().to_owned(), value.to_str().ok()?.to_owned()))
        };
        let headers = reply.headers.iter().filter_map(text).collect();
        Self { status: reply.status, content_type: reply.content_type, headers, body: reply.body }
    }
}

impl From<Failure> for TrialFault {
    fn from(failure: Failure) -> Self {
        match failure {
            Failure::NotSent(reason) => Self::NotSent(reason),
            Failure::Lost => Self::Lost,
            Failure::TimedOut => Self::TimedOut,
        }
    }
}
