//! Bytes of a fixed length that are written as hexadecimal digits: hashes here, keys and signatures in `sign`.

use sha2::{Digest as _, Sha256};

/// A text that is not so many bytes in lower-case hexadecimal digits.
#[derive(Debug, Clone, Copy, PartialEq, Eq, thiserror::Error)]
#[error("not {0} lower-case hexadecimal digits")]
pub struct NotHex(pub usize);

/// A type of so many bytes that is shown, read and serialised as lower-case hexadecimal digits, and in no second way.
macro_rules! hexadecimal {
    ($(#[$doc:meta])* $name:ident: $bytes:literal) => {
        $(#[$doc])*
        #[derive(Clone, Copy, PartialEq, Eq, PartialOrd, Ord, Hash)]
        pub struct $name([u8; $bytes]);

        impl $name {
            /// Wraps the bytes.
            #[must_use]
            pub const fn new(bytes: [u8; $bytes]) -> Self {
                Self(bytes)
            }

            /// The bytes.
            #[must_use]
            pub const fn bytes(&self) -> &[u8; $bytes] {
                &self.0
            }
        }

        impl TryFrom<&[u8]> for $name {
            type Error = std::array::TryFromSliceError;
            fn try_from(bytes: &[u8]) -> Result<Self, Self::Error> {
                bytes.try_into().map(Self)
            }
        }

        impl std::fmt::Display for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                f.write_str(&hex::encode(self.0))
            }
        }

        impl std::fmt::Debug for $name {
            fn fmt(&self, f: &mut std::fmt::Formatter<'_>) -> std::fmt::Result {
                std::fmt::Display::fmt(self, f)
            }
        }

        impl std::str::FromStr for $name {
            type Err = $crate::audit::NotHex;
            fn from_str(text: &str) -> Result<Self, Self::Err> {
                let mut bytes = [0; $bytes];
                // Upper case would be a second way of writing the same, and a changed byte that nobody sees.
                let upper = text.bytes().any(|byte| byte.is_ascii_uppercase());
                match hex::decode_to_slice(text, &mut bytes) {
                    Ok(()) if !upper => Ok(Self(bytes)),
                    _ => Err($crate::audit::NotHex($bytes * 2)),
                }
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
    };
}
pub(super) use hexadecimal;

hexadecimal! {
    /// A SHA-256 hash.
    Digest: 32
}

impl Digest {
    /// The hash of some bytes, as anybody would compute it.
    #[must_use]
    pub fn of(bytes: &[u8]) -> Self {
        Self(Sha256::digest(bytes).into())
    }

    /// The hash of some parts after a byte that says what they are: what was hashed as one thing cannot pass as another.
    #[must_use]
    pub(super) fn tagged(tag: u8, parts: &[&[u8]]) -> Self {
        let mut hash = Sha256::new_with_prefix([tag]);
        for part in parts {
            hash.update(part);
        }
        Self(hash.finalize().into())
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn there_is_one_way_to_write_a_hash() {
        let hash = Digest::of(b"");
        let text = "e3b0c44298fc1c149afbf4c8996fb92427ae41e4649b934ca495991b7852b855";
        assert_eq!(hash.to_string(), text);
        assert_eq!(text.parse(), Ok(hash));
        for wrong in [&text[1..], &text.to_uppercase(), &format!("{text} "), "", &text.replace('e', "g")] {
            assert_eq!(wrong.parse::<Digest>(), Err(NotHex(64)), "{wrong}");
        }
    }
}
