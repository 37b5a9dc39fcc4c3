//! Ids: a prefix that says what the thing is, and a UUIDv7 (RFC 9562 section 5.7) in 26 characters of Crockford base 32.
//! They sort by the time they were made, so lists page by id.

use std::{fmt, str::FromStr};

const ALPHABET: &[u8; 32] = b"0123456789abcdefghjkmnpqrstvwxyz";

/// A text that is not an id of the expected kind.
#[derive(Debug, Clone, PartialEq, Eq, thiserror::Error)]
#[error("not an id of the form {prefix}_…")]
pub struct BadId {
    /// The prefix that was expected.
    pub prefix: &'static str,
}

/// Builds the 128 bits of a UUIDv7 from Unix milliseconds and 80 random bits (the version and variant bits are set here).
#[must_use]
pub fn uuid_v7(unix_millis: u64, random: [u8; 10]) -> u128 {
    let mut b = [0_u8; 16];
    b[..6].copy_from_slice(&unix_millis.to_be_bytes()[2..]);
    b[6..].copy_from_slice(&random);
    b[6] = (b[6] & 0x0f) | 0x70;
    b[8] = (b[8] & 0x3f) | 0x80;
    u128::from_be_bytes(b)
}

/// What each byte is worth as a digit; above 31 for what is none.
const DIGITS: [u8; 256] = {
    let mut digits = [u8::MAX; 256];
    let mut digit = 0_u8;
    while (digit as usize) < ALPHABET.len() {
        digits[ALPHABET[digit as usize] as usize] = digit;
        digit += 1;
    }
    digits
};

/// A prefix, `_` and 26 digits. Every lead is written and read as tens of them, so it is one piece.
fn encode(prefix: &'static str, mut value: u128, out: &mut [u8; 30]) {
    out[..3].copy_from_slice(prefix.as_bytes());
    out[3] = b'_';
    for slot in out[4..].iter_mut().rev() {
        *slot = ALPHABET[(value & 31) as usize];
        value >>= 5;
    }
}

fn decode(text: &str) -> Option<u128> {
    let bytes = text.as_bytes();
    // 26 characters carry 130 bits: the first may not exceed 7.
    if bytes.len() != 26 || bytes[0] > b'7' {
        return None;
    }
    bytes.iter().try_fold(0_u128, |value, byte| match DIGITS[usize::from(*byte)] {
        digit @ ..32 => Some((value << 5) | u128::from(digit)),
        _ => None,
    })
}

macro_rules! ids {
    ($($(#[$doc:meta])* $name:ident = $prefix:literal;)+) => {$(
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name(u128);

        impl $name {
            /// What every id of this kind begins with.
            pub const PREFIX: &'static str = $prefix;

            /// Wraps the bits made by [`uuid_v7`].
            #[must_use]
            pub const fn from_bits(bits: u128) -> Self {
                Self(bits)
            }

            /// The bare 128 bits.
            #[must_use]
            pub const fn bits(self) -> u128 {
                self.0
            }
        }

        impl fmt::Display for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                const { assert!($prefix.len() == 3) };
                let mut out = [0_u8; 30];
                encode($prefix, self.0, &mut out);
                f.write_str(std::str::from_utf8(&out).map_err(|_| fmt::Error)?)
            }
        }

        impl fmt::Debug for $name {
            fn fmt(&self, f: &mut fmt::Formatter<'_>) -> fmt::Result {
                fmt::Display::fmt(self, f)
            }
        }

        impl FromStr for $name {
            type Err = BadId;
            fn from_str(text: &str) -> Result<Self, BadId> {
                text.strip_prefix(concat!($prefix, "_"))
                    .and_then(decode)
                    .map(Self)
                    .ok_or(BadId { prefix: $prefix })
            }
        }

        impl serde::Serialize for $name {
            fn serialize<S: serde::Serializer>(&self, s: S) -> Result<S::Ok, S::Error> {
                s.collect_str(self)
            }
        }

        impl<'de> serde::Deserialize<'de> for $name {
            fn deserialize<D: serde::Deserializer<'de>>(d: D) -> Result<Self, D::Error> {
                let text = <std::borrow::Cow<'de, str>>::deserialize(d)?;
                text.parse().map_err(serde::de::Error::custom)
            }
        }
    )+};
}

ids! {
    /// One company running its exchange here.
    TenantId = "ten";
    /// A person who signs in.
    UserId = "usr";
    /// A signed-in browser.
    SessionId = "ses";
    /// An API key (the id is not secret; the secret part is never stored).
    KeyId = "key";
    /// An industry with a field schema.
    VerticalId = "vrt";
    /// One kind of lead a tenant sells.
    CampaignId = "cmp";
    /// A party that sends leads.
    SourceId = "src";
    /// A company that buys.
    BuyerId = "buy";
    /// A buyer's answer that is kept with how it has to be read.
    ExampleId = "exm";
    /// A view of a list that somebody keeps.
    ViewId = "viw";
    /// A file with personal values that somebody was allowed to take.
    ExportId = "exp";
    /// A test that was sent to a buyer.
    TestId = "tst";
    /// What one buyer buys in one campaign.
    ContractId = "con";
    /// One consumer's record going through one campaign.
    LeadId = "led";
    /// A price asked before the person is known. The lead that follows has the same number.
    PingId = "png";
    /// One post of one lead to one contract.
    AttemptId = "att";
    /// One entry of the ledger.
    EntryId = "ent";
    /// One fact of the append-only event table.
    EventId = "evt";
    /// One piece of work that must happen later.
    JobId = "job";
    /// One request, quoted in every error.
    RequestId = "req";
    /// One running server process.
    ProcessId = "prc";
    /// An address of somebody else's that is told when a lead's state changes.
    EndpointId = "end";
    /// One change of state told to one endpoint, however often it is tried. It is the `webhook-id`.
    MessageId = "msg";
    /// One try to deliver a message.
    DeliveryId = "dlv";
    /// One thing that is wrong, from when it was seen until it is over.
    AlertId = "alt";
    /// The words consumers agree to, in all their versions.
    ConsentTextId = "txt";
    /// Posting instructions that are shown to whoever has their address.
    ShareId = "shr";
}

#[cfg(test)]
mod tests {
    use super::*;
    use proptest::prelude::*;

    proptest! {
        #[test]
        fn text_and_back(bits: u128) {
            let id = LeadId::from_bits(bits);
            prop_assert_eq!(id.to_string().parse::<LeadId>(), Ok(id));
        }

        #[test]
        fn later_sorts_after(a in 0_u64..1 << 47, step in 1_u64..1000, r: [u8; 10], s: [u8; 10]) {
            let early = LeadId::from_bits(uuid_v7(a, r)).to_string();
            let late = LeadId::from_bits(uuid_v7(a + step, s)).to_string();
            prop_assert!(early < late);
        }
    }

    #[test]
    fn other_kinds_and_nonsense_are_refused() {
        let id = LeadId::from_bits(7).to_string();
        assert!(id.parse::<BuyerId>().is_err());
        for bad in ["", "led_", "led_!", "led_8zzzzzzzzzzzzzzzzzzzzzzzzz", "led_00000000000000000000000000extra"] {
            assert!(bad.parse::<LeadId>().is_err(), "{bad}");
        }
    }
}
