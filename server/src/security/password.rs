//! Passwords: argon2id off the async threads, at most two at a time, so that a flood of sign-ins cannot take the memory
//! or the processor away from the auctions.

use argon2::{Algorithm, Argon2, Params, PasswordHasher, PasswordVerifier, Version};
use std::sync::LazyLock;
use tokio::{sync::Semaphore, task::spawn_blocking};
use zeroize::Zeroizing;

/// Shortest password that is taken, in characters (NIST SP 800-63B asks for at least eight, or fifteen alone).
pub const MIN_CHARS: usize = 12;
/// Longest, in bytes: hashing must stay bounded.
pub const MAX_BYTES: usize = 256;

static GATE: Semaphore = Semaphore::const_new(2);

/// The hash of a password nobody has: what a sign-in with an unknown e-mail is verified against, so that it takes as
/// long as one with a known e-mail.
static NOBODY: LazyLock<String> = LazyLock::new(|| {
    let secret = crate::clock::random::<32>();
    work().hash_password(&secret).map(|hash| hash.to_string()).unwrap_or_default()
});

/// A password that is not taken.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
pub enum BadPassword {
    /// Too short.
    #[error("a password has at least {MIN_CHARS} characters")]
    Short,
    /// Too long.
    #[error("a password has at most {MAX_BYTES} bytes")]
    Long,
    /// The machine could not hash it.
    #[error("the password could not be hashed")]
    Failed,
}

/// Hashes a new password to the PHC text that is stored.
///
/// # Errors
/// When it is too short or too long.
pub async fn hash(password: String) -> Result<String, BadPassword> {
    let password = Zeroizing::new(password);
    if password.chars().count() < MIN_CHARS {
        return Err(BadPassword::Short);
    }
    if password.len() > MAX_BYTES {
        return Err(BadPassword::Long);
    }
    let hashed = gated(move || work().hash_password(password.as_bytes()).map(|hash| hash.to_string()));
    hashed.await.and_then(Result::ok).ok_or(BadPassword::Failed)
}

/// Whether a password is the one behind a stored hash. Without a stored hash the same work is done and the answer is no.
pub async fn verify(password: String, stored: Option<String>) -> bool {
    let password = Zeroizing::new(password);
    let too_long = password.len() > MAX_BYTES;
    let verified = gated(move || {
        let known = stored.is_some();
        let stored = stored.unwrap_or_else(|| NOBODY.clone());
        let text = if too_long { &[][..] } else { password.as_bytes() };
        let matches = work().verify_password(text, stored.as_str()).is_ok();
        known && matches && !too_long
    });
    verified.await.unwrap_or(false)
}

async fn gated<T: Send + 'static>(work: impl FnOnce() -> T + Send + 'static) -> Option<T> {
    let _permit = GATE.acquire().await.ok()?;
    spawn_blocking(work).await.ok()
}

/// OWASP's smallest setting: 19 MiB, two passes, one lane.
fn work() -> Argon2<'static> {
    let params = Params::new(19_456, 2, 1, None).expect("the parameters are inside argon2's bounds");
    Argon2::new(Algorithm::Argon2id, Version::V0x13, params)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[tokio::test]
    async fn only_the_right_password_is_taken() {
        let stored = hash("correct horse".into()).await.unwrap();
        assert!(stored.starts_with("$argon2id$v=19$m=19456,t=2,p=1$"), "{stored}");
        assert!(verify("correct horse".into(), Some(stored.clone())).await);
        assert!(!verify("correct horsf".into(), Some(stored.clone())).await);
        assert!(!verify("correct horse".into(), None).await);
        assert!(!verify("correct horse".into(), Some("broken".into())).await);
        assert_ne!(hash("correct horse".into()).await.unwrap(), stored, "each hash has its own salt");
    }

    #[tokio::test]
    async fn lengths_are_bounded() {
        assert_eq!(hash("short".into()).await, Err(BadPassword::Short));
        assert_eq!(hash("x".repeat(MAX_BYTES + 1)).await, Err(BadPassword::Long));
        assert!(!verify("x".repeat(1 << 20), None).await);
    }

    #[test]
    fn nobody_has_a_real_hash() {
        assert!(NOBODY.starts_with("$argon2id$"));
    }
}
