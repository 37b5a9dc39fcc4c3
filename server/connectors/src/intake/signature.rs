//! Signatures of senders that sign: HMAC-SHA256 over the bytes of the body.

use base64::{Engine, engine::general_purpose::STANDARD};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// The headers in which a signature may stand.
pub const HEADERS: [&str; 4] = ["x-hub-signature-256", "x-signature-256", "x-signature", "x-webhook-signature"];

/// The signature of a body as `sha256=` and hexadecimal digits.
#[must_use]
pub fn signature(secret: &[u8], body: &[u8]) -> String {
    format!("sha256={}", hex::encode(mac(secret, body).finalize().into_bytes()))
}

/// Whether what stands in a header signs this body: hexadecimal digits or base64, with or without `sha256=`. Takes the same
/// time wherever it differs.
#[must_use]
pub fn verify(secret: &[u8], body: &[u8], presented: &str) -> bool {
    let text = presented.trim();
    let text = text.strip_prefix("sha256=").unwrap_or(text);
    // Base64 of 32 bytes has 44 characters, and hexadecimal digits 64.
    let bytes = hex::decode(text).or_else(|_| STANDARD.decode(text));
    bytes.is_ok_and(|bytes| mac(secret, body).verify_slice(&bytes).is_ok())
}

fn mac(secret: &[u8], body: &[u8]) -> Hmac<Sha256> {
    // A key of any length is one.
    let mut mac = Hmac::<Sha256>::new_from_slice(secret).unwrap_or_else(|_| Hmac::new(&Default::default()));
    mac.update(body);
    mac
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
