//! One way of sealing bytes: XChaCha20-Poly1305 with a random nonce of 24 bytes.

use crate::clock::random;
use chacha20poly1305::{
    KeyInit, XChaCha20Poly1305,
    aead::{Aead, Payload},
};
use zeroize::Zeroizing;

/// The layout of a sealed value: this byte, 24 bytes of nonce, the ciphertext with its tag of 16 bytes.
const VERSION: u8 = 1;
const NONCE: usize = 24;

/// A secret key of 256 bits that is wiped from memory when it is dropped.
pub(super) type Key = Zeroizing<[u8; 32]>;

/// Sealed bytes that cannot be opened: another key, another place, or damaged. Which of them is not told apart.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("the sealed value cannot be opened with this key")]
pub struct BadSeal;

/// A fresh random key.
pub(super) fn new_key() -> Key {
    Zeroizing::new(random())
}

/// Seals `plain` under `key`, bound to `place`: what was sealed for one place does not open at another.
pub(super) fn seal(key: &Key, place: &str, plain: &[u8]) -> Vec<u8> {
    let nonce: [u8; NONCE] = random();
    let payload = Payload { msg: plain, aad: place.as_bytes() };
    let sealed = XChaCha20Poly1305::new((&**key).into())
        .encrypt(&nonce.into(), payload)
        .expect("only a text of more than 256 GB cannot be sealed");
    let mut out = Vec::with_capacity(1 + NONCE + sealed.len());
    out.push(VERSION);
    out.extend_from_slice(&nonce);
    out.extend_from_slice(&sealed);
    out
}

/// Opens what [`seal`] made for the same place.
///
/// # Errors
/// [`BadSeal`] for anything else.
pub(super) fn open(key: &Key, place: &str, sealed: &[u8]) -> Result<Zeroizing<Vec<u8>>, BadSeal> {
    let (&[VERSION], rest) = sealed.split_first_chunk::<1>().ok_or(BadSeal)? else { return Err(BadSeal) };
    let (nonce, body) = rest.split_first_chunk::<NONCE>().ok_or(BadSeal)?;
    let payload = Payload { msg: body, aad: place.as_bytes() };
    XChaCha20Poly1305::new((&**key).into()).decrypt(nonce.into(), payload).map(Zeroizing::new).map_err(|_| BadSeal)
}

/// Opens a sealed key.
///
/// # Errors
/// [`BadSeal`] when it does not open or is no key.
pub(super) fn open_key(key: &Key, place: &str, sealed: &[u8]) -> Result<Key, BadSeal> {
    let plain = open(key, place, sealed)?;
    <[u8; 32]>::try_from(plain.as_slice()).map(Zeroizing::new).map_err(|_| BadSeal)
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn opens_only_with_its_key_at_its_place_and_whole() {
        let (key, other) = (new_key(), new_key());
        let sealed = seal(&key, "here", b"dana@example.com");
        assert_eq!(open(&key, "here", &sealed).unwrap().as_slice(), b"dana@example.com");
        assert!(open(&other, "here", &sealed).is_err());
        assert!(open(&key, "there", &sealed).is_err());
        for cut in 0..sealed.len() {
            assert!(open(&key, "here", &sealed[..cut]).is_err(), "{cut}");
            let mut bent = sealed.clone();
            bent[cut] ^= 1;
            assert!(open(&key, "here", &bent).is_err(), "{cut}");
        }
    }

    #[test]
    fn the_same_text_never_looks_the_same() {
        let key = new_key();
        assert_ne!(seal(&key, "", b"x"), seal(&key, "", b"x"));
    }
}
