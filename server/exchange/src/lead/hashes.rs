//! Hashes of contacts, by which buyers tell before a bid whom they have already (`Phone_Hash`, `Email_Hash`).
//!
//! Whoever has the same number can tell that it is the same, so a hash of a contact is as personal as the contact: a ping
//! carries one only when its call allows it, and nothing but this type can hold one.

use md5::Md5;
use sha1::Sha1;
use sha2::{Digest, Sha256};
use std::collections::BTreeMap;

/// Which hash.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub enum HashKind {
    /// MD5 (RFC 1321).
    Md5,
    /// SHA-1 (RFC 3174).
    Sha1,
    /// SHA-256 (FIPS 180-4).
    Sha256,
}

impl HashKind {
    /// The hash of a text, in lower-case hex.
    #[must_use]
    pub fn hex(self, text: &str) -> String {
        match self {
            Self::Md5 => hex::encode(Md5::digest(text)),
            Self::Sha1 => hex::encode(Sha1::digest(text)),
            Self::Sha256 => hex::encode(Sha256::digest(text)),
        }
    }
}

/// The hashes of a lead's phone numbers and e-mail addresses, by field.
#[derive(Clone, Default)]
pub struct ContactHashes(BTreeMap<String, [String; 3]>);

impl std::fmt::Debug for ContactHashes {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        f.write_str("ContactHashes(•••)")
    }
}

impl ContactHashes {
    pub(super) fn add(&mut self, field: &str, normalised: &str) {
        let all = [HashKind::Md5, HashKind::Sha1, HashKind::Sha256].map(|kind| kind.hex(normalised));
        self.0.insert(field.to_owned(), all);
    }

    /// The hash of a field, in lower-case hex; none when it is no contact or has no value.
    #[must_use]
    pub fn get(&self, field: &str, kind: HashKind) -> Option<&str> {
        let [md5, sha1, sha256] = self.0.get(field)?;
        Some(match kind {
            HashKind::Md5 => md5,
            HashKind::Sha1 => sha1,
            HashKind::Sha256 => sha256,
        })
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn hashes_are_those_of_the_standards() {
        assert_eq!(HashKind::Md5.hex("abc"), "900150983cd24fb0d6963f7d28e17f72");
        assert_eq!(HashKind::Sha1.hex("abc"), "a9993e364706816aba3e25717850c26c9cd0d89d");
        assert_eq!(HashKind::Sha256.hex("abc"), "ba7816bf8f01cfea414140de5dae2223b00361a396177a9cb410ff61f20015ad");
        let mut hashes = ContactHashes::default();
        hashes.add("phone", "3135550142");
        assert_eq!(hashes.get("phone", HashKind::Md5), Some(HashKind::Md5.hex("3135550142").as_str()));
        assert_eq!(hashes.get("email", HashKind::Md5), None);
        assert!(!format!("{hashes:?}").contains(hashes.get("phone", HashKind::Sha1).unwrap_or_default()));
    }
}
