//! Values as few bytes: numbers of variable length (seven bits a byte, the lowest first), texts and lists after their
//! length, ids as they are.

use model::{ContractId, Micros, Reason};

/// Bytes that are being read.
pub(super) struct Bytes<'a>(pub(super) &'a [u8]);

impl Bytes<'_> {
    fn next(&mut self) -> Option<u8> {
        let (first, rest) = self.0.split_first()?;
        self.0 = rest;
        Some(*first)
    }

    fn some(&mut self, count: usize) -> Option<&[u8]> {
        let (some, rest) = self.0.split_at_checked(count)?;
        self.0 = rest;
        Some(some)
    }
}

/// A value that can be put on a tape and taken from it.
pub(super) trait Pack: Sized {
    fn put(&self, out: &mut Vec<u8>);
    /// None when the bytes are not those of such a value.
    fn take(from: &mut Bytes<'_>) -> Option<Self>;
}

impl Pack for u8 {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(*self);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        from.next()
    }
}

impl Pack for bool {
    fn put(&self, out: &mut Vec<u8>) {
        out.push(u8::from(*self));
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        match from.next()? {
            0 => Some(false),
            1 => Some(true),
            _ => None,
        }
    }
}

impl Pack for u64 {
    fn put(&self, out: &mut Vec<u8>) {
        let mut rest = *self;
        while rest > 0x7f {
            out.push((rest & 0x7f) as u8 | 0x80);
            rest >>= 7;
        }
        out.push((rest & 0x7f) as u8);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let mut value = 0;
        for shift in (0..64).step_by(7) {
            let byte = from.next()?;
            let bits = Self::from(byte & 0x7f);
            // The tenth byte has one bit.
            if shift == 63 && bits > 1 {
                return None;
            }
            value |= bits << shift;
            if byte & 0x80 == 0 {
                return Some(value);
            }
        }
        None
    }
}

/// Small numbers have few bytes, whatever their sign.
impl Pack for i64 {
    fn put(&self, out: &mut Vec<u8>) {
        ((self << 1) ^ (self >> 63)).cast_unsigned().put(out);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let bits = u64::take(from)?;
        Some((bits >> 1).cast_signed() ^ -(bits & 1).cast_signed())
    }
}

macro_rules! within {
    ($($type:ident in $wider:ident;)+) => {$(
        impl Pack for $type {
            fn put(&self, out: &mut Vec<u8>) {
                <$wider>::from(*self).put(out);
            }
            fn take(from: &mut Bytes<'_>) -> Option<Self> {
                Self::try_from(<$wider>::take(from)?).ok()
            }
        }
    )+};
}

within! {
    u32 in u64;
    i32 in i64;
}

impl Pack for usize {
    fn put(&self, out: &mut Vec<u8>) {
        // No machine has wider ones.
        u64::try_from(*self).unwrap_or(u64::MAX).put(out);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        Self::try_from(u64::take(from)?).ok()
    }
}

impl Pack for Micros {
    fn put(&self, out: &mut Vec<u8>) {
        self.0.put(out);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        i64::take(from).map(Self)
    }
}

impl Pack for ContractId {
    fn put(&self, out: &mut Vec<u8>) {
        out.extend_from_slice(&self.bits().to_be_bytes());
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let bytes = from.some(16)?.try_into().ok()?;
        Some(Self::from_bits(u128::from_be_bytes(bytes)))
    }
}

impl Pack for String {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self, out);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        let length = usize::take(from)?;
        std::str::from_utf8(from.some(length)?).ok().map(str::to_owned)
    }
}

/// By its code, which is stable; its place in the list is not.
impl Pack for Reason {
    fn put(&self, out: &mut Vec<u8>) {
        put_text(self.code(), out);
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        String::take(from)?.parse().ok()
    }
}

fn put_text(text: &str, out: &mut Vec<u8>) {
    text.len().put(out);
    out.extend_from_slice(text.as_bytes());
}

impl<T: Pack> Pack for Option<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.is_some().put(out);
        if let Some(value) = self {
            value.put(out);
        }
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        if bool::take(from)? { T::take(from).map(Some) } else { Some(None) }
    }
}

impl<T: Pack> Pack for Vec<T> {
    fn put(&self, out: &mut Vec<u8>) {
        self.len().put(out);
        for item in self {
            item.put(out);
        }
    }
    fn take(from: &mut Bytes<'_>) -> Option<Self> {
        // Damaged bytes may name any length: nothing is set aside for it.
        let length = usize::take(from)?;
        (0..length).map(|_| T::take(from)).collect()
    }
}

/// The members of a struct in their order, every one of them.
macro_rules! members {
    ($type:ident { $($member:ident),+ $(,)? }) => {
        impl Pack for $type {
            fn put(&self, out: &mut Vec<u8>) {
                let Self { $($member),+ } = self;
                $($member.put(out);)+
            }
            fn take(from: &mut Bytes<'_>) -> Option<Self> {
                Some(Self { $($member: Pack::take(from)?),+ })
            }
        }
    };
}

/// The cases of an enum, every one of them, each with its number.
macro_rules! cases {
    ($type:ident { $($number:literal = $case:ident $({ $($member:ident),+ })? $(($inner:ident))?),+ $(,)? }) => {
        impl Pack for $type {
            fn put(&self, out: &mut Vec<u8>) {
                match self {
                    $(Self::$case $({ $($member),+ })? $(($inner))? => {
                        out.push($number);
                        $($($member.put(out);)+)?
                        $($inner.put(out);)?
                    })+
                }
            }
            fn take(from: &mut Bytes<'_>) -> Option<Self> {
                match u8::take(from)? {
                    $($number => {
                        $($(let $member = Pack::take(from)?;)+)?
                        $(let $inner = Pack::take(from)?;)?
                        Some(Self::$case $({ $($member),+ })? $(($inner))?)
                    })+
                    _ => None,
                }
            }
        }
    };
}

pub(super) use {cases, members};
