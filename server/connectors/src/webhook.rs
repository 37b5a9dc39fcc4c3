//! Standard Webhooks 1.0.0, symmetric: what is sent, how it is signed, and how a receiver checks it.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use model::endpoint::{Facts, Message};
use serde::Serialize;
use sha2::Sha256;
use std::fmt;

/// What every shown secret begins with.
const PREFIX: &str = "whsec_";
/// A secret has so many bytes, from and to.
const LENGTHS: std::ops::RangeInclusive<usize> = 24..=64;
/// A receiver refuses what is older, or further ahead, than this, in seconds.
pub const TOLERANCE_S: i64 = 300;

/// The key under which messages to one endpoint are signed.
#[derive(Clone, PartialEq, Eq)]
pub struct Secret(Vec<u8>);

/// A text or a number of bytes that is no secret.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("a webhook secret is whsec_ and the base64 of 24 to 64 bytes")]
pub struct BadSecret;

impl fmt::Debug for Secret {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str("Secret(…)")
    }
}

impl Secret {
    /// A secret of these bytes.
    ///
    /// # Errors
    /// [`BadSecret`] when there are fewer than 24 or more than 64.
    pub fn new(bytes: Vec<u8>) -> Result<Self, BadSecret> {
        if LENGTHS.contains(&bytes.len()) { Ok(Self(bytes)) } else { Err(BadSecret) }
    }

    /// Reads what people copy: `whsec_…`.
    ///
    /// # Errors
    /// [`BadSecret`].
    pub fn read(shown: &str) -> Result<Self, BadSecret> {
        let bytes = shown.strip_prefix(PREFIX).and_then(|text| STANDARD.decode(text).ok()).ok_or(BadSecret)?;
        Self::new(bytes)
    }

    /// As people copy it.
    #[must_use]
    pub fn shown(&self) -> String {
        format!("{PREFIX}{}", STANDARD.encode(&self.0))
    }

    /// The bytes, to be sealed.
    #[must_use]
    pub fn bytes(&self) -> &[u8] {
        &self.0
    }

    fn mac(&self, id: &str, timestamp_s: i64, body: &[u8]) -> Hmac<Sha256> {
        let mut mac = Hmac::<Sha256>::new_from_slice(&self.0).expect("HMAC takes a key of any length");
        mac.update(format!("{id}.{timestamp_s}.").as_bytes());
        mac.update(body);
        mac
    }
}

/// The value of `webhook-signature`: one entry for each secret, as the change from an old one to a new one needs.
#[must_use]
pub fn sign(secrets: &[Secret], id: &str, timestamp_s: i64, body: &[u8]) -> String {
    let entries = secrets.iter().map(|secret| {
        let mac = secret.mac(id, timestamp_s, body).finalize().into_bytes();
        format!("v1,{}", STANDARD.encode(mac))
    });
    entries.collect::<Vec<_>>().join(" ")
}

/// Why a receiver does not believe a message.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum Disbelief {
    /// One of the three headers is not there.
    #[error("a webhook header is missing")]
    Missing,
    /// The timestamp is no number.
    #[error("webhook-timestamp is not a number of seconds")]
    Timestamp,
    /// It is too old or too far ahead.
    #[error("webhook-timestamp is more than five minutes away")]
    Stale,
    /// No entry of a version we know is right.
    #[error("no signature matches")]
    Signature,
}

/// What a receiver does: `id`, `timestamp` and `signature` are the three headers.
///
/// # Errors
/// [`Disbelief`].
pub fn verify(
    secret: &Secret,
    (id, timestamp, signature): (Option<&str>, Option<&str>, Option<&str>),
    body: &[u8],
    now_s: i64,
) -> Result<(), Disbelief> {
    let (Some(id), Some(timestamp), Some(signature)) = (id, timestamp, signature) else {
        return Err(Disbelief::Missing);
    };
    let sent: i64 = timestamp.parse().map_err(|_| Disbelief::Timestamp)?;
    if now_s.abs_diff(sent) > TOLERANCE_S.unsigned_abs() {
        return Err(Disbelief::Stale);
    }
    let mut entries = signature.split(' ').filter_map(|entry| STANDARD.decode(entry.strip_prefix("v1,")?).ok());
    // Compared in constant time.
    let right = entries.any(|entry| secret.mac(id, sent, body).verify_slice(&entry).is_ok());
    if right { Ok(()) } else { Err(Disbelief::Signature) }
}

#[derive(Serialize)]
struct Body<'a> {
    r#type: &'static str,
    timestamp: String,
    data: &'a Facts,
}

/// The body for a message: the same bytes on every try.
#[must_use]
pub fn body(message: &Message) -> String {
    let body = Body { r#type: message.event.name(), timestamp: message.at.to_string(), data: &message.data };
    // Texts, numbers and ids only: nothing here can fail to be written.
    serde_json::to_string(&body).unwrap_or_default()
}
