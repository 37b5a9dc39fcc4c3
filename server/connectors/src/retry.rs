//! What an answer means for a message, and when it is tried again.

use model::{MessageId, Timestamp};
use sha2::{Digest, Sha256};
use std::time::UNIX_EPOCH;

/// Milliseconds from a failed try to the next. The first try is made at once, so there are eight in 27 hours and a half.
const DELAYS_MS: [i64; 7] =
    [5_000, 5 * 60_000, 30 * 60_000, 2 * 3_600_000, 5 * 3_600_000, 10 * 3_600_000, 10 * 3_600_000];
/// At most so many milliseconds a receiver may put us off: 24 hours.
const LONGEST_MS: i64 = 24 * 3_600_000;
/// An endpoint that has only failed for so long is switched off, in milliseconds: five days.
pub const FAILING_LIMIT_MS: i64 = 5 * 24 * 3_600_000;

/// What an answer means.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum Verdict {
    /// The receiver has it.
    Delivered,
    /// The receiver wants nothing any more: the endpoint is switched off.
    Gone,
    /// It is tried again.
    Failed {
        /// Not before so many milliseconds have passed, when the receiver said so.
        wait_ms: Option<i64>,
        /// The receiver has too much to do: fewer at once.
        overloaded: bool,
    },
}

/// Reads an answer. `retry_after` is the header of that name.
#[must_use]
pub fn judge(status: u16, retry_after: Option<&str>, now: Timestamp) -> Verdict {
    match status {
        200..=299 => Verdict::Delivered,
        410 => Verdict::Gone,
        _ => Verdict::Failed {
            wait_ms: retry_after.and_then(|text| put_off(text, now)),
            overloaded: matches!(status, 429 | 502 | 503 | 504),
        },
    }
}

/// Seconds or an HTTP date (RFC 9110 section 10.2.3), as milliseconds from now.
fn put_off(text: &str, now: Timestamp) -> Option<i64> {
    let text = text.trim();
    let wait = if !text.is_empty() && text.bytes().all(|byte| byte.is_ascii_digit()) {
        // More digits than fit are as good as for ever.
        text.parse::<i64>().map_or(LONGEST_MS, |seconds| seconds.saturating_mul(1000))
    } else {
        let until = httpdate::parse_http_date(text).ok()?.duration_since(UNIX_EPOCH).ok()?;
        i64::try_from(until.as_millis()).ok()?.saturating_sub(now.0 / 1000)
    };
    Some(wait.clamp(0, LONGEST_MS))
}

/// When a message is tried again that has failed `tries` times; none after the last try. A receiver can put us off beyond
/// the schedule, never before it: otherwise `Retry-After: 0` would use up every try within a second.
#[must_use]
pub fn next_at(message: MessageId, tries: u32, wait_ms: Option<i64>, now: Timestamp) -> Option<Timestamp> {
    let nth = usize::try_from(tries.max(1) - 1).ok()?;
    let slot = jittered(*DELAYS_MS.get(nth)?, message, tries);
    Some(now.plus_millis(slot.max(wait_ms.unwrap_or_default())))
}

/// Up to a tenth more or less, so that what failed together does not come back together. It follows from the message and
/// the try alone.
fn jittered(delay: i64, message: MessageId, tries: u32) -> i64 {
    let hash = Sha256::digest(format!("{message} {tries}"));
    let draw = i64::from(u16::from_be_bytes([hash[0], hash[1]])); // 0 to 65 535
    delay + delay / 10 * (draw - 32_768) / 32_768
}
