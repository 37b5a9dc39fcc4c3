//! Codes of a second factor (TOTP, RFC 6238: SHA-1, six digits, 30 seconds, what every authenticator app does), the
//! picture that an app takes the secret from, and recovery codes.

use crate::clock::random;
use hmac::{Hmac, Mac};
use model::Timestamp;
use qrcode::{Color, EcLevel, QrCode};
use sha1::Sha1;
use sha2::{Digest, Sha256};
use subtle::ConstantTimeEq;

/// Bytes of a secret: as many as SHA-1 has.
pub const SECRET: usize = 20;
/// How many recovery codes a person gets.
pub const CODES: usize = 10;
const STEP_SECONDS: i64 = 30;
const DIGITS: u32 = 6;
/// Letters and digits that nobody mistakes for one another.
const LETTERS: &[u8; 32] = b"abcdefghijkmnpqrstuvwxyz23456789";
const BASE32: &[u8; 32] = b"ABCDEFGHIJKLMNOPQRSTUVWXYZ234567";

/// A new secret.
#[must_use]
pub fn new_secret() -> [u8; SECRET] {
    random()
}

/// The secret as people type it: base32 (RFC 4648).
#[must_use]
pub fn written(secret: &[u8]) -> String {
    let bits = secret.iter().flat_map(|byte| (0..8).rev().map(move |at| byte >> at & 1)).collect::<Vec<_>>();
    let letter = |five: &[u8]| BASE32[usize::from(five.iter().fold(0, |all, bit| all << 1 | bit))];
    bits.chunks(5).map(|five| char::from(letter(five))).collect()
}

/// What an app is told about the secret. Issuer and account are what it shows.
#[must_use]
pub fn uri(secret: &[u8], issuer: &str, account: &str) -> String {
    let escaped = |text: &str| url::form_urlencoded::byte_serialize(text.as_bytes()).collect::<String>();
    let (issuer, account) = (escaped(issuer).replace('+', "%20"), escaped(account).replace('+', "%20"));
    format!("otpauth://totp/{issuer}:{account}?secret={}&issuer={issuer}", written(secret))
}

/// The step whose code this is: the present one, or one beside it, since clocks differ. No step at or before `last` counts.
#[must_use]
pub fn step_of(secret: &[u8], entered: &str, now: Timestamp, last: i64) -> Option<i64> {
    let entered: String = entered.chars().filter(|c| !c.is_whitespace()).collect();
    let present = now.0.div_euclid(STEP_SECONDS * 1_000_000);
    // All three are compared, whichever it is.
    let fits = |step: &i64| bool::from(code(secret, *step).as_bytes().ct_eq(entered.as_bytes()));
    [present - 1, present, present + 1].into_iter().filter(fits).find(|step| *step > last)
}

/// The code of a step.
#[must_use]
pub fn code(secret: &[u8], step: i64) -> String {
    let mut mac = Hmac::<Sha1>::new_from_slice(secret).expect("HMAC takes a key of any length");
    mac.update(&step.to_be_bytes());
    let hash = mac.finalize().into_bytes();
    let at = usize::from(hash[19] & 15);
    let four = [hash[at] & 127, hash[at + 1], hash[at + 2], hash[at + 3]];
    format!("{:06}", u32::from_be_bytes(four) % 10_u32.pow(DIGITS))
}

/// The picture of a text as an SVG path over a square of so many units, its quiet zone included.
#[must_use]
pub fn picture(text: &str) -> Option<(usize, String)> {
    const QUIET: usize = 4;
    let picture = QrCode::with_error_correction_level(text, EcLevel::M).ok()?;
    let width = picture.width();
    let dark = picture.to_colors().into_iter().enumerate().filter(|(_, color)| *color == Color::Dark);
    let path = dark.map(|(at, _)| format!("M{} {}h1v1h-1z", QUIET + at % width, QUIET + at / width)).collect();
    Some((width + 2 * QUIET, path))
}

/// 80 random bits in four groups of four.
#[must_use]
pub fn words() -> String {
    let letters = random::<16>().map(|byte| char::from(LETTERS[usize::from(byte & 31)]));
    let groups: Vec<String> = letters.chunks(4).map(|group| group.iter().collect()).collect();
    groups.join("-")
}

/// New recovery codes, each with the hash that is stored. A plain hash is enough: nobody can try 80 random bits out.
#[must_use]
pub fn recovery_codes() -> Vec<(String, String)> {
    (0..CODES).map(|_| words()).map(|code| (code.clone(), recovery_hash(&code))).collect()
}

/// The hash of a recovery code however it was typed.
#[must_use]
pub fn recovery_hash(entered: &str) -> String {
    let plain: String = entered.chars().filter(char::is_ascii_alphanumeric).map(|c| c.to_ascii_lowercase()).collect();
    hex::encode(Sha256::digest(format!("gavel recovery\0{plain}")))
}

#[cfg(test)]
mod tests {
    use super::*;

    /// The secret of RFC 6238, appendix B; its codes have eight digits, ours are their last six.
    const RFC: &[u8] = b"12345678901234567890";

    #[test]
    fn codes_are_those_of_the_standard() {
        for (seconds, expected) in [(59, "287082"), (1_111_111_109, "081804"), (20_000_000_000, "353130")] {
            assert_eq!(code(RFC, seconds / STEP_SECONDS), expected, "{seconds}");
        }
        assert_eq!(written(RFC), "GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ");
    }

    #[test]
    fn a_code_is_taken_around_its_time_and_once() {
        let now = Timestamp(1_111_111_109 * 1_000_000);
        let step = 1_111_111_109 / STEP_SECONDS;
        assert_eq!(step_of(RFC, " 081 804 ", now, 0), Some(step));
        assert_eq!(step_of(RFC, "081804", now.plus_millis(30_000), 0), Some(step), "a slow clock");
        assert_eq!(step_of(RFC, "081804", now.plus_millis(-30_000), 0), Some(step), "a fast one");
        assert_eq!(step_of(RFC, "081804", now.plus_millis(60_000), 0), None);
        assert_eq!(step_of(RFC, "081804", now, step), None, "it was taken");
        for wrong in ["", "081805", "81804", "0818040"] {
            assert_eq!(step_of(RFC, wrong, now, 0), None, "{wrong}");
        }
    }

    #[test]
    fn an_app_can_read_the_secret() {
        let uri = uri(RFC, "Acme Leads", "ada@acme.example");
        assert_eq!(
            uri,
            "otpauth://totp/Acme%20Leads:ada%40acme.example?secret=GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ&issuer=Acme%20Leads"
        );
        let (size, path) = picture(&uri).unwrap();
        assert!(size > 30 && path.starts_with("M4 4h1v1h-1z"), "{size}");
        let numbers = path.split(|c: char| !c.is_ascii_digit()).filter_map(|part| part.parse::<usize>().ok());
        assert!(numbers.max().unwrap() < size - 4, "the quiet zone stays white");
    }

    #[test]
    fn recovery_codes_differ_and_are_read_however_they_are_typed() {
        let codes = recovery_codes();
        assert_eq!(codes.iter().map(|(_, hash)| hash).collect::<std::collections::HashSet<_>>().len(), CODES);
        let (code, hash) = &codes[0];
        assert_eq!((code.len(), &recovery_hash(&code.to_uppercase().replace('-', " "))), (19, hash));
    }
}
