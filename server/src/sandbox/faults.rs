//! What can be made to go wrong, and how a buyer can be set.

use axum::{
    body::{Body, Bytes},
    http::{HeaderValue, StatusCode, header},
    response::{IntoResponse, Response},
};
use futures::stream;
use serde::Deserialize;
use std::{io, time::Duration};

/// What goes wrong.
#[derive(Debug, Clone, Copy, PartialEq, Eq, Deserialize)]
#[serde(rename_all = "snake_case")]
pub(super) enum Kind {
    /// No answer, ever.
    Hang,
    /// Headers, then the connection breaks.
    Reset,
    /// The purchase is made, then the connection breaks.
    AcceptThenDrop,
    /// Half of the right answer, then the connection breaks.
    HalfBody,
    /// An answer that is nothing.
    Garbage,
    /// The right answer, called HTML.
    WrongContentType,
    /// HTTP 500.
    #[serde(rename = "5xx")]
    ServerError,
    /// HTTP 502 with a page of the proxy before it.
    BadGateway,
    /// HTTP 503, and when to come back.
    Busy,
    /// HTTP 429, and when to come back.
    TooMany,
    /// The right answer without its end, as if it were whole.
    Truncated,
    /// One byte every 100 ms.
    SlowDrip,
    /// HTTP 302 to a private address.
    Redirect,
    /// Ten megabytes.
    HugeBody,
    /// HTTP 200 with nothing in it.
    Empty,
}

/// A fault for the next calls.
#[derive(Debug, Clone, Deserialize)]
pub(super) struct Fault {
    /// What goes wrong.
    pub(super) kind: Kind,
    /// `ping`, `post`, or both when left out.
    #[serde(default)]
    pub(super) phase: Option<String>,
    /// For so many calls; for all when left out.
    #[serde(default)]
    pub(super) count: Option<u32>,
}

/// How a buyer is set, beside its habits. Every member may be left out.
#[derive(Debug, Clone, Default, Deserialize)]
#[serde(default, deny_unknown_fields)]
pub(super) struct Settings {
    /// Milliseconds until it answers, from and to; as is its habit when left out.
    pub(super) latency_ms: Option<(u64, u64)>,
    /// The same for posts only.
    pub(super) post_latency_ms: Option<(u64, u64)>,
    /// It always bids this many cents.
    pub(super) bid_cents: Option<i64>,
    /// It takes this many of a hundred posts.
    pub(super) accept_percent: Option<u64>,
    /// What goes wrong.
    pub(super) faults: Vec<Fault>,
}

impl Settings {
    pub(super) fn due(&mut self, phase: &str) -> Option<Fault> {
        let at = self
            .faults
            .iter()
            .position(|fault| fault.phase.as_deref().is_none_or(|wanted| wanted == phase) && fault.count != Some(0))?;
        if let Some(left) = &mut self.faults[at].count {
            *left -= 1;
        }
        Some(self.faults[at].clone())
    }
}

/// What goes wrong instead of, or with, the right answer.
pub(super) async fn spoil(kind: Kind, right: Response) -> Response {
    match kind {
        Kind::Hang => std::future::pending().await,
        Kind::Reset | Kind::AcceptThenDrop => broken(Vec::new()),
        Kind::HalfBody => {
            let bytes = axum::body::to_bytes(right.into_body(), usize::MAX).await.unwrap_or_default();
            broken(bytes[..bytes.len() / 2].to_vec())
        }
        Kind::Garbage => "\u{0}\u{1}<<<not an answer>>>".into_response(),
        Kind::WrongContentType => {
            let mut right = right;
            right.headers_mut().insert(header::CONTENT_TYPE, HeaderValue::from_static("text/html"));
            right
        }
        Kind::ServerError => (StatusCode::INTERNAL_SERVER_ERROR, "Internal error").into_response(),
        Kind::BadGateway => {
            let page = [(header::CONTENT_TYPE, "text/html")];
            (StatusCode::BAD_GATEWAY, page, "<html><body>502 Bad Gateway</body></html>").into_response()
        }
        Kind::Busy => (StatusCode::SERVICE_UNAVAILABLE, [(header::RETRY_AFTER, "30")], "busy").into_response(),
        Kind::TooMany => (StatusCode::TOO_MANY_REQUESTS, [(header::RETRY_AFTER, "30")], "slow down").into_response(),
        Kind::Truncated => {
            let (mut head, body) = right.into_parts();
            head.headers.remove(header::CONTENT_LENGTH);
            let bytes = axum::body::to_bytes(body, usize::MAX).await.unwrap_or_default();
            Response::from_parts(head, Body::from(bytes.slice(..bytes.len() * 2 / 3)))
        }
        Kind::SlowDrip => {
            let bytes = axum::body::to_bytes(right.into_body(), usize::MAX).await.unwrap_or_default();
            let drip = stream::unfold((bytes, 0_usize), |(bytes, at)| async move {
                let byte = bytes.get(at..=at)?;
                tokio::time::sleep(Duration::from_millis(100)).await;
                Some((Ok::<_, io::Error>(Bytes::copy_from_slice(byte)), (bytes.clone(), at + 1)))
            });
            Body::from_stream(drip).into_response()
        }
        Kind::Redirect => {
            (StatusCode::FOUND, [(header::LOCATION, "http://169.254.169.254/latest/meta-data")]).into_response()
        }
        Kind::HugeBody => vec![b' '; 10 * 1024 * 1024].into_response(),
        Kind::Empty => StatusCode::OK.into_response(),
    }
}

/// Headers and a beginning, and then the connection breaks.
fn broken(beginning: Vec<u8>) -> Response {
    let parts = [Ok(Bytes::from(beginning)), Err(io::Error::from(io::ErrorKind::ConnectionReset))];
    Body::from_stream(stream::iter(parts)).into_response()
}
