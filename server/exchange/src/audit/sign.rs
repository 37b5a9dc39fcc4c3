//! Who sealed a batch: Ed25519 over its head.

use super::{Digest, digest::hexadecimal};
use ed25519_dalek::{Signer as _, SigningKey, VerifyingKey};
use hmac::{Hmac, Mac};
use sha2::Sha256;

/// Stands before every head that is signed, so that no signature of ours can be used for anything else.
const DOMAIN: &[u8] = b"gavel audit head 1\0";

hexadecimal! {
    /// The key that signatures are verified with.
    PublicKey: 32
}

hexadecimal! {
    /// An Ed25519 signature.
    Signature: 64
}

impl PublicKey {
    /// A short name for the key: the first 16 digits of its SHA-256.
    #[must_use]
    pub fn short(&self) -> String {
        Digest::of(&self.0).to_string()[..16].to_owned()
    }

    /// Whether this key's owner signed a head.
    #[must_use]
    pub fn signed(&self, head: &Digest, signature: &Signature) -> bool {
        let signature = ed25519_dalek::Signature::from_bytes(signature.bytes());
        VerifyingKey::from_bytes(&self.0).is_ok_and(|key| key.verify_strict(&message(head), &signature).is_ok())
    }
}

/// Signs heads. The private key is wiped from memory when the last one that holds it is dropped.
pub struct Signer(SigningKey);

impl std::fmt::Debug for Signer {
    fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
        write!(f, "Signer({})", self.public().short())
    }
}

impl Signer {
    /// Signs with this private key.
    #[must_use]
    pub fn from_seed(seed: &[u8; 32]) -> Self {
        Self(SigningKey::from_bytes(seed))
    }

    /// The key of a server, derived from its master key: there is nothing more to make, to keep or to back up, and servers
    /// that share a master key sign alike.
    ///
    /// # Panics
    /// Never: HMAC takes a key of any length.
    #[must_use]
    pub fn derive(master: &[u8; 32]) -> Self {
        let mut mac = Hmac::<Sha256>::new_from_slice(master).expect("HMAC takes a key of any length");
        mac.update(b"gavel audit signing key");
        Self::from_seed(&mac.finalize().into_bytes().into())
    }

    /// The key that its signatures are verified with.
    #[must_use]
    pub fn public(&self) -> PublicKey {
        PublicKey(self.0.verifying_key().to_bytes())
    }

    /// Signs a head.
    #[must_use]
    pub fn sign(&self, head: &Digest) -> Signature {
        Signature(self.0.sign(&message(head)).to_bytes())
    }
}

fn message(head: &Digest) -> Vec<u8> {
    [DOMAIN, head.bytes()].concat()
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_signature_is_for_one_head_by_one_key() {
        let (mine, other) = (Signer::from_seed(&[1; 32]), Signer::from_seed(&[2; 32]));
        let head = Digest::of(b"head");
        let signature = mine.sign(&head);
        assert!(mine.public().signed(&head, &signature));
        assert!(!other.public().signed(&head, &signature));
        assert!(!mine.public().signed(&Digest::of(b"another"), &signature));
        for bit in 0..512 {
            let mut bent = *signature.bytes();
            bent[bit / 8] ^= 1 << (bit % 8);
            assert!(!mine.public().signed(&head, &Signature::new(bent)), "bit {bit}");
        }
        assert!(!PublicKey::new([0xff; 32]).signed(&head, &signature), "no point of the curve");
    }

    #[test]
    fn servers_with_one_master_key_sign_alike() {
        let master = [9; 32];
        assert_eq!(Signer::derive(&master).public(), Signer::derive(&master).public());
        assert_ne!(Signer::derive(&master).public(), Signer::from_seed(&master).public());
        assert_ne!(Signer::derive(&master).public(), Signer::derive(&[8; 32]).public());
        assert!(!format!("{:?}", Signer::derive(&master)).contains("09"), "nothing secret is shown");
    }
}
