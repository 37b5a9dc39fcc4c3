//! Tokens that calls carry: fetched when one is needed, kept until shortly before they end, and fetched once however many
//! calls wait for one.

use super::{
    outbound::{Failure, Line},
    snapshot::Endpoint,
};
use connectors::{Request, read_token};
use model::{Reason, Timestamp};
use std::{
    collections::HashMap,
    sync::{Arc, Mutex, PoisonError},
};

/// A token is renewed so long before it ends, in milliseconds; a short one after nine tenths of its time.
const BEFORE_MS: i64 = 30_000;
/// After a failure nobody asks again for so long, in milliseconds: calls that wait would only hold each other up.
const PAUSE_MS: i64 = 2_000;
/// More clients than this are not remembered at once.
const MOST: usize = 10_000;
/// The status of a token that is not taken (RFC 6750, section 3.1).
const UNAUTHORIZED: u16 = 401;

/// What is known of one client's token.
enum Known {
    Token { value: Arc<str>, until: Timestamp },
    Failed { reason: Reason, until: Timestamp },
}

type Place = Arc<tokio::sync::Mutex<Option<Known>>>;

/// The tokens of all clients.
#[derive(Default)]
pub(super) struct Tokens(Mutex<HashMap<[u8; 32], Place>>);

impl Tokens {
    /// The token of an endpoint's client; `refused` is one that was just not taken.
    ///
    /// # Errors
    /// [`Failure::NotSent`]: whatever went wrong here, nothing of the call itself has left.
    pub(super) async fn get(
        &self,
        line: &dyn Line,
        to: &Endpoint,
        now: Timestamp,
        refused: Option<&str>,
    ) -> Result<Arc<str>, Failure> {
        let Some(call) = to.call.token() else { return Err(Failure::NotSent(Reason::Misconfigured)) };
        let place = self.place(call.id());
        // Whoever waits here finds what the one before has fetched.
        let mut known = place.lock().await;
        match &*known {
            Some(Known::Token { value, until }) if *until > now && refused != Some(&**value) => {
                return Ok(Arc::clone(value));
            }
            Some(Known::Failed { reason, until }) if *until > now => return Err(Failure::NotSent(*reason)),
            _ => {}
        }
        match fetch(line, to, call.request()).await {
            Ok((value, good_for_ms)) => {
                let before = BEFORE_MS.min(good_for_ms / 10);
                let until = now.plus_millis(good_for_ms - before);
                *known = Some(Known::Token { value: Arc::clone(&value), until });
                Ok(value)
            }
            Err(reason) => {
                *known = Some(Known::Failed { reason, until: now.plus_millis(PAUSE_MS) });
                Err(Failure::NotSent(reason))
            }
        }
    }

    fn place(&self, id: [u8; 32]) -> Place {
        let mut places = self.0.lock().unwrap_or_else(PoisonError::into_inner);
        if places.len() >= MOST && !places.contains_key(&id) {
            places.clear();
        }
        Arc::clone(places.entry(id).or_default())
    }
}

async fn fetch(line: &dyn Line, to: &Endpoint, request: Request) -> Result<(Arc<str>, i64), Reason> {
    let reply = line.carry(to, request).await.map_err(|failure| match failure {
        Failure::NotSent(Reason::EgressRefused) => Reason::EgressRefused,
        Failure::NotSent(_) | Failure::Lost | Failure::TimedOut => Reason::BuyerAuth,
    })?;
    let token = read_token(reply.status, &reply.body).map_err(|why| {
        tracing::warn!(status = reply.status, why, "no token for a buyer's call");
        Reason::BuyerAuth
    })?;
    Ok((token.value.into(), token.good_for_ms))
}

/// The same request with a token.
pub(super) fn carrying(request: &Request, token: &str) -> Request {
    let mut request = request.clone();
    request.headers.push(("Authorization".to_owned(), format!("Bearer {token}")));
    request
}

/// Whether an answer says that the token was not taken.
pub(super) const fn refuses(status: u16) -> bool {
    status == UNAUTHORIZED
}
