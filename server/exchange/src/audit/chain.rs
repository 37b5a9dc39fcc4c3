//! The chain of batches: each head stands for its batch and for every batch before it.

use super::{Digest, PublicKey};
use model::Timestamp;

const HEAD: u8 = 2;
const GENESIS: u8 = 3;

/// What a batch's head is the hash of.
#[derive(Debug, Clone, Copy, PartialEq, Eq)]
pub struct Header {
    /// The head of the batch before; of the first, what [`genesis`] says.
    pub previous: Digest,
    /// Counted from 1, without a gap.
    pub number: u64,
    /// When it was sealed, by the clock of the server that did.
    pub at: Timestamp,
    /// How many records it has.
    pub count: u32,
    /// The root over their leaves.
    pub root: Digest,
}

impl Header {
    /// How long its bytes are.
    pub const BYTES: usize = 32 + 8 + 8 + 4 + 32;

    /// The bytes that are hashed: the previous head, number, instant in microseconds and count with the highest byte
    /// first, and the root.
    #[must_use]
    pub fn bytes(&self) -> [u8; Self::BYTES] {
        let mut bytes = [0; Self::BYTES];
        bytes[..32].copy_from_slice(self.previous.bytes());
        bytes[32..40].copy_from_slice(&self.number.to_be_bytes());
        bytes[40..48].copy_from_slice(&self.at.0.to_be_bytes());
        bytes[48..52].copy_from_slice(&self.count.to_be_bytes());
        bytes[52..].copy_from_slice(self.root.bytes());
        bytes
    }

    /// Reads the bytes. Whatever they are, they mean something; whether they were signed is another question.
    #[must_use]
    pub fn read(bytes: &[u8; Self::BYTES]) -> Self {
        let (mut previous, mut number, mut at, mut count, mut root) = ([0; 32], [0; 8], [0; 8], [0; 4], [0; 32]);
        previous.copy_from_slice(&bytes[..32]);
        number.copy_from_slice(&bytes[32..40]);
        at.copy_from_slice(&bytes[40..48]);
        count.copy_from_slice(&bytes[48..52]);
        root.copy_from_slice(&bytes[52..]);
        Self {
            previous: Digest::new(previous),
            number: u64::from_be_bytes(number),
            at: Timestamp(i64::from_be_bytes(at)),
            count: u32::from_be_bytes(count),
            root: Digest::new(root),
        }
    }

    /// The head: what the next batch follows and what is signed.
    #[must_use]
    pub fn head(&self) -> Digest {
        Digest::tagged(HEAD, &[&self.bytes()])
    }
}

/// What the first batch follows. It binds the chain to its key, and to the last lead that came in before there was an
/// audit (none: empty): nobody can later claim that a lead without a record is older than that.
#[must_use]
pub fn genesis(key: &PublicKey, after_lead: &str) -> Digest {
    Digest::tagged(GENESIS, &[key.bytes(), after_lead.as_bytes()])
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    fn header() -> Header {
        let digest = |n| Digest::new([n; 32]);
        Header { previous: digest(1), number: 7, at: Timestamp(1_778_180_651_250_000), count: 3, root: digest(2) }
    }

    proptest! {
        #[test]
        fn a_flipped_bit_of_a_header_is_another_head(bit in 0..Header::BYTES * 8) {
            let mut bytes = header().bytes();
            bytes[bit / 8] ^= 1 << (bit % 8);
            let bent = Header::read(&bytes);
            prop_assert_ne!(bent, header());
            prop_assert_ne!(bent.head(), header().head());
            prop_assert_eq!(bent.bytes(), bytes);
        }
    }

    #[test]
    fn a_header_reads_back() {
        assert_eq!(Header::read(&header().bytes()), header());
    }

    #[test]
    fn chains_of_other_keys_and_other_beginnings_are_others() {
        let (one, two) = (PublicKey::new([1; 32]), PublicKey::new([2; 32]));
        assert_ne!(genesis(&one, ""), genesis(&two, ""));
        assert_ne!(genesis(&one, ""), genesis(&one, "led_1"));
    }
}
