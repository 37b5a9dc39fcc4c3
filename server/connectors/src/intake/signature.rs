//! Signatures of senders that sign: HMAC-SHA256 over the bytes of the body.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The headers in which a signature may stand.
pub const HEADERS: [&str; 4] = ["x-hub-signature-256", "x-signature-256", "x-signature", "x-webhook-signature"];

/// The signature of a body as `sha256=` and hexadecimal digits.
#[must_use]
pub fn signature(secret: &[u8], body: &[u8]) -> String {
    let bytes = mac(secret, body).finalize().into_bytes();
    bytes.iter().fold("sha256=".to_owned(), |text, byte| text + &format!("{byte:02x}"))
}

/// Whether what stands in a header signs this body: hexadecimal digits or base64, with or without `sha256=`. Takes the same
/// time wherever it differs.
#[must_use]
pub fn verify(secret: &[u8], body: &[u8], presented: &str) -> bool {
    let text = presented.trim();
    let text = text.strip_prefix("sha256=").unwrap_or(text);
    let bytes = match unhex(text) {
        Some(bytes) => bytes,
        None => match STANDARD.decode(text) {
            Ok(bytes) => bytes,
            Err(_) => return false,
        },
    };
    mac(secret, body).verify_slice(&bytes).is_ok()
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    // A key of any length is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(body);
    mac
}

fn unhex(text: &str) -> Option<Vec<u8>> {
    if text.len() != 64 || !text.is_ascii() {
        return None;
    }
    (0..32).map(|at| u8::from_str_radix(text.get(at * 2..at * 2 + 2)?, 16).ok()).collect()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn only_the_secrets_signature_of_these_bytes_is_taken() {
        // RFC 4231, test case 2.
        let (key, body) = (b"Jefe", b"what do ya want for nothing?");
        let hex = "5bdcc146bf60754e6a042426089575c75a003f089d2739839dec58b964ec3843";
        assert_eq!(signature(key, body), format!("sha256={hex}"));
        assert!(verify(key, body, &format!("sha256={hex}")) && verify(key, body, hex));
        assert!(verify(key, body, "W9zBRr9gdU5qBCQmCJV1x1oAPwidJzmDnexYuWTsOEM="));
        assert!(!verify(key, b"what do ya want for nothing!", hex));
        assert!(!verify(b"Jeff", body, hex));
        for bad in ["", "sha256=", &hex[..62], "sha1=abc", "€"] {
            assert!(!verify(key, body, bad), "{bad}");
        }
    }
}
