//! What identifies a person without naming one.

use hmac::{Hmac, Mac};
use sha2::Sha256;
use std::fmt::{self, Write};

/// An HMAC-SHA256 of a kind and a normalised value, in 32 hexadecimal digits (128 bits).
#[derive(Debug, Clone, PartialEq, Eq, PartialOrd, Ord, Hash)]
pub struct Print(String);

impl Print {
    pub(super) fn of(kind: &str, value: &str, key: &[u8; 32]) -> Self {
        // HMAC takes a key of any length.
        let mut mac = Hmac::<Sha256>::new_from_slice(key).expect("HMAC takes a key of 32 bytes");
        mac.update(kind.as_bytes());
        mac.update(&[0]);
        mac.update(value.as_bytes());
        let digest = mac.finalize().into_bytes();
        let mut text = String::with_capacity(32);
        for byte in &digest[..16] {
            // Writing to a String does not fail.
            let _ = write!(text, "{byte:02x}");
        }
        Self(text)
    }

    /// The digits.
    #[must_use]
    pub fn as_str(&self) -> &str {
        &self.0
    }
}

impl fmt::Display for Print {
    fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
        f.write_str(&self.0)
    }
}
